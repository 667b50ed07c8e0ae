#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "connect/translator/fields.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

namespace sc = spark::connect;
using MutableRelation = std::shared_ptr<plan::Relation>;

namespace {

plan::JoinType join_type(sc::Join::JoinType type) {
    switch (type) {
        case sc::Join::JOIN_TYPE_INNER: return plan::JoinType::kInner;
        case sc::Join::JOIN_TYPE_FULL_OUTER: return plan::JoinType::kFull;
        case sc::Join::JOIN_TYPE_LEFT_OUTER: return plan::JoinType::kLeft;
        case sc::Join::JOIN_TYPE_RIGHT_OUTER: return plan::JoinType::kRight;
        case sc::Join::JOIN_TYPE_LEFT_ANTI: return plan::JoinType::kLeftAnti;
        case sc::Join::JOIN_TYPE_LEFT_SEMI: return plan::JoinType::kLeftSemi;
        case sc::Join::JOIN_TYPE_CROSS: return plan::JoinType::kCross;
        default: break;
    }
    throw invalid_plan(
        "INVALID_ENUM", {{"fullName", "spark.connect.Join.JoinType"}, {"name", "join_type"},
                            {"number", std::to_string(type)}});
}

plan::JoinType as_of_join_type(const std::string& name) {
    std::string n = types::to_lower(name);
    if (n == "inner") return plan::JoinType::kInner;
    if (n == "left" || n == "leftouter" || n == "left_outer") return plan::JoinType::kLeft;
    throw analysis_error("UNSUPPORTED_JOIN_TYPE",
        {{"typ", name}, {"supported", "'inner', 'leftouter', 'left', 'left_outer'"}});
}

}  // namespace

MutableRelation Translator::combining_relation(const Relation& m) {
    switch (m.rel_type_case()) {
        case Relation::kJoin: return join(m.join());
        case Relation::kLateralJoin: return lateral_join(m.lateral_join());
        case Relation::kNearestByJoin: return nearest_by_join(m.nearest_by_join());
        case Relation::kAsOfJoin: return as_of_join(m.as_of_join());
        case Relation::kSetOp: return set_operation(m.set_op());
        case Relation::kWithRelations: return with_relations(m);
        default: return nullptr;
    }
}

MutableRelation Translator::join(const sc::Join& m) {
    if (m.has_join_data_type()) throw unsupported_feature("joinWith");
    if (m.has_join_condition() && m.using_columns_size() > 0) {
        throw invalid_plan("USING_COLUMNS_OR_JOIN_CONDITION_SET_IN_JOIN");
    }
    auto out = std::make_shared<plan::Join>();
    out->left = relation(m.left());
    out->right = relation(m.right());
    out->type = join_type(m.join_type());
    if (m.has_join_condition()) out->condition = expression(m.join_condition());
    out->using_columns = strings(m.using_columns());
    return out;
}

MutableRelation Translator::lateral_join(const sc::LateralJoin& m) {
    auto out = std::make_shared<plan::Join>();
    out->left = relation(m.left());
    out->right = relation(m.right());
    out->type = join_type(m.join_type());
    if (out->type != plan::JoinType::kInner && out->type != plan::JoinType::kLeft &&
        out->type != plan::JoinType::kCross) {
        throw analysis_error(
            "UNSUPPORTED_JOIN_TYPE", {{"typ", sc::Join::JoinType_Name(m.join_type())},
                                         {"supported", "'inner', 'left', 'cross'"}});
    }
    if (m.has_join_condition()) out->condition = expression(m.join_condition());
    out->lateral = true;
    return out;
}

MutableRelation Translator::as_of_join(const sc::AsOfJoin& m) {
    auto out = std::make_shared<plan::AsOfJoin>();
    out->left = relation(m.left());
    out->right = relation(m.right());
    out->left_as_of = expression(m.left_as_of());
    out->right_as_of = expression(m.right_as_of());
    if (m.has_join_expr()) out->condition = expression(m.join_expr());
    out->using_columns = strings(m.using_columns());
    out->type = as_of_join_type(m.join_type());
    if (m.has_tolerance()) out->tolerance = expression(m.tolerance());
    out->allow_exact_matches = m.allow_exact_matches();
    out->direction = m.direction();
    return out;
}

MutableRelation Translator::nearest_by_join(const sc::NearestByJoin& m) {
    constexpr int32_t kMaxResults = 100000;
    if (m.num_results() < 1 || m.num_results() > kMaxResults) {
        throw analysis_error("NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE",
            {{"numResults", std::to_string(m.num_results())}, {"min", "1"},
                {"max", std::to_string(kMaxResults)}});
    }
    auto type = types::to_lower(m.join_type());
    std::erase(type, '_');
    bool is_left = type == "left" || type == "leftouter";
    if (!is_left && type != "inner" && !type.empty()) {
        throw analysis_error("NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE",
            {{"joinType", m.join_type()}, {"supported", "'INNER', 'LEFT OUTER'"}});
    }
    auto mode = types::to_lower(m.mode());
    if (mode != "approx" && mode != "exact") {
        throw analysis_error("NEAREST_BY_JOIN.UNSUPPORTED_MODE",
            {{"mode", m.mode()}, {"supported", "'approx', 'exact'"}});
    }
    auto direction = types::to_lower(m.direction());
    if (direction != "distance" && direction != "similarity") {
        throw analysis_error("NEAREST_BY_JOIN.UNSUPPORTED_DIRECTION",
            {{"direction", m.direction()}, {"supported", "'distance', 'similarity'"}});
    }
    auto out = std::make_shared<plan::Join>();
    out->left = relation(m.left());
    out->right = relation(m.right());
    out->type = is_left ? plan::JoinType::kLeft : plan::JoinType::kInner;
    out->nearest = plan::NearestBy{
        expression(m.ranking_expression()), direction == "similarity", m.num_results()};
    return out;
}

MutableRelation Translator::set_operation(const sc::SetOperation& m) {
    if (!m.has_left_input() || !m.has_right_input())
        throw invalid_plan("SET_OPERATION_MUST_HAVE_TWO_INPUTS");
    auto out = std::make_shared<plan::SetOperation>();
    out->all = m.is_all();
    out->by_name = m.by_name();
    out->allow_missing_columns = m.allow_missing_columns();
    switch (m.set_op_type()) {
        case sc::SetOperation::SET_OP_TYPE_UNION:
            out->type = plan::SetOpType::kUnion;
            if (out->allow_missing_columns && !out->by_name) {
                throw invalid_plan("UNION_BY_NAME_ALLOW_MISSING_COL_REQUIRES_BY_NAME");
            }
            break;
        case sc::SetOperation::SET_OP_TYPE_INTERSECT:
            out->type = plan::SetOpType::kIntersect;
            if (out->by_name) throw invalid_plan("INTERSECT_DOES_NOT_SUPPORT_UNION_BY_NAME");
            break;
        case sc::SetOperation::SET_OP_TYPE_EXCEPT:
            out->type = plan::SetOpType::kExcept;
            if (out->by_name) throw invalid_plan("EXCEPT_DOES_NOT_SUPPORT_UNION_BY_NAME");
            break;
        default:
            throw invalid_plan("INVALID_ENUM",
                {{"fullName", "spark.connect.SetOperation.SetOpType"}, {"name", "set_op_type"},
                    {"number", std::to_string(m.set_op_type())}});
    }
    out->left = relation(m.left_input());
    out->right = relation(m.right_input());
    return out;
}

}  // namespace hanok::connect

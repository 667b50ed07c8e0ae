#include <algorithm>

#include "base/error.h"
#include "engine/lowering/fence.h"
#include "engine/lowering/join_subqueries.h"
#include "engine/lowering/keys.h"
#include "engine/lowering/lowering.h"
#include "engine/lowering/plan_shape.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::ExpressionType;
using resolved::JoinType;

namespace {

duckdb::JoinType duck_join_type(JoinType type) {
    switch (type) {
        case JoinType::kInner:
        case JoinType::kCross: return duckdb::JoinType::INNER;
        case JoinType::kLeft: return duckdb::JoinType::LEFT;
        case JoinType::kRight: return duckdb::JoinType::RIGHT;
        case JoinType::kFull: return duckdb::JoinType::OUTER;
        case JoinType::kLeftSemi: return duckdb::JoinType::SEMI;
        case JoinType::kLeftAnti: return duckdb::JoinType::ANTI;
    }
    return duckdb::JoinType::INVALID;
}

resolved::Attributes both(const resolved::Attributes& left, const resolved::Attributes& right) {
    auto columns = left;
    columns.insert(columns.end(), right.begin(), right.end());
    return columns;
}

}  // namespace

DuckTable Lowering::lower_join_ref(const resolved::Join& join) {
    if (auto rewritten = with_subqueries_below(join, &next_hoisted_))
        return lower_join_ref(*rewritten);
    auto ref = duckdb::make_uniq<duckdb::JoinRef>(duckdb::JoinRefType::REGULAR);
    ref->type = duck_join_type(join.type);
    bool is_chain_head = !join_fences_ && scopes_.size() == 1 && !join.lateral &&
                         count_joins(join) > kManyJoins;
    if (is_chain_head) join_fences_ = true;
    ref->left = lower_join_side(*join.left);
    if (join.lateral) {
        Visible outer(*this, {&join.left->output});
        EnterScope scope(*this);
        ref->right = lower_table(*join.right);
        // The right side's columns take the outer scope's names, where the select list and the
        // condition are.
        auto renamed = duckdb::make_uniq<duckdb::SelectNode>();
        renamed->from_table = std::move(ref->right);
        std::vector<DuckExpr> columns;
        for (const auto& attribute : join.right->output) columns.push_back(column(attribute.id));
        auto inner = scopes_.back();
        scopes_.pop_back();
        for (size_t i = 0; i < columns.size(); ++i)
            renamed->select_list.push_back(
                named(std::move(columns[i]), column_name(join.right->output[i].id)));
        scopes_.push_back(std::move(inner));
        if (renamed->select_list.empty()) select_columns({}, renamed.get());
        ref->right = as_table(std::move(renamed));
    } else {
        ref->right = lower_join_side(*join.right);
    }
    if (is_chain_head) join_fences_ = false;
    bool plain_cross = !join.condition &&
                       (join.type == JoinType::kInner || join.type == JoinType::kCross);
    if (plain_cross && !join.lateral) {
        ref->ref_type = duckdb::JoinRefType::CROSS;
    } else if (join.condition) {
        Visible visible(*this, {&join.left->output, &join.right->output});
        ref->condition = lower_expression(*join.condition);
    } else {
        ref->condition = duck_constant(duckdb::Value::BOOLEAN(true));
    }
    return ref;
}

DuckNode Lowering::lower_join(const resolved::Join& join) {
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_join_ref(join);
    select_columns(join.output, node.get());
    return node;
}

namespace {

DuckExpr conjunction(DuckExprs parts) {
    if (parts.size() == 1) return std::move(parts[0]);
    return duckdb::make_uniq<duckdb::ConjunctionExpression>(
        ExpressionType::CONJUNCTION_AND, std::move(parts));
}

bool is_keyed(const resolved::SetOperation& operation) {
    return std::any_of(operation.output.begin(), operation.output.end(),
        [](const auto& a) { return needs_key(*a.type); });
}

}  // namespace

DuckNode Lowering::lower_set_operation(const resolved::SetOperation& operation) {
    if (operation.type != resolved::SetOpType::kUnion && is_keyed(operation))
        return lower_keyed_set(operation);
    auto set = duckdb::make_uniq<duckdb::SetOperationNode>();
    switch (operation.type) {
        case resolved::SetOpType::kUnion: set->setop_type = duckdb::SetOperationType::UNION; break;
        case resolved::SetOpType::kIntersect:
            set->setop_type = duckdb::SetOperationType::INTERSECT;
            break;
        case resolved::SetOpType::kExcept:
            set->setop_type = duckdb::SetOperationType::EXCEPT;
            break;
    }
    set->setop_all = operation.all;
    for (const auto& child : operation.children) {
        // Modifiers (ORDER BY, LIMIT) of a branch stay inside it.
        auto node = duckdb::make_uniq<duckdb::SelectNode>();
        node->from_table = lower_table(*child);
        select_columns(child->output, node.get());
        set->children.push_back(std::move(node));
    }
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = as_table(std::move(set));
    const auto& first = operation.children.front()->output;
    for (size_t i = 0; i < operation.output.size(); ++i)
        node->select_list.push_back(
            named(column(first[i].id), column_name(operation.output[i].id)));
    if (node->select_list.empty()) select_columns({}, node.get());
    return node;
}

namespace {

// Only comparisons of one side's expression with the other's fit into DuckDB's ASOF join.
bool is_equality(const resolved::Expression& expr) {
    if (expr.kind != resolved::ExprKind::kCall) return false;
    const auto& call = expr.as<resolved::Call>();
    if (call.function == "and") return is_equality(*call.args[0]) && is_equality(*call.args[1]);
    return call.function == "=" && call.args[0]->kind == resolved::ExprKind::kAttribute &&
           call.args[1]->kind == resolved::ExprKind::kAttribute;
}

ExpressionType as_of_comparison(const resolved::AsOfJoin& join) {
    if (join.direction == "forward")
        return join.allow_exact_matches ? ExpressionType::COMPARE_LESSTHANOREQUALTO
                                        : ExpressionType::COMPARE_LESSTHAN;
    return join.allow_exact_matches ? ExpressionType::COMPARE_GREATERTHANOREQUALTO
                                    : ExpressionType::COMPARE_GREATERTHAN;
}

// How far apart two points are, as a number that sorts.
DuckExpr distance(DuckExpr left, DuckExpr right, const types::DataType& type) {
    if (type.is(types::TypeId::kTimestamp) || type.is(types::TypeId::kTimestampNtz)) {
        left = duck_call("epoch_us", duck_list(std::move(left)));
        right = duck_call("epoch_us", duck_list(std::move(right)));
    }
    return duck_call(
        "abs", duck_list(duck_call("-", duck_list(std::move(left), std::move(right)))));
}

DuckExpr as_of_rank(DuckExpr distance) {
    auto rank = duckdb::make_uniq<duckdb::WindowExpression>(
        ExpressionType::WINDOW_ROW_NUMBER, INVALID_CATALOG, INVALID_SCHEMA, "row_number");
    rank->partitions.push_back(duckdb::make_uniq<duckdb::ColumnRefExpression>("as_of_row"));
    rank->orders.emplace_back(
        duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_LAST, std::move(distance));
    rank->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
    rank->end = duckdb::WindowBoundary::CURRENT_ROW_ROWS;
    return rank;
}

DuckExpr row_number_over_all() {
    auto number = duckdb::make_uniq<duckdb::WindowExpression>(
        ExpressionType::WINDOW_ROW_NUMBER, INVALID_CATALOG, INVALID_SCHEMA, "row_number");
    number->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
    number->end = duckdb::WindowBoundary::CURRENT_ROW_ROWS;
    return number;
}

}  // namespace

DuckNode Lowering::lower_as_of_join(const resolved::AsOfJoin& join) {
    auto left = lower_table(*join.left);
    auto right = lower_table(*join.right);
    bool simple = join.direction != "nearest" && !join.tolerance &&
                  (!join.condition || is_equality(*join.condition));
    if (!simple) return lower_ranked_as_of(join, std::move(left), std::move(right));
    auto ref = duckdb::make_uniq<duckdb::JoinRef>(duckdb::JoinRefType::ASOF);
    ref->type = duck_join_type(join.type);
    ref->left = std::move(left);
    ref->right = std::move(right);
    Visible visible(*this, {&join.left->output, &join.right->output});
    DuckExprs conditions;
    conditions.push_back(duck_compare(as_of_comparison(join), lower_expression(*join.left_as_of),
        lower_expression(*join.right_as_of)));
    if (join.condition) conditions.push_back(lower_expression(*join.condition));
    ref->condition = conjunction(std::move(conditions));
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = std::move(ref);
    select_columns(join.output, node.get());
    return node;
}

// Every admissible pair, then the nearest of each left row.
DuckNode Lowering::lower_ranked_as_of(
    const resolved::AsOfJoin& join, DuckTable left, DuckTable right) {
    auto numbered = duckdb::make_uniq<duckdb::SelectNode>();
    numbered->from_table = std::move(left);
    select_columns(join.left->output, numbered.get());
    numbered->select_list.push_back(named(row_number_over_all(), "as_of_row"));
    auto ref = duckdb::make_uniq<duckdb::JoinRef>(duckdb::JoinRefType::REGULAR);
    ref->type = duck_join_type(join.type);
    ref->left = as_table(std::move(numbered));
    ref->right = std::move(right);
    Visible visible(*this, {&join.left->output, &join.right->output});
    const auto& type = *join.left_as_of->type;
    auto gap = [&] {
        return distance(
            lower_expression(*join.left_as_of), lower_expression(*join.right_as_of), type);
    };
    DuckExprs conditions;
    if (join.direction != "nearest") {
        conditions.push_back(duck_compare(as_of_comparison(join),
            lower_expression(*join.left_as_of), lower_expression(*join.right_as_of)));
    } else if (!join.allow_exact_matches) {
        conditions.push_back(duck_compare(ExpressionType::COMPARE_NOTEQUAL,
            lower_expression(*join.left_as_of), lower_expression(*join.right_as_of)));
    }
    if (join.tolerance)
        conditions.push_back(duck_compare(
            ExpressionType::COMPARE_LESSTHANOREQUALTO, gap(), lower_expression(*join.tolerance)));
    if (join.condition) conditions.push_back(lower_expression(*join.condition));
    if (conditions.empty()) conditions.push_back(duck_constant(duckdb::Value::BOOLEAN(true)));
    ref->condition = conjunction(std::move(conditions));
    auto ranked = duckdb::make_uniq<duckdb::SelectNode>();
    ranked->from_table = std::move(ref);
    select_columns(both(join.left->output, join.right->output), ranked.get());
    ranked->select_list.push_back(named(as_of_rank(gap()), "as_of_rank"));
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = as_table(std::move(ranked));
    select_columns(join.output, node.get());
    node->where_clause = duck_compare(ExpressionType::COMPARE_EQUAL,
        duckdb::make_uniq<duckdb::ColumnRefExpression>("as_of_rank"),
        duck_constant(duckdb::Value::BIGINT(1)));
    return node;
}

}  // namespace hanok::engine

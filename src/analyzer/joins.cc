// Joins: conditions, USING and NATURAL, lateral, as-of.

#include <algorithm>

#include "analyzer/impl.h"
#include "analyzer/python_join.h"
#include "analyzer/subquery_places.h"

namespace hanok::analyzer {

using plan::JoinType;
using resolved::Attribute;
using resolved::Attributes;
using resolved::ExprPtr;
using resolved::NamedExprs;

using Impl = Analyzer::Impl;

namespace {

resolved::JoinType typed(JoinType type) {
    switch (type) {
        case JoinType::kInner: return resolved::JoinType::kInner;
        case JoinType::kCross: return resolved::JoinType::kCross;
        case JoinType::kLeft: return resolved::JoinType::kLeft;
        case JoinType::kRight: return resolved::JoinType::kRight;
        case JoinType::kFull: return resolved::JoinType::kFull;
        case JoinType::kLeftSemi: return resolved::JoinType::kLeftSemi;
        case JoinType::kLeftAnti: return resolved::JoinType::kLeftAnti;
    }
    return resolved::JoinType::kInner;
}

const char* join_name(JoinType type) {
    switch (type) {
        case JoinType::kInner: return "INNER";
        case JoinType::kCross: return "CROSS";
        case JoinType::kLeft: return "LEFT OUTER";
        case JoinType::kRight: return "RIGHT OUTER";
        case JoinType::kFull: return "FULL OUTER";
        case JoinType::kLeftSemi: return "LEFT SEMI";
        case JoinType::kLeftAnti: return "LEFT ANTI";
    }
    return "";
}

bool left_only(JoinType type) { return type == JoinType::kLeftSemi || type == JoinType::kLeftAnti; }

Attributes nullable_if(Attributes attributes, bool nullable) {
    if (nullable) {
        for (auto& a : attributes) a.nullable = true;
    }
    return attributes;
}

std::string name_list(const Attributes& scope) {
    std::vector<std::string> names;
    for (const auto& a : scope) names.push_back(quote_identifier(a.name));
    std::sort(names.begin(), names.end());
    std::string out;
    for (const auto& n : names) out += (out.empty() ? "" : ", ") + n;
    return "[" + out + "]";
}

PlanIdsPtr both(const PlanIdsPtr& left, const PlanIdsPtr& right) {
    auto ids = std::make_shared<PlanIds>();
    if (left) ids->children.push_back(left);
    if (right) ids->children.push_back(right);
    return ids;
}

}  // namespace

Rel Impl::side_by_side(const Rel& left, const Rel& right) {
    Rel rel;
    rel.plan = left.plan;
    rel.scope = concat(left.scope, right.scope);
    rel.extra = concat(left.extra, right.extra);
    rel.ids = both(left.ids, right.ids);
    return rel;
}

ExprPtr Impl::equal(const ExprPtr& left, const ExprPtr& right) { return call("=", {left, right}); }

Rel Impl::join_rels(
    const Rel& left, const Rel& right, JoinType type, const ExprPtr& condition, bool lateral) {
    auto plan = std::make_shared<resolved::Join>();
    plan->left = left.plan;
    plan->right = right.plan;
    plan->condition = condition;
    plan->lateral = lateral;
    plan->type = typed(type);
    if (type == JoinType::kCross && condition) plan->type = resolved::JoinType::kInner;
    bool left_nullable = type == JoinType::kRight || type == JoinType::kFull;
    bool right_nullable = type == JoinType::kLeft || type == JoinType::kFull;
    Rel rel;
    plan->output = nullable_if(left.plan->output, left_nullable);
    rel.scope = nullable_if(left.scope, left_nullable);
    rel.extra = nullable_if(left.extra, left_nullable);
    if (!left_only(type)) {
        plan->output = concat(plan->output, nullable_if(right.plan->output, right_nullable));
        rel.scope = concat(rel.scope, nullable_if(right.scope, right_nullable));
        rel.extra = concat(rel.extra, nullable_if(right.extra, right_nullable));
    }
    rel.ids = both(left.ids, right.ids);
    rel.plan = std::move(plan);
    return rel;
}

Rel Impl::resolve_join(const plan::Join& join) {
    if (join.nearest) return resolve_nearest_by(join);
    auto left = resolve(join.left);
    Rel right;
    bool lateral = false;
    bool is_python = false;
    if (join.lateral) {
        bool allowed = join.type == JoinType::kInner || join.type == JoinType::kCross ||
                       join.type == JoinType::kLeft;
        if (!allowed)
            throw analysis_error("INVALID_LATERAL_JOIN_TYPE", {{"joinType", join_name(join.type)}});
        Context c;
        c.input = &left;
        Outer outer;
        outer.context = &c;
        outer.lateral = true;
        outers.push_back(&outer);
        auto* enclosing = context;
        context = nullptr;
        try {
            right = resolve(join.right);
            is_python = is_lateral_python(right.plan);
            if (!is_python) right = trim(right);
        } catch (...) {
            outers.pop_back();
            context = enclosing;
            throw;
        }
        outers.pop_back();
        context = enclosing;
        lateral = !outer.used.empty();
        if (is_python) return lateral_python_join(*this, left, right, join);
    } else {
        right = resolve(join.right);
    }
    if (join.natural || !join.using_columns.empty()) {
        auto names = join.using_columns;
        if (join.natural) {
            names.clear();
            for (const auto& a : left.scope) {
                bool common = std::any_of(
                    right.scope.begin(), right.scope.end(), [&](const Attribute& b) {
                        return types::names_equal(a.name, b.name, options.case_sensitive);
                    });
                if (common) names.push_back(a.name);
            }
        }
        if (!names.empty()) return using_join(left, right, join.type, names, lateral, join.origin);
    }
    ExprPtr on;
    if (join.condition) {
        auto input = side_by_side(left, right);
        Context c;
        c.input = &input;
        on = condition(c, join.condition, "JOIN");
        check_join_subqueries(*on, *left.plan, *right.plan);
    }
    return join_rels(left, right, join.type, on, lateral);
}

// The columns of a semi or anti join, keys first as for the other types.
Rel Impl::keys_first(const Rel& joined, const Attributes& keys) {
    NamedExprs columns;
    auto is_key = [&](const Attribute& a) {
        return std::any_of(
            keys.begin(), keys.end(), [&](const Attribute& k) { return k.id == a.id; });
    };
    for (const auto& k : keys) columns.push_back(pass_column(k));
    for (const auto& a : joined.scope) {
        if (!is_key(a)) columns.push_back(pass_column(a));
    }
    auto rel = make_project(joined, std::move(columns));
    rel.ids = joined.ids;
    return rel;
}

Rel Impl::using_join(const Rel& left, const Rel& right, JoinType type,
    const std::vector<std::string>& names, bool lateral, const plan::OriginPtr&) {
    auto key_of = [&](const Rel& side, const std::string& name, const char* which) {
        auto matches = match_name(side.scope, {name}, options.case_sensitive);
        if (matches.empty()) {
            throw analysis_error("UNRESOLVED_USING_COLUMN_FOR_JOIN",
                {{"colName", quote_identifier(name)}, {"side", which},
                    {"suggestion", name_list(side.scope)}});
        }
        if (matches.size() > 1) pick(matches, {name});
        auto it = std::find_if(side.scope.begin(), side.scope.end(),
            [&](const Attribute& a) { return a.id == matches[0].attribute.id; });
        return *it;
    };
    ExprPtr on;
    Attributes left_keys;
    Attributes right_keys;
    for (const auto& name : names) {
        left_keys.push_back(key_of(left, name, "left"));
        right_keys.push_back(key_of(right, name, "right"));
        auto same = equal(resolved::ref(left_keys.back()), resolved::ref(right_keys.back()));
        on = on ? call("and", {on, same}) : same;
    }
    auto joined = join_rels(left, right, type, on, lateral);
    if (left_only(type)) return keys_first(joined, left_keys);
    auto now = [&](const Attribute& a) {
        return *std::find_if(joined.scope.begin(), joined.scope.end(),
            [&](const Attribute& b) { return b.id == a.id; });
    };
    NamedExprs columns;
    Attributes hidden;
    std::set<resolved::AttributeId> taken;
    for (size_t i = 0; i < names.size(); ++i) {
        auto l = now(left_keys[i]);
        auto r = now(right_keys[i]);
        taken.insert(l.id);
        taken.insert(r.id);
        if (type == JoinType::kFull) {
            columns.push_back(
                named(l.name, call("coalesce", {resolved::ref(l), resolved::ref(r)})));
            hidden.push_back(l);
            hidden.push_back(r);
        } else if (type == JoinType::kRight) {
            columns.push_back(pass_column(r));
            hidden.push_back(l);
        } else {
            columns.push_back(pass_column(l));
            hidden.push_back(r);
        }
    }
    for (const auto& a : joined.scope) {
        if (!taken.count(a.id)) columns.push_back(pass_column(a));
    }
    size_t visible = columns.size();
    auto extra = concat(hidden, joined.extra);
    for (const auto& a : extra) columns.push_back(pass_column(a));
    auto rel = make_project(joined, std::move(columns));
    rel.scope.resize(visible);
    rel.extra = std::move(extra);
    rel.ids = joined.ids;
    return rel;
}

Rel Impl::resolve_as_of_join(const plan::AsOfJoin& join) {
    auto left = resolve(join.left);
    auto right = trim(resolve(join.right));
    auto input = side_by_side(left, right);
    Context c;
    c.input = &input;
    if (join.direction != "backward" && join.direction != "forward" &&
        join.direction != "nearest") {
        throw analysis_error("AS_OF_JOIN.UNSUPPORTED_DIRECTION",
            {{"direction", join.direction}, {"supported", "'backward', 'forward', 'nearest'"}});
    }
    auto plan = std::make_shared<resolved::AsOfJoin>();
    plan->left = left.plan;
    plan->right = right.plan;
    plan->left_as_of = resolve_in(c, join.left_as_of).expr;
    plan->right_as_of = resolve_in(c, join.right_as_of).expr;
    auto type = wider_type(plan->left_as_of->type, plan->right_as_of->type, ansi());
    if (!type) {
        throw datatype_mismatch("BINARY_OP_DIFF_TYPES", expression_sql(*plan->left_as_of),
            {{"left", quoted_type(*plan->left_as_of->type)},
                {"right", quoted_type(*plan->right_as_of->type)}});
    }
    plan->left_as_of = cast_to(plan->left_as_of, type, ansi());
    plan->right_as_of = cast_to(plan->right_as_of, type, ansi());
    plan->type = typed(join.type);
    plan->allow_exact_matches = join.allow_exact_matches;
    plan->direction = join.direction;
    if (join.condition) plan->condition = condition(c, join.condition, "JOIN");
    for (const auto& name : join.using_columns) {
        Context l;
        l.input = &left;
        Context r;
        r.input = &right;
        auto same = equal(resolve_in(l, plan::attribute({name})).expr,
            resolve_in(r, plan::attribute({name})).expr);
        plan->condition = plan->condition ? call("and", {plan->condition, same}) : same;
    }
    if (join.tolerance) {
        auto tolerance = resolve_in(c, join.tolerance);
        if (!resolved::is_foldable(*tolerance.expr))
            throw analysis_error("AS_OF_JOIN.TOLERANCE_IS_UNFOLDABLE");
        plan->tolerance = tolerance.expr;
    }
    auto joined = join_rels(left, right, join.type, nullptr, false);
    plan->output = joined.plan->output;
    joined.plan = plan;
    return joined;
}

}  // namespace hanok::analyzer

// LIMIT, OFFSET, tail, TABLESAMPLE, repartitioning and hints: rows are kept or dropped, never
// changed.

#include <algorithm>

#include <utility>

#include "analyzer/impl.h"
#include "analyzer/subquery_places.h"
#include "plan/default_collation.h"
#include "sql/parser.h"

namespace hanok::analyzer {

using Impl = Analyzer::Impl;

namespace {

constexpr int64_t kNoLimit = -1;

Error bad_limit(const std::string& problem, const std::string& name, const std::string& sql,
    ErrorParameters more = {}) {
    more["name"] = name;
    more["expr"] = quoted_sql(sql);
    return analysis_error("INVALID_LIMIT_LIKE_EXPRESSION." + problem, std::move(more));
}

}  // namespace

int64_t Impl::limit_value(const plan::ExprPtr& expr, const std::string& name) {
    // LIMIT ALL
    if (expr->kind == plan::ExprKind::kAttribute) {
        const auto& parts = expr->as<plan::Attribute>().parts;
        if (parts.size() == 1 && types::names_equal(parts[0], "all") && name == "limit")
            return kNoLimit;
    }
    Rel nothing = one_row();
    Context c;
    c.input = &nothing;
    Typed typed;
    try {
        typed = resolve_in(c, expr);
    } catch (const Error& e) {
        if (e.condition().rfind("UNRESOLVED_COLUMN", 0) != 0 ||
            expr->kind != plan::ExprKind::kAttribute)
            throw;
        throw bad_limit("IS_UNFOLDABLE", name, quote_if_needed(expr->as<plan::Attribute>().parts));
    }
    if (!resolved::is_foldable(*typed.expr)) throw bad_limit("IS_UNFOLDABLE", name, typed.name);
    if (typed.expr->type->is(types::TypeId::kNull)) throw bad_limit("IS_NULL", name, typed.name);
    if (!typed.expr->type->is_integral() || typed.expr->type->is(types::TypeId::kLong)) {
        throw bad_limit(
            "DATA_TYPE", name, typed.name, {{"dataType", quoted_type(*typed.expr->type)}});
    }
    auto value = fold_typed(typed.expr);
    if (value.is_null()) throw bad_limit("IS_NULL", name, typed.name);
    if (value.as_int() < 0)
        throw bad_limit("IS_NEGATIVE", name, typed.name, {{"v", std::to_string(value.as_int())}});
    return value.as_int();
}

Rel Impl::resolve_limit(const plan::Relation& relation) {
    if (relation.kind == plan::RelationKind::kTail) {
        const auto& tail = relation.as<plan::Tail>();
        auto child = resolve(tail.child);
        auto plan = std::make_shared<resolved::Tail>();
        plan->child = child.plan;
        plan->output = child.plan->output;
        plan->limit = limit_value(tail.limit, "tail");
        Rel rel = child;
        rel.plan = plan;
        rel.hidden = nullptr;
        return rel;
    }
    bool is_offset = relation.kind == plan::RelationKind::kOffset;
    const auto& input = is_offset ? relation.as<plan::Offset>().child
                                  : relation.as<plan::Limit>().child;
    auto child = resolve(input);
    auto count = is_offset ? limit_value(relation.as<plan::Offset>().offset, "offset")
                           : limit_value(relation.as<plan::Limit>().limit, "limit");
    if (count == kNoLimit) return child;
    auto build = [count, is_offset](const resolved::PlanPtr& below) -> resolved::PlanPtr {
        auto plan = std::make_shared<resolved::Limit>();
        plan->child = below;
        plan->output = below->output;
        if (is_offset) {
            plan->offset = count;
        } else {
            plan->limit = count;
            // LIMIT over OFFSET is one node.
            if (below->kind == resolved::PlanKind::kLimit && !below->as<resolved::Limit>().limit) {
                plan->offset = below->as<resolved::Limit>().offset;
                plan->child = below->as<resolved::Limit>().child;
            }
        }
        return plan;
    };
    return make_pass(child, build(child.plan), build);
}

Rel Impl::resolve_sample(const plan::Sample& sample) {
    auto child = resolve(sample.child);
    if (sample.rows) {
        if (*sample.rows < 0) {
            auto text = std::to_string(*sample.rows);
            throw bad_limit("IS_NEGATIVE", "limit", text, {{"v", text}});
        }
        auto plan = std::make_shared<resolved::Limit>();
        plan->child = child.plan;
        plan->output = child.plan->output;
        plan->limit = *sample.rows;
        Rel rel = child;
        rel.plan = plan;
        rel.hidden = nullptr;
        return rel;
    }
    double fraction = sample.upper - sample.lower;
    constexpr double kRounding = 1e-6;
    if (fraction < -kRounding || (!sample.with_replacement && fraction > 1 + kRounding)) {
        throw Error(ErrorKind::kIllegalArgument, "INVALID_SAMPLING_FRACTION",
            {{"fraction", types::double_to_string(fraction)}});
    }
    auto plan = std::make_shared<resolved::Sample>();
    plan->child = child.plan;
    plan->output = child.plan->output;
    plan->fraction = std::max(0.0, fraction);
    plan->lower = sample.lower;
    plan->with_replacement = sample.with_replacement;
    plan->seed = sample.seed.value_or(options.functions.now_micros);
    Rel rel = child;
    rel.plan = plan;
    rel.hidden = nullptr;
    return rel;
}

namespace {

// How rows are dealt to partitions, as engine/lowering/placed.h reads it.
resolved::ExprPtr rule_call(const std::string& name, resolved::Exprs args) {
    return std::make_shared<resolved::Call>(
        name, std::move(args), types::DataType::integer(), false);
}

resolved::ExprPtr range_key(const resolved::SortOrder& order) {
    auto flag = [](bool value) {
        return std::make_shared<resolved::Literal>(
            types::DataType::boolean(), types::bool_value(value));
    };
    return rule_call("sort_order", {order.expr, flag(order.ascending), flag(order.nulls_first)});
}

bool is_partition_id(const plan::Expression& e) {
    return e.kind == plan::ExprKind::kFunction &&
           e.as<plan::Function>().name == plan::Name{"direct_shuffle_partition_id"};
}

void check_partition_id(const resolved::Expression& id) {
    if (id.type->is(types::TypeId::kInteger)) return;
    throw datatype_mismatch("UNEXPECTED_INPUT_TYPE",
        "direct_shuffle_partition_id(" + expression_sql(id) + ")",
        {{"paramIndex", "first"}, {"inputSql", quoted_sql(expression_sql(id))},
            {"inputType", quoted_type(*id.type)}, {"requiredType", "\"INT\""}});
}

}  // namespace

Rel Impl::resolve_repartition(const plan::Repartition& repartition) {
    auto child = resolve(repartition.child);
    if (repartition.num_partitions && *repartition.num_partitions <= 0) {
        throw Error(ErrorKind::kIllegalArgument, "INVALID_PARTITION_COUNT",
            {{"numPartitions", std::to_string(*repartition.num_partitions)}});
    }
    Context c;
    c.input = &child;
    auto plan = std::make_shared<resolved::Repartition>();
    plan->num_partitions = repartition.num_partitions;
    for (const auto& e : repartition.expressions) {
        if (e->kind == plan::ExprKind::kSortOrder) {
            plan->expressions.push_back(range_key(sort_order(e, c)));
        } else if (is_partition_id(*e)) {
            auto key = resolve_in(c, e->as<plan::Function>().args[0]).expr;
            check_partition_id(*key);
            plan->expressions.push_back(rule_call("direct_shuffle_partition_id", {key}));
        } else {
            plan->expressions.push_back(resolve_in(c, e).expr);
        }
    }
    check_placed_subqueries(plan->expressions);
    if (!repartition.shuffle) plan->expressions = {rule_call("coalesce_partitions", {})};
    auto build = [plan](const resolved::PlanPtr& below) -> resolved::PlanPtr {
        auto copy = std::make_shared<resolved::Repartition>(*plan);
        copy->child = below;
        copy->output = below->output;
        return copy;
    };
    return make_pass(child, build(child.plan), build);
}

namespace {

// The count that a hint gives first, if it does.
std::optional<int32_t> hinted_count(const plan::Hint& hint) {
    if (hint.parameters.empty() || hint.parameters[0]->kind != plan::ExprKind::kLiteral)
        return std::nullopt;
    const auto& literal = hint.parameters[0]->as<plan::Literal>();
    if (!literal.type->is(types::TypeId::kInteger)) return std::nullopt;
    return static_cast<int32_t>(literal.value.as_int());
}

// Strings in such hints are names of columns.
plan::ExprPtr hinted_key(const plan::ExprPtr& parameter) {
    if (parameter->kind != plan::ExprKind::kLiteral) return parameter;
    const auto& literal = parameter->as<plan::Literal>();
    if (!literal.type->is(types::TypeId::kString) || literal.value.is_null()) return parameter;
    return std::make_shared<plan::Attribute>(
        sql::parse_multipart_identifier(literal.value.as_string()));
}

}  // namespace

// The body of a view that was made with DEFAULT COLLATION: strings written in it, literals and
// types, have this collation where they name none.
Rel Impl::resolve_default_collation(const plan::Hint& hint) {
    auto collation = hint.parameters.at(0)->as<plan::Literal>().value.as_string();
    auto before = std::exchange(default_collation, collation);
    try {
        auto rel = resolve(hint.child);
        default_collation = before;
        return rel;
    } catch (...) {
        default_collation = before;
        throw;
    }
}

Rel Impl::resolve_hint(const plan::Hint& hint) {
    if (plan::default_collation(hint)) return resolve_default_collation(hint);
    auto name = types::to_lower(hint.name);
    if (name == "deterministic_order") {
        // Samples of one seed do not overlap when rows are sorted by all that has an order.
        auto child = resolve(hint.child);
        std::vector<resolved::SortOrder> order;
        for (const auto& a : child.plan->output)
            if (a.type->is_orderable()) order.push_back({resolved::ref(a), true, true});
        return order.empty() ? child : make_sort(child, std::move(order), false);
    }
    bool by_range = name == "repartition_by_range";
    bool partitions = name == "coalesce" || by_range || name == "repartition" ||
                      name == "rebalance";
    if (!partitions) return resolve(hint.child);  // join strategies and unknown hints: advice only
    plan::Repartition repartition;
    repartition.child = hint.child;
    repartition.num_partitions = hinted_count(hint);
    repartition.shuffle = name != "coalesce";
    for (size_t i = repartition.num_partitions ? 1 : 0; i < hint.parameters.size(); ++i) {
        auto key = hinted_key(hint.parameters[i]);
        if (by_range && key->kind != plan::ExprKind::kSortOrder)
            key = std::make_shared<plan::SortOrder>(key, true, plan::NullsOrder::kDefault);
        repartition.expressions.push_back(key);
    }
    return resolve_repartition(repartition);
}

}  // namespace hanok::analyzer

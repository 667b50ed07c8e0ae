// What stands behind GROUP BY: ordinals, aliases, ROLLUP, CUBE, GROUPING SETS.

#include "analyzer/impl.h"

namespace hanok::analyzer {

using plan::GroupingKind;
using resolved::ExprKind;
using resolved::ExprPtr;

using Impl = Analyzer::Impl;

namespace {

using Set = std::vector<int>;
using Sets = std::vector<Set>;

constexpr size_t kMaxGroupingSetColumns = 64;

const plan::Function* grouping_call(const plan::ExprPtr& e) {
    if (e->kind != plan::ExprKind::kFunction) return nullptr;
    const auto& f = e->as<plan::Function>();
    if (f.name.size() != 1) return nullptr;
    auto name = types::to_lower(f.name[0]);
    return name == "rollup" || name == "cube" || name == "grouping_sets" ? &f : nullptr;
}

// (a, b) inside ROLLUP and the like counts as one element.
plan::Exprs elements(const plan::ExprPtr& e) {
    if (e->kind == plan::ExprKind::kFunction) {
        const auto& f = e->as<plan::Function>();
        if (f.name.size() == 1 && types::to_lower(f.name[0]) == "struct") return f.args;
    }
    return {e};
}

Sets rollup(const std::vector<Set>& parts) {
    Sets sets;
    for (size_t n = parts.size() + 1; n-- > 0;) {
        Set set;
        for (size_t i = 0; i < n; ++i) set.insert(set.end(), parts[i].begin(), parts[i].end());
        sets.push_back(set);
    }
    return sets;
}

Sets cube(const std::vector<Set>& parts) {
    Sets sets;
    size_t n = parts.size();
    for (size_t mask = size_t{1} << n; mask-- > 0;) {
        Set set;
        for (size_t i = 0; i < n; ++i) {
            if (mask >> (n - 1 - i) & 1) set.insert(set.end(), parts[i].begin(), parts[i].end());
        }
        sets.push_back(set);
    }
    return sets;
}

Sets cross(const Sets& a, const Sets& b) {
    Sets out;
    for (const auto& x : a) {
        for (const auto& y : b) {
            Set set = x;
            for (int i : y) {
                if (std::find(set.begin(), set.end(), i) == set.end()) set.push_back(i);
            }
            out.push_back(set);
        }
    }
    return out;
}

bool is_ordinal(const plan::Expression& e) {
    return e.kind == plan::ExprKind::kLiteral &&
           e.as<plan::Literal>().type->is(types::TypeId::kInteger) &&
           !e.as<plan::Literal>().value.is_null();
}

const plan::ExprPtr& unaliased(const plan::ExprPtr& e) {
    return e->kind == plan::ExprKind::kAlias ? e->as<plan::Alias>().child : e;
}

// In a pipe a number counts the columns of what flows in.
ExprPtr input_column(int64_t index, const Rel& child) {
    auto size = static_cast<int64_t>(child.scope.size());
    if (index < 1 || index > size) {
        throw analysis_error("GROUP_BY_POS_OUT_OF_RANGE",
            {{"index", std::to_string(index)}, {"size", std::to_string(size)}});
    }
    return resolved::ref(child.scope[static_cast<size_t>(index - 1)]);
}

}  // namespace

// What an alias of the select list stands for. Columns of the input come before it; columns of
// an enclosing query and variables do not.
plan::ExprPtr Impl::group_by_alias(
    const plan::Expression& source, const plan::Aggregate& aggregate, const Context& c) {
    if (source.kind != plan::ExprKind::kAttribute) return nullptr;
    const auto& attribute = source.as<plan::Attribute>();
    bool by_alias = attribute.parts.size() == 1 && !attribute.plan_id &&
                    conf("spark.sql.groupByAliases", "true") != "false";
    if (!by_alias || find_in_input(attribute, c)) return nullptr;
    plan::ExprPtr found;
    for (const auto& column : aggregate.columns) {
        if (column->kind != plan::ExprKind::kAlias) continue;
        const auto& alias = column->as<plan::Alias>();
        bool named = types::names_equal(alias.names[0], attribute.parts[0], options.case_sensitive);
        if (named && !find_generator(*alias.child)) found = alias.child;
    }
    return found;
}

// The expression of an alias may not use other aliases of the list.
Typed Impl::aliased_expression(
    const plan::ExprPtr& aliased, const plan::Aggregate& aggregate, Context& c) {
    try {
        return resolve_in(c, aliased);
    } catch (const Error& e) {
        if (e.condition().rfind("UNRESOLVED_COLUMN", 0) != 0) throw;
        for (const auto& column : aggregate.columns) {
            if (column->kind != plan::ExprKind::kAlias) continue;
            auto name = quote_identifier(column->as<plan::Alias>().names[0]);
            if (types::names_equal(name, e.parameters().at("objectName"), options.case_sensitive))
                throw analysis_error("UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_GROUP_BY");
        }
        throw;
    }
}

ExprPtr Impl::grouping_expression(const plan::ExprPtr& expr, const plan::Aggregate& aggregate,
    const Rel& child, std::string* name) {
    Context c;
    c.input = &child;
    plan::ExprPtr source = unaliased(expr);
    bool by_ordinal = is_ordinal(*source) && conf("spark.sql.groupByOrdinal", "true") != "false";
    if (aggregate.is_pipe && by_ordinal) {
        if (name && expr->kind == plan::ExprKind::kAlias) *name = expr->as<plan::Alias>().names[0];
        return input_column(source->as<plan::Literal>().value.as_int(), child);
    }
    if (!aggregate.is_dataframe && by_ordinal) {
        auto index = source->as<plan::Literal>().value.as_int();
        auto size = static_cast<int64_t>(aggregate.columns.size());
        for (const auto& column : aggregate.columns) {
            if (is_star(column)) throw analysis_error("STAR_GROUP_BY_POS");
        }
        if (index < 1 || index > size) {
            throw analysis_error("GROUP_BY_POS_OUT_OF_RANGE",
                {{"index", std::to_string(index)}, {"size", std::to_string(size)}});
        }
        source = unaliased(aggregate.columns[static_cast<size_t>(index - 1)]);
        // The place of a generator stands for what it is given.
        if (find_generator(*source) && source->as<plan::Function>().args.size() == 1)
            source = source->as<plan::Function>().args[0];
        auto typed = resolve_in(c, source);
        if (resolved::contains(*typed.expr, ExprKind::kAggregate)) {
            throw analysis_error("GROUP_BY_POS_AGGREGATE",
                {{"index", std::to_string(index)}, {"aggExpr", typed.name}});
        }
        return typed.expr;
    }
    auto aliased = aggregate.is_dataframe ? nullptr : group_by_alias(*source, aggregate, c);
    auto typed = aliased ? aliased_expression(aliased, aggregate, c) : resolve_in(c, source);
    if (resolved::contains(*typed.expr, ExprKind::kAggregate)) {
        throw analysis_error("GROUP_BY_AGGREGATE", {{"sqlExpr", typed.name}});
    }
    if (resolved::contains(*typed.expr, ExprKind::kWindow)) {
        throw analysis_error("WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", {{"clauseName", "GROUP BY"}});
    }
    if (name) {
        bool plain = typed.expr->kind == ExprKind::kAttribute && source == expr;
        if (expr->kind == plan::ExprKind::kAlias) {
            *name = expr->as<plan::Alias>().names[0];
        } else if (!plain) {
            *name = source->kind == plan::ExprKind::kAttribute
                        ? source->as<plan::Attribute>().parts.back()
                        : typed.name;
        }
    }
    return typed.expr;
}

GroupingSpec Impl::resolve_grouping(const plan::Aggregate& aggregate, const Rel& child) {
    GroupingSpec spec;
    auto index_of = [&](const plan::ExprPtr& e) {
        std::string name;
        auto typed = grouping_expression(e, aggregate, child, &name);
        for (size_t i = 0; i < spec.expressions.size(); ++i) {
            if (resolved::same_expression(*spec.expressions[i], *typed)) return static_cast<int>(i);
        }
        spec.expressions.push_back(typed);
        spec.names.push_back(name);
        return static_cast<int>(spec.expressions.size()) - 1;
    };
    auto set_of = [&](const plan::Exprs& exprs) {
        Set set;
        for (const auto& e : exprs) set.push_back(index_of(e));
        return set;
    };
    auto parts_of = [&](const plan::Exprs& exprs) {
        std::vector<Set> parts;
        for (const auto& e : exprs) parts.push_back(set_of(elements(e)));
        if (parts.size() > kMaxGroupingSetColumns) {
            throw analysis_error("GROUPING_SIZE_LIMIT_EXCEEDED",
                {{"maxSize", std::to_string(kMaxGroupingSetColumns)}});
        }
        return parts;
    };
    std::function<Sets(const plan::Function&)> sets_of = [&](const plan::Function& f) -> Sets {
        auto name = types::to_lower(f.name[0]);
        if (name == "rollup") return rollup(parts_of(f.args));
        if (name == "cube") return cube(parts_of(f.args));
        Sets sets;
        for (const auto& arg : f.args) {
            if (const auto* inner = grouping_call(arg)) {
                auto more = sets_of(*inner);
                sets.insert(sets.end(), more.begin(), more.end());
            } else {
                sets.push_back(set_of(elements(arg)));
            }
        }
        return sets;
    };
    bool several = false;
    Sets sets{{}};
    switch (aggregate.grouping_kind) {
        case GroupingKind::kRollup: return (spec.sets = rollup(parts_of(aggregate.grouping))), spec;
        case GroupingKind::kCube: return (spec.sets = cube(parts_of(aggregate.grouping))), spec;
        case GroupingKind::kGroupingSets:
            for (const auto& e : aggregate.grouping) index_of(e);
            for (const auto& exprs : aggregate.grouping_sets) spec.sets.push_back(set_of(exprs));
            return spec;
        default: break;
    }
    for (const auto& e : aggregate.grouping) {
        if (const auto* f = grouping_call(e)) {
            several = true;
            sets = cross(sets, sets_of(*f));
        } else {
            sets = cross(sets, {{index_of(e)}});
        }
    }
    if (several) spec.sets = std::move(sets);
    return spec;
}

}  // namespace hanok::analyzer

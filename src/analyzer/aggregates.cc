// GROUP BY in all its forms: an AggregatePlan of grouping columns and aggregates, with everything
// else above it.

#include <algorithm>

#include "analyzer/generator_places.h"
#include "analyzer/impl.h"
#include "types/geo.h"

namespace hanok::analyzer {

using plan::GroupingKind;
using resolved::Attribute;
using resolved::ExprKind;
using resolved::ExprPtr;
using resolved::NamedExpr;
using resolved::NamedExprs;
using resolved::PlanPtr;
using types::DataType;

using Impl = Analyzer::Impl;

namespace {

int find_same(const resolved::Exprs& list, const resolved::Expression& e) {
    for (size_t i = 0; i < list.size(); ++i) {
        if (resolved::same_expression(*list[i], e)) return static_cast<int>(i);
    }
    return -1;
}

int add_distinct(resolved::Exprs& list, const ExprPtr& e) {
    int found = find_same(list, *e);
    if (found >= 0) return found;
    list.push_back(e);
    return static_cast<int>(list.size()) - 1;
}

// Rewrites a select list over the output of one AggregatePlan, which it fills.
class Splitter {
public:
    Splitter(const GroupingSpec& spec, const std::vector<Attribute>& grouped,
        const std::set<resolved::AttributeId>& own)
        : spec_(spec), grouped_(grouped), own_(own) {}

    NamedExprs aggregates;

    ExprPtr rewrite(const ExprPtr& e) {
        return resolved::transform(e, [&](const ExprPtr& node) { return replace(node); });
    }

private:
    ExprPtr replace(const ExprPtr& e) {
        int group = find_same(spec_.expressions, *e);
        if (group >= 0) return resolved::ref(grouped_[static_cast<size_t>(group)]);
        switch (e->kind) {
            case ExprKind::kAggregate: return add(e);
            case ExprKind::kCall: return is_grouping_call(*e) ? grouping_call(e) : nullptr;
            case ExprKind::kAttribute: return column(e);
            case ExprKind::kSubquery:
                for (const auto& a : e->as<resolved::Subquery>().outer) check_outer(a);
                return nullptr;
            default: return nullptr;
        }
    }

    static bool is_grouping_call(const resolved::Expression& e) {
        const auto& f = e.as<resolved::Call>().function;
        return f == "grouping" || f == "grouping_id";
    }

    ExprPtr add(const ExprPtr& e) {
        for (const auto& known : aggregates) {
            if (resolved::same_expression(*known.expr, *e)) return resolved::ref(known.attribute);
        }
        aggregates.push_back(Impl::named("_aggregate", e));
        return resolved::ref(aggregates.back().attribute);
    }

    ExprPtr grouping_call(const ExprPtr& e) {
        const auto& call = e->as<resolved::Call>();
        if (spec_.sets.empty()) throw analysis_error("UNSUPPORTED_GROUPING_EXPRESSION");
        auto copy = std::make_shared<resolved::Call>(call);
        copy->args.clear();
        std::string names;
        for (const auto& g : spec_.expressions)
            names += (names.empty() ? "" : ", ") + quoted_sql(expression_sql(*g));
        for (const auto& arg : call.args) {
            int group = find_same(spec_.expressions, *arg);
            if (group < 0) {
                if (call.function == "grouping")
                    throw analysis_error(
                        "GROUPING_COLUMN_MISMATCH", {{"grouping", quoted_sql(expression_sql(*arg))},
                                                        {"groupingColumns", names}});
                throw analysis_error("GROUPING_ID_COLUMN_MISMATCH",
                    {{"groupingIdColumn", quoted_sql(expression_sql(*arg))},
                        {"groupByColumns", names}});
            }
            copy->args.push_back(resolved::ref(grouped_[static_cast<size_t>(group)]));
        }
        if (call.function == "grouping_id" && call.args.empty()) {
            for (const auto& g : grouped_) copy->args.push_back(resolved::ref(g));
        }
        return add(copy);
    }

    ExprPtr column(const ExprPtr& e) {
        const auto& ref = e->as<resolved::AttributeRef>();
        if (ref.is_lambda || own_.count(ref.id)) return e;
        if (spec_.expressions.empty()) throw analysis_error("MISSING_GROUP_BY");
        throw analysis_error("MISSING_AGGREGATION",
            {{"expression", quoted_sql(ref.name)},
                {"expressionAnyValue", quoted_sql("any_value(" + ref.name + ")")}});
    }

    void check_outer(const Attribute& a) {
        for (const auto& g : grouped_) {
            if (g.id == a.id) return;
        }
        if (own_.count(a.id)) return;
        if (spec_.expressions.empty()) throw analysis_error("MISSING_GROUP_BY");
        throw analysis_error("MISSING_AGGREGATION",
            {{"expression", quoted_sql(a.name)},
                {"expressionAnyValue", quoted_sql("any_value(" + a.name + ")")}});
    }

    const GroupingSpec& spec_;
    const std::vector<Attribute>& grouped_;
    const std::set<resolved::AttributeId>& own_;
};

// Maps group by their entries; variants and calendar intervals do not group.
bool is_groupable(const DataType& type) {
    if (types::is_geo(type)) return false;
    switch (type.id()) {
        case types::TypeId::kVariant:
        case types::TypeId::kCalendarInterval: return false;
        case types::TypeId::kArray: return is_groupable(*type.element());
        case types::TypeId::kMap: return is_groupable(*type.key()) && is_groupable(*type.value());
        case types::TypeId::kStruct:
            return std::all_of(type.fields().begin(), type.fields().end(),
                [](const types::StructField& f) { return is_groupable(*f.type); });
        default: return true;
    }
}

// Does it use another column of the select list?
bool reads_alias(const resolved::Expression& e, const SelectItems& items) {
    auto ids = resolved::references(e);
    return std::any_of(items.begin(), items.end(), [&](const SelectItem& item) {
        if (item.is_generator || !ids.count(item.column.attribute.id)) return false;
        const auto& from = item.column.expr;
        return from->kind != ExprKind::kAttribute ||
               from->as<resolved::AttributeRef>().id != item.column.attribute.id;
    });
}

// What stands between |> AGGREGATE and GROUP BY.
void check_pipe_aggregates(const SelectItems& items) {
    for (const auto& item : items) {
        if (item.is_generator) continue;
        const auto& e = *item.column.expr;
        bool groups = false;
        resolved::walk(e, [&](const resolved::Expression& node) {
            groups = groups || (node.kind == ExprKind::kCall &&
                                   node.as<resolved::Call>().function.starts_with("grouping"));
            return true;
        });
        bool windows = resolved::contains(e, ExprKind::kWindow);
        if (groups || windows) {
            throw analysis_error("UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE",
                {{"case", windows ? "window functions" : "GROUPING"}});
        }
        if (!resolved::contains(e, ExprKind::kAggregate)) {
            throw analysis_error(
                "PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION",
                {{"expr", expression_sql(e)}});
        }
    }
}

bool in_every_set(const GroupingSpec& spec, int index) {
    return std::all_of(spec.sets.begin(), spec.sets.end(), [&](const std::vector<int>& set) {
        return std::find(set.begin(), set.end(), index) != set.end();
    });
}

// The grouping columns as the AggregatePlan gives them; computed ones stand in a projection below
// it.
std::vector<Attribute> group_columns(const GroupingSpec& spec, PlanPtr& below) {
    std::vector<Attribute> grouped;
    NamedExprs computed;
    for (const auto& e : spec.expressions) {
        if (!is_groupable(*e->type)) {
            throw analysis_error("GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE",
                {{"sqlExpr", quoted_sql(expression_sql(*e))}, {"dataType", quoted_type(*e->type)}});
        }
        if (e->kind == ExprKind::kAttribute) {
            const auto& r = e->as<resolved::AttributeRef>();
            grouped.push_back({r.id, r.name, r.type, r.nullable, r.qualifier, r.metadata});
        } else {
            computed.push_back(Impl::named("_group", e));
            grouped.push_back(computed.back().attribute);
        }
    }
    if (!computed.empty()) {
        NamedExprs columns;
        for (const auto& a : below->output) columns.push_back(Impl::pass_column(a));
        columns.insert(columns.end(), computed.begin(), computed.end());
        below = Impl::project_plan(below, std::move(columns));
    }
    return grouped;
}

}  // namespace

// Below an aggregation only filters and the like may use columns of the enclosing query.
void Impl::check_correlation(const GroupingSpec& spec, const SelectItems& items) {
    if (outers.empty() || !outers.back() || outers.back()->lateral) return;
    resolved::Exprs exprs = spec.expressions;
    for (const auto& item : items) {
        if (!item.is_generator) exprs.push_back(item.column.expr);
    }
    for (const auto& expr : exprs) {
        resolved::walk(*expr, [&](const resolved::Expression& e) {
            if (e.kind != ExprKind::kAggregate) return true;
            bool local = !resolved::references(e).empty();
            if (local && resolved::contains(e, ExprKind::kOuterAttribute)) {
                throw analysis_error(
                    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_"
                    "LOCAL_REFERENCES",
                    {{"function", expression_sql(e)}});
            }
            return true;
        });
        if (!resolved::contains(*expr, ExprKind::kOuterAttribute)) continue;
        throw analysis_error("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE",
            {{"sqlExprs", quoted_sql(expression_sql(*expr))}});
    }
}

Rel Impl::build_aggregate(const Rel& child, GroupingSpec spec, SelectItems items) {
    check_correlation(spec, items);
    check_aggregated_generators(*this, child, items);
    auto original = items;
    PlanPtr below = child.plan;
    auto grouped = group_columns(spec, below);
    auto plan = std::make_shared<resolved::AggregatePlan>();
    plan->child = below;
    plan->grouping_sets = spec.sets;
    for (const auto& g : grouped) plan->grouping.push_back(resolved::ref(g));
    for (size_t i = 0; i < grouped.size(); ++i) {
        auto child_ref = plan->grouping[i];
        if (!spec.sets.empty() && !in_every_set(spec, static_cast<int>(i)))
            grouped[i].nullable = true;
        plan->columns.push_back({grouped[i], child_ref});
    }
    std::set<resolved::AttributeId> own;
    for (const auto& item : items) {
        if (item.is_generator) continue;
        bool passes = item.column.expr->kind == ExprKind::kAttribute &&
                      item.column.expr->as<resolved::AttributeRef>().id == item.column.attribute.id;
        if (!passes) own.insert(item.column.attribute.id);
    }
    Splitter splitter(spec, grouped, own);
    for (auto& item : items) {
        for (auto& arg : item.args) arg = splitter.rewrite(arg);
        if (item.is_generator) continue;
        item.column.expr = splitter.rewrite(item.column.expr);
        item.column.attribute.nullable = item.column.expr->nullable;
    }
    plan->columns.insert(
        plan->columns.end(), splitter.aggregates.begin(), splitter.aggregates.end());
    for (const auto& c : plan->columns) plan->output.push_back(c.attribute);

    Rel aggregated;
    aggregated.plan = plan;
    aggregated.scope = plan->output;
    aggregated.ids = child.ids;
    // Spark's ORDER BY does not reach the aggregation below window functions.
    bool windows_above = std::any_of(items.begin(), items.end(), [](const SelectItem& item) {
        return !item.is_generator && resolved::contains(*item.column.expr, ExprKind::kWindow);
    });
    bool generates = std::any_of(
        items.begin(), items.end(), [](const SelectItem& item) { return item.is_generator; });
    auto rel = generates ? select_with_generators(*this, aggregated, std::move(items))
                         : build_select(aggregated, std::move(items));
    if (windows_above) return rel;
    auto hidden = std::make_shared<Hidden>();
    hidden->kind = Hidden::Kind::kAggregate;
    hidden->child = std::make_shared<Rel>(child);
    hidden->grouping = spec.expressions;
    for (const auto& item : original) {
        if (!item.is_generator) hidden->computed.push_back(item.column);
    }
    hidden->rebuild = [this, child, spec, original](const PlanPtr&, const NamedExprs& more) {
        auto all = original;
        for (const auto& column : more) {
            SelectItem item;
            item.column = column;
            all.push_back(std::move(item));
        }
        return build_aggregate(child, spec, std::move(all)).plan;
    };
    rel.hidden = std::move(hidden);
    rel.ids = child.ids;
    return rel;
}

Rel Impl::open_windows(
    const Rel& child, GroupingSpec& spec, SelectItems& items, OpenedWindows& opened) {
    std::vector<ExprPtr*> exprs;
    for (auto& e : spec.expressions) exprs.push_back(&e);
    for (auto& item : items) {
        if (item.column.expr) exprs.push_back(&item.column.expr);
        for (auto& arg : item.args) exprs.push_back(&arg);
    }
    return open_time_windows(child, exprs, spec.expressions, opened);
}

// GROUP BY ALL where ALL is the name of a column or of an alias.
plan::ExprPtr Impl::column_named_all(const plan::Aggregate& aggregate, const Rel& child) {
    if (aggregate.grouping_kind != GroupingKind::kAll) return nullptr;
    auto all = std::make_shared<plan::Attribute>(std::vector<std::string>{"all"});
    Context c;
    c.input = &child;
    bool is_column = find_in_input(*all, c) || group_by_alias(*all, aggregate, c);
    return is_column ? all : nullptr;
}

namespace {

// |> AGGREGATE shows a key once for each time that it is written.
void repeat_keys(
    Impl& impl, const plan::Aggregate& aggregate, const Rel& child, SelectItems& keys) {
    SelectItems written;
    for (const auto& e : aggregate.grouping) {
        std::string name;
        auto typed = impl.grouping_expression(e, aggregate, child, &name);
        auto key = std::find_if(keys.begin(), keys.end(),
            [&](const SelectItem& k) { return resolved::same_expression(*k.column.expr, *typed); });
        if (key == keys.end()) return;
        written.push_back(*key);
        bool repeats = std::any_of(written.begin(), written.end() - 1,
            [&](const SelectItem& w) { return w.column.attribute.id == key->column.attribute.id; });
        bool is_column = key->column.expr->kind == ExprKind::kAttribute;
        auto shown = name.empty() ? key->column.attribute.name : name;
        if (repeats && !is_column) written.back().column = Impl::named(shown, key->column.expr);
    }
    keys = std::move(written);
}

}  // namespace

Rel Impl::resolve_aggregate(const plan::Aggregate& written) {
    auto child = resolve(written.child);
    auto aggregate = written;
    if (auto all = column_named_all(written, child)) {
        aggregate.grouping_kind = GroupingKind::kGroupBy;
        aggregate.grouping = {all};
    }
    OpenedWindows opened;
    if (aggregate.grouping_kind == GroupingKind::kAll) {
        GroupingSpec spec;
        auto items = grouping_all(aggregate, child, spec);
        child = open_windows(child, spec, items, opened);
        return build_aggregate(child, std::move(spec), std::move(items));
    }
    auto spec = resolve_grouping(aggregate, child);
    SelectItems items;
    child = open_windows(child, spec, items, opened);
    items = resolve_select_list(aggregate.columns, child, "");
    if (aggregate.is_pipe) check_pipe_aggregates(items);
    child = open_windows(child, spec, items, opened);
    if (aggregate.is_dataframe) {
        SelectItems keys;
        for (size_t i = 0; i < spec.expressions.size(); ++i) {
            const auto& e = spec.expressions[i];
            SelectItem item;
            if (e->kind == ExprKind::kAttribute &&
                (i >= spec.names.size() || spec.names[i].empty())) {
                const auto& r = e->as<resolved::AttributeRef>();
                item.column = {{r.id, r.name, r.type, r.nullable, r.qualifier, r.metadata}, e};
            } else {
                item.column = named(spec.names[i], e);
            }
            keys.push_back(std::move(item));
        }
        if (aggregate.is_pipe) repeat_keys(*this, aggregate, child, keys);
        items.insert(items.begin(), keys.begin(), keys.end());
    }
    auto rel = build_aggregate(child, std::move(spec), std::move(items));
    if (aggregate.is_pipe) rel.hidden = nullptr;
    return rel;
}

SelectItems Impl::grouping_all(
    const plan::Aggregate& aggregate, const Rel& child, GroupingSpec& spec) {
    auto items = resolve_select_list(aggregate.columns, child, "");
    for (const auto& item : items) {
        if (item.is_generator) {
            for (const auto& arg : item.args) {
                bool aggregates = resolved::contains(*arg, ExprKind::kAggregate);
                if (!aggregates && !resolved::is_foldable(*arg))
                    add_distinct(spec.expressions, arg);
            }
            continue;
        }
        const auto& e = item.column.expr;
        if (reads_alias(*e, items))
            throw analysis_error("UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_GROUP_BY");
        if (!resolved::contains(*e, ExprKind::kAggregate)) {
            if (!resolved::is_foldable(*e)) add_distinct(spec.expressions, e);
            continue;
        }
        // A column outside of the aggregates has no group of its own.
        resolved::walk(*e, [&](const resolved::Expression& node) {
            if (node.kind == ExprKind::kAttribute && !node.as<resolved::AttributeRef>().is_lambda) {
                throw analysis_error("UNRESOLVED_ALL_IN_GROUP_BY");
            }
            return node.kind != ExprKind::kAggregate;
        });
    }
    return items;
}

}  // namespace hanok::analyzer

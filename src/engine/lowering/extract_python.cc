#include "engine/lowering/extract_python.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "engine/lowering/map_expressions.h"
#include "resolved/fingerprint.h"
#include "resolved/python_eval_type.h"
#include "resolved/python_gather.h"
#include "resolved/tree.h"

namespace hanok::engine {

using namespace resolved;

namespace {

using UdfPtr = std::shared_ptr<const PythonUdf>;

const PythonUdf& udf_of(const ExprPtr& e) { return e->as<PythonUdf>(); }

bool has_udf(const ExprPtr& e) { return contains(*e, ExprKind::kPythonUdf); }

// Does the worker pass the argument's result on by itself?
bool is_chained(const PythonUdf& udf) {
    if (udf.args.size() != 1 || udf.args[0]->kind != ExprKind::kPythonUdf) return false;
    const auto& inner = udf_of(udf.args[0]);
    bool named = !udf.arg_names.empty() && !udf.arg_names[0].empty();
    return !named && inner.eval_type == udf.eval_type && !eval_type::is_iterator(udf.eval_type) &&
           udf.deterministic && inner.deterministic;
}

const PythonUdf& innermost(const PythonUdf& udf) {
    return is_chained(udf) ? innermost(udf_of(udf.args[0])) : udf;
}

// The chain with other arguments for the innermost function.
UdfPtr with_args(const PythonUdf& udf, const Exprs& args) {
    auto copy = std::make_shared<PythonUdf>(udf);
    copy->args = is_chained(udf) ? Exprs{with_args(udf_of(udf.args[0]), args)} : args;
    return copy;
}

bool mentions_python(const Plan& plan);

bool mentions_python(const Expression& expr) {
    bool found = false;
    walk(expr, [&](const Expression& e) {
        found = found || e.kind == ExprKind::kPythonUdf ||
                (e.kind == ExprKind::kAggregate && e.as<resolved::Aggregate>().python) ||
                (e.kind == ExprKind::kWindow && e.as<Window>().python) ||
                (e.kind == ExprKind::kSubquery && mentions_python(*e.as<Subquery>().plan));
        return !found;
    });
    return found;
}

bool mentions_python(const Plan& plan) {
    bool found = false;
    for_each_expression(plan, [&](const ExprPtr& e) { found = found || mentions_python(*e); });
    if (found) return true;
    auto below = children(plan);
    return std::any_of(
        below.begin(), below.end(), [](const PlanPtr& child) { return mentions_python(*child); });
}

PlanPtr project_to(const PlanPtr& child, const Attributes& columns) {
    auto project = std::make_shared<Project>();
    project->child = child;
    project->output = columns;
    for (const auto& a : columns) project->columns.push_back({a, ref(a)});
    return project;
}

Attributes distinct(const Attributes& list) {
    Attributes out;
    for (const auto& a : list) {
        bool known = std::any_of(
            out.begin(), out.end(), [&](const Attribute& b) { return a.id == b.id; });
        if (!known) out.push_back(a);
    }
    return out;
}

void conjuncts(const ExprPtr& e, Exprs* out) {
    if (e->kind == ExprKind::kCall && e->as<Call>().function == "and") {
        for (const auto& arg : e->as<Call>().args) conjuncts(arg, out);
    } else {
        out->push_back(e);
    }
}

ExprPtr conjunction(const Exprs& parts) {
    if (parts.empty()) return nullptr;
    ExprPtr out = parts[0];
    for (size_t i = 1; i < parts.size(); ++i)
        out = std::make_shared<Call>("and", Exprs{out, parts[i]}, types::DataType::boolean(),
            out->nullable || parts[i]->nullable);
    return out;
}

PlanPtr filter_of(const PlanPtr& child, const ExprPtr& condition) {
    auto filter = std::make_shared<Filter>();
    filter->child = child;
    filter->condition = condition;
    filter->output = child->output;
    return filter;
}

std::set<AttributeId> ids_of(const Attributes& columns) {
    std::set<AttributeId> out;
    for (const auto& a : columns) out.insert(a.id);
    return out;
}

bool is_subset(const std::set<AttributeId>& part, const std::set<AttributeId>& whole) {
    return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

class Extractor {
public:
    explicit Extractor(int64_t* next_id) : next_id_(next_id) {}

    PlanPtr visit(const PlanPtr& plan) {
        auto old = children(*plan);
        std::vector<PlanPtr> fresh;
        bool changed = false;
        for (const auto& child : old) {
            fresh.push_back(visit(child));
            changed = changed || fresh.back() != child;
        }
        auto node = changed ? with_children(*plan, std::move(fresh)) : plan;
        node = map_expressions(node, [&](const ExprPtr& e) { return in_subqueries(e); });
        switch (node->kind) {
            case PlanKind::kProject: return project(node);
            case PlanKind::kFilter: return filter(node);
            case PlanKind::kAggregate: return aggregate(node);
            case PlanKind::kWindow: return window(node);
            case PlanKind::kJoin: return join(node);
            case PlanKind::kSort:
            case PlanKind::kGenerate:
            case PlanKind::kRepartition: return pass(node);
            default: break;
        }
        for_each_expression(*node, [](const ExprPtr& e) {
            if (has_udf(e)) throw unsupported_feature("Python functions in this place");
        });
        return node;
    }

private:
    ExprPtr in_subqueries(const ExprPtr& e) {
        return map_subqueries(e, [this](const PlanPtr& plan) { return visit(plan); });
    }

    NextId next_id() {
        return [this] { return AttributeId{--*next_id_}; };
    }

    Attribute new_attribute(const std::string& name, const types::TypePtr& type, bool nullable) {
        Attribute a;
        a.id = AttributeId{--*next_id_};
        a.name = name;
        a.type = type;
        a.nullable = nullable;
        return a;
    }

    struct Found {
        UdfPtr udf;
        Attribute result;
    };

    ExprPtr take(const ExprPtr& e, std::vector<Found>* found) {
        return transform(e, [&](const ExprPtr& node) -> ExprPtr {
            if (node->kind == ExprKind::kLambda && has_udf(node)) {
                throw unsupported_error("UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF",
                    {{"funcName", "\"lambda\""}});
            }
            if (node->kind != ExprKind::kPythonUdf) return nullptr;
            const auto& args = innermost(udf_of(node)).args;
            if (std::any_of(args.begin(), args.end(), has_udf)) return nullptr;
            for (const auto& known : *found) {
                if (known.udf->deterministic && same_expression(*known.udf, *node))
                    return ref(known.result);
            }
            auto result = new_attribute(udf_of(node).name, node->type, true);
            found->push_back({std::static_pointer_cast<const PythonUdf>(node), result});
            return ref(result);
        });
    }

    // Stages below for the functions in `exprs`, which refer to their results then. Of the child's
    // columns `droppable` need not be passed on.
    PlanPtr extract(PlanPtr child, Exprs* exprs, const std::set<AttributeId>& droppable) {
        for (;;) {
            std::vector<Found> found;
            for (auto& e : *exprs) e = take(e, &found);
            if (found.empty()) return child;
            std::vector<std::vector<Found>> stages;
            std::map<int, std::vector<Found>> by_type;
            for (auto& one : found) {
                if (eval_type::is_iterator(one.udf->eval_type)) {
                    stages.push_back({one});
                } else {
                    by_type[one.udf->eval_type].push_back(one);
                }
            }
            for (auto& [type, list] : by_type) stages.push_back(std::move(list));
            for (size_t i = 0; i < stages.size(); ++i) {
                auto unneeded = droppable;
                for (size_t later = i + 1; later < stages.size(); ++later)
                    for (const auto& f : stages[later])
                        for (auto id : references(*f.udf)) unneeded.erase(id);
                child = scalar_stage(child, stages[i], unneeded);
            }
        }
    }

    PlanPtr scalar_stage(const PlanPtr& child, const std::vector<Found>& functions,
        const std::set<AttributeId>& droppable) {
        Exprs args;
        for (const auto& f : functions) {
            const auto& own = innermost(*f.udf).args;
            args.insert(args.end(), own.begin(), own.end());
        }
        auto stage = std::make_shared<PythonStage>();
        Attributes columns;
        stage->child = with_computed(child, args, next_id(), &columns);
        size_t at = 0;
        for (const auto& f : functions) {
            Exprs own;
            for (size_t i = 0; i < innermost(*f.udf).args.size(); ++i)
                own.push_back(ref(columns[at++]));
            stage->functions.push_back(with_args(*f.udf, own));
            stage->results.push_back(f.result);
        }
        stage->arguments = distinct(columns);
        for (const auto& a : child->output)
            if (droppable.count(a.id) == 0) stage->output.push_back(a);
        stage->output.insert(stage->output.end(), stage->results.begin(), stage->results.end());
        return stage;
    }

    PlanPtr project(const PlanPtr& plan) {
        const auto& old = plan->as<Project>();
        Exprs exprs;
        for (const auto& c : old.columns) exprs.push_back(c.expr);
        if (std::none_of(exprs.begin(), exprs.end(), has_udf)) return plan;
        auto droppable = ids_of(old.child->output);
        for (const auto& e : exprs) {
            // What only functions read goes to them below.
            auto rest = transform(e, [&](const ExprPtr& node) -> ExprPtr {
                return node->kind == ExprKind::kPythonUdf ? int_constant(0) : nullptr;
            });
            for (auto id : references(*rest)) droppable.erase(id);
            walk(*e, [&](const Expression& node) {
                if (node.kind != ExprKind::kPythonUdf) return true;
                bool nested = false;
                for (const auto& arg : node.as<PythonUdf>().args) nested = nested || has_udf(arg);
                if (nested)
                    for (auto id : references(node)) droppable.erase(id);
                return true;
            });
        }
        auto copy = std::make_shared<Project>(old);
        copy->child = extract(old.child, &exprs, droppable);
        for (size_t i = 0; i < exprs.size(); ++i) copy->columns[i].expr = exprs[i];
        return copy;
    }

    static ExprPtr int_constant(int64_t value) {
        return std::make_shared<Literal>(types::DataType::integer(), types::int_value(value));
    }

    PlanPtr filter(const PlanPtr& plan) {
        const auto& old = plan->as<Filter>();
        if (!has_udf(old.condition)) return plan;
        Exprs all;
        conjuncts(old.condition, &all);
        Exprs first;
        Exprs exprs;
        for (const auto& e : all) (has_udf(e) ? exprs : first).push_back(e);
        PlanPtr child = old.child;
        if (!first.empty()) child = filter_of(child, conjunction(first));
        child = extract(child, &exprs, {});
        return project_to(filter_of(child, conjunction(exprs)), plan->output);
    }

    // Nodes that pass their child's columns on.
    PlanPtr pass(const PlanPtr& plan) {
        Exprs exprs;
        for_each_expression(*plan, [&](const ExprPtr& e) { exprs.push_back(e); });
        if (std::none_of(exprs.begin(), exprs.end(), has_udf)) return plan;
        auto child = extract(children(*plan).at(0), &exprs, {});
        size_t at = 0;
        auto node = map_expressions(plan, [&](const ExprPtr&) { return exprs[at++]; });
        node = with_children(*node, {child});
        auto copy = std::const_pointer_cast<Plan>(node);  // made just now
        copy->output = child->output;
        if (plan->kind == PlanKind::kGenerate)
            copy->output.insert(copy->output.end(), plan->as<Generate>().generated.begin(),
                plan->as<Generate>().generated.end());
        return project_to(node, plan->output);
    }

    PlanPtr join(const PlanPtr& plan) {
        const auto& old = plan->as<Join>();
        if (!old.condition || !has_udf(old.condition)) return plan;
        auto copy = std::make_shared<Join>(old);
        Exprs all;
        conjuncts(old.condition, &all);
        Exprs left;
        Exprs right;
        Exprs kept;
        Exprs above;
        for (const auto& e : all) {
            if (!has_udf(e)) {
                kept.push_back(e);
                continue;
            }
            bool is_inner = old.type == JoinType::kInner || old.type == JoinType::kCross;
            if (!is_inner || old.lateral) {
                throw unsupported_error("UNSUPPORTED_FEATURE.PYTHON_UDF_IN_ON_CLAUSE",
                    {{"joinType", join_name(old.type)}});
            }
            if (is_subset(references(*e), ids_of(old.left->output))) {
                left.push_back(e);
            } else if (is_subset(references(*e), ids_of(old.right->output))) {
                right.push_back(e);
            } else {
                above.push_back(e);
            }
        }
        if (!left.empty()) copy->left = filter(filter_of(old.left, conjunction(left)));
        if (!right.empty()) copy->right = filter(filter_of(old.right, conjunction(right)));
        copy->condition = conjunction(kept);
        if (!copy->condition) copy->type = JoinType::kCross;
        return above.empty() ? PlanPtr(copy) : filter(filter_of(copy, conjunction(above)));
    }

    static std::string join_name(JoinType type) {
        switch (type) {
            case JoinType::kLeft: return "LEFT OUTER";
            case JoinType::kRight: return "RIGHT OUTER";
            case JoinType::kFull: return "FULL OUTER";
            case JoinType::kLeftSemi: return "LEFT SEMI";
            case JoinType::kLeftAnti: return "LEFT ANTI";
            default: return "INNER";
        }
    }

    PlanPtr aggregate(const PlanPtr& plan);
    PlanPtr window(const PlanPtr& plan);
    PlanPtr aggregate_stages(const AggregatePlan& plan);
    PlanPtr window_stage(PlanPtr child, const std::vector<NamedExpr>& columns);
    PlanPtr frame_bounds(const PlanPtr& child, const Window& window, Attribute* begin,
        Attribute* end, Attribute* number);

    int64_t* next_id_;
};

PlanPtr Extractor::aggregate(const PlanPtr& plan) {
    const auto& old = plan->as<AggregatePlan>();
    auto copy = std::make_shared<AggregatePlan>(old);
    Exprs exprs;
    for (const auto& c : old.columns) exprs.push_back(c.expr);
    bool scalar = std::any_of(exprs.begin(), exprs.end(), has_udf);
    if (scalar) {
        copy->child = extract(old.child, &exprs, {});
        for (size_t i = 0; i < exprs.size(); ++i) copy->columns[i].expr = exprs[i];
    }
    bool python = std::any_of(exprs.begin(), exprs.end(), [](const ExprPtr& e) {
        return e->kind == ExprKind::kAggregate && e->as<resolved::Aggregate>().python;
    });
    if (python) return aggregate_stages(*copy);
    return scalar ? PlanPtr(copy) : plan;
}

namespace {

// The rows gathered for each of the grouping sets of `of`.
PlanPtr over_sets(const PlanPtr& gathered, const AggregatePlan& of) {
    const auto& below = gathered->kind == PlanKind::kSort ? gathered->as<Sort>().child : gathered;
    auto copy = std::make_shared<AggregatePlan>(below->as<AggregatePlan>());
    auto rows = copy->columns.back();
    copy->grouping = of.grouping;
    copy->grouping_sets = of.grouping_sets;
    copy->columns.clear();
    for (const auto& c : of.columns)
        if (c.expr->kind != ExprKind::kAggregate) copy->columns.push_back(c);
    copy->columns.push_back(rows);
    copy->output.clear();
    for (const auto& c : copy->columns) copy->output.push_back(c.attribute);
    return copy;
}

}  // namespace

PlanPtr Extractor::aggregate_stages(const AggregatePlan& plan) {
    Exprs args;
    std::string mixed;
    bool is_mixed = false;
    std::vector<const NamedExpr*> functions;
    for (const auto& c : plan.columns) {
        if (c.expr->kind != ExprKind::kAggregate) continue;
        const auto& a = c.expr->as<resolved::Aggregate>();
        is_mixed = is_mixed || !a.python;
        if (!a.python) continue;
        mixed += (mixed.empty() ? "" : ", ") + quote_identifier(a.python->name);
        if (a.distinct || a.filter)
            throw unsupported_feature("DISTINCT and FILTER with Python aggregate functions");
        functions.push_back(&c);
        args.insert(args.end(), a.args.begin(), a.args.end());
    }
    if (is_mixed) throw analysis_error("INVALID_PANDAS_UDF_PLACEMENT", {{"functionList", mixed}});
    Attributes columns;
    auto child = with_computed(plan.child, args, next_id(), &columns);
    Attributes keys;
    for (const auto& c : plan.columns)
        if (c.expr->kind == ExprKind::kAttribute) keys.push_back(c.attribute);
    auto gathered = gather_rows(child, distinct(keys), distinct(columns), {}, next_id());
    if (!plan.grouping_sets.empty()) gathered.plan = over_sets(gathered.plan, plan);
    // Functions of no rows at all have no result in Spark, not even without keys.
    if (keys.empty() || !plan.grouping_sets.empty()) {
        auto rows = ref(gathered.plan->output.back());
        gathered.plan = filter_of(gathered.plan,
            std::make_shared<Call>("isnotnull", Exprs{rows}, types::DataType::boolean(), false));
    }
    // Functions of one kind share a task.
    std::vector<std::vector<size_t>> tasks;
    for (size_t i = 0; i < functions.size(); ++i) {
        const auto& udf = *functions[i]->expr->as<resolved::Aggregate>().python;
        auto same = std::find_if(tasks.begin(), tasks.end(), [&](const std::vector<size_t>& task) {
            const auto& other = *functions[task[0]]->expr->as<resolved::Aggregate>().python;
            return other.eval_type == udf.eval_type && !eval_type::is_iterator(udf.eval_type);
        });
        if (same == tasks.end()) same = tasks.insert(tasks.end(), std::vector<size_t>{});
        same->push_back(i);
    }
    PlanPtr below = gathered.plan;
    for (size_t t = 0; t < tasks.size(); ++t) {
        auto stage = std::make_shared<PythonStage>();
        stage->shape = PythonShape::kGroupedAggregate;
        stage->child = below;
        stage->groups = {gathered.group};
        for (const auto& a : below->output)
            if (a.id != gathered.group.rows || t + 1 < tasks.size()) stage->output.push_back(a);
        for (auto i : tasks[t]) {
            const auto& a = functions[i]->expr->as<resolved::Aggregate>();
            size_t at = 0;
            for (size_t j = 0; j < i; ++j) at += resolved::children(*functions[j]->expr).size();
            auto udf = std::make_shared<PythonUdf>(*a.python);
            udf->args.clear();
            for (size_t j = 0; j < a.args.size(); ++j) udf->args.push_back(ref(columns[at + j]));
            stage->functions.push_back(udf);
            stage->results.push_back(functions[i]->attribute);
            stage->output.push_back(functions[i]->attribute);
        }
        below = stage;
    }
    return project_to(below, plan.output);
}

PlanPtr Extractor::window(const PlanPtr& plan) {
    const auto& old = plan->as<WindowPlan>();
    Exprs exprs;
    for (const auto& c : old.columns) exprs.push_back(c.expr);
    auto is_python = [](const ExprPtr& e) {
        return e->kind == ExprKind::kWindow && e->as<Window>().python;
    };
    bool scalar = std::any_of(exprs.begin(), exprs.end(), has_udf);
    if (!scalar && std::none_of(exprs.begin(), exprs.end(), is_python)) return plan;
    auto below = extract(old.child, &exprs, {});
    auto plain = std::make_shared<WindowPlan>();
    std::vector<std::vector<NamedExpr>> tasks;
    for (size_t i = 0; i < exprs.size(); ++i) {
        NamedExpr column{old.columns[i].attribute, exprs[i]};
        if (!is_python(exprs[i])) {
            plain->columns.push_back(column);
            continue;
        }
        tasks.push_back({column});
    }
    if (!plain->columns.empty()) {
        plain->child = below;
        plain->output = below->output;
        for (const auto& c : plain->columns) plain->output.push_back(c.attribute);
        below = plain;
    }
    for (const auto& task : tasks) below = window_stage(below, task);
    return project_to(below, plan->output);
}

// The first row of each row's frame and the row behind its last, counted from 0 in the partition.
PlanPtr Extractor::frame_bounds(
    const PlanPtr& child, const Window& w, Attribute* begin, Attribute* end, Attribute* number) {
    auto int_type = types::DataType::integer();
    auto with_window = [&](const PlanPtr& below, std::vector<NamedExpr> columns) {
        auto plan = std::make_shared<WindowPlan>();
        plan->child = below;
        plan->output = below->output;
        for (const auto& c : columns) plan->output.push_back(c.attribute);
        plan->columns = std::move(columns);
        return plan;
    };
    auto rank = std::make_shared<Window>("row_number", Exprs{}, int_type, false);
    rank->partition_by = w.partition_by;
    rank->order_by = w.order_by;
    rank->rows_frame = true;
    rank->upper.kind = FrameBound::Kind::kCurrentRow;
    *number = new_attribute("_number", int_type, false);
    PlanPtr below = with_window(child, {{*number, rank}});
    Attributes ends;
    std::vector<NamedExpr> columns;
    for (const char* function : {"min", "max"}) {
        auto frame = std::make_shared<Window>(function, Exprs{ref(*number)}, int_type, true);
        frame->is_aggregate = true;
        frame->partition_by = w.partition_by;
        frame->order_by = w.order_by;
        frame->rows_frame = w.rows_frame;
        frame->lower = w.lower;
        frame->upper = w.upper;
        ends.push_back(new_attribute("_end", int_type, true));
        columns.push_back({ends.back(), frame});
    }
    below = with_window(below, std::move(columns));
    // An empty frame has neither.
    auto or_zero = [&](ExprPtr e) {
        return std::make_shared<Call>(
            "coalesce", Exprs{std::move(e), int_constant(0)}, int_type, false);
    };
    auto first = std::make_shared<Call>("-", Exprs{ref(ends[0]), int_constant(1)}, int_type, true);
    Attributes made;
    below = with_computed(below, {or_zero(first), or_zero(ref(ends[1]))}, next_id(), &made);
    *begin = made[0];
    *end = made[1];
    return below;
}

PlanPtr Extractor::window_stage(PlanPtr child, const std::vector<NamedExpr>& columns) {
    const auto& w = columns[0].expr->as<Window>();
    Attributes all = child->output;
    bool bounded = w.lower.kind != FrameBound::Kind::kUnboundedPreceding ||
                   w.upper.kind != FrameBound::Kind::kUnboundedFollowing;
    Attributes args;
    std::vector<SortOrder> order = w.order_by;
    if (bounded) {
        Attribute number;
        Attribute begin;
        Attribute end;
        child = frame_bounds(child, w, &begin, &end, &number);
        args = {begin, end};
        order = {{ref(number), true, true}};
    }
    Attributes own;
    child = with_computed(child, w.args, next_id(), &own);
    args.insert(args.end(), own.begin(), own.end());
    Attributes keys;
    child = with_computed(child, w.partition_by, next_id(), &keys);
    Attributes fields = all;
    fields.insert(fields.end(), args.begin(), args.end());
    auto gathered = gather_rows(child, distinct(keys), distinct(fields), order, next_id());
    auto stage = std::make_shared<PythonStage>();
    stage->shape = PythonShape::kWindowAggregate;
    stage->child = gathered.plan;
    stage->groups = {gathered.group};
    stage->bounded = {bounded};
    auto udf = std::make_shared<PythonUdf>(*w.python);
    bool arrow = udf->eval_type == eval_type::kGroupedAggArrow;
    if (eval_type::is_iterator(udf->eval_type))
        throw unsupported_feature("Python aggregate functions of iterators over windows");
    udf->eval_type = arrow ? eval_type::kWindowAggArrow : eval_type::kWindowAggPandas;
    udf->args.clear();
    for (const auto& a : args) udf->args.push_back(ref(a));
    if (bounded) udf->arg_names.insert(udf->arg_names.begin(), 2, "");
    stage->functions = {udf};
    stage->results = {columns[0].attribute};
    stage->output = all;
    stage->output.push_back(columns[0].attribute);
    return stage;
}

}  // namespace

PlanPtr extract_python(const PlanPtr& plan, int64_t* next_id) {
    if (!mentions_python(*plan)) return plan;
    return Extractor(next_id).visit(plan);
}

}  // namespace hanok::engine

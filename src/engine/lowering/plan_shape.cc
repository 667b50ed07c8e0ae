#include "engine/lowering/plan_shape.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace hanok::engine {

using namespace resolved;

void for_each_child(const Plan& plan, const std::function<void(const PlanPtr&)>& f) {
    auto visit = [&](const PlanPtr& child) {
        if (child) f(child);
    };
    switch (plan.kind) {
        case PlanKind::kOneRow:
        case PlanKind::kScan:
        case PlanKind::kLocalData:
        case PlanKind::kValues:
        case PlanKind::kRange:
        case PlanKind::kCteRef: return;
        case PlanKind::kProject: return visit(plan.as<Project>().child);
        case PlanKind::kFilter: return visit(plan.as<Filter>().child);
        case PlanKind::kAggregate: return visit(plan.as<AggregatePlan>().child);
        case PlanKind::kWindow: return visit(plan.as<WindowPlan>().child);
        case PlanKind::kSort: return visit(plan.as<Sort>().child);
        case PlanKind::kLimit: return visit(plan.as<Limit>().child);
        case PlanKind::kTail: return visit(plan.as<Tail>().child);
        case PlanKind::kDistinct: return visit(plan.as<Distinct>().child);
        case PlanKind::kDeduplicate: return visit(plan.as<Deduplicate>().child);
        case PlanKind::kGenerate: return visit(plan.as<Generate>().child);
        case PlanKind::kSample: return visit(plan.as<Sample>().child);
        case PlanKind::kRepartition: return visit(plan.as<Repartition>().child);
        case PlanKind::kObserve: return visit(plan.as<Observe>().child);
        case PlanKind::kCached: return visit(plan.as<Cached>().child);
        case PlanKind::kPythonStage: return visit(plan.as<PythonStage>().child);
        case PlanKind::kJoin: visit(plan.as<Join>().left); return visit(plan.as<Join>().right);
        case PlanKind::kAsOfJoin:
            visit(plan.as<AsOfJoin>().left);
            return visit(plan.as<AsOfJoin>().right);
        case PlanKind::kSetOperation:
            for (const auto& child : plan.as<SetOperation>().children) visit(child);
            return;
        case PlanKind::kWithCte:
            for (const auto& definition : plan.as<WithCte>().definitions) visit(definition.plan);
            return visit(plan.as<WithCte>().child);
        case PlanKind::kRecursiveCte:
            visit(plan.as<RecursiveCte>().anchor);
            return visit(plan.as<RecursiveCte>().recursion);
    }
}

void for_each_child(const Expression& expr, const std::function<void(const ExprPtr&)>& f) {
    auto visit_all = [&](const Exprs& list) {
        for (const auto& e : list) f(e);
    };
    auto visit = [&](const ExprPtr& e) {
        if (e) f(e);
    };
    switch (expr.kind) {
        case ExprKind::kLiteral:
        case ExprKind::kAttribute:
        case ExprKind::kOuterAttribute: return;
        case ExprKind::kCall: return visit_all(expr.as<Call>().args);
        case ExprKind::kCast: return visit(expr.as<Cast>().child);
        case ExprKind::kLambda: return visit(expr.as<Lambda>().body);
        case ExprKind::kSubquery: return visit_all(expr.as<Subquery>().in_values);
        case ExprKind::kPythonUdf: return visit_all(expr.as<PythonUdf>().args);
        case ExprKind::kAggregate:
            visit_all(expr.as<Aggregate>().args);
            visit(expr.as<Aggregate>().filter);
            for (const auto& order : expr.as<Aggregate>().within_group) visit(order.expr);
            return;
        case ExprKind::kWindow: {
            const auto& window = expr.as<Window>();
            visit_all(window.args);
            visit(window.filter);
            visit_all(window.partition_by);
            for (const auto& order : window.order_by) visit(order.expr);
            visit(window.lower.offset);
            return visit(window.upper.offset);
        }
    }
}

namespace {

using MapFunction = std::function<ExprPtr(const ExprPtr&)>;

bool map_list(Exprs* list, const MapFunction& f) {
    bool changed = false;
    for (auto& e : *list) {
        auto mapped = f(e);
        changed |= mapped != e;
        e = std::move(mapped);
    }
    return changed;
}

bool map_one(ExprPtr* e, const MapFunction& f) {
    if (!*e) return false;
    auto mapped = f(*e);
    bool changed = mapped != *e;
    *e = std::move(mapped);
    return changed;
}

bool map_orders(std::vector<SortOrder>* orders, const MapFunction& f) {
    bool changed = false;
    for (auto& order : *orders) changed |= map_one(&order.expr, f);
    return changed;
}

}  // namespace

ExprPtr map_children(const ExprPtr& expr, const MapFunction& f) {
    switch (expr->kind) {
        case ExprKind::kLiteral:
        case ExprKind::kAttribute:
        case ExprKind::kOuterAttribute: return expr;
        case ExprKind::kCall: {
            auto copy = std::make_shared<Call>(expr->as<Call>());
            return map_list(&copy->args, f) ? ExprPtr(copy) : expr;
        }
        case ExprKind::kCast: {
            auto copy = std::make_shared<Cast>(expr->as<Cast>());
            return map_one(&copy->child, f) ? ExprPtr(copy) : expr;
        }
        case ExprKind::kLambda: {
            auto copy = std::make_shared<Lambda>(expr->as<Lambda>());
            return map_one(&copy->body, f) ? ExprPtr(copy) : expr;
        }
        case ExprKind::kSubquery: {
            auto copy = std::make_shared<Subquery>(expr->as<Subquery>());
            return map_list(&copy->in_values, f) ? ExprPtr(copy) : expr;
        }
        case ExprKind::kPythonUdf: {
            auto copy = std::make_shared<PythonUdf>(expr->as<PythonUdf>());
            return map_list(&copy->args, f) ? ExprPtr(copy) : expr;
        }
        case ExprKind::kAggregate: {
            auto copy = std::make_shared<Aggregate>(expr->as<Aggregate>());
            bool changed = map_list(&copy->args, f);
            changed |= map_one(&copy->filter, f);
            changed |= map_orders(&copy->within_group, f);
            return changed ? ExprPtr(copy) : expr;
        }
        case ExprKind::kWindow: {
            auto copy = std::make_shared<Window>(expr->as<Window>());
            bool changed = map_list(&copy->args, f);
            changed |= map_one(&copy->filter, f);
            changed |= map_list(&copy->partition_by, f);
            changed |= map_orders(&copy->order_by, f);
            return changed ? ExprPtr(copy) : expr;
        }
    }
    return expr;
}

int plan_depth(const Plan& plan) {
    int deepest = 0;
    for_each_child(
        plan, [&](const PlanPtr& child) { deepest = std::max(deepest, plan_depth(*child)); });
    return deepest + 1;
}

int expression_height(const Expression& expr) {
    int highest = 0;
    for_each_child(expr,
        [&](const ExprPtr& child) { highest = std::max(highest, expression_height(*child)); });
    return highest + 1;
}

namespace {

constexpr int kMergedHeight = 16;

bool is_plain(const Expression& expr) {
    if (expr.kind == ExprKind::kLiteral || expr.kind == ExprKind::kAttribute) return true;
    return expr.kind == ExprKind::kCast && expr.as<Cast>().child->kind == ExprKind::kLiteral;
}

// May the expression be moved into another one that uses it once?
bool is_movable(const Expression& expr) {
    if (expr.kind == ExprKind::kSubquery || expr.kind == ExprKind::kPythonUdf) return false;
    if (expr.kind == ExprKind::kCall && !expr.as<Call>().deterministic) return false;
    bool movable = true;
    for_each_child(expr, [&](const ExprPtr& child) { movable = movable && is_movable(*child); });
    return movable;
}

// Where an attribute is used: how often, and whether inside a lambda (evaluated per element) or a
// subquery.
struct Uses {
    std::unordered_map<int64_t, int> counts;
    std::unordered_set<int64_t> outer;

    void count_outer(const Plan& plan);
    void count(const Expression& expr, bool in_lambda) {
        if (expr.kind == ExprKind::kAttribute)
            counts[static_cast<int64_t>(expr.as<AttributeRef>().id)] += in_lambda ? 2 : 1;
        if (expr.kind == ExprKind::kSubquery) {
            for (const auto& attribute : expr.as<Subquery>().outer)
                outer.insert(static_cast<int64_t>(attribute.id));
            has_subquery = true;
        }
        for_each_child(expr, [&](const ExprPtr& child) {
            count(*child, in_lambda || expr.kind == ExprKind::kLambda);
        });
    }
    bool has_subquery = false;
};

using Definitions = std::unordered_map<int64_t, ExprPtr>;

ExprPtr substitute(const ExprPtr& expr, const Definitions& definitions) {
    if (expr->kind == ExprKind::kAttribute) {
        auto found = definitions.find(static_cast<int64_t>(expr->as<AttributeRef>().id));
        return found == definitions.end() ? expr : found->second;
    }
    return map_children(expr, [&](const ExprPtr& child) { return substitute(child, definitions); });
}

}  // namespace

MergedProject merge_projects(const Project& project) {
    MergedProject merged{project.child, project.columns};
    while (merged.child->kind == PlanKind::kProject) {
        const auto& below = merged.child->as<Project>();
        Uses uses;
        int above = 0;
        for (const auto& column : merged.columns) {
            uses.count(*column.expr, false);
            above = std::max(above, expression_height(*column.expr));
        }
        if (uses.has_subquery) return merged;
        Definitions definitions;
        for (const auto& column : below.columns) {
            auto id = static_cast<int64_t>(column.attribute.id);
            bool plain = is_plain(*column.expr);
            bool once = uses.counts[id] <= 1 &&
                        above + expression_height(*column.expr) <= kMergedHeight;
            bool dropped = uses.counts[id] == 0;
            if (!plain && !((once || dropped) && is_movable(*column.expr))) return merged;
            definitions.emplace(id, column.expr);
        }
        for (auto& column : merged.columns) column.expr = substitute(column.expr, definitions);
        merged.child = below.child;
    }
    return merged;
}

namespace {

// Is argument `index` of the function computed whatever the other arguments are?
bool is_eager(const Call& call, size_t index) {
    static const std::unordered_set<std::string> kLazy = {"when", "if", "coalesce", "and", "or",
        "nvl", "nvl2", "iff", "ifnull", "case", "nullif", "try", "in", "zeroifnull", "nullifzero"};
    return index == 0 || kLazy.find(call.function) == kLazy.end();
}

class Hoisting {
public:
    Hoisting(int limit, Hoisted* hoisted, int64_t* next_id)
        : limit_(limit), hoisted_(hoisted), next_id_(next_id) {}

    struct Part {
        ExprPtr expr;
        int height = 1;
        int level = 0;  // number of hoisted levels it stands on
    };

    Part visit(const ExprPtr& expr, bool eager) {
        Part part;
        bool fixed = expr->kind == ExprKind::kLambda || expr->kind == ExprKind::kAggregate ||
                     expr->kind == ExprKind::kWindow || expr->kind == ExprKind::kSubquery;
        size_t index = 0;
        part.expr = map_children(expr, [&](const ExprPtr& child) {
            bool child_eager = eager && !fixed &&
                               (expr->kind != ExprKind::kCall || is_eager(expr->as<Call>(), index));
            ++index;
            Part below = visit(child, child_eager);
            if (below.height >= limit_ && child_eager && below.expr->kind != ExprKind::kLambda)
                below = hoist(below);
            part.height = std::max(part.height, below.height + 1);
            part.level = std::max(part.level, below.level);
            return below.expr;
        });
        return part;
    }

private:
    Part hoist(const Part& part) {
        Attribute attribute;
        attribute.id = AttributeId{--*next_id_};
        attribute.type = part.expr->type;
        attribute.nullable = part.expr->nullable;
        if (hoisted_->levels.size() <= static_cast<size_t>(part.level))
            hoisted_->levels.resize(part.level + 1);
        hoisted_->levels[part.level].push_back({attribute, part.expr});
        return {std::make_shared<AttributeRef>(attribute), 1, part.level + 1};
    }

    int limit_;
    Hoisted* hoisted_;
    int64_t* next_id_;
};

}  // namespace

ExprPtr hoist_deep_parts(const ExprPtr& expr, int limit, Hoisted* hoisted, int64_t* next_id) {
    return Hoisting(limit, hoisted, next_id).visit(expr, true).expr;
}

namespace {

NamedExpr fresh(const ExprPtr& expr, int64_t* next_id) {
    Attribute attribute;
    attribute.id = AttributeId{--*next_id};
    attribute.type = expr->type;
    attribute.nullable = expr->nullable;
    return {attribute, expr};
}

bool is_grouping_call(const Expression& expr) {
    return expr.kind == ExprKind::kCall &&
           (expr.as<Call>().function == "grouping" || expr.as<Call>().function == "grouping_id");
}

}  // namespace

PlanPtr split_deep_aggregate(const AggregatePlan& aggregate, int64_t* next_id) {
    int highest = 0;
    for (const auto& column : aggregate.columns)
        highest = std::max(highest, expression_height(*column.expr));
    if (highest <= kMaxHeight) return nullptr;

    // Below: the child's columns and the deep arguments.
    auto below = std::make_shared<Project>();
    below->child = aggregate.child;
    for (const auto& attribute : aggregate.child->output)
        below->columns.push_back({attribute, std::make_shared<AttributeRef>(attribute)});
    // In the middle: keys, aggregates and grouping calls under names.
    auto middle = std::make_shared<AggregatePlan>();
    middle->grouping = aggregate.grouping;
    middle->grouping_sets = aggregate.grouping_sets;
    for (const auto& key : aggregate.grouping) {
        const auto& ref = key->as<AttributeRef>();
        for (const auto& attribute : aggregate.child->output)
            if (attribute.id == ref.id) middle->columns.push_back({attribute, key});
    }
    bool changes = false;
    auto lift_argument = [&](const ExprPtr& arg) -> ExprPtr {
        if (expression_height(*arg) < kMaxHeight / 2 || arg->kind == ExprKind::kLambda) return arg;
        changes = true;
        below->columns.push_back(fresh(arg, next_id));
        return std::make_shared<AttributeRef>(below->columns.back().attribute);
    };
    std::function<ExprPtr(const ExprPtr&)> lift = [&](const ExprPtr& expr) -> ExprPtr {
        if (expr->kind != ExprKind::kAggregate && !is_grouping_call(*expr))
            return map_children(expr, lift);
        // A FILTER guards its aggregate's arguments.
        bool guarded = expr->kind == ExprKind::kAggregate &&
                       expr->as<Aggregate>().filter != nullptr;
        middle->columns.push_back(
            fresh(guarded ? expr : map_children(expr, lift_argument), next_id));
        return std::make_shared<AttributeRef>(middle->columns.back().attribute);
    };
    auto above = std::make_shared<Project>();
    for (const auto& column : aggregate.columns) {
        bool plain = column.expr->kind == ExprKind::kAggregate ||
                     column.expr->kind == ExprKind::kAttribute || is_grouping_call(*column.expr);
        changes = changes || !plain;
        above->columns.push_back({column.attribute, lift(column.expr)});
    }
    if (!changes) return nullptr;
    for (const auto& column : below->columns) below->output.push_back(column.attribute);
    middle->child = below;
    for (const auto& column : middle->columns) middle->output.push_back(column.attribute);
    above->child = middle;
    above->output = aggregate.output;
    return above;
}

}  // namespace hanok::engine

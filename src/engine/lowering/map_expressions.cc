#include "engine/lowering/map_expressions.h"

#include "resolved/tree.h"

namespace hanok::engine {

using namespace resolved;

namespace {

using MapFunction = std::function<ExprPtr(const ExprPtr&)>;

class Mapper {
public:
    explicit Mapper(const MapFunction& f) : f_(f) {}
    bool changed = false;

    void one(ExprPtr& e) {
        if (!e) return;
        auto mapped = f_(e);
        changed = changed || mapped != e;
        e = std::move(mapped);
    }
    void list(Exprs& exprs) {
        for (auto& e : exprs) one(e);
    }
    void named(NamedExprs& columns) {
        for (auto& c : columns) one(c.expr);
    }
    void orders(std::vector<SortOrder>& orders) {
        for (auto& o : orders) one(o.expr);
    }

private:
    const MapFunction& f_;
};

template <class T, class Map>
PlanPtr edited(const PlanPtr& plan, const MapFunction& f, Map map) {
    auto copy = std::make_shared<T>(plan->as<T>());
    Mapper mapper(f);
    map(mapper, *copy);
    return mapper.changed ? PlanPtr(copy) : plan;
}

}  // namespace

PlanPtr map_expressions(const PlanPtr& plan, const MapFunction& f) {
    switch (plan->kind) {
        case PlanKind::kProject:
            return edited<Project>(plan, f, [](Mapper& m, Project& p) { m.named(p.columns); });
        case PlanKind::kFilter:
            return edited<Filter>(plan, f, [](Mapper& m, Filter& p) { m.one(p.condition); });
        case PlanKind::kAggregate:
            return edited<AggregatePlan>(
                plan, f, [](Mapper& m, AggregatePlan& p) { m.named(p.columns); });
        case PlanKind::kWindow:
            return edited<WindowPlan>(
                plan, f, [](Mapper& m, WindowPlan& p) { m.named(p.columns); });
        case PlanKind::kJoin:
            return edited<Join>(plan, f, [](Mapper& m, Join& p) { m.one(p.condition); });
        case PlanKind::kAsOfJoin:
            return edited<AsOfJoin>(plan, f, [](Mapper& m, AsOfJoin& p) {
                m.one(p.left_as_of);
                m.one(p.right_as_of);
                m.one(p.condition);
            });
        case PlanKind::kSort:
            return edited<Sort>(plan, f, [](Mapper& m, Sort& p) { m.orders(p.order); });
        case PlanKind::kGenerate:
            return edited<Generate>(plan, f, [](Mapper& m, Generate& p) { m.list(p.args); });
        case PlanKind::kRepartition:
            return edited<Repartition>(
                plan, f, [](Mapper& m, Repartition& p) { m.list(p.expressions); });
        case PlanKind::kValues:
            return edited<Values>(plan, f, [](Mapper& m, Values& p) {
                for (auto& row : p.rows) m.list(row);
            });
        case PlanKind::kObserve:
            return edited<Observe>(plan, f, [](Mapper& m, Observe& p) { m.named(p.metrics); });
        default: return plan;
    }
}

ExprPtr map_subqueries(const ExprPtr& expr, const std::function<PlanPtr(const PlanPtr&)>& f) {
    return transform(expr, [&](const ExprPtr& node) -> ExprPtr {
        if (node->kind != ExprKind::kSubquery) return nullptr;
        const auto& subquery = node->as<Subquery>();
        auto plan = f(subquery.plan);
        if (plan == subquery.plan) return nullptr;
        auto copy = std::make_shared<Subquery>(subquery);
        copy->plan = std::move(plan);
        return copy;
    });
}

void for_each_expression(const Plan& plan, const std::function<void(const ExprPtr&)>& f) {
    // Not to be copied or freed.
    PlanPtr self(PlanPtr(), &plan);
    map_expressions(self, [&](const ExprPtr& e) {
        f(e);
        return e;
    });
}

}  // namespace hanok::engine

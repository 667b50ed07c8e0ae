#include "analyzer/cartesian_products.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "analyzer/coercion.h"
#include "base/error.h"
#include "resolved/fingerprint.h"
#include "resolved/printer.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::AttributeId;
using resolved::ExprKind;
using resolved::Join;
using resolved::JoinType;
using resolved::PlanKind;
using resolved::PlanPtr;

namespace {

using Ids = std::set<AttributeId>;

// A condition that holds for every row which leaves a plan.
struct Condition {
    Ids reads;
    bool rejects_null = false;  // no row holds it in which a column that it reads is NULL
};
using Conditions = std::vector<Condition>;

bool is_and(const resolved::Expression& e) {
    return e.kind == ExprKind::kCall && e.as<resolved::Call>().function == "and";
}

bool rejects_null(const resolved::Expression& e) {
    if (e.kind != ExprKind::kCall) return false;
    static const std::set<std::string> kStrict = {"=", "<", "<=", ">", ">=", "!=", "isnotnull"};
    return kStrict.contains(e.as<resolved::Call>().function);
}

void add_conditions(const resolved::ExprPtr& e, Conditions* out) {
    if (!e) return;
    if (is_and(*e)) {
        for (const auto& part : e->as<resolved::Call>().args) add_conditions(part, out);
        return;
    }
    if (resolved::is_deterministic(*e))
        out->push_back({resolved::references(*e), rejects_null(*e)});
}

bool is_false(const resolved::ExprPtr& e) {
    if (!e || e->kind != ExprKind::kLiteral) return false;
    const auto& value = e->as<resolved::Literal>().value;
    return value.is_null() || !value.as_bool();
}

Ids columns(const resolved::Plan& plan) {
    Ids ids;
    for (const auto& a : plan.output) ids.insert(a.id);
    return ids;
}

bool any_of(const Ids& ids, const Ids& columns) {
    return std::any_of(
        ids.begin(), ids.end(), [&](AttributeId id) { return columns.contains(id); });
}

bool all_of(const Ids& ids, const Ids& columns) {
    return std::all_of(
        ids.begin(), ids.end(), [&](AttributeId id) { return columns.contains(id); });
}

// Those that read columns of a plan and nothing else.
Conditions within(const Conditions& conditions, const Ids& columns) {
    Conditions out;
    for (const auto& c : conditions) {
        if (!c.reads.empty() && all_of(c.reads, columns)) out.push_back(c);
    }
    return out;
}

// What conditions over the columns of a projection say of the columns below it.
Conditions below(const Conditions& conditions, const resolved::NamedExprs& columns) {
    std::map<AttributeId, Ids> made_of;
    for (const auto& c : columns) {
        if (resolved::is_deterministic(*c.expr))
            made_of[c.attribute.id] = resolved::references(*c.expr);
    }
    Conditions out;
    for (const auto& condition : conditions) {
        Condition moved{{}, condition.rejects_null};
        bool moves = true;
        for (auto id : condition.reads) {
            auto found = made_of.find(id);
            moves = moves && found != made_of.end();
            if (moves) moved.reads.insert(found->second.begin(), found->second.end());
        }
        if (moves) out.push_back(std::move(moved));
    }
    return out;
}

const char* shown(JoinType type) {
    switch (type) {
        case JoinType::kLeft: return "LEFT OUTER";
        case JoinType::kRight: return "RIGHT OUTER";
        case JoinType::kFull: return "FULL OUTER";
        default: return "INNER";
    }
}

Error cartesian_product(const Join& join, JoinType type) {
    auto tree = [](const PlanPtr& plan) { return resolved::plan_tree(*plan, expression_sql); };
    return analysis_error(
        "_LEGACY_ERROR_TEMP_1211", {{"joinType", shown(type)}, {"leftPlan", tree(join.left)},
                                       {"rightPlan", tree(join.right)}});
}

// An outer join loses the rows that it pads where a condition above it rejects their NULLs.
JoinType effective_type(const Join& join, const Conditions& above) {
    auto rejects = [&](const PlanPtr& side) {
        auto ids = columns(*side);
        return std::any_of(above.begin(), above.end(),
            [&](const Condition& c) { return c.rejects_null && any_of(c.reads, ids); });
    };
    auto type = join.type;
    if (type == JoinType::kFull && rejects(join.left)) type = JoinType::kLeft;
    if (type == JoinType::kFull && rejects(join.right)) type = JoinType::kRight;
    if (type == JoinType::kLeft && rejects(join.right)) type = JoinType::kInner;
    if (type == JoinType::kRight && rejects(join.left)) type = JoinType::kInner;
    return type;
}

bool is_inner(JoinType type) { return type == JoinType::kInner || type == JoinType::kCross; }

class Check {
public:
    void plan(const PlanPtr& plan, const Conditions& above) {
        switch (plan->kind) {
            case PlanKind::kFilter: return filter(plan->as<resolved::Filter>(), above);
            case PlanKind::kProject: return project(plan->as<resolved::Project>(), above);
            case PlanKind::kJoin: return join(plan->as<Join>(), above);
            case PlanKind::kWithCte: return with_cte(plan->as<resolved::WithCte>(), above);
            case PlanKind::kCteRef: return cte_ref(plan->as<resolved::CteRef>(), above);
            case PlanKind::kSort:
            case PlanKind::kDistinct:
            case PlanKind::kRepartition: return this->plan(resolved::children(*plan)[0], above);
            case PlanKind::kAggregate: return aggregate(plan->as<resolved::AggregatePlan>(), above);
            default:
                for (const auto& child : resolved::children(*plan)) this->plan(child, {});
        }
    }

private:
    void filter(const resolved::Filter& filter, Conditions above) {
        subqueries(filter.condition);
        add_conditions(filter.condition, &above);
        plan(filter.child, above);
    }

    void project(const resolved::Project& project, const Conditions& above) {
        for (const auto& c : project.columns) subqueries(c.expr);
        plan(project.child, below(above, project.columns));
    }

    void aggregate(const resolved::AggregatePlan& aggregate, const Conditions& above) {
        resolved::NamedExprs keys;
        for (const auto& c : aggregate.columns) {
            subqueries(c.expr);
            if (c.expr->kind == ExprKind::kAttribute) keys.push_back(c);
        }
        plan(aggregate.child,
            aggregate.grouping_sets.size() > 1 ? Conditions{} : below(above, keys));
    }

    void with_cte(const resolved::WithCte& with, const Conditions& above) {
        for (const auto& d : with.definitions) definitions_[d.id] = d.plan;
        plan(with.child, above);
    }

    // A definition is read where it is named, with the conditions that stand there.
    void cte_ref(const resolved::CteRef& ref, const Conditions& above) {
        auto found = definitions_.find(ref.cte_id);
        if (found == definitions_.end() || clean_.contains(ref.cte_id)) return;
        auto definition = found->second;
        try {
            plan(definition, {});
            clean_.insert(ref.cte_id);
        } catch (const Error&) {
            if (above.empty()) throw;
            resolved::NamedExprs columns;
            for (size_t i = 0; i < ref.output.size(); ++i)
                columns.push_back({ref.output[i], resolved::ref(definition->output[i])});
            plan(definition, below(above, columns));
        }
    }

    void join(const Join& join, const Conditions& above) {
        subqueries(join.condition);
        auto type = effective_type(join, above);
        if (is_inner(type)) {
            inner_joins(join, above);
            return;
        }
        Conditions on;
        add_conditions(join.condition, &on);
        auto left = columns(*join.left);
        auto right = columns(*join.right);
        bool joins = std::any_of(on.begin(), on.end(),
            [&](const Condition& c) { return any_of(c.reads, left) && any_of(c.reads, right); });
        bool only_left = type == JoinType::kLeftSemi || type == JoinType::kLeftAnti;
        if (!joins && !only_left && !join.lateral && !is_false(join.condition))
            throw cartesian_product(join, type);
        bool keeps_left = type != JoinType::kRight && type != JoinType::kFull;
        bool keeps_right = type == JoinType::kRight;
        plan(join.left, within(keeps_left ? above : on, left));
        plan(join.right, within(keeps_right ? above : on, right));
    }

    // The inputs of inner joins that stand directly on each other.
    struct Group {
        std::vector<PlanPtr> inputs;
        Conditions conditions;
        std::vector<std::pair<size_t, size_t>> crossed;  // inputs that CROSS JOIN brings together
        bool is_empty = false;
    };

    void collect(const PlanPtr& plan, Group* group) {
        bool is_join = plan->kind == PlanKind::kJoin;
        if (!is_join || !is_inner(effective_type(plan->as<Join>(), group->conditions))) {
            if (plan->kind == PlanKind::kFilter) {
                const auto& filter = plan->as<resolved::Filter>();
                subqueries(filter.condition);
                add_conditions(filter.condition, &group->conditions);
                return collect(filter.child, group);
            }
            group->inputs.push_back(plan);
            return;
        }
        const auto& join = plan->as<Join>();
        subqueries(join.condition);
        add_conditions(join.condition, &group->conditions);
        group->is_empty = group->is_empty || is_false(join.condition);
        size_t first = group->inputs.size();
        collect(join.left, group);
        size_t second = group->inputs.size();
        collect(join.right, group);
        if (join.type == JoinType::kCross || join.lateral)
            group->crossed.emplace_back(first, second);
    }

    void inner_joins(const Join& join, const Conditions& above) {
        Group group;
        group.conditions = above;
        auto whole = std::make_shared<Join>(join);
        collect(whole, &group);
        std::vector<size_t> part(group.inputs.size());
        std::iota(part.begin(), part.end(), 0);
        auto unite = [&](size_t a, size_t b) {
            std::replace(part.begin(), part.end(), size_t(part[b]), size_t(part[a]));
        };
        for (auto [a, b] : group.crossed) unite(a, b);
        std::vector<Ids> ids;
        for (const auto& input : group.inputs) ids.push_back(columns(*input));
        for (const auto& c : group.conditions) {
            std::vector<size_t> read;
            for (size_t i = 0; i < ids.size(); ++i) {
                if (any_of(c.reads, ids[i])) read.push_back(i);
            }
            for (size_t i = 1; i < read.size(); ++i) unite(read[0], read[i]);
        }
        bool connected = std::all_of(
            part.begin(), part.end(), [&](size_t p) { return p == part[0]; });
        if (!connected && !group.is_empty) throw cartesian_product(join, JoinType::kInner);
        for (size_t i = 0; i < group.inputs.size(); ++i)
            plan(group.inputs[i], within(group.conditions, ids[i]));
    }

    void subqueries(const resolved::ExprPtr& e) {
        if (!e) return;
        resolved::walk(*e, [&](const resolved::Expression& part) {
            if (part.kind == ExprKind::kSubquery) plan(part.as<resolved::Subquery>().plan, {});
            return true;
        });
    }

    std::map<int64_t, PlanPtr> definitions_;
    std::set<int64_t> clean_;
};

}  // namespace

void check_cartesian_products(const PlanPtr& plan) { Check().plan(plan, {}); }

}  // namespace hanok::analyzer

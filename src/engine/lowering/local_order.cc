#include "engine/lowering/local_order.h"

#include <algorithm>
#include <set>

#include "engine/lowering/placed.h"
#include "resolved/fingerprint.h"
#include "resolved/tree.h"
#include "types/geo.h"

namespace hanok::engine {

using namespace resolved;

namespace {

using types::DataType;
using types::TypeId;

// Beyond that sorting costs more than it is worth.
constexpr int64_t kMostRows = 10'000;
constexpr size_t kMostBytes = 1 << 20;

bool is_small(const Plan& plan) {
    switch (plan.kind) {
        case PlanKind::kOneRow: return true;
        case PlanKind::kValues:
            return plan.as<Values>().rows.size() <= static_cast<size_t>(kMostRows);
        case PlanKind::kLocalData: {
            size_t bytes = 0;
            for (const auto& stream : plan.as<LocalData>().arrow_streams) bytes += stream->size();
            return bytes <= kMostBytes;
        }
        case PlanKind::kRange: {
            const auto& range = plan.as<Range>();
            auto distance = static_cast<types::Int128>(range.end) - range.start;
            return (distance < 0 ? -distance : distance) <= kMostRows;
        }
        default: break;
    }
    auto below = children(plan);
    return !below.empty() && std::all_of(below.begin(), below.end(),
                                 [](const PlanPtr& child) { return is_small(*child); });
}

bool is_hashable(const DataType& type) {
    if (types::is_geo(type)) return false;
    switch (type.id()) {
        case TypeId::kMap:
        case TypeId::kVariant:
        case TypeId::kCalendarInterval: return false;
        case TypeId::kArray: return is_hashable(*type.element());
        case TypeId::kStruct:
            return std::all_of(type.fields().begin(), type.fields().end(),
                [](const auto& field) { return is_hashable(*field.type); });
        default: return true;
    }
}

class Orderer {
public:
    Orderer(const QueryContext& context, int64_t* next_id) : make_(context, false, next_id) {}

    PlanPtr ordered(const PlanPtr& plan) {
        switch (plan->kind) {
            case PlanKind::kProject:
            case PlanKind::kFilter:
            case PlanKind::kLimit:
            case PlanKind::kGenerate: {
                auto child = children(*plan)[0];
                auto below = ordered(child);
                return below == child ? plan : with_children(*plan, {below});
            }
            case PlanKind::kAggregate: return aggregate(plan);
            case PlanKind::kWindow: return window(plan);
            case PlanKind::kJoin: return join(plan);
            case PlanKind::kDistinct: return distinct(plan);
            case PlanKind::kDeduplicate: return deduplicate(plan);
            case PlanKind::kSetOperation: {
                const auto& set = plan->as<SetOperation>();
                bool is_union = set.type == SetOpType::kUnion && set.all;
                return is_union ? plan : by_hash(plan, refs(plan->output));
            }
            default: return plan;
        }
    }

private:
    static Exprs refs(const Attributes& columns) {
        Exprs out;
        for (const auto& a : columns) out.push_back(ref(a));
        return out;
    }

    static PlanPtr sorted(const PlanPtr& child, std::vector<SortOrder> order) {
        auto sort = std::make_shared<Sort>();
        sort->child = child;
        sort->order = std::move(order);
        sort->output = child->output;
        return sort;
    }

    // The partition that a shuffle by the keys sends a row to; null when they have no hash.
    static ExprPtr shuffle_partition(const Exprs& keys) {
        for (const auto& key : keys)
            if (!is_hashable(*key->type)) return nullptr;
        auto hash = std::make_shared<Call>("hash", keys, DataType::integer(), false);
        auto wide = std::make_shared<Cast>(hash, DataType::long_(), CastMode::kAnsi, false);
        auto count = std::make_shared<Literal>(
            DataType::integer(), types::int_value(kShufflePartitions));
        return std::make_shared<Call>(
            "partition_of_key", Exprs{wide, count}, DataType::integer(), false);
    }

    static ExprPtr partition_id() {
        auto id = std::make_shared<Call>("spark_partition_id", Exprs{}, DataType::integer(), false);
        id->deterministic = false;
        return id;
    }

    static PlanPtr by_hash(const PlanPtr& plan, const Exprs& keys) {
        auto partition = keys.empty() ? nullptr : shuffle_partition(keys);
        return partition ? sorted(plan, {{partition, true, true}}) : plan;
    }

    static bool runs_python(const AggregatePlan& plan) {
        bool found = false;
        for (const auto& column : plan.columns) {
            walk(*column.expr, [&](const Expression& e) {
                found = found ||
                        (e.kind == ExprKind::kAggregate && e.as<resolved::Aggregate>().python);
                return !found;
            });
        }
        return found;
    }

    // Groups come from the partitions of the rows one after the other, and out of each by hash.
    PlanPtr aggregate(const PlanPtr& plan) {
        const auto& old = plan->as<AggregatePlan>();
        if (old.grouping.empty() || !old.grouping_sets.empty() || runs_python(old)) return plan;
        auto copy = std::make_shared<AggregatePlan>(old);
        auto add = [&](const std::string& name, const ExprPtr& value) {
            Attribute a;
            a.id = make_.fresh_id();
            a.name = name;
            a.type = value->type;
            a.nullable = value->nullable;
            copy->columns.push_back({a, value});
            copy->output.push_back(a);
            return ref(a);
        };
        Exprs keys;
        for (const auto& key : old.grouping) keys.push_back(add("_key", key));
        auto hash = shuffle_partition(keys);
        if (!hash) return plan;
        auto first = add("_first", std::make_shared<resolved::Aggregate>(
                                       "min", Exprs{partition_id()}, DataType::integer(), true));
        auto sort = sorted(copy, {{first, true, true}, {hash, true, true}});
        return project_to(sort, plan->output);
    }

    PlanPtr distinct(const PlanPtr& plan) {
        const auto& child = plan->as<Distinct>().child;
        auto group = std::make_shared<AggregatePlan>();
        group->child = child;
        group->output = plan->output;
        group->grouping = refs(child->output);
        for (size_t i = 0; i < plan->output.size(); ++i)
            group->columns.push_back({plan->output[i], group->grouping[i]});
        auto grouped = aggregate(group);
        return grouped == group ? plan : grouped;
    }

    // The rows that are kept come as groups of the keys do.
    PlanPtr deduplicate(const PlanPtr& plan) {
        auto copy = std::make_shared<Deduplicate>(plan->as<Deduplicate>());
        auto hash = copy->keys.empty() ? nullptr : shuffle_partition(copy->keys);
        if (!hash) return plan;
        ExprPtr place;
        copy->child = make_.with_column(copy->child, partition_id(), &place);
        copy->output = copy->child->output;
        return project_to(sorted(copy, {{place, true, true}, {hash, true, true}}), plan->output);
    }

    // The order of the last window: by what parts its rows, then by its keys.
    PlanPtr window(const PlanPtr& plan) {
        const auto& node = plan->as<WindowPlan>();
        if (node.columns.empty() || node.columns.back().expr->kind != ExprKind::kWindow)
            return plan;
        const auto& last = node.columns.back().expr->as<Window>();
        if (last.python) return plan;
        std::vector<SortOrder> order;
        if (!last.partition_by.empty()) {
            for (const auto& key : last.partition_by) {
                if (!key->type->is_orderable()) return plan;
                order.push_back({key, true, true});
            }
        }
        order.insert(order.end(), last.order_by.begin(), last.order_by.end());
        if (order.empty()) return plan;
        // Rows that are equal so far were numbered one after the other.
        static const std::set<std::string> numbering{"row_number", "ntile", "lag"};
        if (numbering.contains(last.function))
            order.push_back({ref(node.columns.back().attribute), true, true});
        return sorted(plan, std::move(order));
    }

    // The rows of the side that streams in their order, each with its rows of the other side.
    PlanPtr join(const PlanPtr& plan) {
        const auto& old = plan->as<Join>();
        if (old.lateral || old.type == JoinType::kFull) return plan;
        auto copy = std::make_shared<Join>(old);
        ExprPtr left;
        ExprPtr right;
        copy->left = make_.with_column(ordered(old.left), PlaceMaker::row_number(), &left);
        copy->output = padded(copy->left->output, old.type == JoinType::kRight);
        std::vector<SortOrder> order{{left, true, true}};
        if (old.type != JoinType::kLeftSemi && old.type != JoinType::kLeftAnti) {
            copy->right = make_.with_column(ordered(old.right), PlaceMaker::row_number(), &right);
            auto columns = padded(copy->right->output, old.type == JoinType::kLeft);
            copy->output.insert(copy->output.end(), columns.begin(), columns.end());
            order.push_back({right, true, true});
            if (old.type == JoinType::kRight) std::swap(order[0], order[1]);
        }
        return project_to(sorted(copy, std::move(order)), plan->output);
    }

    static Attributes padded(Attributes columns, bool has_nulls) {
        for (auto& a : columns) a.nullable = a.nullable || has_nulls;
        return columns;
    }

    PlaceMaker make_;
};

}  // namespace

bool is_small_local(const Plan& plan) { return is_small(plan); }

PlanPtr in_local_order(const PlanPtr& plan, const QueryContext& context, int64_t* next_id) {
    if (!is_small(*plan)) return plan;
    return Orderer(context, next_id).ordered(plan);
}

}  // namespace hanok::engine

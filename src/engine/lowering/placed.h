#pragma once
// A plan that says where its rows are.

#include <optional>

#include "engine/engine.h"
#include "resolved/plan.h"

namespace hanok::engine {

// `partition` is a constant, or a column at the end of plan->output; `file` likewise (a struct of
// path, start and length), null where rows have no file.
struct Placed {
    resolved::PlanPtr plan;
    resolved::ExprPtr partition;
    int32_t partitions = 1;
    resolved::ExprPtr file;
};

// Makes placed plans out of leaves and repartitions. One for a plan.
class PlaceMaker {
public:
    PlaceMaker(const QueryContext& context, bool with_file, int64_t* next_id);

    // Rows of one partition, of no file.
    Placed together(const resolved::PlanPtr& plan) const;
    // Do rows that are dealt out come partition by partition? They do at first.
    void set_ordering(bool ordering) { is_ordering_ = ordering; }
    // A leaf of a plan; in `slices` partitions where that is given.
    Placed leaf(const resolved::PlanPtr& plan, std::optional<int32_t> slices = std::nullopt);
    // The child of a Repartition, dealt out anew. Its expressions say how: hash keys, or calls that
    // stand for a rule: sort_order(key, ascending, nulls first) for ranges,
    // direct_shuffle_partition_id(key), coalesce_partitions(), and over a Range range_slices().
    Placed repartitioned(const resolved::Repartition& node, Placed child);
    // The child with one more column, whose value is `value`.
    resolved::PlanPtr with_column(
        const resolved::PlanPtr& child, const resolved::ExprPtr& value, resolved::ExprPtr* column);
    // Part `part` of a whole (UNION ALL): its partitions start at `first`.
    Placed shifted(Placed part, int32_t first);
    resolved::AttributeId fresh_id() { return resolved::AttributeId{--*next_id_}; }
    // The number of a row among all, counted by one thread.
    static resolved::ExprPtr row_number();

private:
    Placed sliced(const resolved::PlanPtr& plan, const resolved::ExprPtr& position, int64_t rows,
        std::optional<int32_t> slices);
    Placed scan(const resolved::PlanPtr& plan);
    Placed coalesced(Placed child, int32_t count);
    Placed ranged(const resolved::Repartition& node, Placed child);
    // With the column of partitions replaced.
    Placed dealt(Placed child, const resolved::ExprPtr& partition, int32_t partitions);
    resolved::Attribute attribute(const std::string& name, types::TypePtr type);
    int32_t default_partitions() const;

    const QueryContext& context_;
    const bool with_file_;
    int64_t* next_id_;
    bool is_ordering_ = true;
};

// The child's columns `columns` alone.
resolved::PlanPtr project_to(const resolved::PlanPtr& child, const resolved::Attributes& columns);

}  // namespace hanok::engine

#pragma once
// A plan that says where its rows are.

#include <optional>

#include "engine/engine.h"
#include "resolved/plan.h"

namespace hanok::engine {

// Spark's default of spark.sql.shuffle.partitions.
constexpr int32_t kShufflePartitions = 200;

// `partition` is a constant, or a column at the end of plan->output; `file` likewise (a struct of
// path, start and length), null where rows have no file.
struct Placed {
    resolved::PlanPtr plan;
    resolved::ExprPtr partition;
    int32_t partitions = 1;
    resolved::ExprPtr file;
    bool in_order = false;  // rows come partition by partition
};

// The rule of a Repartition below a map stage, of the column that numbers its partitions. Rows come
// in that order; each partition is a sequence of its own, and the stage's output ends with the
// partition's number.
inline constexpr char kPythonPartitions[] = "python_partitions";

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
    // The rows of `placed`, which `plan` computes out of a leaf's, in partitions as a leaf's are.
    Placed sliced_anew(Placed placed, const resolved::Plan& plan);
    // The child of a Repartition, dealt out anew. Its expressions say how: hash keys, or calls that
    // stand for a rule: sort_order(key, ascending, nulls first) for ranges,
    // direct_shuffle_partition_id(key), coalesce_partitions(), and over a Range range_slices().
    Placed repartitioned(const resolved::Repartition& node, Placed child);
    // The child with one more column, whose value is `value`.
    resolved::PlanPtr with_column(
        const resolved::PlanPtr& child, const resolved::ExprPtr& value, resolved::ExprPtr* column);
    // The same rows partition by partition, in each in the order of `order` or else as they came.
    Placed in_order(Placed child, const resolved::ExprPtr& order = nullptr);
    // Part `part` of a whole (UNION ALL): its partitions start at `first`.
    Placed shifted(Placed part, int32_t first);
    resolved::AttributeId fresh_id() { return resolved::AttributeId{--*next_id_}; }
    // The number of a row among all, counted by one thread.
    static resolved::ExprPtr row_number();

private:
    // In at most `slices` (or the session's number) of equal parts by `position` among `total`,
    // which is at most `rows`.
    Placed sliced(const resolved::PlanPtr& plan, const resolved::ExprPtr& position,
        const resolved::ExprPtr& total, int64_t rows, std::optional<int32_t> slices);
    Placed given(const resolved::PlanPtr& plan, int64_t rows);
    Placed scan(const resolved::PlanPtr& plan);
    Placed coalesced(Placed child, int32_t count);
    Placed ranged(const resolved::Repartition& node, Placed child, int32_t count);
    // With the column of partitions replaced; `order` is that of in_order().
    Placed dealt(Placed child, const resolved::ExprPtr& partition, int32_t partitions,
        const resolved::ExprPtr& order = nullptr);
    // Does a shuffle without a number end in as few partitions as its rows need: here, in one?
    bool joins_partitions() const;
    int32_t shuffle_partitions() const;
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

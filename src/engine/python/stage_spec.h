#pragma once
// What the operator that runs Python functions does, worked out when a plan is lowered.

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "python/task.h"
#include "python/worker_pool.h"
#include "resolved/plan.h"

namespace arrow {
class Schema;
}

namespace hanok::engine {

struct PythonStageSpec {
    resolved::PythonShape shape = resolved::PythonShape::kScalar;
    std::shared_ptr<python::WorkerPool> pool;
    python::TaskSpec task;
    int64_t max_records_per_batch = 10000;
    bool is_pickled = false;       // rows as pickles instead of Arrow
    bool rows_in_tuples = false;   // a pickle is of all rows that one input row gives
    bool one_stream = false;       // the functions see all input as one sequence: a single worker
    bool wraps_rows = false;       // workers want rows as one column of structs
    bool unwraps_results = false;  // workers give rows as one column of structs

    // One, or one for each side of groups: what workers read. `positions` of the input's columns:
    // those columns themselves, or the one array of structs that holds the side's groups.
    struct Input {
        duckdb::vector<duckdb::idx_t> positions;
        duckdb::vector<duckdb::LogicalType> types;
        std::shared_ptr<arrow::Schema> schema;        // of `positions`
        std::shared_ptr<arrow::Schema> group_schema;  // of a group's rows; null without groups
        types::TypePtr row_type;                      // without groups: a struct of `positions`
    };
    std::vector<Input> inputs;

    // The input's column that numbers partitions, in whose order rows come, and how many there are:
    // each is a task of its own. The output ends with the same number then.
    std::optional<duckdb::idx_t> partition;
    int32_t partitions = 1;

    // Columns of the input that stand before the results; kWindowAggregate: fields of the group.
    duckdb::vector<duckdb::idx_t> passed;
    duckdb::vector<duckdb::LogicalType> passed_types;
    std::vector<types::TypePtr> results;
    duckdb::vector<duckdb::LogicalType> result_types;
    duckdb::vector<std::string> names;  // of the output's columns

    bool has_groups() const {
        return shape != resolved::PythonShape::kScalar && shape != resolved::PythonShape::kMap;
    }
    // A batch of results for each input row, which stands beside all of them (a table function that
    // is joined laterally).
    bool has_batch_a_row() const { return shape == resolved::PythonShape::kMap && !passed.empty(); }
    // Results stand beside input rows one by one.
    bool is_aligned() const {
        return shape == resolved::PythonShape::kScalar ||
               shape == resolved::PythonShape::kGroupedAggregate ||
               shape == resolved::PythonShape::kWindowAggregate;
    }
};

}  // namespace hanok::engine

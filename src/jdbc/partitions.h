#pragma once
// The WHERE clauses by which a table is read in parts.

#include <optional>
#include <string>
#include <vector>

#include "jdbc/options.h"

namespace hanok::jdbc {

// One clause for each part, "" for all rows. `schema` is that of the table; `time_zone` the one in
// which bounds of timestamps are meant. Throws as Spark does: the column is not in the schema or
// has no order that can be divided, bounds that are no values of its type, lower above upper.
std::vector<std::string> partition_clauses(
    const Options& options, const types::DataType& schema, const std::string& time_zone);

// The same for a column of numbers: Spark's strides. Numbers are as large as a BIGINT.
std::vector<std::pair<std::optional<int64_t>, std::optional<int64_t>>> strides(
    int64_t lower, int64_t upper, int64_t num_partitions);

}  // namespace hanok::jdbc

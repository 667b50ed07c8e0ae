#pragma once
// Orders of rows that keep rows alike in several columns near each other.

#include "commands/row_level.h"

namespace hanok::commands {

// `plan` sorted along the Z-order curve of these columns (by value where there is only one).
resolved::PlanPtr z_ordered(const resolved::PlanPtr& plan, const resolved::Attributes& columns);

// Physical names of a table's clustering columns (domain delta.clustering), one path a column.
std::vector<std::vector<std::string>> clustering_columns(const delta::Snapshot& snapshot);
// The same as logical names, for users.
std::vector<std::string> clustering_names(const delta::Snapshot& snapshot);
bool is_clustered(const delta::Snapshot& snapshot);

// The domain that makes `columns` the clustering columns; empty: CLUSTER BY NONE. Throws
// DELTA_CLUSTER_BY_INVALID_NUM_COLUMNS, DELTA_COLUMN_NOT_FOUND_IN_SCHEMA,
// DELTA_CLUSTERING_ON_PARTITIONED_TABLE.
delta::DomainMetadata clustering_domain(const types::DataType& schema,
    const std::vector<std::string>& partition_columns, const std::vector<plan::Name>& columns);

}  // namespace hanok::commands

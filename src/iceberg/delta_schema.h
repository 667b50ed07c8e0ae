#pragma once
// A Delta table's schema and partitioning as Iceberg's.

#include <string>
#include <vector>

#include "delta/fwd.h"
#include "iceberg/schema.h"
#include "types/data_type.h"

namespace hanok::iceberg {

/// Ids are those of column mapping. Throws Error DELTA_UNIVERSAL_FORMAT_VIOLATION for columns
/// without ids and for types that Iceberg's second version has not.
std::vector<Field> iceberg_fields(const types::TypePtr& delta_schema);
/// Identity partitions, numbered from 1000 on.
std::vector<PartitionField> iceberg_partition(
    const delta::Snapshot& snapshot, const std::vector<Field>& fields);
/// "schema.name-mapping.default": which names in files belong to which ids, for files whose
/// columns have none.
std::string name_mapping(const types::TypePtr& delta_schema);

}  // namespace hanok::iceberg

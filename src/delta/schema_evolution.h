#pragma once
// Schema enforcement and evolution of writes, with Delta's rules and error conditions.

#include <string>
#include <vector>

#include "delta/actions.h"
#include "types/data_type.h"

namespace hanok::delta {

/// `table` with the new columns of `data` appended at the end of their structs. Columns match
/// without case; the table's names, order and metadata stay. VOID takes any type; integers widen
/// only when `allow_widening`. Throws DELTA_FAILED_TO_MERGE_FIELDS (cause
/// DELTA_MERGE_INCOMPATIBLE_DATATYPE).
types::TypePtr merge_schemas(
    const types::TypePtr& table, const types::TypePtr& data, bool allow_widening = false);

struct SchemaChangeOptions {
    bool merge_schema = false;
    bool overwrite_schema = false;  // needs is_overwrite
    bool is_overwrite = false;
    bool has_replace_where = false;
    bool is_dynamic_overwrite = false;
};

/// The schema the table has after a write of `data`; throws when the options do not allow the
/// change: DELTA_METADATA_MISMATCH (columns), DELTA_FAILED_TO_MERGE_FIELDS (types),
/// DELTA_OVERWRITE_SCHEMA_WITH_DYNAMIC_PARTITION_OVERWRITE,
/// DELTA_REPLACE_WHERE_WITH_OVERWRITE_SCHEMA. `data_partitioning` is what the writer asked for,
/// empty for nothing.
types::TypePtr schema_after_write(const Metadata& metadata, const types::TypePtr& table,
    const types::TypePtr& data, const std::vector<std::string>& data_partitioning,
    const SchemaChangeOptions& options);

/// May values of files written as `from` be read as `to`, by the rules of the feature typeWidening?
bool is_widening(const types::DataType& from, const types::DataType& to);

/// The schema as readers see it: without the field metadata that only writers of the table need
/// (column mapping, defaults, generation expressions, identities, invariants).
types::TypePtr without_writer_metadata(const types::TypePtr& schema);

/// Throws DELTA_DUPLICATE_COLUMNS_FOUND, DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES (without column
/// mapping), DELTA_PARTITION_COLUMN_NOT_FOUND, DELTA_INVALID_PARTITION_COLUMN_TYPE and the like.
void check_table_schema(const types::TypePtr& schema,
    const std::vector<std::string>& partition_columns, bool column_mapping);

}  // namespace hanok::delta

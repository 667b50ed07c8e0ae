#pragma once
// Column mapping: what columns are called in the files, and the ids they carry.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/snapshot.h"
#include "types/data_type.h"

namespace hanok::delta {

/// Key of a field's metadata: ids of the elements, keys and values below it, by path
/// ("col.element", "col.value.element").
inline constexpr const char* kNestedIds = "delta.columnMapping.nested.ids";

ColumnMappingMode column_mapping_mode(const Metadata& metadata);
/// The name in files: delta.columnMapping.physicalName, or the name itself.
std::string physical_name(const types::StructField& field);
std::optional<int64_t> field_id(const types::StructField& field);
/// The struct with physical names at every level; ids under "parquet.field.id" in the metadata.
types::TypePtr physical_schema(const types::TypePtr& schema, ColumnMappingMode mode);
/// Dotted logical path ("a.b") of every struct field at any depth to its physical name and id, and
/// of elements, keys and values ("a.element") that have an id.
std::map<std::string, std::pair<std::string, int>> physical_names(const types::TypePtr& schema);
/// Gives every field that has none an id and a physical name (the column's own name for fields
/// of a table that is being upgraded, col-<uuid> otherwise); returns the new maximum id.
types::TypePtr assign_column_mapping(
    const types::TypePtr& schema, bool keep_names, int64_t* max_column_id);
/// Gives the elements, keys and values of arrays and maps that have none an id, as Iceberg's
/// readers need them.
types::TypePtr assign_nested_ids(const types::TypePtr& schema, int64_t* max_column_id);
/// The schema without ids and physical names.
types::TypePtr without_column_mapping(const types::TypePtr& schema);
/// A key of a field's metadata object as text (strings without quotes); nullopt when absent.
std::optional<std::string> field_metadata(const types::StructField& field, const std::string& key);
/// The field's metadata object with a key set to a JSON value.
std::string with_field_metadata(
    const types::StructField& field, const std::string& key, const std::string& json_value);

}  // namespace hanok::delta

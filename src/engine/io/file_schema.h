#pragma once
// What columns are called and typed in a data file that is written.

#include <duckdb.hpp>
#include <map>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "resolved/expression.h"

namespace hanok::engine {

struct FileColumn {
    size_t input = 0;          // index into the query's columns
    std::string name;          // in the file
    duckdb::LogicalType type;  // with real field names at every depth
    std::optional<duckdb::Value>
        field_ids;  // for FIELD_IDS: an id, or a struct of ids; nullopt without column mapping
    bool is_partition = false;
};

// One for each attribute, in order. Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE for types the
// format cannot hold.
std::vector<FileColumn> file_columns(const resolved::Attributes& attributes, const WriteSpec& spec);

}  // namespace hanok::engine

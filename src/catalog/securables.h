#pragma once
// What the catalog holds: catalog > schema > table, view, function. Plain structs.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "types/data_type.h"

namespace hanok::catalog {

using Properties = std::map<std::string, std::string>;

struct CatalogInfo {
    std::string name;
    std::string comment;
    std::string location;  // root of its managed tables; "" for the warehouse folder
    Properties properties;
    int64_t created_ms = 0;
};

struct SchemaInfo {
    std::string catalog;
    std::string name;
    std::string comment;
    std::string location;  // where managed tables go
    Properties properties;
    int64_t created_ms = 0;
};

enum class TableKind : uint8_t { kManaged, kExternal, kView };

struct TableInfo {
    std::string catalog;
    std::string schema;
    std::string name;
    std::string id;  // UUID, kept over renames
    TableKind kind = TableKind::kManaged;
    std::string provider;  // "delta", "parquet", …; "" for views
    std::string location;
    std::optional<std::string> comment;
    Properties properties;
    Properties options;
    // Non-Delta tables and views: the columns. Delta tables keep theirs in the log (null here).
    types::TypePtr columns;
    std::vector<std::string> partition_columns;
    std::string view_text;
    std::vector<std::string>
        view_namespace;            // catalog and schema in which the text's names resolve
    std::string view_schema_mode;  // BINDING, COMPENSATION, EVOLUTION, TYPE EVOLUTION
    int64_t created_ms = 0;
    std::string owner;

    std::vector<std::string> full_name() const { return {catalog, schema, name}; }
};

struct FunctionInfo {
    std::string catalog;
    std::string schema;
    std::string name;
    std::string statement;  // the CREATE FUNCTION text it was made with
    std::string comment;
    int64_t created_ms = 0;
};

}  // namespace hanok::catalog

#pragma once
// What DESCRIBE, SHOW and the catalog API tell of a table, wherever its columns are kept.

#include "commands/names.h"

namespace hanok::commands {

struct TableShape {
    catalog::TableInfo info;
    types::TypePtr schema;
    std::vector<std::string> partition_columns;
    std::map<std::string, std::string> properties;
    std::optional<std::string> comment;
};

// Delta tables: from the newest version of their log.
TableShape table_shape(Session& session, const catalog::TableInfo& info);

// CREATE TABLE / VIEW text that would make it again.
std::string create_text(const TableShape& shape);

}  // namespace hanok::commands

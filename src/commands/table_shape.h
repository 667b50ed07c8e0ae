#pragma once
// What DESCRIBE, SHOW and the catalog API tell of a table, wherever its columns are kept.

#include "commands/names.h"
#include "plan/command.h"

namespace hanok::commands {

struct TableShape {
    catalog::TableInfo info;
    types::TypePtr schema;
    std::vector<std::string> partition_columns;
    std::map<std::string, std::string> properties;
    std::optional<std::string> comment;
    std::optional<plan::BucketSpec> buckets = std::nullopt;
};

// Delta tables: from the newest version of their log.
TableShape table_shape(Session& session, const catalog::TableInfo& info);

// A property's value as it is shown: those of keys such as "password" are not.
std::string shown_property(const std::string& key, const std::string& value);

// CREATE TABLE / VIEW text that would make it again.
std::string create_text(const TableShape& shape);

}  // namespace hanok::commands

#pragma once
// Tables of a database: their columns as Spark's, and what a save mode does to them.

#include <string>
#include <vector>

#include "jdbc/connection.h"

namespace hanok::jdbc {

// Columns of options.table. Throws
// JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR.DURING_OUTPUT_SCHEMA_RESOLUTION when it cannot be asked.
std::vector<Column> describe_table(const Options& options);
// The same as Spark's types, all nullable.
types::TypePtr table_schema(const Options& options, const std::vector<Column>& columns);

bool table_exists(Connection& connection, const Options& options);
// CHAR and VARCHAR of the schema are kept.
void create_table(Connection& connection, const Options& options, const types::DataType& schema);
void drop_table(Connection& connection, const Options& options);
void truncate_table(Connection& connection, const Options& options);

// Names in the table of the given columns, found by name in any case. Throws
// UNRESOLVED_COLUMN.WITH_SUGGESTION.
std::vector<std::string> table_columns(
    Connection& connection, const Options& options, const std::vector<std::string>& names);

}  // namespace hanok::jdbc

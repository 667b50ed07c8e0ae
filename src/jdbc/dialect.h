#pragma once
// What differs between databases: names, types, statements. Immutable.

#include <optional>
#include <string>
#include <vector>

#include "jdbc/connection.h"

namespace hanok::jdbc {

// What the text of an instant is for a column of a database.
enum class InstantText { kWallClock, kUtc, kUtcWithOffset };

std::string quoted(Database database, const std::string& name);

// The Spark type of a column, as Spark's dialects map it. Throws UNRECOGNIZED_SQL_TYPE.
types::TypePtr spark_type(
    Database database, const Column& column, bool prefer_timestamp_ntz, const std::string& url);

// The type for CREATE TABLE. Throws UNSUPPORTED_DATATYPE.
std::string native_type(Database database, const types::DataType& type);

// How an instant is written to a column of that native type.
InstantText instant_text(Database database, const std::string& native_type);

// "SELECT * FROM table WHERE 1=0"
std::string schema_query(const std::string& table);
std::string truncate_statement(Database database, const std::string& table, bool cascade);
// nullopt: the database has no such level, or no need to be told.
std::optional<std::string> isolation_statement(Database database, Isolation isolation);

}  // namespace hanok::jdbc

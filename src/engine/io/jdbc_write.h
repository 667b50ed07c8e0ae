#pragma once
// A query's rows into a table of a database outside. The options of the spec are those of the JDBC
// source; `kJdbcColumns` holds the names of the table's columns, one a line.

#include <vector>

#include "engine/io/write.h"

namespace hanok::engine {

inline constexpr const char* kJdbcColumns = "hanok.jdbc.columns";

// One entry without a path, with the number of rows.
std::vector<WrittenFile> write_jdbc(WriteInput input);

}  // namespace hanok::engine

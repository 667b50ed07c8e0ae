#pragma once
// Writing rows into tables of databases outside: df.write.format("jdbc").

#include "commands/file_write.h"

namespace hanok::commands {

// Honours the mode as Spark's source does: an overwrite drops and makes the table again, or empties
// it where `truncate` asks for that; an append finds the columns by name.
void write_to_database(
    session::Session& session, const resolved::PlanPtr& plan, const FileWrite& write);

}  // namespace hanok::commands

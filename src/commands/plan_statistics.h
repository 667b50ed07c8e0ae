#pragma once
// How large a plan's rows are, by Spark's rules for plans without column statistics.

#include <string>

#include "resolved/plan.h"

namespace hanok::commands {

// Bytes of all rows: files and rows of leaves are known, operators scale by the width of rows.
double plan_size_bytes(const resolved::Plan& plan);

// ", Statistics(sizeInBytes=16.0 B)", as EXPLAIN COST shows it behind a node.
std::string statistics_text(const resolved::Plan& plan);

}  // namespace hanok::commands

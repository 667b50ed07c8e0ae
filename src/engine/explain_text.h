#pragma once
// DuckDB's physical plan in the layout of Spark's.

#include <string>

#include "resolved/plan.h"

namespace hanok::engine {

// `json`: what EXPLAIN (FORMAT JSON) gives. One line an operator, children below with ":- " and
// "+- "; operators have the names that Spark has for what they do, columns those of `plan` with
// their ids.
std::string physical_plan_text(const std::string& json, const resolved::Plan& plan);

// The name that Spark has for a physical operator of DuckDB's; the name itself where it has none.
std::string spark_operator_name(std::string duckdb_name);

}  // namespace hanok::engine

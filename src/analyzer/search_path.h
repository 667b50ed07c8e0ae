#pragma once
// Where names of functions and variables are looked for, as errors show it.

#include <string>

namespace hanok::analyzer {

// "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"
std::string shown_search_path(const std::string& catalog, const std::string& schema);

}  // namespace hanok::analyzer

#pragma once

#include <cstdint>

namespace hanok::analyzer {

// For a definition of a WithCte, unique in the process.
int64_t next_cte_id();

}  // namespace hanok::analyzer

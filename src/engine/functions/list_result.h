#pragma once
// Kernels of (text, text, INT) that make an array of strings.

#include <string_view>
#include <vector>

#include "engine/functions/kernel.h"

namespace hanok::engine {

using ListFunction = std::vector<std::string_view> (*)(std::string_view, std::string_view, int32_t);

// NULL in, NULL out.
void add_list_kernel(KernelSet& kernels, const std::string& name, ListFunction function);

// Appends strings to a LIST(VARCHAR) vector being filled row by row.
duckdb::list_entry_t append_strings(
    duckdb::Vector& list, const std::vector<std::string_view>& strings);

}  // namespace hanok::engine

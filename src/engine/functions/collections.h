#pragma once
// Functions of arrays, maps and structs, and functions that take lambdas.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_collections(FunctionLowerings& lowerings);
void lower_higher_order(FunctionLowerings& lowerings);
// The kernel that makes a map as spark.sql.mapKeyDedupPolicy says: of two entries with one key the
// last counts, or they are an error.
inline constexpr const char* kLastWins = "_last_wins";
std::string map_maker(const LowerContext& context, const std::string& kernel);
void add_arrays(KernelSet& kernels);
void add_maps(KernelSet& kernels);
void add_sequences(KernelSet& kernels);
void add_aggregate_finish(KernelSet& kernels);

}  // namespace hanok::engine

#pragma once
// Calls over strings of a collation.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void add_collations(KernelSet& kernels);
void add_char_types(KernelSet& kernels);
void lower_collations(FunctionLowerings& lowerings);
void lower_char_types(FunctionLowerings& lowerings);

// The collation that a scalar call compares by; "" where bytes decide.
std::string comparing_collation(const resolved::Call& call);
// The call over what the collation makes of its arguments; throws for functions that know no
// collation but compare.
DuckExpr lower_collated(const FunctionLowerings& lowerings, const LowerContext& context,
    const resolved::Call& call, const std::string& collation, DuckExprs args);

}  // namespace hanok::engine

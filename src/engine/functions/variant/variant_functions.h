#pragma once
// The group of VARIANT functions.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_variants(FunctionLowerings& lowerings);
void add_variants(KernelSet& kernels);

// CAST from and to VARIANT: `is_try` gives NULL where the value does not fit.
DuckExpr lower_variant_cast(const LowerContext& context, DuckExpr child,
    const types::DataType& from, const types::DataType& to, bool is_try);

}  // namespace hanok::engine

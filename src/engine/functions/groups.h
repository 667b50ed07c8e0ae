#pragma once
// The groups of functions: each adds its lowerings and its kernels. builtin() and
// register_kernels() call them all.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_operators(FunctionLowerings& lowerings);
void lower_datetime_arithmetic(FunctionLowerings& lowerings);
void lower_math(FunctionLowerings& lowerings);
void lower_rounding(FunctionLowerings& lowerings);
void lower_random(FunctionLowerings& lowerings);
void lower_strings(FunctionLowerings& lowerings);
void lower_number_formats(FunctionLowerings& lowerings);
void lower_string_formats(FunctionLowerings& lowerings);
void lower_hashes(FunctionLowerings& lowerings);
void lower_misc(FunctionLowerings& lowerings);
void lower_json(FunctionLowerings& lowerings);
void lower_csv(FunctionLowerings& lowerings);

void add_integer_arithmetic(KernelSet& kernels);
void add_decimal_arithmetic(KernelSet& kernels);
void add_interval_arithmetic(KernelSet& kernels);
void add_casts(KernelSet& kernels);
void add_math(KernelSet& kernels);
void add_rounding(KernelSet& kernels);
void add_random(KernelSet& kernels);
void add_strings(KernelSet& kernels);
void add_string_search(KernelSet& kernels);
void add_encodings(KernelSet& kernels);
void add_regular_expressions(KernelSet& kernels);
void add_string_formats(KernelSet& kernels);
void add_number_formats(KernelSet& kernels);
void add_hashes(KernelSet& kernels);
void add_encryption(KernelSet& kernels);
void add_misc(KernelSet& kernels);
void add_json(KernelSet& kernels);
void add_csv(KernelSet& kernels);

}  // namespace hanok::engine

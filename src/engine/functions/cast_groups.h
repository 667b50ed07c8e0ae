#pragma once
// Parts of add_casts().

#include "engine/functions/kernel.h"

namespace hanok::engine {

void add_decimal_conversions(KernelSet& kernels);
void add_casts_to_numbers(KernelSet& kernels);
void add_casts_to_text(KernelSet& kernels);
void add_casts_to_datetime(KernelSet& kernels);
void add_casts_to_interval(KernelSet& kernels);

}  // namespace hanok::engine

#pragma once
#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_datetime(FunctionLowerings& lowerings);
void add_datetime(KernelSet& kernels);
void add_interval_making(KernelSet& kernels);
void add_datetime_text(KernelSet& kernels);

// A wall clock some months later, on the same day of the month or its last one.
int64_t plus_months_of(int64_t local_micros, int64_t months);

void lower_time_buckets(FunctionLowerings& lowerings);
void add_time_buckets(KernelSet& kernels);

}  // namespace hanok::engine

#pragma once
// approx_count_distinct: HyperLogLog++ over 64-bit hashes, with Spark's registers and estimate.

#include "engine/functions/kernel.h"

namespace hanok::engine {

// spark_distinct_count(hash BIGINT, relative standard deviation DOUBLE): BIGINT, 0 without rows.
void add_distinct_count(KernelSet& kernels);

}  // namespace hanok::engine

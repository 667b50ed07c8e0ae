#pragma once
// Variance, skewness, kurtosis and correlation by Spark's own steps: the last digits of such sums
// depend on the order of additions, and on how rows are split into partitions.

#include "engine/functions/kernel.h"

namespace hanok::engine {

// spark_moment(x DOUBLE, partition INTEGER, what TINYINT) and
// spark_correlation(x DOUBLE, y DOUBLE, partition INTEGER, what TINYINT): DOUBLE or NULL.
void add_moments(KernelSet& kernels);

enum class Moment : int8_t { kVarPop, kVarSamp, kStddevPop, kStddevSamp, kSkewness, kKurtosis };
enum class Correlation : int8_t { kCorr, kR2 };

// Aggregates that take the partition of a row as one more argument (lowering/partitions.h).
bool is_moment(const std::string& function);

}  // namespace hanok::engine

#pragma once
// Spark's conditions for arithmetic that has no result.

#include <string>

namespace hanok::engine {

// ARITHMETIC_OVERFLOW; `alternative` is the try_ function to propose ("" for none).
[[noreturn]] void raise_overflow(const std::string& what, const std::string& alternative = "");
// BINARY_ARITHMETIC_OVERFLOW, for TINYINT and SMALLINT.
[[noreturn]] void raise_small_overflow(long long a, const std::string& symbol, long long b,
    const std::string& type_suffix, const std::string& alternative);
[[noreturn]] void raise_divide_by_zero();
[[noreturn]] void raise_remainder_by_zero();
[[noreturn]] void raise_interval_divided_by_zero();
// NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION
[[noreturn]] void raise_decimal_out_of_range(const std::string& value, int precision, int scale);

}  // namespace hanok::engine

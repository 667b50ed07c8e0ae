#include "engine/functions/arithmetic_error.h"

#include "engine/functions/kernel.h"

namespace hanok::engine {

namespace {

constexpr const char* kAnsiConfig = "\"spark.sql.ansi.enabled\"";

std::string hint(const std::string& alternative) {
    return alternative.empty()
               ? ""
               : " Use '" + alternative + "' to tolerate overflow and return NULL instead.";
}

}  // namespace

void raise_overflow(const std::string& what, const std::string& alternative) {
    raise(arithmetic_error("ARITHMETIC_OVERFLOW",
        {{"message", what}, {"alternative", hint(alternative)}, {"config", kAnsiConfig}}));
}

void raise_small_overflow(long long a, const std::string& symbol, long long b,
    const std::string& type_suffix, const std::string& alternative) {
    raise(arithmetic_error("BINARY_ARITHMETIC_OVERFLOW",
        {{"value1", std::to_string(a) + type_suffix}, {"symbol", symbol},
            {"value2", std::to_string(b) + type_suffix}, {"functionName", alternative}}));
}

void raise_divide_by_zero() {
    raise(arithmetic_error("DIVIDE_BY_ZERO", {{"config", kAnsiConfig}}));
}
void raise_remainder_by_zero() {
    raise(arithmetic_error("REMAINDER_BY_ZERO", {{"config", kAnsiConfig}}));
}
void raise_interval_divided_by_zero() { raise(arithmetic_error("INTERVAL_DIVIDED_BY_ZERO")); }

void raise_decimal_out_of_range(const std::string& value, int precision, int scale) {
    raise(arithmetic_error("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
        {{"value", value}, {"precision", std::to_string(precision)},
            {"scale", std::to_string(scale)}, {"config", kAnsiConfig}}));
}

}  // namespace hanok::engine

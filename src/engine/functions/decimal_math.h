#pragma once
// Exact arithmetic over unscaled decimals of up to 38 digits, with intermediate results of any
// needed width.

#include <cstdint>
#include <optional>
#include <string>

namespace hanok::engine {

using Int128 = __int128;

// 10^n for n in 0 … 38.
Int128 power_of_ten(int n);

// Divides by 10^digits, rounding half away from zero.
Int128 round_half_up(Int128 value, int digits);
// … half to even.
Int128 round_half_even(Int128 value, int digits);
Int128 round_up(Int128 value, int digits);    // towards +infinity
Int128 round_down(Int128 value, int digits);  // towards -infinity

// Changes the scale (rounding half up); nullopt when the result has more than `precision` digits.
std::optional<Int128> rescale(Int128 value, int from_scale, int to_scale, int precision);

// a op b at scale `scale`, rounded half up; nullopt when it has more than `precision` digits. `b`
// of the divisions must not be zero.
std::optional<Int128> decimal_add(Int128 a, int s1, Int128 b, int s2, int precision, int scale);
std::optional<Int128> decimal_multiply(
    Int128 a, int s1, Int128 b, int s2, int precision, int scale);
std::optional<Int128> decimal_divide(Int128 a, int s1, Int128 b, int s2, int precision, int scale);
std::optional<Int128> decimal_remainder(
    Int128 a, int s1, Int128 b, int s2, int precision, int scale);
// Integral part of a / b; nullopt when it does not fit BIGINT.
std::optional<int64_t> decimal_quotient(Int128 a, int s1, Int128 b, int s2);

// The exact result as text, for error messages.
std::string decimal_product_text(Int128 a, int s1, Int128 b, int s2);
std::string decimal_quotient_text(Int128 a, int s1, Int128 b, int s2, int scale);

}  // namespace hanok::engine

#include "engine/functions/decimal_math.h"

#include <array>
#include <boost/multiprecision/cpp_int.hpp>

namespace hanok::engine {

namespace {

using Wide = boost::multiprecision::int512_t;

Wide wide(Int128 x) {
    bool negative = x < 0;
    auto u = negative ? -static_cast<unsigned __int128>(x) : static_cast<unsigned __int128>(x);
    Wide out = static_cast<uint64_t>(u >> 64);
    out <<= 64;
    out += static_cast<uint64_t>(u);
    return negative ? Wide(-out) : out;
}

Int128 narrow(const Wide& x) {
    Wide magnitude = x < 0 ? Wide(-x) : x;
    auto high = static_cast<uint64_t>(magnitude >> 64);
    auto low = static_cast<uint64_t>(magnitude & Wide(UINT64_MAX));
    auto u = (static_cast<unsigned __int128>(high) << 64) | low;
    return x < 0 ? -static_cast<Int128>(u) : static_cast<Int128>(u);
}

Wide wide_power(int n) {
    Wide out = 1;
    for (; n > 38; n -= 38) out *= wide(power_of_ten(38));
    return out * wide(power_of_ten(n));
}

Wide wide_half_up(const Wide& dividend, const Wide& divisor) {
    Wide quotient = dividend / divisor;
    Wide rest = dividend % divisor;
    Wide twice = 2 * (rest < 0 ? Wide(-rest) : rest);
    if (twice >= (divisor < 0 ? Wide(-divisor) : divisor))
        quotient += (dividend < 0) == (divisor < 0) ? 1 : -1;
    return quotient;
}

bool fits(Int128 x, int precision) {
    auto bound = power_of_ten(precision);
    return x < bound && x > -bound;
}

std::optional<Int128> bounded(const Wide& x, int precision) {
    Wide bound = wide(power_of_ten(precision));
    if (x >= bound || x <= -bound) return std::nullopt;
    return narrow(x);
}

// x at scale `from` moved to scale `to`.
Wide at_scale(const Wide& x, int from, int to) {
    if (to >= from) return x * wide_power(to - from);
    return wide_half_up(x, wide_power(from - to));
}

std::string text(const Wide& x, int scale) {
    std::string digits = (x < 0 ? Wide(-x) : x).str();
    if (scale > 0) {
        if (static_cast<int>(digits.size()) <= scale)
            digits.insert(0, static_cast<size_t>(scale) + 1 - digits.size(), '0');
        digits.insert(digits.size() - static_cast<size_t>(scale), ".");
    }
    return (x < 0 ? "-" : "") + digits;
}

}  // namespace

Int128 power_of_ten(int n) {
    static const auto powers = [] {
        std::array<Int128, 39> p{};
        p[0] = 1;
        for (size_t i = 1; i < p.size(); ++i) p[i] = p[i - 1] * 10;
        return p;
    }();
    return powers[static_cast<size_t>(n)];
}

Int128 round_half_up(Int128 value, int digits) {
    if (digits <= 0) return value;
    if (digits > 38) return 0;
    auto divisor = power_of_ten(digits);
    auto quotient = value / divisor;
    auto rest = value % divisor;
    if (rest < 0) rest = -rest;
    if (rest >= divisor - rest) quotient += value < 0 ? -1 : 1;
    return quotient;
}

Int128 round_half_even(Int128 value, int digits) {
    if (digits <= 0) return value;
    if (digits > 38) return 0;
    auto divisor = power_of_ten(digits);
    auto quotient = value / divisor;
    auto rest = value % divisor;
    if (rest < 0) rest = -rest;
    auto other = divisor - rest;
    if (rest > other || (rest == other && quotient % 2 != 0)) quotient += value < 0 ? -1 : 1;
    return quotient;
}

Int128 round_up(Int128 value, int digits) {
    if (digits <= 0) return value;
    if (digits > 38) return value > 0 ? 1 : 0;
    auto divisor = power_of_ten(digits);
    return value / divisor + (value % divisor > 0 ? 1 : 0);
}

Int128 round_down(Int128 value, int digits) {
    if (digits <= 0) return value;
    if (digits > 38) return value < 0 ? -1 : 0;
    auto divisor = power_of_ten(digits);
    return value / divisor - (value % divisor < 0 ? 1 : 0);
}

std::optional<Int128> rescale(Int128 value, int from_scale, int to_scale, int precision) {
    if (to_scale >= from_scale) {
        Int128 out;
        if (__builtin_mul_overflow(value, power_of_ten(to_scale - from_scale), &out) ||
            !fits(out, precision)) {
            return std::nullopt;
        }
        return out;
    }
    auto out = round_half_up(value, from_scale - to_scale);
    if (!fits(out, precision)) return std::nullopt;
    return out;
}

std::optional<Int128> decimal_add(Int128 a, int s1, Int128 b, int s2, int precision, int scale) {
    int common = s1 > s2 ? s1 : s2;
    return bounded(
        at_scale(at_scale(wide(a), s1, common) + at_scale(wide(b), s2, common), common, scale),
        precision);
}

std::optional<Int128> decimal_multiply(
    Int128 a, int s1, Int128 b, int s2, int precision, int scale) {
    Int128 product;
    if (!__builtin_mul_overflow(a, b, &product)) return rescale(product, s1 + s2, scale, precision);
    return bounded(at_scale(wide(a) * wide(b), s1 + s2, scale), precision);
}

std::optional<Int128> decimal_divide(Int128 a, int s1, Int128 b, int s2, int precision, int scale) {
    int shift = scale - s1 + s2;
    Int128 scaled;
    if (shift >= 0 && shift <= 38 && !__builtin_mul_overflow(a, power_of_ten(shift), &scaled)) {
        auto quotient = scaled / b;
        auto rest = scaled % b;
        if (rest < 0) rest = -rest;
        auto magnitude = b < 0 ? -b : b;
        if (rest >= magnitude - rest) quotient += (a < 0) == (b < 0) ? 1 : -1;
        if (!fits(quotient, precision)) return std::nullopt;
        return quotient;
    }
    Wide dividend = wide(a), divisor = wide(b);
    if (shift >= 0) {
        dividend *= wide_power(shift);
    } else {
        divisor *= wide_power(-shift);
    }
    return bounded(wide_half_up(dividend, divisor), precision);
}

std::optional<Int128> decimal_remainder(
    Int128 a, int s1, Int128 b, int s2, int precision, int scale) {
    int common = s1 > s2 ? s1 : s2;
    Wide rest = at_scale(wide(a), s1, common) % at_scale(wide(b), s2, common);
    return bounded(at_scale(rest, common, scale), precision);
}

std::optional<int64_t> decimal_quotient(Int128 a, int s1, Int128 b, int s2) {
    int common = s1 > s2 ? s1 : s2;
    Wide quotient = at_scale(wide(a), s1, common) / at_scale(wide(b), s2, common);
    if (quotient > Wide(INT64_MAX) || quotient < Wide(INT64_MIN)) return std::nullopt;
    return static_cast<int64_t>(narrow(quotient));
}

std::string decimal_product_text(Int128 a, int s1, Int128 b, int s2) {
    return text(wide(a) * wide(b), s1 + s2);
}

std::string decimal_quotient_text(Int128 a, int s1, Int128 b, int s2, int scale) {
    int shift = scale - s1 + s2;
    Wide dividend = wide(a), divisor = wide(b);
    if (shift >= 0) {
        dividend *= wide_power(shift);
    } else {
        divisor *= wide_power(-shift);
    }
    return text(wide_half_up(dividend, divisor), scale);
}

}  // namespace hanok::engine

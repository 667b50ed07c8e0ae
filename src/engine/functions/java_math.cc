#include "engine/functions/java_math.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace hanok::engine {

namespace {

// ln 2 in two parts, the first with zeros at its end.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;

int32_t high_word(double x) { return static_cast<int32_t>(std::bit_cast<uint64_t>(x) >> 32); }

double with_high_word(double x, int32_t high) {
    auto low = std::bit_cast<uint64_t>(x) & 0xFFFFFFFFU;
    return std::bit_cast<double>(static_cast<uint64_t>(static_cast<uint32_t>(high)) << 32 | low);
}

// Remez approximation of x coth(x / 2) - 2 over [0, ln(2) / 2], subtracted from x.
double exp_remainder(double x) {
    double t = x * x;
    double p = 4.13813679705723846039e-08;
    p = -1.65339022054652515390e-06 + t * p;
    p = 6.61375632143793436117e-05 + t * p;
    p = -2.77777777770155933842e-03 + t * p;
    p = 1.66666666666666019037e-01 + t * p;
    return x - t * p;
}

}  // namespace

double java_exp(double x) {
    if (std::isnan(x)) return x;
    if (x > 7.09782712893383973096e+02) return HUGE_VAL;
    if (x < -7.45133219101941108420e+02) return 0;
    double size = std::fabs(x);
    if (size < 0x1p-28) return 1 + x;
    double high = x;
    double low = 0;
    int k = 0;
    if (size > 0.5 * 0.693147180559945309417) {
        double half = x < 0 ? -0.5 : 0.5;
        k = size < 1.5 * 0.693147180559945309417
                ? (x < 0 ? -1 : 1)
                : static_cast<int>(1.44269504088896338700e+00 * x + half);
        high = x - k * kLn2High;
        low = k * kLn2Low;
        x = high - low;
    }
    double c = exp_remainder(x);
    if (k == 0) return 1 - ((x * c) / (c - 2) - x);
    double y = 1 - ((low - (x * c) / (2 - c)) - high);
    return std::ldexp(y, k);
}

double java_cosh(double x) {
    double size = std::fabs(x);
    if (size < 0.5 * 0.693147180559945309417) {
        double t = std::expm1(size);
        double w = 1 + t;
        return size < 0x1p-55 ? w : 1 + (t * t) / (w + w);
    }
    if (size < 22) {
        double t = java_exp(size);
        return 0.5 * t + 0.5 / t;
    }
    if (size < 7.09782712893383973096e+02) return 0.5 * java_exp(size);
    double w = java_exp(0.5 * size);
    return 0.5 * w * w;
}

double java_log(double x) {
    if (x == 0) return -HUGE_VAL;
    if (x < 0) return std::nan("");
    if (!std::isfinite(x)) return x;
    int k = 0;
    if (high_word(x) < 0x00100000) {
        k = -54;
        x *= 0x1p54;
    }
    int32_t high = high_word(x);
    k += (high >> 20) - 1023;
    high &= 0x000fffff;
    int32_t above = (high + 0x95f64) & 0x100000;
    x = with_high_word(x, high | (above ^ 0x3ff00000));
    k += above >> 20;
    double f = x - 1;
    auto dk = static_cast<double>(k);
    if ((0x000fffff & (2 + high)) < 3) {  // |f| < 2^-20
        if (f == 0) return k == 0 ? 0 : dk * kLn2High + dk * kLn2Low;
        double r = f * f * (0.5 - 0.33333333333333333 * f);
        return k == 0 ? f - r : dk * kLn2High - ((r - dk * kLn2Low) - f);
    }
    double s = f / (2 + f);
    double z = s * s;
    double w = z * z;
    double even = w * (3.999999999940941908e-01 +
                          w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double odd = z * (6.666666666666735130e-01 +
                         w * (2.857142874366239149e-01 +
                                 w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double r = odd + even;
    if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
        double half = 0.5 * f * f;
        if (k == 0) return f - (half - s * (half + r));
        return dk * kLn2High - ((half - (s * (half + r) + dk * kLn2Low)) - f);
    }
    if (k == 0) return f - s * (f - r);
    return dk * kLn2High - ((s * (f - r) - dk * kLn2Low) - f);
}

double java_log10(double x) {
    if (x == 0) return -HUGE_VAL;
    if (x < 0) return std::nan("");
    if (!std::isfinite(x)) return x;
    int k = 0;
    if (high_word(x) < 0x00100000) {
        k = -54;
        x *= 0x1p54;
    }
    int32_t high = high_word(x);
    k += (high >> 20) - 1023;
    int below_one = k < 0 ? 1 : 0;
    auto y = static_cast<double>(k + below_one);
    x = with_high_word(x, (high & 0x000fffff) | ((0x3ff - below_one) << 20));
    double z = y * 3.69423907715893078616e-13 + 4.34294481903251816668e-01 * java_log(x);
    return z + y * 3.01029995663611771306e-01;
}

}  // namespace hanok::engine

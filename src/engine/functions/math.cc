#include <bit>
#include <cmath>
#include <limits>

#include "base/hex.h"
#include "engine/functions/arithmetic_error.h"
#include "engine/functions/decimal_lowering.h"
#include "engine/functions/groups.h"
#include "engine/functions/java_math.h"

namespace hanok::engine {

using types::TypeId;

namespace {

constexpr double kPi = 3.14159265358979323846;

void add_trigonometry(KernelSet& kernels) {
    kernels.add("spark_acos", [](double x) { return std::acos(x); });
    kernels.add("spark_asin", [](double x) { return std::asin(x); });
    kernels.add("spark_atan", [](double x) { return std::atan(x); });
    kernels.add("spark_cos", [](double x) { return std::cos(x); });
    kernels.add("spark_sin", [](double x) { return std::sin(x); });
    kernels.add("spark_tan", [](double x) { return std::tan(x); });
    kernels.add("spark_cosh", [](double x) { return java_cosh(x); });
    kernels.add("spark_sinh", [](double x) { return std::sinh(x); });
    kernels.add("spark_tanh", [](double x) { return std::tanh(x); });
    kernels.add("spark_cot", [](double x) { return 1.0 / std::tan(x); });
    kernels.add("spark_csc", [](double x) { return 1.0 / std::sin(x); });
    kernels.add("spark_sec", [](double x) { return 1.0 / std::cos(x); });
    kernels.add("spark_acosh", [](double x) { return std::log(x + std::sqrt(x * x - 1.0)); });
    kernels.add("spark_asinh", [](double x) {
        if (x == -std::numeric_limits<double>::infinity()) return x;
        return std::log(x + std::sqrt(x * x + 1.0));
    });
    kernels.add("spark_atanh", [](double x) { return 0.5 * (std::log1p(x) - std::log1p(-x)); });
    kernels.add("spark_atan2", [](double y, double x) { return std::atan2(y + 0.0, x + 0.0); });
    kernels.add("spark_degrees", [](double x) { return x * (180.0 / kPi); });
    kernels.add("spark_radians", [](double x) { return x * (kPi / 180.0); });
}

std::optional<double> logarithm(double x, double (*f)(double), double above = 0.0) {
    if (x <= above) return std::nullopt;
    return f(x);
}

// Java's Math.pow differs from C's only for a NaN exponent of 1 and for +-1 to an infinite power.
double java_pow(double x, double y) {
    if (std::isnan(y) || (std::fabs(x) == 1.0 && std::isinf(y)))
        return std::numeric_limits<double>::quiet_NaN();
    return std::pow(x, y);
}

void add_powers(KernelSet& kernels) {
    kernels.add("spark_cbrt", [](double x) { return std::cbrt(x); });
    kernels.add("spark_exp", [](double x) { return java_exp(x); });
    kernels.add("spark_expm1", [](double x) { return std::expm1(x); });
    kernels.add("spark_sqrt", [](double x) { return std::sqrt(x); });
    kernels.add("spark_hypot", [](double x, double y) { return std::hypot(x, y); });
    kernels.add("spark_pow", [](double x, double y) { return java_pow(x, y); });
    kernels.add("spark_ln", [](double x) { return logarithm(x, java_log); });
    kernels.add("spark_log10", [](double x) { return logarithm(x, java_log10); });
    kernels.add("spark_log2", [](double x) {
        return logarithm(x, [](double v) { return java_log(v) / java_log(2.0); });
    });
    kernels.add("spark_log1p", [](double x) { return logarithm(x, std::log1p, -1.0); });
    kernels.add("spark_log", [](double base, double x) -> std::optional<double> {
        if (base <= 0 || x <= 0) return std::nullopt;
        return java_log(x) / java_log(base);
    });
}

void add_signs(KernelSet& kernels) {
    kernels.add("spark_rint", [](double x) { return std::nearbyint(x); });
    kernels.add("spark_signum", [](double x) {
        return std::isnan(x) || x == 0 ? x : x < 0 ? -1.0 : 1.0;
    });
    kernels.add("spark_isnan", [](std::optional<double> x) { return x && std::isnan(*x); });
    kernels.add("spark_isnan", [](std::optional<float> x) { return x && std::isnan(*x); });
    kernels.add("spark_nanvl", [](std::optional<double> x, std::optional<double> y) {
        return x && std::isnan(*x) ? y : x;
    });
    kernels.add("spark_nanvl",
        [](std::optional<float> x, std::optional<float> y) { return x && std::isnan(*x) ? y : x; });
}

std::string digits_in_base(uint64_t x, int base) {
    static const char* kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (x == 0) return "0";
    std::string out;
    for (; x > 0; x /= static_cast<unsigned>(base))
        out.insert(out.begin(), kDigits[x % static_cast<unsigned>(base)]);
    return out;
}

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

std::optional<Blob> unhex(std::string_view text) {
    std::string out;
    size_t i = 0;
    if (text.size() % 2 == 1) {
        int low = digit_value(text[0]);
        if (low > 15) return std::nullopt;
        out += static_cast<char>(low);
        i = 1;
    }
    for (; i < text.size(); i += 2) {
        int high = digit_value(text[i]), low = digit_value(text[i + 1]);
        if (high > 15 || low > 15) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return Blob{out};
}

// As Hive's conv: reads digits as long as they are valid, as an unsigned number of 64 bits; a
// negative target base shows a signed result.
std::optional<std::string> convert_base(
    std::string_view text, int32_t from, int32_t to, bool ansi) {
    auto to_base = std::abs(to);
    if (from < 2 || from > 36 || to_base < 2 || to_base > 36) return std::nullopt;
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text.empty()) return std::nullopt;
    bool negative = text[0] == '-';
    if (negative) text.remove_prefix(1);
    uint64_t value = 0;
    for (char c : text) {
        int digit = digit_value(c);
        if (digit >= from) break;
        uint64_t next = 0;
        if (__builtin_mul_overflow(value, static_cast<uint64_t>(from), &next) ||
            __builtin_add_overflow(next, static_cast<uint64_t>(digit), &next)) {
            if (ansi) raise_overflow("Overflow in function conv()");
            value = UINT64_MAX;
            break;
        }
        value = next;
    }
    if (negative && to > 0) value = static_cast<int64_t>(value) < 0 ? UINT64_MAX : 0 - value;
    if (to < 0 && static_cast<int64_t>(value) < 0) {
        value = 0 - value;
        negative = true;
    }
    auto digits = digits_in_base(value, to_base);
    return negative && to < 0 ? "-" + digits : digits;
}

std::optional<int64_t> bucket_of(double x, double low, double high, int64_t buckets) {
    if (buckets <= 0 || buckets == INT64_MAX || std::isnan(x) || low == high ||
        !std::isfinite(low) || !std::isfinite(high)) {
        return std::nullopt;
    }
    double least = std::min(low, high), most = std::max(low, high);
    bool rising = low < high;
    if (x < least) return rising ? 0 : buckets + 1;
    if (x >= most && rising) return buckets + 1;
    if (!rising && x > most) return 0;
    if (!rising && x <= low && x == least) return buckets + 1;
    double position = rising ? (x - low) / (high - low) : (low - x) / (low - high);
    return static_cast<int64_t>(static_cast<double>(buckets) * position) + 1;
}

void add_integers(KernelSet& kernels) {
    kernels.add("spark_bin", [](int64_t x) { return digits_in_base(static_cast<uint64_t>(x), 2); });
    kernels.add(
        "spark_hex", [](int64_t x) { return digits_in_base(static_cast<uint64_t>(x), 16); });
    kernels.add(
        "spark_hex", [](std::string_view s) { return base::hex(s, base::HexLetters::kCapital); });
    kernels.add("spark_hex", [](Bytes b) { return base::hex(b.data, base::HexLetters::kCapital); });
    kernels.add("spark_unhex", [](std::string_view s) { return unhex(s); });
    kernels.add(
        "spark_conv",
        [](std::string_view s, int32_t from, int32_t to, bool ansi) {
            return convert_base(s, from, to, ansi);
        },
        Fallible::kYes);
    kernels.add("spark_factorial", [](int32_t n) -> std::optional<int64_t> {
        if (n < 0 || n > 20) return std::nullopt;
        int64_t out = 1;
        for (int32_t i = 2; i <= n; ++i) out *= i;
        return out;
    });
    kernels.add("spark_width_bucket",
        [](double x, double low, double high, int64_t n) { return bucket_of(x, low, high, n); });
}

LowerFunction constant(double value) {
    return [value](const LowerContext&, const resolved::Call&, DuckExprs) {
        return duck_constant(duckdb::Value::DOUBLE(value));
    };
}

// Intervals count as numbers.
LowerFunction as_doubles(const std::string& kernel, size_t count) {
    return [kernel, count](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        for (size_t i = 0; i < count; ++i) {
            if (!call.args[i]->type->is(TypeId::kDouble))
                args[i] = duck_cast(std::move(args[i]), duckdb::LogicalType::DOUBLE);
        }
        return duck_call(kernel, std::move(args));
    };
}

}  // namespace

void lower_math(FunctionLowerings& l) {
    l.scalar("e", constant(2.7182818284590452354));
    l.scalar("pi", constant(kPi));
    l.scalar("signum", as_doubles("spark_signum", 1));
    l.scalar("width_bucket", as_doubles("spark_width_bucket", 3));
    l.scalar("conv", [](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        args.push_back(duck_constant(duckdb::Value::BOOLEAN(call.ansi)));
        return duck_call("spark_conv", std::move(args));
    });
    l.scalar(
        "abs", [](const LowerContext&, const resolved::Call& call, DuckExprs args) -> DuckExpr {
            const auto& t = *call.type;
            if (t.is(TypeId::kDecimal) || t.is(TypeId::kFloat) || t.is(TypeId::kDouble))
                return duck_call("abs", std::move(args));
            bool is_interval = t.is_ansi_interval();
            args.push_back(mode_argument(call.ansi || is_interval ? 0 : 2));
            return duck_call("spark_abs_checked", std::move(args));
        });
    lower_rounding(l);
    lower_random(l);
}

void add_math(KernelSet& kernels) {
    add_trigonometry(kernels);
    add_powers(kernels);
    add_signs(kernels);
    add_integers(kernels);
}

}  // namespace hanok::engine

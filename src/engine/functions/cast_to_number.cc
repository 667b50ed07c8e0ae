// Kernels of casts to numbers. The last arguments: the mode (0 raises, 1 gives NULL, 2 is legacy)
// and, for messages, the source's type.

#include <cmath>
#include <limits>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/cast_error.h"
#include "engine/functions/cast_groups.h"
#include "engine/functions/text_parsers.h"
#include "types/value.h"

namespace hanok::engine {

void raise_invalid_input(std::string_view text, std::string_view target) {
    bool is_datetime = target == "DATE" || target.starts_with("TIME") ||
                       target.starts_with("INTERVAL");
    auto kind = is_datetime           ? ErrorKind::kDateTime
                : target == "BOOLEAN" ? ErrorKind::kRuntime
                                      : ErrorKind::kNumberFormat;
    std::string quoted = "'";
    for (char c : text) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    raise(Error(kind, "CAST_INVALID_INPUT",
        {{"expression", quoted + "'"}, {"sourceType", "\"STRING\""},
            {"targetType", "\"" + std::string(target) + "\""},
            {"ansiConfig", "\"spark.sql.ansi.enabled\""}}));
}

void raise_cast_overflow(
    const std::string& value, std::string_view source, std::string_view target) {
    raise(arithmetic_error(
        "CAST_OVERFLOW", {{"value", value}, {"sourceType", "\"" + std::string(source) + "\""},
                             {"targetType", "\"" + std::string(target) + "\""},
                             {"ansiConfig", "\"spark.sql.ansi.enabled\""}}));
}

namespace {

constexpr int8_t kRaise = 0;
constexpr int8_t kNull = 1;
constexpr int8_t kLegacy = 2;

template <class T>
constexpr const char* kSqlName = "";
template <>
constexpr const char* kSqlName<int8_t> = "TINYINT";
template <>
constexpr const char* kSqlName<int16_t> = "SMALLINT";
template <>
constexpr const char* kSqlName<int32_t> = "INT";
template <>
constexpr const char* kSqlName<int64_t> = "BIGINT";

template <class T>
bool in_range(Int128 x) {
    return x >= std::numeric_limits<T>::min() && x <= std::numeric_limits<T>::max();
}

std::string integer_literal(int64_t x, std::string_view source) {
    std::string suffix = source == "BIGINT"     ? "L"
                         : source == "SMALLINT" ? "S"
                         : source == "TINYINT"  ? "Y"
                                                : "";
    return std::to_string(x) + suffix;
}

template <class T>
std::optional<T> from_integer(int64_t x, int8_t mode, std::string_view source) {
    // Without ANSI mode numbers wrap around, times give NULL, and intervals raise all the same.
    bool is_time = source.starts_with("TIME");
    bool wraps = mode == kLegacy && !is_time && !source.starts_with("INTERVAL");
    if (in_range<T>(x) || wraps) return static_cast<T>(x);
    if (mode == kNull || (mode == kLegacy && is_time)) return std::nullopt;
    raise_cast_overflow(integer_literal(x, source), source, kSqlName<T>);
}

// As Java's narrowing of floating-point numbers: saturating at INT or BIGINT, then wrapping.
template <class T>
T legacy_from_double(double x) {
    using Step = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;
    if (std::isnan(x)) return 0;
    if (x >= static_cast<double>(std::numeric_limits<Step>::max()))
        return static_cast<T>(std::numeric_limits<Step>::max());
    if (x <= static_cast<double>(std::numeric_limits<Step>::min()))
        return static_cast<T>(std::numeric_limits<Step>::min());
    return static_cast<T>(static_cast<Step>(x));
}

template <class T>
std::optional<T> from_double(double x, int8_t mode, std::string_view source) {
    if (mode == kLegacy) return legacy_from_double<T>(x);
    double limit = std::ldexp(1.0, sizeof(T) * 8 - 1);
    if (std::floor(x) < limit && std::ceil(x) >= -limit) return static_cast<T>(x);
    if (mode == kNull) return std::nullopt;
    auto text = source == "FLOAT" ? types::float_to_string(static_cast<float>(x))
                                  : types::double_to_string(x) + "D";
    raise_cast_overflow(text, source, kSqlName<T>);
}

template <class T>
std::optional<T> from_string(std::string_view text, int8_t mode) {
    auto x = parse_integer(text, mode == kLegacy);
    if (x && in_range<T>(*x)) return static_cast<T>(*x);
    if (mode == kRaise) raise_invalid_input(text, kSqlName<T>);
    return std::nullopt;
}

template <class T>
std::optional<T> from_decimal(Int128 value, int32_t scale, int8_t mode, std::string_view source) {
    auto whole = scale > 0 ? value / power_of_ten(scale) : value;
    if (in_range<T>(whole)) return static_cast<T>(whole);
    if (mode == kLegacy) return static_cast<T>(whole);
    if (mode == kNull) return std::nullopt;
    raise_cast_overflow(types::decimal_to_string(value, scale) + "BD", source, kSqlName<T>);
}

template <class T>
void add_integer_target(KernelSet& kernels, const std::string& suffix) {
    auto name = "spark_cast_" + suffix;
    kernels.add(
        name,
        [](int64_t x, int8_t mode, std::string_view source) {
            return from_integer<T>(x, mode, source);
        },
        Fallible::kYes);
    kernels.add(
        name,
        [](double x, int8_t mode, std::string_view source) {
            return from_double<T>(x, mode, source);
        },
        Fallible::kYes);
    kernels.add(
        name, [](std::string_view text, int8_t mode) { return from_string<T>(text, mode); },
        Fallible::kYes);
    kernels.add(
        name,
        [](Int128 x, int32_t scale, int8_t mode, std::string_view source) {
            return from_decimal<T>(x, scale, mode, source);
        },
        Fallible::kYes);
}

// A number that does not fit the decimal: an error or NULL.
std::optional<Int128> out_of_range(const std::string& text, int32_t type, int8_t mode) {
    if (mode == kRaise) raise_decimal_out_of_range(text, type / 100, type % 100);
    return std::nullopt;
}

std::optional<Int128> decimal_from_text(
    std::string_view text, int32_t type, int8_t mode, bool is_string) {
    bool overflow = false;
    auto parsed = parse_decimal_text(text, &overflow);
    if (!parsed) {
        if (mode == kRaise && is_string) {
            raise_invalid_input(text,
                "DECIMAL(" + std::to_string(type / 100) + "," + std::to_string(type % 100) + ")");
        }
        return std::nullopt;
    }
    if (overflow) return out_of_range(std::string(text), type, mode);
    auto value = parsed->unscaled;
    int scale = parsed->scale;
    for (; scale < 0 && value != 0; ++scale) {
        if (__builtin_mul_overflow(value, Int128(10), &value))
            return out_of_range(std::string(text), type, mode);
    }
    if (scale < 0) scale = 0;
    if (scale > 76) return Int128(0);
    if (auto fitted = rescale(value, scale, type % 100, type / 100)) return fitted;
    return out_of_range(types::decimal_to_string(value, scale), type, mode);
}

// `type` is precision * 100 + scale.
void add_decimal_target(KernelSet& kernels) {
    kernels.add(
        "spark_cast_decimal",
        [](Int128 x, int32_t scale, int32_t type, int8_t mode) -> std::optional<Int128> {
            if (auto fitted = rescale(x, scale, type % 100, type / 100)) return fitted;
            return out_of_range(types::decimal_to_string(x, scale), type, mode);
        },
        Fallible::kYes);
    kernels.add(
        "spark_cast_decimal",
        [](double x, int32_t type, int8_t mode) -> std::optional<Int128> {
            if (!std::isfinite(x)) return std::nullopt;  // in ANSI mode, too
            return decimal_from_text(types::double_to_string(x), type, mode, false);
        },
        Fallible::kYes);
    kernels.add(
        "spark_cast_decimal",
        [](float x, int32_t type, int8_t mode) -> std::optional<Int128> {
            if (!std::isfinite(x)) return std::nullopt;
            return decimal_from_text(
                types::double_to_string(static_cast<double>(x)), type, mode, false);
        },
        Fallible::kYes);
    kernels.add(
        "spark_cast_decimal",
        [](std::string_view text, int32_t type, int8_t mode) {
            return decimal_from_text(text, type, mode, true);
        },
        Fallible::kYes);
}

void add_real_targets(KernelSet& kernels) {
    kernels.add(
        "spark_cast_double",
        [](std::string_view text, int8_t mode) -> std::optional<double> {
            auto x = parse_double(text);
            if (!x && mode == kRaise) raise_invalid_input(text, "DOUBLE");
            return x;
        },
        Fallible::kYes);
    kernels.add(
        "spark_cast_float",
        [](std::string_view text, int8_t mode) -> std::optional<float> {
            auto x = parse_float(text);
            if (!x && mode == kRaise) raise_invalid_input(text, "FLOAT");
            return x;
        },
        Fallible::kYes);
    kernels.add("spark_decimal_to_double", [](Int128 x, int32_t scale) -> double {
        return std::strtod(types::decimal_to_string(x, scale).c_str(), nullptr);
    });
    kernels.add("spark_double_to_float", [](double x) -> float { return static_cast<float>(x); });
    kernels.add(
        "spark_cast_boolean",
        [](std::string_view text, int8_t mode) -> std::optional<bool> {
            auto x = parse_boolean(text);
            if (!x && mode == kRaise) raise_invalid_input(text, "BOOLEAN");
            return x;
        },
        Fallible::kYes);
}

}  // namespace

void add_casts_to_numbers(KernelSet& kernels) {
    add_integer_target<int8_t>(kernels, "tinyint");
    add_integer_target<int16_t>(kernels, "smallint");
    add_integer_target<int32_t>(kernels, "int");
    add_integer_target<int64_t>(kernels, "bigint");
    add_decimal_target(kernels);
    add_real_targets(kernels);
}

}  // namespace hanok::engine

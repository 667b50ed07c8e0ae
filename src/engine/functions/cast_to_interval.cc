// Kernels of casts to and from intervals, and of integers to binary.

#include <cmath>
#include <limits>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/cast_error.h"
#include "engine/functions/cast_groups.h"
#include "engine/functions/decimal_math.h"
#include "engine/functions/interval_text.h"

namespace hanok::engine {

namespace {

constexpr int8_t kRaise = 0;

types::TypePtr interval_type(bool is_year_month, int32_t fields) {
    return is_year_month ? types::DataType::year_month_interval(fields / 10, fields % 10)
                         : types::DataType::day_time_interval(fields / 10, fields % 10);
}

std::optional<int64_t> from_text(
    std::string_view text, int32_t fields, int8_t mode, bool is_year_month) {
    auto type = interval_type(is_year_month, fields);
    auto value = parse_ansi_interval(text, *type);
    if (!value && mode == kRaise) {
        raise(Error(ErrorKind::kIllegalArgument,
            std::string("INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING") +
                (is_year_month ? "" : "_WITH_NOTICE"),
            {{"input", std::string(text)},
                {"intervalStr", is_year_month ? "year-month" : "day-time"},
                {"typeName", types::to_lower(type->sql())},
                {"supportedFormat", "`" + type->sql() + "`"}, {"intervalUnit", ""}}));
    }
    return value;
}

template <class T>
std::string big_endian(T value) {
    std::string out(sizeof(T), '\0');
    for (size_t i = 0; i < sizeof(T); ++i)
        out[i] = static_cast<char>(value >> (8 * (sizeof(T) - 1 - i)));
    return out;
}

}  // namespace

void add_casts_to_interval(KernelSet& kernels) {
    kernels.add(
        "spark_cast_year_month",
        [](std::string_view text, int32_t fields, int8_t mode) -> std::optional<int32_t> {
            auto value = from_text(text, fields, mode, true);
            if (!value) return std::nullopt;
            return static_cast<int32_t>(*value);
        },
        Fallible::kYes);
    kernels.add(
        "spark_cast_day_time",
        [](std::string_view text, int32_t fields, int8_t mode) {
            return from_text(text, fields, mode, false);
        },
        Fallible::kYes);
    kernels.add(
        "spark_cast_interval",
        [](std::string_view text, int8_t mode) -> std::optional<Interval> {
            auto value = parse_calendar_interval(text);
            if (value) return Interval{value->months, value->days, value->microseconds};
            if (mode == kRaise) raise_invalid_input(text, "INTERVAL");
            return std::nullopt;
        },
        Fallible::kYes);
    // A number of units (micros each, or months each) as an interval.
    kernels.add(
        "spark_interval_of_units",
        [](int64_t count, int64_t unit, int8_t mode) -> std::optional<int64_t> {
            int64_t out = 0;
            if (!__builtin_mul_overflow(count, unit, &out)) return out;
            if (mode == kRaise)
                raise_cast_overflow(std::to_string(count) + "L", "BIGINT", "INTERVAL");
            return std::nullopt;
        },
        Fallible::kYes);
    kernels.add(
        "spark_months_of_units",
        [](int64_t count, int64_t unit, int8_t mode) -> std::optional<int32_t> {
            int64_t out = 0;
            if (!__builtin_mul_overflow(count, unit, &out) && out == static_cast<int32_t>(out))
                return static_cast<int32_t>(out);
            if (mode == kRaise)
                raise_cast_overflow(std::to_string(count), "INT", "INTERVAL YEAR TO MONTH");
            return std::nullopt;
        },
        Fallible::kYes);
    kernels.add("spark_big_endian", [](int8_t x) { return Blob{big_endian(x)}; });
    kernels.add("spark_big_endian", [](int16_t x) { return Blob{big_endian(x)}; });
    kernels.add("spark_big_endian", [](int32_t x) { return Blob{big_endian(x)}; });
    kernels.add("spark_big_endian", [](int64_t x) { return Blob{big_endian(x)}; });
}

void add_casts(KernelSet& kernels) {
    add_decimal_conversions(kernels);
    add_casts_to_numbers(kernels);
    add_casts_to_text(kernels);
    add_casts_to_datetime(kernels);
    add_casts_to_interval(kernels);
}

}  // namespace hanok::engine

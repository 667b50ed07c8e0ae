// Kernels of casts to and from dates and times. Time zones come as their names; modes: 0 raises,
// else NULL.

#include <cmath>
#include <limits>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/cast_error.h"
#include "engine/functions/cast_groups.h"
#include "engine/functions/text_parsers.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

constexpr int8_t kRaise = 0;

template <class R, class T>
std::optional<R> result(
    const std::optional<T>& value, std::string_view text, int8_t mode, const char* target) {
    if (value) return R{*value};
    if (mode == kRaise) raise_invalid_input(text, target);
    return std::nullopt;
}

void add_from_text(KernelSet& kernels) {
    kernels.add(
        "spark_cast_date",
        [](std::string_view text, int8_t mode) {
            return result<Date>(parse_date(text), text, mode, "DATE");
        },
        Fallible::kYes);
    kernels.add(
        "spark_cast_timestamp",
        [](std::string_view text, std::string_view zone, int64_t now, int8_t mode) {
            return result<Instant>(
                parse_timestamp(text, TimeZone::get(zone), now), text, mode, "TIMESTAMP");
        },
        Fallible::kYes);
    kernels.add(
        "spark_cast_timestamp_ntz",
        [](std::string_view text, int8_t mode) {
            return result<LocalTime>(parse_timestamp_ntz(text), text, mode, "TIMESTAMP_NTZ");
        },
        Fallible::kYes);
    kernels.add(
        "spark_cast_time",
        [](std::string_view text, int8_t mode) {
            return result<TimeOfDay>(parse_time(text), text, mode, "TIME(6)");
        },
        Fallible::kYes);
}

// Instants and local times through the session's zone.
void add_zone_conversions(KernelSet& kernels) {
    kernels.add("spark_instant_to_local", [](Instant t, std::string_view zone) {
        return LocalTime{TimeZone::get(zone).to_local(t.micros)};
    });
    kernels.add("spark_local_to_instant", [](LocalTime t, std::string_view zone) {
        return Instant{TimeZone::get(zone).to_utc(t.micros)};
    });
    // Not fallible to the optimizer: filters need not stay above joins for dates that far away.
    kernels.add("spark_date_to_instant", [](Date d, std::string_view zone) {
        return Instant{TimeZone::get(zone).to_utc(day_start(d.days))};
    });
    kernels.add("spark_instant_to_date", [](Instant t, std::string_view zone) {
        return Date{static_cast<int32_t>(
            floor_divide(TimeZone::get(zone).to_local(t.micros), kMicrosPerDay))};
    });
    kernels.add("spark_date_to_local", [](Date d) { return LocalTime{day_start(d.days)}; });
    kernels.add("spark_local_to_date", [](LocalTime t) {
        return Date{static_cast<int32_t>(floor_divide(t.micros, kMicrosPerDay))};
    });
    kernels.add("spark_local_to_time",
        [](LocalTime t) { return TimeOfDay{floor_modulo(t.micros, kMicrosPerDay)}; });
}

[[noreturn]] void raise_not_finite(const std::string& value) {
    raise(Error(ErrorKind::kDateTime, "CAST_INVALID_INPUT",
        {{"expression", value + "D"}, {"sourceType", "\"DOUBLE\""}, {"targetType", "\"TIMESTAMP\""},
            {"ansiConfig", "\"spark.sql.ansi.enabled\""}}));
}

// Microseconds of a number of seconds with `scale` digits behind the point; all of them count.
Instant exact_seconds(Int128 unscaled, int32_t scale) {
    constexpr int kMicroDigits = 6;
    for (int i = scale; i < kMicroDigits; ++i) {
        if (__builtin_mul_overflow(unscaled, Int128{10}, &unscaled)) raise_overflow("Overflow");
    }
    for (int i = kMicroDigits; i < scale; ++i) {
        if (unscaled % 10 != 0) raise_overflow("Rounding necessary");
        unscaled /= 10;
    }
    if (unscaled != static_cast<int64_t>(unscaled)) raise_overflow("Overflow");
    return Instant{static_cast<int64_t>(unscaled)};
}

// Seconds since the epoch.
void add_number_conversions(KernelSet& kernels) {
    kernels.add(
        "spark_decimal_seconds_to_instant",
        [](Int128 unscaled, int32_t scale) { return exact_seconds(unscaled, scale); },
        Fallible::kYes);
    kernels.add(
        "spark_seconds_to_instant",
        [](int64_t seconds, int8_t mode) -> std::optional<Instant> {
            int64_t micros = 0;
            if (!__builtin_mul_overflow(seconds, kMicrosPerSecond, &micros)) return Instant{micros};
            if (mode == kRaise) raise_overflow("long overflow");
            bool negative = seconds < 0;
            return Instant{negative ? std::numeric_limits<int64_t>::min()
                                    : std::numeric_limits<int64_t>::max()};
        },
        Fallible::kYes);
    kernels.add(
        "spark_seconds_to_instant",
        [](double seconds, int8_t mode) -> std::optional<Instant> {
            if (!std::isfinite(seconds)) {
                if (mode == kRaise) raise_not_finite(types::double_to_string(seconds));
                return std::nullopt;
            }
            double micros = seconds * static_cast<double>(kMicrosPerSecond);
            if (std::fabs(micros) < 9.2233720368547748e18)
                return Instant{static_cast<int64_t>(micros)};
            if (mode == kRaise)
                raise_cast_overflow(types::double_to_string(seconds) + "D", "DOUBLE", "TIMESTAMP");
            return Instant{micros < 0 ? std::numeric_limits<int64_t>::min()
                                      : std::numeric_limits<int64_t>::max()};
        },
        Fallible::kYes);
    kernels.add("spark_instant_to_seconds",
        [](Instant t) -> int64_t { return floor_divide(t.micros, kMicrosPerSecond); });
    kernels.add("spark_instant_to_real", [](Instant t) -> double {
        return static_cast<double>(t.micros) / static_cast<double>(kMicrosPerSecond);
    });
    kernels.add("spark_instant_micros", [](Instant t) -> int64_t { return t.micros; });
    kernels.add("spark_instant_of_micros", [](int64_t micros) { return Instant{micros}; });
    kernels.add("spark_time_micros", [](TimeOfDay t) -> int64_t { return t.micros; });
}

}  // namespace

void add_casts_to_datetime(KernelSet& kernels) {
    add_from_text(kernels);
    add_zone_conversions(kernels);
    add_number_conversions(kernels);
}

}  // namespace hanok::engine

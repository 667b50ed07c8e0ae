// Kernels of + - * / over dates, timestamps and intervals. The last argument is the mode: 0 raises,
// 1 gives NULL, 2 is legacy. Time zones come as their names; "" for TIMESTAMP_NTZ.

#include <cmath>
#include <limits>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/decimal_math.h"
#include "engine/functions/groups.h"
#include "engine/functions/time_zone.h"
#include "types/datetime_text.h"

namespace hanok::engine {

namespace {

constexpr int8_t kNull = 1;

template <class T>
std::optional<T> overflow(int8_t mode, const char* what, const char* alternative = "") {
    if (mode != kNull) raise_overflow(what, alternative);
    return std::nullopt;
}

int64_t days_in_month(int64_t year, unsigned month) {
    static const int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

// The same day of a later month, or its last day.
int64_t plus_months(int64_t days, int64_t months) {
    int64_t year = 0;
    unsigned month = 0, day = 0;
    types::civil_from_days(days, &year, &month, &day);
    int64_t total = year * 12 + static_cast<int64_t>(month) - 1 + months;
    year = floor_divide(total, 12);
    month = static_cast<unsigned>(floor_modulo(total, 12)) + 1;
    auto last = static_cast<unsigned>(days_in_month(year, month));
    return types::days_from_civil(year, month, day > last ? last : day);
}

std::optional<Date> as_date(int64_t days, int8_t mode) {
    if (days != static_cast<int32_t>(days)) return overflow<Date>(mode, "integer overflow");
    return Date{static_cast<int32_t>(days)};
}

// Months and days move the local calendar; microseconds the instant.
std::optional<int64_t> moved(
    int64_t micros, int64_t months, int64_t days, int64_t rest, const TimeZone* zone, int8_t mode) {
    if (months != 0 || days != 0) {
        auto local = zone ? zone->to_local(micros) : micros;
        auto day = floor_divide(local, kMicrosPerDay);
        auto in_day = floor_modulo(local, kMicrosPerDay);
        if (months != 0) day = plus_months(day, months);
        day += days;
        if (__builtin_mul_overflow(day, kMicrosPerDay, &local) ||
            __builtin_add_overflow(local, in_day, &local)) {
            return overflow<int64_t>(mode, "long overflow");
        }
        micros = zone ? zone->to_utc(local) : local;
    }
    if (__builtin_add_overflow(micros, rest, &micros))
        return overflow<int64_t>(mode, "long overflow");
    return micros;
}

template <class T>
std::optional<T> wrap(std::optional<int64_t> micros) {
    if (!micros) return std::nullopt;
    return T{*micros};
}

const TimeZone* zone_of(std::string_view name) {
    return name.empty() ? nullptr : &TimeZone::get(name);
}

void add_dates(KernelSet& kernels) {
    kernels.add("spark_plus_days", [](Date d, int32_t n, int8_t) {
        return Date{static_cast<int32_t>(static_cast<uint32_t>(d.days) + static_cast<uint32_t>(n))};
    });
    kernels.add("spark_minus_days", [](Date d, int32_t n, int8_t) {
        return Date{static_cast<int32_t>(static_cast<uint32_t>(d.days) - static_cast<uint32_t>(n))};
    });
    kernels.add(
        "spark_date_add_days",
        [](Date d, int64_t micros, int8_t mode) {
            return as_date(d.days + micros / kMicrosPerDay, mode);
        },
        Fallible::kYes);
    kernels.add(
        "spark_date_add_months",
        [](Date d, int32_t months, int8_t mode) {
            return as_date(plus_months(d.days, months), mode);
        },
        Fallible::kYes);
    kernels.add(
        "spark_date_add_interval",
        [](Date d, Interval i, int8_t mode) -> std::optional<Date> {
            if (i.micros != 0) {
                if (mode == kNull) return std::nullopt;
                if (mode == 0) {
                    raise(Error(ErrorKind::kIllegalArgument,
                        "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION",
                        {{"ansiConfig", "\"spark.sql.ansi.enabled\""}}));
                }
            }
            return as_date(plus_months(d.days, i.months) + i.days + i.micros / kMicrosPerDay, mode);
        },
        Fallible::kYes);
    kernels.add("spark_subtract_dates", [](Date a, Date b, int8_t) -> int64_t {
        return (int64_t(a.days) - b.days) * kMicrosPerDay;
    });
}

template <class T>
void add_timestamps(KernelSet& kernels) {
    kernels.add(
        "spark_timestamp_add_months",
        [](T t, int32_t months, std::string_view zone, int8_t mode) {
            return wrap<T>(moved(t.micros, months, 0, 0, zone_of(zone), mode));
        },
        Fallible::kYes);
    kernels.add(
        "spark_timestamp_add_interval",
        // Whole days are days of the zone's clock.
        [](T t, int64_t micros, std::string_view zone, int8_t mode) {
            auto days = micros / kMicrosPerDay;
            auto rest = micros - days * kMicrosPerDay;
            return wrap<T>(
                moved(t.micros, 0, static_cast<int32_t>(days), rest, zone_of(zone), mode));
        },
        Fallible::kYes);
    kernels.add(
        "spark_timestamp_add_interval",
        [](T t, Interval i, std::string_view zone, int8_t mode) {
            return wrap<T>(moved(t.micros, i.months, i.days, i.micros, zone_of(zone), mode));
        },
        Fallible::kYes);
    kernels.add(
        "spark_subtract_timestamps",
        [](T a, T b, std::string_view name, int8_t mode) -> std::optional<int64_t> {
            const auto* zone = zone_of(name);
            int64_t out = 0;
            auto x = zone ? zone->to_local(a.micros) : a.micros;
            auto y = zone ? zone->to_local(b.micros) : b.micros;
            if (__builtin_sub_overflow(x, y, &out)) return overflow<int64_t>(mode, "long overflow");
            return out;
        },
        Fallible::kYes);
}

void add_times(KernelSet& kernels) {
    kernels.add(
        "spark_time_add_interval",
        [](TimeOfDay t, int64_t micros, int8_t mode) -> std::optional<TimeOfDay> {
            int64_t out = 0;
            if (__builtin_add_overflow(t.micros, micros, &out) || out < 0 || out >= kMicrosPerDay) {
                if (mode == kNull) return std::nullopt;
                raise(Error(ErrorKind::kDateTime, "DATETIME_OVERFLOW",
                    {{"operation", "add " + std::to_string(micros) + " microseconds to a time"}}));
            }
            return TimeOfDay{out};
        },
        Fallible::kYes);
    // Digits behind the seconds that a precision does not keep are cut off.
    kernels.add("spark_time_precision", [](TimeOfDay t, int32_t digits) {
        int64_t step = 1;
        for (int i = digits; i < 6; ++i) step *= 10;
        return TimeOfDay{t.micros - t.micros % step};
    });
    kernels.add("spark_subtract_times",
        [](TimeOfDay a, TimeOfDay b, int8_t) -> int64_t { return a.micros - b.micros; });
}

template <class T>
void add_negation(KernelSet& kernels) {
    const char* what = sizeof(T) == 8 ? "long overflow" : "integer overflow";
    kernels.add(
        "spark_interval_negative",
        [what](T a, int8_t mode) -> std::optional<T> {
            T out;
            if (!__builtin_sub_overflow(T{0}, a, &out)) return out;
            if (mode == kNull) return std::nullopt;
            raise(arithmetic_error(
                "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", {{"message", what}}));
        },
        Fallible::kYes);
}

template <class T>
void add_sums(KernelSet& kernels) {
    const char* what = sizeof(T) == 8 ? "long overflow" : "integer overflow";
    kernels.add(
        "spark_interval_add",
        [what](T a, T b, int8_t mode) -> std::optional<T> {
            T out;
            if (!__builtin_add_overflow(a, b, &out)) return out;
            if (mode == kNull) return std::nullopt;
            raise(arithmetic_error("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION",
                {{"functionName", "`try_add`"}, {"message", what}}));
        },
        Fallible::kYes);
    kernels.add(
        "spark_interval_subtract",
        [what](T a, T b, int8_t mode) -> std::optional<T> {
            T out;
            if (!__builtin_sub_overflow(a, b, &out)) return out;
            if (mode == kNull) return std::nullopt;
            raise(arithmetic_error("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION",
                {{"functionName", "`try_subtract`"}, {"message", what}}));
        },
        Fallible::kYes);
    kernels.add(
        "spark_interval_div",
        [](T a, T b, int8_t mode) -> std::optional<int64_t> {
            if (b == 0) {
                if (mode == kNull) return std::nullopt;
                raise_interval_divided_by_zero();
            }
            if (b == -1 && a == std::numeric_limits<T>::min())
                return overflow<int64_t>(mode, "Overflow in integral divide", "try_divide");
            return static_cast<int64_t>(a / b);
        },
        Fallible::kYes);
    // By a whole number, by a double (rounded half up), by a decimal.
    kernels.add(
        "spark_interval_multiply",
        [](T a, int64_t n, int8_t mode) -> std::optional<T> {
            T out;
            if (!__builtin_mul_overflow(a, n, &out)) return out;
            return overflow<T>(
                mode, sizeof(T) == 8 ? "long overflow" : "integer overflow", "try_multiply");
        },
        Fallible::kYes);
    kernels.add(
        "spark_interval_divide",
        [](T a, int64_t n, int8_t mode) -> std::optional<T> {
            if (n == 0) {
                if (mode == kNull) return std::nullopt;
                raise_interval_divided_by_zero();
            }
            if (n == -1 && a == std::numeric_limits<T>::min()) {
                if (mode == kNull) return std::nullopt;
                raise(arithmetic_error("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION",
                    {{"functionName", "`try_divide`"}, {"message", "Interval value overflows"}}));
            }
            auto out = decimal_divide(a, 0, n, 0, 38, 0);
            if (out && *out == static_cast<T>(*out)) return static_cast<T>(*out);
            return overflow<T>(
                mode, sizeof(T) == 8 ? "long overflow" : "integer overflow", "try_divide");
        },
        Fallible::kYes);
}

template <class T>
std::optional<T> rounded(double x, int8_t mode, const char* alternative) {
    double limit = std::ldexp(1.0, sizeof(T) * 8 - 1);
    double out = x < 0 ? std::ceil(x - 0.5) : std::floor(x + 0.5);
    if (out >= -limit && out < limit) return static_cast<T>(out);
    return overflow<T>(mode, sizeof(T) == 8 ? "long overflow" : "integer overflow", alternative);
}

template <class T>
void add_real_factors(KernelSet& kernels) {
    kernels.add(
        "spark_interval_multiply",
        [](T a, double n, int8_t mode) {
            return rounded<T>(static_cast<double>(a) * n, mode, "try_multiply");
        },
        Fallible::kYes);
    kernels.add(
        "spark_interval_divide",
        [](T a, double n, int8_t mode) -> std::optional<T> {
            if (n == 0) {
                if (mode == kNull) return std::nullopt;
                raise_interval_divided_by_zero();
            }
            return rounded<T>(static_cast<double>(a) / n, mode, "try_divide");
        },
        Fallible::kYes);
    kernels.add(
        "spark_interval_multiply_decimal",
        [](T a, Int128 n, int32_t scale, int8_t mode) -> std::optional<T> {
            auto out = decimal_multiply(a, 0, n, scale, 38, 0);
            if (out && *out == static_cast<T>(*out)) return static_cast<T>(*out);
            return overflow<T>(
                mode, sizeof(T) == 8 ? "long overflow" : "integer overflow", "try_multiply");
        },
        Fallible::kYes);
    kernels.add(
        "spark_interval_divide_decimal",
        [](T a, Int128 n, int32_t scale, int8_t mode) -> std::optional<T> {
            if (n == 0) {
                if (mode == kNull) return std::nullopt;
                raise_interval_divided_by_zero();
            }
            auto out = decimal_divide(a, 0, n, scale, 38, 0);
            if (out && *out == static_cast<T>(*out)) return static_cast<T>(*out);
            return overflow<T>(
                mode, sizeof(T) == 8 ? "long overflow" : "integer overflow", "try_divide");
        },
        Fallible::kYes);
}

// Fractions of months are dropped; fractions of days become time.
std::optional<Interval> scaled(Interval i, double factor, int8_t mode) {
    double months = std::trunc(static_cast<double>(i.months) * factor);
    double exact_days = static_cast<double>(i.days) * factor;
    double days = std::trunc(exact_days);
    double micros = static_cast<double>(i.micros) * factor +
                    (exact_days - days) * static_cast<double>(kMicrosPerDay);
    auto whole = rounded<int64_t>(micros, mode, "");
    if (std::fabs(months) > 2147483647.0 || std::fabs(days) > 2147483647.0)
        return overflow<Interval>(mode, "integer overflow");
    if (!whole) return std::nullopt;
    return Interval{static_cast<int32_t>(months), static_cast<int32_t>(days), *whole};
}

void add_calendar_intervals(KernelSet& kernels) {
    for (int sign : {1, -1}) {
        kernels.add(
            sign > 0 ? "spark_interval_add" : "spark_interval_subtract",
            [sign](Interval a, Interval b, int8_t mode) -> std::optional<Interval> {
                Interval out = a;
                int64_t micros = 0;
                int32_t months = 0, days = 0;
                bool bad = __builtin_mul_overflow(b.months, sign, &months) ||
                           __builtin_add_overflow(a.months, months, &out.months);
                bad = bad || __builtin_mul_overflow(b.days, sign, &days) ||
                      __builtin_add_overflow(a.days, days, &out.days);
                bad = bad || __builtin_mul_overflow(b.micros, int64_t(sign), &micros) ||
                      __builtin_add_overflow(a.micros, micros, &out.micros);
                if (bad) return overflow<Interval>(mode, "integer overflow");
                return out;
            },
            Fallible::kYes);
    }
    kernels.add(
        "spark_negative",
        [](Interval a, int8_t) {
            return Interval{-a.months, -a.days, -a.micros};
        },
        Fallible::kYes);
    kernels.add(
        "spark_interval_multiply",
        [](Interval a, double n, int8_t mode) { return scaled(a, n, mode); }, Fallible::kYes);
    kernels.add(
        "spark_interval_divide",
        [](Interval a, double n, int8_t mode) -> std::optional<Interval> {
            if (n == 0) {
                if (mode != 0) return std::nullopt;
                raise_interval_divided_by_zero();
            }
            return scaled(a, 1 / n, mode);
        },
        Fallible::kYes);
}

}  // namespace

void add_interval_arithmetic(KernelSet& kernels) {
    add_dates(kernels);
    add_timestamps<Instant>(kernels);
    add_timestamps<LocalTime>(kernels);
    add_times(kernels);
    add_negation<int32_t>(kernels);
    add_negation<int64_t>(kernels);
    add_sums<int32_t>(kernels);
    add_sums<int64_t>(kernels);
    add_real_factors<int32_t>(kernels);
    add_real_factors<int64_t>(kernels);
    add_calendar_intervals(kernels);
}

}  // namespace hanok::engine

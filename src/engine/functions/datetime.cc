// Dates and timestamps: parts, truncation, parsing and formatting by patterns.

#include <cmath>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/datetime.h"
#include "engine/functions/java_pattern.h"
#include "engine/types/logical_types.h"
#include "types/datetime_text.h"
#include "types/value.h"

namespace hanok::engine {

using duckdb::LogicalType;
using duckdb::Value;
using types::TypeId;

namespace {

struct Civil {
    int64_t year = 0;
    unsigned month = 0;
    unsigned day = 0;
    explicit Civil(int64_t days) { types::civil_from_days(days, &year, &month, &day); }
};

int64_t days_in_month(int64_t year, unsigned month) {
    return types::days_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
           types::days_from_civil(year, month, 1);
}

int iso_day(int64_t days) { return static_cast<int>(floor_modulo(days + 3, 7)) + 1; }

int iso_week(int64_t days) {
    int64_t thursday = days - (iso_day(days) - 4);
    return static_cast<int>((thursday - types::days_from_civil(Civil(thursday).year, 1, 1)) / 7) +
           1;
}

std::string lower(std::string_view text) { return types::to_lower(std::string(text)); }

// The first day of the unit that holds the day; nullopt for units that are no part of a date.
std::optional<int64_t> truncate_days(int64_t days, const std::string& unit) {
    Civil c(days);
    if (unit == "year" || unit == "yyyy" || unit == "yy")
        return types::days_from_civil(c.year, 1, 1);
    if (unit == "quarter") return types::days_from_civil(c.year, (c.month - 1) / 3 * 3 + 1, 1);
    if (unit == "month" || unit == "mon" || unit == "mm")
        return types::days_from_civil(c.year, c.month, 1);
    if (unit == "week") return days - (iso_day(days) - 1);
    return std::nullopt;
}

std::optional<int64_t> truncate_micros(int64_t local, const std::string& unit) {
    int64_t days = floor_divide(local, kMicrosPerDay);
    if (auto day = truncate_days(days, unit)) return *day * kMicrosPerDay;
    int64_t step = unit == "day" || unit == "dd" ? kMicrosPerDay
                   : unit == "hour"              ? 3600000000
                   : unit == "minute"            ? 60000000
                   : unit == "second"            ? kMicrosPerSecond
                   : unit == "millisecond"       ? 1000
                   : unit == "microsecond"       ? 1
                                                 : 0;
    if (step == 0) return std::nullopt;
    return local - floor_modulo(local, step);
}

// Months between two wall clocks; whole where both stand on one day of the month or on month ends.
double months_between(int64_t a, int64_t b, bool round_off) {
    int64_t day_a = floor_divide(a, kMicrosPerDay);
    int64_t day_b = floor_divide(b, kMicrosPerDay);
    Civil x(day_a);
    Civil y(day_b);
    auto months = static_cast<double>(
        (x.year - y.year) * 12 + static_cast<int>(x.month) - static_cast<int>(y.month));
    bool ends = x.day == days_in_month(x.year, x.month) && y.day == days_in_month(y.year, y.month);
    if (x.day == y.day || ends) return months;
    double seconds = static_cast<double>(
                         (static_cast<int>(x.day) - static_cast<int>(y.day)) * 86400LL) +
                     static_cast<double>((a - day_a * kMicrosPerDay) / kMicrosPerSecond -
                                         (b - day_b * kMicrosPerDay) / kMicrosPerSecond);
    double result = months + seconds / (31.0 * 86400.0);
    return round_off ? std::round(result * 1e8) / 1e8 : result;
}

int day_of_week(std::string_view name) {
    std::string text = lower(name);
    for (int d = 1; d <= 7; ++d) {
        std::string full = lower(day_name(d));
        if (text == full || text == full.substr(0, 3) || text == full.substr(0, 2)) return d;
    }
    return 0;
}

Error cannot_parse(ErrorKind kind, std::string_view text) {
    return Error(kind, "CANNOT_PARSE_TIMESTAMP",
        {{"func", "`try_to_timestamp`"},
            {"message", "Text '" + std::string(text) + "' could not be parsed"}});
}

std::optional<JavaPattern::Parsed> parse_text(
    std::string_view text, std::string_view pattern, bool ansi) {
    auto parsed = JavaPattern::get(pattern).parse(text);
    if (!parsed && ansi) raise(cannot_parse(ErrorKind::kDateTime, text));
    return parsed;
}

std::optional<JavaPattern::Parsed> parse_time_text(
    std::string_view text, std::string_view pattern, bool ansi) {
    auto parsed = JavaPattern::get(pattern).parse(text);
    if (parsed || !ansi) return parsed;
    raise(Error(ErrorKind::kDateTime, "CANNOT_PARSE_TIME",
        {{"input", "'" + std::string(text) + "'"}, {"format", "'" + std::string(pattern) + "'"}}));
}

std::optional<int64_t> instant_of(
    const std::optional<JavaPattern::Parsed>& parsed, std::string_view zone) {
    if (!parsed) return std::nullopt;
    if (parsed->offset_micros) return parsed->local_micros - *parsed->offset_micros;
    return TimeZone::get(parsed->zone.empty() ? zone : std::string_view(parsed->zone))
        .to_utc(parsed->local_micros);
}

[[noreturn]] void invalid_field(
    const char* field, int64_t value, const std::string& range, bool date) {
    raise(Error(ErrorKind::kDateTime,
        date ? "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION"
             : "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION",
        {{"rangeMessage", std::string("Invalid value for ") + field + " (valid values " + range +
                              "): " + std::to_string(value)},
            {"ansiConfig", "\"spark.sql.ansi.enabled\""}}));
}

std::optional<int64_t> make_days(int32_t year, int32_t month, int32_t day, bool ansi) {
    if (month < 1 || month > 12) {
        if (ansi) invalid_field("MonthOfYear", month, "1 - 12", true);
        return std::nullopt;
    }
    if (day < 1 || day > days_in_month(year, static_cast<unsigned>(month))) {
        if (ansi) invalid_field("DayOfMonth", day, "1 - 28/31", true);
        return std::nullopt;
    }
    return types::days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

std::optional<Date> make_date(int32_t year, int32_t month, int32_t day, bool ansi) {
    auto days = make_days(year, month, day, ansi);
    if (!days) return std::nullopt;
    if (*days != static_cast<int32_t>(*days)) raise_overflow("integer overflow");
    return Date{static_cast<int32_t>(*days)};
}

// `micros` are the seconds with their fraction; 60 is the next minute's 0.
std::optional<int64_t> make_local(int32_t year, int32_t month, int32_t day, int32_t hour,
    int32_t minute, int64_t micros, bool ansi) {
    auto days = make_days(year, month, day, ansi);
    if (!days) return std::nullopt;
    bool bad_hour = hour < 0 || hour > 23;
    bool bad_minute = minute < 0 || minute > 59;
    bool bad_second = micros < 0 || micros > 60 * kMicrosPerSecond;
    if (bad_hour || bad_minute || bad_second) {
        if (!ansi) return std::nullopt;
        if (bad_hour) invalid_field("HourOfDay", hour, "0 - 23", false);
        if (bad_minute) invalid_field("MinuteOfHour", minute, "0 - 59", false);
        if (micros > 60 * kMicrosPerSecond && micros < 61 * kMicrosPerSecond) {
            raise(Error(ErrorKind::kDateTime, "INVALID_FRACTION_OF_SECOND",
                {{"secAndMicros", types::decimal_to_string(micros, 6)}}));
        }
        invalid_field("SecondOfMinute", micros / kMicrosPerSecond, "0 - 59", false);
    }
    return day_start(*days) + (hour * 3600LL + minute * 60LL) * kMicrosPerSecond + micros;
}

}  // namespace

void add_datetime(KernelSet& k) {
    k.add("spark_last_day", [](Date d) -> Date {
        Civil c(d.days);
        return {static_cast<int32_t>(
            types::days_from_civil(c.year, c.month, 1) + days_in_month(c.year, c.month) - 1)};
    });
    k.add("spark_weekofyear", [](Date d) -> int32_t { return iso_week(d.days); });
    k.add("spark_dayname",
        [](Date d) -> std::string { return std::string(day_name(iso_day(d.days)), 3); });
    k.add("spark_monthname", [](Date d) -> std::string {
        return std::string(month_name(static_cast<int>(Civil(d.days).month)), 3);
    });
    k.add(
        "spark_next_day",
        [](Date d, std::string_view name, bool ansi) -> std::optional<Date> {
            int wanted = day_of_week(name);
            if (wanted == 0) {
                if (ansi)
                    raise(Error(ErrorKind::kIllegalArgument, "ILLEGAL_DAY_OF_WEEK",
                        {{"string", std::string(name)}}));
                return std::nullopt;
            }
            int ahead = static_cast<int>(floor_modulo(wanted - iso_day(d.days) - 1, 7)) + 1;
            return Date{d.days + ahead};
        },
        Fallible::kYes);
    k.add("spark_trunc", [](Date d, std::string_view unit) -> std::optional<Date> {
        auto days = truncate_days(d.days, lower(unit));
        if (!days) return std::nullopt;
        return Date{static_cast<int32_t>(*days)};
    });
    k.add("spark_date_trunc",
        [](std::string_view unit, Instant t, std::string_view zone) -> std::optional<Instant> {
            const auto& z = TimeZone::get(zone);
            auto local = truncate_micros(z.to_local(t.micros), lower(unit));
            if (!local) return std::nullopt;
            return Instant{z.to_utc(*local)};
        });
    k.add("spark_months_between", [](LocalTime a, LocalTime b, bool round_off) -> double {
        return months_between(a.micros, b.micros, round_off);
    });
}

void add_datetime_text(KernelSet& k) {
    k.add(
        "spark_date_format",
        [](Instant t, std::string_view pattern, std::string_view zone) -> std::string {
            int64_t offset = TimeZone::get(zone).offset_micros(t.micros);
            return JavaPattern::get(pattern).format(t.micros + offset, offset, zone);
        },
        Fallible::kYes);
    k.add(
        "spark_parse_date",
        [](std::string_view text, std::string_view pattern, bool ansi) -> std::optional<Date> {
            auto parsed = parse_text(text, pattern, ansi);
            if (!parsed) return std::nullopt;
            return Date{static_cast<int32_t>(floor_divide(parsed->local_micros, kMicrosPerDay))};
        },
        Fallible::kYes);
    k.add(
        "spark_parse_timestamp",
        [](std::string_view text, std::string_view pattern, std::string_view zone,
            bool ansi) -> std::optional<Instant> {
            auto micros = instant_of(parse_text(text, pattern, ansi), zone);
            if (!micros) return std::nullopt;
            return Instant{*micros};
        },
        Fallible::kYes);
    k.add(
        "spark_parse_timestamp_ntz",
        [](std::string_view text, std::string_view pattern, bool ansi) -> std::optional<LocalTime> {
            auto parsed = parse_text(text, pattern, ansi);
            if (!parsed) return std::nullopt;
            return LocalTime{parsed->local_micros};
        },
        Fallible::kYes);
    k.add(
        "spark_parse_time",
        [](std::string_view text, std::string_view pattern, bool ansi) -> std::optional<TimeOfDay> {
            auto parsed = parse_time_text(text, pattern, ansi);
            if (!parsed) return std::nullopt;
            return TimeOfDay{floor_modulo(parsed->local_micros, kMicrosPerDay)};
        },
        Fallible::kYes);
    k.add(
        "spark_make_date",
        [](int32_t y, int32_t m, int32_t d, bool ansi) { return make_date(y, m, d, ansi); },
        Fallible::kYes);
    k.add(
        "spark_make_local",
        [](int32_t y, int32_t mo, int32_t d, int32_t h, int32_t mi, int64_t micros,
            bool ansi) -> std::optional<LocalTime> {
            auto local = make_local(y, mo, d, h, mi, micros, ansi);
            if (!local) return std::nullopt;
            return LocalTime{*local};
        },
        Fallible::kYes);
    k.add(
        "spark_local_in_zone",
        [](LocalTime t, std::string_view zone) -> Instant {
            return {TimeZone::get(zone).to_utc(t.micros)};
        },
        Fallible::kYes);
    k.add(
        "spark_shift_zone",
        [](LocalTime t, std::string_view from, std::string_view to) -> LocalTime {
            return {TimeZone::get(to).to_local(TimeZone::get(from).to_utc(t.micros))};
        },
        Fallible::kYes);
    k.add(
        "spark_from_utc",
        [](Instant t, std::string_view zone) -> Instant {
            return {TimeZone::get(zone).to_local(t.micros)};
        },
        Fallible::kYes);
    k.add(
        "spark_to_utc",
        [](Instant t, std::string_view zone) -> Instant {
            return {TimeZone::get(zone).to_utc(t.micros)};
        },
        Fallible::kYes);
    k.add(
        "spark_micros_to_instant",
        [](int64_t x, int64_t factor) -> Instant {
            int64_t micros = 0;
            if (__builtin_mul_overflow(x, factor, &micros))
                raise(Error(ErrorKind::kArithmetic, "ARITHMETIC_OVERFLOW",
                    {{"message", "long overflow"}, {"alternative", ""},
                        {"config", "\"spark.sql.ansi.enabled\""}}));
            return {micros};
        },
        Fallible::kYes);
}

}  // namespace hanok::engine

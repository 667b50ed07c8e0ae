// Months added to dates, intervals and times of day made from their parts, and units added to
// instants.

#include "engine/functions/datetime.h"
#include "engine/functions/time_zone.h"
#include "types/data_type.h"
#include "types/datetime_text.h"

namespace hanok::engine {

namespace {

// The same day of another month, or that month's last one.
int64_t plus_months(int64_t days, int64_t months) {
    int64_t year = 0;
    unsigned month = 0;
    unsigned day = 0;
    types::civil_from_days(days, &year, &month, &day);
    int64_t total = year * 12 + (static_cast<int64_t>(month) - 1) + months;
    int64_t y = floor_divide(total, 12);
    auto m = static_cast<unsigned>(floor_modulo(total, 12)) + 1;
    auto first = types::days_from_civil(y, m, 1);
    auto next = types::days_from_civil(m == 12 ? y + 1 : y, m == 12 ? 1 : m + 1, 1);
    return first + std::min<int64_t>(day, next - first) - 1;
}

[[noreturn]] void raise_overflow() {
    raise(Error(ErrorKind::kArithmetic, "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", {}));
}

// Sums with a check; throws where 64 bits do not hold the result.
class Sum {
public:
    Sum& add(__int128 count, int64_t unit) {
        total_ += count * unit;
        return *this;
    }
    int64_t in(int64_t low, int64_t high) const {
        if (total_ < low || total_ > high) raise_overflow();
        return static_cast<int64_t>(total_);
    }
    bool fits(int64_t low, int64_t high) const { return total_ >= low && total_ <= high; }

private:
    __int128 total_ = 0;
};

// A unit of timestampadd: so many months, or so many microseconds.
struct Unit {
    int64_t months = 0;
    int64_t days = 0;
    int64_t micros = 0;
};

Unit unit_named(std::string_view text) {
    auto name = types::to_upper(std::string(text));
    if (name == "YEAR") return {.months = 12};
    if (name == "QUARTER") return {.months = 3};
    if (name == "MONTH") return {.months = 1};
    if (name == "WEEK") return {.days = 7};
    if (name == "DAY" || name == "DAYOFYEAR") return {.days = 1};
    if (name == "HOUR") return {.micros = 3600 * kMicrosPerSecond};
    if (name == "MINUTE") return {.micros = 60 * kMicrosPerSecond};
    if (name == "SECOND") return {.micros = kMicrosPerSecond};
    if (name == "MILLISECOND") return {.micros = 1000};
    if (name == "MICROSECOND") return {.micros = 1};
    raise(Error(ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.DATETIME_UNIT",
        {{"functionName", "`timestampadd`"}, {"parameter", "`unit`"},
            {"invalidValue", std::string(text)}}));
}

int64_t later(std::string_view unit_name, int64_t n, int64_t micros, const TimeZone* zone) {
    auto unit = unit_named(unit_name);
    if (unit.micros != 0) return Sum().add(n, unit.micros).add(micros, 1).in(INT64_MIN, INT64_MAX);
    auto local = zone ? zone->to_local(micros) : micros;
    if (unit.months != 0) {
        local = plus_months_of(local, Sum().add(n, unit.months).in(-12 * 600000, 12 * 600000));
    } else {
        local = Sum().add(n, unit.days * kMicrosPerDay).add(local, 1).in(INT64_MIN, INT64_MAX);
    }
    return zone ? zone->to_utc(local) : local;
}

int64_t whole_units(std::string_view unit_name, int64_t from, int64_t to, const TimeZone& zone) {
    auto unit = unit_named(unit_name);
    if (unit.micros != 0) return (to - from) / unit.micros;
    auto a = zone.to_local(from);
    auto b = zone.to_local(to);
    if (unit.days != 0) return (b - a) / (unit.days * kMicrosPerDay);
    int64_t year = 0;
    unsigned month = 0;
    unsigned day = 0;
    auto months_of = [&](int64_t local) {
        types::civil_from_days(floor_divide(local, kMicrosPerDay), &year, &month, &day);
        return year * 12 + static_cast<int64_t>(month);
    };
    auto months = months_of(b) - months_of(a);
    // Not whole yet: one less in the direction of the difference.
    if (months > 0 && plus_months_of(a, months) > b) --months;
    if (months < 0 && plus_months_of(a, months) < b) ++months;
    return months / unit.months;
}

int64_t time_unit(std::string_view text, const char* function) {
    auto name = types::to_upper(std::string(text));
    if (name == "HOUR") return 3600 * kMicrosPerSecond;
    if (name == "MINUTE") return 60 * kMicrosPerSecond;
    if (name == "SECOND") return kMicrosPerSecond;
    if (name == "MILLISECOND") return 1000;
    if (name == "MICROSECOND") return 1;
    raise(Error(ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.TIME_UNIT",
        {{"functionName", std::string("`") + function + "`"}, {"parameter", "`unit`"},
            {"invalidValue", "'" + std::string(text) + "'"}}));
}

void check_field(const char* name, int64_t value, int64_t end) {
    if (value >= 0 && value < end) return;
    raise(Error(ErrorKind::kDateTime, "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION",
        {{"rangeMessage", "Invalid value for " + std::string(name) + " (valid values 0 - " +
                              std::to_string(end - 1) + "): " + std::to_string(value)}}));
}

void add_times_of_day(KernelSet& k) {
    k.add(
        "spark_make_time",
        [](int32_t hour, int32_t minute, int64_t micros) {
            check_field("HourOfDay", hour, 24);
            check_field("MinuteOfHour", minute, 60);
            check_field("SecondOfMinute", floor_divide(micros, kMicrosPerSecond), 60);
            return TimeOfDay{
                (hour * int64_t{3600} + minute * int64_t{60}) * kMicrosPerSecond + micros};
        },
        Fallible::kYes);
    k.add(
        "spark_time_diff",
        [](std::string_view unit, TimeOfDay a, TimeOfDay b) -> int64_t {
            return (b.micros - a.micros) / time_unit(unit, "time_diff");
        },
        Fallible::kYes);
    k.add(
        "spark_time_trunc",
        [](std::string_view unit, TimeOfDay t) {
            return TimeOfDay{t.micros - t.micros % time_unit(unit, "time_trunc")};
        },
        Fallible::kYes);
    k.add("spark_time_to_micros", [](TimeOfDay t) -> int64_t { return t.micros; });
    k.add("spark_time_to_millis", [](TimeOfDay t) -> int64_t { return t.micros / 1000; });
    for (int64_t unit : {1, 1000}) {
        k.add(
            unit == 1 ? "spark_time_from_micros" : "spark_time_from_millis",
            [unit](int64_t n) {
                check_field(unit == 1 ? "MicroOfDay" : "MilliOfDay", n, kMicrosPerDay / unit);
                return TimeOfDay{n * unit};
            },
            Fallible::kYes);
    }
    k.add("spark_time_of_clock", [](LocalTime t, int32_t precision) {
        int64_t step = 1;
        for (int i = precision; i < 6; ++i) step *= 10;
        auto micros = floor_modulo(t.micros, kMicrosPerDay);
        return TimeOfDay{micros - micros % step};
    });
}

}  // namespace

int64_t plus_months_of(int64_t local, int64_t months) {
    auto day = floor_divide(local, kMicrosPerDay);
    return plus_months(day, months) * kMicrosPerDay + (local - day * kMicrosPerDay);
}

void add_interval_making(KernelSet& k) {
    add_times_of_day(k);
    k.add("spark_add_months", [](Date d, int32_t months) {
        return Date{static_cast<int32_t>(plus_months(d.days, months))};
    });
    k.add(
        "spark_make_ym_interval",
        [](int32_t years, int32_t months) -> int32_t {
            return static_cast<int32_t>(
                Sum().add(years, 12).add(months, 1).in(INT32_MIN, INT32_MAX));
        },
        Fallible::kYes);
    k.add(
        "spark_make_dt_interval",
        [](int32_t days, int32_t hours, int32_t minutes, int64_t micros) -> int64_t {
            Sum sum;
            sum.add(days, kMicrosPerDay)
                .add(hours, 3600 * kMicrosPerSecond)
                .add(minutes, 60 * kMicrosPerSecond)
                .add(micros, 1);
            return sum.in(INT64_MIN, INT64_MAX);
        },
        Fallible::kYes);
    k.add(
        "spark_make_interval",
        [](int32_t years, int32_t months, int32_t weeks, int32_t days, int32_t hours,
            int32_t minutes, int64_t micros, bool ansi) -> std::optional<Interval> {
            Sum m;
            m.add(years, 12).add(months, 1);
            Sum d;
            d.add(weeks, 7).add(days, 1);
            Sum rest;
            rest.add(hours, 3600 * kMicrosPerSecond)
                .add(minutes, 60 * kMicrosPerSecond)
                .add(micros, 1);
            bool fits = m.fits(INT32_MIN, INT32_MAX) && d.fits(INT32_MIN, INT32_MAX) &&
                        rest.fits(INT64_MIN, INT64_MAX);
            if (!fits && !ansi) return std::nullopt;
            return Interval{static_cast<int32_t>(m.in(INT32_MIN, INT32_MAX)),
                static_cast<int32_t>(d.in(INT32_MIN, INT32_MAX)), rest.in(INT64_MIN, INT64_MAX)};
        },
        Fallible::kYes);
    k.add(
        "spark_timestampadd",
        [](std::string_view unit, int64_t n, Instant t, std::string_view zone) {
            return Instant{later(unit, n, t.micros, &TimeZone::get(zone))};
        },
        Fallible::kYes);
    k.add(
        "spark_timestampadd",
        [](std::string_view unit, int64_t n, LocalTime t, std::string_view) {
            return LocalTime{later(unit, n, t.micros, nullptr)};
        },
        Fallible::kYes);
    k.add(
        "spark_timestampdiff",
        [](std::string_view unit, Instant a, Instant b, std::string_view zone) -> int64_t {
            return whole_units(unit, a.micros, b.micros, TimeZone::get(zone));
        },
        Fallible::kYes);
}

}  // namespace hanok::engine

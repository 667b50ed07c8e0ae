#include "types/hybrid_calendar.h"

#include <algorithm>

#include "types/datetime_text.h"

namespace hanok::types {

namespace {

constexpr int64_t kMicrosOfDay = 86400000000;
constexpr int64_t kMicrosOfSecond = 1000000;
// Days from 0000-03-01 to 1970-01-01, both Julian.
constexpr int64_t kJulianEpoch = 719470;
constexpr int64_t kDaysOfFourYears = 1461;

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Years begin in March, so that the leap day is the last one.
void julian_from_days(int64_t days, int64_t* year, unsigned* month, unsigned* day) {
    int64_t shifted = days + kJulianEpoch;
    int64_t cycle = floor_div(shifted, kDaysOfFourYears);
    int64_t of_cycle = shifted - cycle * kDaysOfFourYears;
    int64_t of_year = std::min<int64_t>(of_cycle / 365, 3);
    int64_t day_of_year = of_cycle - of_year * 365;
    int64_t march_month = (5 * day_of_year + 2) / 153;
    *day = static_cast<unsigned>(day_of_year - (153 * march_month + 2) / 5 + 1);
    *month = static_cast<unsigned>(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = cycle * 4 + of_year + (*month <= 2 ? 1 : 0);
}

int64_t days_from_julian(int64_t year, unsigned month, unsigned day) {
    int64_t march_year = month <= 2 ? year - 1 : year;
    int64_t cycle = floor_div(march_year, 4);
    int64_t march_month = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    return cycle * kDaysOfFourYears + (march_year - cycle * 4) * 365 + day_of_year - kJulianEpoch;
}

// A zone's standard time, without summer time.
int64_t standard_offset_micros(const std::string& time_zone) {
    constexpr int64_t kWinter = 1893456000000000, kSummer = 1909094400000000;  // of 2030
    return kMicrosOfSecond *
           std::min(utc_offset_seconds(kWinter, time_zone), utc_offset_seconds(kSummer, time_zone));
}

}  // namespace

int64_t days_from_hybrid(int64_t days) {
    if (days >= kFirstGregorianDay) return days;
    int64_t year = 0;
    unsigned month = 0, day = 0;
    julian_from_days(days, &year, &month, &day);
    // The 29th of February of 1000, say, is the 1st of March.
    return days_from_civil(year, month, 1) + day - 1;
}

int64_t days_to_hybrid(int64_t days) {
    if (days >= kFirstGregorianDay) return days;
    int64_t year = 0;
    unsigned month = 0, day = 0;
    civil_from_days(days, &year, &month, &day);
    return std::min(days_from_julian(year, month, day), kFirstGregorianDay);
}

int64_t micros_from_hybrid(int64_t micros, const std::string& time_zone) {
    if (micros >= kFirstSharedMicros) return micros;
    int64_t local = micros + standard_offset_micros(time_zone);
    int64_t days = floor_div(local, kMicrosOfDay);
    int64_t of_day = local - days * kMicrosOfDay;
    return local_to_utc_micros(days_from_hybrid(days) * kMicrosOfDay + of_day, time_zone);
}

int64_t micros_to_hybrid(int64_t micros, const std::string& time_zone) {
    if (micros >= kFirstSharedMicros) return micros;
    int64_t local = micros + kMicrosOfSecond * utc_offset_seconds(micros, time_zone);
    int64_t days = floor_div(local, kMicrosOfDay);
    int64_t of_day = local - days * kMicrosOfDay;
    return days_to_hybrid(days) * kMicrosOfDay + of_day - standard_offset_micros(time_zone);
}

}  // namespace hanok::types

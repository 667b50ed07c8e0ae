#pragma once
// Dates, times and intervals as text, as Spark prints them.

#include <cstdint>
#include <string>

#include "types/data_type.h"

namespace hanok::types {

// "2024-02-29"; years beyond 9999 get a "+", before 0 a "-".
std::string date_to_string(int64_t days);
// "2024-02-29 12:34:56.789" without trailing zeros; wall-clock of a timestamp without zone.
std::string timestamp_ntz_to_string(int64_t micros);
// The same instant on the wall clock of `time_zone` (IANA name, "UTC", "+09:00", "GMT+9").
std::string timestamp_to_string(int64_t micros, const std::string& time_zone);
// "12:34:56.789" of nanoseconds since midnight.
std::string time_to_string(int64_t nanos);
// Offset of the zone from UTC at that instant, in seconds. Throws Error INVALID_TIMEZONE for
// unknown zones.
int64_t utc_offset_seconds(int64_t micros, const std::string& time_zone);
// The instant of a wall-clock time in the zone (gaps move forward, overlaps take the earlier
// offset).
int64_t local_to_utc_micros(int64_t local_micros, const std::string& time_zone);
// Days since the epoch from year, month 1-12, day; and back.
int64_t days_from_civil(int64_t year, unsigned month, unsigned day);
void civil_from_days(int64_t days, int64_t* year, unsigned* month, unsigned* day);

// "INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '1 02:03:04.5' DAY TO SECOND": how Spark prints ANSI
// intervals.
std::string interval_to_string(int64_t value, const DataType& type);

}  // namespace hanok::types

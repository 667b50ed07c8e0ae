#pragma once
// The calendar of Spark 2 and of Hive: Julian before 1582-10-15, Gregorian from then on. Spark 3
// and Hanok count in the proleptic Gregorian one. A date keeps its year, month and day, a timestamp
// its wall clock; days that only one calendar has move forward.

#include <cstdint>
#include <string>

namespace hanok::types {

// Days before this one, 1582-10-15, and instants before 1900-01-01T00:00:00Z may differ.
constexpr int64_t kFirstGregorianDay = -141427;
constexpr int64_t kFirstSharedMicros = -2208988800000000;

// Days since 1970-01-01 of a date of the hybrid calendar, as those of the same date of the
// proleptic one; and back.
int64_t days_from_hybrid(int64_t days);
int64_t days_to_hybrid(int64_t days);

// The same for instants with the wall clock of `time_zone`. The old calendar knew no local mean
// times: before 1900 its clocks show a zone's standard time of today.
int64_t micros_from_hybrid(int64_t micros, const std::string& time_zone);
int64_t micros_to_hybrid(int64_t micros, const std::string& time_zone);

}  // namespace hanok::types

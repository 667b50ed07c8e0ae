#pragma once
// Texts of interval literals. All functions throw Error INVALID_INTERVAL_FORMAT.… (no place in the
// statement yet).

#include <string>
#include <vector>

#include "types/value.h"

namespace hanok::sql {

// "1 year 2 months -3 days 4.5 seconds", maybe behind the word "interval".
types::CalendarInterval parse_interval_text(const std::string& text);

// '1-2' of YEAR TO MONTH: months.
int64_t parse_year_month(const std::string& text);

// '1 02:03:04.5' of DAY TO SECOND and the shorter forms: microseconds. Fields: 0 DAY, 1 HOUR, 2
// MINUTE, 3 SECOND.
int64_t parse_day_time(const std::string& text, int from, int to);

// Days and microseconds as microseconds; throws INTERVAL_ARITHMETIC_OVERFLOW.
int64_t duration_micros(const types::CalendarInterval& interval);

}  // namespace hanok::sql

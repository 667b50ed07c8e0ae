#pragma once
// Intervals as text, and from it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/data_type.h"
#include "types/value.h"

namespace hanok::engine {

// "1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds", as Spark shows calendar intervals.
std::string calendar_interval_to_string(int32_t months, int32_t days, int64_t micros);

// "INTERVAL '1-2' YEAR TO MONTH" or just '1-2'; months or microseconds. `type` says which fields.
std::optional<int64_t> parse_ansi_interval(std::string_view text, const types::DataType& type);

// "interval 1 year 2 days", "3 hours -4 minutes", "1.5 seconds".
std::optional<types::CalendarInterval> parse_calendar_interval(std::string_view text);

}  // namespace hanok::engine

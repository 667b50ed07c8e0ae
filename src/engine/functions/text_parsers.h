#pragma once
// Values from text, as Spark's CAST reads them. All trim white space and control characters at both
// ends.

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/functions/decimal_math.h"
#include "engine/functions/time_zone.h"

namespace hanok::engine {

std::string_view trim_all(std::string_view text);

// `allow_fraction`: "1.9" is 1 (legacy mode).
std::optional<int64_t> parse_integer(std::string_view text, bool allow_fraction);
std::optional<double> parse_double(std::string_view text);
std::optional<float> parse_float(std::string_view text);
std::optional<bool> parse_boolean(std::string_view text);

struct ParsedDecimal {
    Int128 unscaled;
    int scale;  // may be negative
};
// nullopt when it is no number; `overflow` is set when it is one beyond 38 digits before the point.
std::optional<ParsedDecimal> parse_decimal_text(std::string_view text, bool* overflow);

// Days since the epoch.
std::optional<int32_t> parse_date(std::string_view text);
// Microseconds of an instant; without a zone in the text, in `zone`. A text with only a time is
// today's.
std::optional<int64_t> parse_timestamp(
    std::string_view text, const TimeZone& zone, int64_t now_micros);
// A zone in the text is ignored.
std::optional<int64_t> parse_timestamp_ntz(std::string_view text);
// Microseconds since midnight.
std::optional<int64_t> parse_time(std::string_view text);

}  // namespace hanok::engine

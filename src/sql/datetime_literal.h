#pragma once
// Texts of DATE, TIMESTAMP and TIME literals, by Spark's rules for casts from strings.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hanok::sql {

struct DateTimeText {
    int64_t days = 0;
    int64_t micros_of_day = 0;
    bool has_time = false;
    std::string zone;  // "" if none was given
};

// "2020", "2020-1", "2020-01-02" and, with `allow_time`, a time and a zone behind them. nullopt if
// it is none. Without `allow_time` anything may follow the day after a blank or a 'T'.
std::optional<DateTimeText> parse_date_time(std::string_view text, bool allow_time);

// "12:34:56.789", "12:34", "1:02 PM": nanoseconds since midnight.
std::optional<int64_t> parse_time_of_day(std::string_view text);

}  // namespace hanok::sql

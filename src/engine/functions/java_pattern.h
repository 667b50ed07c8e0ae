#pragma once
// Java's date-time patterns as Spark uses them ("yyyy-MM-dd HH:mm:ss.SSS"): formatting and parsing.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/time_zone.h"

namespace hanok::engine {

// What stands before patterns where spark.sql.legacy.timeParserPolicy is LEGACY.
inline constexpr char kLegacyMark = '\1';

class LegacyPattern;

class JavaPattern {
public:
    // Kept by the calling thread. Raises
    // INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION for letters Spark does not
    // take, DATETIME_WEEK_BASED_PATTERN for week-based ones.
    static const JavaPattern& get(std::string_view pattern);

    // `local_micros` is the wall clock; `offset_micros` its distance from UTC in `zone`.
    std::string format(int64_t local_micros, int64_t offset_micros, std::string_view zone) const;

    struct Parsed {
        int64_t local_micros = 0;
        std::optional<int64_t> offset_micros;  // the text named an offset
        std::string zone;                      // or a region
    };
    // nullopt when the text does not match or names no date.
    std::optional<Parsed> parse(std::string_view text) const;

private:
    struct Item {
        char letter = 0;  // 0: literal text; '[' and ']' bound optional sections
        int count = 0;
        std::string text;
    };
    struct Fields;

    explicit JavaPattern(std::string_view pattern);
    void format_item(const Item& item, int64_t local, int64_t offset, std::string_view zone,
        std::string& out) const;
    bool parse_items(size_t item, std::string_view text, size_t& at, Fields& fields) const;
    bool parse_item(const Item& item, bool followed_by_number, std::string_view text, size_t& at,
        Fields& fields) const;
    bool next_is_number(size_t item) const;

    std::vector<Item> items_;
    std::shared_ptr<const LegacyPattern> legacy_;  // reads and writes instead, if there is one
};

// "Monday"; 1 is Monday. "January"; 1 is January.
const char* day_name(int iso_day);
const char* month_name(int month);

}  // namespace hanok::engine

#pragma once
// Patterns of java.text.SimpleDateFormat, which Spark uses when
// spark.sql.legacy.timeParserPolicy is LEGACY: seconds have milliseconds and nothing finer, numbers
// take as many digits as there are, text behind what the pattern reads is not looked at.

#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/java_pattern.h"

namespace hanok::engine {

class LegacyPattern {
public:
    // Raises INVALID_DATETIME_PATTERN.WITH_SUGGESTION for letters that SimpleDateFormat has not.
    explicit LegacyPattern(std::string_view pattern);

    std::string format(int64_t local_micros, int64_t offset_micros, std::string_view zone) const;
    std::optional<JavaPattern::Parsed> parse(std::string_view text) const;

private:
    struct Item {
        char letter = 0;  // 0: literal text
        int count = 0;
        std::string text;
    };
    struct Fields;

    // The next item is a number too: this one takes its count of digits and no more.
    bool abuts_number(size_t item) const;

    std::vector<Item> items_;
};

}  // namespace hanok::engine

#pragma once
// The number formats of to_char and to_number: 0 9 . D , G $ S MI PR.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/decimal_math.h"

namespace hanok::engine {

class NumberFormat {
public:
    // Parsed once per thread; raises INVALID_FORMAT.* for a malformed one.
    static const NumberFormat& get(std::string_view format);

    // nullopt when the text does not match; the value has `scale()` digits behind the point.
    std::optional<Int128> parse(std::string_view text) const;
    std::string print(Int128 unscaled, int scale) const;
    int scale() const { return static_cast<int>(fraction_.size()); }

private:
    enum class Token : char { kDigits, kPoint, kGroup, kDollar, kSign, kMinus, kOpen, kClose };
    explicit NumberFormat(std::string_view format);
    void check(std::string_view format) const;
    std::string overflow() const;

    std::vector<std::pair<Token, std::string>> tokens_;
    std::string integral_;  // digits of the format before the point
    std::string fraction_;
};

}  // namespace hanok::engine

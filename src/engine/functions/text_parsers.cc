#include "engine/functions/text_parsers.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "types/datetime_text.h"

namespace hanok::engine {

namespace {

bool is_space(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
    if (a.size() != lower.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
        if (std::tolower(static_cast<unsigned char>(a[i])) != lower[i]) return false;
    }
    return true;
}

std::optional<double> special_number(std::string_view text) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (equals_ignoring_case(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
    double sign = 1;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        sign = text[0] == '-' ? -1 : 1;
        text.remove_prefix(1);
    }
    if (equals_ignoring_case(text, "inf") || equals_ignoring_case(text, "infinity"))
        return sign * kInfinity;
    return std::nullopt;
}

// Text of a number that strtod would read as Java's parseDouble does: digits, point, exponent, a
// final d or f.
template <class T>
std::optional<T> parse_floating(std::string_view text) {
    text = trim_all(text);
    if (text.empty()) return std::nullopt;
    if (auto special = special_number(text)) return static_cast<T>(*special);
    char last = text.back();
    if (text.size() > 1 && (last == 'd' || last == 'D' || last == 'f' || last == 'F'))
        text.remove_suffix(1);
    bool negative = text[0] == '-';
    if (negative || text[0] == '+') text.remove_prefix(1);
    if (text.empty() || !(is_digit(text[0]) || text[0] == '.')) return std::nullopt;
    T value{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        value = static_cast<T>(std::strtod(std::string(text).c_str(), nullptr));
    } else if (error != std::errc()) {
        return std::nullopt;
    }
    return negative ? -value : value;
}

bool is_valid_date(int64_t year, int64_t month, int64_t day) {
    if (month < 1 || month > 12 || day < 1) return false;
    static const int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

// What a date or timestamp text says.
struct Fields {
    int64_t year = 1970, month = 1, day = 1;
    int64_t hour = 0, minute = 0, second = 0, micros = 0;
    std::string_view zone;
    bool has_zone = false;
    bool only_time = false;

    // None for years of six digits that are out of range.
    std::optional<int64_t> local_micros() const {
        int64_t days = types::days_from_civil(
            year, static_cast<unsigned>(month), static_cast<unsigned>(day));
        int64_t in_day = ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond + micros;
        int64_t local = 0;
        if (__builtin_mul_overflow(days, kMicrosPerDay, &local) ||
            __builtin_add_overflow(local, in_day, &local)) {
            return std::nullopt;
        }
        return local;
    }
};

class FieldReader {
public:
    explicit FieldReader(std::string_view text) : text_(text) {}
    bool at_end() const { return at_ >= text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    bool skip(char c) {
        if (peek() != c || at_end()) return false;
        ++at_;
        return true;
    }
    // Between `least` and `most` digits.
    bool number(int least, int most, int64_t* out) {
        int digits = 0;
        *out = 0;
        while (is_digit(peek()) && digits <= most) {
            *out = *out * 10 + (text_[at_++] - '0');
            ++digits;
        }
        return digits >= least && digits <= most;
    }
    // Digits behind the point, cut after six.
    int64_t fraction() {
        int64_t value = 0;
        int digits = 0;
        for (; is_digit(peek()); ++at_) {
            if (digits < 6) {
                value = value * 10 + (text_[at_] - '0');
                ++digits;
            }
        }
        for (; digits < 6; ++digits) value *= 10;
        return value;
    }
    std::string_view rest() const { return text_.substr(at_); }
    size_t position() const { return at_; }

private:
    std::string_view text_;
    size_t at_ = 0;
};

bool read_time(FieldReader& reader, Fields* f) {
    if (!reader.number(1, 2, &f->hour)) return false;
    if (reader.skip(':')) {
        if (!reader.number(1, 2, &f->minute)) return false;
        if (reader.skip(':')) {
            if (!reader.number(1, 2, &f->second)) return false;
            if (reader.skip('.')) f->micros = reader.fraction();
            if (!reader.at_end()) {
                f->zone = trim_all(reader.rest());
                f->has_zone = true;
                reader = FieldReader("");
            }
        }
    }
    return reader.at_end() && f->hour < 24 && f->minute < 60 && f->second < 60;
}

// yyyy[-[m]m[-[d]d]]; stops before whatever follows the day.
bool read_date(FieldReader& reader, Fields* f, int max_year_digits) {
    bool negative = reader.peek() == '-';
    if (negative || reader.peek() == '+') reader.skip(reader.peek());
    if (!reader.number(4, max_year_digits, &f->year)) return false;
    if (negative) f->year = -f->year;
    if (reader.at_end()) return true;
    if (!reader.skip('-') || !reader.number(1, 2, &f->month)) return false;
    if (reader.at_end()) return f->month >= 1 && f->month <= 12;
    if (!reader.skip('-') || !reader.number(1, 2, &f->day)) return false;
    return is_valid_date(f->year, f->month, f->day);
}

bool read_timestamp(std::string_view text, Fields* f) {
    text = trim_all(text);
    if (text.empty()) return false;
    auto colon = text.find(':');
    bool time_first = text[0] == 'T' || (colon != std::string_view::npos && colon <= 2);
    FieldReader reader(text[0] == 'T' ? text.substr(1) : text);
    if (time_first) {
        f->only_time = true;
        return read_time(reader, f);
    }
    if (!read_date(reader, f, 6)) return false;
    if (reader.at_end()) return true;
    if (!reader.skip(' ') && !reader.skip('T')) return false;
    return read_time(reader, f);
}

}  // namespace

std::string_view trim_all(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::optional<int64_t> parse_integer(std::string_view text, bool allow_fraction) {
    text = trim_all(text);
    if (text.empty()) return std::nullopt;
    bool negative = text[0] == '-';
    if (negative || text[0] == '+') text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    int64_t value = 0;
    size_t i = 0;
    for (; i < text.size() && is_digit(text[i]); ++i) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, text[i] - '0', &value))
            return std::nullopt;
    }
    if (i < text.size()) {
        if (!allow_fraction || text[i] != '.') return std::nullopt;
        for (size_t j = i + 1; j < text.size(); ++j) {
            if (!is_digit(text[j])) return std::nullopt;
        }
        if (text.size() == 1) return std::nullopt;
    }
    if (negative) return value;
    if (value == std::numeric_limits<int64_t>::min()) return std::nullopt;
    return -value;
}

std::optional<double> parse_double(std::string_view text) { return parse_floating<double>(text); }
std::optional<float> parse_float(std::string_view text) { return parse_floating<float>(text); }

std::optional<bool> parse_boolean(std::string_view text) {
    text = trim_all(text);
    for (const auto* word : {"t", "true", "y", "yes", "1"}) {
        if (equals_ignoring_case(text, word)) return true;
    }
    for (const auto* word : {"f", "false", "n", "no", "0"}) {
        if (equals_ignoring_case(text, word)) return false;
    }
    return std::nullopt;
}

std::optional<ParsedDecimal> parse_decimal_text(std::string_view text, bool* overflow) {
    *overflow = false;
    text = trim_all(text);
    size_t i = 0;
    bool negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++i;
    Int128 value = 0;
    int scale = 0, digits = 0, dropped = 0;
    bool point = false, any = false, round_up_pending = false;
    for (; i < text.size(); ++i) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(text[i])) break;
        any = true;
        if (digits >= 38) {
            // Digits beyond the 38th: behind the point they only round.
            if (point) {
                if (dropped++ == 0) round_up_pending = text[i] >= '5';
            } else {
                ++dropped;
                --scale;
            }
            continue;
        }
        value = value * 10 + (text[i] - '0');
        if (value != 0) ++digits;
        if (point) ++scale;
    }
    if (!any) return std::nullopt;
    if (i < text.size()) {
        if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
        auto exponent = text.substr(i + 1);
        if (!exponent.empty() && exponent[0] == '+') exponent.remove_prefix(1);
        int power = 0;
        auto [end, error] = std::from_chars(
            exponent.data(), exponent.data() + exponent.size(), power);
        if (error != std::errc() || end != exponent.data() + exponent.size() || exponent.empty())
            return std::nullopt;
        scale -= power;
    }
    if (round_up_pending) ++value;
    if (scale < -38 && value != 0) *overflow = true;
    return ParsedDecimal{negative ? -value : value, scale};
}

std::optional<int32_t> parse_date(std::string_view text) {
    text = trim_all(text);
    if (text.empty()) return std::nullopt;
    FieldReader reader(text);
    Fields f;
    if (!read_date(reader, &f, 7)) return std::nullopt;
    if (!reader.at_end() && reader.peek() != ' ' && reader.peek() != 'T') return std::nullopt;
    auto days = types::days_from_civil(
        f.year, static_cast<unsigned>(f.month), static_cast<unsigned>(f.day));
    if (days > std::numeric_limits<int32_t>::max() || days < std::numeric_limits<int32_t>::min())
        return std::nullopt;
    return static_cast<int32_t>(days);
}

std::optional<int64_t> parse_timestamp(
    std::string_view text, const TimeZone& zone, int64_t now_micros) {
    Fields f;
    if (!read_timestamp(text, &f)) return std::nullopt;
    const TimeZone* own = &zone;
    if (f.has_zone) {
        own = TimeZone::find(f.zone);
        if (own == nullptr) return std::nullopt;
    }
    auto local = f.local_micros();
    if (!local) return std::nullopt;
    if (f.only_time)
        *local += floor_divide(own->to_local(now_micros), kMicrosPerDay) * kMicrosPerDay;
    return own->to_utc(*local);
}

std::optional<int64_t> parse_timestamp_ntz(std::string_view text) {
    Fields f;
    if (!read_timestamp(text, &f) || f.only_time) return std::nullopt;
    if (f.has_zone && TimeZone::find(f.zone) == nullptr) return std::nullopt;
    return f.local_micros();
}

std::optional<int64_t> parse_time(std::string_view text) {
    Fields f;
    text = trim_all(text);
    FieldReader reader(!text.empty() && text[0] == 'T' ? text.substr(1) : text);
    if (!read_time(reader, &f) || f.has_zone) return std::nullopt;
    return ((f.hour * 60 + f.minute) * 60 + f.second) * kMicrosPerSecond + f.micros;
}

}  // namespace hanok::engine

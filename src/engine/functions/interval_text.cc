#include "engine/functions/interval_text.h"

#include <cctype>
#include <limits>
#include <vector>

#include "engine/functions/text_parsers.h"
#include "types/datetime_text.h"

namespace hanok::engine {

namespace {

void append_unit(std::string& out, int64_t value, const char* unit) {
    if (value == 0) return;
    if (!out.empty()) out += ' ';
    out += std::to_string(value) + ' ' + unit;
}

std::string seconds_text(int64_t micros) {
    auto magnitude = micros < 0 ? 0ULL - static_cast<unsigned long long>(micros)
                                : static_cast<unsigned long long>(micros);
    std::string out = (micros < 0 ? "-" : "") + std::to_string(magnitude / 1000000);
    auto rest = magnitude % 1000000;
    if (rest == 0) return out;
    std::string digits = std::to_string(rest + 1000000).substr(1);
    while (digits.back() == '0') digits.pop_back();
    return out + "." + digits;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads unsigned digits; false when there are none or they overflow.
bool read_digits(std::string_view& text, int64_t* out) {
    if (text.empty() || !is_digit(text[0])) return false;
    *out = 0;
    while (!text.empty() && is_digit(text[0])) {
        if (__builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, text[0] - '0', out))
            return false;
        text.remove_prefix(1);
    }
    return true;
}

// Digits behind the point as microseconds.
bool read_micros(std::string_view& text, int64_t* out) {
    *out = 0;
    int digits = 0;
    while (!text.empty() && is_digit(text[0])) {
        if (digits < 6) *out = *out * 10 + (text[0] - '0');
        if (++digits > 9) return false;
        text.remove_prefix(1);
    }
    for (; digits < 6; ++digits) *out *= 10;
    return true;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

// The quoted part of INTERVAL [+-]'…' UNITS, with its sign; the text itself when it is no such
// literal.
bool unwrap(std::string_view& text, bool* negative) {
    *negative = false;
    if (text.size() < 8 || upper(text.substr(0, 8)) != "INTERVAL") return true;
    text = trim_all(text.substr(8));
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        *negative = text[0] == '-';
        text = trim_all(text.substr(1));
    }
    if (text.empty() || text[0] != '\'') return false;
    auto close = text.find('\'', 1);
    if (close == std::string_view::npos) return false;
    text = text.substr(1, close - 1);
    return true;
}

std::optional<int64_t> read_year_month(std::string_view text, const types::DataType& type) {
    int64_t first = 0, months = 0;
    if (!read_digits(text, &first)) return std::nullopt;
    if (type.start_field() == 1) {
        months = first;
    } else if (type.end_field() == 0) {
        months = first * 12;
    } else {
        int64_t rest = 0;
        if (text.empty() || text[0] != '-') return std::nullopt;
        text.remove_prefix(1);
        if (!read_digits(text, &rest) || rest > 11) return std::nullopt;
        months = first * 12 + rest;
    }
    if (!text.empty() || months > std::numeric_limits<int32_t>::max()) return std::nullopt;
    return months;
}

std::optional<int64_t> read_day_time(std::string_view text, const types::DataType& type) {
    static const int64_t kMicros[] = {86400000000LL, 3600000000LL, 60000000LL, 1000000LL};
    static const int64_t kLimits[] = {0, 23, 59, 59};
    int64_t total = 0;
    for (int field = type.start_field(); field <= type.end_field(); ++field) {
        if (field > type.start_field()) {
            char separator = field == 1 ? ' ' : ':';
            if (text.empty() || (text[0] != separator && !(field == 1 && text[0] == 'T')))
                return std::nullopt;
            text.remove_prefix(1);
        }
        int64_t value = 0, part = 0;
        if (!read_digits(text, &value)) return std::nullopt;
        if (field > type.start_field() && value > kLimits[field]) return std::nullopt;
        if (__builtin_mul_overflow(value, kMicros[field], &part) ||
            __builtin_add_overflow(total, part, &total))
            return std::nullopt;
        if (field == 3 && !text.empty() && text[0] == '.') {
            text.remove_prefix(1);
            if (!read_micros(text, &part)) return std::nullopt;
            total += part;
        }
    }
    if (!text.empty()) return std::nullopt;
    return total;
}

struct Unit {
    const char* name;
    int months, days;
    int64_t micros;
};

const Unit* find_unit(const std::string& name) {
    static const Unit units[] = {
        {"YEAR", 12, 0, 0},
        {"MONTH", 1, 0, 0},
        {"WEEK", 0, 7, 0},
        {"DAY", 0, 1, 0},
        {"HOUR", 0, 0, 3600000000LL},
        {"MINUTE", 0, 0, 60000000LL},
        {"SECOND", 0, 0, 1000000LL},
        {"MILLISECOND", 0, 0, 1000},
        {"MICROSECOND", 0, 0, 1},
    };
    for (const auto& unit : units) {
        if (name == unit.name || name == std::string(unit.name) + "S") return &unit;
    }
    return nullptr;
}

}  // namespace

std::string calendar_interval_to_string(int32_t months, int32_t days, int64_t micros) {
    std::string out;
    append_unit(out, months / 12, "years");
    append_unit(out, months % 12, "months");
    append_unit(out, days, "days");
    append_unit(out, micros / 3600000000LL, "hours");
    append_unit(out, micros / 60000000LL % 60, "minutes");
    auto rest = micros % 60000000LL;
    if (rest != 0) out += (out.empty() ? "" : " ") + seconds_text(rest) + " seconds";
    return out.empty() ? "0 seconds" : out;
}

std::optional<int64_t> parse_ansi_interval(std::string_view text, const types::DataType& type) {
    text = trim_all(text);
    bool negative = false;
    if (!unwrap(text, &negative)) return std::nullopt;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        negative = negative != (text[0] == '-');
        text.remove_prefix(1);
    }
    auto value = type.is(types::TypeId::kYearMonthInterval) ? read_year_month(text, type)
                                                            : read_day_time(text, type);
    if (!value) return std::nullopt;
    return negative ? -*value : *value;
}

std::optional<types::CalendarInterval> parse_calendar_interval(std::string_view text) {
    text = trim_all(text);
    if (text.size() >= 8 && upper(text.substr(0, 8)) == "INTERVAL") text = trim_all(text.substr(8));
    if (text.empty()) return std::nullopt;
    int64_t months = 0, days = 0, micros = 0;
    while (!text.empty()) {
        bool negative = text[0] == '-';
        if (negative || text[0] == '+') text = trim_all(text.substr(1));
        int64_t value = 0, fraction = 0;
        bool has_fraction = false;
        if (!text.empty() && text[0] != '.' && !read_digits(text, &value)) return std::nullopt;
        if (!text.empty() && text[0] == '.') {
            has_fraction = true;
            text.remove_prefix(1);
            if (!read_micros(text, &fraction)) return std::nullopt;
        }
        text = trim_all(text);
        size_t end = 0;
        while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end]))) ++end;
        const auto* unit = find_unit(upper(text.substr(0, end)));
        if (unit == nullptr || (has_fraction && std::string_view(unit->name) != "SECOND"))
            return std::nullopt;
        text = trim_all(text.substr(end));
        if (negative) {
            value = -value;
            fraction = -fraction;
        }
        int64_t part = 0;
        months += value * unit->months;
        days += value * unit->days;
        if (__builtin_mul_overflow(value, unit->micros, &part) ||
            __builtin_add_overflow(micros, part + fraction, &micros)) {
            return std::nullopt;
        }
    }
    if (months != static_cast<int32_t>(months) || days != static_cast<int32_t>(days))
        return std::nullopt;
    return types::CalendarInterval{
        static_cast<int32_t>(months), static_cast<int32_t>(days), micros};
}

}  // namespace hanok::engine

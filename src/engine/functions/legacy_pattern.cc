#include "engine/functions/legacy_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/clock.h"
#include "engine/functions/kernel.h"
#include "engine/functions/zone_names.h"
#include "types/datetime_text.h"

namespace hanok::engine {

namespace {

constexpr int64_t kMicrosPerMilli = 1000;
// 1582-10-15, the first day of the Gregorian calendar; older ones are of the Julian one.
constexpr int64_t kGregorianStart = -141427;

[[noreturn]] void invalid_pattern(std::string_view pattern) {
    raise(Error(ErrorKind::kRuntime, "INVALID_DATETIME_PATTERN.WITH_SUGGESTION",
        {{"pattern", "'" + std::string(pattern) + "'"},
            {"docroot", "https://spark.apache.org/docs/latest"}}));
}

std::string padded(int64_t value, int width) { return fmt::format("{:0{}}", value, width); }

bool same_text(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) ==
               std::tolower(static_cast<unsigned char>(y));
    });
}

int64_t julian_days(int64_t year, int64_t month, int64_t day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;
    // Days from 0000-03-01 of the Julian calendar, which is two days before that of the other one.
    return 365 * y + floor_divide(y, 4) + (153 * m + 2) / 5 + day - 1 - 719470;
}

struct Calendar {
    int64_t year = 0;
    unsigned month = 0, day = 0;
    int64_t days = 0, millis = 0;

    explicit Calendar(int64_t local_micros) {
        days = floor_divide(local_micros, kMicrosPerDay);
        millis = (local_micros - days * kMicrosPerDay) / kMicrosPerMilli;
        types::civil_from_days(days, &year, &month, &day);
    }
    int64_t continuous_days() const {
        return days < kGregorianStart ? julian_days(year, month, day) : days;
    }
    int iso_day() const { return static_cast<int>(floor_modulo(continuous_days() + 3, 7)) + 1; }
    int day_of_year() const {
        return static_cast<int>(days - types::days_from_civil(year, 1, 1)) + 1;
    }
    // Weeks begin on Sunday; the first one has the first day.
    int week(int of_days) const {
        int first = static_cast<int>(floor_modulo(iso_day() % 7 - (of_days - 1), 7));
        return (of_days - 1 + first) / 7 + 1;
    }
    // The week of the last days of December that has days of January.
    bool in_next_week_year() const {
        return month == 12 && day + static_cast<unsigned>(6 - iso_day() % 7) > 31;
    }
    int64_t hour() const { return millis / 3600000; }
};

const std::string kLetters = "GyYMLwWDdFEuaHkKhmsSzZX";
const std::string kNumbers = "yYwWDdFuHkKhmsS";

std::string offset_text(int64_t micros, bool with_minutes, bool colon) {
    int64_t minutes = std::abs(micros) / kMicrosPerSecond / 60;
    auto out = fmt::format("{}{:02}", micros < 0 ? "-" : "+", minutes / 60);
    if (with_minutes) out += fmt::format("{}{:02}", colon ? ":" : "", minutes % 60);
    return out;
}

std::string name_or_number(const char* name, int count, int64_t number) {
    if (count >= 4) return name;
    return count == 3 ? std::string(name, 3) : padded(number, count);
}

std::string field_text(char letter, int count, const Calendar& c, int64_t offset,
    std::string_view zone, int64_t local) {
    auto year = [&](int64_t value) {
        if (value <= 0) value = 1 - value;
        return count == 2 ? padded(value % 100, 2) : padded(value, count);
    };
    switch (letter) {
        case 'G': return c.year > 0 ? "AD" : "BC";
        case 'y': return year(c.year);
        case 'Y': return year(c.in_next_week_year() ? c.year + 1 : c.year);
        case 'M':
        case 'L': return name_or_number(month_name(static_cast<int>(c.month)), count, c.month);
        case 'w': return padded(c.in_next_week_year() ? 1 : c.week(c.day_of_year()), count);
        case 'W': return padded(c.week(static_cast<int>(c.day)), count);
        case 'D': return padded(c.day_of_year(), count);
        case 'd': return padded(c.day, count);
        case 'F': return padded((c.day - 1) / 7 + 1, count);
        case 'E': return count >= 4 ? day_name(c.iso_day()) : std::string(day_name(c.iso_day()), 3);
        case 'u': return padded(c.iso_day(), count);
        case 'a': return c.hour() < 12 ? "AM" : "PM";
        case 'H': return padded(c.hour(), count);
        case 'k': return padded(c.hour() == 0 ? 24 : c.hour(), count);
        case 'K': return padded(c.hour() % 12, count);
        case 'h': return padded(c.hour() % 12 == 0 ? 12 : c.hour() % 12, count);
        case 'm': return padded(c.millis / 60000 % 60, count);
        case 's': return padded(c.millis / 1000 % 60, count);
        case 'S': return padded(c.millis % 1000, count);
        case 'z':
            return count < 4 ? short_zone_name(zone, local, offset)
                             : long_zone_name(zone, local, offset);
        default: break;
    }
    auto standard = standardised_offset(zone, local, offset);
    if (letter == 'Z') return offset_text(standard, true, false);
    if (standard == 0) return "Z";
    return offset_text(standard, count > 1, count == 3);
}

}  // namespace

LegacyPattern::LegacyPattern(std::string_view pattern) {
    for (size_t i = 0; i < pattern.size();) {
        char c = pattern[i];
        if (c == '\'') {
            std::string text;
            bool open = true;
            if (pattern.substr(i, 2) == "''") text = "'", i += 2, open = false;
            for (i += open; open; ++i) {
                if (i >= pattern.size()) invalid_pattern(pattern);
                if (pattern[i] != '\'') {
                    text += pattern[i];
                } else if (pattern.substr(i, 2) == "''") {
                    text += pattern[i++];
                } else {
                    open = false;
                }
            }
            items_.push_back({0, 0, text});
            continue;
        }
        if (!std::isalpha(static_cast<unsigned char>(c))) {
            items_.push_back({0, 0, std::string(1, c)});
            ++i;
            continue;
        }
        int count = 0;
        while (i < pattern.size() && pattern[i] == c) ++count, ++i;
        bool known = kLetters.find(c) != std::string::npos && !(c == 'X' && count > 3);
        if (!known) invalid_pattern(pattern);
        items_.push_back({c, count, ""});
    }
}

std::string LegacyPattern::format(
    int64_t local_micros, int64_t offset_micros, std::string_view zone) const {
    Calendar calendar(local_micros);
    std::string out;
    for (const auto& item : items_) {
        out += item.letter == 0 ? item.text
                                : field_text(item.letter, item.count, calendar, offset_micros, zone,
                                      local_micros);
    }
    return out;
}

struct LegacyPattern::Fields {
    std::optional<int64_t> year, month, day, day_of_year, iso_day;
    int64_t hour = 0, half_hour = -1, minute = 0, second = 0, milli = 0;
    bool before_christ = false, afternoon = false;
    std::optional<int64_t> offset;
    std::string zone;
};

bool LegacyPattern::abuts_number(size_t item) const {
    if (item + 1 >= items_.size()) return false;
    const auto& next = items_[item + 1];
    bool month = (next.letter == 'M' || next.letter == 'L') && next.count <= 2;
    return next.letter != 0 && (month || kNumbers.find(next.letter) != std::string::npos);
}

namespace {

// Digits: `width` of them, or as many as there are for 0.
std::optional<int64_t> take_number(std::string_view text, size_t& at, int width) {
    if (width > 0 && at + static_cast<size_t>(width) > text.size()) return std::nullopt;
    size_t begin = at;
    int64_t value = 0;
    while (at < text.size() && (width == 0 || at - begin < static_cast<size_t>(width)) &&
           std::isdigit(static_cast<unsigned char>(text[at])) && value < 1000000000000) {
        value = value * 10 + (text[at++] - '0');
    }
    if (at == begin) return std::nullopt;
    return value;
}

// Full names come before short ones, in any case.
std::optional<int64_t> take_name(
    std::string_view text, size_t& at, const char* (*name_of)(int), int count) {
    for (bool full : {true, false}) {
        for (int i = 1; i <= count; ++i) {
            std::string_view name = name_of(i);
            if (!full) name = name.substr(0, 3);
            if (!same_text(text.substr(at, name.size()), name)) continue;
            at += name.size();
            return i;
        }
    }
    return std::nullopt;
}

// Two digits stand for the year nearest to now that ends so, at most 20 years ahead.
int64_t full_year(int64_t two_digits) {
    int64_t now = 0;
    unsigned month = 0;
    unsigned day = 0;
    types::civil_from_days(base::SystemClock().now_us() / kMicrosPerDay, &now, &month, &day);
    int64_t year = now - floor_modulo(now, 100) + two_digits;
    if (year > now + 20) year -= 100;
    if (year <= now - 80) year += 100;
    return year;
}

bool take_offset(std::string_view text, size_t& at, std::optional<int64_t>* offset) {
    if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return false;
    int sign = text[at++] == '-' ? -1 : 1;
    auto hours = take_number(text, at, 2);
    if (!hours || *hours > 23) return false;
    int64_t minutes = 0;
    size_t behind = at;
    if (behind < text.size() && text[behind] == ':') ++behind;
    if (auto given = take_number(text, behind, 2)) {
        if (*given > 59) return false;
        minutes = *given;
        at = behind;
    }
    *offset = sign * (*hours * 60 + minutes) * 60 * kMicrosPerSecond;
    return true;
}

bool take_zone(
    std::string_view text, size_t& at, std::optional<int64_t>* offset, std::string* zone) {
    if (text.substr(at, 1) == "Z") {
        *offset = 0;
        return ++at, true;
    }
    if (same_text(text.substr(at, 3), "GMT")) {
        *offset = 0;
        at += 3;
        take_offset(text, at, offset);
        return true;
    }
    if (take_offset(text, at, offset)) return true;
    size_t begin = at;
    while (at < text.size() && (std::isalpha(static_cast<unsigned char>(text[at])) ||
                                   text[at] == '/' || text[at] == '_'))
        ++at;
    *zone = std::string(text.substr(begin, at - begin));
    return TimeZone::find(*zone) != nullptr;
}

bool in_range(int64_t value, int64_t least, int64_t most) {
    return value >= least && value <= most;
}

// A number into its field, where it is one of this letter's.
template <class Fields>
bool put_number(char letter, int64_t n, Fields& f) {
    switch (letter) {
        case 'M':
        case 'L': f.month = n; return in_range(n, 1, 12);
        case 'd': f.day = n; return in_range(n, 1, 31);
        case 'D': f.day_of_year = n; return in_range(n, 1, 366);
        case 'u': f.iso_day = n; return in_range(n, 1, 7);
        case 'H': f.hour = n; return in_range(n, 0, 23);
        case 'k': f.hour = n % 24; return in_range(n, 1, 24);
        case 'K': f.half_hour = n; return in_range(n, 0, 11);
        case 'h': f.half_hour = n % 12; return in_range(n, 1, 12);
        case 'm': f.minute = n; return in_range(n, 0, 59);
        case 's': f.second = n; return in_range(n, 0, 59);
        case 'S': f.milli = n; return in_range(n, 0, 999);
        default: return in_range(n, 1, 53);  // weeks do not say which day
    }
}

template <class Fields>
bool take_field(char letter, int count, bool abuts, std::string_view text, size_t& at, Fields& f) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    if (at >= text.size()) return false;
    switch (letter) {
        case 'G':
            f.before_christ = same_text(text.substr(at, 2), "BC");
            if (!f.before_christ && !same_text(text.substr(at, 2), "AD")) return false;
            return at += 2, true;
        case 'a':
            f.afternoon = same_text(text.substr(at, 2), "PM");
            if (!f.afternoon && !same_text(text.substr(at, 2), "AM")) return false;
            return at += 2, true;
        case 'E': f.iso_day = take_name(text, at, day_name, 7); return f.iso_day.has_value();
        case 'z':
        case 'Z':
        case 'X': return take_zone(text, at, &f.offset, &f.zone);
        default: break;
    }
    if ((letter == 'M' || letter == 'L') && count >= 3) {
        f.month = take_name(text, at, month_name, 12);
        return f.month.has_value();
    }
    size_t begin = at;
    auto number = take_number(text, at, abuts ? count : 0);
    if (!number) return false;
    if (letter != 'y' && letter != 'Y') return put_number(letter, *number, f);
    f.year = count <= 2 && at - begin == 2 ? full_year(*number) : *number;
    return *f.year >= 1 && *f.year < 300000;
}

}  // namespace

std::optional<JavaPattern::Parsed> LegacyPattern::parse(std::string_view text) const {
    Fields f;
    size_t at = 0;
    for (size_t i = 0; i < items_.size(); ++i) {
        const auto& item = items_[i];
        if (item.letter != 0) {
            if (!take_field(item.letter, item.count, abuts_number(i), text, at, f))
                return std::nullopt;
            continue;
        }
        if (text.substr(at, item.text.size()) != item.text) return std::nullopt;
        at += item.text.size();
    }
    int64_t year = f.year.value_or(1970);
    if (f.before_christ) year = 1 - year;
    auto days = types::days_from_civil(
        year, static_cast<unsigned>(f.month.value_or(1)), static_cast<unsigned>(f.day.value_or(1)));
    if (f.day_of_year && !f.month && !f.day)
        days = types::days_from_civil(year, 1, 1) + *f.day_of_year - 1;
    Calendar c(days * kMicrosPerDay);
    // Every field that is given must be that of the date.
    bool agrees = c.year == year && (!f.month || *f.month == c.month) &&
                  (!f.day || *f.day == c.day) &&
                  (!f.day_of_year || *f.day_of_year == c.day_of_year()) &&
                  (!f.iso_day || *f.iso_day == c.iso_day());
    if (!agrees) return std::nullopt;
    auto hour = f.half_hour >= 0 ? f.half_hour + (f.afternoon ? 12 : 0) : f.hour;
    auto seconds = (hour * 60 + f.minute) * 60 + f.second;
    return JavaPattern::Parsed{
        days * kMicrosPerDay + seconds * kMicrosPerSecond + f.milli * kMicrosPerMilli, f.offset,
        f.zone};
}

}  // namespace hanok::engine

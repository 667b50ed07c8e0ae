#include "engine/functions/java_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "engine/functions/kernel.h"
#include "engine/functions/legacy_pattern.h"
#include "engine/functions/zone_names.h"
#include "types/datetime_text.h"

namespace hanok::engine {

namespace {

const char* const kDays[] = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
const char* const kMonths[] = {"January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December"};

[[noreturn]] void unrecognised(std::string_view pattern) {
    raise(
        Error(ErrorKind::kSpark, "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION",
            {{"pattern", "'" + std::string(pattern) + "'"},
                {"config", "\"spark.sql.legacy.timeParserPolicy\""}}));
}

std::string offset_text(int64_t micros, int count, bool z_for_zero, bool colon) {
    int64_t seconds = micros / kMicrosPerSecond;
    if (z_for_zero && seconds == 0) return "Z";
    int64_t magnitude = std::abs(seconds);
    std::string sign = seconds < 0 ? "-" : "+";
    int64_t hours = magnitude / 3600;
    int64_t minutes = magnitude / 60 % 60;
    if (count == 1)
        return sign + fmt::format("{:02}", hours) + (minutes ? fmt::format("{:02}", minutes) : "");
    std::string out = sign + fmt::format("{:02}{}{:02}", hours, colon ? ":" : "", minutes);
    if (count >= 4 && magnitude % 60 != 0)
        out += fmt::format("{}{:02}", colon ? ":" : "", magnitude % 60);
    return out;
}

// "GMT-08:00", or in short "GMT-8"; seconds where there are any.
std::string localized_offset(int64_t micros, bool full) {
    if (micros == 0) return "GMT";
    int64_t seconds = std::abs(micros) / kMicrosPerSecond;
    auto out = std::string("GMT") + (micros < 0 ? "-" : "+") +
               fmt::format("{:0{}}", seconds / 3600, full ? 2 : 1);
    if (full || seconds % 3600 != 0) out += fmt::format(":{:02}", seconds / 60 % 60);
    if (seconds % 60 != 0) out += fmt::format(":{:02}", seconds % 60);
    return out;
}

struct Clock {
    int64_t year;
    unsigned month, day;
    int64_t days, micros_of_day;
    explicit Clock(int64_t local) {
        days = floor_divide(local, kMicrosPerDay);
        micros_of_day = local - days * kMicrosPerDay;
        types::civil_from_days(days, &year, &month, &day);
    }
    int iso_day() const { return static_cast<int>(floor_modulo(days + 3, 7)) + 1; }
    int day_of_year() const {
        return static_cast<int>(days - types::days_from_civil(year, 1, 1)) + 1;
    }
    int hour() const { return static_cast<int>(micros_of_day / 3600000000); }
    int minute() const { return static_cast<int>(micros_of_day / 60000000 % 60); }
    int second() const { return static_cast<int>(micros_of_day / 1000000 % 60); }
    int64_t nanos() const { return micros_of_day % 1000000 * 1000; }
};

std::string padded(int64_t value, int width) { return fmt::format("{:0{}}", value, width); }

std::string named(const char* name, int count, int value) {
    if (count >= 4) return name;
    if (count == 3) return std::string(name, 3);
    return padded(value, count);
}

bool take_number(std::string_view text, size_t& at, int least, int most, int64_t* value) {
    size_t begin = at;
    int64_t n = 0;
    while (at < text.size() && at - begin < static_cast<size_t>(most) &&
           std::isdigit(static_cast<unsigned char>(text[at]))) {
        n = n * 10 + (text[at++] - '0');
    }
    *value = n;
    return at - begin >= static_cast<size_t>(least);
}

// Index (from 1) of the name the text goes on with, 0 for none.
int take_name(std::string_view text, size_t& at, const char* const* names, int count, bool full) {
    for (int i = 0; i < count; ++i) {
        std::string name = full ? names[i] : std::string(names[i], 3);
        if (text.substr(at, name.size()) == name) {
            at += name.size();
            return i + 1;
        }
    }
    return 0;
}

bool take_offset(std::string_view text, size_t& at, int64_t* micros) {
    if (at < text.size() && text[at] == 'Z') return ++at, *micros = 0, true;
    if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return false;
    int sign = text[at++] == '-' ? -1 : 1;
    int64_t parts[3] = {0, 0, 0};
    for (int i = 0; i < 3; ++i) {
        size_t before = at;
        if (i > 0 && at < text.size() && text[at] == ':') ++at;
        if (!take_number(text, at, 2, 2, &parts[i])) {
            at = before;
            if (i == 0) return false;
            break;
        }
    }
    *micros = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]) * kMicrosPerSecond;
    return parts[0] <= 18 && parts[1] < 60 && parts[2] < 60;
}

}  // namespace

const char* day_name(int iso_day) { return kDays[iso_day - 1]; }
const char* month_name(int month) { return kMonths[month - 1]; }

struct JavaPattern::Fields {
    int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, nanos = 0;
    int64_t day_of_year = 0, half_day = -1, clock_hour = -1;
    bool before_christ = false, has_month = false, has_day = false;
    std::optional<int64_t> offset;
    std::string zone;
};

const JavaPattern& JavaPattern::get(std::string_view pattern) {
    thread_local std::unordered_map<std::string, JavaPattern> patterns;
    if (patterns.size() > 1000) patterns.clear();
    auto it = patterns.find(std::string(pattern));
    if (it == patterns.end())
        it = patterns.emplace(std::string(pattern), JavaPattern(pattern)).first;
    return it->second;
}

JavaPattern::JavaPattern(std::string_view pattern) {
    if (pattern.starts_with(kLegacyMark)) {
        legacy_ = std::make_shared<LegacyPattern>(pattern.substr(1));
        return;
    }
    static const std::string_view known = "GyuMLdDEFaHhKkmsSVzOXxZQq";
    for (size_t i = 0; i < pattern.size();) {
        char c = pattern[i];
        if (c == '\'') {
            std::string text;
            size_t j = i + 1;
            if (j < pattern.size() && pattern[j] == '\'') {
                items_.push_back({0, 0, "'"});
                i += 2;
                continue;
            }
            for (; j < pattern.size(); ++j) {
                if (pattern[j] != '\'')
                    text += pattern[j];
                else if (j + 1 < pattern.size() && pattern[j + 1] == '\'')
                    text += pattern[j++];
                else
                    break;
            }
            if (j >= pattern.size()) unrecognised(pattern);
            items_.push_back({0, 0, text});
            i = j + 1;
            continue;
        }
        if (c == '[' || c == ']') {
            items_.push_back({c, 1, ""});
            ++i;
            continue;
        }
        if (!std::isalpha(static_cast<unsigned char>(c))) {
            if (c == '{' || c == '}' || c == '#') unrecognised(pattern);
            items_.push_back({0, 0, std::string(1, c)});
            ++i;
            continue;
        }
        int count = 0;
        while (i < pattern.size() && pattern[i] == c) ++count, ++i;
        if (c == 'Y' || c == 'w' || c == 'W' || c == 'e' || c == 'c' || c == 'u') {
            if (c != 'u') {
                raise(Error(ErrorKind::kSpark,
                    "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN",
                    {{"c", std::string(1, c)}}));
            }
            unrecognised(pattern);
        }
        int most = c == 'y' ? 6
                   : c == 'M' || c == 'L' || c == 'E' || c == 'Q' || c == 'q' || c == 'G' ||
                           c == 'z' || c == 'O'
                       ? 4
                   : c == 'S'                         ? 9
                   : c == 'D'                         ? 3
                   : c == 'X' || c == 'x' || c == 'Z' ? 5
                   : c == 'a' || c == 'F'             ? 1
                                                      : 2;
        if (known.find(c) == std::string_view::npos || count > most || (c == 'V' && count != 2))
            unrecognised(pattern);
        items_.push_back({c, count, ""});
    }
}

void JavaPattern::format_item(const Item& item, int64_t local, int64_t offset,
    std::string_view zone, std::string& out) const {
    Clock t(local);
    int n = item.count;
    switch (item.letter) {
        case 0: out += item.text; return;
        case '[':
        case ']': return;
        case 'G':
            out += n == 4 ? (t.year > 0 ? "Anno Domini" : "Before Christ")
                          : (t.year > 0 ? "AD" : "BC");
            return;
        case 'y': {
            int64_t year = t.year > 0 ? t.year : 1 - t.year;
            if (n == 2)
                out += padded(year % 100, 2);
            else
                out += (n >= 4 && year > 9999 ? "+" : "") + padded(year, n);
            return;
        }
        case 'M':
        case 'L': out += named(kMonths[t.month - 1], n, static_cast<int>(t.month)); return;
        case 'Q':
        case 'q': {
            int quarter = static_cast<int>(t.month - 1) / 3 + 1;
            static const char* const names[] = {
                "1st quarter", "2nd quarter", "3rd quarter", "4th quarter"};
            out += n >= 4   ? names[quarter - 1]
                   : n == 3 ? "Q" + std::to_string(quarter)
                            : padded(quarter, n);
            return;
        }
        case 'd': out += padded(t.day, n); return;
        case 'D': out += padded(t.day_of_year(), n); return;
        case 'F': out += std::to_string((t.day - 1) % 7 + 1); return;
        case 'E':
            out += n >= 4 ? kDays[t.iso_day() - 1] : std::string(kDays[t.iso_day() - 1], 3);
            return;
        case 'a': out += t.hour() < 12 ? "AM" : "PM"; return;
        case 'H': out += padded(t.hour(), n); return;
        case 'k': out += padded(t.hour() == 0 ? 24 : t.hour(), n); return;
        case 'K': out += padded(t.hour() % 12, n); return;
        case 'h': out += padded(t.hour() % 12 == 0 ? 12 : t.hour() % 12, n); return;
        case 'm': out += padded(t.minute(), n); return;
        case 's': out += padded(t.second(), n); return;
        case 'S': out += padded(t.nanos(), 9).substr(0, static_cast<size_t>(n)); return;
        case 'V': out += zone; return;
        case 'z':
            out += n < 4 ? short_zone_name(zone, local, offset)
                         : long_zone_name(zone, local, offset);
            return;
        case 'O': out += localized_offset(offset, n == 4); return;
        case 'X': out += offset_text(offset, n, true, n == 3 || n == 5); return;
        case 'x': out += offset_text(offset, n, false, n == 3 || n == 5); return;
        case 'Z':
            out += n == 4 ? localized_offset(offset, true)
                          : offset_text(offset, n == 5 ? 5 : 2, n == 5, n == 5);
            return;
        default: return;
    }
}

std::string JavaPattern::format(
    int64_t local_micros, int64_t offset_micros, std::string_view zone) const {
    if (legacy_) return legacy_->format(local_micros, offset_micros, zone);
    std::string out;
    for (const auto& item : items_) format_item(item, local_micros, offset_micros, zone, out);
    return out;
}

bool JavaPattern::next_is_number(size_t item) const {
    static const std::string_view numeric = "yMLdDHhKkmsSQq";
    if (item + 1 >= items_.size()) return false;
    const auto& next = items_[item + 1];
    return next.letter != 0 && numeric.find(next.letter) != std::string_view::npos &&
           next.count < 3 + 2 * (next.letter == 'y' || next.letter == 'S');
}

namespace {

// yy is a year of this century; four letters or more take a sign.
bool take_year(std::string_view text, size_t& at, int letters, bool followed, int64_t* year) {
    if (letters == 2) {
        if (!take_number(text, at, 2, 2, year)) return false;
        *year += 2000;
        return true;
    }
    bool may_have_sign = at < text.size() && letters >= 4;
    bool negative = may_have_sign && text[at] == '-';
    if (negative || (may_have_sign && text[at] == '+')) ++at;
    int most = letters == 4 && !negative ? 4 : 9;
    if (!take_number(text, at, letters, followed ? letters : most, year)) return false;
    if (negative) *year = -*year;
    return true;
}

bool take_half_day(std::string_view text, size_t& at, int64_t* is_pm) {
    std::string half(text.substr(at, 2));
    std::transform(half.begin(), half.end(), half.begin(), ::toupper);
    if (half != "AM" && half != "PM") return false;
    *is_pm = half == "PM";
    at += 2;
    return true;
}

bool take_zone(std::string_view text, size_t& at, std::string* zone) {
    size_t begin = at;
    while (
        at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) ||
                                std::string_view("/_+-:").find(text[at]) != std::string_view::npos))
        ++at;
    *zone = std::string(text.substr(begin, at - begin));
    return TimeZone::find(*zone) != nullptr;
}

}  // namespace

bool JavaPattern::parse_item(
    const Item& item, bool followed, std::string_view text, size_t& at, Fields& f) const {
    int n = item.count;
    // Adjacent numbers have the width of their letters; others may be longer.
    auto number = [&](int64_t* value, int most) {
        return take_number(text, at, n, followed ? n : std::max(n, n == 1 ? most : n), value);
    };
    switch (item.letter) {
        case 0:
            if (text.substr(at, item.text.size()) != item.text) return false;
            at += item.text.size();
            return true;
        case 'G':
            if (text.substr(at, 2) != "AD" && text.substr(at, 2) != "BC") return false;
            f.before_christ = text.substr(at, 2) == "BC";
            at += 2;
            return true;
        case 'y': return take_year(text, at, n, followed, &f.year);
        case 'M':
        case 'L':
            f.has_month = true;
            if (n >= 3) return (f.month = take_name(text, at, kMonths, 12, n >= 4)) > 0;
            return number(&f.month, 2);
        case 'd': f.has_day = true; return number(&f.day, 2);
        case 'D': return take_number(text, at, n, followed ? n : 3, &f.day_of_year);
        case 'E': return take_name(text, at, kDays, 7, n >= 4) > 0;
        case 'a': return take_half_day(text, at, &f.half_day);
        case 'H': return number(&f.hour, 2);
        case 'k': return number(&f.hour, 2) && (f.hour = f.hour == 24 ? 0 : f.hour, true);
        case 'K': return number(&f.clock_hour, 2);
        case 'h':
            return number(&f.clock_hour, 2) &&
                   (f.clock_hour = f.clock_hour == 12 ? 0 : f.clock_hour, true);
        case 'm': return number(&f.minute, 2);
        case 's': return number(&f.second, 2);
        case 'S': {
            size_t begin = at;
            if (!take_number(text, at, 1, n, &f.nanos)) return false;
            if (at - begin < static_cast<size_t>(n) && followed) return false;
            for (size_t digits = at - begin; digits < 9; ++digits) f.nanos *= 10;
            return true;
        }
        case 'Q':
        case 'q': {
            int64_t quarter = 0;
            return take_number(text, at, 1, 2, &quarter) && quarter >= 1 && quarter <= 4;
        }
        case 'X':
        case 'x':
        case 'Z':
        case 'O': {
            if (text.substr(at, 3) == "GMT" || text.substr(at, 3) == "UTC") {
                at += 3;
                f.offset = 0;
            }
            int64_t micros = 0;
            if (!take_offset(text, at, &micros)) return f.offset.has_value();
            f.offset = micros;
            return true;
        }
        case 'V':
        case 'z': return take_zone(text, at, &f.zone);
        default: return false;
    }
}

bool JavaPattern::parse_items(size_t i, std::string_view text, size_t& at, Fields& fields) const {
    for (; i < items_.size(); ++i) {
        const auto& item = items_[i];
        if (item.letter == ']') continue;
        if (item.letter == '[') {
            size_t end = i;
            while (end < items_.size() && items_[end].letter != ']') ++end;
            Fields with = fields;
            size_t position = at;
            if (parse_items(i + 1, text, position, with) && position == text.size()) {
                at = position;
                fields = with;
                return true;
            }
            i = end;
            continue;
        }
        if (!parse_item(item, next_is_number(i), text, at, fields)) return false;
    }
    return true;
}

std::optional<JavaPattern::Parsed> JavaPattern::parse(std::string_view text) const {
    if (legacy_) return legacy_->parse(text);
    Fields f;
    size_t at = 0;
    if (!parse_items(0, text, at, f) || at != text.size()) return std::nullopt;
    if (f.before_christ) f.year = 1 - f.year;
    if (f.clock_hour >= 0) f.hour = f.clock_hour + (f.half_day == 1 ? 12 : 0);
    if (f.day_of_year > 0) {
        int64_t days = types::days_from_civil(f.year, 1, 1) + f.day_of_year - 1;
        unsigned month = 0;
        unsigned day = 0;
        int64_t year = 0;
        types::civil_from_days(days, &year, &month, &day);
        bool disagrees = year != f.year || (f.has_month && f.month != month) ||
                         (f.has_day && f.day != day);
        if (disagrees) return std::nullopt;
        f.month = month;
        f.day = day;
    }
    if (f.month < 1 || f.month > 12 || f.day < 1 || f.hour > 23 || f.minute > 59 || f.second > 59)
        return std::nullopt;
    int64_t days = types::days_from_civil(
        f.year, static_cast<unsigned>(f.month), static_cast<unsigned>(f.day));
    int64_t year = 0;
    unsigned month = 0;
    unsigned day = 0;
    types::civil_from_days(days, &year, &month, &day);
    if (month != f.month || day != f.day) return std::nullopt;
    int64_t micros = ((days * 24 + f.hour) * 60 + f.minute) * 60 + f.second;
    return Parsed{micros * kMicrosPerSecond + f.nanos / 1000, f.offset, f.zone};
}

}  // namespace hanok::engine

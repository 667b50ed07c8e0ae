#include "types/datetime_text.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <cstdlib>

#include "base/error.h"

namespace hanok::types {

namespace {

constexpr int64_t kMicrosPerSecond = 1000000;
constexpr int64_t kMicrosPerDay = 86400 * kMicrosPerSecond;

int64_t floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }

std::string fraction(int64_t value, int digits) {
    if (value == 0) return "";
    std::string out = fmt::format(".{:0{}}", value, digits);
    while (out.back() == '0') out.pop_back();
    return out;
}

// "+09:00", "-8", "+0930", "UTC+9", "GMT-03:00"; false for anything else.
bool fixed_offset(const std::string& zone, int64_t* seconds) {
    std::string text = zone;
    if (text == "Z" || text == "UTC" || text == "GMT" || text == "UT") return *seconds = 0, true;
    for (const char* prefix : {"UTC", "GMT", "UT"}) {
        if (text.starts_with(prefix)) {
            text = text.substr(std::string(prefix).size());
            break;
        }
    }
    if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return false;
    int sign = text[0] == '-' ? -1 : 1;
    std::string digits;
    int parts[3] = {0, 0, 0};
    int n = 0;
    size_t i = 1;
    bool has_colon = text.find(':') != std::string::npos;
    while (i < text.size() && n < 3) {
        size_t width = 0;
        while (i + width < text.size() &&
               std::isdigit(static_cast<unsigned char>(text[i + width])) && width < 2)
            ++width;
        if (width == 0) return false;
        parts[n++] = std::atoi(text.substr(i, width).c_str());
        i += width;
        if (i < text.size() && has_colon) {
            if (text[i] != ':') return false;
            ++i;
        }
    }
    if (i != text.size() || parts[0] > 18 || parts[1] > 59 || parts[2] > 59) return false;
    *seconds = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

const date::time_zone* find_zone(const std::string& name) {
    try {
        return date::locate_zone(name);
    } catch (const std::exception&) {
        throw Error(ErrorKind::kDateTime, "INVALID_TIMEZONE", {{"timeZone", name}});
    }
}

}  // namespace

int64_t days_from_civil(int64_t year, unsigned month, unsigned day) {
    year -= month <= 2;
    int64_t era = floor_div(year, 400);
    auto yoe = static_cast<unsigned>(year - era * 400);
    unsigned doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + static_cast<int64_t>(doe) - 719468;
}

void civil_from_days(int64_t days, int64_t* year, unsigned* month, unsigned* day) {
    days += 719468;
    int64_t era = floor_div(days, 146097);
    auto doe = static_cast<unsigned>(days - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = static_cast<int64_t>(yoe) + era * 400 + (*month <= 2);
}

std::string date_to_string(int64_t days) {
    int64_t year = 0;
    unsigned month = 0;
    unsigned day = 0;
    civil_from_days(days, &year, &month, &day);
    const char* sign = year > 9999 ? "+" : year < 0 ? "-" : "";
    return fmt::format("{}{:04}-{:02}-{:02}", sign, std::abs(year), month, day);
}

std::string timestamp_ntz_to_string(int64_t micros) {
    int64_t days = floor_div(micros, kMicrosPerDay);
    int64_t rest = micros - days * kMicrosPerDay;
    int64_t seconds = rest / kMicrosPerSecond;
    return fmt::format("{} {:02}:{:02}:{:02}{}", date_to_string(days), seconds / 3600,
        seconds / 60 % 60, seconds % 60, fraction(rest % kMicrosPerSecond, 6));
}

std::string timestamp_to_string(int64_t micros, const std::string& time_zone) {
    return timestamp_ntz_to_string(
        micros + utc_offset_seconds(micros, time_zone) * kMicrosPerSecond);
}

std::string time_to_string(int64_t nanos) {
    int64_t seconds = nanos / 1000000000;
    return fmt::format("{:02}:{:02}:{:02}{}", seconds / 3600, seconds / 60 % 60, seconds % 60,
        fraction(nanos % 1000000000, 9));
}

int64_t utc_offset_seconds(int64_t micros, const std::string& time_zone) {
    int64_t offset = 0;
    if (fixed_offset(time_zone, &offset)) return offset;
    auto instant = date::sys_seconds(std::chrono::seconds(floor_div(micros, kMicrosPerSecond)));
    return find_zone(time_zone)->get_info(instant).offset.count();
}

int64_t local_to_utc_micros(int64_t local_micros, const std::string& time_zone) {
    int64_t offset = 0;
    if (fixed_offset(time_zone, &offset)) return local_micros - offset * kMicrosPerSecond;
    auto local = date::local_seconds(
        std::chrono::seconds(floor_div(local_micros, kMicrosPerSecond)));
    // In a gap `first` is the offset before it, which moves the time forward; in an overlap it is
    // the earlier one.
    return local_micros -
           find_zone(time_zone)->get_info(local).first.offset.count() * kMicrosPerSecond;
}

std::string interval_to_string(int64_t value, const DataType& type) {
    static const char* const kUnits[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
    bool negative = value < 0;
    unsigned long long rest = negative ? 0ULL - static_cast<unsigned long long>(value)
                                       : static_cast<unsigned long long>(value);
    const char* sign = negative ? "-" : "";
    int start = type.start_field();
    int end = type.end_field();
    if (type.is(TypeId::kYearMonthInterval)) {
        if (start == 1) return fmt::format("INTERVAL '{}{}' MONTH", sign, rest);
        if (end == 0) return fmt::format("INTERVAL '{}{}' YEAR", sign, rest / 12);
        return fmt::format("INTERVAL '{}{}-{}' YEAR TO MONTH", sign, rest / 12, rest % 12);
    }
    static const unsigned long long kMicros[] = {
        86400000000ULL, 3600000000ULL, 60000000ULL, 1000000ULL};
    std::string text;
    for (int field = start; field <= end; ++field) {
        unsigned long long n = rest / kMicros[field];
        rest %= kMicros[field];
        if (field == start) {
            // A single-digit leading SECOND keeps two digits, as Spark prints it.
            text = field == 0 ? std::to_string(n) : fmt::format("{:02}", n);
        } else {
            text += fmt::format("{}{:02}", field == 1 ? " " : ":", n);
        }
        if (field == 3) text += fraction(static_cast<int64_t>(rest), 6);
    }
    std::string unit = kUnits[start];
    if (end != start) unit += std::string(" TO ") + kUnits[end];
    return fmt::format("INTERVAL '{}{}' {}", sign, text, unit);
}

}  // namespace hanok::types

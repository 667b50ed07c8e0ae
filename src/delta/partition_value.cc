#include "delta/partition_value.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "storage/object_store.h"
#include "types/datetime_text.h"

namespace hanok::delta {

namespace {

using types::Value;

constexpr const char* kNullFolder = "__HIVE_DEFAULT_PARTITION__";
constexpr std::string_view kEscaped = "\"#%'*/:=?\\\x7F{[]^";

Value parse_int(std::string_view text, int64_t low, int64_t high) {
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value < low || value > high ? Value() : types::int_value(value);
}

Value parse_double(const std::string& text, bool is_float) {
    char* end = nullptr;
    double value = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || *end != '\0') return {};
    return types::double_value(is_float ? static_cast<float>(value) : value);
}

Value parse_decimal_of(const std::string& text, const types::DataType& type) {
    types::Int128 unscaled = 0;
    int precision = 0, scale = 0;
    if (!types::parse_decimal(text, &unscaled, &precision, &scale)) return {};
    for (; scale < type.scale(); scale++) {
        if (++precision > 38) return {};
        unscaled *= 10;
    }
    for (; scale > type.scale(); scale--) {
        bool last = scale == type.scale() + 1;
        int digit = static_cast<int>(unscaled % 10);
        unscaled /= 10;
        if (last && digit >= 5) unscaled++;
        if (last && digit <= -5) unscaled--;
    }
    types::Int128 limit = 1;
    for (int i = 0; i < type.precision(); i++) limit *= 10;
    return unscaled >= limit || unscaled <= -limit ? Value() : types::decimal_value(unscaled);
}

// Reads digits off the front.
bool take_number(std::string_view* text, size_t least, size_t most, int64_t* value) {
    size_t n = 0;
    *value = 0;
    while (n < text->size() && n < most && (*text)[n] >= '0' && (*text)[n] <= '9')
        *value = *value * 10 + ((*text)[n++] - '0');
    text->remove_prefix(n);
    return n >= least;
}

bool take(std::string_view* text, char c) {
    if (text->empty() || (*text)[0] != c) return false;
    text->remove_prefix(1);
    return true;
}

bool take_date(std::string_view* text, int64_t* days) {
    bool negative = take(text, '-');
    if (!negative) take(text, '+');
    int64_t year = 0, month = 1, day = 1;
    if (!take_number(text, 4, 6, &year) || !take(text, '-') || !take_number(text, 1, 2, &month) ||
        !take(text, '-') || !take_number(text, 1, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    *days = types::days_from_civil(
        negative ? -year : year, static_cast<unsigned>(month), static_cast<unsigned>(day));
    int64_t back_year = 0;
    unsigned back_month = 0, back_day = 0;
    types::civil_from_days(*days, &back_year, &back_month, &back_day);
    return back_month == month && back_day == day;
}

// "hh:mm[:ss[.ffffff]]" as microseconds.
bool take_time(std::string_view* text, int64_t* micros) {
    int64_t hour = 0, minute = 0, second = 0;
    if (!take_number(text, 1, 2, &hour) || !take(text, ':') || !take_number(text, 1, 2, &minute))
        return false;
    if (take(text, ':') && !take_number(text, 1, 2, &second)) return false;
    int64_t fraction = 0;
    if (take(text, '.')) {
        int64_t unit = 100000;
        while (!text->empty() && (*text)[0] >= '0' && (*text)[0] <= '9') {
            fraction += ((*text)[0] - '0') * unit;
            unit /= 10;
            text->remove_prefix(1);
        }
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    *micros = ((hour * 60 + minute) * 60 + second) * 1000000 + fraction;
    return true;
}

// What follows the time: nothing, "Z", "+09:00" or a zone's name after a blank.
bool take_zone(std::string_view text, const std::string& time_zone, int64_t local, int64_t* utc) {
    while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
    if (text.empty()) {
        *utc = types::local_to_utc_micros(local, time_zone);
        return true;
    }
    if (text == "Z" || text == "UTC" || text == "GMT") {
        *utc = local;
        return true;
    }
    if (text[0] != '+' && text[0] != '-') return false;
    int64_t sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
    int64_t hours = 0, minutes = 0;
    if (!take_number(&text, 1, 2, &hours)) return false;
    take(&text, ':');
    if (!text.empty() && !take_number(&text, 2, 2, &minutes)) return false;
    *utc = local - sign * (hours * 60 + minutes) * 60 * 1000000;
    return text.empty();
}

Value parse_timestamp(std::string_view text, bool has_zone, const std::string& time_zone) {
    int64_t days = 0, micros = 0;
    if (!take_date(&text, &days)) return {};
    if ((take(&text, ' ') || take(&text, 'T')) && !take_time(&text, &micros)) return {};
    int64_t local = days * 86400000000 + micros;
    if (!has_zone) {
        if (text == "Z") text = "";
        return text.empty() ? types::int_value(local) : Value();
    }
    int64_t utc = 0;
    return take_zone(text, time_zone, local, &utc) ? types::int_value(utc) : Value();
}

template <class Int>
Value parse_ranged(const std::string& text) {
    return parse_int(text, std::numeric_limits<Int>::min(), std::numeric_limits<Int>::max());
}

Value parse_boolean(const std::string& text) {
    std::string lower = types::to_lower(text);
    if (lower == "true") return types::bool_value(true);
    return lower == "false" ? types::bool_value(false) : Value();
}

Value parse_date(std::string_view text) {
    int64_t days = 0;
    if (!take_date(&text, &days)) return {};
    return text.empty() || text[0] == ' ' || text[0] == 'T' ? types::int_value(days) : Value();
}

}  // namespace

Value parse_partition_value(const std::optional<std::string>& text, const types::DataType& type,
    const std::string& time_zone) {
    if (!text || text->empty() || *text == kNullFolder) return {};
    switch (type.id()) {
        case types::TypeId::kBoolean: return parse_boolean(*text);
        case types::TypeId::kByte: return parse_ranged<int8_t>(*text);
        case types::TypeId::kShort: return parse_ranged<int16_t>(*text);
        case types::TypeId::kInteger: return parse_ranged<int32_t>(*text);
        case types::TypeId::kLong: return parse_ranged<int64_t>(*text);
        case types::TypeId::kFloat:
        case types::TypeId::kDouble: return parse_double(*text, type.is(types::TypeId::kFloat));
        case types::TypeId::kDecimal: return parse_decimal_of(*text, type);
        case types::TypeId::kString:
        case types::TypeId::kChar:
        case types::TypeId::kVarchar:
        case types::TypeId::kBinary: return types::string_value(*text);
        case types::TypeId::kDate: return parse_date(*text);
        case types::TypeId::kTimestamp: return parse_timestamp(*text, true, time_zone);
        case types::TypeId::kTimestampNtz: return parse_timestamp(*text, false, time_zone);
        default: return {};
    }
}

std::optional<std::string> format_partition_value(const Value& value, const types::DataType& type) {
    if (value.is_null()) return std::nullopt;
    switch (type.id()) {
        case types::TypeId::kBoolean: return value.as_bool() ? "true" : "false";
        case types::TypeId::kFloat:
            return types::float_to_string(static_cast<float>(value.as_double()));
        case types::TypeId::kDouble: return types::double_to_string(value.as_double());
        case types::TypeId::kDecimal:
            return types::decimal_to_string(value.as_decimal(), type.scale());
        case types::TypeId::kDate: return types::date_to_string(value.as_int());
        case types::TypeId::kTimestampNtz: return types::timestamp_ntz_to_string(value.as_int());
        case types::TypeId::kTimestamp: {
            int64_t micros = value.as_int();
            int64_t second = micros >= 0 ? micros / 1000000 : -((-micros + 999999) / 1000000);
            std::string text = types::timestamp_ntz_to_string(second * 1000000);
            text[text.find(' ')] = 'T';
            return fmt::format("{}.{:06}Z", text, micros - second * 1000000);
        }
        case types::TypeId::kByte:
        case types::TypeId::kShort:
        case types::TypeId::kInteger:
        case types::TypeId::kLong: return std::to_string(value.as_int());
        default:
            return value.as_string().empty() ? std::nullopt
                                             : std::optional<std::string>(value.as_string());
    }
}

std::string escape_path_segment(const std::string& text) {
    std::string out;
    for (char c : text) {
        auto u = static_cast<unsigned char>(c);
        if (u < 0x20 || kEscaped.find(c) != std::string_view::npos) {
            out += fmt::format("%{:02X}", u);
        } else {
            out += c;
        }
    }
    return out;
}

std::string unescape_path_segment(const std::string& text) { return storage::uri_decode(text); }

std::string partition_folder(const std::string& column, const std::optional<std::string>& value) {
    bool is_null = !value || value->empty();
    return escape_path_segment(column) + "=" +
           (is_null ? kNullFolder : escape_path_segment(*value));
}

std::optional<std::pair<std::string, std::optional<std::string>>> parse_partition_folder(
    const std::string& segment) {
    size_t equals = segment.find('=');
    if (equals == std::string::npos || equals == 0) return std::nullopt;
    std::string name = unescape_path_segment(segment.substr(0, equals));
    std::string value = segment.substr(equals + 1);
    if (value == kNullFolder) return std::make_pair(name, std::optional<std::string>());
    return std::make_pair(name, std::optional<std::string>(unescape_path_segment(value)));
}

}  // namespace hanok::delta

#include "types/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "types/data_type.h"
#include "types/datetime_text.h"

namespace hanok::types {

namespace {

// Java's layout of the shortest decimal digits: plain between 1e-3 and 1e7, else scientific with
// "E".
template <class T>
std::string java_floating(T x) {
    if (std::isnan(x)) return "NaN";
    if (std::isinf(x)) return x > 0 ? "Infinity" : "-Infinity";
    if (x == 0) return std::signbit(x) ? "-0.0" : "0.0";
    char buffer[64];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, x, std::chars_format::scientific).ptr;
    std::string text(buffer, end);
    std::string sign = text[0] == '-' ? "-" : "";
    if (!sign.empty()) text.erase(0, 1);
    size_t e = text.find('e');
    int exponent = std::atoi(text.c_str() + e + 1);
    std::string digits;
    for (char c : text.substr(0, e)) {
        if (c != '.') digits += c;
    }
    if (exponent >= -3 && exponent < 7) {
        if (exponent < 0)
            return sign + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
        auto point = static_cast<size_t>(exponent) + 1;
        if (digits.size() < point) digits.append(point - digits.size(), '0');
        std::string behind = digits.substr(point);
        return sign + digits.substr(0, point) + "." + (behind.empty() ? "0" : behind);
    }
    std::string behind = digits.substr(1);
    return sign + digits[0] + "." + (behind.empty() ? "0" : behind) + "E" +
           std::to_string(exponent);
}

std::string int128_digits(Int128 x) {
    auto u = static_cast<unsigned __int128>(x < 0 ? -x : x);
    std::string out;
    do {
        out += static_cast<char>('0' + static_cast<int>(u % 10));
        u /= 10;
    } while (u != 0);
    std::reverse(out.begin(), out.end());
    return out;
}

}  // namespace

std::string double_to_string(double x) { return java_floating(x); }
std::string float_to_string(float x) { return java_floating(x); }

std::string decimal_to_string(Int128 unscaled, int scale) {
    std::string digits = int128_digits(unscaled);
    auto s = static_cast<size_t>(std::max(scale, 0));
    if (digits.size() <= s) digits.insert(0, s + 1 - digits.size(), '0');
    std::string sign = unscaled < 0 ? "-" : "";
    if (s == 0) return sign + digits;
    return sign + digits.substr(0, digits.size() - s) + "." + digits.substr(digits.size() - s);
}

bool parse_decimal(const std::string& text, Int128* unscaled, int* precision, int* scale) {
    size_t i = 0;
    bool negative = false;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) negative = text[i++] == '-';
    Int128 value = 0;
    int digits = 0;
    int behind = 0;
    bool seen_point = false;
    bool seen_digit = false;
    for (; i < text.size(); ++i) {
        char c = text[i];
        if (c == '.' && !seen_point) {
            seen_point = true;
        } else if (c >= '0' && c <= '9') {
            seen_digit = true;
            if (value != 0 || c != '0') ++digits;
            if (digits > 38) return false;
            value = value * 10 + (c - '0');
            behind += seen_point;
        } else {
            break;
        }
    }
    if (!seen_digit) return false;
    int exponent = 0;
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        const char* first = text.data() + i + 1;
        if (first < text.data() + text.size() && *first == '+') ++first;
        auto [end, error] = std::from_chars(first, text.data() + text.size(), exponent);
        if (error != std::errc() || end != text.data() + text.size()) return false;
        i = text.size();
    }
    if (i != text.size()) return false;
    behind -= exponent;
    for (; behind < 0; ++behind) {
        if (value != 0 && ++digits > 38) return false;
        value *= 10;
    }
    if (behind > 38) return false;
    *unscaled = negative ? -value : value;
    *scale = behind;
    *precision = std::max({digits, behind, 1});
    return true;
}

namespace {

std::string sql_string(const std::string& text) {
    std::string out = "'";
    for (char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string hex(const std::string& bytes) {
    std::string out;
    for (unsigned char c : bytes) out += fmt::format("{:02X}", c);
    return out;
}

std::string calendar_interval_text(const CalendarInterval& x) {
    std::string out;
    auto add = [&](int64_t n, const char* unit) {
        if (n != 0) out += fmt::format("{}{} {}", out.empty() ? "" : " ", n, unit);
    };
    add(x.months / 12, "years");
    add(x.months % 12, "months");
    add(x.days, "days");
    int64_t us = x.microseconds;
    add(us / 3600000000, "hours");
    add(us / 60000000 % 60, "minutes");
    int64_t rest = us % 60000000;
    if (rest != 0) {
        std::string seconds = decimal_to_string(rest, 6);
        while (seconds.back() == '0') seconds.pop_back();
        if (seconds.back() == '.') seconds.pop_back();
        out += (out.empty() ? "" : " ") + seconds + " seconds";
    }
    return out.empty() ? "0 seconds" : out;
}

// Atomic values without quotes or type prefix.
std::string plain_text(const Value& value, const DataType& type, const std::string& zone) {
    switch (type.id()) {
        case TypeId::kBoolean: return value.as_bool() ? "true" : "false";
        case TypeId::kFloat: return float_to_string(static_cast<float>(value.as_double()));
        case TypeId::kDouble: return double_to_string(value.as_double());
        case TypeId::kDecimal: return decimal_to_string(value.as_decimal(), type.scale());
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return value.as_string();
        case TypeId::kBinary: return "0x" + hex(value.as_string());
        case TypeId::kDate: return date_to_string(value.as_int());
        case TypeId::kTimestamp: return timestamp_to_string(value.as_int(), zone);
        case TypeId::kTimestampNtz: return timestamp_ntz_to_string(value.as_int());
        case TypeId::kTime: return time_to_string(value.as_int());
        case TypeId::kYearMonthInterval:
        case TypeId::kDayTimeInterval: return interval_to_string(value.as_int(), type);
        case TypeId::kCalendarInterval: return calendar_interval_text(value.as_interval());
        default:
            return std::holds_alternative<int64_t>(value.v) ? std::to_string(value.as_int()) : "";
    }
}

template <class Render>
std::string nested_text(const Value& value, const DataType& type, const Render& render) {
    std::string out;
    const auto& list = value.as_list();
    if (type.is(TypeId::kArray)) {
        for (const auto& x : list) out += (out.empty() ? "" : ", ") + render(x, *type.element());
        return "array(" + out + ")";
    }
    if (type.is(TypeId::kMap)) {
        for (size_t i = 0; i + 1 < list.size(); i += 2) {
            out += (out.empty() ? "" : ", ") + render(list[i], *type.key()) + ", " +
                   render(list[i + 1], *type.value());
        }
        return "map(" + out + ")";
    }
    for (size_t i = 0; i < list.size(); ++i) {
        const auto& field = type.fields()[i];
        out += (out.empty() ? "'" : ", '") + field.name + "', " + render(list[i], *field.type);
    }
    return "named_struct(" + out + ")";
}

}  // namespace

std::string value_name(const Value& value, const DataType& type, const std::string& zone) {
    if (value.is_null()) return "NULL";
    switch (type.id()) {
        case TypeId::kBinary: return "X'" + hex(value.as_string()) + "'";
        case TypeId::kDate: return "DATE '" + plain_text(value, type, zone) + "'";
        case TypeId::kTimestamp: return "TIMESTAMP '" + plain_text(value, type, zone) + "'";
        case TypeId::kTimestampNtz: return "TIMESTAMP_NTZ '" + plain_text(value, type, zone) + "'";
        case TypeId::kTime: return "TIME '" + plain_text(value, type, zone) + "'";
        case TypeId::kCalendarInterval: return "INTERVAL '" + plain_text(value, type, zone) + "'";
        case TypeId::kArray:
        case TypeId::kMap:
        case TypeId::kStruct:
            return nested_text(value, type,
                [&](const Value& x, const DataType& t) { return value_name(x, t, zone); });
        default: return plain_text(value, type, zone);
    }
}

std::string value_sql(const Value& value, const DataType& type, const std::string& zone) {
    if (value.is_null())
        return type.is(TypeId::kNull) ? "NULL" : "CAST(NULL AS " + type.sql() + ")";
    switch (type.id()) {
        case TypeId::kByte: return plain_text(value, type, zone) + "Y";
        case TypeId::kShort: return plain_text(value, type, zone) + "S";
        case TypeId::kLong: return plain_text(value, type, zone) + "L";
        case TypeId::kFloat:
            return "CAST(" + sql_string(plain_text(value, type, zone)) + " AS FLOAT)";
        case TypeId::kDouble:
            return std::isfinite(value.as_double())
                       ? plain_text(value, type, zone) + "D"
                       : "CAST(" + sql_string(plain_text(value, type, zone)) + " AS DOUBLE)";
        case TypeId::kDecimal: return plain_text(value, type, zone) + "BD";
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return sql_string(value.as_string());
        case TypeId::kArray:
        case TypeId::kMap:
        case TypeId::kStruct:
            return nested_text(value, type,
                [&](const Value& x, const DataType& t) { return value_sql(x, t, zone); });
        default: return value_name(value, type, zone);
    }
}

}  // namespace hanok::types

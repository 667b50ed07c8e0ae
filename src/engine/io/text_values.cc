#include "engine/io/text_values.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "engine/functions/interval_text.h"
#include "engine/functions/java_pattern.h"
#include "engine/functions/text_parsers.h"
#include "engine/functions/time_zone.h"
#include "types/datetime_text.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (size_t i = 0; i < text.size(); i++) {
        if ((text[i] | 0x20) != lower[i]) return false;
    }
    return true;
}

bool digits(std::string_view text, size_t from, size_t count, int* value) {
    *value = 0;
    for (size_t i = from; i < from + count; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

int days_in_month(int year, int month) {
    static const int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : kDays[month - 1];
}

template <class T>
bool store(Vector& vector, idx_t row, const std::optional<T>& value) {
    if (!value) {
        FlatVector::SetNull(vector, row, true);
        return false;
    }
    FlatVector::GetData<T>(vector)[row] = *value;
    return true;
}

}  // namespace

std::optional<int64_t> java_integer(std::string_view text, int64_t low, int64_t high) {
    if (text.empty()) return std::nullopt;
    if (text[0] == '+') {
        text.remove_prefix(1);
        if (text.empty() || text[0] == '-') return std::nullopt;
    }
    int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
        return std::nullopt;
    return value;
}

std::optional<double> java_double(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    bool is_negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    auto signed_value = [&](double x) { return is_negative ? -x : x; };
    if (text == "Infinity") return signed_value(std::numeric_limits<double>::infinity());
    if (text.empty() || !((text[0] >= '0' && text[0] <= '9') || text[0] == '.'))
        return std::nullopt;
    auto last = text.back() | 0x20;
    if (last == 'd' || last == 'f') text.remove_suffix(1);
    double value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range)
        return signed_value(std::strtod(std::string(text).c_str(), nullptr));
    if (error != std::errc()) return std::nullopt;
    return signed_value(value);
}

std::optional<int32_t> iso_date(std::string_view text) {
    int year, month, day;
    if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 0, 4, &year) ||
        !digits(text, 5, 2, &month) || !digits(text, 8, 2, &day)) {
        return std::nullopt;
    }
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
    return int32_t(types::days_from_civil(year, unsigned(month), unsigned(day)));
}

// Zones and patterns are kept by each thread, so they are looked up where they are used.
std::optional<int32_t> DateTimeReader::date(std::string_view text) const {
    if (options_.date_format) {
        auto parsed = JavaPattern::get(*options_.date_format).parse(text);
        return parsed ? std::optional<int32_t>(floor_divide(parsed->local_micros, kMicrosPerDay))
                      : std::nullopt;
    }
    if (auto days = iso_date(text)) return days;
    return parse_date(text);
}

std::optional<int64_t> DateTimeReader::timestamp(std::string_view text) const {
    const auto& zone = TimeZone::get(options_.time_zone);
    if (!options_.timestamp_format) return parse_timestamp(text, zone, options_.now_micros);
    auto parsed = JavaPattern::get(*options_.timestamp_format).parse(text);
    if (!parsed) return std::nullopt;
    if (parsed->offset_micros) return parsed->local_micros - *parsed->offset_micros;
    if (parsed->zone.empty()) return zone.to_utc(parsed->local_micros);
    const auto* named = TimeZone::find(parsed->zone);
    return named ? std::optional<int64_t>(named->to_utc(parsed->local_micros)) : std::nullopt;
}

std::optional<int64_t> DateTimeReader::timestamp_ntz(std::string_view text) const {
    if (!options_.timestamp_ntz_format) return parse_timestamp_ntz(text);
    auto parsed = JavaPattern::get(*options_.timestamp_ntz_format).parse(text);
    return parsed ? std::optional<int64_t>(parsed->local_micros) : std::nullopt;
}

std::optional<int64_t> DateTimeReader::time(std::string_view text) const {
    if (!options_.time_format) return parse_time(text);
    auto parsed = JavaPattern::get(*options_.time_format).parse(text);
    return parsed ? std::optional<int64_t>(floor_modulo(parsed->local_micros, kMicrosPerDay))
                  : std::nullopt;
}

TextValueWriter::TextValueWriter(const types::DataType& type, const TextValueOptions& options,
    const std::string& format, const std::string& column)
    : type_(type), options_(options), dates_(options), write_(writer_for(type)) {
    if (!write_) {
        throw analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
            {{"columnName", quote_identifier(column)}, {"columnType", "\"" + type.sql() + "\""},
                {"format", types::to_upper(format)}});
    }
}

bool TextValueWriter::write(Vector& vector, idx_t row, std::string_view text) {
    return (this->*write_)(vector, row, text);
}

TextValueWriter::Write TextValueWriter::writer_for(const types::DataType& type) {
    switch (type.id()) {
        case types::TypeId::kBoolean: return &TextValueWriter::write_boolean;
        case types::TypeId::kByte: return &TextValueWriter::write_integer<int8_t>;
        case types::TypeId::kShort: return &TextValueWriter::write_integer<int16_t>;
        case types::TypeId::kInteger: return &TextValueWriter::write_integer<int32_t>;
        case types::TypeId::kLong: return &TextValueWriter::write_integer<int64_t>;
        case types::TypeId::kFloat: return &TextValueWriter::write_floating<float>;
        case types::TypeId::kDouble: return &TextValueWriter::write_floating<double>;
        case types::TypeId::kDecimal: return &TextValueWriter::write_decimal;
        case types::TypeId::kString:
        case types::TypeId::kChar:
        case types::TypeId::kVarchar: return &TextValueWriter::write_string;
        case types::TypeId::kDate: return &TextValueWriter::write_date;
        case types::TypeId::kTimestamp: return &TextValueWriter::write_timestamp;
        case types::TypeId::kTimestampNtz: return &TextValueWriter::write_timestamp_ntz;
        case types::TypeId::kYearMonthInterval:
        case types::TypeId::kDayTimeInterval: return &TextValueWriter::write_interval;
        case types::TypeId::kCalendarInterval: return &TextValueWriter::write_calendar_interval;
        case types::TypeId::kTime: return &TextValueWriter::write_time;
        default: return nullptr;
    }
}

template <class T>
bool TextValueWriter::write_integer(Vector& vector, idx_t row, std::string_view text) {
    auto value = java_integer(text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
    return store<T>(vector, row, value ? std::optional<T>(T(*value)) : std::nullopt);
}

template <class T>
bool TextValueWriter::write_floating(Vector& vector, idx_t row, std::string_view text) {
    std::optional<double> value;
    if (text == options_.nan_value) {
        value = std::numeric_limits<double>::quiet_NaN();
    } else if (text == options_.positive_infinity) {
        value = std::numeric_limits<double>::infinity();
    } else if (text == options_.negative_infinity) {
        value = -std::numeric_limits<double>::infinity();
    } else {
        value = java_double(text);
    }
    return store<T>(vector, row, value ? std::optional<T>(T(*value)) : std::nullopt);
}

bool TextValueWriter::write_boolean(Vector& vector, idx_t row, std::string_view text) {
    std::optional<bool> value;
    if (equals_ignoring_case(text, "true")) value = true;
    if (equals_ignoring_case(text, "false")) value = false;
    return store<bool>(vector, row, value);
}

bool TextValueWriter::write_decimal(Vector& vector, idx_t row, std::string_view text) {
    types::Int128 unscaled = 0;
    int precision = 0;
    int scale = 0;
    if (types::parse_decimal(std::string(text), &unscaled, &precision, &scale) &&
        write_decimal_value(vector, row, unscaled, scale, type_)) {
        return true;
    }
    FlatVector::SetNull(vector, row, true);
    return false;
}

bool TextValueWriter::write_string(Vector& vector, idx_t row, std::string_view text) {
    FlatVector::GetData<duckdb::string_t>(vector)[row] = duckdb::StringVector::AddStringOrBlob(
        vector, text.data(), text.size());
    return true;
}

bool TextValueWriter::write_date(Vector& vector, idx_t row, std::string_view text) {
    return store<int32_t>(vector, row, dates_.date(text));
}

bool TextValueWriter::write_timestamp(Vector& vector, idx_t row, std::string_view text) {
    return store<int64_t>(vector, row, dates_.timestamp(text));
}

bool TextValueWriter::write_timestamp_ntz(Vector& vector, idx_t row, std::string_view text) {
    return store<int64_t>(vector, row, dates_.timestamp_ntz(text));
}

bool TextValueWriter::write_interval(Vector& vector, idx_t row, std::string_view text) {
    auto value = parse_ansi_interval(text, type_);
    if (type_.is(types::TypeId::kDayTimeInterval)) return store<int64_t>(vector, row, value);
    return store<int32_t>(
        vector, row, value ? std::optional<int32_t>(int32_t(*value)) : std::nullopt);
}

bool TextValueWriter::write_calendar_interval(Vector& vector, idx_t row, std::string_view text) {
    auto value = parse_calendar_interval(text);
    if (!value) return store<duckdb::interval_t>(vector, row, std::nullopt);
    duckdb::interval_t stored{value->months, value->days, value->microseconds};
    return store<duckdb::interval_t>(vector, row, stored);
}

// Digits behind the type's precision are dropped.
bool TextValueWriter::write_time(Vector& vector, idx_t row, std::string_view text) {
    constexpr int kMicroDigits = 6;
    auto value = dates_.time(text);
    int64_t unit = 1;
    for (int i = type_.precision(); i < kMicroDigits; ++i) unit *= 10;
    if (value) *value -= *value % unit;
    return store<int64_t>(vector, row, value);
}

bool write_decimal_value(
    Vector& vector, idx_t row, __int128 unscaled, int scale, const types::DataType& type) {
    constexpr __int128 kMost = (__int128(1) << 126);
    for (; scale < type.scale(); scale++) {
        if (unscaled > kMost / 10 || unscaled < -kMost / 10) return false;
        unscaled *= 10;
    }
    if (scale > type.scale()) {
        int last = 0;
        for (; scale > type.scale(); scale--) {
            last = int(unscaled % 10);
            unscaled /= 10;
        }
        if (last >= 5) unscaled++;
        if (last <= -5) unscaled--;
    }
    __int128 limit = 1;
    for (int i = 0; i < type.precision(); i++) limit *= 10;
    if (unscaled >= limit || unscaled <= -limit) return false;
    switch (vector.GetType().InternalType()) {
        case duckdb::PhysicalType::INT16:
            FlatVector::GetData<int16_t>(vector)[row] = int16_t(unscaled);
            break;
        case duckdb::PhysicalType::INT32:
            FlatVector::GetData<int32_t>(vector)[row] = int32_t(unscaled);
            break;
        case duckdb::PhysicalType::INT64:
            FlatVector::GetData<int64_t>(vector)[row] = int64_t(unscaled);
            break;
        default:
            FlatVector::GetData<duckdb::hugeint_t>(vector)[row] = duckdb::hugeint_t(
                int64_t(unscaled >> 64), uint64_t(unscaled));
    }
    return true;
}

}  // namespace hanok::engine

#include "jdbc/partitions.h"

#include <cstdio>

#include "base/error.h"
#include "jdbc/dialect.h"
#include "types/datetime_text.h"

namespace hanok::jdbc {

namespace {

using types::TypeId;

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

[[noreturn]] void invalid(const std::string& name, const std::string& message) {
    throw Error(ErrorKind::kIllegalArgument, "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
        {{"optionName", name}, {"message", message}});
}

// "2024-02-29" or "2024-02-29 12:34:56.789" as wall-clock micros.
std::optional<int64_t> wall_clock_micros(const std::string& text) {
    int year = 0;
    int month = 0;
    int day = 0;
    int used = 0;
    if (std::sscanf(text.c_str(), "%d-%2d-%2d%n", &year, &month, &day, &used) != 3) return {};
    if (month < 1 || month > 12 || day < 1 || day > 31) return {};
    int64_t micros = types::days_from_civil(
                         year, static_cast<unsigned>(month), static_cast<unsigned>(day)) *
                     kSecondsPerDay * kMicrosPerSecond;
    std::string rest = text.substr(static_cast<size_t>(used));
    if (rest.empty()) return micros;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (rest[0] != ' ' && rest[0] != 'T') return {};
    if (std::sscanf(rest.c_str() + 1, "%2d:%2d:%2d%n", &hour, &minute, &second, &used) != 3)
        return {};
    rest = rest.substr(static_cast<size_t>(used) + 1);
    int64_t fraction = 0;
    if (!rest.empty()) {
        constexpr size_t kMicroDigits = 6;
        if (rest[0] != '.' || rest.size() > kMicroDigits + 1) return {};
        std::string digits = rest.substr(1);
        if (digits.find_first_not_of("0123456789") != std::string::npos) return {};
        digits.resize(kMicroDigits, '0');
        fraction = std::stoll(digits);
    }
    return micros + ((hour * 60LL + minute) * 60 + second) * kMicrosPerSecond + fraction;
}

int64_t bound_of(const std::string& name, const std::string& text, const types::DataType& type,
    const std::string& time_zone) {
    if (type.is_numeric()) {
        char* end = nullptr;
        int64_t value = std::strtoll(text.c_str(), &end, 10);
        if (text.empty() || *end != '\0') invalid(name, "'" + text + "' is not an integer");
        return value;
    }
    auto micros = wall_clock_micros(text);
    if (!micros)
        invalid(name, "Cannot parse the bound value " + text + " as " + type.simple_string());
    if (type.is(TypeId::kDate)) {
        int64_t per_day = kSecondsPerDay * kMicrosPerSecond;
        return (*micros - (*micros < 0 ? per_day - 1 : 0)) / per_day;
    }
    return type.is(TypeId::kTimestamp) ? types::local_to_utc_micros(*micros, time_zone) : *micros;
}

std::string bound_text(int64_t value, const types::DataType& type, const std::string& time_zone) {
    if (type.is(TypeId::kDate)) return "'" + types::date_to_string(value) + "'";
    if (type.is(TypeId::kTimestamp))
        return "'" + types::timestamp_to_string(value, time_zone) + "'";
    if (type.is(TypeId::kTimestampNtz)) return "'" + types::timestamp_ntz_to_string(value) + "'";
    return std::to_string(value);
}

// value / count with 18 digits behind the point, halves to even.
__int128 divided(int64_t value, int64_t count, __int128 unit) {
    __int128 scaled = value * unit;
    __int128 whole = scaled / count;
    __int128 rest = scaled % count;
    __int128 twice = rest < 0 ? -rest * 2 : rest * 2;
    bool up = twice > count || (twice == count && whole % 2 != 0);
    return up ? whole + (scaled < 0 ? -1 : 1) : whole;
}

}  // namespace

std::vector<std::pair<std::optional<int64_t>, std::optional<int64_t>>> strides(
    int64_t lower, int64_t upper, int64_t num_partitions) {
    __int128 width = static_cast<__int128>(upper) - lower;
    int64_t count = width < num_partitions ? static_cast<int64_t>(width) : num_partitions;
    if (count <= 1) return {{std::nullopt, std::nullopt}};
    constexpr __int128 kUnit = 1'000'000'000'000'000'000;
    __int128 precise = divided(upper, count, kUnit) - divided(lower, count, kUnit);
    __int128 stride = precise / kUnit;
    // What the strides together fall short of is shared by the first and the last part.
    __int128 lost = (precise - stride * kUnit) * count;
    __int128 current = lower + (lost / 2 + kUnit / 2) / kUnit;
    std::vector<std::pair<std::optional<int64_t>, std::optional<int64_t>>> out;
    for (int64_t i = 0; i < count; ++i) {
        auto begin = static_cast<int64_t>(current);
        current += stride;
        auto end = static_cast<int64_t>(current);
        out.emplace_back(i == 0 ? std::nullopt : std::optional(begin),
            i + 1 == count ? std::nullopt : std::optional(end));
    }
    return out;
}

std::vector<std::string> partition_clauses(
    const Options& options, const types::DataType& schema, const std::string& time_zone) {
    if (!options.partition_column) return {""};
    int index = schema.field_index(*options.partition_column);
    if (index < 0) {
        throw analysis_error("PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA",
            {{"column", *options.partition_column}, {"schema", schema.simple_string()}});
    }
    const auto& field = schema.fields()[static_cast<size_t>(index)];
    const types::DataType& type = *field.type;
    if (!type.is_numeric() && !type.is_datetime()) {
        invalid(
            "partitionColumn", "Partition column type should be numeric, date, or timestamp, but " +
                                   type.simple_string() + " found.");
    }
    int64_t lower = bound_of("lowerBound", options.lower_bound, type, time_zone);
    int64_t upper = bound_of("upperBound", options.upper_bound, type, time_zone);
    if (lower > upper) {
        invalid("lowerBound",
            "the lower bound of partitioning column is larger than the upper bound. Lower bound: " +
                options.lower_bound + "; Upper bound: " + options.upper_bound);
    }
    std::string column = quoted(options.parsed.database, field.name);
    std::vector<std::string> out;
    for (const auto& [begin, end] : strides(lower, upper, options.num_partitions.value_or(1))) {
        std::string from = begin ? column + " >= " + bound_text(*begin, type, time_zone) : "";
        std::string to = end ? column + " < " + bound_text(*end, type, time_zone) : "";
        if (!begin && !end) {
            out.push_back("");
        } else if (!begin) {
            out.push_back(to + " or " + column + " is null");
        } else {
            out.push_back(end ? from + " AND " + to : from);
        }
    }
    return out;
}

}  // namespace hanok::jdbc

#include "session/config_numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "session/config_values.h"
#include "types/data_type.h"

namespace hanok::session {

namespace {

enum class ValueType : uint8_t {
    kInt,
    kLong,
    kDouble,
    kBytes,
    kMebibytes,
    kSeconds,
    kMilliseconds
};
enum class Least : uint8_t { kNone, kZero, kOne };

struct NumberKey {
    std::string_view key;
    ValueType type;
    Least least;
};

constexpr NumberKey kNumbers[] = {
#include "session/config_numbers.inc"
};

const char* shown(ValueType type) {
    switch (type) {
        case ValueType::kInt: return "int";
        case ValueType::kLong: return "long";
        case ValueType::kDouble: return "double";
        case ValueType::kBytes: return "bytes in BYTE";
        case ValueType::kMebibytes: return "bytes in MiB";
        case ValueType::kSeconds: return "time in SECONDS";
        case ValueType::kMilliseconds: return "time in MILLISECONDS";
    }
    return "";
}

// What a unit stands for, in units of the key; 0 when there is no such unit.
double size_unit(std::string_view unit, ValueType type) {
    static const std::string_view kPrefixes = "kmgtp";
    double base = type == ValueType::kMebibytes ? 1024.0 * 1024 : 1;
    if (unit.empty()) return 1;
    if (unit == "b") return 1 / base;
    auto power = kPrefixes.find(unit[0]);
    auto rest = unit.substr(1);
    if (power == std::string_view::npos || !(rest.empty() || rest == "b" || rest == "ib")) return 0;
    return std::pow(1024.0, static_cast<double>(power) + 1) / base;
}

double time_unit(std::string_view unit, ValueType type) {
    struct Unit {
        std::string_view name;
        double seconds;
    };
    static constexpr Unit kUnits[] = {
        {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    if (unit.empty()) return 1;
    for (const auto& u : kUnits) {
        if (u.name == unit) return type == ValueType::kMilliseconds ? u.seconds * 1000 : u.seconds;
    }
    return 0;
}

std::optional<double> parse_double(std::string_view text) {
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    double number = 0;
    auto end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

std::optional<double> parse_number(std::string_view text, ValueType type) {
    if (type == ValueType::kDouble) return parse_double(text);
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    int64_t number = 0;
    auto end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc()) return std::nullopt;
    auto unit = std::string_view(stop, static_cast<size_t>(end - stop));
    switch (type) {
        case ValueType::kInt:
            if (number < INT32_MIN || number > INT32_MAX) return std::nullopt;
            [[fallthrough]];
        case ValueType::kLong:
            if (!unit.empty()) return std::nullopt;
            return static_cast<double>(number);
        default: break;
    }
    bool is_size = type == ValueType::kBytes || type == ValueType::kMebibytes;
    double factor = is_size ? size_unit(unit, type) : time_unit(unit, type);
    double value = static_cast<double>(number) * factor;
    if (factor == 0 || std::abs(value) >= 0x1p63) return std::nullopt;
    return value;
}

}  // namespace

void check_config_number(const std::string& key, const std::string& value) {
    const auto* found = std::lower_bound(std::begin(kNumbers), std::end(kNumbers), key,
        [](const NumberKey& n, const std::string& name) { return n.key < name; });
    if (found == std::end(kNumbers) || found->key != key) return;
    auto number = parse_number(types::to_lower(trimmed(value)), found->type);
    if (!number) {
        throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.TYPE_MISMATCH",
            {{"confName", key}, {"confValue", value}, {"confType", shown(found->type)}});
    }
    bool too_small = (found->least == Least::kZero && *number < 0) ||
                     (found->least == Least::kOne && *number <= 0);
    if (!too_small) return;
    auto least = found->least == Least::kOne ? " must be positive" : " must not be negative";
    throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.REQUIREMENT",
        {{"confName", key}, {"confValue", value},
            {"confRequirement", "The value of " + key + least}});
}

}  // namespace hanok::session

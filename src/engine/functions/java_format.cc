#include "engine/functions/java_format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/functions/kernel.h"
#include "engine/functions/utf8.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

struct Spec {
    int index = 0;  // 0: the next one
    bool left = false, plus = false, space = false, zero = false, comma = false,
         parenthesis = false, alternate = false;
    bool previous = false;
    int width = -1, precision = -1;
    char conversion = 's';
};

[[noreturn]] void bad_format(const std::string& what) {
    raise(Error(ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.PATTERN",
        {{"functionName", "`format_string`"}, {"parameter", "`strfmt`"},
            {"value", "'" + what + "'"}}));
}

bool set_flag(Spec& spec, char c) {
    switch (c) {
        case '-': return spec.left = true;
        case '+': return spec.plus = true;
        case ' ': return spec.space = true;
        case '0': return spec.zero = true;
        case ',': return spec.comma = true;
        case '(': return spec.parenthesis = true;
        case '#': return spec.alternate = true;
        case '<': return spec.previous = true;
        default: return false;
    }
}

int read_number(std::string_view text, size_t& i) {
    int value = 0;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9' && value < 100000000)
        value = value * 10 + (text[i++] - '0');
    return value;
}

// What stands behind the percent sign.
Spec read_spec(std::string_view text, size_t& i) {
    Spec spec;
    size_t begin = i;
    if (i < text.size() && text[i] >= '1' && text[i] <= '9') {
        int number = read_number(text, i);
        if (i < text.size() && text[i] == '$') {
            spec.index = number;
            ++i;
        } else {
            i = begin;
        }
    }
    while (i < text.size() && set_flag(spec, text[i])) ++i;
    if (i < text.size() && text[i] >= '1' && text[i] <= '9') spec.width = read_number(text, i);
    if (i < text.size() && text[i] == '.') {
        ++i;
        spec.precision = read_number(text, i);
    }
    if (i >= text.size()) bad_format(std::string(text.substr(begin - 1)));
    spec.conversion = text[i++];
    return spec;
}

std::string grouped(std::string digits) {
    auto end = digits.find('.');
    if (end == std::string::npos) end = digits.size();
    for (auto at = static_cast<int64_t>(end) - 3; at > 0; at -= 3)
        digits.insert(static_cast<size_t>(at), ",");
    return digits;
}

std::string justified(const std::string& text, const Spec& spec) {
    auto have = utf8_length(text);
    if (spec.width <= have) return text;
    std::string fill(static_cast<size_t>(spec.width - have), ' ');
    return spec.left ? text + fill : fill + text;
}

// Sign, zeros and grouping around a magnitude.
std::string signed_number(std::string digits, bool negative, const Spec& spec) {
    if (spec.comma) digits = grouped(digits);
    std::string before = negative     ? (spec.parenthesis ? "(" : "-")
                         : spec.plus  ? "+"
                         : spec.space ? " "
                                      : "";
    std::string after = negative && spec.parenthesis ? ")" : "";
    if (spec.zero) {
        auto have = static_cast<int>(before.size() + digits.size() + after.size());
        if (have < spec.width) digits.insert(0, static_cast<size_t>(spec.width - have), '0');
    }
    return justified(before + digits + after, spec);
}

std::string integer_text(const IntegerArgument& x, const Spec& spec) {
    auto magnitude = x.value < 0 ? 0ULL - static_cast<unsigned long long>(x.value)
                                 : static_cast<unsigned long long>(x.value);
    if (spec.conversion == 'd') return signed_number(std::to_string(magnitude), x.value < 0, spec);
    auto bits = static_cast<unsigned long long>(x.value);
    if (x.width < 8) bits &= (1ULL << (8 * x.width)) - 1;
    char text[32];
    std::snprintf(text, sizeof(text),
        spec.conversion == 'o'   ? "%llo"
        : spec.conversion == 'X' ? "%llX"
                                 : "%llx",
        bits);
    std::string digits = text;
    if (spec.alternate) digits = (spec.conversion == 'o' ? "0" : "0x") + digits;
    if (spec.zero && static_cast<int>(digits.size()) < spec.width)
        digits.insert(0, static_cast<size_t>(spec.width) - digits.size(), '0');
    return justified(digits, spec);
}

// Decimal digits rounded half up, as Java does from the shortest text of a double.
std::string fixed_digits(DecimalArgument x, int digits) {
    auto magnitude = x.unscaled < 0 ? -x.unscaled : x.unscaled;
    if (digits < x.scale)
        return types::decimal_to_string(round_half_up(magnitude, x.scale - digits), digits);
    auto text = types::decimal_to_string(magnitude, x.scale);
    if (digits > x.scale)
        text += (x.scale == 0 ? "." : "") + std::string(static_cast<size_t>(digits - x.scale), '0');
    return text;
}

std::optional<DecimalArgument> exact(double x) {
    Int128 unscaled = 0;
    int precision = 0, scale = 0;
    if (!types::parse_decimal(types::double_to_string(x), &unscaled, &precision, &scale))
        return std::nullopt;
    return DecimalArgument{unscaled, scale};
}

std::string real_text(double x, const Spec& spec) {
    if (std::isnan(x)) return justified("NaN", spec);
    bool negative = std::signbit(x);
    Spec no_zero = spec;
    if (std::isinf(x)) {
        no_zero.zero = no_zero.comma = false;
        return signed_number("Infinity", negative, no_zero);
    }
    int precision = spec.precision < 0 ? 6 : spec.precision;
    double magnitude = std::fabs(x);
    char text[512];
    if (spec.conversion == 'e' || spec.conversion == 'E') {
        std::snprintf(
            text, sizeof(text), spec.conversion == 'e' ? "%.*e" : "%.*E", precision, magnitude);
        return signed_number(text, negative, spec);
    }
    if (spec.conversion == 'g' || spec.conversion == 'G') {
        int digits = precision == 0 ? 1 : precision;
        bool plain = magnitude == 0 || (magnitude >= 1e-4 && magnitude < std::pow(10.0, digits));
        int exponent = magnitude == 0 ? 0 : static_cast<int>(std::floor(std::log10(magnitude)));
        if (plain) {
            std::snprintf(
                text, sizeof(text), "%.*f", std::max(0, digits - 1 - exponent), magnitude);
        } else {
            std::snprintf(text, sizeof(text), "%.*e", digits - 1, magnitude);
        }
        return signed_number(text, negative, spec);
    }
    if (auto decimal = exact(magnitude))
        return signed_number(fixed_digits(*decimal, precision), negative, spec);
    std::snprintf(text, sizeof(text), "%.*f", precision, magnitude);
    return signed_number(text, negative, spec);
}

std::string plain_text(const FormatArgument& argument) {
    if (const auto* b = std::get_if<bool>(&argument)) return *b ? "true" : "false";
    if (const auto* i = std::get_if<IntegerArgument>(&argument)) return std::to_string(i->value);
    if (const auto* d = std::get_if<double>(&argument)) return types::double_to_string(*d);
    if (const auto* d = std::get_if<DecimalArgument>(&argument))
        return types::decimal_to_string(d->unscaled, d->scale);
    if (const auto* s = std::get_if<std::string>(&argument)) return *s;
    return "null";
}

std::string general_text(std::string text, const Spec& spec) {
    if (spec.precision >= 0) text = std::string(utf8_slice(text, 0, spec.precision));
    if (spec.conversion == 'S' || spec.conversion == 'B' || spec.conversion == 'C')
        text = to_upper_text(text);
    return justified(text, spec);
}

[[noreturn]] void unfit(const Spec& spec) { bad_format(std::string("%") + spec.conversion); }

std::string converted(const FormatArgument& argument, const Spec& spec) {
    bool is_null = std::holds_alternative<std::monostate>(argument);
    switch (spec.conversion) {
        case 's':
        case 'S': return general_text(plain_text(argument), spec);
        case 'b':
        case 'B': {
            const auto* b = std::get_if<bool>(&argument);
            return general_text(is_null || (b && !*b) ? "false" : "true", spec);
        }
        case 'c':
        case 'C': {
            if (is_null) return general_text("null", spec);
            const auto* i = std::get_if<IntegerArgument>(&argument);
            if (!i || i->width > 4) unfit(spec);
            std::string text;
            append_utf8(text, static_cast<uint32_t>(i->value));
            return general_text(text, spec);
        }
        case 'd':
        case 'o':
        case 'x':
        case 'X': {
            if (is_null) return general_text("null", spec);
            const auto* i = std::get_if<IntegerArgument>(&argument);
            if (!i) unfit(spec);
            return integer_text(*i, spec);
        }
        case 'e':
        case 'E':
        case 'f':
        case 'g':
        case 'G': {
            if (is_null) return general_text("null", spec);
            if (const auto* d = std::get_if<double>(&argument)) return real_text(*d, spec);
            if (const auto* d = std::get_if<DecimalArgument>(&argument);
                d && spec.conversion == 'f') {
                return signed_number(fixed_digits(*d, spec.precision < 0 ? 6 : spec.precision),
                    d->unscaled < 0, spec);
            }
            unfit(spec);
        }
        default: unfit(spec);
    }
}

}  // namespace

std::string java_format(std::string_view format, const std::vector<FormatArgument>& arguments) {
    std::string out;
    size_t next = 0, last = 0;
    for (size_t i = 0; i < format.size();) {
        if (format[i] != '%') {
            out += format[i++];
            continue;
        }
        auto spec = read_spec(format, ++i);
        if (spec.conversion == '%') {
            out += justified("%", spec);
        } else if (spec.conversion == 'n') {
            out += '\n';
        } else {
            size_t index = spec.previous    ? last
                           : spec.index > 0 ? static_cast<size_t>(spec.index) - 1
                                            : next++;
            if (index >= arguments.size()) bad_format(std::string("%") + spec.conversion);
            last = index;
            out += converted(arguments[index], spec);
        }
    }
    return out;
}

namespace {

// Digits of |x| with `digits` behind the point, half to even on the exact value.
std::string half_even_digits(double x, int digits) {
    char text[512];
    std::snprintf(text, sizeof(text), "%.*f", std::min(digits, 340), std::fabs(x));
    return text;
}

std::string half_even_digits(DecimalArgument x, int digits) {
    auto magnitude = x.unscaled < 0 ? -x.unscaled : x.unscaled;
    if (digits >= x.scale) return fixed_digits({magnitude, x.scale}, digits);
    return types::decimal_to_string(round_half_even(magnitude, x.scale - digits), digits);
}

bool is_zero(const std::string& digits) {
    return std::all_of(digits.begin(), digits.end(), [](char c) { return c == '0' || c == '.'; });
}

struct Pattern {
    std::string prefix, suffix;
    int least_integer = 0, least_fraction = 0, most_fraction = 0, group = 0;
    bool percent = false;
    bool point_always = false;
};

Pattern read_pattern(std::string_view text) {
    Pattern p;
    text = text.substr(0, text.find(';'));
    bool fraction = false, started = false;
    int since_comma = -1;
    bool has_integer = false;
    for (char c : text) {
        if (c == '0' || c == '#' || c == ',' || c == '.') {
            started = true;
            if (c == '.') fraction = true;
            if (c == ',') since_comma = 0;
            if (c != '0' && c != '#') continue;
            if (since_comma >= 0 && !fraction) ++since_comma;
            if (fraction) ++p.most_fraction;
            if (!fraction) has_integer = true;
            if (c == '0') ++(fraction ? p.least_fraction : p.least_integer);
        } else if (c == '\'') {
            continue;
        } else {
            if (c == '%') p.percent = true;
            (started ? p.suffix : p.prefix) += c;
        }
    }
    p.group = std::max(since_comma, 0);
    p.point_always = fraction && (!has_integer || p.most_fraction == 0);
    // java.text.DecimalFormat: where no digit must be, one beside the point is ("#.#" is "0.#").
    if (fraction && p.least_integer + p.least_fraction == 0) {
        if (has_integer) p.least_integer = 1;
        if (!has_integer && p.most_fraction > 0) p.least_fraction = 1;
    }
    return p;
}

std::string shaped(const Pattern& p, std::string digits, bool negative) {
    auto point = digits.find('.');
    std::string whole = digits.substr(0, point),
                fraction = point == std::string::npos ? "" : digits.substr(point + 1);
    while (static_cast<int>(fraction.size()) > p.least_fraction && fraction.back() == '0')
        fraction.pop_back();
    auto first = whole.find_first_not_of('0');
    whole = first == std::string::npos ? "" : whole.substr(first);
    if (static_cast<int>(whole.size()) < p.least_integer)
        whole.insert(0, static_cast<size_t>(p.least_integer) - whole.size(), '0');
    if (whole.empty() && fraction.empty()) whole = "0";
    for (auto at = static_cast<int64_t>(whole.size()) - p.group; p.group > 0 && at > 0;
         at -= p.group)
        whole.insert(static_cast<size_t>(at), ",");
    bool has_point = p.point_always || !fraction.empty();
    return (negative ? "-" : "") + p.prefix + whole + (has_point ? "." + fraction : "") + p.suffix;
}

}  // namespace

std::string grouped_number(double x, int digits) {
    if (std::isnan(x)) return "NaN";
    if (std::isinf(x)) return x < 0 ? "-∞" : "∞";
    auto text = half_even_digits(x, digits);
    return (std::signbit(x) ? "-" : "") + grouped(text);
}

std::string grouped_number(DecimalArgument x, int digits) {
    auto text = half_even_digits(x, digits);
    return (x.unscaled < 0 && !is_zero(text) ? "-" : "") + grouped(text);
}

std::string pattern_number(double x, std::string_view pattern) {
    auto p = read_pattern(pattern);
    if (std::isnan(x)) return "NaN";
    if (p.percent) x *= 100;
    return shaped(p, half_even_digits(x, p.most_fraction), std::signbit(x));
}

std::string pattern_number(DecimalArgument x, std::string_view pattern) {
    auto p = read_pattern(pattern);
    if (p.percent) x.unscaled *= 100;
    return shaped(p, half_even_digits(x, p.most_fraction), x.unscaled < 0);
}

}  // namespace hanok::engine

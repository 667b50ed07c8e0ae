#pragma once
// Texts as java.util.Formatter and java.text.DecimalFormat make them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/functions/decimal_math.h"

namespace hanok::engine {

struct DecimalArgument {
    Int128 unscaled;
    int scale;
};
struct CharArgument {
    uint32_t code_point;
};
// NULL, BOOLEAN, integers (with their width in bytes beside), doubles, decimals, strings.
struct IntegerArgument {
    int64_t value;
    int width;
};
using FormatArgument =
    std::variant<std::monostate, bool, IntegerArgument, double, DecimalArgument, std::string>;

// %d, %5.2f, %-10s, %08x, %,d, %e, %1$s, …; raises an error for an unknown or unfit conversion.
std::string java_format(std::string_view format, const std::vector<FormatArgument>& arguments);

// A number of digits behind the point, half to even, with grouping commas.
std::string grouped_number(double x, int digits);
std::string grouped_number(DecimalArgument x, int digits);

// By a pattern such as "#,##0.00" or "##.###%".
std::string pattern_number(double x, std::string_view pattern);
std::string pattern_number(DecimalArgument x, std::string_view pattern);

}  // namespace hanok::engine

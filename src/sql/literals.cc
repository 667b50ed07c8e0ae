// Constants: numbers, strings, typed literals.
#include <cmath>
#include <cstdlib>
#include <limits>

#include "sql/datetime_literal.h"
#include "sql/parser_impl.h"
#include "types/datetime_text.h"

namespace hanok::sql {

using types::DataType;
using types::Value;

namespace {

constexpr int64_t kMicrosPerDay = 86400LL * 1000000;

std::string trimmed_lower(const std::string& text) {
    size_t begin = text.find_first_not_of(" \t\n\r");
    if (begin == std::string::npos) return "";
    return types::to_lower(text.substr(begin, text.find_last_not_of(" \t\n\r") - begin + 1));
}

}  // namespace

ExprPtr Parser::literal_node(types::TypePtr type, Value value, size_t first) {
    return node<plan::Literal>(first, std::move(type), std::move(value));
}

ExprPtr Parser::constant() {
    size_t first = c_.pos();
    if (at_string()) {
        std::string value = string_literal();
        return literal_node(DataType::string(), types::string_value(std::move(value)), first);
    }
    if (c_.at(Tok::kQuestion) || c_.at(Tok::kColon)) return parameter();
    if (c_.accept(Kw::kNull)) return literal_node(DataType::null(), Value(), first);
    if (c_.accept(Kw::kTrue))
        return literal_node(DataType::boolean(), types::bool_value(true), first);
    if (c_.accept(Kw::kFalse))
        return literal_node(DataType::boolean(), types::bool_value(false), first);
    if (at_interval_literal()) return interval_literal();
    if (at_typed_literal()) return typed_literal();
    bool negative = c_.accept(Tok::kMinus);
    return number_literal(negative, first);
}

ExprPtr Parser::number_literal(bool negative, size_t first) {
    const Token t = c_.peek();
    std::string text = negative ? "-" : "";
    text += c_.spelling(t);
    switch (t.kind) {
        case Tok::kInteger: c_.take(); return integer_literal(text, first);
        case Tok::kBigint:
        case Tok::kSmallint:
        case Tok::kTinyint:
            c_.take();
            text.pop_back();
            return ranged_integer(text, t.kind, first);
        case Tok::kDecimal: c_.take(); return decimal_literal(text, first);
        case Tok::kBigDecimal:
            c_.take();
            text.resize(text.size() - 2);
            return decimal_literal(text, first);
        case Tok::kExponent:
            c_.take();
            if (c_.options().exponent_as_decimal) return decimal_literal(text, first);
            return floating_literal(text, Tok::kDouble, first);
        case Tok::kFloat:
        case Tok::kDouble:
            c_.take();
            text.pop_back();
            return floating_literal(text, t.kind, first);
        default: c_.fail_syntax();
    }
}

ExprPtr Parser::integer_literal(const std::string& digits, size_t first) {
    types::Int128 value = 0;
    int precision = 0;
    int scale = 0;
    if (!types::parse_decimal(digits, &value, &precision, &scale))
        return decimal_literal(digits, first);
    if (value >= std::numeric_limits<int32_t>::min() &&
        value <= std::numeric_limits<int32_t>::max()) {
        return literal_node(
            DataType::integer(), types::int_value(static_cast<int64_t>(value)), first);
    }
    if (value >= std::numeric_limits<int64_t>::min() &&
        value <= std::numeric_limits<int64_t>::max()) {
        return literal_node(
            DataType::long_(), types::int_value(static_cast<int64_t>(value)), first);
    }
    return decimal_literal(digits, first);
}

ExprPtr Parser::ranged_integer(const std::string& digits, Tok kind, size_t first) {
    struct Range {
        const char* name;
        int64_t low;
        int64_t high;
    };
    Range range = kind == Tok::kBigint     ? Range{"bigint", std::numeric_limits<int64_t>::min(),
                                             std::numeric_limits<int64_t>::max()}
                  : kind == Tok::kSmallint ? Range{"smallint", -32768, 32767}
                                           : Range{"tinyint", -128, 127};
    types::Int128 value = 0;
    int precision = 0;
    int scale = 0;
    bool parsed = types::parse_decimal(digits, &value, &precision, &scale);
    if (!parsed || value < range.low || value > range.high) {
        c_.fail("INVALID_NUMERIC_LITERAL_RANGE",
            {{"rawStrippedQualifier", digits}, {"typeName", range.name},
                {"minValue", std::to_string(range.low)}, {"maxValue", std::to_string(range.high)}},
            first);
    }
    auto type = kind == Tok::kBigint     ? DataType::long_()
                : kind == Tok::kSmallint ? DataType::short_()
                                         : DataType::byte();
    return literal_node(std::move(type), types::int_value(static_cast<int64_t>(value)), first);
}

ExprPtr Parser::decimal_literal(const std::string& text, size_t first) {
    constexpr int kMaxPrecision = 38;
    types::Int128 value = 0;
    int precision = 0;
    int scale = 0;
    bool parsed = types::parse_decimal(text, &value, &precision, &scale);
    if (!parsed || precision > kMaxPrecision || scale > kMaxPrecision) {
        int digits = 0;
        for (char c : text) digits += c >= '0' && c <= '9';
        c_.fail("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
            {{"precision", std::to_string(std::max(digits, kMaxPrecision + 1))},
                {"maxPrecision", std::to_string(kMaxPrecision)}},
            first);
    }
    return literal_node(
        DataType::decimal(std::max(precision, scale), scale), types::decimal_value(value), first);
}

ExprPtr Parser::floating_literal(const std::string& text, Tok kind, size_t first) {
    bool is_float = kind == Tok::kFloat;
    double value = is_float ? std::strtof(text.c_str(), nullptr)
                            : std::strtod(text.c_str(), nullptr);
    if (std::isinf(value)) {
        c_.fail("INVALID_NUMERIC_LITERAL_RANGE",
            {{"rawStrippedQualifier", text}, {"typeName", is_float ? "float" : "double"},
                {"minValue", is_float ? "-3.4028234663852886E+38" : "-1.7976931348623157E+308"},
                {"maxValue", is_float ? "3.4028234663852886E+38" : "1.7976931348623157E+308"}},
            first);
    }
    return literal_node(
        is_float ? DataType::float_() : DataType::double_(), types::double_value(value), first);
}

// DATE 'x': any word before a string names a type.
bool Parser::at_typed_literal() const {
    bool text = c_.at(Tok::kString, 1) ||
                (c_.at(Tok::kDoubleQuoted, 1) && !c_.options().double_quoted_identifiers);
    return text && at_identifier();
}

void Parser::invalid_typed_literal(const char* type, const std::string& text, size_t first) const {
    c_.fail("INVALID_TYPED_LITERAL",
        {{"valueType", std::string("\"") + type + "\""},
            {"value", types::value_sql(types::string_value(text), *DataType::string())}},
        first);
}

ExprPtr Parser::typed_literal() {
    size_t first = c_.pos();
    std::string type = types::to_upper(std::string(c_.spelling(c_.take())));
    std::string text = string_literal_value(
        c_.spelling(c_.take()), c_.options().escaped_string_literals);
    if (type == "DATE") return date_literal(text, first);
    if (type == "TIMESTAMP" || type == "TIMESTAMP_NTZ" || type == "TIMESTAMP_LTZ")
        return timestamp_literal(type, text, first);
    if (type == "TIME") return time_literal(text, first);
    if (type == "X") return binary_literal(text, first);
    c_.fail("UNSUPPORTED_TYPED_LITERAL",
        {{"unsupportedType", "\"" + type + "\""},
            {"supportedTypes",
                "\"DATE\", \"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", "
                "\"X\", "
                "\"TIME\""}},
        first);
}

ExprPtr Parser::date_literal(const std::string& text, size_t first) {
    std::string special = trimmed_lower(text);
    ExprPtr today = call_node("current_date", {}, first);
    if (special == "now" || special == "today") return today;
    if (special == "tomorrow") return call_node("date_add", {today, plan::int_literal(1)}, first);
    if (special == "yesterday") return call_node("date_add", {today, plan::int_literal(-1)}, first);
    if (special == "epoch") return literal_node(DataType::date(), types::int_value(0), first);
    auto parsed = parse_date_time(text, false);
    if (!parsed) invalid_typed_literal("DATE", text, first);
    return literal_node(DataType::date(), types::int_value(parsed->days), first);
}

// TIMESTAMP without a zone is a wall clock in the session's zone; with timestamp_ntz_default it
// stays one.
ExprPtr Parser::timestamp_literal(
    const std::string& type_name, const std::string& text, size_t first) {
    bool ntz = type_name == "TIMESTAMP_NTZ" ||
               (type_name == "TIMESTAMP" && c_.options().timestamp_ntz_default);
    std::string special = trimmed_lower(text);
    special = special.substr(0, special.find(' '));  // a zone may follow
    ExprPtr now = call_node(ntz ? "localtimestamp" : "current_timestamp", {}, first);
    auto type = ntz ? DataType::timestamp_ntz() : DataType::timestamp();
    if (special == "now") return now;
    ExprPtr today = call_node("current_date", {}, first);
    if (special == "tomorrow") today = call_node("date_add", {today, plan::int_literal(1)}, first);
    if (special == "yesterday")
        today = call_node("date_add", {today, plan::int_literal(-1)}, first);
    if (special == "today" || special == "tomorrow" || special == "yesterday")
        return node<plan::Cast>(first, today, type);
    if (special == "epoch") return literal_node(type, types::int_value(0), first);
    // A time alone is a time of today, which only the running query knows.
    bool time_only = parse_time_of_day(special[0] == 't' ? special.substr(1) : special).has_value();
    if (time_only) return node<plan::Cast>(first, plan::string_literal(text), type);
    auto parsed = parse_date_time(text, true);
    if (!parsed) invalid_typed_literal(type_name.c_str(), text, first);
    bool zoned = !parsed->zone.empty();
    if (ntz && zoned) {
        if (type_name == "TIMESTAMP_NTZ") invalid_typed_literal("TIMESTAMP_NTZ", text, first);
        type = DataType::timestamp();
        ntz = false;
    }
    int64_t micros = 0;  // a year of six digits may be out of range
    if (__builtin_mul_overflow(int64_t{parsed->days}, kMicrosPerDay, &micros) ||
        __builtin_add_overflow(micros, parsed->micros_of_day, &micros)) {
        invalid_typed_literal(type_name.c_str(), text, first);
    }
    if (!ntz) {
        try {
            micros = types::local_to_utc_micros(
                micros, zoned ? parsed->zone : c_.options().time_zone);
        } catch (const Error&) {
            invalid_typed_literal(type_name.c_str(), text, first);
        }
    }
    return literal_node(type, types::int_value(micros), first);
}

ExprPtr Parser::time_literal(const std::string& text, size_t first) {
    auto nanos = parse_time_of_day(text);
    if (!nanos) invalid_typed_literal("TIME", text, first);
    constexpr int64_t kNanosPerMicro = 1000;
    return literal_node(
        DataType::time(6), types::int_value(*nanos / kNanosPerMicro * kNanosPerMicro), first);
}

ExprPtr Parser::binary_literal(const std::string& text, size_t first) {
    std::string digits = text.size() % 2 == 0 ? text : "0" + text;
    std::string bytes;
    for (size_t i = 0; i < digits.size(); i += 2) {
        auto hex = [&](char c) {
            if (c >= '0' && c <= '9') return c - '0';
            if (c >= 'a' && c <= 'f') return c - 'a' + 10;
            if (c >= 'A' && c <= 'F') return c - 'A' + 10;
            return -1;
        };
        int high = hex(digits[i]);
        int low = hex(digits[i + 1]);
        if (high < 0 || low < 0) invalid_typed_literal("X", text, first);
        bytes.push_back(static_cast<char>(high * 16 + low));
    }
    return literal_node(DataType::binary(), types::string_value(std::move(bytes)), first);
}

}  // namespace hanok::sql

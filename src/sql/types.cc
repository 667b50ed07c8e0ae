// Data types and table schemas.
#include <nlohmann/json.hpp>

#include <limits>

#include "sql/parser_impl.h"
#include "types/collation.h"
#include "types/geo.h"

namespace hanok::sql {

using types::DataType;
using types::TypePtr;

namespace {

TypePtr simple_type(Kw keyword) {
    switch (keyword) {
        case Kw::kBoolean: return DataType::boolean();
        case Kw::kTinyint:
        case Kw::kByte: return DataType::byte();
        case Kw::kSmallint:
        case Kw::kShort: return DataType::short_();
        case Kw::kInt:
        case Kw::kInteger: return DataType::integer();
        case Kw::kBigint:
        case Kw::kLong: return DataType::long_();
        case Kw::kFloat:
        case Kw::kReal: return DataType::float_();
        case Kw::kDouble: return DataType::double_();
        case Kw::kDate: return DataType::date();
        case Kw::kTimestampLtz: return DataType::timestamp();
        case Kw::kTimestampNtz: return DataType::timestamp_ntz();
        case Kw::kBinary: return DataType::binary();
        case Kw::kVoid: return DataType::null();
        case Kw::kVariant: return DataType::variant();
        default: return nullptr;
    }
}

int interval_field(Kw k) {
    switch (k) {
        case Kw::kYear:
        case Kw::kDay: return 0;
        case Kw::kMonth:
        case Kw::kHour: return 1;
        case Kw::kMinute: return 2;
        case Kw::kSecond: return 3;
        default: return -1;
    }
}

}  // namespace

TypePtr Parser::data_type() {
    DepthGuard guard(this);
    size_t first = c_.pos();
    bool angle = c_.at(Tok::kLess, 1);
    switch (c_.peek().keyword) {
        case Kw::kArray: {
            c_.take();
            if (!c_.accept(Tok::kLess))
                c_.fail("INCOMPLETE_TYPE_DEFINITION.ARRAY", {{"elementType", "<INT>"}}, first);
            TypePtr element = data_type();
            close_angle();
            return DataType::array(std::move(element));
        }
        case Kw::kMap: {
            c_.take();
            if (!angle) c_.fail("INCOMPLETE_TYPE_DEFINITION.MAP", {}, first);
            c_.take();
            TypePtr key = data_type();
            c_.expect(Tok::kComma);
            TypePtr value = data_type();
            close_angle();
            return DataType::map(std::move(key), std::move(value));
        }
        case Kw::kStruct:
            c_.take();
            if (c_.accept(Tok::kNotEqual)) return DataType::struct_({});
            if (!angle) c_.fail("INCOMPLETE_TYPE_DEFINITION.STRUCT", {}, first);
            return struct_type();
        default: return primitive_type(first);
    }
}

void Parser::close_angle() {
    if (!c_.at(Tok::kGreater)) c_.fail_syntax();
    c_.take();
}

TypePtr Parser::struct_type() {
    c_.expect(Tok::kLess);
    types::Fields fields;
    if (!c_.at(Tok::kGreater)) {
        do {
            fields.push_back(column_type());
        } while (c_.accept(Tok::kComma));
    }
    close_angle();
    return DataType::struct_(std::move(fields));
}

types::StructField Parser::column_type() {
    types::StructField field;
    field.name = error_capturing_identifier();
    c_.accept(Tok::kColon);
    field.type = data_type();
    if (c_.at_words({Kw::kNot, Kw::kNull})) {
        c_.seek(c_.pos() + 2);
        field.nullable = false;
    }
    if (c_.accept(Kw::kComment))
        field.metadata = nlohmann::json{{"comment", string_literal()}}.dump();
    return field;
}

TypePtr Parser::column_type_list() {
    types::Fields fields;
    do {
        fields.push_back(column_type());
    } while (c_.accept(Tok::kComma));
    return DataType::struct_(std::move(fields));
}

// "(n)" if it is there.
std::optional<int> Parser::optional_type_argument() {
    if (!c_.at(Tok::kLeftParen)) return std::nullopt;
    c_.take();
    int64_t n = integer_value();
    c_.expect(Tok::kRightParen);
    return static_cast<int>(std::min<int64_t>(n, std::numeric_limits<int>::max()));
}

// The name of a collation, as Spark spells it.
std::string Parser::collation_name() {
    size_t place = c_.pos();
    auto name = multipart_identifier();
    std::string text;
    for (const auto& part : name) text += (text.empty() ? "" : ".") + part;
    auto collation = types::Collation::parse(text);
    if (!collation) {
        c_.fail("COLLATION_INVALID_NAME",
            {{"collationName", text}, {"proposals", "UTF8_BINARY, UTF8_LCASE, UNICODE"}}, place);
    }
    return collation->name();
}

TypePtr Parser::primitive_type(size_t first) {
    if (!at_identifier()) c_.fail_syntax();
    Kw k = c_.peek().keyword;
    bool argument = c_.at(Tok::kLeftParen, 1);
    if (!argument) {
        if (TypePtr simple = simple_type(k)) {
            c_.take();
            return simple;
        }
    }
    switch (k) {
        case Kw::kString:
            c_.take();
            if (c_.accept(Kw::kCollate)) return DataType::string(collation_name());
            return DataType::string();
        case Kw::kChar:
        case Kw::kCharacter:
        case Kw::kVarchar: c_.take(); return sized_string_type(k, first);
        case Kw::kDecimal:
        case Kw::kDec:
        case Kw::kNumeric: c_.take(); return decimal_type(first);
        case Kw::kInterval: c_.take(); return interval_type(first);
        case Kw::kTimestamp:
            c_.take();
            if (c_.accept_words({Kw::kWithout, Kw::kTime, Kw::kZone}))
                return DataType::timestamp_ntz();
            return c_.options().timestamp_ntz_default ? DataType::timestamp_ntz()
                                                      : DataType::timestamp();
        case Kw::kTime: {
            c_.take();
            int precision = optional_type_argument().value_or(6);
            c_.accept_words({Kw::kWithout, Kw::kTime, Kw::kZone});
            if (precision > 6) {
                c_.fail("UNSUPPORTED_TIME_PRECISION", {{"precision", std::to_string(precision)}},
                    first);
            }
            return DataType::time(precision);
        }
        default: break;
    }
    std::string name = identifier();
    if ((k == Kw::kGeometry || k == Kw::kGeography) && c_.accept(Tok::kLeftParen)) {
        int64_t srid = types::kAnySrid;
        if (!c_.accept(Kw::kAny)) srid = integer_value();
        c_.expect(Tok::kRightParen);
        bool fits = srid >= types::kAnySrid && srid <= std::numeric_limits<int>::max();
        if (!fits) throw types::invalid_srid(srid);
        return k == Kw::kGeometry ? types::geometry_type(static_cast<int>(srid))
                                  : types::geography_type(static_cast<int>(srid));
    }
    if (c_.accept(Tok::kLeftParen)) {
        name += "(" + std::to_string(integer_value());
        while (c_.accept(Tok::kComma)) name += "," + std::to_string(integer_value());
        c_.expect(Tok::kRightParen);
        name += ")";
    }
    c_.fail("UNSUPPORTED_DATATYPE", {{"typeName", "\"" + types::to_upper(name) + "\""}}, first);
}

TypePtr Parser::sized_string_type(Kw keyword, size_t first) {
    auto length = optional_type_argument();
    bool is_varchar = keyword == Kw::kVarchar;
    if (!length) {
        c_.fail("DATATYPE_MISSING_SIZE",
            {{"type", std::string("\"") + std::string(keyword_text(keyword)) + "\""}}, first);
    }
    if (*length < 1) {
        c_.fail(
            "_LEGACY_ERROR_TEMP_0064", {{"msg", "char/varchar length must be at least 1"}}, first);
    }
    return is_varchar ? DataType::varchar(*length) : DataType::char_(*length);
}

TypePtr Parser::decimal_type(size_t first) {
    constexpr int64_t kMaxPrecision = 38;
    int64_t precision = 10;
    int64_t scale = 0;
    if (c_.accept(Tok::kLeftParen)) {
        precision = integer_value();
        if (c_.accept(Tok::kComma)) scale = integer_value();
        c_.expect(Tok::kRightParen);
    }
    if (precision > kMaxPrecision) {
        c_.fail("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
            {{"precision", std::to_string(precision)},
                {"maxPrecision", std::to_string(kMaxPrecision)}},
            first);
    }
    if (scale > precision) {
        c_.fail_as(
            analysis_error("_LEGACY_ERROR_TEMP_1228",
                {{"scale", std::to_string(scale)}, {"precision", std::to_string(precision)}}),
            first);
    }
    return DataType::decimal(static_cast<int>(precision), static_cast<int>(scale));
}

TypePtr Parser::interval_type(size_t) {
    bool months = c_.at_any({Kw::kYear, Kw::kMonth});
    bool days = c_.at_any({Kw::kDay, Kw::kHour, Kw::kMinute, Kw::kSecond});
    if (!months && !days) return DataType::calendar_interval();
    int from = interval_field(c_.take().keyword);
    int to = from;
    if (c_.accept(Kw::kTo)) {
        bool fits = months ? c_.at(Kw::kMonth) : c_.at_any({Kw::kHour, Kw::kMinute, Kw::kSecond});
        if (!fits) c_.fail_syntax();
        to = interval_field(c_.peek().keyword);
        if (to <= from) c_.fail_syntax();
        c_.take();
    }
    return months ? DataType::year_month_interval(from, to) : DataType::day_time_interval(from, to);
}

}  // namespace hanok::sql

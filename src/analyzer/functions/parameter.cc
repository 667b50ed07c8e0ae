#include "analyzer/functions/parameter.h"

#include <cstdio>
#include <map>

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"
#include "base/error.h"

namespace hanok::analyzer {

using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

const std::map<std::string, TypePtr>& simple_types() {
    static const std::map<std::string, TypePtr> map = {
        {"void", DataType::null()},
        {"boolean", DataType::boolean()},
        {"tinyint", DataType::byte()},
        {"smallint", DataType::short_()},
        {"int", DataType::integer()},
        {"bigint", DataType::long_()},
        {"float", DataType::float_()},
        {"double", DataType::double_()},
        {"string", DataType::string()},
        {"binary", DataType::binary()},
        {"date", DataType::date()},
        {"timestamp", DataType::timestamp()},
        {"timestamp_ntz", DataType::timestamp_ntz()},
        {"time", DataType::time()},
        {"interval", DataType::calendar_interval()},
        {"ym", DataType::year_month_interval()},
        {"dt", DataType::day_time_interval()},
        {"variant", DataType::variant()},
    };
    return map;
}

// "=string": a string or NULL; nothing is converted to one.
bool is_strict(const std::string& name) { return name[0] == '='; }

bool accepts(const std::string& name, const DataType& t) {
    if (is_strict(name)) return accepts(name.substr(1), t);
    if (name == "any") return true;
    if (name == "numeric") return t.is_numeric();
    if (name == "integral") return t.is_integral();
    if (name == "decimal") return t.is(TypeId::kDecimal);
    if (name == "string") return t.is_string();
    if (name == "time") return t.is(TypeId::kTime);
    if (name == "ym") return t.is(TypeId::kYearMonthInterval);
    if (name == "dt") return t.is(TypeId::kDayTimeInterval);
    if (name == "ansi_interval") return t.is_ansi_interval();
    if (name == "array") return t.is(TypeId::kArray);
    if (name == "map") return t.is(TypeId::kMap);
    if (name == "struct") return t.is(TypeId::kStruct);
    if (name == "atomic") return t.is_atomic();
    return type_named(name)->same_type(t);
}

// The type to cast to, for an argument that does not fit as it is.
TypePtr converted(const std::string& name, const DataType& t, bool ansi) {
    bool is_null = t.is(TypeId::kNull);
    if (is_strict(name)) return is_null ? converted(name.substr(1), t, ansi) : nullptr;
    if (name == "numeric") return is_null || t.is_string() ? DataType::double_() : nullptr;
    if (name == "integral") return is_null ? DataType::integer() : nullptr;
    if (name == "decimal") {
        if (t.is_integral()) return DataType::decimal_for(t);
        if (t.is(TypeId::kFloat)) return DataType::decimal(14, 7);
        if (t.is(TypeId::kDouble)) return DataType::decimal(30, 15);
        if (t.is_string()) return DataType::decimal(38, 18);
        return is_null ? DataType::decimal(10, 0) : nullptr;
    }
    if (name == "ansi_interval") return is_null ? DataType::day_time_interval() : nullptr;
    if (name == "array") return is_null ? DataType::array(DataType::null()) : nullptr;
    if (name == "map") return is_null ? DataType::map(DataType::null(), DataType::null()) : nullptr;
    if (name == "struct") return is_null ? DataType::struct_({}) : nullptr;
    if (name == "atomic") return is_null ? DataType::string() : nullptr;
    auto type = type_named(name);
    return is_null || can_implicitly_cast(t, *type, ansi) ? type : nullptr;
}

std::string shown(const std::string& name) {
    if (is_strict(name)) return shown(name.substr(1));
    if (name == "numeric") return "\"NUMERIC\"";
    if (name == "integral") return "\"INTEGRAL\"";
    if (name == "decimal") return "\"DECIMAL\"";
    if (name == "ansi_interval")
        return "(\"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")";
    if (name == "any" || name == "atomic") return "\"ANY\"";
    if (name == "array" || name == "map" || name == "struct")
        return "\"" + types::to_upper(name) + "\"";
    return quoted_type(*type_named(name));
}

}  // namespace

bool Parameter::is_variable() const {
    const auto& name = alternatives[0];
    return name[0] >= 'A' && name[0] <= 'Z' && name.size() <= 2;
}

Parameter parse_parameter(const std::string& text) {
    Parameter p;
    std::string types = text;
    auto equals = text.find("?=");
    if (equals != std::string::npos) {
        types = text.substr(0, equals);
        auto value = text.substr(equals + 2);
        p.is_optional = true;
        auto type = types.substr(0, types.find('|'));
        if (is_strict(type)) type.erase(0, 1);
        if (type == "int" || type == "bigint") {
            p.default_value = make_literal(type_named(type), types::int_value(std::stoll(value)));
        } else if (type.starts_with("decimal")) {
            types::Int128 unscaled = 0;
            int precision = 0;
            int scale = 0;
            if (!types::parse_decimal(value, &unscaled, &precision, &scale))
                throw internal_error("a default that is no number");
            auto decimal = type_named(type);
            for (; scale < decimal->scale(); ++scale) unscaled *= 10;
            p.default_value = make_literal(decimal, types::decimal_value(unscaled));
        } else if (type == "boolean") {
            p.default_value = make_literal(type_named(type), types::bool_value(value == "true"));
        } else if (value == "NULL") {
            p.default_value = null_constant(type_named(type));
        } else if (type == "binary") {
            auto text = make_literal(DataType::string(), types::string_value(value));
            p.default_value = cast_to(text, DataType::binary(), true);
        } else {
            p.default_value = make_literal(type_named(type), types::string_value(value));
        }
    } else if (types.back() == '?') {
        p.is_optional = true;
        types.pop_back();
    } else if (types.back() == '*' || types.back() == '+') {
        p.is_repeated = true;
        p.from_zero = types.back() == '*';
        types.pop_back();
    }
    for (size_t begin = 0; begin <= types.size();) {
        auto end = std::min(types.find('|', begin), types.size());
        p.alternatives.push_back(types.substr(begin, end - begin));
        begin = end + 1;
    }
    return p;
}

TypePtr accepted_type(const Parameter& parameter, const DataType& from, bool ansi) {
    for (const auto& name : parameter.alternatives) {
        if (accepts(name, from)) return std::make_shared<DataType>(from);
    }
    for (const auto& name : parameter.alternatives) {
        if (auto type = converted(name, from, ansi)) return type;
    }
    return nullptr;
}

std::string required_types(const Parameter& parameter) {
    if (parameter.alternatives.size() == 1) return shown(parameter.alternatives[0]);
    std::string out = "(";
    for (size_t i = 0; i < parameter.alternatives.size(); ++i) {
        out += (i ? " or " : "") + shown(parameter.alternatives[i]);
    }
    return out + ")";
}

TypePtr type_named(const std::string& name) {
    auto it = simple_types().find(name);
    if (it != simple_types().end()) return it->second;
    if (name.starts_with("array<"))
        return DataType::array(type_named(name.substr(6, name.size() - 7)));
    if (name.starts_with("map<")) {
        auto comma = name.find(',');
        return DataType::map(type_named(name.substr(4, comma - 4)),
            type_named(name.substr(comma + 1, name.size() - comma - 2)));
    }
    int precision = 0;
    int scale = 0;
    if (std::sscanf(name.c_str(), "decimal(%d,%d)", &precision, &scale) == 2)
        return DataType::decimal(precision, scale);
    throw internal_error("unknown type " + name + " in a signature");
}

}  // namespace hanok::analyzer

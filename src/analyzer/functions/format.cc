// Number formats: to_char, to_number; to_binary.

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"
#include "analyzer/functions/string_groups.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

// Digits before and behind the point of a number format.
TypePtr format_decimal(const std::string& format) {
    int before = 0, behind = 0;
    bool fraction = false;
    for (char c : format) {
        if (c == '.' || c == 'D' || c == 'd') fraction = true;
        if (c == '0' || c == '9') ++(fraction ? behind : before);
    }
    int precision = before + behind;
    if (precision > 38) precision = 38;
    return DataType::decimal(precision == 0 ? 1 : precision, behind);
}

ExprPtr bind_to_number(const FunctionDef& def, CallInput& input, bool is_try) {
    auto args = coerce_arguments({"string", "string"}, def, input);
    if (input.args[1]->type->is(TypeId::kNull)) return null_constant(DataType::decimal(38, 0));
    auto format = require_string(def, input, args[1], "format");
    auto type = format_decimal(format);
    bool nullable = is_try || any_nullable(args);
    return make_call(input, is_try ? "try_to_number" : "to_number", args, type, nullable);
}

// A rewritten call that shows its new form.
ExprPtr shown_call(CallInput& input, const std::string& function, Exprs args, bool nullable,
    const std::string& shown) {
    auto call = std::make_shared<resolved::Call>(
        function, std::move(args), DataType::string(), nullable);
    call->ansi = input.context.ansi;
    call->origin = input.origin;
    call->shown = shown;
    input.shown_name = shown;
    return call;
}

ExprPtr bind_to_char(const FunctionDef& def, CallInput& input) {
    const auto& value = input.args[0];
    if (value->type->is_datetime() || value->type->is(TypeId::kTime)) {
        auto stamp = value->type->is(TypeId::kTime)
                         ? value
                         : cast_to(value, DataType::timestamp(), input.context.ansi);
        auto shown = "date_format(" + expression_sql(*value) + ", " +
                     expression_sql(*input.args[1]) + ")";
        auto format = cast_to(input.args[1], DataType::string(), input.context.ansi);
        return shown_call(
            input, "date_format", {stamp, format}, value->nullable || format->nullable, shown);
    }
    if (value->type->is(TypeId::kBinary)) {
        auto format = types::to_lower(require_string(def, input, input.args[1], "format"));
        auto text = expression_sql(*value);
        if (format == "base64" || format == "hex") {
            auto name = format == "base64" && def.name == "to_varchar" ? def.name : format;
            return shown_call(input, format, {value}, value->nullable, name + "(" + text + ")");
        }
        if (format == "utf-8" || format == "utf8") {
            return shown_call(input, "decode_bytes", {value, string_constant("utf-8")}, true,
                "decode(" + text + ", utf-8)");
        }
        throw analysis_error("INVALID_PARAMETER_VALUE.BINARY_FORMAT",
            {{"functionName", quote_identifier(def.name)}, {"parameter", "`format`"},
                {"invalidFormat", "'" + format + "'"}});
    }
    auto args = coerce_arguments({"decimal", "string"}, def, input);
    require_string(def, input, args[1], "format");
    bool nullable = any_nullable(args);
    return make_call(input, "to_char", args, DataType::string(), nullable);
}

ExprPtr bind_to_binary(const FunctionDef& def, CallInput& input, bool is_try) {
    if (input.args.size() == 1) input.args.push_back(string_constant("hex"));
    auto args = coerce_arguments({"string", "string"}, def, input);
    if (args[1]->type->is_string() && !args[1]->nullable) {
        auto format = types::to_lower(require_string(def, input, args[1], "fmt"));
        bool known = format == "hex" || format == "base64" || format == "utf-8" || format == "utf8";
        if (!known && is_try) return null_constant(DataType::binary());
        if (!known) {
            raise_mismatch(def, input, "INVALID_ARG_VALUE",
                {{"inputName", "fmt"}, {"requireType", "case-insensitive \"STRING\""},
                    {"validValues", "'hex', 'utf-8', 'utf8', or 'base64'"},
                    {"inputValue", "'" + format + "'"}});
        }
    }
    return make_call(input, is_try ? "try_to_binary" : "to_binary", args, DataType::binary(), true);
}

}  // namespace

void register_formats(FunctionRegistry& registry) {
    FunctionGroup group(registry, "string_funcs");
    for (bool is_try : {false, true}) {
        std::string prefix = is_try ? "try_" : "";
        group.custom(
            prefix + "to_number", 2, 2,
            [is_try](const FunctionDef& def, CallInput& input) {
                return bind_to_number(def, input, is_try);
            },
            "The number that a text of a format stands for.");
        group.custom(
            prefix + "to_binary", 1, 2,
            [is_try](const FunctionDef& def, CallInput& input) {
                return bind_to_binary(def, input, is_try);
            },
            "The bytes that a text in hex, base64 or utf-8 stands for.");
    }
    group.custom("to_char", 2, 2, bind_to_char, "A number, date or binary value in a format.");
    group.custom("to_varchar", 2, 2, bind_to_char, "A number, date or binary value in a format.")
        .label("to_char");
}

}  // namespace hanok::analyzer

#include <algorithm>

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"
#include "analyzer/functions/string_groups.h"
#include "resolved/tree.h"
#include "types/collation.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

void register_case_and_length(FunctionGroup& group) {
    group.scalar("upper", {"string"}, "arg0", "All characters in upper case.").aliases({"ucase"});
    group.scalar("lower", {"string"}, "arg0", "All characters in lower case.").aliases({"lcase"});
    group.scalar("initcap", {"string"}, "arg0",
        "The first letter of each word in upper case, the others in lower case.");
    for (const auto* name : {"length", "len", "char_length", "character_length"}) {
        group
            .scalar(name, {"string|binary"}, "int",
                "Number of characters, or of bytes of a binary value.")
            .kernel("length");
    }
    group.scalar("octet_length", {"string|binary"}, "int", "Number of bytes.");
    group.scalar("bit_length", {"string|binary"}, "int", "Number of bits.");
    group.scalar("reverse_string", {"string"}, "arg0", "The characters in reverse order.");
    group.scalar("ascii", {"string"}, "int", "Code point of the first character.");
    for (const auto* name : {"chr", "char"}) {
        group.scalar(name, {"bigint"}, "string", "The character with a code from 0 to 255.")
            .kernel("chr");
    }
    group.scalar("space", {"int"}, "string", "A string of n spaces.");
    group.scalar("quote", {"string"}, "string", "The string as a quoted literal.")
        .nulls(Nulls::kAlways);
}

// With two arguments the characters to remove come first.
void add_trim(FunctionGroup& group, const std::string& name, const std::string& side) {
    group
        .scalar(name, {"string", "string?"}, "string",
            "Removes characters (spaces by default) from the ends of a string.")
        .rewrite([name](Exprs args, CallInput& input) {
            if (args.size() == 2) std::swap(args[0], args[1]);
            auto type = args[0]->type;
            bool nullable = any_nullable(args);
            return make_call(input, name, std::move(args), type, nullable);
        })
        .column_name([name, side](const std::vector<std::string>& args) {
            if (args.size() < 2) return name + "(" + (args.empty() ? "" : args[0]) + ")";
            return "TRIM(" + side + " " + args[0] + " FROM " + args[1] + ")";
        });
}

void register_trim_and_pad(FunctionGroup& group) {
    add_trim(group, "trim", "BOTH");
    add_trim(group, "ltrim", "LEADING");
    add_trim(group, "rtrim", "TRAILING");
    group
        .scalar("btrim", {"string", "string?"}, "arg0",
            "Removes characters from both ends of a string.")
        .kernel("trim");
    for (const std::string name : {"lpad", "rpad"}) {
        group
            .custom(
                name, 2, 3,
                [name](const FunctionDef& def, CallInput& input) {
                    bool is_binary = input.args[0]->type->is(TypeId::kBinary);
                    if (input.args.size() == 2) {
                        input.args.push_back(is_binary
                                                 ? make_literal(DataType::binary(),
                                                       types::string_value(std::string(1, '\0')))
                                                 : string_constant(" "));
                    }
                    std::string kind =
                        is_binary && input.args[2]->type->is(TypeId::kBinary) ? "binary" : "string";
                    auto args = coerce_arguments({kind, "int", kind}, def, input);
                    bool nullable = kind == "binary" || any_nullable(args);
                    std::string shown;
                    for (const auto& a : input.args)
                        shown += (shown.empty() ? "" : ", ") + expression_sql(*a);
                    input.shown_name = name + "(" + shown + ")";
                    return make_call(input, name, args, type_named(kind), nullable);
                },
                "Pads (or cuts) a value to a length.")
            .column_name([name](const std::vector<std::string>& args) {
                std::string out = name + "(";
                for (size_t i = 0; i < args.size(); ++i) out += (i ? ", " : "") + args[i];
                return out + (args.size() == 2 ? ",  )" : ")");
            });
    }
}

ExprPtr bind_substring(const FunctionDef& def, CallInput& input) {
    if (input.args.size() == 2) input.args.push_back(int_constant(2147483647));
    auto args = coerce_arguments({"string|binary", "int", "int"}, def, input);
    bool nullable = any_nullable(args);
    auto type = args[0]->type;
    return make_call(input, "substring", args, type, nullable);
}

void register_parts(FunctionGroup& group) {
    for (const std::string name : {"substring", "substr"}) {
        group
            .custom(name, 2, 3, bind_substring,
                "Part of a string or binary value from a position on, counted from 1.")
            .column_name([name](const std::vector<std::string>& args) {
                std::string out = name + "(";
                for (size_t i = 0; i < args.size(); ++i) out += (i ? ", " : "") + args[i];
                return out + (args.size() == 2 ? ", 2147483647)" : ")");
            });
    }
    group.scalar("left", {"string|binary", "int"}, "arg0", "The first n characters.");
    group.scalar("right", {"string", "int"}, "string", "The last n characters.")
        .nulls(Nulls::kAlways);
    group
        .scalar("split_part", {"string", "string", "int"}, "string",
            "The n-th part between delimiters.")
        .nulls(Nulls::kAlways);
    group.scalar("substring_index", {"string", "string", "int"}, "string",
        "The part before the n-th delimiter.");
    group.scalar("overlay", {"string|binary", "string|binary", "int", "int?=-1"}, "arg0",
        "Replaces part of a value by another.");
    group.scalar("repeat", {"string", "int"}, "string", "The string n times.");
    group.scalar(
        "translate", {"string", "string", "string"}, "arg0", "Replaces single characters.");
    group.scalar("replace", {"string", "string", "string?="}, "arg0",
        "Replaces every occurrence of a string.");
}

void register_search(FunctionGroup& group) {
    for (const auto* name : {"contains", "startswith", "endswith"}) {
        std::string text = name;
        group.custom(
            name, 2, 2,
            [text](const FunctionDef& def, CallInput& input) {
                bool is_binary = input.args[0]->type->is(TypeId::kBinary) &&
                                 input.args[1]->type->is(TypeId::kBinary);
                std::string kind = is_binary ? "binary" : "string";
                auto args = coerce_arguments({kind, kind}, def, input);
                bool nullable = is_binary || any_nullable(args);
                return make_call(input, text, args, DataType::boolean(), nullable);
            },
            "Tests whether one value is found in another.");
    }
    group.scalar("instr", {"string", "string"}, "int", "Position of a substring, 0 when absent.");
    for (const auto* name : {"locate", "position"}) {
        group
            .scalar(name, {"string", "string", "int?=1"}, "int",
                "Position of the first value in the second, 0 when absent.")
            .kernel("locate");
    }
    group.scalar("find_in_set", {"string", "string"}, "int",
        "Position in a comma-separated list, 0 when absent.");
    group.scalar(
        "levenshtein", {"string", "string", "int?"}, "int", "Edit distance of two strings.");
    group.scalar("jaro_winkler_similarity", {"string", "string"}, "double",
        "Jaro-Winkler similarity of two strings.");
    group.scalar("soundex", {"string"}, "string", "Soundex code.");
    group
        .scalar(
            "luhn_check", {"string"}, "boolean", "Tests the Luhn checksum of a string of digits.")
        .nulls(Nulls::kAlways);
}

bool asks_for_text(const CallInput& input, const char* key) {
    return input.context.conf && types::to_lower(input.context.conf(key)) == "true";
}

ExprPtr bind_concat(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    if (args.empty()) return string_constant("");
    bool all_arrays = false;
    for (const auto& a : args) all_arrays = all_arrays || a->type->is(TypeId::kArray);
    if (all_arrays) {
        auto type = common_type(def, input, args);
        if (!type->is(TypeId::kArray)) {
            for (size_t i = 0; i < args.size(); ++i) {
                if (!args[i]->type->is(TypeId::kArray))
                    raise_unexpected_type(def, input, i, "(\"STRING\" or \"BINARY\" or \"ARRAY\")");
            }
        }
        for (auto& a : args) a = cast_to(a, type, input.context.ansi);
        bool nullable = any_nullable(args);
        return make_call(input, "concat", args, type, nullable);
    }
    bool all_binary = !asks_for_text(input, "spark.sql.function.concatBinaryAsString");
    for (const auto& a : args) all_binary = all_binary && a->type->is(TypeId::kBinary);
    auto type = all_binary ? DataType::binary() : DataType::string();
    for (size_t i = 0; i < args.size(); ++i) {
        if (args[i]->type->is_nested())
            raise_unexpected_type(def, input, i, "(\"STRING\" or \"BINARY\" or \"ARRAY\")");
        args[i] = cast_to(args[i], type, input.context.ansi);
    }
    bool nullable = any_nullable(args);
    return make_call(input, "concat", args, type, nullable);
}

ExprPtr bind_concat_ws(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    for (size_t i = 0; i < args.size(); ++i) {
        bool is_strings = i > 0 && args[i]->type->is(TypeId::kArray);
        if (is_strings) {
            args[i] = cast_to(args[i], DataType::array(DataType::string()), input.context.ansi);
            continue;
        }
        if (args[i]->type->is_nested())
            raise_unexpected_type(def, input, i, "(\"STRING\" or \"ARRAY<STRING>\")");
        args[i] = cast_to(args[i], DataType::string(), input.context.ansi);
    }
    bool nullable = args[0]->nullable;
    return make_call(input, "concat_ws", args, DataType::string(), nullable);
}

ExprPtr bind_elt(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    args[0] = cast_to(args[0], DataType::integer(), input.context.ansi);
    bool all_binary = args.size() > 1 &&
                      !asks_for_text(input, "spark.sql.function.eltOutputAsString");
    for (size_t i = 1; i < args.size(); ++i)
        all_binary = all_binary && args[i]->type->is(TypeId::kBinary);
    auto type = all_binary ? DataType::binary() : DataType::string();
    for (size_t i = 1; i < args.size(); ++i) {
        if (args[i]->type->is_nested())
            raise_unexpected_type(def, input, i, "(\"STRING\" or \"BINARY\")");
        args[i] = cast_to(args[i], type, input.context.ansi);
    }
    return make_call(input, "elt", args, type, true);
}

void register_joining(FunctionGroup& group) {
    group.custom("concat", 0, -1, bind_concat, "Joins strings, binary values or arrays.");
    group.custom("||", 2, 2, bind_concat, "Joins strings, binary values or arrays.")
        .label("concat");
    group.custom(
        "concat_ws", 1, -1, bind_concat_ws, "Joins strings with a separator; NULLs are skipped.");
    group.custom("elt", 2, -1, bind_elt, "The n-th of the following values.");
    for (const auto* name : {"format_string", "printf"}) {
        group
            .scalar(
                name, {"string", "any*"}, "string", "Formats values as Java's String.format does.")
            .kernel("format_string")
            .nulls([](const Exprs& args) { return args[0]->nullable; });
    }
    group
        .scalar("format_number", {"numeric", "int|string"}, "string",
            "A number with grouping commas and rounded digits.")
        .nulls(Nulls::kAlways);
    group.scalar("randstr", {"int", "bigint?"}, "string", "A random string of letters and digits.")
        .nulls(Nulls::kNever)
        .nondeterministic();
}

void register_bytes(FunctionGroup& group) {
    group.scalar("base64", {"binary"}, "string", "Bytes in base 64.");
    group.scalar("unbase64", {"string"}, "binary", "The bytes that a base 64 text stands for.");
    group.scalar("encode", {"string", "string"}, "binary", "A string's bytes in a character set.")
        .nulls(Nulls::kAlways);
    group
        .scalar(
            "decode_bytes", {"binary", "string"}, "string", "Bytes of a character set as a string.")
        .nulls(Nulls::kAlways);
    group.scalar("is_valid_utf8", {"string"}, "boolean", "Tests whether a string is valid UTF-8.")
        .nulls(Nulls::kAlways);
    group.scalar("make_valid_utf8", {"string"}, "string", "Replaces invalid UTF-8 by U+FFFD.")
        .nulls(Nulls::kAlways);
    group
        .scalar("validate_utf8", {"string"}, "string",
            "The string; an error when it is not valid UTF-8.")
        .nulls(Nulls::kAlways);
    group
        .scalar("try_validate_utf8", {"string"}, "string",
            "The string; NULL when it is not valid UTF-8.")
        .nulls(Nulls::kAlways);
    group.scalar("url_encode", {"string"}, "string", "The string in URL encoding.")
        .nulls(Nulls::kAlways);
    group.scalar("url_decode", {"string"}, "string", "The string that a URL encoding stands for.")
        .nulls(Nulls::kAlways);
    group
        .scalar("try_url_decode", {"string"}, "string",
            "As url_decode, but NULL where that raises an error.")
        .nulls(Nulls::kAlways);
    group.scalar("parse_url", {"=string", "=string", "=string?"}, "string", "A part of a URL.")
        .nulls(Nulls::kAlways);
    group
        .scalar("try_parse_url", {"string", "string", "string?"}, "string",
            "A part of a URL; NULL for an invalid one.")
        .nulls(Nulls::kAlways);
}

// decode(bytes, charset), or decode(value, search, result, …, [default]).
ExprPtr bind_decode(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    if (args.size() == 2) {
        auto coerced = coerce_arguments({"binary", "string"}, def, input);
        return make_call(input, "decode_bytes", coerced, DataType::string(), true);
    }
    Exprs keys, values;
    keys.push_back(args[0]);
    for (size_t i = 1; i < args.size(); ++i) {
        bool is_default = i + 1 == args.size() && i % 2 == 1;
        (i % 2 == 1 && !is_default ? keys : values).push_back(args[i]);
    }
    auto key_type = common_type(def, input, keys);
    auto value_type = common_type(def, input, values);
    for (auto& k : keys) k = cast_to(k, key_type, input.context.ansi);
    Exprs branches;
    bool nullable = false;
    for (size_t i = 0; i < values.size(); ++i) {
        auto value = cast_to(values[i], value_type, input.context.ansi);
        nullable = nullable || value->nullable;
        if (i + 1 < keys.size()) {
            branches.push_back(
                make_call(input, "<=>", {keys[0], keys[i + 1]}, DataType::boolean(), false));
        }
        branches.push_back(value);
    }
    bool has_default = values.size() == keys.size();
    return make_call(input, "when", branches, value_type, nullable || !has_default);
}

ExprPtr bind_collate(const FunctionDef& def, CallInput& input) {
    const auto& value = input.args[0];
    if (!value->type->is_string() && !value->type->is(TypeId::kNull))
        raise_unexpected_type(def, input, 0, "\"STRING\"");
    if (input.args[1]->type->is(TypeId::kNull)) {
        raise_mismatch(def, input, "UNEXPECTED_NULL", {{"exprName", "`collation`"}});
    }
    auto written = require_string(def, input, input.args[1], "collation");
    auto collation = types::Collation::parse(written);
    if (!collation) {
        throw analysis_error("COLLATION_INVALID_NAME",
            {{"collationName", written}, {"proposals", "UTF8_BINARY, UTF8_LCASE, UNICODE"}});
    }
    return make_call(
        input, "collate", {value}, DataType::string(collation->name()), value->nullable);
}

ExprPtr bind_collation(const FunctionDef& def, CallInput& input) {
    const auto& type = *input.args[0]->type;
    if (!type.is_string()) raise_unexpected_type(def, input, 0, "\"STRING\"");
    return string_constant(
        "SYSTEM.BUILTIN." +
        (type.is_default_collation() ? std::string("UTF8_BINARY") : type.collation()));
}

// mask(s, …): the replacements are constants of one character, or NULL to keep what is there.
ExprPtr masked(Exprs args, CallInput& input) {
    static const char* kNames[] = {"upperChar", "lowerChar", "digitChar", "otherChar"};
    const auto& def = *FunctionRegistry::builtin().find("mask");
    for (size_t i = 1; i < args.size(); ++i) {
        std::string name = kNames[i - 1];
        bool is_null = args[i]->kind == resolved::ExprKind::kLiteral &&
                       args[i]->as<resolved::Literal>().value.is_null();
        if (is_null) continue;
        auto text = resolved::is_foldable(*args[i]) && input.fold ? input.fold(args[i])
                                                                  : types::Value();
        if (!resolved::is_foldable(*args[i])) require_string(def, input, args[i], name);
        if (text.is_null()) continue;
        auto is_head = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
        const auto& value = text.as_string();
        if (std::count_if(value.begin(), value.end(), is_head) != 1)
            raise_mismatch(def, input, "INPUT_SIZE_NOT_ONE", {{"exprName", name}});
    }
    return make_call(input, "mask", std::move(args), DataType::string(), true);
}

}  // namespace

void register_string(FunctionRegistry& registry) {
    FunctionGroup group(registry, "string_funcs");
    register_case_and_length(group);
    register_trim_and_pad(group);
    register_parts(group);
    register_search(group);
    register_joining(group);
    register_bytes(group);
    group.custom("decode", 2, -1, bind_decode,
        "Bytes of a character set as a string; or a lookup among pairs of values.");
    group
        .scalar("mask", {"string", "=string?=X", "=string?=x", "=string?=n", "=string?=NULL"},
            "string", "Replaces letters and digits by fixed characters.")
        .rewrite(masked);
    group
        .scalar("sentences", {"string", "string?=", "string?="}, "array<array<string>>",
            "Sentences of a text, each as an array of words.")
        .nulls(Nulls::kAlways);
    group.custom("collate", 2, 2, bind_collate, "The string under a collation.");
    group.custom("collation", 1, 1, bind_collation, "The name of a string's collation.");
    register_regular_expressions(registry);
    register_formats(registry);
}

}  // namespace hanok::analyzer

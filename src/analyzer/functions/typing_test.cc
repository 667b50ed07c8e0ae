// Types, nullability, names and errors of bound calls.

#include <gtest/gtest.h>

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"
#include "sql/parser.h"

namespace hanok::analyzer {
namespace {

using resolved::ExprPtr;
using types::DataType;

// An argument: "int" is a nullable column of that type, "int!" one without NULLs, "=5" and "='x'"
// are constants.
ExprPtr argument(const std::string& text) {
    if (text.starts_with("='")) return string_constant(text.substr(2, text.size() - 3));
    if (text == "=null") return null_constant(DataType::null());
    if (text.starts_with("=")) return int_constant(std::stoll(text.substr(1)));
    resolved::Attribute a;
    a.nullable = text.back() != '!';
    a.name = "c";
    a.type = sql::parse_data_type(a.nullable ? text : text.substr(0, text.size() - 1));
    return std::make_shared<resolved::AttributeRef>(a);
}

// "decimal(3,1)!" or "error CONDITION".
std::string bound(const std::string& name, const std::vector<std::string>& args, bool ansi = true) {
    FunctionContext context;
    context.ansi = ansi;
    CallInput input{context, name};
    for (const auto& a : args) input.args.push_back(argument(a));
    try {
        auto e = FunctionRegistry::builtin().find(name)->bind(
            *FunctionRegistry::builtin().find(name), input);
        return e->type->simple_string() + (e->nullable ? "" : "!");
    } catch (const Error& error) {
        return "error " + error.condition();
    }
}

struct TypingCase {
    const char* name;
    std::vector<std::string> args;
    const char* expected;
};

TEST(FunctionTyping, arithmetic_widens_as_spark_does) {
    const TypingCase cases[] = {
        {"+", {"int!", "int!"}, "int!"},
        {"+", {"int!", "bigint"}, "bigint"},
        {"+", {"tinyint!", "float!"}, "double!"},
        {"/", {"int!", "int!"}, "double"},
        {"div", {"int!", "int!"}, "bigint"},
        {"%", {"int!", "=2"}, "int"},
        {"+", {"decimal(10,2)!", "decimal(5,4)!"}, "decimal(13,4)!"},
        {"-", {"=1", "decimal(15,2)!"}, "decimal(16,2)"},
        {"*", {"decimal(15,2)!", "decimal(16,2)!"}, "decimal(32,4)!"},
        {"*", {"decimal(38,10)!", "decimal(38,10)!"}, "decimal(38,6)!"},
        {"/", {"decimal(10,2)!", "decimal(10,2)!"}, "decimal(23,13)"},
        {"+", {"string!", "int!"}, "bigint"},
        {"+", {"date!", "int!"}, "date!"},
        {"-", {"date!", "date!"}, "interval day!"},
        {"-", {"timestamp!", "timestamp!"}, "interval day to second!"},
        {"+", {"date!", "interval hour!"}, "timestamp!"},
        {"*", {"interval month!", "double!"}, "interval year to month!"},
        {"+", {"date!", "=null"}, "timestamp"},
        {"-", {"=null", "date!"}, "interval day"},
        {"+", {"=null", "timestamp_ntz!"}, "timestamp_ntz"},
        {"-", {"timestamp!", "=null"}, "interval day to second"},
        {"+", {"date!", "double!"}, "error DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
        {"+", {"timestamp!", "string!"}, "error DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE"},
        {"-", {"int!", "interval second!"}, "error DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
        {"-", {"interval month!", "int!"}, "error DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"},
        {"make_timestamp", {"date!", "time!"}, "timestamp!"},
        {"make_timestamp_ntz", {"date!", "time!"}, "timestamp_ntz"},
        {"time_bucket", {"interval hour!", "timestamp_ntz!"},
            "error DATATYPE_MISMATCH.NON_FOLDABLE_INPUT"},
        {"variant_get", {"variant!", "='$.a'", "='array<int>'"}, "array<int>"},
        {"max_by", {"string", "int", "=2"}, "array<string>"},
        {"percentile", {"interval month", "=1"}, "interval year to month"},
        {"approx_top_k", {"string"}, "array<struct<item:string,count:bigint>>!"},
        {"theta_sketch_agg", {"int"}, "binary!"},
        {"kll_sketch_get_rank_float", {"binary!", "array<double>!"}, "array<double>"},
        {"vector_norm", {"array<float>!"}, "float"},
        {"reflect", {"string", "string"}, "error UNSUPPORTED_FEATURE.HANOK"},
        {"+", {"boolean", "int"}, "error DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"},
        {"+", {"boolean", "boolean"}, "error DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(bound(c.name, c.args), c.expected) << c.name << " " << c.args[0];
    EXPECT_EQ(bound("+", {"string!", "int!"}, false), "double");
    EXPECT_EQ(bound("+", {"decimal(10,2)!", "decimal(5,4)!"}, false), "decimal(13,4)");
}

TEST(FunctionTyping, rounding_may_need_one_more_digit) {
    const TypingCase cases[] = {
        {"round", {"decimal(2,1)!", "=0"}, "decimal(2,0)"},
        {"round", {"decimal(4,1)!", "=-2"}, "decimal(4,0)"},
        {"round", {"double!", "=1"}, "double"},
        {"round", {"int!", "=-1"}, "int"},
        {"ceil", {"decimal(1,1)!"}, "decimal(1,0)"},
        {"ceil", {"double!"}, "bigint"},
        {"floor", {"decimal(5,4)!", "=3"}, "decimal(5,3)"},
        {"round", {"double!", "int"}, "error DATATYPE_MISMATCH.NON_FOLDABLE_INPUT"},
        {"round", {"date!"}, "error DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(bound(c.name, c.args), c.expected) << c.name << " " << c.args[0];
}

TEST(FunctionTyping, conditionals_find_a_common_type) {
    const TypingCase cases[] = {
        {"coalesce", {"int", "bigint!"}, "bigint!"},
        {"coalesce", {"int", "=null"}, "int"},
        {"when", {"boolean", "int!", "double!"}, "double!"},
        {"when", {"boolean", "int!"}, "int"},
        {"if", {"boolean", "int!", "date!"}, "error DATATYPE_MISMATCH.DATA_DIFF_TYPES"},
        {"nullif", {"int!", "bigint!"}, "int"},
        {"nvl2", {"int", "=1", "=2"}, "int!"},
        {"greatest", {"int!", "bigint"}, "bigint!"},
        {"greatest", {"int!"}, "error WRONG_NUM_ARGS.WITHOUT_SUGGESTION"},
        {"zeroifnull", {"int"}, "int!"},
        {"in", {"int!", "=1", "=2"}, "boolean!"},
        {"<=>", {"int", "int"}, "boolean!"},
        {"=", {"map<int,int>", "map<int,int>"}, "error DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"},
        {"=", {"array<int>", "int"}, "error DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(bound(c.name, c.args), c.expected) << c.name << " " << c.args[0];
}

TEST(FunctionTyping, arguments_are_cast_implicitly) {
    const TypingCase cases[] = {
        {"upper", {"int!"}, "string!"},
        {"upper", {"array<int>"}, "error DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
        {"upper", {"string", "string"}, "error WRONG_NUM_ARGS.WITHOUT_SUGGESTION"},
        {"repeat", {"string!", "string!"}, "string"},
        {"substring", {"binary!", "=1"}, "binary!"},
        {"concat", {"string!", "int!"}, "string!"},
        {"concat_ws", {"='-'", "array<int>"}, "string!"},
        {"format_number", {"int", "=2"}, "string"},
        {"to_number", {"string!", "='99.9'"}, "decimal(3,1)!"},
        {"from_json", {"string", "='a INT, b STRING'"}, "struct<a:int,b:string>"},
        {"hash", {"map<int,int>"}, "error DATATYPE_MISMATCH.HASH_MAP_TYPE"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(bound(c.name, c.args), c.expected) << c.name << " " << c.args[0];
}

std::string shown(const std::string& name, const std::vector<std::string>& args) {
    FunctionContext context;
    CallInput input{context, name};
    for (const auto& a : args) input.args.push_back(argument(a));
    const auto* def = FunctionRegistry::builtin().find(name);
    return expression_name(*def->bind(*def, input));
}

TEST(FunctionNames, show_the_call_as_it_was_written) {
    EXPECT_EQ(shown("+", {"=1", "=2"}), "(1 + 2)");
    EXPECT_EQ(shown("ucase", {"='a'"}), "ucase(a)");
    EXPECT_EQ(shown("nvl", {"int", "=1"}), "nvl(c, 1)");
    EXPECT_EQ(shown("zeroifnull", {"int"}), "zeroifnull(c)");
    EXPECT_EQ(shown("typeof", {"int"}), "typeof(c)");
    EXPECT_EQ(shown("lpad", {"='a'", "=5"}), "lpad(a, 5,  )");
    EXPECT_EQ(shown("between", {"int", "=1", "=2"}), "between(c, 1, 2)");
    EXPECT_EQ(shown("positive", {"int"}), "(+ c)");
    EXPECT_EQ(shown("!=", {"int", "=1"}), "(NOT (c = 1))");
    EXPECT_EQ(shown("trim", {"='x'", "='xax'"}), "TRIM(BOTH x FROM xax)");
}

}  // namespace
}  // namespace hanok::analyzer

#include <fstream>

#include "engine/io/io_test_support.h"

namespace hanok::engine {
namespace {

using types::DataType;
using Options = std::map<std::string, std::string>;

class JsonTest : public IoTest {
protected:
    std::string file(const std::string& text, const std::string& name = "a.json") {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }
    Rows read(const std::string& text, types::Fields fields, Options options = {},
        const std::string& format = "json") {
        return rows(
            scan_of(file_source(format, {file(text)}, std::move(fields), std::move(options))));
    }
    std::string inferred(const std::string& text, Options options = {}) {
        return infer_file_schema(connection_, "json", {file(text)}, options, context_)
            ->simple_string();
    }
};

TEST_F(JsonTest, reads_values_of_every_type) {
    auto inner = DataType::struct_(
        {field("x", DataType::integer()), field("y", DataType::array(DataType::string()))});
    types::Fields fields{field("i", DataType::long_()), field("d", DataType::double_()),
        field("s", DataType::string()), field("b", DataType::boolean()),
        field("t", DataType::timestamp()), field("o", inner),
        field("m", DataType::map(DataType::string(), DataType::integer())),
        field("n", DataType::decimal(6, 2)), field("raw", DataType::binary())};
    EXPECT_EQ(read(R"({"i": 1, "d": 2.5, "s": "a\u00e9\n", "b": true, "t": "2024-01-02T03:04:05Z",
                       "o": {"y": ["p", null], "x": 7, "z": 0}, "n": 1.005,
                       "m": {"k": 1, "l": null}, "raw": "QUI="})",
                  fields, {{"multiline", "true"}}),
        (Rows{"1|2.5|aé\n|true|2024-01-02 03:04:05+00|{'f0': 7, 'f1': [p, NULL]}|{k=1, "
              "l=NULL}|1.01|AB"}));
    EXPECT_EQ(
        read("{}\n\n{\"i\":null}\n", {field("i", DataType::long_())}), (Rows{"NULL", "NULL"}));
    EXPECT_EQ(read(R"({"s": {"a": [1,  2]}})", {field("s", DataType::string())}),
        (Rows{R"({"a": [1,  2]})"}));
    EXPECT_EQ(read(R"({"s": 1.50})", {field("s", DataType::string())}), (Rows{"1.50"}));
}

TEST_F(JsonTest, malformed_records_follow_the_mode) {
    types::Fields fields{field("a", DataType::integer()), field("b", DataType::string())};
    const std::string text =
        "{\"a\":1,\"b\":\"x\"}\n{\"a\":\"no\",\"b\":\"y\"}\nnot json\n{\"a\":2\n";
    EXPECT_EQ(read(text, fields), (Rows{"1|x", "NULL|y", "NULL|NULL", "NULL|NULL"}));
    EXPECT_EQ(read(text, fields, {{"mode", "DROPMALFORMED"}}), (Rows{"1|x"}));
    EXPECT_ANY_THROW(read(text, fields, {{"mode", "FAILFAST"}}));
    auto with_corrupt = fields;
    with_corrupt.push_back(field("_corrupt_record", DataType::string()));
    EXPECT_EQ(read(text, with_corrupt), (Rows{"1|x|NULL", "NULL|y|{\"a\":\"no\",\"b\":\"y\"}",
                                            "NULL|NULL|not json", "NULL|NULL|{\"a\":2"}));
}

TEST_F(JsonTest, arrays_of_objects_are_rows) {
    types::Fields fields{field("a", DataType::integer())};
    EXPECT_EQ(read("[{\"a\":1},{\"a\":2}]\n{\"a\":3}\n", fields), (Rows{"1", "2", "3"}));
    EXPECT_EQ(
        read("[\n {\"a\":1},\n {\"a\":2}\n]\n", fields, {{"multiline", "true"}}), (Rows{"1", "2"}));
    EXPECT_EQ(read("[{\"a\":1},{\"a\":2}\n", fields), (Rows{"NULL"}));
}

TEST_F(JsonTest, liberties_are_taken_where_options_allow_them) {
    types::Fields fields{field("a", DataType::integer())};
    EXPECT_EQ(read("{'a':1}", fields), (Rows{"1"}));
    EXPECT_EQ(read("{'a':1}", fields, {{"allowsinglequotes", "false"}}), (Rows{"NULL"}));
    EXPECT_EQ(read("{a:1}", fields), (Rows{"NULL"}));
    EXPECT_EQ(read("{a:1}", fields, {{"allowunquotedfieldnames", "true"}}), (Rows{"1"}));
    EXPECT_EQ(read("{/*x*/\"a\":1}", fields, {{"allowcomments", "true"}}), (Rows{"1"}));
    EXPECT_EQ(read("{\"a\":01}", fields), (Rows{"NULL"}));
    EXPECT_EQ(read("{\"a\":01}", fields, {{"allownumericleadingzeros", "true"}}), (Rows{"1"}));
    types::Fields doubles{field("a", DataType::double_())};
    EXPECT_EQ(read("{\"a\":NaN}\n{\"a\":\"Infinity\"}", doubles), (Rows{"nan", "inf"}));
}

TEST_F(JsonTest, infers_structs_with_sorted_fields) {
    EXPECT_EQ(
        inferred("{\"b\":1,\"a\":\"x\"}\n{\"b\":2.5,\"c\":[1,2],\"d\":{\"z\":null,\"y\":true}}\n"),
        "struct<a:string,b:double,c:array<bigint>,d:struct<y:boolean,z:string>>");
    EXPECT_EQ(inferred("{\"a\":1}\nbad\n"), "struct<_corrupt_record:string,a:bigint>");
    EXPECT_EQ(inferred("{\"a\":1}\nbad\n", {{"mode", "DROPMALFORMED"}}), "struct<a:bigint>");
    EXPECT_EQ(inferred("{\"a\":1,\"b\":true}", {{"primitivesasstring", "true"}}),
        "struct<a:string,b:string>");
    EXPECT_EQ(inferred("{\"a\":1.25}", {{"prefersdecimal", "true"}}), "struct<a:decimal(3,2)>");
    EXPECT_EQ(inferred("{\"a\":null,\"b\":1,\"c\":[]}", {{"dropfieldifallnull", "true"}}),
        "struct<b:bigint>");
    EXPECT_EQ(inferred("{\"a\":null,\"e\":{}}"), "struct<a:string>");
    EXPECT_EQ(inferred("{\"a\":12345678901234567890}"), "struct<a:decimal(20,0)>");
    EXPECT_EQ(inferred("{\"a\":1}\n{\"a\":\"x\"}"), "struct<a:string>");
}

TEST_F(JsonTest, text_files_are_lines_or_wholes) {
    types::Fields fields{field("value", DataType::string())};
    EXPECT_EQ(read("a\n\nb", fields, {}, "text"), (Rows{"a", "", "b"}));
    EXPECT_EQ(read("a\nb\n", fields, {{"wholetext", "true"}}, "text"), (Rows{"a\nb\n"}));
    EXPECT_EQ(read("a,b", fields, {{"linesep", ","}}, "text"), (Rows{"a", "b"}));
    EXPECT_ANY_THROW(read("a", {field("value", DataType::integer())}, {}, "text"));
}

}  // namespace
}  // namespace hanok::engine

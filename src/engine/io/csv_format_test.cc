#include <fstream>

#include "engine/io/io_test_support.h"

namespace hanok::engine {
namespace {

using types::DataType;
using Options = std::map<std::string, std::string>;

class CsvTest : public IoTest {
protected:
    std::string file(const std::string& text, const std::string& name = "a.csv") {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }
    // Tokens of one line as strings.
    Rows read(const std::string& text, types::Fields fields, Options options = {}) {
        return rows(
            scan_of(file_source("csv", {file(text)}, std::move(fields), std::move(options))));
    }
    std::string inferred(const std::string& text, Options options = {}) {
        options.emplace("header", "true");
        options.emplace("inferschema", "true");
        return infer_file_schema(connection_, "csv", {file(text)}, options, context_)
            ->simple_string();
    }
    std::string error_of(const std::string& text, types::Fields fields, Options options) {
        try {
            read(text, std::move(fields), std::move(options));
        } catch (const std::exception& e) {
            return duckdb::ErrorData(e).RawMessage();
        }
        return "";
    }
    types::Fields strings(size_t count) {
        types::Fields fields;
        for (size_t i = 0; i < count; i++)
            fields.push_back(field("_c" + std::to_string(i), DataType::string()));
        return fields;
    }
};

TEST_F(CsvTest, splits_values_as_spark_does) {
    EXPECT_EQ(read("a,b,c\n", strings(3)), (Rows{"a|b|c"}));
    EXPECT_EQ(read("a,\"b,x\",c", strings(3)), (Rows{"a|b,x|c"}));
    EXPECT_EQ(read("\"a\\\"b\",c", strings(2)), (Rows{"a\"b|c"}));
    EXPECT_EQ(read("\"a\"\"b\",c", strings(2)), (Rows{"\"a\"\"b\"|c"}));
    EXPECT_EQ(read("\"a\"\"b\",c", strings(2), {{"escape", "\""}}), (Rows{"a\"b|c"}));
    EXPECT_EQ(read("\"ab\"x,c", strings(2)), (Rows{"\"ab\"x|c"}));
    EXPECT_EQ(read("\"ab\"  ,c", strings(2)), (Rows{"ab|c"}));
    EXPECT_EQ(read("a\"b\"c,d", strings(2)), (Rows{"a\"b\"c|d"}));
    EXPECT_EQ(read(",\"\",x", strings(3)), (Rows{"NULL|NULL|x"}));
    EXPECT_EQ(read(",\"\",NA", strings(3), {{"nullvalue", "NA"}}), (Rows{"NULL||NULL"}));
    EXPECT_EQ(read("a;b", strings(2), {{"sep", ";"}}), (Rows{"a|b"}));
    EXPECT_EQ(read("a||b", strings(2), {{"delimiter", "||"}}), (Rows{"a|b"}));
    EXPECT_EQ(read("a\tb", strings(2), {{"sep", "\\t"}}), (Rows{"a|b"}));
    EXPECT_EQ(read(" a , b ", strings(2)), (Rows{" a | b "}));
    EXPECT_EQ(read(" a , b ", strings(2),
                  {{"ignoreleadingwhitespace", "true"}, {"ignoretrailingwhitespace", "true"}}),
        (Rows{"a|b"}));
}

TEST_F(CsvTest, lines_end_in_any_way_and_blank_ones_and_comments_are_no_records) {
    EXPECT_EQ(read("a\r\nb\n\n  \nc\rd", strings(1)), (Rows{"a", "b", "c", "d"}));
    EXPECT_EQ(read("#x\na\n", strings(1), {{"comment", "#"}}), (Rows{"a"}));
    EXPECT_EQ(read("a;b;", strings(1), {{"linesep", ";"}}), (Rows{"a", "b"}));
    EXPECT_EQ(read("\xEF\xBB\xBFh\n1\n", strings(1), {{"header", "true"}}), (Rows{"1"}));
}

TEST_F(CsvTest, values_may_hold_line_ends_only_with_multi_line) {
    EXPECT_EQ(read("\"a\nb\",c\n\"d\",e\n", strings(2), {{"multiline", "true"}}),
        (Rows{"a\nb|c", "d|e"}));
    EXPECT_EQ(read("h,i\n\"a\nb\",c\n", strings(2), {{"multiline", "true"}, {"header", "true"}}),
        (Rows{"a\nb|c"}));
    EXPECT_EQ(read("\"a\nb\",c\n", strings(2)), (Rows{"a|NULL", "b\"|c"}));
}

TEST_F(CsvTest, values_become_typed) {
    types::Fields fields{field("i", DataType::integer()), field("d", DataType::double_()),
        field("b", DataType::boolean()), field("t", DataType::timestamp()),
        field("a", DataType::date()), field("m", DataType::decimal(5, 2))};
    EXPECT_EQ(read("1,2.5,true,2024-01-02 03:04:05,2024-02-29,1.005\n", fields),
        (Rows{"1|2.5|true|2024-01-02 03:04:05+00|2024-02-29|1.01"}));
    EXPECT_EQ(read("x,y,z,u,v,w\n", fields), (Rows{"NULL|NULL|NULL|NULL|NULL|NULL"}));
    EXPECT_EQ(read("+7,NaN,FALSE,,,99999\n", fields), (Rows{"7|nan|false|NULL|NULL|NULL"}));
}

TEST_F(CsvTest, dates_follow_patterns) {
    types::Fields fields{field("a", DataType::date()), field("t", DataType::timestamp())};
    EXPECT_EQ(read("02/01/2024,05.06.2024 07:08\n2024-01-02,x\n", fields,
                  {{"dateformat", "dd/MM/yyyy"}, {"timestampformat", "dd.MM.yyyy HH:mm"},
                      {"timezone", "Asia/Seoul"}}),
        (Rows{"2024-01-02|2024-06-04 22:08:00+00", "NULL|NULL"}));
    EXPECT_EQ(inferred("a\n02/01/2024\n", {{"dateformat", "dd/MM/yyyy"}}), "struct<a:date>");
}

TEST_F(CsvTest, malformed_records_follow_the_mode) {
    types::Fields fields{field("a", DataType::integer()), field("b", DataType::integer())};
    const std::string text = "1,2\nx,3\n4\n5,6,7\n";
    EXPECT_EQ(read(text, fields), (Rows{"1|2", "NULL|3", "4|NULL", "5|6"}));
    EXPECT_EQ(read(text, fields, {{"mode", "DROPMALFORMED"}}), (Rows{"1|2"}));
    EXPECT_NE(error_of(text, fields, {{"mode", "FAILFAST"}}).find("MALFORMED_RECORD_IN_PARSING"),
        std::string::npos);
    auto with_corrupt = fields;
    with_corrupt.push_back(field("_corrupt_record", DataType::string()));
    EXPECT_EQ(read(text, with_corrupt), (Rows{"1|2|NULL", "NULL|3|x,3", "4|NULL|4", "5|6|5,6,7"}));
    // With columns pruned, the number of values in a record does not matter.
    auto source = file_source("csv", {file(text)}, fields, {{"mode", "DROPMALFORMED"}});
    EXPECT_EQ(rows(scan_of(source, {"b"})), (Rows{"2", "3", "NULL", "6"}));
}

TEST_F(CsvTest, large_files_are_read_in_parts_in_order) {
    std::string text = "n,s\n";
    for (int i = 0; i < 2000000; i++)
        text += std::to_string(i) + ",value number " + std::to_string(i) + "\n";
    types::Fields fields{field("n", DataType::integer()), field("s", DataType::string())};
    auto source = file_source("csv", {file(text)}, fields, {{"header", "true"}});
    auto all = rows(scan_of(source, {"n"}));
    ASSERT_EQ(all.size(), 2000000U);
    for (size_t i = 0; i < all.size(); i++) ASSERT_EQ(all[i], std::to_string(i));
}

TEST_F(CsvTest, compressed_files_by_extension) {
    sql("COPY (SELECT 1 AS a, 'x' AS b) TO '" + path("z.csv.gz") + "' (FORMAT csv, HEADER)");
    types::Fields fields{field("a", DataType::integer()), field("b", DataType::string())};
    EXPECT_EQ(rows(scan_of(file_source("csv", {path("z.csv.gz")}, fields, {{"header", "true"}}))),
        (Rows{"1|x"}));
    EXPECT_THROW(
        rows(scan_of(file_source("csv", {file("x", "z.csv.bz2")}, fields))), std::exception);
}

TEST_F(CsvTest, infers_the_narrowest_type) {
    EXPECT_EQ(inferred("a,b,c\n1,1,x\n2,3000000000,\n"), "struct<a:int,b:bigint,c:string>");
    EXPECT_EQ(inferred("a,b,c\n1,12345678901234567890,1\n2.5,1,true\n"),
        "struct<a:double,b:decimal(20,0),c:string>");
    EXPECT_EQ(inferred("a,b,c,d\n2024-01-02,2024-01-02 "
                       "10:00:00,true,\n2024-01-03,2024-01-02T10:00:00Z,FALSE,\n"),
        "struct<a:date,b:timestamp,c:boolean,d:string>");
    EXPECT_EQ(inferred("a,b\n2024-01-02,NA\n2024-01-02 10:00:00,5\n", {{"nullvalue", "NA"}}),
        "struct<a:string,b:int>");
    EXPECT_EQ(inferred("1,x\n2,y\n", {{"header", "false"}}), "struct<_c0:int,_c1:string>");
    EXPECT_EQ(inferred("a,A,,a b\n1,2,3,4\n", {{"inferschema", "false"}}),
        "struct<a0:string,A1:string,_c2:string,a b:string>");
}

TEST_F(CsvTest, options_are_checked) {
    EXPECT_NE(
        error_of("a", strings(1), {{"quote", "ab"}}).find("OPTION_VALUE_EXCEEDS_ONE_CHARACTER"),
        std::string::npos);
    EXPECT_NE(error_of("a", strings(1), {{"header", "maybe"}}), "");
    EXPECT_NE(error_of("a", strings(1), {{"encoding", "UTF-16"}}), "");
    EXPECT_EQ(read("\xE9", strings(1), {{"encoding", "ISO-8859-1"}}), (Rows{"é"}));
    EXPECT_EQ(read("\xE9", strings(1)), (Rows{"\xEF\xBF\xBD"}));
    EXPECT_NE(error_of("x,y\n1,2", strings(2), {{"header", "true"}, {"enforceschema", "false"}})
                  .find("enforceSchema"),
        std::string::npos);
}

}  // namespace
}  // namespace hanok::engine

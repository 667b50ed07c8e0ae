#include <fstream>
#include <sstream>

#include "engine/io/io_test_support.h"

namespace hanok::engine {
namespace {

using types::DataType;
using Options = std::map<std::string, std::string>;

class TextWriterTest : public IoTest {
protected:
    std::string content(const std::string& relative) const {
        std::ifstream file(path("out/" + relative), std::ios::binary);
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }
    // What the only file holds.
    std::string written(const std::string& format, const std::string& query,
        const types::Fields& fields, Options options = {}) {
        std::filesystem::remove_all(path("out"));
        WriteSpec spec;
        spec.format = format;
        spec.folder = path("out");
        spec.options = std::move(options);
        auto files = write(query, fields, spec);
        EXPECT_EQ(files.size(), 1U);
        auto text = content(files[0].path);
        EXPECT_EQ(files[0].size_bytes, int64_t(text.size()));
        return text;
    }
};

TEST_F(TextWriterTest, csv_quotes_what_needs_it) {
    types::Fields fields{field("a", DataType::string()), field("b", DataType::integer())};
    EXPECT_EQ(written("csv",
                  "SELECT * FROM (VALUES ('x', 1), ('p,q', NULL), ('say \"hi\"', 2), (NULL, 3), "
                  "('', 4), (' t ', 5)) v(c0, c1)",
                  fields),
        "x,1\n\"p,q\",\n\"say \\\"hi\\\"\",2\n,3\n\"\",4\nt,5\n");
    EXPECT_EQ(written("csv", "SELECT 'x' AS c0, 1 AS c1", fields,
                  {{"header", "true"}, {"sep", ";"}, {"quoteall", "true"}}),
        "\"a\";\"b\"\n\"x\";\"1\"\n");
    EXPECT_EQ(
        written("csv", "SELECT NULL AS c0, 1 AS c1", fields, {{"nullvalue", "NA"}}), "NA,1\n");
    EXPECT_EQ(written("csv", "SELECT 'x' AS c0, 1 AS c1 WHERE false", fields, {{"header", "true"}}),
        "a,b\n");
}

TEST_F(TextWriterTest, csv_writes_dates_and_numbers_as_spark_does) {
    types::Fields fields{field("d", DataType::date()), field("t", DataType::timestamp()),
        field("n", DataType::timestamp_ntz()), field("f", DataType::double_()),
        field("m", DataType::decimal(10, 2)), field("b", DataType::boolean())};
    const std::string query =
        "SELECT DATE '2024-01-02' AS c0, TIMESTAMPTZ '2024-01-02 03:04:05.6789+00' AS c1, "
        "TIMESTAMP '2024-01-02 03:04:05' AS c2, 1e20::DOUBLE AS c3, 1.5::DECIMAL(10,2) AS c4, true "
        "AS c5";
    EXPECT_EQ(written("csv", query, fields),
        "2024-01-02,2024-01-02T03:04:05.678Z,2024-01-02T03:04:05.000,1.0E20,1.50,true\n");
    EXPECT_EQ(
        written("csv", query, fields, {{"timezone", "Asia/Seoul"}, {"dateformat", "dd/MM/yyyy"}}),
        "02/01/2024,2024-01-02T12:04:05.678+09:00,2024-01-02T03:04:05.000,1.0E20,1.50,true\n");
    EXPECT_ANY_THROW(
        written("csv", "SELECT [1] AS c0", {field("l", DataType::array(DataType::integer()))}));
}

TEST_F(TextWriterTest, json_leaves_nulls_out) {
    auto inner = DataType::struct_(
        {field("x", DataType::integer()), field("y", DataType::string())});
    types::Fields fields{field("a", DataType::long_()), field("s", inner),
        field("l", DataType::array(inner)),
        field("m", DataType::map(DataType::string(), DataType::double_()))};
    EXPECT_EQ(written("json",
                  "SELECT 1::BIGINT AS c0, {'f0': 1, 'f1': NULL} AS c1, [{'f0': 2, 'f1': 'q\"\n'}, "
                  "NULL] AS c2, MAP {'k': 'NaN'::DOUBLE} AS c3 "
                  "UNION ALL SELECT NULL, NULL, NULL, NULL",
                  fields),
        "{\"a\":1,\"s\":{\"x\":1},\"l\":[{\"x\":2,\"y\":\"q\\\"\\n\"},null],\"m\":{\"k\":\"NaN\"}}"
        "\n{}\n");
    EXPECT_EQ(written("json", "SELECT NULL::BIGINT AS c0", {field("a", DataType::long_())},
                  {{"ignorenullfields", "false"}}),
        "{\"a\":null}\n");
    EXPECT_EQ(written("json", "SELECT '\\x41\\x42'::BLOB AS c0", {field("a", DataType::binary())}),
        "{\"a\":\"QUI=\"}\n");
}

TEST_F(TextWriterTest, text_is_one_string_column) {
    EXPECT_EQ(written("text", "SELECT * FROM (VALUES ('a'), (NULL), ('b')) v(c0)",
                  {field("value", DataType::string())}),
        "a\n\nb\n");
    EXPECT_ANY_THROW(written("text", "SELECT 1 AS c0", {field("value", DataType::integer())}));
}

TEST_F(TextWriterTest, partitions_files_and_compression) {
    WriteSpec spec;
    spec.format = "csv";
    spec.folder = path("out");
    spec.partition_columns = {"p"};
    spec.options["compression"] = "gzip";
    auto files = write("SELECT range AS c0, 'k ' || (range % 2) AS c1 FROM range(10)",
        {field("x", DataType::long_()), field("p", DataType::string())}, spec);
    ASSERT_EQ(files.size(), 2U);
    EXPECT_TRUE(files[0].path.starts_with("p=k 0/part-00000-")) << files[0].path;
    EXPECT_TRUE(files[0].path.ends_with("-c000.csv.gz"));
    EXPECT_EQ(files[0].num_rows, 5);
    auto source = file_source(
        "csv", {path("out/" + files[1].path)}, {field("x", DataType::long_())});
    EXPECT_EQ(rows(scan_of(source)), (Rows{"1", "3", "5", "7", "9"}));

    WriteSpec many;
    many.format = "json";
    many.folder = path("many");
    many.max_records_per_file = 4;
    EXPECT_EQ(
        write("SELECT range AS c0 FROM range(10)", {field("x", DataType::long_())}, many).size(),
        3U);
    many.max_records_per_file = 0;
    many.num_files = 2;
    EXPECT_EQ(
        write("SELECT range AS c0 FROM range(10)", {field("x", DataType::long_())}, many).size(),
        2U);
}

TEST_F(TextWriterTest, a_failing_query_leaves_nothing_behind) {
    WriteSpec spec;
    spec.format = "csv";
    spec.folder = path("out");
    EXPECT_ANY_THROW(
        write("SELECT CASE WHEN range = 999999 THEN error('no')::INTEGER ELSE 1 END AS c0 FROM "
              "range(1000000)",
            {field("x", DataType::integer())}, spec));
    EXPECT_TRUE(std::filesystem::is_empty(path("out")));
    spec.options["compression"] = "bzip2";
    EXPECT_THROW(write("SELECT 1 AS c0", {field("x", DataType::integer())}, spec), Error);
}

}  // namespace
}  // namespace hanok::engine

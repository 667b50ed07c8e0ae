#include "engine/io/io_test_support.h"

namespace hanok::engine {
namespace {

using types::DataType;

class ParquetScanTest : public IoTest {
protected:
    std::string write(const std::string& name, const std::string& query) {
        auto file = path(name + ".parquet");
        sql("COPY (" + query + ") TO '" + file + "' (FORMAT parquet)");
        return file;
    }
};

TEST_F(ParquetScanTest, reads_columns_by_name_in_the_schema_order) {
    auto file = write("a", "SELECT 1::BIGINT AS x, 'u' AS S UNION ALL SELECT 2, NULL");
    auto source = file_source(
        "parquet", {file}, {field("s", DataType::string()), field("x", DataType::long_())});
    EXPECT_EQ(rows(scan_of(source)), (Rows{"u|1", "NULL|2"}));
    EXPECT_EQ(rows(scan_of(source, {"x"})), (Rows{"1", "2"}));
}

TEST_F(ParquetScanTest, missing_columns_are_null_and_narrow_ones_widen) {
    auto file = write("a", "SELECT 7::INTEGER AS x");
    auto source = file_source(
        "parquet", {file}, {field("x", DataType::long_()), field("y", DataType::string())});
    EXPECT_EQ(rows(scan_of(source)), (Rows{"7|NULL"}));
    EXPECT_EQ(rows(scan_of(source), "x = 7"), (Rows{"7|NULL"}));
    EXPECT_EQ(rows(scan_of(source), "x > 7"), (Rows{}));
    EXPECT_EQ(rows(scan_of(source), "y IS NOT NULL"), (Rows{}));
}

TEST_F(ParquetScanTest, struct_fields_match_by_name_at_every_depth) {
    auto file = write("a",
        "SELECT {'b': 1, 'a': {'y': 'u'}} AS s, [{'q': 1, 'p': 2}] AS l, MAP {'k': {'v': 5}} AS m "
        "UNION ALL SELECT NULL, NULL, NULL");
    auto inner = DataType::struct_(
        {field("x", DataType::integer()), field("y", DataType::string())});
    auto outer = DataType::struct_({field("a", inner), field("b", DataType::long_())});
    auto element = DataType::struct_(
        {field("p", DataType::integer()), field("q", DataType::integer())});
    auto value = DataType::struct_({field("v", DataType::long_())});
    auto source = file_source("parquet", {file},
        {field("s", outer), field("l", DataType::array(element)),
            field("m", DataType::map(DataType::string(), value))});
    EXPECT_EQ(rows(scan_of(source)),
        (Rows{"{'f0': {'f0': NULL, 'f1': u}, 'f1': 1}|[{'f0': 2, 'f1': 1}]|{k={'f0': 5}}",
            "NULL|NULL|NULL"}));
    EXPECT_EQ(rows(scan_of(source, {"s"}), "t.s.f1 = 1").size(), 1U);
    EXPECT_EQ(rows(scan_of(source, {"s"}), "t.s.f1 = 2").size(), 0U);
}

TEST_F(ParquetScanTest, timestamps_and_bytes_are_taken_over_unchanged) {
    auto file = write(
        "a", "SELECT TIMESTAMP '2024-01-02 03:04:05.678' AS t, encode('é') AS b, '\\x41' AS s");
    auto source = file_source("parquet", {file},
        {field("t", DataType::timestamp()), field("b", DataType::string()),
            field("s", DataType::binary())});
    EXPECT_EQ(rows(scan_of(source)), (Rows{"2024-01-02 03:04:05.678+00|é|\\x5Cx41"}));
    EXPECT_EQ(
        rows(scan_of(source, {"t"}), "t = TIMESTAMPTZ '2024-01-02 03:04:05.678+00'").size(), 1U);
}

// What DuckDB decodes because Parquet calls it a variant, shredded or not, in Spark's two parts.
TEST_F(ParquetScanTest, annotated_variants_are_spark_s) {
    auto file = path("a.parquet");
    sql("COPY (SELECT {'a': 'txt'}::VARIANT AS x, 7::TINYINT::VARIANT AS y UNION ALL SELECT NULL, "
        "NULL) TO '" +
        file + "' (FORMAT parquet, SHREDDING {'x': 'STRUCT(a VARCHAR)'})");
    types::Fields fields{field("x", DataType::variant()), field("y", DataType::variant())};
    std::string number = "{'f0': \\x0C\\x07, 'f1': \\x11\\x00\\x00}";
    std::string object = "{'f0': \\x02\\x01\\x00\\x00\\x04\\x0Dtxt, 'f1': \\x11\\x01\\x00\\x01a}";
    EXPECT_EQ(rows(scan_of(file_source("parquet", {file}, fields))),
        (Rows{object + "|" + number, "NULL|NULL"}));
    EXPECT_EQ(infer_file_schema(connection_, "parquet", {file}, {}, {})->simple_string(),
        "struct<x:variant,y:variant>");
}

// The parts of a shredded variant as Spark writes them, from a value of the object's only field
// `a`.
std::string shredded(const std::string& typed, const std::string& value) {
    return "{'metadata': '\\x11\\x01\\x00\\x01a'::BLOB, 'value': " + value +
           ", 'typed_value': {'a': {'value': NULL::BLOB, 'typed_value': " + typed + "}}}";
}

// Without Parquet's annotation a group of three parts is a variant when the table says so.
TEST_F(ParquetScanTest, shredded_variants_need_no_annotation) {
    auto parts = shredded("7::BIGINT", "NULL::BLOB");
    auto file = write("a",
        "SELECT " + parts + " AS v, {'p': " + parts + ", 'metadata': 1} AS s, [" + parts +
            ", NULL] AS l, MAP {'k': " + parts + "} AS m UNION ALL SELECT NULL, NULL, NULL, NULL");
    auto variant = DataType::variant();
    types::Fields fields{field("v", variant),
        field(
            "s", DataType::struct_({field("p", variant), field("metadata", DataType::integer())})),
        field("l", DataType::array(variant)),
        field("m", DataType::map(DataType::string(), variant))};
    std::string object =
        "{'f0': \\x02\\x01\\x00\\x00\\x09\\x18\\x07\\x00\\x00\\x00\\x00\\x00\\x00\\x00, "
        "'f1': \\x11\\x01\\x00\\x01a}";
    EXPECT_EQ(rows(scan_of(file_source("parquet", {file}, fields))),
        (Rows{object + "|{'f0': " + object + ", 'f1': 1}|[" + object + ", NULL]|{k=" + object + "}",
            "NULL|NULL|NULL|NULL"}));
    EXPECT_EQ(
        rows(scan_of(file_source("parquet", {file}, fields), {"s"}), "t.s.f1 = 1").size(), 1U);
    auto odd = write("b", "SELECT {'a': 1, 'b': 2, 'c': 3} AS v");
    try {
        rows(scan_of(file_source("parquet", {odd}, {field("v", variant)})));
        ADD_FAILURE() << "a struct of three numbers is no variant";
    } catch (const std::exception& error) {
        EXPECT_NE(
            std::string(error.what()).find("PARQUET_COLUMN_DATA_TYPE_MISMATCH"), std::string::npos)
            << error.what();
    }
}

TEST_F(ParquetScanTest, partition_values_come_from_the_source_and_prune) {
    auto one = write("a", "SELECT 1 AS x");
    auto two = write("b", "SELECT 2 AS x");
    auto source = file_source("parquet", {one, two, path("gone.parquet")},
        {field("x", DataType::integer()), field("p", DataType::date())});
    source->data_schema = DataType::struct_({field("x", DataType::integer())});
    source->partition_columns = {"p"};
    source->files[0].partition_values = {"2024-01-01"};
    source->files[1].partition_values = {std::nullopt};
    source->files[2].partition_values = {"2025-01-01"};
    EXPECT_EQ(rows(scan_of(source), "p = DATE '2024-01-01'"), (Rows{"1|2024-01-01"}));
    EXPECT_EQ(
        rows(scan_of(source), "p IS NULL OR year(p) = 2024"), (Rows{"1|2024-01-01", "2|NULL"}));
    EXPECT_EQ(rows(scan_of(source), "x = 2 AND p IS NULL"), (Rows{"2|NULL"}));
}

TEST_F(ParquetScanTest, tells_where_rows_come_from) {
    auto one = write("a", "SELECT range AS x FROM range(3)");
    auto metadata = DataType::struct_({field("file_name", DataType::string()),
        field("file_size", DataType::long_()), field("file_path", DataType::string())});
    types::Fields extra{field("__file_path", DataType::string()),
        field("__row_index", DataType::long_()), field("_metadata", metadata)};
    auto source = file_source("parquet", {one}, {field("x", DataType::long_())});
    auto scan = scan_of(source, {"x", "__row_index", "__file_path"}, extra);
    EXPECT_EQ(rows(scan, "x > 0"), (Rows{"1|1|" + one, "2|2|" + one}));
    EXPECT_EQ(rows(scan, "__row_index = 2"), (Rows{"2|2|" + one}));
    auto size = std::to_string(std::filesystem::file_size(one));
    EXPECT_EQ(rows(scan_of(source, {"_metadata"}, extra)).front(),
        "{'f0': a.parquet, 'f1': " + size + ", 'f2': 'file://" + one + "'}");
}

TEST_F(ParquetScanTest, refuses_options_it_does_not_have) {
    auto file = write("a", "SELECT 1 AS x");
    auto source = file_source(
        "parquet", {file}, {field("x", DataType::integer())}, {{"datetimerebasemode", "other"}});
    EXPECT_THROW(rows(scan_of(source)), Error);
}

TEST_F(ParquetScanTest, leaves_out_files_that_cannot_be_read_when_asked) {
    auto good = write("a", "SELECT 1 AS x");
    auto bad = write("b", "SELECT 2 AS x");
    std::filesystem::resize_file(bad, std::filesystem::file_size(bad) / 2);
    auto rows_with = [&](const std::vector<std::string>& files, const std::string& option) {
        std::map<std::string, std::string> options;
        if (!option.empty()) options[option] = "TRUE";
        return rows(
            scan_of(file_source("parquet", files, {field("x", DataType::integer())}, options)));
    };
    auto gone = path("gone.parquet");
    EXPECT_EQ(rows_with({bad, good}, "ignorecorruptfiles"), Rows{"1"});
    EXPECT_EQ(rows_with({gone, good}, "ignoremissingfiles"), Rows{"1"});
    EXPECT_EQ(rows_with({gone}, "ignoremissingfiles"), Rows{});
    EXPECT_THROW(rows_with({bad, good}, "ignoremissingfiles"), duckdb::Exception);
    EXPECT_THROW(rows_with({gone, good}, "ignorecorruptfiles"), duckdb::Exception);
    EXPECT_THROW(rows_with({bad, good}, ""), duckdb::Exception);
}

}  // namespace
}  // namespace hanok::engine

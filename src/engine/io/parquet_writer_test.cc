#include <fstream>

#include "engine/io/io_test_support.h"

namespace hanok::engine {
namespace {

using types::DataType;

class ParquetWriterTest : public IoTest {
protected:
    WriteSpec spec() const {
        WriteSpec spec;
        spec.folder = path("out");
        return spec;
    }
    Rows query(const std::string& text) {
        auto result = connection_.Query(text);
        EXPECT_FALSE(result->HasError()) << result->GetError();
        return rows_of(*result);
    }
    size_t files_in(const std::string& name) const {
        size_t count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path(name)))
            count += entry.is_regular_file();
        return count;
    }
};

TEST_F(ParquetWriterTest, structs_get_their_names_back) {
    auto inner = DataType::struct_(
        {field("Name", DataType::string()), field("n", DataType::integer())});
    auto files = write(
        "SELECT {'f0': 'a', 'f1': 1} AS c0, [{'f0': 'b', 'f1': 2}] AS c1, TIMESTAMPTZ '2024-01-01 "
        "00:00:00+00' AS c2",
        {field("s", inner), field("l", DataType::array(inner)), field("t", DataType::timestamp())},
        spec());
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].num_rows, 1);
    EXPECT_TRUE(files[0].path.starts_with("part-00000-"));
    EXPECT_TRUE(files[0].path.ends_with("-c000.snappy.parquet"));
    auto file = path("out/" + files[0].path);
    EXPECT_EQ(files[0].size_bytes, int64_t(std::filesystem::file_size(file)));
    EXPECT_EQ(query("SELECT s.Name, l[1].n, typeof(t) FROM '" + file + "'"),
        (Rows{"a|2|TIMESTAMP WITH TIME ZONE"}));
}

TEST_F(ParquetWriterTest, partitions_lie_in_folders_named_as_spark_does) {
    auto with_partition = spec();
    with_partition.partition_columns = {"p", "d"};
    auto files = write(
        "SELECT * FROM (VALUES (1, 'a b/c', DATE '2024-01-01'), (2, '', NULL), (3, NULL, NULL)) "
        "t(c0, c1, c2)",
        {field("x", DataType::integer()), field("p", DataType::string()),
            field("d", DataType::date())},
        with_partition);
    ASSERT_EQ(files.size(), 2U);
    std::sort(
        files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path > b.path; });
    EXPECT_TRUE(files[0].path.starts_with("p=a b%2Fc/d=2024-01-01/part-00000-")) << files[0].path;
    EXPECT_EQ(files[0].partition_values,
        (std::vector<std::optional<std::string>>{"a b/c", "2024-01-01"}));
    EXPECT_TRUE(
        files[1].path.starts_with("p=__HIVE_DEFAULT_PARTITION__/d=__HIVE_DEFAULT_PARTITION__/"))
        << files[1].path;
    EXPECT_EQ(files[1].num_rows, 2);
    EXPECT_EQ(query("SELECT * FROM read_parquet('" + path("out/" + files[0].path) +
                    "', hive_partitioning=false)"),
        (Rows{"1"}));
    EXPECT_EQ(files_in("out"), 2U);
}

TEST_F(ParquetWriterTest, makes_as_many_files_as_asked) {
    auto four = spec();
    four.num_files = 4;
    auto files = write(
        "SELECT range AS c0 FROM range(10000)", {field("x", DataType::long_())}, four);
    EXPECT_EQ(files.size(), 4U);
    for (const auto& file : files) EXPECT_EQ(file.num_rows, 2500);

    auto limited = spec();
    limited.folder = path("limited");
    limited.max_records_per_file = 3000;
    files = write("SELECT range AS c0 FROM range(10000)", {field("x", DataType::long_())}, limited);
    std::multiset<int64_t> sizes;
    for (const auto& file : files) sizes.insert(file.num_rows);
    EXPECT_EQ(sizes, (std::multiset<int64_t>{1000, 3000, 3000, 3000}));
}

TEST_F(ParquetWriterTest, few_rows_in_any_order_make_a_row_group_for_each_thread) {
    query("SET threads = 2");
    auto largest_group = [&](const WriteSpec& spec) {
        auto files = write(
            "SELECT range AS c0 FROM range(60000)", {field("x", DataType::long_())}, spec);
        return query("SELECT max(row_group_num_rows) FROM parquet_metadata('" +
                     path("out/" + files.at(0).path) + "')");
    };
    auto changed = spec();
    changed.any_order = true;
    EXPECT_EQ(largest_group(changed), Rows{"60000"});
    changed.expected_rows = 60000;
    EXPECT_EQ(largest_group(changed), Rows{"30720"});
}

TEST_F(ParquetWriterTest, an_empty_delta_write_makes_no_file) {
    auto delta = spec();
    delta.delta = true;
    EXPECT_TRUE(
        write("SELECT 1 AS c0 WHERE false", {field("x", DataType::integer())}, delta).empty());
    EXPECT_EQ(
        write("SELECT 1 AS c0 WHERE false", {field("x", DataType::integer())}, spec()).size(), 1U);
}

TEST_F(ParquetWriterTest, column_mapping_gives_names_and_ids) {
    auto mapped = spec();
    mapped.delta = true;
    mapped.physical_names = {{"a", {"col-1", 1}}, {"a.b", {"col-2", 2}}, {"x", {"col-3", 3}}};
    auto files = write("SELECT {'f0': 5} AS c0, 6 AS c1",
        {field("a", DataType::struct_({field("b", DataType::integer())})),
            field("x", DataType::integer())},
        mapped);
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(query("SELECT name, field_id FROM parquet_schema('" + path("out/" + files[0].path) +
                    "') WHERE field_id IS NOT NULL"),
        (Rows{"col-1|1", "col-2|2", "col-3|3"}));
}

TEST_F(ParquetWriterTest, a_failing_query_leaves_nothing_behind) {
    auto bad = spec();
    EXPECT_ANY_THROW(
        write("SELECT CASE WHEN range = 9999 THEN error('no')::INTEGER ELSE 1 END AS c0 FROM "
              "range(10000)",
            {field("x", DataType::integer())}, bad));
    EXPECT_EQ(files_in("out"), 0U);
    bad.partition_columns = {"p"};
    EXPECT_ANY_THROW(
        write("SELECT CASE WHEN range = 999999 THEN error('no')::INTEGER ELSE 1 END AS c0, range % "
              "3 AS c1 FROM range(1000000)",
            {field("x", DataType::integer()), field("p", DataType::long_())}, bad));
    EXPECT_EQ(files_in("out"), 0U);
}

TEST_F(ParquetWriterTest, stops_when_cancelled) {
    cancelled_ = true;
    try {
        write("SELECT range AS c0 FROM range(100000000)", {field("x", DataType::long_())}, spec());
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "OPERATION_CANCELED");
    }
}

TEST_F(ParquetWriterTest, refuses_what_it_cannot_write) {
    try {
        write("SELECT INTERVAL 1 MONTH AS c0", {field("i", DataType::calendar_interval())}, spec());
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE");
    }
    auto unknown = spec();
    unknown.options["compression"] = "lzo";
    EXPECT_THROW(write("SELECT 1 AS c0", {field("x", DataType::integer())}, unknown), Error);
}

TEST_F(ParquetWriterTest, writes_through_the_object_store) {
    auto memory = spec();
    memory.folder = "memory://parquet_writer_test/t";
    auto files = write("SELECT 1 AS c0", {field("x", DataType::integer())}, memory);
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(query("SELECT * FROM read_parquet('" + memory.folder + "/" + files[0].path + "')"),
        (Rows{"1"}));
}

}  // namespace
}  // namespace hanok::engine

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "jdbc/insert.h"
#include "jdbc/partitions.h"
#include "jdbc/table.h"

namespace hanok::jdbc {

namespace {

std::string condition_of(const std::function<void()>& run) {
    try {
        run();
    } catch (const Error& error) {
        return error.condition();
    }
    return "";
}

TEST(JdbcUrlTest, servers_files_and_parameters) {
    auto url = parse_url("jdbc:postgresql://db.example:6432/my%20base?user=a%26b&ssl=true");
    EXPECT_EQ(url.database, Database::kPostgres);
    EXPECT_EQ(url.host, "db.example");
    EXPECT_EQ(url.port, 6432);
    EXPECT_EQ(url.name, "my base");
    EXPECT_EQ(url.parameters["user"], "a&b");
    EXPECT_EQ(parse_url("jdbc:mysql://[::1]/x").host, "::1");
    EXPECT_EQ(parse_url("jdbc:mariadb://h").port, 3306);
    EXPECT_EQ(parse_url("jdbc:postgresql:base").name, "base");
    EXPECT_EQ(parse_url("jdbc:sqlite:/d/a b.db").name, "/d/a b.db");
    for (const char* wrong :
        {"", "jdbc:oracle:thin:@x", "jdbc:mysql://h:x/d", "jdbc:mysql://a,b/d"})
        EXPECT_EQ(condition_of([&] { parse_url(wrong); }), "FAILED_JDBC.UNCLASSIFIED") << wrong;
    EXPECT_EQ(shown_url("jdbc:mysql://me:secret@h/d?password=x&a=1"),
        "jdbc:mysql://h/d?password=*********(redacted)&a=1");
}

TEST(JdbcPartitionsTest, strides_are_those_of_spark) {
    using Parts = std::vector<std::pair<std::optional<int64_t>, std::optional<int64_t>>>;
    EXPECT_EQ(strides(0, 100, 4), (Parts{{{}, 25}, {25, 50}, {50, 75}, {75, {}}}));
    EXPECT_EQ(strides(0, 3, 10), (Parts{{{}, 1}, {1, 2}, {2, {}}}));
    EXPECT_EQ(strides(5, 5, 3), (Parts{{{}, {}}}));
    auto wide = strides(INT64_MIN, INT64_MAX, 2);
    ASSERT_EQ(wide.size(), 2u);
    EXPECT_EQ(wide[0].second, wide[1].first);
    // What the strides fall short of is shared by both ends.
    EXPECT_EQ(strides(0, 109, 10).front().second, 15);
}

TEST(JdbcPartitionsTest, clauses_of_numbers_dates_and_timestamps) {
    auto schema = types::DataType::struct_(
        {{"id", types::DataType::integer()}, {"day", types::DataType::date()},
            {"at", types::DataType::timestamp()}, {"s", types::DataType::string()}});
    auto clauses = [&](const std::string& column, const std::string& low, const std::string& high) {
        Options options;
        options.partition_column = column;
        options.lower_bound = low;
        options.upper_bound = high;
        options.num_partitions = 2;
        return partition_clauses(options, *schema, "UTC");
    };
    EXPECT_EQ(clauses("ID", "0", "10"),
        (std::vector<std::string>{"\"id\" < 5 or \"id\" is null", "\"id\" >= 5"}));
    EXPECT_EQ(clauses("day", "2024-01-01", "2024-01-03")[1], "\"day\" >= '2024-01-02'");
    EXPECT_EQ(clauses("at", "2024-01-01 00:00:00", "2024-01-01 00:00:03")[1],
        "\"at\" >= '2024-01-01 00:00:01.5'");
    auto condition = "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE";
    EXPECT_EQ(condition_of([&] { clauses("id", "10", "0"); }), condition);
    EXPECT_EQ(condition_of([&] { clauses("id", "x", "0"); }), condition);
    EXPECT_EQ(condition_of([&] { clauses("s", "0", "1"); }), condition);
    EXPECT_EQ(
        condition_of([&] { clauses("none", "0", "1"); }), "PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA");
}

TEST(JdbcSqliteTest, rows_come_back_and_failed_writes_leave_nothing) {
    auto file = std::filesystem::temp_directory_path() /
                ("hanok_jdbc_" + std::to_string(getpid()) + ".db");
    std::filesystem::remove(file);
    auto options = parse_options(
        {{"URL", "jdbc:sqlite:" + file.string()}, {"dbtable", "t"}, {"batchsize", "2"}}, true);
    auto schema = types::DataType::struct_({{"id", types::DataType::long_(), false},
        {"s", types::DataType::string()}, {"x", types::DataType::binary()}});
    auto connection = connect(options);
    EXPECT_FALSE(table_exists(*connection, options));
    create_table(*connection, options, *schema);
    EXPECT_TRUE(table_exists(*connection, options));
    std::vector<std::string> names = table_columns(*connection, options, {"ID", "s", "x"});
    EXPECT_EQ(names, (std::vector<std::string>{"id", "s", "x"}));
    Value id{CellKind::kInteger, 7, 0, ""};
    Value text{CellKind::kText, 0, 0, "it's"};
    Value bytes{CellKind::kBytes, 0, 0, std::string("\0\xff", 2)};
    {
        Inserter inserter(options, names);
        for (int i = 0; i < 5; ++i) inserter.add({id, text, bytes});
        inserter.finish();
    }
    {
        Inserter inserter(options, names);
        for (int i = 0; i < 3; ++i) inserter.add({id, text, bytes});
        EXPECT_NE(condition_of([&] {
            inserter.add({Value{}, text, bytes});
            inserter.finish();
        }),
            "");
    }
    auto cursor = connection->query("SELECT id, s, x FROM t");
    int rows = 0;
    for (; cursor->next(); ++rows) {
        EXPECT_EQ(cursor->cell(0).integer, 7);
        EXPECT_EQ(cursor->cell(1).text, "it's");
        EXPECT_EQ(cursor->cell(2).text, std::string_view("\0\xff", 2));
    }
    EXPECT_EQ(rows, 5);
    std::filesystem::remove(file);
}

}  // namespace

}  // namespace hanok::jdbc

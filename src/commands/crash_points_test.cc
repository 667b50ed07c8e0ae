// A statement whose process dies at any call of the store, before the call or right after it:
// afterwards the table is as it was or as it should be, and the statement can be run again.

#include "commands/commands_fixture.h"
#include "storage/dying_store.h"
#include "storage/memory_store.h"
#include "storage/store_hook.h"

namespace hanok::commands {
namespace {

namespace fs = std::filesystem;

struct Case {
    const char* name;
    const char* setup;  // of the table <t>
    const char* statement;
    const char* before;  // answers of kProbe
    const char* after;
    const char* probed = "t";  // the folder that the statement changes
};

constexpr const char* kRows =
    "CREATE TABLE <t> (a BIGINT, p BIGINT) USING delta PARTITIONED BY (p);"
    "INSERT INTO <t> SELECT id, id % 2 FROM range(10);"
    "INSERT INTO <t> SELECT id, id % 2 FROM range(10, 20);";
constexpr const char* kMarkedRows =
    "CREATE TABLE <t> (a BIGINT) USING delta"
    " TBLPROPERTIES ('delta.enableDeletionVectors' = true);"
    "INSERT INTO <t> SELECT id FROM range(20); DELETE FROM <t> WHERE a IN (3, 4);";
constexpr const char* kParquet =
    "CREATE TABLE src (a BIGINT) USING parquet LOCATION '<path>';"
    "INSERT INTO src SELECT id FROM range(20);";

const Case kCases[] = {
    {"optimize", kRows, "OPTIMIZE <t>", "20,190", "20,190"},
    {"z_order", kRows, "OPTIMIZE <t> ZORDER BY (a)", "20,190", "20,190"},
    {"purge", kMarkedRows, "REORG TABLE <t> APPLY (PURGE)", "18,183", "18,183"},
    {"upgrade", kMarkedRows, "REORG TABLE <t> APPLY (UPGRADE UNIFORM (ICEBERG_COMPAT_VERSION = 2))",
        "18,183", "18,183"},
    {"vacuum",
        "CREATE TABLE <t> (a BIGINT) USING delta;"
        "INSERT INTO <t> SELECT id FROM range(10); INSERT INTO <t> SELECT id FROM range(10, 20);"
        "OPTIMIZE <t>; SET spark.databricks.delta.retentionDurationCheck.enabled = false",
        "VACUUM <t> RETAIN 0 HOURS", "20,190", "20,190"},
    {"restore", kRows, "RESTORE TABLE <t> TO VERSION AS OF 1", "20,190", "10,45"},
    {"shallow_clone", kRows, "CREATE OR REPLACE TABLE <u> SHALLOW CLONE <t>", "none", "20,190",
        "u"},
    {"deep_clone", kRows, "CREATE OR REPLACE TABLE <u> DEEP CLONE <t>", "none", "20,190", "u"},
    {"delete_rows", kRows, "DELETE FROM <t> WHERE a < 5", "20,190", "15,180"},
    {"delete_marks", kMarkedRows, "DELETE FROM <t> WHERE a < 3", "18,183", "15,180"},
    {"update", kRows, "UPDATE <t> SET a = a + 100 WHERE a = 1", "20,190", "20,290"},
    {"merge", kRows,
        "MERGE INTO <t> USING (SELECT id FROM range(19, 21)) s ON a = id"
        " WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a, p) VALUES (id, 0)",
        "20,190", "20,191"},
    {"insert", kRows, "INSERT INTO <t> VALUES (100, 1)", "20,190", "21,290"},
    {"overwrite", kRows, "INSERT OVERWRITE <t> VALUES (1, 1)", "20,190", "1,1"},
    {"checkpoint",
        "CREATE TABLE <t> (a BIGINT) USING delta TBLPROPERTIES ('delta.checkpointInterval' = 2);"
        "INSERT INTO <t> VALUES (1)",
        "INSERT INTO <t> VALUES (2)", "1,1", "2,3"},
};

class CrashPoints : public CommandsTest, public ::testing::WithParamInterface<Case> {
protected:
    CrashPoints() : death_(std::make_shared<storage::Death>()) {
        storage::set_store_hook([death = death_](std::shared_ptr<storage::ObjectStore> store) {
            bool is_scratch = dynamic_cast<storage::MemoryStore*>(store.get()) != nullptr;
            if (is_scratch) return store;  // it dies with the process
            return std::shared_ptr<storage::ObjectStore>(
                std::make_shared<storage::DyingStore>(std::move(store), death));
        });
    }
    ~CrashPoints() override { storage::set_store_hook({}); }

    // `<t>` and `<u>` as the tables of one try, `<path>` as the folder of <t>.
    std::string filled(std::string sql, const std::string& root) const {
        auto replace = [&](const std::string& mark, const std::string& text) {
            for (size_t at = 0; (at = sql.find(mark, at)) != std::string::npos;)
                sql.replace(at, mark.size(), text);
        };
        replace("<t>", "delta.`" + root + "/t`");
        replace("<u>", "delta.`" + root + "/u`");
        replace("<path>", root + "/t");
        return sql;
    }
    std::string probe(const std::string& root) {
        auto table = root + "/" + GetParam().probed;
        auto rows = run("SELECT count(*), sum(a) FROM (SELECT a FROM delta.`" + table + "`)");
        // All files are read, not only counted.
        auto read = run("SELECT count(a + 1) FROM delta.`" + table + "`");
        if (rows.starts_with("DELTA_") || rows.starts_with("TABLE_OR_VIEW")) return "none";
        EXPECT_EQ(rows.substr(0, rows.find(',')), read);
        return rows;
    }

    std::shared_ptr<storage::Death> death_;
};

TEST_P(CrashPoints, leave_the_table_whole) {
    const Case& c = GetParam();
    std::string origin = folder_ + "/origin";
    ASSERT_EQ(run(filled(c.setup, origin)).find("ERROR"), std::string::npos);
    bool survived = false;
    for (int64_t at = 1; !survived; at++) {
        for (bool after_it : {false, true}) {
            std::string root = folder_ + "/try-" + std::to_string(at) + (after_it ? "a" : "b");
            fs::create_directories(root);
            fs::copy(origin, root, fs::copy_options::recursive);
            auto where = "call " + std::to_string(at) + (after_it ? " done" : " not made");
            death_->calls = 0;
            death_->after_it = after_it;
            death_->at = at;
            run(filled(c.statement, root));
            survived = !death_->is_over();
            death_->at = 0;
            for (const char* table : {"/t", "/u"}) platform_->forget_table(root + table);
            std::string rows = probe(root);
            EXPECT_TRUE(rows == c.before || rows == c.after) << where << ": " << rows;
            if (rows != c.after || c.before == std::string(c.after)) {
                run(filled(c.statement, root));
                EXPECT_EQ(probe(root), c.after) << where;
            }
            fs::remove_all(root);
        }
        ASSERT_LT(at, 2000);
    }
}

INSTANTIATE_TEST_SUITE_P(Statements, CrashPoints, ::testing::ValuesIn(kCases),
    [](const auto& info) { return std::string(info.param.name); });

class ConvertCrashPoints : public CrashPoints {};

TEST_P(ConvertCrashPoints, convert_leaves_parquet_or_delta) {
    std::string origin = folder_ + "/origin";
    run(filled(kParquet, origin));
    bool survived = false;
    for (int64_t at = 1; !survived; at++) {
        std::string root = folder_ + "/try-" + std::to_string(at);
        fs::create_directories(root);
        fs::copy(origin, root, fs::copy_options::recursive);
        death_->calls = 0;
        death_->at = at;
        run("CONVERT TO DELTA parquet.`" + root + "/t`");
        survived = !death_->is_over();
        death_->at = 0;
        platform_->forget_table(root + "/t");
        EXPECT_EQ(run("SELECT count(*), sum(a) FROM parquet.`" + root + "/t`"), "20,190") << at;
        run("CONVERT TO DELTA parquet.`" + root + "/t`");
        EXPECT_EQ(probe(root), "20,190") << at;
        fs::remove_all(root);
        ASSERT_LT(at, 2000);
    }
}

INSTANTIATE_TEST_SUITE_P(Convert, ConvertCrashPoints,
    ::testing::Values(Case{"convert", kParquet, "", "20,190", "20,190"}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace hanok::commands

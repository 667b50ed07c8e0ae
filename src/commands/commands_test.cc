#include "commands/commands_fixture.h"

namespace hanok::commands {
namespace {

TEST_F(CommandsTest, RowsAreInsertedChangedAndDeleted) {
    run("CREATE TABLE t (id INT, word STRING) USING DELTA");
    EXPECT_EQ(
        run("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'); SELECT count(*) FROM t"), "3");
    EXPECT_EQ(run("UPDATE t SET word = upper(word) WHERE id > 1"), "2");
    EXPECT_EQ(run("DELETE FROM t WHERE id = 1"), "1");
    EXPECT_EQ(run("SELECT * FROM t ORDER BY id"), "2,B;3,C");
    EXPECT_EQ(run("SELECT count(*) FROM t VERSION AS OF 1"), "3");
    EXPECT_EQ(operations("t"), "DELETE UPDATE WRITE CREATE TABLE ");
}

TEST_F(CommandsTest, MergeUpdatesInsertsAndDeletes) {
    run("CREATE TABLE t AS SELECT id, 'old' AS word FROM range(3)");
    run("MERGE INTO t USING (SELECT id + 1 AS id FROM range(3)) s ON t.id = s.id "
        "WHEN MATCHED AND t.id = 1 THEN DELETE WHEN MATCHED THEN UPDATE SET word = 'new' "
        "WHEN NOT MATCHED THEN INSERT (id, word) VALUES (s.id, 'made')");
    EXPECT_EQ(run("SELECT * FROM t ORDER BY id"), "0,old;2,new;3,made");
    EXPECT_EQ(run("MERGE INTO t USING (SELECT 2 AS id FROM range(2)) s ON t.id = s.id "
                  "WHEN MATCHED THEN UPDATE SET word = 'x'"),
        "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE");
}

TEST_F(CommandsTest, ARowThatMatchesTwiceIsDeletedAndCountedOnce) {
    for (const char* vectors : {"false", "true"}) {
        run(std::string("CREATE OR REPLACE TABLE t TBLPROPERTIES "
                        "('delta.enableDeletionVectors' = '") +
            vectors + "') AS SELECT id FROM range(3)");
        EXPECT_EQ(run("MERGE INTO t USING (SELECT 1 AS id FROM range(2)) s ON t.id = s.id "
                      "WHEN MATCHED THEN DELETE"),
            "1,0,1,0");
        EXPECT_EQ(run("SELECT * FROM t ORDER BY id"), "0;2");
    }
}

TEST_F(CommandsTest, AFailedStatementLeavesTheTable) {
    run("CREATE TABLE t AS SELECT id FROM range(3)");
    EXPECT_EQ(run("INSERT INTO t SELECT 1 / (id - 1) FROM range(3)"), "DIVIDE_BY_ZERO");
    EXPECT_EQ(run("SELECT count(*) FROM t"), "3");
    EXPECT_EQ(operations("t"), "CREATE TABLE AS SELECT ");
}

TEST_F(CommandsTest, ThingsThatAreThereOrNot) {
    run("CREATE TABLE t (id INT)");
    EXPECT_EQ(run("CREATE TABLE t (id INT)"), "TABLE_OR_VIEW_ALREADY_EXISTS");
    EXPECT_EQ(run("CREATE TABLE IF NOT EXISTS t (id INT)"), "");
    EXPECT_EQ(run("DROP TABLE u"), "TABLE_OR_VIEW_NOT_FOUND");
    EXPECT_EQ(run("DROP TABLE IF EXISTS u"), "");
    EXPECT_EQ(run("CREATE SCHEMA s; CREATE TABLE s.x (id INT); DROP SCHEMA s"), "SCHEMA_NOT_EMPTY");
    EXPECT_EQ(run("DROP SCHEMA s CASCADE; USE s"), "SCHEMA_NOT_FOUND");
    EXPECT_EQ(run("SHOW TABLES").substr(0, 9), "default,t");
}

TEST_F(CommandsTest, ViewsFollowTheirTables) {
    run("CREATE TABLE t AS SELECT 1 AS id; CREATE VIEW v AS SELECT id + 1 AS n FROM t");
    EXPECT_EQ(run("SELECT n FROM v"), "2");
    run("INSERT INTO t VALUES (5)");
    EXPECT_EQ(run("SELECT sum(n) FROM v"), "8");
    EXPECT_EQ(run("CREATE VIEW v AS SELECT 1"), "TABLE_OR_VIEW_ALREADY_EXISTS");
    EXPECT_EQ(run("DROP VIEW v; SELECT * FROM v"), "TABLE_OR_VIEW_NOT_FOUND");
}

TEST_F(CommandsTest, RestoreGoesBack) {
    run("CREATE TABLE t AS SELECT id FROM range(3); DELETE FROM t WHERE id = 0");
    EXPECT_EQ(run("SELECT count(*) FROM t"), "2");
    run("RESTORE TABLE t TO VERSION AS OF 0");
    EXPECT_EQ(run("SELECT count(*) FROM t"), "3");
}

TEST_F(CommandsTest, VariablesAndSettings) {
    run("DECLARE n INT DEFAULT 4; SET VAR n = n + 1");
    EXPECT_EQ(run("SELECT n"), "5");
    EXPECT_EQ(run("SET spark.sql.ansi.enabled = perhaps").substr(0, 18), "INVALID_CONF_VALUE");
}

}  // namespace
}  // namespace hanok::commands

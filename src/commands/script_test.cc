#include "commands/commands_fixture.h"

namespace hanok::commands {
namespace {

using ScriptTest = CommandsTest;

TEST_F(ScriptTest, LoopsBranchesAndTheLastQueryIsTheAnswer) {
    EXPECT_EQ(run("BEGIN DECLARE n, s INT DEFAULT 0; SELECT 'first';"
                  " WHILE n < 5 DO SET n = n + 1; IF n % 2 = 0 THEN SET s = s + n;"
                  " ELSEIF n = 5 THEN SET s = s + 100; ELSE SET s = s; END IF; END WHILE;"
                  " SELECT s; END"),
        "106");
    EXPECT_EQ(run("BEGIN DECLARE n INT DEFAULT 0; l: LOOP SET n = n + 1;"
                  " IF n < 3 THEN ITERATE l; END IF; LEAVE l; END LOOP l; SELECT n; END"),
        "3");
    EXPECT_EQ(run("BEGIN DECLARE n INT DEFAULT 9; REPEAT SET n = n - 2; UNTIL n < 0 END REPEAT;"
                  " CASE n WHEN -1 THEN SELECT 'one'; ELSE SELECT 'other'; END CASE; END"),
        "one");
    EXPECT_EQ(run("BEGIN DECLARE x INT; SET x = 1; END"), "");
}

TEST_F(ScriptTest, ForGivesTheColumnsOfARowAsVariables) {
    EXPECT_EQ(run("BEGIN DECLARE s STRING DEFAULT '';"
                  " FOR r AS VALUES (1, 'a'), (2, 'b') AS t(n, w) DO"
                  " SET s = s || r.w || n; END FOR; SELECT s; END"),
        "a1b2");
}

TEST_F(ScriptTest, VariablesEndWithTheirBlockAndHideThoseAround) {
    EXPECT_EQ(run("DECLARE v INT DEFAULT 7; BEGIN DECLARE v INT DEFAULT 1;"
                  " b: BEGIN DECLARE v INT DEFAULT 2; SET b.v = v + 10;"
                  " SELECT v, session.v; END b; END"),
        "12,7");
    EXPECT_EQ(run("SELECT v"), "7");
    EXPECT_EQ(run("BEGIN BEGIN DECLARE w INT; END; SELECT w; END"),
        "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION");
}

TEST_F(ScriptTest, AnExitHandlerLeavesTheBlockThatDeclaresIt) {
    EXPECT_EQ(run("BEGIN DECLARE EXIT HANDLER FOR DIVIDE_BY_ZERO BEGIN SELECT 'zero'; END;"
                  " SELECT 1 / 0; SELECT 'not reached'; END"),
        "zero");
    EXPECT_EQ(run("BEGIN DECLARE s STRING DEFAULT 'a'; BEGIN"
                  " DECLARE EXIT HANDLER FOR SQLSTATE '22012' SET s = s || 'b';"
                  " SELECT 1 / 0; END; SELECT s || 'c'; END"),
        "abc");
    EXPECT_EQ(run("BEGIN DECLARE EXIT HANDLER FOR SQLSTATE '42000' SELECT 'no';"
                  " SELECT 1 / 0; END"),
        "DIVIDE_BY_ZERO");
}

TEST_F(ScriptTest, WhatIsWrongWithAScript) {
    EXPECT_EQ(run("a: BEGIN SELECT 1; END b"), "PARSE_SYNTAX_ERROR");
    EXPECT_EQ(run("BEGIN a: BEGIN SELECT 1; END b; END"), "LABELS_MISMATCH");
    EXPECT_EQ(run("BEGIN BEGIN SELECT 1; END b; END"), "END_LABEL_WITHOUT_BEGIN_LABEL");
    EXPECT_EQ(run("BEGIN LEAVE x; END"), "INVALID_LABEL_USAGE.DOES_NOT_EXIST");
    EXPECT_EQ(run("BEGIN SELECT 1; DECLARE v INT; END"),
        "INVALID_VARIABLE_DECLARATION.ONLY_AT_BEGINNING");
    EXPECT_EQ(run("BEGIN DECLARE v INT; DECLARE v INT; END"), "VARIABLE_ALREADY_EXISTS");
    EXPECT_EQ(run("BEGIN IF 1 THEN SELECT 1; END IF; END"), "INVALID_BOOLEAN_STATEMENT");
    EXPECT_EQ(run("BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION SELECT 1; SELECT 1; END"),
        "UNSUPPORTED_FEATURE.CONTINUE_EXCEPTION_HANDLER");
}

TEST_F(ScriptTest, ExecuteImmediateRunsTextWithArguments) {
    EXPECT_EQ(run("EXECUTE IMMEDIATE 'SELECT ? + ?' USING 1, 2"), "3");
    EXPECT_EQ(run("DECLARE a INT; EXECUTE IMMEDIATE 'SELECT :x * 2' INTO a USING 21 AS x;"
                  " SELECT a"),
        "42");
    EXPECT_EQ(run("EXECUTE IMMEDIATE 'SELECT 1 WHERE false' INTO a; SELECT a"), "NULL");
    EXPECT_EQ(run("EXECUTE IMMEDIATE 'SELECT * FROM VALUES (1), (2)' INTO a"),
        "ROW_SUBQUERY_TOO_MANY_ROWS");
    EXPECT_EQ(run("EXECUTE IMMEDIATE 'SELECT 1, 2' INTO a"), "ASSIGNMENT_ARITY_MISMATCH");
    EXPECT_EQ(run("EXECUTE IMMEDIATE 'SET x.y = 1' INTO a"), "INVALID_STATEMENT_FOR_EXECUTE_INTO");
    EXPECT_EQ(run("EXECUTE IMMEDIATE 'SELECT :x'"), "UNBOUND_SQL_PARAMETER");
    EXPECT_EQ(run("EXECUTE IMMEDIATE a"), "INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE");
    EXPECT_EQ(run("EXECUTE IMMEDIATE 'BEGIN SELECT 1; END'"), "SQL_SCRIPT_IN_EXECUTE_IMMEDIATE");
}

TEST_F(ScriptTest, FunctionsAreCheckedWhenTheyAreMade) {
    EXPECT_EQ(run("CREATE FUNCTION f(a INT, A INT) RETURNS INT RETURN 1"),
        "DUPLICATE_ROUTINE_PARAMETER_NAMES");
    EXPECT_EQ(run("CREATE FUNCTION f(a INT DEFAULT 1, b INT) RETURNS INT RETURN a"),
        "USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION");
    EXPECT_EQ(run("CREATE FUNCTION f() RETURNS TABLE (a INT) RETURN SELECT 1, 2"),
        "USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH");
    EXPECT_EQ(run("CREATE FUNCTION f(a INT) RETURNS INT RETURN sum(a)"),
        "USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS");
    EXPECT_EQ(
        run("CREATE FUNCTION f(a INT) RETURNS INT RETURN b"), "UNRESOLVED_COLUMN.WITH_SUGGESTION");
    EXPECT_EQ(run("CREATE FUNCTION f(a INT) RETURNS INT RETURN a + 1;"
                  "CREATE FUNCTION g(a INT) RETURNS INT RETURN f(a); SELECT g(1)"),
        "2");
    EXPECT_EQ(run("CREATE OR REPLACE FUNCTION f(a INT) RETURNS INT RETURN g(a)"),
        "CYCLIC_FUNCTION_REFERENCE");
    EXPECT_EQ(run("SELECT f(1, 2)"), "WRONG_NUM_ARGS.WITHOUT_SUGGESTION");
    auto name = session_->analyze(sql::parse_query("SELECT f(1)"))->output.at(0).name;
    EXPECT_EQ(name, "spark_catalog.default.f(1)");
}

TEST_F(ScriptTest, LastingObjectsStandOnNothingOfTheSession) {
    run("CREATE TEMPORARY VIEW tv AS SELECT 1 AS a; DECLARE sv INT DEFAULT 1");
    run("CREATE TEMPORARY FUNCTION tf() RETURNS INT RETURN 1");
    EXPECT_EQ(run("CREATE VIEW v AS SELECT * FROM tv"), "INVALID_TEMP_OBJ_REFERENCE");
    EXPECT_EQ(run("CREATE VIEW v AS SELECT sv"), "INVALID_TEMP_OBJ_REFERENCE");
    EXPECT_EQ(run("CREATE VIEW v AS SELECT tf()"), "INVALID_TEMP_OBJ_REFERENCE");
    EXPECT_EQ(run("CREATE FUNCTION f() RETURNS INT RETURN tf()"), "INVALID_TEMP_OBJ_REFERENCE");
    EXPECT_EQ(run("CREATE FUNCTION f() RETURNS INT CONTAINS SQL RETURN (SELECT max(a) FROM tv)"),
        "INVALID_SQL_FUNCTION_DATA_ACCESS");
}

TEST_F(ScriptTest, VariablesTakeTheirDefaultAndAreNotConfiguration) {
    EXPECT_EQ(run("DECLARE d INT DEFAULT 5; SET VAR d = 6; SET VAR d = DEFAULT; SELECT d"), "5");
    EXPECT_EQ(run("SET d = 1"), "UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET");
    EXPECT_EQ(run("SET VAR d = 1, D = 2"), "DUPLICATE_ASSIGNMENTS");
    EXPECT_EQ(run("SET VAR other.d = 1"), "UNRESOLVED_VARIABLE");
}

TEST_F(ScriptTest, CursorsGiveRowsOneAtATime) {
    run("SET spark.sql.scripting.cursorEnabled=true;"
        "SET spark.sql.scripting.continueHandlerEnabled=true");
    EXPECT_EQ(run("BEGIN DECLARE n, s BIGINT DEFAULT 0; DECLARE done BOOLEAN DEFAULT false;"
                  " DECLARE c CURSOR FOR SELECT id FROM range(10001);"
                  " DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = true;"
                  " OPEN c; REPEAT FETCH c INTO n; SET s = s + IF(done, 0, n);"
                  " UNTIL done END REPEAT; CLOSE c; SELECT s; END"),
        "50005000");
    EXPECT_EQ(run("BEGIN DECLARE x INT DEFAULT 7; DECLARE c CURSOR FOR SELECT 1 WHERE :a > 1;"
                  " OPEN c USING 1 AS a; FETCH c INTO x; SELECT x; END"),
        "7");
    EXPECT_EQ(run("OPEN c"), "CURSOR_OUTSIDE_SCRIPT");
}

TEST_F(ScriptTest, ForTakesMoreRowsThanOnePage) {
    EXPECT_EQ(run("BEGIN DECLARE s BIGINT DEFAULT 0;"
                  " FOR r AS SELECT id FROM range(10500) DO"
                  " IF r.id >= 9999 THEN SET s = s + 1; END IF; END FOR; SELECT s; END"),
        "501");
}

}  // namespace
}  // namespace hanok::commands

#include "session/session.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"

namespace hanok::session {
namespace {

std::string condition_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.condition();
    }
    return "";
}

class SessionTest : public ::testing::Test {
protected:
    SessionTest() : folder_(::testing::TempDir() + "hanok_session_test") {
        std::filesystem::remove_all(folder_);
        platform_ = open();
        session_ = std::make_unique<Session>(*platform_, "user", "s1");
    }
    ~SessionTest() override {
        session_.reset();
        platform_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::unique_ptr<Platform> open() {
        PlatformOptions options;
        options.data_dir = folder_;
        options.engine.threads = 1;
        return Platform::open(options);
    }

    resolved::PlanPtr analyze(Session& session, const std::string& sql) {
        return session.analyze(sql::parse_statements(sql, session.parser_options()).at(0).query);
    }

    std::vector<std::vector<types::Value>> rows(const std::string& sql) {
        return platform_->engine().collect(
            session_->use_cache(analyze(*session_, sql)), session_->query_context(), 100);
    }

    const std::string folder_;
    std::unique_ptr<Platform> platform_;
    std::unique_ptr<Session> session_;
};

TEST_F(SessionTest, APlanRuns) {
    auto found = rows("SELECT id * 2 FROM range(3) ORDER BY id DESC");
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0][0].as_int(), 4);
}

TEST_F(SessionTest, NamesMeanTheCurrentCatalogAndSchema) {
    session_->set_current({"spark_catalog", "sales"});
    EXPECT_EQ(session_->table_key({"t"}).parts(),
        (std::vector<std::string>{"spark_catalog", "sales", "t"}));
    EXPECT_EQ(session_->table_key({"other", "t"}).schema, "other");
    EXPECT_EQ(session_->table_key({"c", "s", "t"}).catalog, "c");
    EXPECT_NE(condition_of([&] { session_->table_key({"a", "b", "c", "d"}); }), "");
    EXPECT_EQ(Session::path_table({"delta", "/lake/t"})->second, "/lake/t");
    EXPECT_FALSE(Session::path_table({"sales", "t"}).has_value());
}

TEST_F(SessionTest, ACloneHasItsOwnSettings) {
    session_->config().set("spark.sql.ansi.enabled", "false");
    auto copy = session_->clone("s2");
    EXPECT_EQ(copy->config().get("spark.sql.ansi.enabled"), "false");
    copy->config().set("spark.sql.ansi.enabled", "true");
    EXPECT_EQ(session_->config().get("spark.sql.ansi.enabled"), "false");
    EXPECT_EQ(copy->id(), "s2");
}

TEST_F(SessionTest, SettingsThatCannotBeAreRefused) {
    auto& config = session_->config();
    EXPECT_EQ(condition_of([&] {
        config.set("spark.sql.ansi.enabled", "perhaps");
    }).rfind("INVALID_CONF_VALUE", 0),
        0u);
    EXPECT_EQ(condition_of([&] { config.get("spark.no.such.key"); }), "SQL_CONF_NOT_FOUND");
    EXPECT_FALSE(config.is_modifiable("spark.sql.warehouse.dir"));
    config.set("spark.sql.session.timeZone", "Asia/Seoul");
    config.unset("spark.sql.session.timeZone");
    EXPECT_NE(config.get("spark.sql.session.timeZone"), "Asia/Seoul");
}

TEST_F(SessionTest, PersistedPlansAreFoundInOthersAndForgotten) {
    auto plan = analyze(*session_, "SELECT id FROM range(5)");
    session_->persist(plan, {});
    EXPECT_TRUE(session_->find_persisted(analyze(*session_, "SELECT id FROM range(5)")));
    EXPECT_FALSE(session_->find_persisted(analyze(*session_, "SELECT id FROM range(6)")));
    EXPECT_EQ(rows("SELECT count(*) FROM (SELECT id FROM range(5))")[0][0].as_int(), 5);
    EXPECT_TRUE(session_->unpersist(plan));
    EXPECT_FALSE(session_->unpersist(plan));
}

TEST_F(SessionTest, ValuesThatWouldChangeAnswersUnseenAreRefused) {
    auto condition = [&](const std::string& key, const std::string& value) -> std::string {
        try {
            session_->config().set(key, value);
        } catch (const Error& error) {
            return error.condition();
        }
        return "";
    };
    const std::string scale = "spark.sql.legacy.allowNegativeScaleOfDecimal";
    EXPECT_EQ(condition(scale, "TRUE"), "UNSUPPORTED_FEATURE.HANOK");
    EXPECT_EQ(condition(scale, "False"), "");
    EXPECT_EQ(
        condition("spark.sql.timestampType", "x"), "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS");
    EXPECT_EQ(condition("spark.executor.memory", "1g"), "CANNOT_MODIFY_CONFIG");
}

TEST(DataChanges, AreThoseAtOrAboveAFile) {
    DataChanges changes;
    auto then = changes.now();
    changes.note("/d/t/");
    EXPECT_TRUE(changes.since(then, {"file:/d/t/p=1/x.parquet"}));
    EXPECT_FALSE(changes.since(then, {"file:/d/tt/x.parquet", "file:/d/x.parquet"}));
    EXPECT_FALSE(changes.since(changes.now(), {"file:/d/t/p=1/x.parquet"}));
}

TEST_F(SessionTest, CheckpointsKeepTheirRows) {
    auto id = session_->checkpoint(analyze(*session_, "SELECT uuid() AS u"), true);
    auto plan = session_->find_checkpoint(id);
    auto read = [&] {
        return platform_->engine().collect(plan, session_->query_context(), 10)[0][0].as_string();
    };
    EXPECT_EQ(read(), read());
    session_->drop_checkpoint(id);
    EXPECT_NE(condition_of([&] {
        if (!session_->find_checkpoint(id)) throw Error(ErrorKind::kSpark, "GONE");
    }),
        "");
}

TEST_F(SessionTest, OneServerOwnsADataFolder) {
    EXPECT_EQ(condition_of([&] { open(); }), "DATA_FOLDER_IN_USE");
}

TEST_F(SessionTest, UnknownTablesAreNamed) {
    EXPECT_EQ(condition_of([&] { analyze(*session_, "SELECT * FROM nowhere"); }),
        "TABLE_OR_VIEW_NOT_FOUND");
}

}  // namespace
}  // namespace hanok::session

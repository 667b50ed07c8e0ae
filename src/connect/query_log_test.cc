#include "connect/query_log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hanok::connect {
namespace {

QueryRecord record(const std::string& id) {
    QueryRecord out;
    out.operation_id = id;
    out.state = "FINISHED";
    out.operators = {{"Result", 7, -1, {{"numOutputRows", 3}}}};
    return out;
}

TEST(QueryLogTest, the_newest_come_first_and_the_oldest_go) {
    QueryLog log;
    for (int i = 0; i < 300; ++i) log.add(record(std::to_string(i)));
    auto all = nlohmann::json::parse(log.list()).at("queries");
    ASSERT_EQ(all.size(), 200u);
    EXPECT_EQ(all[0].at("operation_id"), "299");
    EXPECT_FALSE(all[0].contains("operators"));
    EXPECT_FALSE(log.find("99"));
    auto one = nlohmann::json::parse(*log.find("100"));
    EXPECT_EQ(one.at("operators")[0].at("metrics").at("numOutputRows"), 3);
    EXPECT_EQ(one.at("operators")[0].at("parent"), -1);
}

TEST(QueryLogTest, statements_are_cut) {
    QueryLog log;
    auto long_one = record("a");
    for (int i = 0; i < 20'000; ++i) long_one.statement += "가";
    log.add(long_one);
    auto kept = nlohmann::json::parse(*log.find("a")).at("statement").get<std::string>();
    EXPECT_LT(kept.size(), 20'000u);
}

}  // namespace
}  // namespace hanok::connect

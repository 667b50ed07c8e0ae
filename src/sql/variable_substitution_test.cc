#include "sql/variable_substitution.h"

#include <gtest/gtest.h>

#include <map>

#include "base/error.h"

namespace hanok::sql {

namespace {

std::string substituted(const std::string& text) {
    static const std::map<std::string, std::string> values{
        {"table", "sales"}, {"spark.x", "1"}, {"outer", "<${table}>"}, {"loop", "${loop}"}};
    return substitute_variables(text, [](const std::string& key) -> std::optional<std::string> {
        auto found = values.find(key);
        if (found == values.end()) return std::nullopt;
        return found->second;
    });
}

TEST(VariableSubstitution, KeysBecomeTheirValues) {
    EXPECT_EQ(substituted("SELECT * FROM ${table}"), "SELECT * FROM sales");
    EXPECT_EQ(substituted("${hivevar:table}${hiveconf:table}"), "salessales");
    EXPECT_EQ(substituted("${spark:spark.x} ${sparkconf:spark.x}"), "1 1");
    EXPECT_EQ(substituted("${outer}"), "<sales>");
}

TEST(VariableSubstitution, TheRestStays) {
    EXPECT_EQ(substituted("${unknown} $ {table} ${table"), " $ {table} ${table");
    EXPECT_EQ(
        substituted("${env:table} ${system:table} ${a b}"), "${env:table} ${system:table} ${a b}");
}

TEST(VariableSubstitution, CirclesAreRefused) { EXPECT_THROW(substituted("${loop}"), Error); }

// Each variable holds the one before twice.
std::string doubled(const std::string& first, int levels) {
    return substitute_variables("${v" + std::to_string(levels) + "}",
        [&](const std::string& key) -> std::optional<std::string> {
            int level = std::stoi(key.substr(1));
            if (level == 0) return first;
            auto before = "${v" + std::to_string(level - 1) + "}";
            return before + before;
        });
}

std::string chained(int levels) {
    return substitute_variables("${v" + std::to_string(levels) + "}",
        [&](const std::string& key) -> std::optional<std::string> {
            int level = std::stoi(key.substr(1));
            return level == 0 ? "end" : "${v" + std::to_string(level - 1) + "}";
        });
}

TEST(VariableSubstitution, GrowthHasABound) {
    EXPECT_EQ(doubled("x", 10), std::string(1024, 'x'));
    EXPECT_THROW(doubled(std::string(1000, 'x'), 15), Error);
    EXPECT_THROW(doubled("", 60), Error);
    EXPECT_EQ(chained(90), "end");
    EXPECT_THROW(chained(200), Error);
    std::string long_text(20 << 20, 'x');
    EXPECT_EQ(substituted(long_text + "${table}").size(), long_text.size() + 5);
}

}  // namespace

}  // namespace hanok::sql

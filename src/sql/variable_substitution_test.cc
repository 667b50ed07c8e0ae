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

}  // namespace

}  // namespace hanok::sql

#include "analyzer/text_table.h"

#include <gtest/gtest.h>

namespace hanok::analyzer {
namespace {

using types::DataType;

TEST(TextTable, RightWhenTruncatingLeftWhenNot) {
    EXPECT_EQ(text_table({{"id", "name"}, {"1", "x"}}, 20),
        "+---+----+\n| id|name|\n+---+----+\n|  1|   x|\n+---+----+\n");
    EXPECT_EQ(text_table({{"id"}, {"1"}}, 0), "+---+\n|id |\n+---+\n|1  |\n+---+\n");
}

TEST(TextTable, LongCellsEndInDots) {
    EXPECT_EQ(
        text_table({{"a"}, {"abcdefghij"}}, 5), "+-----+\n|    a|\n+-----+\n|ab...|\n+-----+\n");
    EXPECT_EQ(text_table({{"a"}, {"abcdefghij"}}, 3), "+---+\n|  a|\n+---+\n|abc|\n+---+\n");
}

TEST(TextTable, FullWidthLettersTakeTwoColumns) {
    EXPECT_EQ(text_table({{"이름"}, {"서울시"}}, 20),
        "+------+\n|  이름|\n+------+\n|서울시|\n+------+\n");
}

TEST(TextTable, Vertical) {
    EXPECT_EQ(vertical_table({{"id", "name"}, {"1", "x"}}, 20),
        "-RECORD 0---\n id   | 1   \n name | x   \n");
    EXPECT_EQ(vertical_table({{"id"}}, 20), "(0 rows)\n");
}

TEST(TextTable, Html) {
    EXPECT_EQ(html_table({{"a"}, {"<b>"}}, 20),
        "<table border='1'>\n<tr><th>a</th></tr>\n<tr><td>&lt;b&gt;</td></tr>\n</table>\n");
}

TEST(PrettyValue, NestedValues) {
    auto array = DataType::array(DataType::integer());
    EXPECT_EQ(pretty_value(types::list_value({types::int_value(1), types::Value()}), *array, "UTC"),
        "[1, NULL]");
    auto map = DataType::map(DataType::string(), DataType::double_());
    EXPECT_EQ(pretty_value(types::list_value({types::string_value("k"), types::double_value(1)}),
                  *map, "UTC"),
        "{k -> 1.0}");
    EXPECT_EQ(pretty_value(types::string_value("\x0a\xff"), *DataType::binary(), "UTC"), "[0A FF]");
    EXPECT_EQ(visible_text("a\nb"), "a\\nb");
}

}  // namespace
}  // namespace hanok::analyzer

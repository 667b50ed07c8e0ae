#include "server/table_printer.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace hanok::server {
namespace {

TextTable two_rows() {
    return {{"id", "이름"}, {true, false}, {true, false}, {{"1", "서울"}, {std::nullopt, "a,\"b"}}};
}

TEST(TablePrinter, BoxesAlignFullWidthText) {
    EXPECT_EQ(display_width("서울"), 4u);
    EXPECT_EQ(render(two_rows(), OutputFormat::kTable),
        "┌──────┬──────┐\n"
        "│ id   │ 이름 │\n"
        "├──────┼──────┤\n"
        "│    1 │ 서울 │\n"
        "│ NULL │ a,\"b │\n"
        "└──────┴──────┘\n");
}

TEST(TablePrinter, CsvQuotesWhatItMust) {
    EXPECT_EQ(render(two_rows(), OutputFormat::kCsv), "id,이름\n1,서울\n,\"a,\"\"b\"\n");
    TextTable empty_text{{"s"}, {false}, {false}, {{""}}};
    EXPECT_EQ(render(empty_text, OutputFormat::kCsv), "s\n\"\"\n");  // NULL is without quotes
    EXPECT_EQ(render(empty_text, OutputFormat::kCsv, false), "\"\"\n");
}

TEST(TablePrinter, JsonKeepsNumbersBareWhereJsonHasThem) {
    EXPECT_EQ(render(two_rows(), OutputFormat::kJson),
        "{\"id\":1,\"이름\":\"서울\"}\n{\"id\":null,\"이름\":\"a,\\\"b\"}\n");
    TextTable doubles{{"d"}, {true}, {true}, {{"1.0E20"}, {"NaN"}}};
    EXPECT_EQ(render(doubles, OutputFormat::kJson), "{\"d\":1.0E20}\n{\"d\":\"NaN\"}\n");
}

TEST(TablePrinter, MarkdownEscapesItsBar) {
    TextTable table{{"a|b"}, {false}, {false}, {{"x|y"}}};
    EXPECT_EQ(render(table, OutputFormat::kMarkdown), "| a\\|b |\n|---|\n| x\\|y |\n");
    EXPECT_EQ(render(table, OutputFormat::kMarkdown, false), "| x\\|y |\n");
}

TEST(TablePrinter, UnknownFormatsAreRefused) {
    EXPECT_EQ(parse_format("markdown"), OutputFormat::kMarkdown);
    EXPECT_THROW(parse_format("xml"), Error);
}

}  // namespace
}  // namespace hanok::server

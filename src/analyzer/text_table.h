#pragma once
// Rows of text laid out as Spark's show() does. The first row is the header. Text is UTF-8; widths
// count UTF-16 units as Spark does, full-width characters twice.

#include <string>
#include <vector>

#include "types/data_type.h"
#include "types/value.h"

namespace hanok::analyzer {

using TextRows = std::vector<std::vector<std::string>>;

// A value as a cell: NULL, [1, 2], {k -> v}, {a, b}, [0A 0B].
std::string pretty_value(
    const types::Value& value, const types::DataType& type, const std::string& time_zone);
// Line feeds, tabs and the like as \n, \t, …
std::string visible_text(const std::string& text);

// truncate > 0: longer cells end in "…" as three dots, and cells stand at the right.
std::string text_table(TextRows rows, int truncate);
std::string vertical_table(TextRows rows, int truncate);
std::string html_table(TextRows rows, int truncate);

}  // namespace hanok::analyzer

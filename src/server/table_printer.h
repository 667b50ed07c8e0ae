#pragma once
// Rows as text: a box for people, CSV, JSON lines and Markdown for programs.

#include <memory>
#include <string>
#include <vector>

#include "types/data_type.h"

namespace hanok::server {

enum class OutputFormat { kTable, kCsv, kJson, kMarkdown };

// "table", "csv", "json", "markdown"; throws Error INVALID_SERVER_CONFIG otherwise.
OutputFormat parse_format(const std::string& name);

struct TextTable {
    std::vector<std::string> columns;
    // Right-aligned in tables; written bare in JSON.
    std::vector<bool> is_number;
    std::vector<bool> is_json;  // the cell is JSON text already (numbers, booleans, nested types)
    // nullopt is NULL.
    std::vector<std::vector<std::optional<std::string>>> rows;
};

// Without header: rows that follow those of an earlier call (not for kTable, whose box is closed).
std::string render(const TextTable& table, OutputFormat format, bool with_header = true);
// Columns a text takes on a terminal (full-width characters take two).
size_t display_width(const std::string& utf8);

}  // namespace hanok::server

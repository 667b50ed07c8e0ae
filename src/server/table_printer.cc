#include "server/table_printer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace hanok::server {

namespace {

using Cell = std::optional<std::string>;

uint32_t next_code_point(const std::string& s, size_t* i) {
    auto byte = static_cast<unsigned char>(s[*i]);
    int extra = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
    uint32_t code = extra == 3 ? byte & 7 : extra == 2 ? byte & 15 : extra == 1 ? byte & 31 : byte;
    ++*i;
    for (; extra > 0 && *i < s.size(); --extra, ++*i)
        code = code << 6 | (static_cast<unsigned char>(s[*i]) & 63);
    return code;
}

bool is_wide(uint32_t c) {
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
           (c >= 0x20000 && c <= 0x3FFFD);
}

std::string shown(const Cell& cell) {
    if (!cell) return "NULL";
    std::string out;
    for (char c : *cell) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else
            out += c;
    }
    return out;
}

std::string padded(const std::string& text, size_t width, bool right) {
    std::string pad(width - std::min(width, display_width(text)), ' ');
    return right ? pad + text : text + pad;
}

std::string box(const TextTable& t) {
    std::vector<size_t> widths;
    for (const auto& c : t.columns) widths.push_back(display_width(c));
    for (const auto& row : t.rows) {
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], display_width(shown(row[i])));
    }
    auto rule = [&](const char* left, const char* middle, const char* right) {
        std::string out = left;
        for (size_t i = 0; i < widths.size(); ++i) {
            if (i) out += middle;
            for (size_t k = 0; k < widths[i] + 2; ++k) out += "─";
        }
        return out + right + "\n";
    };
    std::string out = rule("┌", "┬", "┐");
    for (size_t i = 0; i < widths.size(); ++i)
        out += "│ " + padded(t.columns[i], widths[i], false) + " ";
    out += "│\n" + rule("├", "┼", "┤");
    for (const auto& row : t.rows) {
        for (size_t i = 0; i < row.size(); ++i)
            out += "│ " + padded(shown(row[i]), widths[i], t.is_number[i]) + " ";
        out += "│\n";
    }
    return out + rule("└", "┴", "┘");
}

std::string csv_field(const Cell& cell) {
    if (!cell) return "";
    if (cell->find_first_of(",\"\n\r") == std::string::npos && !cell->empty()) return *cell;
    std::string out = "\"";
    for (char c : *cell) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

std::string csv(const TextTable& t, bool with_header) {
    std::string out;
    if (with_header) {
        for (size_t i = 0; i < t.columns.size(); ++i)
            out += (i ? "," : "") + csv_field(t.columns[i]);
        out += "\n";
    }
    for (const auto& row : t.rows) {
        for (size_t i = 0; i < row.size(); ++i) out += (i ? "," : "") + csv_field(row[i]);
        out += "\n";
    }
    return out;
}

// JSON has no number for these.
bool is_not_finite(const std::string& text) {
    return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

std::string json_lines(const TextTable& t) {
    std::string out;
    for (const auto& row : t.rows) {
        out += "{";
        for (size_t i = 0; i < row.size(); ++i) {
            out += (i ? "," : "") + nlohmann::json(t.columns[i]).dump() + ":";
            if (!row[i]) {
                out += "null";
            } else if (t.is_json[i] && !is_not_finite(*row[i])) {
                out += *row[i];
            } else {
                out += nlohmann::json(*row[i]).dump(
                    -1, ' ', false, nlohmann::json::error_handler_t::replace);
            }
        }
        out += "}\n";
    }
    return out;
}

std::string markdown_cell(const Cell& cell) {
    std::string out;
    for (char c : shown(cell)) out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string markdown(const TextTable& t, bool with_header) {
    std::string out;
    if (with_header) {
        out = "|";
        for (const auto& c : t.columns) out += " " + markdown_cell(c) + " |";
        out += "\n|";
        for (bool number : t.is_number) out += number ? "---:|" : "---|";
        out += "\n";
    }
    for (const auto& row : t.rows) {
        out += "|";
        for (const auto& cell : row) out += " " + markdown_cell(cell) + " |";
        out += "\n";
    }
    return out;
}

}  // namespace

size_t display_width(const std::string& utf8) {
    size_t width = 0;
    for (size_t i = 0; i < utf8.size();) width += is_wide(next_code_point(utf8, &i)) ? 2 : 1;
    return width;
}

OutputFormat parse_format(const std::string& name) {
    if (name == "table") return OutputFormat::kTable;
    if (name == "csv") return OutputFormat::kCsv;
    if (name == "json") return OutputFormat::kJson;
    if (name == "markdown") return OutputFormat::kMarkdown;
    throw Error(ErrorKind::kIllegalArgument, "INVALID_SERVER_CONFIG",
        {{"reason", "unknown format " + name}});
}

std::string render(const TextTable& table, OutputFormat format, bool with_header) {
    switch (format) {
        case OutputFormat::kTable: return table.columns.empty() ? "" : box(table);
        case OutputFormat::kCsv: return table.columns.empty() ? "" : csv(table, with_header);
        case OutputFormat::kJson: return json_lines(table);
        case OutputFormat::kMarkdown:
            return table.columns.empty() ? "" : markdown(table, with_header);
    }
    return "";
}

}  // namespace hanok::server

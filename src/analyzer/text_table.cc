#include "analyzer/text_table.h"

#include <algorithm>
#include <cstdint>

#include "types/datetime_text.h"
#include "types/geo.h"

namespace hanok::analyzer {

using types::DataType;
using types::TypeId;
using types::Value;

namespace {

// INTERVAL '1 years' as it is shown: 1 years.
std::string bare_interval(const std::string& sql) {
    auto begin = sql.find('\'');
    auto end = sql.rfind('\'');
    return begin < end ? sql.substr(begin + 1, end - begin - 1) : sql;
}

constexpr size_t kMinimumWidth = 3;

struct Letter {
    uint32_t code = 0;
    size_t bytes = 1;
    size_t units() const { return code > 0xFFFF ? 2 : 1; }  // of UTF-16
};

Letter letter_at(const std::string& text, size_t at) {
    auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char lead = byte(at);
    size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (at + size > text.size()) size = 1;
    if (size == 1) return {lead, 1};
    uint32_t code = lead & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; ++i) code = code << 6 | (byte(at + i) & 0x3F);
    return {code, size};
}

bool is_full_width(uint32_t c) {
    static constexpr uint32_t kRanges[][2] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}};
    return std::any_of(std::begin(kRanges), std::end(kRanges),
        [&](const auto& r) { return c >= r[0] && c <= r[1]; });
}

size_t length(const std::string& text) {
    size_t units = 0;
    for (size_t i = 0; i < text.size();) {
        auto l = letter_at(text, i);
        units += l.units();
        i += l.bytes;
    }
    return units;
}

size_t width(const std::string& text) {
    size_t w = 0;
    for (size_t i = 0; i < text.size();) {
        auto l = letter_at(text, i);
        w += l.units() + (is_full_width(l.code) ? 1 : 0);
        i += l.bytes;
    }
    return w;
}

std::string first_units(const std::string& text, size_t units) {
    size_t taken = 0;
    size_t i = 0;
    while (i < text.size()) {
        auto l = letter_at(text, i);
        if (taken + l.units() > units) break;
        taken += l.units();
        i += l.bytes;
    }
    return text.substr(0, i);
}

void truncate_cells(TextRows& rows, int truncate) {
    if (truncate <= 0) return;
    auto limit = static_cast<size_t>(truncate);
    for (size_t r = 1; r < rows.size(); ++r) {
        for (auto& cell : rows[r]) {
            if (length(cell) <= limit) continue;
            cell = limit < 4 ? first_units(cell, limit) : first_units(cell, limit - 3) + "...";
        }
    }
}

std::string padding(const std::string& cell, size_t to, char with = ' ') {
    size_t w = width(cell);
    return std::string(to > w ? to - w : 0, with);
}

std::string list_text(const Value::List& items, const DataType& element, const std::string& zone) {
    std::string out;
    for (size_t i = 0; i < items.size(); ++i)
        out += (i ? ", " : "") + pretty_value(items[i], element, zone);
    return out;
}

std::string hex_bytes(const std::string& bytes) {
    static const char* digits = "0123456789ABCDEF";
    std::string out = "[";
    for (size_t i = 0; i < bytes.size(); ++i) {
        auto b = static_cast<unsigned char>(bytes[i]);
        if (i) out += ' ';
        out += digits[b >> 4];
        out += digits[b & 15];
    }
    return out + "]";
}

std::string nested_value(const Value& value, const DataType& type, const std::string& zone) {
    const auto& items = value.as_list();
    if (type.is(TypeId::kArray)) return "[" + list_text(items, *type.element(), zone) + "]";
    std::string out;
    if (type.is(TypeId::kMap)) {
        for (size_t i = 0; i + 1 < items.size(); i += 2) {
            out += (i ? ", " : "") + pretty_value(items[i], *type.key(), zone) + " -> " +
                   pretty_value(items[i + 1], *type.value(), zone);
        }
    } else {
        for (size_t i = 0; i < items.size(); ++i) {
            out += (i ? ", " : "") + pretty_value(items[i], *type.fields()[i].type, zone);
        }
    }
    return "{" + out + "}";
}

std::string html_escaped(const std::string& text) {
    std::string out;
    for (char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

}  // namespace

std::string pretty_value(const Value& value, const DataType& type, const std::string& zone) {
    if (value.is_null()) return "NULL";
    if (types::is_geo(type)) {
        const auto& parts = value.as_list();
        return types::geo_text(static_cast<int>(parts[0].as_int()), parts[1].as_string());
    }
    switch (type.id()) {
        case TypeId::kNull: return "NULL";
        case TypeId::kBoolean: return value.as_bool() ? "true" : "false";
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong: return std::to_string(value.as_int());
        case TypeId::kFloat: return types::float_to_string(static_cast<float>(value.as_double()));
        case TypeId::kDouble: return types::double_to_string(value.as_double());
        case TypeId::kDecimal: return types::decimal_to_string(value.as_decimal(), type.scale());
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return value.as_string();
        case TypeId::kBinary: return hex_bytes(value.as_string());
        case TypeId::kDate: return types::date_to_string(value.as_int());
        case TypeId::kTimestamp: return types::timestamp_to_string(value.as_int(), zone);
        case TypeId::kTimestampNtz: return types::timestamp_ntz_to_string(value.as_int());
        case TypeId::kTime: return types::time_to_string(value.as_int());
        case TypeId::kYearMonthInterval:
        case TypeId::kDayTimeInterval: return types::interval_to_string(value.as_int(), type);
        case TypeId::kArray:
        case TypeId::kMap:
        case TypeId::kStruct: return nested_value(value, type, zone);
        case TypeId::kCalendarInterval: return bare_interval(types::value_name(value, type, zone));
        case TypeId::kVariant: return types::value_name(value, type, zone);
    }
    return "";
}

std::string visible_text(const std::string& text) {
    std::string out;
    for (char c : text) {
        switch (c) {
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\f': out += "\\f"; break;
            case '\b': out += "\\b"; break;
            case '\v': out += "\\v"; break;
            case '\a': out += "\\a"; break;
            default: out += c;
        }
    }
    return out;
}

std::string text_table(TextRows rows, int truncate) {
    truncate_cells(rows, truncate);
    std::vector<size_t> widths(rows[0].size(), kMinimumWidth);
    for (const auto& row : rows) {
        for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string rule = "+";
    for (size_t i = 0; i < widths.size(); ++i) rule += (i ? "+" : "") + std::string(widths[i], '-');
    rule += "+\n";
    std::string out = rule;
    for (size_t r = 0; r < rows.size(); ++r) {
        out += "|";
        for (size_t i = 0; i < rows[r].size(); ++i) {
            const auto& cell = rows[r][i];
            auto space = padding(cell, widths[i]);
            out += (i ? "|" : "") + (truncate > 0 ? space + cell : cell + space);
        }
        out += "|\n";
        if (r == 0) out += rule;
    }
    return out + rule;
}

std::string vertical_table(TextRows rows, int truncate) {
    truncate_cells(rows, truncate);
    if (rows.size() == 1) return "(0 rows)\n";
    size_t name_width = kMinimumWidth;
    size_t data_width = kMinimumWidth;
    for (const auto& name : rows[0]) name_width = std::max(name_width, width(name));
    for (size_t r = 1; r < rows.size(); ++r) {
        for (const auto& cell : rows[r]) data_width = std::max(data_width, width(cell));
    }
    constexpr size_t kFrame = 5;
    std::string out;
    for (size_t r = 1; r < rows.size(); ++r) {
        auto title = "-RECORD " + std::to_string(r - 1);
        out += title + padding(title, name_width + data_width + kFrame, '-') + "\n";
        for (size_t i = 0; i < rows[r].size(); ++i) {
            const auto& name = rows[0][i];
            const auto& cell = rows[r][i];
            out += " " + name + padding(name, name_width) + " | " + cell +
                   padding(cell, data_width) + " \n";
        }
    }
    return out;
}

std::string html_table(TextRows rows, int truncate) {
    truncate_cells(rows, truncate);
    std::string out = "<table border='1'>\n";
    for (size_t r = 0; r < rows.size(); ++r) {
        const char* tag = r == 0 ? "th" : "td";
        out += "<tr>";
        for (const auto& cell : rows[r])
            out += std::string("<") + tag + ">" + html_escaped(cell) + "</" + tag + ">";
        out += "</tr>\n";
    }
    return out + "</table>\n";
}

}  // namespace hanok::analyzer

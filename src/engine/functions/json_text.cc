#include "engine/functions/json_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "engine/functions/base64.h"
#include "engine/functions/java_pattern.h"
#include "engine/functions/time_zone.h"
#include "engine/functions/variant/variant_json.h"
#include "types/datetime_text.h"
#include "types/value.h"

namespace hanok::engine {

using types::TypeId;

namespace {

// yyyy-MM-dd'T'HH:mm:ss.SSS, with an offset for instants; microseconds only where there are some.
std::string iso_timestamp(int64_t local_micros) {
    auto text = types::timestamp_ntz_to_string(
        floor_divide(local_micros, kMicrosPerSecond) * kMicrosPerSecond);
    text[text.find(' ')] = 'T';
    auto micros = floor_modulo(local_micros, kMicrosPerSecond);
    char fraction[16];
    std::snprintf(fraction, sizeof(fraction), ".%03d", static_cast<int>(micros / 1000));
    return text + fraction;
}

std::string offset_text(int64_t micros) {
    if (micros == 0) return "Z";
    auto seconds = std::abs(micros) / kMicrosPerSecond;
    char text[16];
    std::snprintf(text, sizeof(text), "%c%02d:%02d", micros < 0 ? '-' : '+',
        static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60));
    return text;
}

void append_number(std::string& out, double x, const std::string& text) {
    if (std::isfinite(x)) {
        out += text;
    } else {
        append_json_string(out, text);
    }
}

void append_atom(
    std::string& out, const NestedColumn& c, duckdb::idx_t row, const JsonTextOptions& options) {
    std::string formatted;
    if (append_formatted(formatted, c, row, options)) {
        append_json_string(out, formatted);
        return;
    }
    switch (c.type().id()) {
        case TypeId::kDouble:
            append_number(out, c.real(row), types::double_to_string(c.real(row)));
            return;
        case TypeId::kFloat:
            append_number(
                out, static_cast<double>(c.single(row)), types::float_to_string(c.single(row)));
            return;
        case TypeId::kTimestamp: {
            const auto& zone = TimeZone::get(options.time_zone);
            auto micros = c.integer(row);
            append_json_string(out,
                iso_timestamp(zone.to_local(micros)) + offset_text(zone.offset_micros(micros)));
            return;
        }
        case TypeId::kTimestampNtz: append_json_string(out, iso_timestamp(c.integer(row))); return;
        case TypeId::kBinary: append_json_string(out, to_base64(c.text(row))); return;
        case TypeId::kBoolean:
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong:
        case TypeId::kDecimal: append_text(out, c, row, options.time_zone); return;
        default: {
            std::string text;
            append_text(text, c, row, options.time_zone);
            append_json_string(out, text);
        }
    }
}

class Writer {
public:
    Writer(std::string& out, const JsonTextOptions& options) : out_(out), options_(options) {}

    void value(const NestedColumn& c, duckdb::idx_t row) {
        if (c.type().is(TypeId::kNull) || c.is_null(row)) {
            out_ += "null";
        } else if (c.type().is(TypeId::kArray)) {
            auto list = c.entries(row);
            open('[');
            for (duckdb::idx_t i = 0; i < list.length; ++i) {
                separate(i == 0);
                value(c.child(0), list.offset + i);
            }
            close(']', list.length == 0);
        } else if (c.type().is(TypeId::kMap)) {
            map(c, c.entries(row));
        } else if (c.type().is(TypeId::kStruct)) {
            fields(c, row);
        } else if (c.type().is(TypeId::kVariant)) {
            VariantView variant(c.child(0).text(row), c.child(1).text(row));
            append_variant_json(out_, variant, options_.time_zone);
        } else {
            append_atom(out_, c, row, options_);
        }
    }

private:
    void fields(const NestedColumn& c, duckdb::idx_t row) {
        bool first = true;
        open('{');
        for (auto i : field_order(c)) {
            bool is_null = c.child(i).type().is(TypeId::kNull) || c.child(i).is_null(row);
            if (is_null && options_.ignore_null_fields) continue;
            separate(first);
            first = false;
            key(c.type().fields()[i].name);
            value(c.child(i), row);
        }
        close('}', first);
    }

    std::vector<size_t> field_order(const NestedColumn& c) const {
        std::vector<size_t> order(c.child_count());
        std::iota(order.begin(), order.end(), size_t{0});
        if (!options_.sort_keys) return order;
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
            return c.type().fields()[a].name < c.type().fields()[b].name;
        });
        return order;
    }

    void map(const NestedColumn& c, duckdb::list_entry_t list) {
        bool first = true;
        open('{');
        for (duckdb::idx_t i = list.offset; i < list.offset + list.length; ++i) {
            if (c.child(1).is_null(i) && options_.ignore_null_fields) continue;
            separate(first);
            first = false;
            std::string name;
            append_text(name, c.child(0), i, options_.time_zone);
            key(name);
            value(c.child(1), i);
        }
        close('}', first);
    }

    void key(const std::string& name) {
        append_json_string(out_, name);
        out_ += options_.pretty ? " : " : ":";
    }
    void open(char c) {
        out_ += c;
        ++depth_;
    }
    void separate(bool first) {
        if (!first) out_ += ',';
        line();
    }
    void close(char c, bool empty) {
        --depth_;
        if (!empty) line();
        if (empty && options_.pretty) out_ += ' ';
        out_ += c;
    }
    void line() {
        if (options_.pretty) out_ += "\n" + std::string(static_cast<size_t>(depth_) * 2, ' ');
    }

    std::string& out_;
    const JsonTextOptions& options_;
    int depth_ = 0;
};

}  // namespace

bool append_formatted(
    std::string& out, const NestedColumn& c, duckdb::idx_t row, const JsonTextOptions& options) {
    auto id = c.type().id();
    const auto& pattern = id == TypeId::kTimestamp      ? options.timestamp_format
                          : id == TypeId::kTimestampNtz ? options.timestamp_ntz_format
                          : id == TypeId::kTime         ? options.time_format
                                                        : options.date_format;
    bool dated = id == TypeId::kTimestamp || id == TypeId::kTimestampNtz || id == TypeId::kDate ||
                 id == TypeId::kTime;
    if (!dated || pattern.empty()) return false;
    int64_t local = c.integer(row), offset = 0;
    if (id == TypeId::kDate) local *= kMicrosPerDay;
    if (id == TypeId::kTimestamp) {
        offset = TimeZone::get(options.time_zone).offset_micros(local);
        local += offset;
    }
    out += JavaPattern::get(pattern).format(local, offset, options.time_zone);
    return true;
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    char escaped[8];
                    std::snprintf(
                        escaped, sizeof(escaped), "\\u%04X", static_cast<unsigned char>(c));
                    out += escaped;
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

void append_json(std::string& out, const NestedColumn& column, duckdb::idx_t row,
    const JsonTextOptions& options) {
    Writer(out, options).value(column, row);
}

}  // namespace hanok::engine

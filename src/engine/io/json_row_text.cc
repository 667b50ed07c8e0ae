#include "engine/io/json_row_text.h"

#include <cmath>

#include "base/error.h"
#include "engine/functions/base64.h"
#include "types/geo.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;
using duckdb::RecursiveUnifiedVectorFormat;
using types::DataType;
using types::TypeId;

void append_string(std::string_view text, std::string& out) {
    static const char* const kHex = "0123456789ABCDEF";
    out += '"';
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte >= ' ') {
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\b') {
            out += "\\b";
        } else if (c == '\f') {
            out += "\\f";
        } else {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    out += '"';
}

class JsonRowText final : public RowText {
public:
    JsonRowText(std::vector<TextField> fields, bool ignores_nulls, DateTimeTexts texts)
        : fields_(std::move(fields)), ignores_nulls_(ignores_nulls), texts_(std::move(texts)) {}

    void append(const std::vector<RecursiveUnifiedVectorFormat>& columns, idx_t row,
        std::string& out) const override {
        out += '{';
        bool is_first = true;
        for (size_t i = 0; i < fields_.size(); i++) {
            append_field(fields_[i].name, *fields_[i].type, columns[i], row, out, is_first);
        }
        out += '}';
    }

private:
    void append_field(const std::string& name, const DataType& type,
        const RecursiveUnifiedVectorFormat& column, idx_t row, std::string& out,
        bool& is_first) const {
        auto index = column.unified.sel->get_index(row);
        if (ignores_nulls_ && !column.unified.validity.RowIsValid(index)) return;
        if (!is_first) out += ',';
        is_first = false;
        append_string(name, out);
        out += ':';
        append_value(type, column, row, out);
    }

    void append_value(const DataType& type, const RecursiveUnifiedVectorFormat& column, idx_t row,
        std::string& out) const {
        auto index = column.unified.sel->get_index(row);
        if (!column.unified.validity.RowIsValid(index)) {
            out += "null";
            return;
        }
        switch (type.id()) {
            case TypeId::kStruct: append_struct(type, column, index, out); return;
            case TypeId::kArray: append_array(type, column, index, out); return;
            case TypeId::kMap: append_map(type, column, index, out); return;
            default: append_scalar(type, column, index, out);
        }
    }

    void append_struct(const DataType& type, const RecursiveUnifiedVectorFormat& column,
        idx_t index, std::string& out) const {
        out += '{';
        bool is_first = true;
        for (size_t i = 0; i < type.fields().size(); i++) {
            append_field(type.fields()[i].name, *type.fields()[i].type, column.children[i], index,
                out, is_first);
        }
        out += '}';
    }

    void append_array(const DataType& type, const RecursiveUnifiedVectorFormat& column, idx_t index,
        std::string& out) const {
        auto entry = duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(
            column.unified)[index];
        out += '[';
        for (idx_t i = 0; i < entry.length; i++) {
            if (i > 0) out += ',';
            append_value(*type.element(), column.children[0], entry.offset + i, out);
        }
        out += ']';
    }

    void append_map(const DataType& type, const RecursiveUnifiedVectorFormat& column, idx_t index,
        std::string& out) const {
        auto entry = duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(
            column.unified)[index];
        const auto& entries = column.children[0];
        std::string key;
        out += '{';
        for (idx_t i = 0; i < entry.length; i++) {
            if (i > 0) out += ',';
            key.clear();
            auto place = entries.unified.sel->get_index(entry.offset + i);
            const auto& keys = entries.children[0];
            append_key(*type.key(), keys, place, key);
            append_string(key, out);
            out += ':';
            append_value(*type.value(), entries.children[1], place, out);
        }
        out += '}';
    }

    void append_key(const DataType& type, const RecursiveUnifiedVectorFormat& keys, idx_t row,
        std::string& key) const {
        if (type.is_nested()) {
            append_value(type, keys, row, key);
        } else {
            append_scalar_text(type, keys, keys.unified.sel->get_index(row), texts_, key);
        }
    }

    void append_scalar(const DataType& type, const RecursiveUnifiedVectorFormat& column,
        idx_t index, std::string& out) const {
        if (type.is_string() || type.is(TypeId::kBinary)) {
            auto text = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(
                column.unified)[index];
            std::string_view view(text.GetData(), text.GetSize());
            append_string(type.is_string() ? std::string(view) : to_base64(view), out);
            return;
        }
        bool is_bare = type.is_numeric() || type.is(TypeId::kBoolean);
        if (type.is(TypeId::kFloat)) {
            is_bare = std::isfinite(
                duckdb::UnifiedVectorFormat::GetData<float>(column.unified)[index]);
        } else if (type.is(TypeId::kDouble)) {
            is_bare = std::isfinite(
                duckdb::UnifiedVectorFormat::GetData<double>(column.unified)[index]);
        }
        if (is_bare) {
            append_scalar_text(type, column, index, texts_, out);
            return;
        }
        std::string text;
        append_scalar_text(type, column, index, texts_, text);
        append_string(text, out);
    }

    std::vector<TextField> fields_;
    bool ignores_nulls_;
    DateTimeTexts texts_;
};

bool has_json_text(const DataType& type) {
    if (types::is_geo(type)) return false;
    switch (type.id()) {
        case TypeId::kVariant:
        case TypeId::kCalendarInterval: return false;
        case TypeId::kArray: return has_json_text(*type.element());
        case TypeId::kMap: return has_json_text(*type.key()) && has_json_text(*type.value());
        case TypeId::kStruct:
            for (const auto& field : type.fields()) {
                if (!has_json_text(*field.type)) return false;
            }
            return true;
        default: return true;
    }
}

}  // namespace

RowTextPtr make_json_row_text(const std::vector<TextField>& fields, const SourceOptions& options,
    const QueryContext& context) {
    for (const auto& field : fields) {
        if (has_json_text(*field.type)) continue;
        throw analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
            {{"columnName", quote_identifier(field.name)},
                {"columnType", "\"" + field.type->sql() + "\""}, {"format", "JSON"}});
    }
    DateTimeTexts texts;
    texts.time_zone = option_text(options, "timezone", context.time_zone);
    auto read = [&](const char* key, std::optional<std::string>* format) {
        auto found = options.find(key);
        if (found != options.end()) *format = found->second;
    };
    read("dateformat", &texts.date_format);
    read("timestampformat", &texts.timestamp_format);
    read("timestampntzformat", &texts.timestamp_ntz_format);
    auto conf = context.conf.find("spark.sql.jsonGenerator.ignoreNullFields");
    bool ignores = option_bool(
        options, "ignorenullfields", conf == context.conf.end() || conf->second == "true");
    return std::make_shared<JsonRowText>(fields, ignores, std::move(texts));
}

}  // namespace hanok::engine

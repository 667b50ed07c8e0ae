#include "engine/functions/xml_text.h"

#include "engine/functions/xml_document.h"

namespace hanok::engine {

using duckdb::idx_t;
using types::TypeId;

namespace {

class Writer {
public:
    Writer(std::string& out, const XmlOptions& options, int depth)
        : out_(out), options_(options), depth_(depth) {
        formats_.time_zone = options.values.time_zone;
        formats_.timestamp_format = options.values.timestamp_format.value_or(
            "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        formats_.timestamp_ntz_format = options.values.timestamp_ntz_format.value_or(
            "yyyy-MM-dd'T'HH:mm:ss.SSS");
        formats_.time_format = options.values.time_format.value_or("");
        formats_.date_format = options.values.date_format.value_or("yyyy-MM-dd");
    }

    void root(const NestedColumn& column, idx_t row) {
        open(options_.row_tag);
        fields(column, row);
        close(options_.row_tag);
    }

private:
    bool is_attribute(const types::StructField& field) const {
        return field.name != options_.value_tag && !field.type->is_nested() &&
               field.name.starts_with(options_.attribute_prefix);
    }

    void fields(const NestedColumn& c, idx_t row) {
        const auto& columns = c.type().fields();
        for (size_t i = 0; i < columns.size(); ++i) {
            if (is_attribute(columns[i])) attribute(columns[i].name, c.child(i), row);
        }
        for (size_t i = 0; i < columns.size(); ++i) {
            if (!is_attribute(columns[i])) child(columns[i].name, c.child(i), row);
        }
    }

    static bool is_null(const NestedColumn& c, idx_t row) {
        return c.type().is(TypeId::kNull) || c.is_null(row);
    }

    std::string text_of(const NestedColumn& c, idx_t row) const {
        if (is_null(c, row)) return *options_.null_value;
        std::string text;
        if (!append_formatted(text, c, row, formats_))
            append_text(text, c, row, options_.values.time_zone);
        return text;
    }

    void attribute(const std::string& name, const NestedColumn& c, idx_t row) {
        if (is_null(c, row) && !options_.null_value) return;
        out_ += " " + name.substr(options_.attribute_prefix.size()) + "=\"";
        append_xml_escaped(out_, text_of(c, row), true);
        out_ += '"';
    }

    void child(const std::string& name, const NestedColumn& c, idx_t row) {
        if (is_null(c, row)) {
            if (options_.null_value) element(name, c, row);
        } else if (c.type().is(TypeId::kArray)) {
            auto list = c.entries(row);
            for (idx_t i = list.offset; i < list.offset + list.length; ++i)
                item(name, c.child(0), i);
        } else {
            element(name, c, row);
        }
    }

    // An array inside an array is an element of items.
    void item(const std::string& name, const NestedColumn& c, idx_t row) {
        if (is_null(c, row) || !c.type().is(TypeId::kArray)) {
            child(name, c, row);
            return;
        }
        open(name);
        child(options_.array_element_name, c, row);
        close(name);
    }

    void element(const std::string& name, const NestedColumn& c, idx_t row) {
        if (name == options_.value_tag && !c.type().is_nested()) {
            finish_tag();
            append_xml_escaped(out_, text_of(c, row), false);
            has_text_ = true;
            return;
        }
        open(name);
        if (is_null(c, row) || !c.type().is_nested()) {
            auto text = text_of(c, row);
            if (!text.empty()) {
                finish_tag();
                append_xml_escaped(out_, text, false);
                has_text_ = true;
            }
        } else if (c.type().is(TypeId::kStruct)) {
            fields(c, row);
        } else {
            auto list = c.entries(row);
            for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
                std::string key;
                append_text(key, c.child(0), i, options_.values.time_zone);
                child(key, c.child(1), i);
            }
        }
        close(name);
    }

    void open(const std::string& name) {
        finish_tag();
        if (depth_ > 0) line();
        out_ += "<" + name;
        ++depth_;
        in_tag_ = true;
        has_text_ = false;
    }

    void close(const std::string& name) {
        --depth_;
        if (in_tag_) {
            out_ += "/>";
            in_tag_ = false;
        } else {
            if (!has_text_) line();
            out_ += "</" + name + ">";
        }
        has_text_ = false;
    }

    void finish_tag() {
        if (in_tag_) out_ += '>';
        in_tag_ = false;
    }

    void line() {
        if (options_.indent.empty()) return;
        out_ += '\n';
        for (int i = 0; i < depth_; ++i) out_ += options_.indent;
    }

    std::string& out_;
    const XmlOptions& options_;
    JsonTextOptions formats_;
    int depth_;
    bool in_tag_ = false;
    bool has_text_ = false;  // the open element holds text: its end stands on the same line
};

}  // namespace

void append_xml(
    std::string& out, const NestedColumn& column, idx_t row, const XmlOptions& options, int depth) {
    Writer(out, options, depth).root(column, row);
}

}  // namespace hanok::engine

#include "engine/io/plain_text_format.h"

#include "base/error.h"

namespace hanok::engine {

namespace {

class PlainTextReader final : public RecordReader {
public:
    PlainTextReader(const TextLayout& layout, TextEncoding encoding, bool is_needed)
        : layout_(layout), encoding_(encoding), is_needed_(is_needed) {}

    void start(std::string_view block, bool, const std::string&) override {
        rest_ = block;
        is_taken_ = false;
    }

    duckdb::idx_t read(std::vector<duckdb::Vector*>& columns) override {
        duckdb::idx_t row = 0;
        std::string_view text;
        while (row < STANDARD_VECTOR_SIZE && next(&text)) {
            if (is_needed_) {
                text = to_utf8(text, encoding_, &utf8_);
                duckdb::FlatVector::GetData<duckdb::string_t>(*columns[0])[row] =
                    duckdb::StringVector::AddStringOrBlob(*columns[0], text.data(), text.size());
            }
            row++;
        }
        return row;
    }

private:
    bool next(std::string_view* text) {
        if (layout_.unit == TextUnit::kLines)
            return take_line(&rest_, layout_.line_separator, text);
        if (is_taken_) return false;
        is_taken_ = true;
        *text = rest_;
        return true;
    }

    TextLayout layout_;
    TextEncoding encoding_;
    bool is_needed_;
    bool is_taken_ = false;
    std::string_view rest_;
    std::string utf8_;
};

class PlainTextFormat final : public TextFormat {
public:
    PlainTextFormat(TextLayout layout, TextEncoding encoding)
        : layout_(std::move(layout)), encoding_(encoding) {}

    TextLayout layout() const override { return layout_; }
    std::unique_ptr<RecordReader> make_reader(
        duckdb::ClientContext&, const std::vector<size_t>& needed) const override {
        return std::make_unique<PlainTextReader>(layout_, encoding_, !needed.empty());
    }

private:
    TextLayout layout_;
    TextEncoding encoding_;
};

}  // namespace

std::shared_ptr<const TextFormat> make_plain_text_format(
    const SourceOptions& options, const types::DataType& schema) {
    bool is_one_string = schema.fields().size() == 1 && schema.fields()[0].type->is_string();
    if (!schema.fields().empty() && !is_one_string) {
        throw analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
            {{"columnName", quote_identifier(schema.fields().back().name)},
                {"columnType", "\"" + schema.fields().back().type->sql() + "\""},
                {"format", "Text"}});
    }
    auto separator = option_text(options, "linesep");
    if (options.contains("linesep") && separator.empty())
        throw_invalid_option("lineSep", "", "one or more characters");
    auto unit = option_bool(options, "wholetext", false) ? TextUnit::kFile : TextUnit::kLines;
    return std::make_shared<PlainTextFormat>(
        TextLayout{unit, separator}, encoding_of(option_text(options, "encoding", "UTF-8")));
}

}  // namespace hanok::engine

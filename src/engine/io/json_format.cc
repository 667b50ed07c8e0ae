#include "engine/io/json_format.h"

#include "engine/io/json_values.h"
#include "engine/io/malformed_record.h"

namespace hanok::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;

constexpr size_t kNoColumn = SIZE_MAX;

class JsonReader final : public RecordReader {
public:
    JsonReader(const JsonOptions& options, const types::DataType& schema,
        const std::vector<size_t>& needed)
        : options_(options), cursor_(options.syntax) {
        types::Fields fields;
        for (size_t place = 0; place < needed.size(); place++) {
            const auto& field = schema.fields()[needed[place]];
            if (field.name == options.corrupt_column) {
                corrupt_place_ = place;
            } else {
                places_.push_back(place);
                fields.push_back(field);
            }
        }
        if (places_.empty() && corrupt_place_ != kNoColumn) throw_only_corrupt_record();
        object_ = std::make_unique<JsonObjectWriter>(fields, options);
    }

    void start(std::string_view block, bool, const std::string&) override {
        rest_ = options_.multi_line ? to_utf8(block, options_.encoding, &utf8_) : block;
        in_array_ = false;
    }

    idx_t read(std::vector<duckdb::Vector*>& columns) override {
        std::vector<duckdb::Vector*> vectors;
        for (auto place : places_) vectors.push_back(columns[place]);
        idx_t row = 0;
        while (row < STANDARD_VECTOR_SIZE) {
            if (in_array_) {
                row += next_of_array(columns, vectors, row);
                continue;
            }
            if (!next_record()) break;
            row += convert(columns, vectors, row);
        }
        return row;
    }

private:
    bool next_record() {
        if (rest_.empty()) return false;
        if (options_.multi_line) {
            record_ = rest_;
            rest_ = {};
            return true;
        }
        std::string_view line;
        if (!take_line(&rest_, options_.line_separator, &line)) return false;
        record_ = to_utf8(line, options_.encoding, &utf8_);
        return true;
    }

    // Rows of the record: none for a blank one, several (one after the other) for an array of
    // objects.
    idx_t convert(
        std::vector<duckdb::Vector*>& columns, std::vector<duckdb::Vector*>& vectors, idx_t row) {
        try {
            cursor_.start(record_);
            switch (cursor_.peek()) {
                case JsonKind::kEnd: return 0;
                case JsonKind::kObject:
                    return finish(
                        columns, vectors, row, object_->write(vectors, row, cursor_), false);
                case JsonKind::kArray:
                    cursor_.take_raw();  // all of it is JSON, or none of it gives rows
                    cursor_.start(record_);
                    cursor_.peek();
                    cursor_.enter_array();
                    in_array_ = true;
                    return 0;
                default: cursor_.take_raw(); return finish(columns, vectors, row, false, true);
            }
        } catch (const JsonSyntaxError&) {
            return finish(columns, vectors, row, false, true);
        }
    }

    idx_t next_of_array(
        std::vector<duckdb::Vector*>& columns, std::vector<duckdb::Vector*>& vectors, idx_t row) {
        if (!cursor_.next_element()) {
            in_array_ = false;
            return 0;
        }
        if (cursor_.peek() == JsonKind::kObject) {
            return finish(columns, vectors, row, object_->write(vectors, row, cursor_), false);
        }
        bool is_null = cursor_.peek() == JsonKind::kNull;
        cursor_.take_raw();
        return finish(columns, vectors, row, is_null, true);
    }

    // `is_empty`: nothing of the record could be used.
    idx_t finish(std::vector<duckdb::Vector*>& columns, std::vector<duckdb::Vector*>& vectors,
        idx_t row, bool is_good, bool is_empty) {
        if (!is_good && options_.mode == ParseMode::kFailFast) throw_malformed_record(record_);
        if (!is_good && options_.mode == ParseMode::kDropMalformed) {
            for (auto* vector : vectors) FlatVector::SetNull(*vector, row, false);
            return 0;
        }
        if (is_empty) {
            for (auto* vector : vectors) FlatVector::SetNull(*vector, row, true);
        }
        if (corrupt_place_ == kNoColumn) return 1;
        auto& corrupt = *columns[corrupt_place_];
        if (is_good) {
            FlatVector::SetNull(corrupt, row, true);
        } else {
            FlatVector::GetData<duckdb::string_t>(corrupt)[row] =
                duckdb::StringVector::AddStringOrBlob(corrupt, record_.data(), record_.size());
        }
        return 1;
    }

    const JsonOptions& options_;
    JsonCursor cursor_;
    std::unique_ptr<JsonObjectWriter> object_;
    std::vector<size_t> places_;  // of the fields among the needed columns
    size_t corrupt_place_ = kNoColumn;
    std::string_view rest_;
    std::string_view record_;
    std::string utf8_;
    bool in_array_ = false;
};

class JsonFormat final : public TextFormat {
public:
    JsonFormat(JsonOptions options, types::TypePtr schema)
        : options_(std::move(options)), schema_(std::move(schema)) {}

    TextLayout layout() const override {
        return {options_.multi_line ? TextUnit::kFile : TextUnit::kLines, options_.line_separator};
    }
    std::unique_ptr<RecordReader> make_reader(
        duckdb::ClientContext&, const std::vector<size_t>& needed) const override {
        return std::make_unique<JsonReader>(options_, *schema_, needed);
    }

private:
    JsonOptions options_;
    types::TypePtr schema_;
};

}  // namespace

std::shared_ptr<const TextFormat> make_json_format(
    JsonOptions options, types::TypePtr data_schema) {
    return std::make_shared<JsonFormat>(std::move(options), std::move(data_schema));
}

}  // namespace hanok::engine

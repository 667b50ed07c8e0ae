#include "engine/io/csv_format.h"

#include <algorithm>

#include "base/error.h"
#include "engine/io/csv_tokenizer.h"
#include "engine/io/malformed_record.h"
#include "engine/io/text_values.h"

namespace hanok::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;

constexpr size_t kNoColumn = SIZE_MAX;

TextValueOptions value_options(const CsvOptions& options) {
    return {options.time_zone, options.now_micros, options.nan_value, options.positive_infinity,
        options.negative_infinity, options.date_format, options.timestamp_format,
        options.timestamp_ntz_format, options.time_format};
}

// One needed column: which token it is and how it is written.
struct CsvColumn {
    size_t place = 0;  // among the needed columns
    size_t token = 0;
    std::unique_ptr<TextValueWriter> writer;
};

class CsvReader final : public RecordReader {
public:
    CsvReader(
        const CsvOptions& options, const types::DataType& schema, const std::vector<size_t>& needed)
        : options_(options), value_options_(value_options(options)), tokenizer_(options) {
        std::vector<size_t> token_of;
        for (const auto& field : schema.fields()) {
            token_of.push_back(is_corrupt(field) ? kNoColumn : num_tokens_++);
            if (!is_corrupt(field)) names_.push_back(field.name);
        }
        for (size_t place = 0; place < needed.size(); place++) {
            const auto& field = schema.fields()[needed[place]];
            if (is_corrupt(field)) {
                corrupt_place_ = place;
                continue;
            }
            auto writer = std::make_unique<TextValueWriter>(
                *field.type, value_options_, "csv", field.name);
            columns_.push_back({place, token_of[needed[place]], std::move(writer)});
            last_token_ = std::max(last_token_, token_of[needed[place]] + 1);
        }
        if (columns_.empty() && corrupt_place_ != kNoColumn) throw_only_corrupt_record();
        is_pruned_ = columns_.size() < num_tokens_;
    }

    void start(std::string_view block, bool is_file_start, const std::string& path) override {
        rest_ = options_.multi_line ? to_utf8(block, options_.encoding, &utf8_) : block;
        path_ = path;
        if (is_file_start && options_.header) take_header();
    }

    idx_t read(std::vector<duckdb::Vector*>& columns) override {
        idx_t row = 0;
        std::string_view record;
        bool is_valid = true;
        while (row < STANDARD_VECTOR_SIZE && next_record(&record, &is_valid))
            row += convert(columns, row, record, is_valid);
        return row;
    }

private:
    bool is_corrupt(const types::StructField& field) const {
        return field.name == options_.corrupt_column;
    }

    // A record that is worth a row: in lines, neither blank nor a comment.
    bool next_record(std::string_view* record, bool* is_valid) {
        if (options_.multi_line) return tokenizer_.split_next(&rest_, record, is_valid);
        std::string_view line;
        do {
            if (!take_line(&rest_, options_.line_separator, &line)) return false;
        } while (tokenizer_.is_skipped_line(line));
        *record = to_utf8(line, options_.encoding, &utf8_);
        // Nothing is asked of the records but their number.
        *is_valid = columns_.empty() ||
                    tokenizer_.split_line(*record, is_pruned_ ? last_token_ : SIZE_MAX);
        return true;
    }

    void take_header() {
        std::string_view record;
        bool is_valid = true;
        if (options_.multi_line) {
            if (!tokenizer_.split_next(&rest_, &record, &is_valid)) return;
        } else {
            std::string_view line;
            do {
                if (!take_line(&rest_, options_.line_separator, &line)) return;
            } while (tokenizer_.is_skipped_line(line));
            if (options_.enforce_schema) return;
            record = to_utf8(line, options_.encoding, &utf8_);
            tokenizer_.split_line(record, SIZE_MAX);
        }
        if (!options_.enforce_schema) check_header();
    }

    void check_header() const {
        const auto& tokens = tokenizer_.tokens();
        bool matches = tokens.size() == names_.size();
        for (size_t i = 0; matches && i < tokens.size(); i++)
            matches = types::names_equal(std::string(tokens[i].text), names_[i]);
        if (matches) return;
        std::string header;
        std::string schema;
        for (const auto& token : tokens)
            header += (header.empty() ? "" : ", ") + std::string(token.text);
        for (const auto& name : names_) schema += (schema.empty() ? "" : ", ") + name;
        Error error(ErrorKind::kIllegalArgument, "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
            {{"optionName", "enforceSchema"},
                {"message", "CSV header does not conform to the schema. Header: " + header +
                                "; schema: " + schema + "; file: " + path_}});
        throw duckdb::InvalidInputException(error.encode());
    }

    // Number of rows the record gives: 1, or 0 when it is dropped.
    idx_t convert(
        std::vector<duckdb::Vector*>& columns, idx_t row, std::string_view record, bool is_valid) {
        const auto& tokens = tokenizer_.tokens();
        bool is_good = is_valid && (is_pruned_ || tokens.size() == num_tokens_);
        for (auto& column : columns_) {
            auto& vector = *columns[column.place];
            bool is_there = is_valid && column.token < tokens.size();
            if (!is_there || is_null(tokens[column.token])) {
                FlatVector::SetNull(vector, row, true);
            } else {
                is_good &= column.writer->write(vector, row, tokens[column.token].text);
            }
        }
        if (!is_good && options_.mode == ParseMode::kFailFast) throw_malformed_record(record);
        if (!is_good && options_.mode == ParseMode::kDropMalformed) {
            for (auto& column : columns_) FlatVector::SetNull(*columns[column.place], row, false);
            return 0;
        }
        if (corrupt_place_ != kNoColumn) {
            auto& vector = *columns[corrupt_place_];
            if (is_good) {
                FlatVector::SetNull(vector, row, true);
            } else {
                FlatVector::GetData<duckdb::string_t>(vector)[row] =
                    duckdb::StringVector::AddStringOrBlob(vector, record.data(), record.size());
            }
        }
        return 1;
    }

    bool is_null(const CsvToken& token) const {
        return token.is_absent || token.text == options_.null_value;
    }

    const CsvOptions& options_;
    TextValueOptions value_options_;
    CsvTokenizer tokenizer_;
    std::vector<CsvColumn> columns_;
    std::vector<std::string> names_;
    size_t corrupt_place_ = kNoColumn;
    size_t num_tokens_ = 0;  // of a good record
    size_t last_token_ = 0;  // tokens behind it are not looked at
    bool is_pruned_ = false;
    std::string_view rest_;
    std::string path_;
    std::string utf8_;
};

class CsvFormat final : public TextFormat {
public:
    CsvFormat(CsvOptions options, types::TypePtr schema)
        : options_(std::move(options)), schema_(std::move(schema)) {}

    TextLayout layout() const override {
        return {options_.multi_line ? TextUnit::kFile : TextUnit::kLines, options_.line_separator};
    }
    std::unique_ptr<RecordReader> make_reader(
        duckdb::ClientContext&, const std::vector<size_t>& needed) const override {
        return std::make_unique<CsvReader>(options_, *schema_, needed);
    }

private:
    CsvOptions options_;
    types::TypePtr schema_;
};

}  // namespace

std::shared_ptr<const TextFormat> make_csv_format(CsvOptions options, types::TypePtr data_schema) {
    return std::make_shared<CsvFormat>(std::move(options), std::move(data_schema));
}

}  // namespace hanok::engine

#include "engine/io/text_writer.h"

#include "base/error.h"
#include "engine/io/csv_row_text.h"
#include "engine/io/file_output.h"
#include "engine/io/json_row_text.h"
#include "engine/io/scan_options.h"
#include "engine/io/text_blocks.h"

namespace hanok::engine {

namespace {

constexpr size_t kFlushBytes = 1 << 20;

struct TextCompression {
    duckdb::FileCompressionType type = duckdb::FileCompressionType::UNCOMPRESSED;
    const char* extension = "";
};

TextCompression compression_of(const SourceOptions& options, const std::string& format) {
    auto name = types::to_lower(
        option_text(options, "compression", option_text(options, "codec", "none")));
    if (name == "none" || name == "uncompressed") return {};
    if (name == "gzip") return {duckdb::FileCompressionType::GZIP, ".gz"};
    if (name == "zstd") return {duckdb::FileCompressionType::ZSTD, ".zst"};
    if (name == "bzip2" || name == "deflate" || name == "lz4" || name == "snappy") {
        throw_unsupported_option(format, "compression", name);
    }
    throw Error(ErrorKind::kIllegalArgument, "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
        {{"codecName", name}, {"availableCodecs", "gzip, none, uncompressed, zstd"}});
}

// The one string column of the text format.
class PlainRowText final : public RowText {
public:
    void append(const std::vector<duckdb::RecursiveUnifiedVectorFormat>& columns, duckdb::idx_t row,
        std::string& out) const override {
        auto index = columns[0].unified.sel->get_index(row);
        if (!columns[0].unified.validity.RowIsValid(index)) return;
        auto text = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(
            columns[0].unified)[index];
        out.append(text.GetData(), text.GetSize());
    }
};

RowTextPtr plain_row_text(const std::vector<TextField>& fields) {
    if (fields.size() != 1 || !fields[0].type->is_string()) {
        const auto& field = fields.back();
        throw analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
            {{"columnName", quote_identifier(field.name)},
                {"columnType", "\"" + field.type->sql() + "\""}, {"format", "Text"}});
    }
    return std::make_shared<PlainRowText>();
}

// A file that is being written.
struct OpenText {
    OutputFile output;
    std::string buffer;
};

class TextWriter {
public:
    TextWriter(WriteInput input, std::string format)
        : input_(std::move(input)),
          format_(std::move(format)),
          columns_(file_columns(input_.attributes, input_.spec)),
          partitions_(partition_columns_in_order(columns_, input_)),
          files_(make_files()) {
        if (encoding_of(option_text(input_.spec.options, "encoding", "UTF-8")) !=
            TextEncoding::kUtf8) {
            throw_unsupported_option(
                format_, "encoding", option_text(input_.spec.options, "encoding"));
        }
        for (const auto& column : columns_) {
            if (column.is_partition) continue;
            fields_.push_back(
                {input_.attributes[column.input].name, input_.attributes[column.input].type});
        }
        if (format_ == "csv") header_ = csv_header(fields_, input_.spec.options);
        text_ = format_ == "csv" ? make_csv_row_text(fields_, input_.spec.options, input_.context)
                : format_ == "json"
                    ? make_json_row_text(fields_, input_.spec.options, input_.context)
                    : plain_row_text(fields_);
        line_end_ = option_text(input_.spec.options, "linesep", "\n");
        if (line_end_.empty()) throw_invalid_option("lineSep", "", "one or more characters");
    }

    std::vector<WrittenFile> run() {
        files_.make_folder();
        try {
            auto result = run_statement(input_, statement(), true);
            while (auto chunk = result->Fetch()) {
                if (chunk->size() == 0) break;
                check_cancelled(input_);
                write(*chunk);
            }
            if (result->HasError()) result->ThrowError();
            if (files_.empty() && partitions_.empty()) open_.push_back(open_file({}));
            for (auto& open : open_) close(open);
            return files_.take();
        } catch (...) {
            files_.remove_all();
            throw;
        }
    }

private:
    OutputFiles make_files() {
        auto compression = compression_of(input_.spec.options, format_);
        auto extension = format_ == "text" ? ".txt" : "." + format_;
        return OutputFiles(
            input_, partitions_, extension + compression.extension, compression.type);
    }

    // The line and the partition texts, grouped by partition so that few files are open at a time.
    duckdb::unique_ptr<duckdb::SQLStatement> statement() {
        duckdb::vector<DuckExpr> values;
        duckdb::vector<DuckExpr> list;
        for (const auto& column : columns_) {
            if (!column.is_partition) values.push_back(input_column(input_, column.input));
        }
        list.push_back(row_text_call(*text_, std::move(values)));
        return partitions_together(input_, std::move(list), partitions_);
    }

    void write(duckdb::DataChunk& chunk) {
        chunk.Flatten();
        auto lines = duckdb::FlatVector::GetData<duckdb::string_t>(chunk.data[0]);
        for (duckdb::idx_t row = 0; row < chunk.size(); row++) {
            auto& open = file_for(chunk, row);
            open.buffer.append(lines[row].GetData(), lines[row].GetSize());
            open.buffer += line_end_;
            open.output.file.num_rows++;
            if (open.buffer.size() >= kFlushBytes) flush(open);
        }
    }

    OpenText& file_for(duckdb::DataChunk& chunk, duckdb::idx_t row) {
        auto values = partition_texts(chunk, row, 1, partitions_.size());
        bool same_partition = !open_.empty() && open_[0].output.file.partition_values == values;
        if (!open_.empty() && !same_partition) {
            for (auto& open : open_) close(open);
            open_.clear();
            next_ = 0;
        }
        auto count = size_t(std::max(1, input_.spec.num_files.value_or(1)));
        auto place = next_++ % count;
        if (place >= open_.size()) open_.push_back(open_file(values));
        auto limit = input_.spec.max_records_per_file;
        if (limit > 0 && open_[place].output.file.num_rows >= limit) {
            close(open_[place]);
            open_[place] = open_file(values);
        }
        return open_[place];
    }

    OpenText open_file(const PartitionTexts& values) {
        OpenText open{files_.open(values), {}};
        if (!header_.empty()) open.buffer = header_ + line_end_;
        return open;
    }

    void flush(OpenText& open) {
        write_all(*open.output.handle, open.buffer);
        open.buffer.clear();
    }

    void close(OpenText& open) {
        flush(open);
        files_.close(std::move(open.output));
    }

    WriteInput input_;
    std::string format_;
    std::vector<FileColumn> columns_;
    std::vector<const FileColumn*> partitions_;
    OutputFiles files_;
    std::vector<TextField> fields_;
    RowTextPtr text_;
    std::string header_;
    std::string line_end_;
    size_t next_ = 0;  // rows of the open partition, dealt out round robin
    std::vector<OpenText> open_;
};

}  // namespace

std::vector<WrittenFile> write_text_files(WriteInput input, const std::string& format) {
    return TextWriter(std::move(input), format).run();
}

}  // namespace hanok::engine

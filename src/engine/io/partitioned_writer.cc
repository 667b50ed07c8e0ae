#include "engine/io/partitioned_writer.h"

#include "engine/io/file_output.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;

struct OpenFile {
    OutputFile output;
    std::unique_ptr<FileSink> sink;
};

class PartitionedWriter {
public:
    PartitionedWriter(WriteInput input, FileKind kind)
        : input_(std::move(input)),
          kind_(std::move(kind)),
          columns_(file_columns(input_.attributes, input_.spec)),
          partitions_(partition_columns_in_order(columns_, input_)),
          files_(input_, partitions_, kind_.extension, kind_.compression) {
        for (const auto& column : columns_) {
            if (!column.is_partition)
                types_.push_back(to_logical_type(*input_.attributes[column.input].type));
        }
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
            close_all();
            return files_.take();
        } catch (...) {
            open_.clear();
            files_.remove_all();
            throw;
        }
    }

private:
    // The columns and then the partition texts, rows of a partition together.
    duckdb::unique_ptr<duckdb::SQLStatement> statement() {
        duckdb::vector<DuckExpr> list;
        for (const auto& column : columns_) {
            if (!column.is_partition) list.push_back(input_column(input_, column.input));
        }
        return partitions_together(input_, std::move(list), partitions_);
    }

    void write(duckdb::DataChunk& chunk) {
        chunk.Flatten();
        duckdb::DataChunk data;
        data.InitializeEmpty(types_);
        for (size_t i = 0; i < types_.size(); i++) data.data[i].Reference(chunk.data[i]);
        data.SetCardinality(chunk.size());
        for (idx_t from = 0; from < chunk.size();) {
            auto values = texts(chunk, from);
            idx_t to = partitions_.empty() ? chunk.size() : from + 1;
            while (to < chunk.size() && texts(chunk, to) == values) to++;
            write_range(data, from, to, values);
            from = to;
        }
    }

    // Rows of one partition, dealt out to as many files as were asked for.
    void write_range(duckdb::DataChunk& data, idx_t from, idx_t to, const PartitionTexts& values) {
        if (!open_.empty() && open_[0].output.file.partition_values != values) close_all();
        idx_t rows = to - from;
        auto count = std::min(rows, idx_t(std::max(1, input_.spec.num_files.value_or(1))));
        for (idx_t place = 0; place < count; place++) {
            if (open_.size() <= place) open_.push_back(open_file(values));
            append(
                data, from + rows * place / count, from + rows * (place + 1) / count, open_[place]);
        }
    }

    void append(duckdb::DataChunk& data, idx_t from, idx_t to, OpenFile& file) {
        auto limit = input_.spec.max_records_per_file;
        while (from < to) {
            idx_t end = to;
            if (limit > 0 && file.output.file.num_rows >= limit) {
                auto values = file.output.file.partition_values;
                close(file);
                file = open_file(values);
            }
            if (limit > 0)
                end = std::min<idx_t>(to, from + idx_t(limit - file.output.file.num_rows));
            file.sink->append(data, from, end);
            file.output.file.num_rows += int64_t(end - from);
            from = end;
        }
    }

    PartitionTexts texts(duckdb::DataChunk& chunk, idx_t row) const {
        return partition_texts(chunk, row, types_.size(), partitions_.size());
    }

    OpenFile open_file(const PartitionTexts& values) {
        OpenFile out;
        out.output = files_.open(values);
        out.sink = kind_.make_sink(*out.output.handle);
        return out;
    }

    void close(OpenFile& file) {
        file.sink->finish();
        file.sink.reset();
        files_.close(std::move(file.output));
    }

    void close_all() {
        for (auto& file : open_) close(file);
        open_.clear();
    }

    WriteInput input_;
    FileKind kind_;
    std::vector<FileColumn> columns_;
    std::vector<const FileColumn*> partitions_;
    duckdb::vector<duckdb::LogicalType> types_;
    OutputFiles files_;
    std::vector<OpenFile> open_;
};

}  // namespace

types::TypePtr written_schema(const WriteInput& input) {
    types::Fields fields;
    for (const auto& column : file_columns(input.attributes, input.spec)) {
        const auto& attribute = input.attributes[column.input];
        if (!column.is_partition) fields.push_back({attribute.name, attribute.type, true, ""});
    }
    return types::DataType::struct_(std::move(fields));
}

std::vector<WrittenFile> write_partitioned(WriteInput input, FileKind kind) {
    return PartitionedWriter(std::move(input), std::move(kind)).run();
}

}  // namespace hanok::engine

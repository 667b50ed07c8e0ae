#include "engine/io/orc_writer.h"

#include <arrow/adapters/orc/adapter.h>
#include <arrow/api.h>
#include <arrow/io/interfaces.h>

#include "base/error.h"
#include "engine/arrow_result/batch_builder.h"
#include "engine/io/arrow_file.h"
#include "engine/io/legacy_dates.h"
#include "engine/io/orc_file.h"
#include "engine/io/partitioned_writer.h"
#include "engine/io/scan_options.h"
#include "engine/types/logical_types.h"
#include "types/arrow_result.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;
namespace orc = arrow::adapters::orc;

constexpr int64_t kBatchBytes = 4 << 20;

struct Compression {
    arrow::Compression::type type = arrow::Compression::ZSTD;
    const char* extension = ".zstd.orc";
};

Compression compression_of(const SourceOptions& options, const QueryContext& context) {
    auto conf = context.conf.find("spark.sql.orc.compression.codec");
    auto otherwise = conf == context.conf.end() ? std::string("zstd") : conf->second;
    auto name = types::to_lower(
        option_text(options, "compression", option_text(options, "orc.compress", otherwise)));
    if (name == "zstd") return {};
    if (name == "none" || name == "uncompressed") return {arrow::Compression::UNCOMPRESSED, ".orc"};
    if (name == "snappy") return {arrow::Compression::SNAPPY, ".snappy.orc"};
    if (name == "zlib") return {arrow::Compression::GZIP, ".zlib.orc"};
    if (name == "lz4") return {arrow::Compression::LZ4, ".lz4.orc"};
    if (name == "lzo" || name == "brotli") throw_unsupported_option("orc", "compression", name);
    throw Error(ErrorKind::kIllegalArgument, "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
        {{"codecName", name}, {"availableCodecs", "lz4, none, snappy, uncompressed, zlib, zstd"}});
}

// The number of ORC columns that a type takes.
int64_t columns_of(const types::DataType& type) {
    int64_t out = 1;
    if (type.is(types::TypeId::kArray)) out += columns_of(*type.element());
    if (type.is(types::TypeId::kMap)) out += columns_of(*type.key()) + columns_of(*type.value());
    if (type.is(types::TypeId::kStruct)) {
        for (const auto& field : type.fields()) out += columns_of(*field.type);
    }
    return out;
}

std::vector<int64_t> bloom_columns(const std::string& names, const types::DataType& schema) {
    std::vector<int64_t> out;
    size_t begin = 0;
    while (begin < names.size()) {
        size_t end = std::min(names.find(',', begin), names.size());
        auto name = names.substr(begin, end - begin);
        int64_t id = 1;
        bool found = false;
        for (const auto& field : schema.fields()) {
            found = types::names_equal(field.name, name);
            if (found) break;
            id += columns_of(*field.type);
        }
        if (!found) throw_invalid_option("orc.bloom.filter.columns", name, "a column");
        out.push_back(id);
        begin = end + 1;
    }
    return out;
}

orc::WriteOptions write_options(const SourceOptions& options, const types::DataType& schema,
    arrow::Compression::type compression) {
    orc::WriteOptions out;
    out.compression = compression;
    out.stripe_size = option_int(options, "orc.stripe.size", out.stripe_size);
    out.row_index_stride = option_int(options, "orc.row.index.stride", out.row_index_stride);
    out.compression_block_size = option_int(
        options, "orc.compress.size", out.compression_block_size);
    out.dictionary_key_size_threshold = option_double(options, "orc.dictionary.key.threshold", 0.8);
    out.bloom_filter_fpp = option_double(options, "orc.bloom.filter.fpp", 0.01);
    out.bloom_filter_columns = bloom_columns(
        option_text(options, "orc.bloom.filter.columns"), schema);
    if (!option_text(options, "orc.column.encoding.direct").empty())
        throw_unsupported_option("orc", "orc.column.encoding.direct",
            option_text(options, "orc.column.encoding.direct"));
    return out;
}

class OrcSink final : public FileSink {
public:
    OrcSink(duckdb::FileHandle& handle, duckdb::ClientContext& context, types::TypePtr schema,
        const orc::WriteOptions& options, std::string time_zone)
        : schema_(std::move(schema)),
          arrow_schema_(orc_schema(*schema_)),
          time_zone_(std::move(time_zone)),
          stream_(arrow_output(handle)),
          writer_(types::must(orc::ORCFileWriter::Open(stream_.get(), options))) {
        duckdb::vector<duckdb::LogicalType> types;
        for (const auto& field : schema_->fields()) types.push_back(to_logical_type(*field.type));
        rows_ = std::make_unique<BatchBuilder>(arrow_schema_, std::move(types), context);
    }

    void append(duckdb::DataChunk& data, idx_t from, idx_t to) override {
        // Spark's days in ORC files are those of the old calendar.
        Rebasing as_spark{RebaseMode::kLegacy};
        as_spark.writes = true;
        duckdb::DataChunk copy;
        rows_->append(rebased(data, copy, as_spark), from, to);
        if (rows_->size_bytes() >= kBatchBytes) flush();
    }

    void finish() override {
        if (!rows_->empty()) flush();
        if (!has_written_) write(*types::must(arrow::RecordBatch::MakeEmpty(arrow_schema_)));
        must_write(writer_->Close());
    }

private:
    void flush() {
        auto batch = rows_->finish();
        std::vector<std::shared_ptr<arrow::Array>> arrays;
        for (int i = 0; i < batch->num_columns(); i++) {
            arrays.push_back(arrow::MakeArray(to_orc_layout(
                batch->column_data(i), *schema_->fields()[size_t(i)].type, time_zone_)));
        }
        write(*arrow::RecordBatch::Make(arrow_schema_, batch->num_rows(), std::move(arrays)));
    }

    void write(const arrow::RecordBatch& batch) {
        has_written_ = true;
        must_write(writer_->Write(batch));
    }

    static void must_write(const arrow::Status& status) {
        if (!status.ok()) throw runtime_error("TASK_WRITE_FAILED", {{"path", status.ToString()}});
    }

    types::TypePtr schema_;
    std::shared_ptr<arrow::Schema> arrow_schema_;
    std::string time_zone_;
    std::unique_ptr<arrow::io::OutputStream> stream_;
    std::unique_ptr<orc::ORCFileWriter> writer_;
    std::unique_ptr<BatchBuilder> rows_;
    bool has_written_ = false;
};

}  // namespace

std::vector<WrittenFile> write_orc(WriteInput input) {
    auto schema = written_schema(input);
    orc_schema(*schema);  // refuses types that ORC has not before any file is made
    auto compression = compression_of(input.spec.options, input.context);
    auto options = write_options(input.spec.options, *schema, compression.type);
    auto& context = *input.connection.context;
    auto time_zone = input.context.time_zone;
    FileKind kind;
    kind.extension = compression.extension;
    kind.make_sink = [=, &context](duckdb::FileHandle& handle) {
        return std::make_unique<OrcSink>(handle, context, schema, options, time_zone);
    };
    return write_partitioned(std::move(input), std::move(kind));
}

}  // namespace hanok::engine

#include "engine/io/avro_format.h"

#include <functional>

#include "avro/container.h"
#include "base/error.h"
#include "base/ids.h"
#include "engine/io/legacy_dates.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;

constexpr size_t kReadBytes = 1 << 20;

// Reads a container file from the front.
class AvroFile {
public:
    AvroFile(duckdb::FileSystem& system, const std::string& path)
        : path_(path), handle_(system.OpenFile(path, duckdb::FileFlags::FILE_FLAGS_READ)) {
        size_ = idx_t(handle_->GetFileSize());
        header_ = wait_for<avro::ContainerHeader>(
            [&](std::string_view data) { return avro::read_header(data); });
        at_ += header_.size_bytes;
    }

    const avro::ContainerHeader& header() const { return header_; }

    // False at the end.
    bool next(avro::Block* out) {
        if (at_ == buffer_.size() && read_ == size_) return false;
        *out = wait_for<avro::Block>(
            [&](std::string_view data) { return avro::read_block(header_, data); });
        at_ += out->size_bytes;
        return true;
    }

private:
    // Reads on until there is enough.
    template <class T>
    T wait_for(const std::function<std::optional<T>(std::string_view)>& parse) {
        while (true) {
            auto found = parse(std::string_view(buffer_).substr(at_));
            if (found) return std::move(*found);
            if (read_ == size_) avro::throw_malformed("file " + path_ + " ends early");
            buffer_.erase(0, at_);
            at_ = 0;
            auto before = buffer_.size();
            auto count = std::min<size_t>(size_ - read_, std::max(kReadBytes, before));
            buffer_.resize(before + count);
            handle_->Read(buffer_.data() + before, count, read_);
            read_ += count;
        }
    }

    std::string path_;
    duckdb::unique_ptr<duckdb::FileHandle> handle_;
    idx_t size_ = 0;
    idx_t read_ = 0;
    std::string buffer_;
    size_t at_ = 0;
    avro::ContainerHeader header_;
};

class AvroFileReader final : public FileReader {
public:
    AvroFileReader(duckdb::ClientContext& context, const ScanFile& file,
        const types::DataType& schema, const std::vector<size_t>& needed,
        const AvroReadOptions& options, Rebasing otherwise)
        : file_(duckdb::FileSystem::GetFileSystem(context), file.open_path),
          reads_values_(!needed.empty()),
          records_(file_.header().schema, schema, needed, options),
          decoder_(std::string_view()),
          rebasing_(std::move(otherwise)) {
        const auto& metadata = file_.header().metadata;
        auto version = metadata.find("org.apache.spark.version");
        auto zone = metadata.find("org.apache.spark.timeZone");
        rebasing_.dates = mode_of_file(version == metadata.end() ? nullptr : &version->second,
            "3.0.0", metadata.contains("org.apache.spark.legacyDateTime"), rebasing_.dates);
        rebasing_.timestamps = rebasing_.dates;
        if (zone != metadata.end()) rebasing_.time_zone = zone->second;
    }

    idx_t read(std::vector<duckdb::Vector*>& columns) override {
        idx_t row = 0;
        while (row < STANDARD_VECTOR_SIZE) {
            if (left_ == 0) {
                if (!file_.next(&block_)) break;
                left_ = idx_t(block_.rows);
                decoder_ = avro::Decoder(block_.data);
                continue;
            }
            if (!reads_values_) {
                auto count = std::min<idx_t>(left_, STANDARD_VECTOR_SIZE - row);
                left_ -= count;
                row += count;
                continue;
            }
            records_.read(decoder_, columns, row++);
            left_--;
        }
        if (rebasing_.dates != RebaseMode::kCorrected) {
            for (auto* column : columns) rebase_vector(*column, row, rebasing_);
        }
        return row;
    }

private:
    AvroFile file_;
    bool reads_values_;
    AvroRecordReader records_;
    avro::Block block_;
    avro::Decoder decoder_;
    idx_t left_ = 0;  // rows of the block
    Rebasing rebasing_;
};

class AvroFormat final : public FileFormat {
public:
    AvroFormat(types::TypePtr schema, AvroReadOptions options, Rebasing rebasing)
        : schema_(std::move(schema)),
          options_(std::move(options)),
          rebasing_(std::move(rebasing)) {}

    std::unique_ptr<FileReader> open(duckdb::ClientContext& context, const ScanFile& file,
        const std::vector<size_t>& needed) const override {
        return std::make_unique<AvroFileReader>(
            context, file, *schema_, needed, options_, rebasing_);
    }

private:
    types::TypePtr schema_;
    AvroReadOptions options_;
    Rebasing rebasing_;  // of files that do not tell
};

// As Spark marks its files.
avro::Metadata file_metadata(const Rebasing& rebasing) {
    avro::Metadata out{{"org.apache.spark.version", "4.2.0"}};
    if (rebasing.dates == RebaseMode::kLegacy) {
        out["org.apache.spark.legacyDateTime"] = "";
        out["org.apache.spark.timeZone"] = rebasing.time_zone;
    }
    return out;
}

class AvroSink final : public FileSink {
public:
    AvroSink(duckdb::FileHandle& handle, avro::SchemaPtr schema, types::TypePtr type,
        avro::Codec codec, int level, std::string sync, Rebasing rebasing)
        : handle_(handle),
          rebasing_(std::move(rebasing)),
          schema_(std::move(schema)),
          type_(std::move(type)),
          writer_(avro::schema_json(*schema_), codec, file_metadata(rebasing_), std::move(sync),
              level) {
        for (const auto& field : schema_->fields) {
            int place = type_->field_index(field.name);
            if (place < 0) {
                throw analysis_error("AVRO_INCOMPATIBLE_WRITE_TYPE",
                    {{"sqlPath", field.name}, {"avroType", avro::schema_json(*field.type)},
                        {"sqlType", "no column"}});
            }
            const auto& column = type_->fields()[size_t(place)];
            columns_.push_back(size_t(place));
            writes_.push_back(make_avro_write(field.type, *column.type, field.name));
        }
    }

    void append(duckdb::DataChunk& rows, idx_t from, idx_t to) override {
        duckdb::DataChunk copy;
        auto& data = rebased(rows, copy, rebasing_);
        std::vector<NestedColumn> columns;
        for (auto place : columns_)
            columns.emplace_back(data.data[place], data.size(), type_->fields()[place].type);
        std::string bytes;
        for (idx_t row = from; row < to; row++) {
            bytes.clear();
            avro::Encoder encoder(&bytes);
            for (size_t i = 0; i < writes_.size(); i++) writes_[i](columns[i], row, encoder);
            writer_.add(bytes);
        }
        write_all(handle_, writer_.take());
    }

    void finish() override { write_all(handle_, writer_.finish()); }

private:
    duckdb::FileHandle& handle_;
    Rebasing rebasing_;
    avro::SchemaPtr schema_;
    types::TypePtr type_;
    avro::ContainerWriter writer_;
    std::vector<size_t> columns_;
    std::vector<AvroWrite> writes_;
};

std::string conf_text(
    const QueryContext& context, const std::string& key, const std::string& otherwise) {
    auto found = context.conf.find(key);
    return found == context.conf.end() ? otherwise : found->second;
}

avro::Codec codec_option(const WriteInput& input) {
    auto name = types::to_lower(option_text(input.spec.options, "compression",
        conf_text(input.context, "spark.sql.avro.compression.codec", "snappy")));
    if (name == "uncompressed") return avro::Codec::kNull;
    for (const char* known : {"deflate", "snappy", "zstandard", "bzip2", "xz"}) {
        if (name == known) return avro::codec_of(name);
    }
    throw Error(ErrorKind::kIllegalArgument, "CODEC_SHORT_NAME_NOT_FOUND", {{"codecName", name}});
}

int codec_level(const WriteInput& input, avro::Codec codec) {
    const char* key = codec == avro::Codec::kDeflate     ? "spark.sql.avro.deflate.level"
                      : codec == avro::Codec::kXz        ? "spark.sql.avro.xz.level"
                      : codec == avro::Codec::kZstandard ? "spark.sql.avro.zstandard.level"
                                                         : "";
    return std::atoi(conf_text(input.context, key, "-1").c_str());
}

std::string random_sync() {
    std::string out;
    for (int i = 0; i < 2; i++) {
        uint64_t bits = base::SystemRandom::instance().next_u64();
        out.append(reinterpret_cast<const char*>(&bits), sizeof bits);
    }
    return out;
}

// Null: every file is left out.
avro::SchemaPtr first_schema(
    duckdb::FileSystem& system, const std::vector<std::string>& paths, const FileFaults& faults) {
    for (const auto& path : paths) {
        try {
            return AvroFile(system, path).header().schema;
        } catch (const std::exception& error) {
            if (!faults.ignore(system, path, error)) throw;
        }
    }
    return nullptr;
}

}  // namespace

avro::SchemaPtr avro_schema_option(const SourceOptions& options) {
    auto text = option_text(options, "avroschema");
    auto url = option_text(options, "avroschemaurl");
    if (text.empty() && !url.empty()) {
        auto path = storage::strip_file_scheme(url);
        auto found = storage::store_for(path)->get(path);
        if (!found) throw runtime_error("FAILED_READ_FILE.FILE_NOT_EXIST", {{"path", url}});
        text = *found;
    }
    return text.empty() ? nullptr : avro::parse_schema(text);
}

AvroReadOptions avro_read_options(const SourceOptions& options) {
    AvroReadOptions out;
    out.rebase_mode = option_text(options, "datetimerebasemode");
    if (!out.rebase_mode.empty()) rebase_mode("datetimeRebaseMode", out.rebase_mode);
    if (option_int(options, "recursivefieldmaxdepth", -1) > 0)
        throw_unsupported_option(
            "avro", "recursiveFieldMaxDepth", option_text(options, "recursivefieldmaxdepth"));
    if (!option_bool(options, "ignoreextension", true))
        throw_unsupported_option("avro", "ignoreExtension", "false");
    out.by_position = option_bool(options, "positionalfieldmatching", false);
    out.types.stable_union_names = option_bool(
        options, "enablestableidentifiersforuniontype", false);
    out.types.stable_union_prefix = option_text(
        options, "stableidentifierprefixforuniontype", "member_");
    out.reader_schema = avro_schema_option(options);
    return out;
}

types::TypePtr infer_avro_schema(duckdb::FileSystem& system, const std::vector<std::string>& paths,
    const SourceOptions& options, const FileFaults& faults) {
    auto read_options = avro_read_options(options);
    auto schema = read_options.reader_schema;
    if (!schema) schema = first_schema(system, paths, faults);
    if (!schema) throw analysis_error("UNABLE_TO_INFER_SCHEMA", {{"format", "Avro"}});
    auto type = avro::spark_type_of_avro(*schema, read_options.types).type;
    if (!type->is(types::TypeId::kStruct)) {
        throw analysis_error("UNABLE_TO_INFER_SCHEMA", {{"format", "Avro"}});
    }
    return types::DataType::as_nullable(type);
}

std::shared_ptr<const FileFormat> make_avro_format(
    const types::TypePtr& data_schema, const SourceOptions& options, const QueryContext& context) {
    constexpr const char* kSetting = "spark.sql.avro.datetimeRebaseModeInRead";
    auto read = avro_read_options(options);
    auto text = read.rebase_mode.empty() ? conf_text(context, kSetting, "CORRECTED")
                                         : read.rebase_mode;
    auto mode = rebase_mode(kSetting, text);
    return std::make_shared<AvroFormat>(data_schema, std::move(read),
        Rebasing{mode, mode, context.time_zone, "Avro", kSetting, "datetimeRebaseMode"});
}

std::vector<WrittenFile> write_avro(WriteInput input) {
    const auto& options = input.spec.options;
    auto type = written_schema(input);
    auto schema = avro_schema_option(options);
    if (!schema) {
        schema = avro::avro_type_of_spark(*type, false,
            option_text(options, "recordname", "topLevelRecord"),
            option_text(options, "recordnamespace"));
    }
    if (schema->type != avro::Type::kRecord)
        throw_invalid_option("avroSchema", avro::schema_json(*schema), "a record");
    auto codec = codec_option(input);
    auto level = codec_level(input, codec);
    auto rebasing = rebasing_for_write("Avro", input.context);
    FileKind kind;
    kind.extension = ".avro";
    kind.make_sink = [=](duckdb::FileHandle& handle) {
        return std::make_unique<AvroSink>(
            handle, schema, type, codec, level, random_sync(), rebasing);
    };
    return write_partitioned(std::move(input), std::move(kind));
}

}  // namespace hanok::engine

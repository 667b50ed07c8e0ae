#include "engine/io/xml_format.h"

#include <cmath>

#include "base/error.h"
#include "engine/functions/nested_column.h"
#include "engine/functions/xml_document.h"
#include "engine/functions/xml_infer.h"
#include "engine/functions/xml_options.h"
#include "engine/functions/xml_text.h"
#include "engine/functions/xml_values.h"
#include "engine/io/malformed_record.h"
#include "engine/io/text_blocks.h"
#include "engine/io/unpacked_file.h"
#include "engine/io/xml_records.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;

constexpr size_t kMostBytes = size_t{1} << 31;

// The whole file, decompressed by its name and as UTF-8.
std::string read_text(
    duckdb::FileSystem& system, const std::string& path, const std::string& encoding) {
    UnpackedFile file(system, path);
    std::string text;
    constexpr size_t kStep = 1 << 20;
    while (true) {
        auto before = text.size();
        if (before > kMostBytes) {
            throw runtime_error(
                "HANOK_LIMIT_EXCEEDED.FILE_SIZE", {{"path", path}, {"size", std::to_string(before)},
                                                      {"limit", std::to_string(kMostBytes)}});
        }
        text.resize(before + kStep);
        auto count = file.read(text.data() + before, kStep);
        text.resize(before + count);
        if (count == 0) break;
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    std::string scratch;
    auto utf8 = to_utf8(text, encoding_of(encoding), &scratch);
    return utf8.data() == text.data() ? std::move(text) : std::string(utf8);
}

std::string encoding_option(const SourceOptions& options) {
    return option_text(options, "encoding", option_text(options, "charset", "UTF-8"));
}

void check_row_tag(const SourceOptions& options) {
    if (option_text(options, "rowtag").empty())
        throw Error(ErrorKind::kIllegalArgument, "XML_ROW_TAG_MISSING", {{"rowTag", "`rowTag`"}});
}

class XmlFileReader final : public FileReader {
public:
    XmlFileReader(duckdb::ClientContext& context, const ScanFile& file,
        const types::DataType& schema, const XmlOptions& options, const std::string& encoding,
        std::vector<size_t> needed)
        : options_(options),
          needed_(std::move(needed)),
          type_(to_logical_type(schema)),
          text_(read_text(duckdb::FileSystem::GetFileSystem(context), file.open_path, encoding)),
          records_(text_, options.row_tag, options.ignore_namespace),
          writer_(schema, options, ""),
          corrupt_(schema.field_index(options.corrupt_column, true)) {}

    idx_t read(std::vector<duckdb::Vector*>& columns) override {
        duckdb::Vector rows(type_);
        auto& fields = duckdb::StructVector::GetEntries(rows);
        idx_t count = 0;
        std::string_view record;
        while (count < STANDARD_VECTOR_SIZE && records_.next(&record)) {
            if (write(rows, count, record)) count++;
        }
        for (size_t i = 0; i < columns.size(); i++) columns[i]->Reference(*fields[needed_[i]]);
        return count;
    }

private:
    // False: the record is dropped.
    bool write(duckdb::Vector& rows, idx_t row, std::string_view record) {
        auto& fields = duckdb::StructVector::GetEntries(rows);
        auto document = parse_xml(record);
        auto* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
        if (corrupt_ >= 0) FlatVector::SetNull(*fields[size_t(corrupt_)], row, true);
        if (root && writer_.write_struct(rows, row, *root)) return true;
        if (options_.mode == ParseMode::kFailFast) throw_malformed_record(record);
        if (options_.mode == ParseMode::kDropMalformed) return false;
        if (!root) {
            for (auto& field : fields) FlatVector::SetNull(*field, row, true);
        }
        if (corrupt_ < 0) return true;
        auto& field = *fields[size_t(corrupt_)];
        FlatVector::SetNull(field, row, false);
        FlatVector::GetData<duckdb::string_t>(field)[row] = duckdb::StringVector::AddStringOrBlob(
            field, record.data(), record.size());
        return true;
    }

    const XmlOptions& options_;
    std::vector<size_t> needed_;
    duckdb::LogicalType type_;
    std::string text_;
    XmlRecords records_;
    XmlValueWriter writer_;
    int corrupt_;
};

class XmlFormat final : public FileFormat {
public:
    XmlFormat(types::TypePtr schema, XmlOptions options, std::string encoding)
        : schema_(std::move(schema)),
          options_(std::move(options)),
          encoding_(std::move(encoding)) {}

    std::unique_ptr<FileReader> open(duckdb::ClientContext& context, const ScanFile& file,
        const std::vector<size_t>& needed) const override {
        return std::make_unique<XmlFileReader>(
            context, file, *schema_, options_, encoding_, needed);
    }

private:
    types::TypePtr schema_;
    XmlOptions options_;
    std::string encoding_;
};

class XmlSink final : public FileSink {
public:
    XmlSink(duckdb::FileHandle& handle, types::TypePtr type, const XmlOptions& options,
        std::string declaration, std::string root_tag)
        : handle_(handle), type_(std::move(type)), options_(options) {
        if (!declaration.empty()) buffer_ = "<?xml " + declaration + "?>\n";
        buffer_ += "<" + root_tag + ">";
        // Attributes of the root stand behind its name.
        end_ = "</" + root_tag.substr(0, root_tag.find(' ')) + ">\n";
        if (!options_.indent.empty()) end_ = "\n" + end_;
    }

    void append(duckdb::DataChunk& data, idx_t from, idx_t to) override {
        duckdb::Vector rows(to_logical_type(*type_), data.size());
        auto& fields = duckdb::StructVector::GetEntries(rows);
        for (size_t i = 0; i < fields.size(); i++) fields[i]->Reference(data.data[i]);
        NestedColumn column(rows, data.size(), type_);
        for (idx_t row = from; row < to; row++) append_xml(buffer_, column, row, options_, 1);
        flush();
    }

    void finish() override {
        buffer_ += end_;
        flush();
    }

private:
    void flush() {
        write_all(handle_, buffer_);
        buffer_.clear();
    }

    duckdb::FileHandle& handle_;
    types::TypePtr type_;
    const XmlOptions options_;
    std::string buffer_;
    std::string end_;
};

}  // namespace

types::TypePtr infer_xml_files_schema(duckdb::FileSystem& system,
    const std::vector<std::string>& paths, const SourceOptions& options,
    const QueryContext& context) {
    check_row_tag(options);
    auto parsed = xml_options(options, context);
    auto ratio = option_double(options, "samplingratio", 1.0);
    if (ratio <= 0) throw_invalid_option("samplingRatio", std::to_string(ratio), "above 0");
    auto step = std::max<int64_t>(1, std::llround(1 / ratio));
    XmlSchemaInference inference(parsed);
    bool has_corrupt = false;
    int64_t number = 0;
    for (const auto& path : paths) {
        auto text = read_text(system, path, encoding_option(options));
        XmlRecords records(text, parsed.row_tag, parsed.ignore_namespace);
        for (std::string_view record; records.next(&record); number++) {
            if (number % step != 0) continue;
            auto document = parse_xml(record);
            auto* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
            if (root) {
                inference.add(*root);
            } else if (parsed.mode == ParseMode::kFailFast) {
                throw_malformed_record(record);
            } else {
                has_corrupt |= parsed.mode == ParseMode::kPermissive;
            }
        }
    }
    auto schema = inference.finish();
    if (!has_corrupt) return schema;
    types::Fields fields = {{parsed.corrupt_column, types::DataType::string(), true, ""}};
    fields.insert(fields.end(), schema->fields().begin(), schema->fields().end());
    return types::DataType::struct_(std::move(fields));
}

std::shared_ptr<const FileFormat> make_xml_format(
    const types::TypePtr& data_schema, const SourceOptions& options, const QueryContext& context) {
    check_row_tag(options);
    return std::make_shared<XmlFormat>(
        data_schema, xml_options(options, context), encoding_option(options));
}

std::vector<WrittenFile> write_xml(WriteInput input) {
    const auto& options = input.spec.options;
    check_row_tag(options);
    auto parsed = xml_options(options, input.context);
    auto type = written_schema(input);
    auto root_tag = option_text(options, "roottag", "ROWS");
    auto declaration = option_text(
        options, "declaration", "version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"");
    auto compression = types::to_lower(
        option_text(options, "compression", option_text(options, "codec", "none")));
    FileKind kind;
    kind.extension = ".xml";
    if (compression == "gzip") {
        kind.extension = ".xml.gz";
        kind.compression = duckdb::FileCompressionType::GZIP;
    } else if (compression == "zstd") {
        kind.extension = ".xml.zst";
        kind.compression = duckdb::FileCompressionType::ZSTD;
    } else if (compression != "none" && compression != "uncompressed") {
        throw_unsupported_option("xml", "compression", compression);
    }
    if (encoding_of(encoding_option(options)) != TextEncoding::kUtf8)
        throw_unsupported_option("xml", "encoding", encoding_option(options));
    kind.make_sink = [=](duckdb::FileHandle& handle) {
        return std::make_unique<XmlSink>(handle, type, parsed, declaration, root_tag);
    };
    return write_partitioned(std::move(input), std::move(kind));
}

}  // namespace hanok::engine

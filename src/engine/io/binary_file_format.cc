#include "engine/io/binary_file_format.h"

#include "base/error.h"

namespace hanok::engine {

namespace {

using duckdb::FlatVector;
using duckdb::StringVector;

// As in Spark, no value may be larger.
constexpr int64_t kMaxContent = INT32_MAX;

class BinaryFileReader final : public FileReader {
public:
    BinaryFileReader(
        duckdb::ClientContext& context, const ScanFile& file, std::vector<std::string> needed)
        : context_(context), file_(file), needed_(std::move(needed)) {}

    duckdb::idx_t read(std::vector<duckdb::Vector*>& columns) override {
        if (done_) return 0;
        done_ = true;
        for (size_t i = 0; i < columns.size(); i++) write(needed_[i], *columns[i]);
        return 1;
    }

private:
    void write(const std::string& name, duckdb::Vector& column) const {
        if (name == "path") {
            FlatVector::GetData<duckdb::string_t>(column)[0] = StringVector::AddString(
                column, uri());
        } else if (name == "modificationTime") {
            FlatVector::GetData<int64_t>(column)[0] = file_.modified_ms * 1000;
        } else if (name == "length") {
            FlatVector::GetData<int64_t>(column)[0] = file_.size_bytes;
        } else {
            write_content(column);
        }
    }

    // Hadoop's form: "file:/a b", not encoded.
    std::string uri() const {
        return file_.path.starts_with('/') ? "file:" + file_.path : file_.path;
    }

    void write_content(duckdb::Vector& column) const {
        if (file_.size_bytes > kMaxContent) {
            throw runtime_error("HANOK_LIMIT_EXCEEDED.FILE_SIZE",
                {{"path", file_.path}, {"size", std::to_string(file_.size_bytes)},
                    {"limit", std::to_string(kMaxContent)}});
        }
        auto& system = duckdb::FileSystem::GetFileSystem(context_);
        auto handle = system.OpenFile(file_.open_path, duckdb::FileFlags::FILE_FLAGS_READ);
        auto size = duckdb::idx_t(handle->GetFileSize());
        auto target = StringVector::EmptyString(column, size);
        handle->Read(target.GetDataWriteable(), size, 0);
        target.Finalize();
        FlatVector::GetData<duckdb::string_t>(column)[0] = target;
    }

    duckdb::ClientContext& context_;
    const ScanFile file_;
    std::vector<std::string> needed_;
    bool done_ = false;
};

class BinaryFileFormat final : public FileFormat {
public:
    explicit BinaryFileFormat(types::TypePtr schema) : schema_(std::move(schema)) {}

    std::unique_ptr<FileReader> open(duckdb::ClientContext& context, const ScanFile& file,
        const std::vector<size_t>& needed) const override {
        std::vector<std::string> names;
        for (auto index : needed) names.push_back(schema_->fields()[index].name);
        return std::make_unique<BinaryFileReader>(context, file, std::move(names));
    }

private:
    types::TypePtr schema_;
};

}  // namespace

types::TypePtr binary_file_schema() {
    using types::DataType;
    return DataType::struct_({{"path", DataType::string(), true, ""},
        {"modificationTime", DataType::timestamp(), true, ""},
        {"length", DataType::long_(), true, ""}, {"content", DataType::binary(), true, ""}});
}

std::shared_ptr<const FileFormat> make_binary_file_format(const types::TypePtr& data_schema) {
    auto own = binary_file_schema();
    for (const auto& field : data_schema->fields()) {
        int place = own->field_index(field.name, true);
        if (place >= 0 && own->fields()[size_t(place)].type->equals(*field.type)) continue;
        throw analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
            {{"columnName", quote_identifier(field.name)},
                {"columnType", "\"" + field.type->sql() + "\""}, {"format", "BinaryFile"}});
    }
    return std::make_shared<BinaryFileFormat>(data_schema);
}

}  // namespace hanok::engine

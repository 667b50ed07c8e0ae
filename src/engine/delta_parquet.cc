#include "engine/delta_parquet.h"

#include <map>
#include <mutex>

#include "base/error.h"
#include "delta/packed_files.h"
#include "engine/checkpoint_shape.h"
#include "engine/chunk_visitor.h"
#include "engine/errors/duckdb_error.h"
#include "engine/scratch_object.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;

// A local path that DuckDB takes for one file, not for a pattern.
std::string without_pattern(const std::string& path) {
    std::string out;
    for (char c : path) {
        bool special = c == '*' || c == '?' || c == '[';
        out += special ? "[" + std::string(1, c) + "]" : std::string(1, c);
    }
    return out;
}

// One column of a chunk. Rows are read without going through duckdb::Value.
class Column {
public:
    Column(duckdb::Vector& vector, idx_t count) {
        vector.ToUnifiedFormat(count, format_);
        if (vector.GetType().id() != LogicalTypeId::LIST) return;
        elements_ = std::make_unique<Column>(
            duckdb::ListVector::GetEntry(vector), duckdb::ListVector::GetListSize(vector));
    }
    bool is_null(idx_t row) const {
        return !format_.validity.RowIsValid(format_.sel->get_index(row));
    }
    template <class T>
    const T& value(idx_t row) const {
        return duckdb::UnifiedVectorFormat::GetData<T>(format_)[format_.sel->get_index(row)];
    }
    // Empty where NULL. Lives as long as the chunk.
    std::string_view view(idx_t row) const {
        if (is_null(row)) return {};
        const auto& text = value<duckdb::string_t>(row);
        return {text.GetData(), text.GetSize()};
    }
    std::string text(idx_t row) const { return std::string(view(row)); }
    std::optional<std::string> optional_text(idx_t row) const {
        return is_null(row) ? std::nullopt : std::optional<std::string>(text(row));
    }
    int64_t integer(idx_t row) const { return is_null(row) ? 0 : value<int64_t>(row); }
    std::optional<int64_t> optional_integer(idx_t row) const {
        return is_null(row) ? std::nullopt : std::optional<int64_t>(value<int64_t>(row));
    }
    bool boolean(idx_t row) const { return !is_null(row) && value<bool>(row); }
    // Of a list: its rows in elements().
    duckdb::list_entry_t range(idx_t row) const {
        return is_null(row) ? duckdb::list_entry_t(0, 0) : value<duckdb::list_entry_t>(row);
    }
    const Column& elements() const { return *elements_; }

private:
    duckdb::UnifiedVectorFormat format_;
    std::unique_ptr<Column> elements_;
};

delta::StringMap to_map(const Column& keys, const Column& values, idx_t row) {
    delta::StringMap out;
    auto names = keys.range(row), texts = values.range(row);
    for (idx_t i = 0; i < std::min(names.length, texts.length); i++) {
        if (values.elements().is_null(texts.offset + i)) continue;
        out[keys.elements().text(names.offset + i)] = values.elements().text(texts.offset + i);
    }
    return out;
}

void to_partition_values(
    const Column& keys, const Column& values, idx_t row, delta::PartitionValues* out) {
    auto names = keys.range(row), texts = values.range(row);
    for (idx_t i = 0; i < std::min(names.length, texts.length); i++) {
        out->emplace_back(keys.elements().text(names.offset + i),
            values.elements().optional_text(texts.offset + i));
    }
}

std::vector<std::string> to_list(const Column& column, idx_t row) {
    std::vector<std::string> out;
    auto range = column.range(row);
    for (idx_t i = 0; i < range.length; i++)
        out.push_back(column.elements().text(range.offset + i));
    return out;
}

class CheckpointFile {
public:
    // `file` as SQL.
    CheckpointFile(
        duckdb::Connection& connection, const std::string& file, delta::CommitActions* out)
        : connection_(connection),
          source_("read_parquet(" + file + ", file_row_number = true)"),
          shape_(connection, file),
          out_(out) {}

    void read() {
        bool is_checkpoint = false;
        for (const char* action : {"add", "remove", "metaData", "protocol", "txn", "domainMetadata",
                 "sidecar", "checkpointMetadata"})
            is_checkpoint = is_checkpoint || shape_.has_action(action);
        if (!is_checkpoint) {
            throw runtime_error("DELTA_MALFORMED_LOG_FILE",
                {{"path", source_}, {"line", "0"}, {"reason", "no checkpoint"}});
        }
        read_adds();
        read_removes();
        read_protocol();
        read_metadata();
        read_transactions();
        read_domains();
        read_sidecars();
    }

private:
    // All rows as columns of the given SQL expressions.
    std::string select(const std::vector<std::string>& columns) const {
        std::string sql = "SELECT ";
        for (size_t i = 0; i < columns.size(); i++) sql += (i == 0 ? "" : ", ") + columns[i];
        return sql + " FROM " + source_;
    }

    static std::vector<Column> columns_of(duckdb::DataChunk& chunk) {
        std::vector<Column> columns;
        columns.reserve(chunk.ColumnCount());
        for (duckdb::Vector& vector : chunk.data) columns.emplace_back(vector, chunk.size());
        return columns;
    }

    void scan(const std::string& action, const std::string& key,
        const std::vector<std::string>& columns,
        const std::function<void(std::vector<Column>&, idx_t)>& visit) {
        std::string field = action + "." + key;
        if (!shape_.has_field(field)) return;
        auto rows = shape_.rows_of(field);
        if (!rows) return;
        auto result = connection_.SendQuery(select(columns) + " WHERE file_row_number BETWEEN " +
                                            std::to_string(rows->first) + " AND " +
                                            std::to_string(rows->second) + " AND " +
                                            CheckpointShape::reference(field) + " IS NOT NULL");
        if (result->HasError()) result->ThrowError();
        while (auto chunk = result->Fetch()) {
            if (chunk->size() == 0) break;
            auto vectors = columns_of(*chunk);
            for (idx_t row = 0; row < chunk->size(); row++) visit(vectors, row);
        }
        if (result->HasError()) result->ThrowError();
    }

    std::vector<std::string> vector_columns(const std::string& action) const {
        std::string path = action + ".deletionVector.";
        return {shape_.field(path + "storageType", "VARCHAR"),
            shape_.field(path + "pathOrInlineDv", "VARCHAR"),
            shape_.field(path + "offset", "BIGINT"), shape_.field(path + "sizeInBytes", "BIGINT"),
            shape_.field(path + "cardinality", "BIGINT")};
    }

    static std::optional<delta::DeletionVectorDescriptor> deletion_vector(
        const std::vector<Column>& columns, size_t first, idx_t row) {
        if (columns[first].is_null(row)) return std::nullopt;
        delta::DeletionVectorDescriptor dv;
        dv.storage_type = columns[first].text(row);
        dv.path_or_inline_dv = columns[first + 1].text(row);
        if (auto offset = columns[first + 2].optional_integer(row))
            dv.offset = static_cast<int32_t>(*offset);
        dv.size_bytes = static_cast<int32_t>(columns[first + 3].integer(row));
        dv.cardinality = columns[first + 4].integer(row);
        return dv;
    }

    std::string stats_column() const {
        std::string text = shape_.field("add.stats", "VARCHAR");
        if (!shape_.has_field("add.stats_parsed")) return text;
        return "coalesce(" + text + ", CAST(to_json(" +
               CheckpointShape::reference("add.stats_parsed") + ") AS VARCHAR))";
    }

    void read_adds() {
        std::vector<std::string> columns = {shape_.field("add.path", "VARCHAR"),
            shape_.map_keys("add.partitionValues"), shape_.map_values("add.partitionValues"),
            shape_.field("add.size", "BIGINT"), shape_.field("add.modificationTime", "BIGINT"),
            stats_column(), shape_.map_keys("add.tags"), shape_.map_values("add.tags"),
            shape_.field("add.baseRowId", "BIGINT"),
            shape_.field("add.defaultRowCommitVersion", "BIGINT"),
            shape_.field("add.clusteringProvider", "VARCHAR")};
        auto dv = vector_columns("add");
        columns.insert(columns.end(), dv.begin(), dv.end());
        // Chunks come from all threads; the first row of each tells their order.
        std::mutex mutex;  // guards packed
        std::map<int64_t, delta::PackedFilesPtr> packed;
        columns.push_back("file_row_number");
        if (!shape_.has_field("add.path") || !shape_.rows_of("add.path")) return;
        // Nearly all rows are files: a filter would cost more than the others.
        visit_chunks(connection_, select(columns), [&](duckdb::DataChunk& chunk) {
            if (chunk.size() == 0) return;
            auto vectors = columns_of(chunk);
            int64_t first = vectors.back().integer(0);
            auto files = pack(vectors, chunk.size());
            if (files->size() == 0) return;
            std::lock_guard lock(mutex);
            packed.emplace(first, std::move(files));
        });
        for (auto& [first, files] : packed) out_->packed_adds.push_back(std::move(files));
    }

    // Of the columns of read_adds().
    static delta::PackedFilesPtr pack(const std::vector<Column>& c, idx_t rows) {
        size_t text_bytes = 0;
        for (idx_t row = 0; row < rows; row++)
            text_bytes += c[0].view(row).size() + c[5].view(row).size();
        delta::FilePacker packer(rows, text_bytes);
        delta::AddFile rest;
        rest.data_change = false;
        for (idx_t row = 0; row < rows; row++) {
            if (c[0].is_null(row)) continue;
            rest.partition_values.clear();
            to_partition_values(c[1], c[2], row, &rest.partition_values);
            rest.size_bytes = c[3].integer(row);
            rest.modification_time_ms = c[4].integer(row);
            if (!c[6].is_null(row) || !rest.tags.empty()) rest.tags = to_map(c[6], c[7], row);
            rest.base_row_id = c[8].optional_integer(row);
            rest.default_row_commit_version = c[9].optional_integer(row);
            rest.clustering_provider = c[10].optional_text(row);
            rest.deletion_vector = deletion_vector(c, 11, row);
            packer.add(c[0].view(row), c[5].view(row), rest);
        }
        return packer.finish();
    }

    void read_removes() {
        std::vector<std::string> columns = {shape_.field("remove.path", "VARCHAR"),
            shape_.field("remove.deletionTimestamp", "BIGINT"),
            shape_.field("remove.extendedFileMetadata", "BOOLEAN"),
            shape_.map_keys("remove.partitionValues"), shape_.map_values("remove.partitionValues"),
            shape_.field("remove.size", "BIGINT"), shape_.field("remove.baseRowId", "BIGINT"),
            shape_.field("remove.defaultRowCommitVersion", "BIGINT")};
        auto dv = vector_columns("remove");
        columns.insert(columns.end(), dv.begin(), dv.end());
        scan("remove", "path", columns, [&](std::vector<Column>& c, idx_t row) {
            delta::RemoveFile& remove = out_->removes.emplace_back();
            remove.path = c[0].text(row);
            remove.deletion_timestamp_ms = c[1].optional_integer(row);
            remove.data_change = false;
            remove.extended_file_metadata = c[2].boolean(row);
            to_partition_values(c[3], c[4], row, &remove.partition_values);
            remove.size_bytes = c[5].optional_integer(row);
            remove.base_row_id = c[6].optional_integer(row);
            remove.default_row_commit_version = c[7].optional_integer(row);
            remove.deletion_vector = deletion_vector(c, 8, row);
        });
    }

    void read_protocol() {
        scan("protocol", "minReaderVersion",
            {shape_.field("protocol.minReaderVersion", "BIGINT"),
                shape_.field("protocol.minWriterVersion", "BIGINT"),
                shape_.field("protocol.readerFeatures", "VARCHAR[]"),
                shape_.field("protocol.writerFeatures", "VARCHAR[]")},
            [&](std::vector<Column>& c, idx_t row) {
                delta::Protocol protocol;
                protocol.min_reader_version = static_cast<int>(c[0].integer(row));
                protocol.min_writer_version = static_cast<int>(c[1].integer(row));
                if (!c[2].is_null(row)) protocol.reader_features = to_list(c[2], row);
                if (!c[3].is_null(row)) protocol.writer_features = to_list(c[3], row);
                out_->protocol = std::move(protocol);
            });
    }

    void read_metadata() {
        scan("metaData", "id",
            {shape_.field("metaData.id", "VARCHAR"), shape_.field("metaData.name", "VARCHAR"),
                shape_.field("metaData.description", "VARCHAR"),
                shape_.field("metaData.format.provider", "VARCHAR"),
                shape_.field("metaData.schemaString", "VARCHAR"),
                shape_.field("metaData.partitionColumns", "VARCHAR[]"),
                shape_.map_keys("metaData.configuration"),
                shape_.map_values("metaData.configuration"),
                shape_.field("metaData.createdTime", "BIGINT"),
                shape_.map_keys("metaData.format.options"),
                shape_.map_values("metaData.format.options")},
            [&](std::vector<Column>& c, idx_t row) {
                delta::Metadata metadata;
                metadata.id = c[0].text(row);
                metadata.name = c[1].optional_text(row);
                metadata.description = c[2].optional_text(row);
                if (!c[3].is_null(row)) metadata.format_provider = c[3].text(row);
                metadata.schema_string = c[4].text(row);
                metadata.partition_columns = to_list(c[5], row);
                metadata.configuration = to_map(c[6], c[7], row);
                metadata.created_time_ms = c[8].optional_integer(row);
                metadata.format_options = to_map(c[9], c[10], row);
                out_->metadata = std::move(metadata);
            });
    }

    void read_transactions() {
        scan("txn", "appId",
            {shape_.field("txn.appId", "VARCHAR"), shape_.field("txn.version", "BIGINT"),
                shape_.field("txn.lastUpdated", "BIGINT")},
            [&](std::vector<Column>& c, idx_t row) {
                out_->transactions.push_back(
                    {c[0].text(row), c[1].integer(row), c[2].optional_integer(row)});
            });
    }

    void read_domains() {
        scan("domainMetadata", "domain",
            {shape_.field("domainMetadata.domain", "VARCHAR"),
                shape_.field("domainMetadata.configuration", "VARCHAR"),
                shape_.field("domainMetadata.removed", "BOOLEAN")},
            [&](std::vector<Column>& c, idx_t row) {
                out_->domains.push_back({c[0].text(row), c[1].text(row), c[2].boolean(row)});
            });
    }

    void read_sidecars() {
        scan("sidecar", "path",
            {shape_.field("sidecar.path", "VARCHAR"), shape_.field("sidecar.sizeInBytes", "BIGINT"),
                shape_.field("sidecar.modificationTime", "BIGINT")},
            [&](std::vector<Column>& c, idx_t row) {
                out_->sidecars.push_back({c[0].text(row), c[1].integer(row), c[2].integer(row)});
            });
    }

    duckdb::Connection& connection_;
    std::string source_;
    CheckpointShape shape_;
    delta::CommitActions* out_;
};

class DuckCheckpointReader final : public delta::CheckpointReader {
public:
    explicit DuckCheckpointReader(std::function<InstancePtr()> instance)
        : instance_(std::move(instance)) {}

    delta::CommitActions read(storage::ObjectStore& store, const std::string& path) override {
        auto lease = instance_()->acquire();
        delta::CommitActions actions;
        auto read_from = [&](const std::string& file) {
            with_translated_errors([&] { CheckpointFile(*lease, quoted(file), &actions).read(); });
        };
        if (auto local = store.local_path(path)) {
            read_from(without_pattern(*local));
            return actions;
        }
        auto bytes = store.get(path);
        if (!bytes) throw runtime_error("DELTA_LOG_FILE_NOT_FOUND", {{"path", path}});
        ScratchObject copy("checkpoint.parquet");
        copy.put(*bytes);
        read_from(copy.path());
        return actions;
    }

private:
    std::function<InstancePtr()> instance_;
};

}  // namespace

std::shared_ptr<delta::CheckpointReader> make_checkpoint_reader(
    std::function<InstancePtr()> instance) {
    return std::make_shared<DuckCheckpointReader>(std::move(instance));
}

}  // namespace hanok::engine

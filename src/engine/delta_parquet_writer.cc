#include "delta/action_json.h"
#include "engine/delta_parquet.h"
#include "engine/errors/duckdb_error.h"
#include "engine/scratch_object.h"

namespace hanok::engine {

namespace {

// The columns of a checkpoint as read_json's column list; the JSON lines of the log have the same
// shape.
constexpr const char* kDeletionVector =
    "STRUCT(storageType VARCHAR, pathOrInlineDv VARCHAR, \"offset\" INTEGER, sizeInBytes INTEGER, "
    "cardinality BIGINT)";

// Of a V2 checkpoint: its top file, or (`file_actions_only`) a sidecar.
std::string checkpoint_columns(bool is_v2, bool file_actions_only) {
    const std::string map = "MAP(VARCHAR, VARCHAR)";
    const std::string dv = kDeletionVector;
    std::vector<std::pair<std::string, std::string>> columns = {
        {"txn", "STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)"},
        {"add", "STRUCT(path VARCHAR, partitionValues " + map +
                    ", size BIGINT, modificationTime BIGINT, " + "dataChange BOOLEAN, tags " + map +
                    ", deletionVector " + dv + ", baseRowId BIGINT, " +
                    "defaultRowCommitVersion BIGINT, clusteringProvider VARCHAR, stats VARCHAR)"},
        {"remove",
            "STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, "
            "extendedFileMetadata BOOLEAN, " +
                std::string("partitionValues ") + map + ", size BIGINT, deletionVector " + dv +
                ", baseRowId BIGINT, defaultRowCommitVersion BIGINT)"},
        {"metaData",
            "STRUCT(id VARCHAR, name VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, "
            "options " +
                map + "), schemaString VARCHAR, partitionColumns VARCHAR[], configuration " + map +
                ", createdTime BIGINT)"},
        {"protocol",
            "STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER, readerFeatures VARCHAR[], "
            "writerFeatures VARCHAR[])"},
        {"domainMetadata", "STRUCT(domain VARCHAR, configuration VARCHAR, removed BOOLEAN)"},
    };
    if (is_v2) {
        columns.push_back({"checkpointMetadata", "STRUCT(version BIGINT, tags " + map + ")"});
        columns.push_back({"sidecar",
            "STRUCT(path VARCHAR, sizeInBytes BIGINT, modificationTime BIGINT, tags " + map + ")"});
    }
    std::string out = "{";
    for (const auto& [name, type] : columns) {
        bool is_file = name == "add" || name == "remove";
        if (file_actions_only && !is_file) continue;
        out += (out.size() > 1 ? ", " : "") + quoted(name) + ": " + quoted(type);
    }
    return out + "}";
}

class DuckCheckpointWriter final : public delta::CheckpointWriter {
public:
    explicit DuckCheckpointWriter(std::function<InstancePtr()> instance)
        : instance_(std::move(instance)) {}

    int64_t write(storage::ObjectStore& store, const std::string& path,
        const delta::CommitActions& actions) override {
        ScratchObject lines("actions.json"), parquet("checkpoint.parquet");
        std::string text = delta::to_ndjson(actions);
        size_t longest = 1;
        for (size_t start = 0, end = 0; (end = text.find('\n', start)) != std::string::npos;
             start = end + 1)
            longest = std::max(longest, end - start);
        lines.put(text);
        auto lease = instance_()->acquire();
        with_translated_errors([&] {
            auto result = lease->Query(
                "COPY (SELECT * FROM read_json(" + quoted(lines.path()) +
                ", format = 'newline_delimited', maximum_object_size = " +
                std::to_string(std::max<size_t>(longest * 2, 16 << 20)) + ", columns = " +
                checkpoint_columns(actions.v2_checkpoint_version.has_value(),
                    !actions.protocol && !actions.metadata) +
                ")) TO " + quoted(parquet.path()) + " (FORMAT parquet, COMPRESSION snappy)");
            if (result->HasError()) result->ThrowError();
        });
        std::string bytes = parquet.get();
        store.put(path, bytes);
        return static_cast<int64_t>(bytes.size());
    }

private:
    std::function<InstancePtr()> instance_;
};

}  // namespace

std::shared_ptr<delta::CheckpointWriter> make_checkpoint_writer(
    std::function<InstancePtr()> instance) {
    return std::make_shared<DuckCheckpointWriter>(std::move(instance));
}

}  // namespace hanok::engine

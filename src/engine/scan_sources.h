#pragma once
// The concrete kinds of resolved::ScanSource the engine can read.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delta/change_feed.h"
#include "resolved/scan_source.h"

namespace hanok::delta {
class Snapshot;
struct AddFile;
}  // namespace hanok::delta

namespace hanok::engine {

// Files of one format. Partition columns come from the paths (key=value folders).
struct FileScanSource final : resolved::ScanSource {
    struct File {
        std::string path;  // absolute path or URI
        int64_t size_bytes = 0;
        int64_t modified_ms = 0;
        std::vector<std::optional<std::string>> partition_values;  // text, by partition column
    };
    std::vector<File> files;
    std::map<std::string, std::string> options;  // lower-case keys
    types::TypePtr data_schema;                  // schema without partition columns
    std::vector<std::string> input_files() const override;
};

// A Delta table at one version.
struct DeltaScanSource final : resolved::ScanSource {
    std::shared_ptr<const delta::Snapshot> snapshot;
    // Reads these files of the snapshot only; nullopt: all of them.
    std::optional<std::vector<const delta::AddFile*>> only_files;
    std::vector<std::string> input_files() const override;
};

// The change data feed of a Delta table: the columns of `snapshot`, then _change_type,
// _commit_version and _commit_timestamp (the last two as partition columns).
struct ChangeFeedSource final : resolved::ScanSource {
    std::shared_ptr<const delta::Snapshot> snapshot;
    std::vector<delta::ChangeFile> files;
    std::vector<std::string> input_files() const override;
};

}  // namespace hanok::engine

#pragma once
// What scans of files outside of a table format share: the files with the partition values of
// their folders, and the parts of a table function over them that have nothing to do with what
// stands in a file.

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/io/data_scan.h"
#include "engine/io/file_faults.h"
#include "engine/scan_sources.h"
#include "resolved/plan.h"

namespace hanok::engine {

class FolderScan : public DataScan {
public:
    FolderScan(const resolved::Scan& scan, const FileScanSource& source,
        const std::vector<std::string>& column_names, const QueryContext& context,
        CalendarModes calendars = {});

    duckdb::Value partition_value(size_t file, const ScanColumn& column) const override;

    bool ignores(duckdb::FileSystem& system, const std::string& path,
        const std::exception& error) const override {
        return faults_.ignore(system, path, error);
    }

    // Index into the data schema of a kData column.
    size_t data_index(const ScanColumn& column) const;

private:
    FileFaults faults_;
    std::string time_zone_;
    types::TypePtr data_schema_;
    std::vector<std::vector<std::optional<std::string>>> partition_values_;
};

// Bind data: the scan, and its files that are not yet pruned away.
struct FolderBind final : duckdb::TableFunctionData {
    std::shared_ptr<const FolderScan> scan;
    std::vector<size_t> files;

    duckdb::unique_ptr<duckdb::FunctionData> Copy() const override;
    bool Equals(const duckdb::FunctionData& other) const override;
};

// Where the columns that a query asks for come from.
struct FolderColumns {
    std::vector<size_t> needed;          // data columns, as indexes into the data schema
    std::vector<size_t> needed_columns;  // their places in the output
    std::vector<std::pair<size_t, const ScanColumn*>> constants;  // place in the output and column

    // Throws UNSUPPORTED_FEATURE for row positions; `files` says in which files.
    FolderColumns(
        const duckdb::TableFunctionInitInput& input, const FolderScan& scan, const char* files);
    std::vector<duckdb::Vector*> needed_vectors(duckdb::DataChunk& output) const;
    void fill_constants(const FolderScan& scan, size_t file, duckdb::DataChunk& output) const;
};

// "bind" and "pushdown_complex_filter" over FolderBind; `guessed_rows` serves "cardinality".
duckdb::unique_ptr<duckdb::FunctionData> bind_folder_scan(duckdb::ClientContext& context,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names);
void prune_folder_scan(duckdb::ClientContext& context, duckdb::LogicalGet& get,
    duckdb::FunctionData* data, duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters);
duckdb::unique_ptr<duckdb::NodeStatistics> guessed_folder_rows(
    const duckdb::FunctionData* data, int64_t bytes_a_row);

}  // namespace hanok::engine

#pragma once
// hanok_file_scan: files that are read one by one from the front, each by one thread (Avro, ORC,
// XML, binary files). What a file holds is the format's.

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/folder_scan.h"

namespace hanok::engine {

// The rows of one file. One thread.
class FileReader {
public:
    virtual ~FileReader() = default;
    // Fills `columns` (one vector for each needed column, in the order given to open) from row 0
    // on; returns the number of rows, at most STANDARD_VECTOR_SIZE; 0 at the end.
    virtual duckdb::idx_t read(std::vector<duckdb::Vector*>& columns) = 0;
};

// Immutable.
class FileFormat {
public:
    virtual ~FileFormat() = default;
    // `needed`: indexes into the data schema.
    virtual std::unique_ptr<FileReader> open(duckdb::ClientContext& context, const ScanFile& file,
        const std::vector<size_t>& needed) const = 0;
};

class FileScan final : public FolderScan {
public:
    FileScan(const resolved::Scan& scan, const FileScanSource& source,
        const std::vector<std::string>& column_names, const QueryContext& context,
        std::shared_ptr<const FileFormat> format);

    const FileFormat& format() const { return *format_; }

private:
    std::shared_ptr<const FileFormat> format_;
};

// Adds hanok_file_scan to a new instance.
void register_file_scan(duckdb::DatabaseInstance& instance);

duckdb::unique_ptr<duckdb::TableRef> file_scan_ref(
    const std::shared_ptr<const FileScan>& scan, const std::string& alias);

}  // namespace hanok::engine

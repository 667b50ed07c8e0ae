#pragma once
// Line- and document-oriented files (CSV, JSON, text) as a table function: reading in parallel is
// here, what a record means is the format's.

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/folder_scan.h"
#include "engine/io/text_blocks.h"

namespace hanok::engine {

// Turns pieces of text into rows. One thread at a time.
class RecordReader {
public:
    virtual ~RecordReader() = default;
    // `block` stays valid until the next start(). Both arguments describe the piece.
    virtual void start(std::string_view block, bool is_file_start, const std::string& path) = 0;
    // Fills `columns` (one vector for each needed column, in the order given to make_reader) from
    // row 0 on; returns the number of rows, at most STANDARD_VECTOR_SIZE; 0 at the end of the
    // piece.
    virtual duckdb::idx_t read(std::vector<duckdb::Vector*>& columns) = 0;
};

// The meaning of a format's records under its options. Immutable.
class TextFormat {
public:
    virtual ~TextFormat() = default;
    virtual TextLayout layout() const = 0;
    // `needed`: indexes into the data schema.
    virtual std::unique_ptr<RecordReader> make_reader(
        duckdb::ClientContext& context, const std::vector<size_t>& needed) const = 0;
};

class TextScan final : public FolderScan {
public:
    TextScan(const resolved::Scan& scan, const FileScanSource& source,
        const std::vector<std::string>& column_names, const QueryContext& context,
        std::shared_ptr<const TextFormat> format);

    const TextFormat& format() const { return *format_; }
    const std::vector<TextFile>& text_files() const { return text_files_; }

private:
    std::shared_ptr<const TextFormat> format_;
    std::vector<TextFile> text_files_;
};

// Adds hanok_text_scan to a new instance.
void register_text_scan(duckdb::DatabaseInstance& instance);

duckdb::unique_ptr<duckdb::TableRef> text_scan_ref(
    const std::shared_ptr<const TextScan>& scan, const std::string& alias);

}  // namespace hanok::engine

#pragma once
// Text files in pieces of whole lines, so that several threads can work on one file.

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/unpacked_file.h"

namespace hanok::engine {

enum class TextUnit : uint8_t {
    kLines,  // pieces end at line ends
    kFile,   // a file is one piece (multiLine, wholetext)
};

struct TextLayout {
    TextUnit unit = TextUnit::kLines;
    std::string line_separator;  // "" is \n, \r\n and \r
};

// A part of a file. `size` 0 is all of it (compressed files, whose parts cannot be found).
struct TextSplit {
    size_t file = 0;
    uint64_t start = 0;
    uint64_t size = 0;
};

struct TextFile {
    std::string path;
    int64_t size_bytes = 0;
};

// Splits of all files in order.
std::vector<TextSplit> split_files(const std::vector<TextFile>& files,
    const std::vector<size_t>& selected, const TextLayout& layout);

// The pieces of one split, one after the other. One thread at a time.
class TextBlocks {
public:
    TextBlocks(duckdb::FileSystem& file_system, const TextLayout& layout)
        : file_system_(file_system), layout_(layout) {}

    void open(const TextFile& file, const TextSplit& split);
    // False at the end. `block` is valid until the next call and ends at a line's end or at the
    // file's.
    bool next(std::string_view* block);
    // Is the piece that next() gave the first of its file?
    bool is_file_start() const { return is_file_start_; }

private:
    bool next_of_stream(std::string_view* block);
    bool next_of_range(std::string_view* block);
    bool read_more(size_t wanted);

    duckdb::FileSystem& file_system_;
    const TextLayout& layout_;
    std::unique_ptr<UnpackedFile> stream_;           // of a split that is a whole file
    duckdb::unique_ptr<duckdb::FileHandle> handle_;  // of the others
    std::string open_path_;
    TextSplit split_;
    bool is_done_ = true;
    bool is_file_start_ = false;
    bool at_end_ = false;  // nothing left to read
    std::string buffer_;
    size_t consumed_ = 0;    // bytes of the buffer that were given out
    uint64_t position_ = 0;  // of the file, behind the buffer
    uint64_t file_size_ = 0;
};

// Takes the first line off `text`; the separator belongs to it but is not in `line`. False when
// `text` is empty.
bool take_line(std::string_view* text, const std::string& separator, std::string_view* line);

// Text as UTF-8: "utf-8" is checked and bad bytes replaced, "iso-8859-1" is converted. The result
// refers to `text` when nothing had to change, else to `scratch`.
enum class TextEncoding : uint8_t { kUtf8, kLatin1 };
TextEncoding encoding_of(const std::string& name);
std::string_view to_utf8(std::string_view text, TextEncoding encoding, std::string* scratch);

}  // namespace hanok::engine

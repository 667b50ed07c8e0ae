#include "engine/io/text_blocks.h"

#include <cstring>

#include "base/error.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

constexpr uint64_t kSplitBytes = 8 << 20;
constexpr size_t kReadBytes = 1 << 20;

// Position behind the first line end at or after `from`; npos when there is none in `text`. A "\r"
// as the very last character is undecided (a "\n" may follow) unless `at_end`.
size_t after_line_end(
    std::string_view text, size_t from, const std::string& separator, bool at_end) {
    if (!separator.empty()) {
        auto found = text.find(separator, from);
        return found == std::string_view::npos ? found : found + separator.size();
    }
    auto newline = text.find('\n', from);
    auto scan_end = newline == std::string_view::npos ? text.size() : newline;
    auto carriage = text.substr(0, scan_end).find('\r', from);
    if (carriage == std::string_view::npos)
        return newline == std::string_view::npos ? newline : newline + 1;
    if (carriage + 1 < text.size()) return text[carriage + 1] == '\n' ? carriage + 2 : carriage + 1;
    return at_end ? carriage + 1 : std::string_view::npos;
}

// Position behind the last line end; 0 when there is none.
size_t after_last_line_end(std::string_view text, const std::string& separator) {
    if (!separator.empty()) {
        auto found = text.rfind(separator);
        return found == std::string_view::npos ? 0 : found + separator.size();
    }
    auto found = text.find_last_of("\n\r");
    if (found == std::string_view::npos) return 0;
    // A trailing "\r" may be half of "\r\n".
    if (text[found] == '\r' && found + 1 == text.size())
        return after_last_line_end(text.substr(0, found), separator);
    return found + 1;
}

bool is_ascii(std::string_view text) {
    size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        uint64_t word;
        memcpy(&word, text.data() + i, 8);
        if (word & 0x8080808080808080ULL) return false;
    }
    for (; i < text.size(); i++) {
        if (static_cast<unsigned char>(text[i]) & 0x80) return false;
    }
    return true;
}

// Length of the valid UTF-8 sequence at `i`, 0 when there is none.
size_t sequence_length(std::string_view text, size_t i) {
    auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
    auto lead = byte(i);
    if (lead < 0x80) return 1;
    size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return 0;
    for (size_t k = 1; k < length; k++) {
        if ((byte(i + k) & 0xC0) != 0x80) return 0;
    }
    auto second = byte(i + 1);
    if (lead == 0xE0 && second < 0xA0) return 0;
    if (lead == 0xED && second > 0x9F) return 0;
    if (lead == 0xF0 && second < 0x90) return 0;
    if (lead == 0xF4 && second > 0x8F) return 0;
    return length;
}

std::string_view replace_bad_bytes(std::string_view text, std::string* scratch) {
    size_t i = 0;
    while (i < text.size()) {
        auto length = sequence_length(text, i);
        if (length == 0) break;
        i += length;
    }
    if (i == text.size()) return text;
    scratch->assign(text.substr(0, i));
    while (i < text.size()) {
        auto length = sequence_length(text, i);
        if (length == 0) {
            *scratch += "\xEF\xBF\xBD";
            i++;
        } else {
            scratch->append(text.substr(i, length));
            i += length;
        }
    }
    return *scratch;
}

}  // namespace

std::vector<TextSplit> split_files(const std::vector<TextFile>& files,
    const std::vector<size_t>& selected, const TextLayout& layout) {
    std::vector<TextSplit> splits;
    for (auto index : selected) {
        const auto& file = files[index];
        if (is_packed(file.path) || layout.unit == TextUnit::kFile || file.size_bytes <= 0) {
            splits.push_back({index, 0, 0});
            continue;
        }
        for (uint64_t start = 0; start < uint64_t(file.size_bytes); start += kSplitBytes) {
            splits.push_back(
                {index, start, std::min<uint64_t>(kSplitBytes, uint64_t(file.size_bytes) - start)});
        }
    }
    return splits;
}

void TextBlocks::open(const TextFile& file, const TextSplit& split) {
    if (split.size == 0) {
        stream_ = std::make_unique<UnpackedFile>(file_system_, file.path);
    } else if (open_path_ != file.path) {
        handle_ = file_system_.OpenFile(file.path, duckdb::FileFlags::FILE_FLAGS_READ);
        open_path_ = file.path;
    }
    split_ = split;
    is_done_ = false;
    at_end_ = false;
    buffer_.clear();
    consumed_ = 0;
    position_ = 0;
    file_size_ = split.size == 0 ? 0 : uint64_t(file_system_.GetFileSize(*handle_));
}

bool TextBlocks::next(std::string_view* block) {
    if (is_done_) return false;
    is_file_start_ = split_.start == 0 && position_ == 0 && consumed_ == 0;
    bool found = split_.size == 0 ? next_of_stream(block) : next_of_range(block);
    if (found && is_file_start_ && block->starts_with("\xEF\xBB\xBF")) block->remove_prefix(3);
    return found;
}

bool TextBlocks::read_more(size_t wanted) {
    if (at_end_) return false;
    auto old_size = buffer_.size();
    buffer_.resize(old_size + wanted);
    int64_t count = 0;
    if (split_.size == 0) {
        count = int64_t(stream_->read(buffer_.data() + old_size, wanted));
    } else {
        count = int64_t(std::min<uint64_t>(wanted, file_size_ - std::min(file_size_, position_)));
        if (count > 0) handle_->Read(buffer_.data() + old_size, duckdb::idx_t(count), position_);
    }
    buffer_.resize(old_size + size_t(count));
    position_ += uint64_t(count);
    at_end_ = count == 0;
    return count > 0;
}

bool TextBlocks::next_of_stream(std::string_view* block) {
    buffer_.erase(0, consumed_);
    consumed_ = 0;
    while (true) {
        bool more = read_more(buffer_.size() < 8 * kReadBytes ? kReadBytes : buffer_.size());
        if (!more) {
            is_done_ = true;
            consumed_ = buffer_.size();
            *block = buffer_;
            return !buffer_.empty() || (layout_.unit == TextUnit::kFile && is_file_start_);
        }
        if (layout_.unit == TextUnit::kFile) continue;
        auto end = after_last_line_end(buffer_, layout_.line_separator);
        if (end == 0) continue;
        consumed_ = end;
        *block = std::string_view(buffer_).substr(0, end);
        return true;
    }
}

// A line belongs to the split that its first character is in.
bool TextBlocks::next_of_range(std::string_view* block) {
    is_done_ = true;
    auto reach = layout_.line_separator.empty() ? 1 : layout_.line_separator.size();
    auto first = split_.start < reach ? 0 : split_.start - reach;
    position_ = first;
    size_t begin = 0;
    size_t last = size_t(split_.start + split_.size - first);  // in the buffer
    read_more(last + 64 * 1024);
    if (split_.start > 0) {
        while ((begin = after_line_end(buffer_, 0, layout_.line_separator, at_end_)) ==
               std::string::npos) {
            if (!read_more(kReadBytes)) return false;
        }
        while (begin < split_.start - first) {
            auto next = after_line_end(buffer_, begin, layout_.line_separator, at_end_);
            if (next != std::string::npos) {
                begin = next;
            } else if (!read_more(kReadBytes)) {
                return false;
            }
        }
    }
    if (begin >= last) return false;
    size_t end;
    auto search = last >= reach ? std::max(begin, last - reach) : begin;
    while (true) {
        end = after_line_end(buffer_, search, layout_.line_separator, at_end_);
        if (end != std::string::npos && end >= last) break;
        if (end != std::string::npos) {
            search = end;
            continue;
        }
        if (!read_more(kReadBytes)) {
            end = buffer_.size();
            break;
        }
    }
    *block = std::string_view(buffer_).substr(begin, end - begin);
    return !block->empty();
}

bool take_line(std::string_view* text, const std::string& separator, std::string_view* line) {
    if (text->empty()) return false;
    auto end = after_line_end(*text, 0, separator, true);
    if (end == std::string_view::npos) {
        *line = *text;
        *text = {};
        return true;
    }
    *line = text->substr(0, end);
    if (!separator.empty()) {
        line->remove_suffix(separator.size());
    } else {
        if (line->ends_with('\n')) line->remove_suffix(1);
        if (line->ends_with('\r')) line->remove_suffix(1);
    }
    text->remove_prefix(end);
    return true;
}

TextEncoding encoding_of(const std::string& name) {
    auto lower = types::to_lower(name);
    if (lower == "utf-8" || lower == "utf8" || lower == "us-ascii" || lower == "ascii")
        return TextEncoding::kUtf8;
    if (lower == "iso-8859-1" || lower == "latin1" || lower == "iso8859-1")
        return TextEncoding::kLatin1;
    throw unsupported_feature("text encoding " + name);
}

std::string_view to_utf8(std::string_view text, TextEncoding encoding, std::string* scratch) {
    if (is_ascii(text)) return text;
    if (encoding == TextEncoding::kUtf8) return replace_bad_bytes(text, scratch);
    scratch->clear();
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            *scratch += c;
        } else {
            *scratch += char(0xC0 | (byte >> 6));
            *scratch += char(0x80 | (byte & 0x3F));
        }
    }
    return *scratch;
}

}  // namespace hanok::engine

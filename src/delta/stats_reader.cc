#include "delta/stats_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "delta/packed_files.h"

namespace hanok::delta {

namespace {

namespace ondemand = simdjson::ondemand;

// A short text is through before simdjson has looked at its structure.
constexpr size_t kShortText = 512;
constexpr size_t kDigits = 18;  // of any number that fits

// The columns that are wanted, as a tree of physical names.
struct Wanted {
    std::string name;
    int column = -1;
    std::vector<Wanted> children;

    Wanted& child(const std::string& child_name) {
        for (Wanted& known : children) {
            if (known.name == child_name) return known;
        }
        children.push_back({child_name, -1, {}});
        return children.back();
    }
    const Wanted* find(std::string_view child_name) const {
        for (const Wanted& known : children) {
            if (known.name == child_name) return &known;
        }
        return nullptr;
    }
};

// What is read, from either reader.
struct Found {
    std::vector<RawFacts>* facts = nullptr;
    std::optional<int64_t>* records = nullptr;
};
enum class Part { kMin, kMax, kNullCount };

std::optional<int64_t> count_of(std::string_view text) {
    if (text.empty() || text.size() > kDigits) return std::nullopt;
    int64_t count = 0;
    for (char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        count = count * 10 + (c - '0');
    }
    return count;
}

void put(Part part, std::string_view text, RawFacts* out) {
    if (part == Part::kMin) out->min = text;
    if (part == Part::kMax) out->max = text;
    if (part != Part::kNullCount) return;
    if (auto count = count_of(text)) out->null_count = count;
}

uint64_t eight_bytes(const char* text) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text, sizeof(bytes));
    return bytes;
}

bool starts_as(std::string_view key, const char* eight) {
    return eight_bytes(key.data()) == eight_bytes(eight);
}

std::optional<Part> part_of(std::string_view key) {
    if (key.size() != 9) return std::nullopt;
    if (key[8] == 's' && starts_as(key, "minValue")) return Part::kMin;
    if (key[8] == 's' && starts_as(key, "maxValue")) return Part::kMax;
    if (key[8] == 't' && starts_as(key, "nullCoun")) return Part::kNullCount;
    return std::nullopt;
}

// The lowest bit that is set lies in the first byte that is `c`; 0 where none is.
uint64_t bytes_that_are(uint64_t bytes, char c) {
    uint64_t low = 0x0101010101010101;
    uint64_t other = bytes ^ (low * static_cast<unsigned char>(c));
    return (other - low) & ~other & (low << 7);
}

// Walks over JSON without escapes. Everything returns false where it is anything else. Reads up to
// eight bytes behind the text.
class Cursor {
public:
    explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    // What comes next that is no blank; '\0' at the end.
    char peek() {
        while (at_ < end_ && is_blank(*at_)) at_++;
        return at_ < end_ ? *at_ : '\0';
    }
    bool at_end() {
        peek();
        return at_ == end_;
    }
    bool take(char c) {
        if (peek() != c || at_ == end_) return false;
        at_++;
        return true;
    }
    bool text(std::string_view* out) {
        if (!take('"')) return false;
        const char* start = at_;
        while (at_ < end_) {
            uint64_t bytes = eight_bytes(at_);
            uint64_t stops = bytes_that_are(bytes, '"') | bytes_that_are(bytes, '\\');
            if (stops != 0) {
                at_ += std::countr_zero(stops) / 8;
                break;
            }
            at_ += sizeof(bytes);
        }
        at_ = std::min(at_, end_);
        *out = {start, static_cast<size_t>(at_ - start)};
        return take('"');
    }
    // A number, true, false or null.
    bool token(std::string_view* out) {
        peek();
        const char* start = at_;
        while (at_ < end_ && *at_ != ',' && *at_ != '}' && *at_ != ']' && !is_blank(*at_)) at_++;
        *out = {start, static_cast<size_t>(at_ - start)};
        return !out->empty() && start[0] != '"' && start[0] != '[' && start[0] != '{';
    }
    // Calls visit(key), which takes the value, for each field.
    template <class Visit>
    bool object(const Visit& visit) {
        if (!take('{')) return false;
        if (take('}')) return true;
        do {
            std::string_view key;
            if (!text(&key) || !take(':') || !visit(key)) return false;
        } while (take(','));
        return take('}');
    }
    bool skip() {
        std::string_view ignored;
        char first = peek();
        if (first == '"') return skip_text();
        if (first != '{' && first != '[') return token(&ignored);
        for (int depth = 0; at_ < end_;) {
            char c = *at_;
            if (c == '"') {
                if (!skip_text()) return false;
                continue;
            }
            at_++;
            if (c == '{' || c == '[') depth++;
            if ((c == '}' || c == ']') && --depth == 0) return true;
        }
        return false;
    }

private:
    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
    bool skip_text() {
        for (at_++; at_ < end_ && *at_ != '"'; at_++) {
            if (*at_ == '\\') at_++;
        }
        return at_ < end_ && *at_++ == '"';
    }

    const char* at_;
    const char* end_;
};

bool walk(Cursor& cursor, const Wanted& wanted, Part part, const Found& found) {
    return cursor.object([&](std::string_view key) {
        const Wanted* node = wanted.find(key);
        char next = cursor.peek();
        if (node != nullptr && next == '{' && !node->children.empty())
            return walk(cursor, *node, part, found);
        if (node == nullptr || next == '{' || node->column < 0) return cursor.skip();
        std::string_view text;
        RawFacts& out = (*found.facts)[static_cast<size_t>(node->column)];
        if (next == '"') {
            if (!cursor.text(&text)) return false;
            put(part, text, &out);
            return true;
        }
        if (!cursor.token(&text)) return false;
        if (text != "null") put(part, text, &out);
        return true;
    });
}

// False: not this way, though the text may be right.
bool read_short(std::string_view stats, const Wanted& wanted, const Found& found) {
    Cursor cursor(stats);
    bool ok = cursor.object([&](std::string_view key) {
        if (auto part = part_of(key)) return walk(cursor, wanted, *part, found);
        if (key != "numRecords") return cursor.skip();
        std::string_view text;
        if (!cursor.token(&text)) return false;
        *found.records = count_of(text);
        return found.records->has_value();
    });
    return ok && cursor.at_end();
}

void walk(ondemand::value json, const Wanted& wanted, Part part, const Found& found) {
    for (auto field : json.get_object()) {
        const Wanted* node = wanted.find(field.unescaped_key().value());
        if (node == nullptr) continue;
        ondemand::value value = field.value();
        auto type = value.type().value();
        if (type == ondemand::json_type::object) {
            if (!node->children.empty()) walk(value, *node, part, found);
        } else if (node->column >= 0 && type != ondemand::json_type::null) {
            RawFacts& out = (*found.facts)[static_cast<size_t>(node->column)];
            if (type == ondemand::json_type::string) {
                put(part, value.get_string().value(), &out);
            } else {
                std::string_view token = value.raw_json_token();
                size_t end = token.find_last_not_of(" \t\r\n");
                put(part, token.substr(0, end + 1), &out);
            }
        }
    }
}

void read_any(ondemand::document& document, const Wanted& wanted, const Found& found) {
    for (auto field : document.get_object()) {
        std::string_view key = field.unescaped_key();
        ondemand::value value = field.value();
        if (value.type() == ondemand::json_type::null) continue;
        if (key == "numRecords") {
            *found.records = value.get_int64();
        } else if (auto part = part_of(key)) {
            walk(value, wanted, *part, found);
        }
    }
}

}  // namespace

struct StatsReader::State {
    Wanted wanted;
    ondemand::parser parser;
    std::string buffer;
};

StatsReader::StatsReader() : state_(std::make_unique<State>()) {}

StatsReader::~StatsReader() = default;

int StatsReader::want(const std::vector<std::string>& physical_path, int column) {
    Wanted* at = &state_->wanted;
    for (const std::string& name : physical_path) at = &at->child(name);
    if (at->column < 0) at->column = column;
    return at->column;
}

bool StatsReader::wants_any() const { return !state_->wanted.children.empty(); }

bool StatsReader::read_padded(std::string_view stats, size_t columns, std::vector<RawFacts>* facts,
    std::optional<int64_t>* records) {
    static_assert(PackedFiles::kPadding >= simdjson::SIMDJSON_PADDING);
    facts->assign(columns, RawFacts());
    records->reset();
    Found found{facts, records};
    if (stats.size() <= kShortText && read_short(stats, state_->wanted, found)) return true;
    facts->assign(columns, RawFacts());
    records->reset();
    try {
        simdjson::padded_string_view padded(
            stats.data(), stats.size(), stats.size() + PackedFiles::kPadding);
        ondemand::document document = state_->parser.iterate(padded);
        read_any(document, state_->wanted, found);
        return true;
    } catch (const simdjson::simdjson_error&) {
        return false;
    }
}

bool StatsReader::read(const std::string& stats, size_t columns, std::vector<RawFacts>* facts,
    std::optional<int64_t>* records) {
    state_->buffer.reserve(stats.size() + PackedFiles::kPadding);
    state_->buffer.assign(stats);
    return read_padded(state_->buffer, columns, facts, records);
}

}  // namespace hanok::delta

#include "engine/functions/variant/variant_view.h"

#include <cstdio>
#include <cstring>

#include "engine/functions/kernel.h"
#include "engine/functions/variant/variant_format.h"

namespace hanok::engine {

namespace {

constexpr int kDepthLimit = 1000;

[[noreturn]] void raise_malformed() { raise(runtime_error("MALFORMED_VARIANT", {})); }

uint64_t little_endian(std::string_view bytes, size_t at, size_t count) {
    if (at > bytes.size() || bytes.size() - at < count) raise_malformed();
    uint64_t out = 0;
    for (size_t i = count; i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
    return out;
}

}  // namespace

uint8_t VariantView::byte(size_t i) const {
    if (i >= value_.size()) raise_malformed();
    return static_cast<uint8_t>(value_[i]);
}

uint64_t VariantView::unsigned_at(size_t at, size_t bytes) const {
    return little_endian(value_, at, bytes);
}

int64_t VariantView::signed_at(size_t at, size_t bytes) const {
    auto shift = 64 - 8 * bytes;
    return static_cast<int64_t>(unsigned_at(at, bytes) << shift) >> shift;
}

VariantKind VariantView::kind() const {
    auto head = byte(0);
    switch (head & 3) {
        case kVariantShortString: return VariantKind::kString;
        case kVariantObject: return VariantKind::kObject;
        case kVariantArray: return VariantKind::kArray;
        default: break;
    }
    switch (head >> 2) {
        case kVariantNull: return VariantKind::kNull;
        case kVariantTrue:
        case kVariantFalse: return VariantKind::kBoolean;
        case kVariantInt8:
        case kVariantInt16:
        case kVariantInt32:
        case kVariantInt64: return VariantKind::kLong;
        case kVariantDouble: return VariantKind::kDouble;
        case kVariantDecimal4:
        case kVariantDecimal8:
        case kVariantDecimal16: return VariantKind::kDecimal;
        case kVariantDate: return VariantKind::kDate;
        case kVariantTimestamp: return VariantKind::kTimestamp;
        case kVariantTimestampNtz: return VariantKind::kTimestampNtz;
        case kVariantFloat: return VariantKind::kFloat;
        case kVariantBinary: return VariantKind::kBinary;
        case kVariantLongString: return VariantKind::kString;
        case kVariantUuid: return VariantKind::kUuid;
        default:
            raise(runtime_error(
                "UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT", {{"id", std::to_string(head >> 2)}}));
    }
}

bool VariantView::boolean() const { return byte(0) >> 2 == kVariantTrue; }

int64_t VariantView::integer() const {
    switch (byte(0) >> 2) {
        case kVariantInt8: return signed_at(1, 1);
        case kVariantInt16: return signed_at(1, 2);
        case kVariantInt32:
        case kVariantDate: return signed_at(1, 4);
        default: return signed_at(1, 8);
    }
}

double VariantView::real() const {
    if (byte(0) >> 2 == kVariantFloat) {
        auto bits = static_cast<uint32_t>(unsigned_at(1, 4));
        float x = 0;
        std::memcpy(&x, &bits, sizeof(x));
        return static_cast<double>(x);
    }
    auto bits = unsigned_at(1, 8);
    double x = 0;
    std::memcpy(&x, &bits, sizeof(x));
    return x;
}

VariantDecimal VariantView::decimal() const {
    VariantDecimal out;
    out.scale = byte(1);
    switch (byte(0) >> 2) {
        case kVariantDecimal4: out.unscaled = signed_at(2, 4); break;
        case kVariantDecimal8: out.unscaled = signed_at(2, 8); break;
        default:
            out.unscaled = static_cast<Int128>(
                static_cast<unsigned __int128>(unsigned_at(10, 8)) << 64 | unsigned_at(2, 8));
    }
    if (out.scale > 38) raise_malformed();
    while (out.scale > 0 && out.unscaled % 10 == 0) {
        out.unscaled /= 10;
        --out.scale;
    }
    return out;
}

std::string_view VariantView::text() const {
    auto head = byte(0);
    bool is_short = (head & 3) == kVariantShortString;
    size_t begin = is_short ? 1 : 5;
    size_t length = is_short ? head >> 2 : unsigned_at(1, 4);
    if (value_.size() < begin || value_.size() - begin < length) raise_malformed();
    return value_.substr(begin, length);
}

std::string VariantView::uuid() const {
    if (value_.size() < 17) raise_malformed();
    std::string out;
    for (size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        char digits[4];
        std::snprintf(digits, sizeof(digits), "%02x", byte(1 + i));
        out += digits;
    }
    return out;
}

VariantView::Layout VariantView::layout() const {
    auto head = byte(0);
    bool is_object = (head & 3) == kVariantObject;
    if (!is_object && (head & 3) != kVariantArray) raise_malformed();
    Layout out{};
    out.offset_size = static_cast<size_t>((head >> 2 & 3) + 1);
    out.id_size = is_object ? static_cast<size_t>((head >> 4 & 3) + 1) : 0;
    bool is_large = (head >> (is_object ? 6 : 4) & 1) != 0;
    size_t count_size = is_large ? 4 : 1;
    out.count = unsigned_at(1, count_size);
    out.ids = 1 + count_size;
    out.offsets = out.ids + out.count * out.id_size;
    out.data = out.offsets + (out.count + 1) * out.offset_size;
    if (out.data > value_.size()) raise_malformed();
    return out;
}

size_t VariantView::size() const { return layout().count; }

// Bytes that the value at the front takes.
size_t VariantView::length() const {
    auto head = byte(0);
    if ((head & 3) == kVariantShortString) return 1 + static_cast<size_t>(head >> 2);
    if ((head & 3) != 0) {
        auto l = layout();
        return l.data + unsigned_at(l.offsets + l.count * l.offset_size, l.offset_size);
    }
    switch (head >> 2) {
        case kVariantNull:
        case kVariantTrue:
        case kVariantFalse: return 1;
        case kVariantInt8: return 2;
        case kVariantInt16: return 3;
        case kVariantInt32:
        case kVariantDate:
        case kVariantFloat: return 5;
        case kVariantDecimal4: return 6;
        case kVariantDecimal8: return 10;
        case kVariantDecimal16: return 18;
        case kVariantUuid: return 17;
        case kVariantBinary:
        case kVariantLongString: return 5 + unsigned_at(1, 4);
        default: return 9;
    }
}

VariantView VariantView::part(const Layout& l, size_t i) const {
    if (i >= l.count) raise_malformed();
    auto begin = l.data + unsigned_at(l.offsets + i * l.offset_size, l.offset_size);
    if (begin >= value_.size()) raise_malformed();
    VariantView rest(value_.substr(begin), metadata_);
    auto size = rest.length();
    if (size > rest.value_.size()) raise_malformed();
    return {rest.value_.substr(0, size), metadata_};
}

VariantView VariantView::element(size_t i) const { return part(layout(), i); }

std::string_view VariantView::dictionary_key(size_t id) const {
    if (metadata_.empty()) raise_malformed();
    auto size = static_cast<size_t>(static_cast<uint8_t>(metadata_[0]) >> 6) + 1;
    auto count = little_endian(metadata_, 1, size);
    if (id >= count) raise_malformed();
    auto begin = little_endian(metadata_, 1 + (id + 1) * size, size);
    auto end = little_endian(metadata_, 1 + (id + 2) * size, size);
    auto data = 1 + (count + 2) * size;
    if (begin > end || data + end > metadata_.size()) raise_malformed();
    return metadata_.substr(data + begin, end - begin);
}

std::string_view VariantView::key(size_t i) const {
    auto l = layout();
    if (i >= l.count) raise_malformed();
    return dictionary_key(unsigned_at(l.ids + i * l.id_size, l.id_size));
}

std::optional<VariantView> VariantView::field(std::string_view name) const {
    auto l = layout();
    size_t low = 0, high = l.count;
    while (low < high) {
        auto middle = (low + high) / 2;
        auto order =
            dictionary_key(unsigned_at(l.ids + middle * l.id_size, l.id_size)).compare(name);
        if (order == 0) return part(l, middle);
        (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
    }
    return std::nullopt;
}

void VariantView::check(int depth) const {
    if (depth > kDepthLimit) raise_malformed();
    auto k = kind();
    if (length() > value_.size()) raise_malformed();
    if (k == VariantKind::kDecimal) decimal();
    if (k != VariantKind::kArray && k != VariantKind::kObject) return;
    auto l = layout();
    for (size_t i = 0; i < l.count; ++i) {
        if (k == VariantKind::kObject) key(i);
        part(l, i).check(depth + 1);
    }
}

bool VariantView::is_valid(std::string_view value, std::string_view metadata) {
    if (metadata.empty() || (metadata[0] & 0x0F) != kVariantVersion) return false;
    try {
        VariantView(value, metadata).check(0);
        return true;
    } catch (const duckdb::Exception&) {
        return false;
    }
}

}  // namespace hanok::engine

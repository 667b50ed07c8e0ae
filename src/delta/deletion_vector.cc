#include "delta/deletion_vector.h"

#include <array>
#include <cstring>
#include <map>
#include <roaring/roaring.hh>

#include "base/error.h"
#include "base/ids.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

constexpr uint32_t kMagic = 1681511377;
constexpr char kFileVersion = 1;
constexpr std::string_view kZ85 =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

void put_little(std::string* out, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++) out->push_back(static_cast<char>(value >> (8 * i)));
}

uint64_t get_little(const char* data, int bytes) {
    uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--) value = value << 8 | static_cast<uint8_t>(data[i]);
    return value;
}

void put_big(std::string* out, uint32_t value) {
    for (int i = 3; i >= 0; i--) out->push_back(static_cast<char>(value >> (8 * i)));
}

uint32_t get_big(const char* data) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) value = value << 8 | static_cast<uint8_t>(data[i]);
    return value;
}

uint32_t crc32(std::string_view data) {
    static const auto table = [] {
        std::array<uint32_t, 256> made{};
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = i;
            for (int k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
            made[i] = c;
        }
        return made;
    }();
    uint32_t crc = 0xFFFFFFFFu;
    for (char c : data) crc = table[(crc ^ static_cast<uint8_t>(c)) & 0xFF] ^ (crc >> 8);
    return ~crc;
}

Error dv_error(const char* what, const std::string& path) {
    return runtime_error(std::string("DELTA_DELETION_VECTOR_") + what, {{"path", path}});
}

std::string uuid_from_bytes(const std::string& bytes) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += kHex[static_cast<uint8_t>(bytes[i]) >> 4];
        out += kHex[static_cast<uint8_t>(bytes[i]) & 15];
    }
    return out;
}

std::string bytes_from_uuid(const std::string& uuid) {
    std::string out;
    std::string digits;
    for (char c : uuid) {
        if (c == '-') continue;
        digits += c;
        if (digits.size() == 2) {
            out += static_cast<char>(std::stoi(digits, nullptr, 16));
            digits.clear();
        }
    }
    return out;
}

}  // namespace

struct DeletionVector::Bits {
    std::map<uint32_t, Roaring> buckets;  // by the upper half of the row
};

DeletionVector::DeletionVector() : bits_(std::make_unique<Bits>()) {}
DeletionVector::~DeletionVector() = default;
DeletionVector::DeletionVector(const DeletionVector& other)
    : bits_(std::make_unique<Bits>(*other.bits_)) {}
DeletionVector& DeletionVector::operator=(const DeletionVector& other) {
    if (this != &other) bits_ = std::make_unique<Bits>(*other.bits_);
    return *this;
}

bool DeletionVector::contains(uint64_t row) const {
    auto it = bits_->buckets.find(static_cast<uint32_t>(row >> 32));
    return it != bits_->buckets.end() && it->second.contains(static_cast<uint32_t>(row));
}

uint64_t DeletionVector::cardinality() const {
    uint64_t total = 0;
    for (const auto& [key, bucket] : bits_->buckets) total += bucket.cardinality();
    return total;
}

void DeletionVector::add(uint64_t row) {
    bits_->buckets[static_cast<uint32_t>(row >> 32)].add(static_cast<uint32_t>(row));
}

void DeletionVector::add_many(const std::vector<uint64_t>& rows) {
    std::map<uint32_t, std::vector<uint32_t>> by_bucket;
    for (uint64_t row : rows)
        by_bucket[static_cast<uint32_t>(row >> 32)].push_back(static_cast<uint32_t>(row));
    for (const auto& [key, low] : by_bucket) bits_->buckets[key].addMany(low.size(), low.data());
}

void DeletionVector::merge(const DeletionVector& other) {
    for (const auto& [key, bucket] : other.bits_->buckets) bits_->buckets[key] |= bucket;
}

std::vector<uint64_t> DeletionVector::rows_in(uint64_t start, uint64_t count) const {
    std::vector<uint64_t> rows;
    uint64_t end = start + count;
    for (auto it = bits_->buckets.lower_bound(static_cast<uint32_t>(start >> 32));
         it != bits_->buckets.end() && (uint64_t{it->first} << 32) < end; ++it) {
        uint64_t base = uint64_t{it->first} << 32;
        roaring_uint32_iterator_t cursor;
        roaring_init_iterator(&it->second.roaring, &cursor);
        if (start > base)
            roaring_move_uint32_iterator_equalorlarger(
                &cursor, static_cast<uint32_t>(start - base));
        while (cursor.has_value && base + cursor.current_value < end) {
            rows.push_back(base + cursor.current_value);
            roaring_advance_uint32_iterator(&cursor);
        }
    }
    return rows;
}

uint64_t DeletionVector::keep_mask(uint64_t start, uint64_t count, bool* keep) const {
    std::fill(keep, keep + count, true);
    std::vector<uint64_t> deleted = rows_in(start, count);
    for (uint64_t row : deleted) keep[row - start] = false;
    return count - deleted.size();
}

std::vector<uint64_t> DeletionVector::to_rows() const {
    std::vector<uint64_t> rows;
    for (const auto& [key, bucket] : bits_->buckets) {
        std::vector<uint32_t> low(bucket.cardinality());
        bucket.toUint32Array(low.data());
        for (uint32_t row : low) rows.push_back(uint64_t{key} << 32 | row);
    }
    return rows;
}

std::string DeletionVector::encode() const {
    std::string out;
    put_little(&out, kMagic, 4);
    put_little(&out, bits_->buckets.size(), 8);
    for (const auto& [key, bucket] : bits_->buckets) {
        put_little(&out, key, 4);
        Roaring packed = bucket;
        packed.runOptimize();
        size_t start = out.size();
        out.resize(start + packed.getSizeInBytes());
        packed.write(out.data() + start);
    }
    return out;
}

DeletionVector DeletionVector::decode(const std::string& bytes) {
    if (bytes.size() < 12 || get_little(bytes.data(), 4) != kMagic)
        throw dv_error("SIZE_MISMATCH", "(no bitmap)");
    DeletionVector out;
    uint64_t count = get_little(bytes.data() + 4, 8);
    size_t at = 12;
    for (uint64_t i = 0; i < count; i++) {
        if (at + 4 > bytes.size()) throw dv_error("SIZE_MISMATCH", "(bitmap too short)");
        auto key = static_cast<uint32_t>(get_little(bytes.data() + at, 4));
        at += 4;
        size_t size = roaring_bitmap_portable_deserialize_size(
            bytes.data() + at, bytes.size() - at);
        if (size == 0) throw dv_error("SIZE_MISMATCH", "(bitmap damaged)");
        out.bits_->buckets[key] = Roaring::readSafe(bytes.data() + at, bytes.size() - at);
        at += size;
    }
    return out;
}

std::string deletion_vector_path(
    const std::string& table_root, const DeletionVectorDescriptor& descriptor) {
    const std::string& text = descriptor.path_or_inline_dv;
    if (descriptor.storage_type == "p")
        return storage::strip_file_scheme(storage::uri_decode(text));
    if (descriptor.storage_type != "u") return "";
    if (text.size() < 20)
        throw runtime_error("DELTA_CANNOT_RECONSTRUCT_PATH_FROM_URI", {{"uri", text}});
    std::string prefix = text.substr(0, text.size() - 20);
    std::string uuid = uuid_from_bytes(z85_decode(text.substr(text.size() - 20), 16));
    std::string folder = prefix.empty() ? table_root : storage::join_path(table_root, prefix);
    return storage::join_path(folder, "deletion_vector_" + uuid + ".bin");
}

namespace {

// A shallow clone may lie in another store than the files it names.
std::shared_ptr<storage::ObjectStore> store_of(
    storage::ObjectStore& table_store, const std::string& table_root, const std::string& path) {
    auto scheme = [](const std::string& at) {
        return storage::scheme_of(storage::strip_file_scheme(at));
    };
    if (scheme(path) != scheme(table_root)) return storage::store_for(path);
    return {std::shared_ptr<void>(), &table_store};
}

}  // namespace

DeletionVector load_deletion_vector(storage::ObjectStore& store, const std::string& table_root,
    const DeletionVectorDescriptor& descriptor) {
    auto size = static_cast<size_t>(descriptor.size_bytes);
    std::string path = "(inline)";
    std::string payload;
    if (descriptor.storage_type == "i") {
        payload = z85_decode(descriptor.path_or_inline_dv, size);
    } else if (descriptor.storage_type == "u" || descriptor.storage_type == "p") {
        path = deletion_vector_path(table_root, descriptor);
        auto holder = store_of(store, table_root, path);
        auto stored = holder->get_range(
            path, descriptor.offset.value_or(1), static_cast<int64_t>(size) + 8);
        if (!stored) throw runtime_error("DELTA_FILE_NOT_FOUND", {{"path", path}});
        if (stored->size() < size + 8 || get_big(stored->data()) != size)
            throw dv_error("SIZE_MISMATCH", path);
        payload = stored->substr(4, size);
        if (get_big(stored->data() + 4 + size) != crc32(payload))
            throw dv_error("CHECKSUM_MISMATCH", path);
    } else {
        throw unsupported_feature("deletion vectors of storage type " + descriptor.storage_type);
    }
    DeletionVector vector = DeletionVector::decode(payload);
    if (vector.cardinality() != static_cast<uint64_t>(descriptor.cardinality))
        throw dv_error("CARDINALITY_MISMATCH", path);
    return vector;
}

DeletionVectorDescriptor inline_deletion_vector(const DeletionVector& vector) {
    std::string payload = vector.encode();
    DeletionVectorDescriptor out;
    out.storage_type = "i";
    out.path_or_inline_dv = z85_encode(payload);
    out.size_bytes = static_cast<int32_t>(payload.size());
    out.cardinality = static_cast<int64_t>(vector.cardinality());
    return out;
}

std::vector<DeletionVectorDescriptor> write_deletion_vectors(storage::ObjectStore& store,
    const std::string& table_root, const std::vector<DeletionVector>& vectors,
    base::RandomSource& random) {
    std::vector<DeletionVectorDescriptor> out;
    if (vectors.empty()) return out;
    std::string uuid = base::new_uuid(random);
    std::string file(1, kFileVersion);
    for (const DeletionVector& vector : vectors) {
        std::string payload = vector.encode();
        DeletionVectorDescriptor descriptor;
        descriptor.storage_type = "u";
        descriptor.path_or_inline_dv = z85_encode(bytes_from_uuid(uuid));
        descriptor.offset = static_cast<int32_t>(file.size());
        descriptor.size_bytes = static_cast<int32_t>(payload.size());
        descriptor.cardinality = static_cast<int64_t>(vector.cardinality());
        put_big(&file, static_cast<uint32_t>(payload.size()));
        file += payload;
        put_big(&file, crc32(payload));
        out.push_back(std::move(descriptor));
    }
    store.put_if_absent(storage::join_path(table_root, "deletion_vector_" + uuid + ".bin"), file);
    return out;
}

std::string z85_encode(const std::string& bytes) {
    std::string padded = bytes;
    padded.resize((bytes.size() + 3) / 4 * 4);
    std::string out;
    for (size_t i = 0; i < padded.size(); i += 4) {
        uint32_t value = get_big(padded.data() + i);
        char block[5];
        for (int k = 4; k >= 0; k--) {
            block[k] = kZ85[value % 85];
            value /= 85;
        }
        out.append(block, 5);
    }
    return out;
}

std::string z85_decode(const std::string& text, size_t size) {
    std::string out;
    for (size_t i = 0; i + 5 <= text.size(); i += 5) {
        uint64_t value = 0;
        for (size_t k = 0; k < 5; k++) {
            size_t digit = kZ85.find(text[i + k]);
            if (digit == std::string_view::npos) throw dv_error("SIZE_MISMATCH", text);
            value = value * 85 + digit;
        }
        put_big(&out, static_cast<uint32_t>(value));
    }
    if (text.size() % 5 != 0 || out.size() < size) throw dv_error("SIZE_MISMATCH", text);
    out.resize(size);
    return out;
}

}  // namespace hanok::delta

#include "delta/file_keys.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "delta/log_replay.h"

namespace hanok::delta {

namespace {

constexpr size_t kFewestSlots = 16;

uint32_t hash_of(std::string_view key) {
    auto hash = static_cast<uint64_t>(std::hash<std::string_view>()(key));
    return static_cast<uint32_t>(hash ^ (hash >> 32));
}

bool needs_copy(std::string_view path, const DeletionVectorDescriptor* vector) {
    return vector != nullptr || path.starts_with("file:");
}

std::string make_key(std::string_view path, const DeletionVectorDescriptor* vector) {
    std::string key = canonical_path(std::string(path));
    // No path contains a line break unescaped.
    return vector != nullptr ? key + "\n" + vector->unique_id() : key;
}

}  // namespace

void FileKeys::reserve(size_t count) {
    if (count == 0) return;
    size_t slots = std::max(kFewestSlots, std::bit_ceil(count * 2));
    if (slots > slots_.size()) resize(slots);
}

void FileKeys::resize(size_t slots) {
    std::vector<Slot> old(slots);
    old.swap(slots_);
    for (const Slot& slot : old) {
        if (slot.text != nullptr) slots_[place_of({slot.text, slot.size}, slot.hash)] = slot;
    }
}

size_t FileKeys::place_of(std::string_view key, uint32_t hash) const {
    size_t mask = slots_.size() - 1;
    for (size_t place = hash & mask;; place = (place + 1) & mask) {
        const Slot& slot = slots_[place];
        if (slot.text == nullptr) return place;
        if (slot.hash == hash && std::string_view(slot.text, slot.size) == key) return place;
    }
}

bool FileKeys::insert_file(std::string_view path, const DeletionVectorDescriptor* vector) {
    if (slots_.size() < (size_ + 1) * 2) resize(std::max(kFewestSlots, slots_.size() * 2));
    std::string_view key = path;
    if (needs_copy(path, vector)) key = made_.emplace_back(make_key(path, vector));
    uint32_t hash = hash_of(key);
    Slot& slot = slots_[place_of(key, hash)];
    if (slot.text != nullptr) return false;
    slot = {key.data(), static_cast<uint32_t>(key.size()), hash};
    size_++;
    return true;
}

bool FileKeys::contains_file(std::string_view path, const DeletionVectorDescriptor* vector) const {
    if (size_ == 0) return false;
    std::string made;
    std::string_view key = path;
    if (needs_copy(path, vector)) key = made = make_key(path, vector);
    return slots_[place_of(key, hash_of(key))].text != nullptr;
}

}  // namespace hanok::delta

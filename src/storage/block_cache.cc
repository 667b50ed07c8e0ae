#include "storage/block_cache.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "storage/s3/sigv4.h"

namespace hanok::storage {

namespace fs = std::filesystem;

namespace {

constexpr const char* kUnfinished = ".unfinished";

// Enough to find torn and altered files; nobody attacks their own cache.
uint64_t checksum(std::string_view data) {
    uint64_t hash = 0x9E3779B97F4A7C15ULL ^ data.size();
    size_t i = 0;
    for (; i + 8 <= data.size(); i += 8) {
        uint64_t word;
        std::memcpy(&word, data.data() + i, 8);
        hash = (hash ^ word) * 0xD6E8FEB86659FD93ULL;
        hash ^= hash >> 32;
    }
    for (; i < data.size(); i++)
        hash = (hash ^ static_cast<unsigned char>(data[i])) * 0x100000001B3ULL;
    return hash;
}

std::string file_name(const std::string& object, int64_t block) {
    return sha256_hex(object).substr(0, 40) + "-" + std::to_string(block);
}

std::mutex& shared_mutex() {
    static std::mutex mutex;
    return mutex;
}

std::shared_ptr<BlockCache>& shared_slot() {
    static std::shared_ptr<BlockCache> cache;
    return cache;
}

}  // namespace

std::shared_ptr<BlockCache> BlockCache::open(const std::string& folder, int64_t max_bytes) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error || max_bytes <= 0) return nullptr;
    std::shared_ptr<BlockCache> cache(new BlockCache(folder, max_bytes));
    cache->take_over();
    return cache;
}

void BlockCache::take_over() {
    struct Found {
        fs::file_time_type time;
        Entry entry;
    };
    std::vector<Found> found;
    std::error_code error;
    for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
        std::error_code unreadable;
        std::string name = it->path().filename().string();
        if (name.ends_with(kUnfinished)) {
            fs::remove(it->path(), unreadable);
            continue;
        }
        auto size = static_cast<int64_t>(it->file_size(unreadable));
        auto time = it->last_write_time(unreadable);
        if (!unreadable) found.push_back({time, {name, size}});
    }
    std::sort(
        found.begin(), found.end(), [](const Found& a, const Found& b) { return a.time < b.time; });
    for (const Found& file : found) add(file.entry.name, file.entry.size_bytes);
}

bool BlockCache::has(const std::string& object, int64_t block) const {
    std::string name = file_name(object, block);
    std::lock_guard lock(mutex_);
    return by_name_.contains(name);
}

std::optional<std::string> BlockCache::get(const std::string& object, int64_t block) {
    std::string name = file_name(object, block);
    {
        std::lock_guard lock(mutex_);
        auto it = by_name_.find(name);
        if (it == by_name_.end()) return std::nullopt;
        entries_.splice(entries_.begin(), entries_, it->second);
    }
    std::ifstream file(folder_ + "/" + name, std::ios::binary);
    uint64_t expected = 0;
    std::string data;
    if (file.read(reinterpret_cast<char*>(&expected), sizeof expected)) {
        data.resize(static_cast<size_t>(kBlockBytes));
        file.read(data.data(), kBlockBytes);
        data.resize(static_cast<size_t>(file.gcount()));
        if (checksum(data) == expected) return data;
    }
    forget(name);
    return std::nullopt;
}

void BlockCache::put(const std::string& object, int64_t block, std::string_view data) {
    std::string name = file_name(object, block);
    std::string unfinished;
    {
        std::lock_guard lock(mutex_);
        if (by_name_.contains(name)) return;
        unfinished = folder_ + "/" + name + "." + std::to_string(num_written_++) + kUnfinished;
    }
    uint64_t hash = checksum(data);
    std::ofstream file(unfinished, std::ios::binary);
    file.write(reinterpret_cast<const char*>(&hash), sizeof hash);
    file.write(data.data(), static_cast<std::streamsize>(data.size()));
    file.close();
    std::error_code error;
    if (file) fs::rename(unfinished, folder_ + "/" + name, error);
    if (!file || error) {
        fs::remove(unfinished, error);
        return;
    }
    std::lock_guard lock(mutex_);
    add(name, static_cast<int64_t>(data.size() + sizeof hash));
}

// Holds mutex_, or runs before anyone else can.
void BlockCache::add(const std::string& name, int64_t size_bytes) {
    if (by_name_.contains(name)) return;
    entries_.push_front({name, size_bytes});
    by_name_[name] = entries_.begin();
    size_bytes_ += size_bytes;
    while (size_bytes_ > max_bytes_ && !entries_.empty()) {
        const Entry& oldest = entries_.back();
        ::unlink((folder_ + "/" + oldest.name).c_str());
        size_bytes_ -= oldest.size_bytes;
        by_name_.erase(oldest.name);
        entries_.pop_back();
    }
}

void BlockCache::forget(const std::string& name) {
    std::lock_guard lock(mutex_);
    auto it = by_name_.find(name);
    if (it == by_name_.end()) return;
    ::unlink((folder_ + "/" + name).c_str());
    size_bytes_ -= it->second->size_bytes;
    entries_.erase(it->second);
    by_name_.erase(it);
}

int64_t BlockCache::size_bytes() const {
    std::lock_guard lock(mutex_);
    return size_bytes_;
}

std::shared_ptr<BlockCache> block_cache() {
    std::lock_guard lock(shared_mutex());
    return shared_slot();
}

void set_block_cache(std::shared_ptr<BlockCache> cache) {
    std::lock_guard lock(shared_mutex());
    shared_slot() = std::move(cache);
}

}  // namespace hanok::storage

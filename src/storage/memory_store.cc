#include "storage/memory_store.h"

#include <algorithm>

#include "base/clock.h"

namespace hanok::storage {

namespace {

// "memory:/x" and "memory:///x" are one object; no trailing slash.
std::string key_of(const std::string& path) {
    size_t colon = path.find(':');
    std::string rest = colon == std::string::npos ? path : path.substr(colon + 1);
    std::string key;
    for (char c : rest) {
        if (c == '/' && !key.empty() && key.back() == '/') continue;
        key += c;
    }
    while (key.size() > 1 && key.back() == '/') key.pop_back();
    return key;
}

}  // namespace

MemoryStore::MemoryStore(base::Clock* clock)
    : clock_(clock != nullptr ? clock : &base::SystemClock::instance()) {}

std::optional<std::string> MemoryStore::get(const std::string& path) {
    std::lock_guard lock(mutex_);
    auto it = objects_.find(key_of(path));
    if (it == objects_.end()) return std::nullopt;
    return *it->second.data;
}

std::optional<std::string> MemoryStore::get_range(
    const std::string& path, int64_t offset, int64_t length) {
    std::lock_guard lock(mutex_);
    auto it = objects_.find(key_of(path));
    if (it == objects_.end()) return std::nullopt;
    const std::string& data = *it->second.data;
    if (offset >= static_cast<int64_t>(data.size())) return "";
    return data.substr(static_cast<size_t>(offset), static_cast<size_t>(length));
}

std::optional<ObjectInfo> MemoryStore::head(const std::string& path) {
    std::lock_guard lock(mutex_);
    std::string key = key_of(path);
    auto it = objects_.find(key);
    if (it != objects_.end()) {
        return ObjectInfo{
            path, static_cast<int64_t>(it->second.data->size()), it->second.modified_ms, false};
    }
    auto below = objects_.lower_bound(key + "/");
    if (below != objects_.end() && below->first.rfind(key + "/", 0) == 0)
        return ObjectInfo{path, 0, below->second.modified_ms, true};
    return std::nullopt;
}

PutResult MemoryStore::put_if_absent(const std::string& path, const std::string& data) {
    auto copy = std::make_shared<const std::string>(data);
    std::lock_guard lock(mutex_);
    bool created = objects_.try_emplace(key_of(path), Object{copy, clock_->now_ms()}).second;
    return created ? PutResult::kCreated : PutResult::kAlreadyExists;
}

void MemoryStore::put(const std::string& path, const std::string& data) {
    auto copy = std::make_shared<const std::string>(data);
    std::lock_guard lock(mutex_);
    objects_[key_of(path)] = Object{copy, clock_->now_ms()};
}

void MemoryStore::remove(const std::string& path) {
    std::lock_guard lock(mutex_);
    objects_.erase(key_of(path));
}

std::vector<ObjectInfo> MemoryStore::list(
    const std::string& folder, const std::string& start_after) {
    std::lock_guard lock(mutex_);
    std::vector<ObjectInfo> out;
    std::string prefix = key_of(folder) + "/";
    for (auto it = objects_.lower_bound(prefix);
         it != objects_.end() && it->first.rfind(prefix, 0) == 0; ++it) {
        std::string name = it->first.substr(prefix.size());
        size_t slash = name.find('/');
        bool directory = slash != std::string::npos;
        if (directory) name.resize(slash);
        if (name <= start_after) continue;
        std::string path = join_path(folder, name);
        if (directory && !out.empty() && out.back().path == path) continue;
        int64_t size = directory ? 0 : static_cast<int64_t>(it->second.data->size());
        out.push_back({std::move(path), size, it->second.modified_ms, directory});
    }
    std::stable_sort(out.begin(), out.end(),
        [](const ObjectInfo& a, const ObjectInfo& b) { return a.path < b.path; });
    out.erase(std::unique(out.begin(), out.end(),
                  [](const ObjectInfo& a, const ObjectInfo& b) {
                      return a.path == b.path && a.is_directory && b.is_directory;
                  }),
        out.end());
    return out;
}

std::vector<ObjectInfo> MemoryStore::list_recursive(const std::string& folder) {
    std::lock_guard lock(mutex_);
    std::vector<ObjectInfo> out;
    std::string prefix = key_of(folder) + "/";
    for (auto it = objects_.lower_bound(prefix);
         it != objects_.end() && it->first.rfind(prefix, 0) == 0; ++it) {
        out.push_back({join_path(folder, it->first.substr(prefix.size())),
            static_cast<int64_t>(it->second.data->size()), it->second.modified_ms, false});
    }
    return out;
}

void MemoryStore::make_directory(const std::string&) {}  // folders are prefixes of names

void MemoryStore::remove_recursive(const std::string& folder) {
    std::lock_guard lock(mutex_);
    std::string prefix = key_of(folder) + "/";
    auto first = objects_.lower_bound(prefix);
    auto last = first;
    while (last != objects_.end() && last->first.rfind(prefix, 0) == 0) ++last;
    objects_.erase(first, last);
}

std::optional<std::string> MemoryStore::local_path(const std::string&) const {
    return std::nullopt;
}

}  // namespace hanok::storage

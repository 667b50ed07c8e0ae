#include "session/data_changes.h"

#include "storage/path.h"

namespace hanok::session {

namespace {

constexpr size_t kMaxPaths = 10000;

std::string normal(const std::string& path) {
    std::string out = storage::shown_path(storage::strip_file_scheme(path));
    while (out.size() > 1 && out.back() == '/') out.pop_back();
    return out;
}

}  // namespace

void DataChanges::note(const std::string& path) {
    std::lock_guard lock(mutex_);
    if (last_.size() >= kMaxPaths) {
        last_.clear();
        forgotten_ = count_;
    }
    last_[normal(path)] = ++count_;
}

uint64_t DataChanges::now() const {
    std::lock_guard lock(mutex_);
    return count_;
}

bool DataChanges::since(uint64_t then, const std::vector<std::string>& files) const {
    std::lock_guard lock(mutex_);
    if (count_ <= then) return false;
    if (forgotten_ > then) return true;
    auto changed = [&](const std::string& path) {
        auto it = last_.find(path);
        return it != last_.end() && it->second > then;
    };
    for (const auto& file : files) {
        std::string path = normal(file);
        if (changed(path)) return true;
        for (size_t end = path.rfind('/'); end != std::string::npos && end > 0;
             end = path.rfind('/', end - 1)) {
            if (changed(path.substr(0, end))) return true;
        }
    }
    return false;
}

}  // namespace hanok::session

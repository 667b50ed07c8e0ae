#pragma once
// Folders of data files that this server changed, for caches of what was read from them. Delta
// tables tell by their versions. Thread-safe.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace hanok::session {

class DataChanges {
public:
    // Everything at or below `path`, a plain path or a URI, may have changed.
    void note(const std::string& path);
    // What to ask `since` with later.
    uint64_t now() const;
    // Did any of these files change after `then`?
    bool since(uint64_t then, const std::vector<std::string>& files) const;

private:
    mutable std::mutex mutex_;
    uint64_t count_ = 0;                    // guarded by mutex_
    uint64_t forgotten_ = 0;                // guarded by mutex_; changes up to it have no path
    std::map<std::string, uint64_t> last_;  // guarded by mutex_; by path, as shown
};

}  // namespace hanok::session

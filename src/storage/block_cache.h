#pragma once
// Blocks of remote objects on local disk, the least recently used dropped first. Thread-safe.

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace hanok::storage {

/// What is kept survives restarts; what is torn or altered on disk is found out and forgotten. A
/// disk that fails only makes the cache empty.
class BlockCache {
public:
    static constexpr int64_t kBlockBytes = 1 << 20;

    /// Takes over what `folder` has from earlier. Null when the folder cannot be made.
    static std::shared_ptr<BlockCache> open(const std::string& folder, int64_t max_bytes);

    /// `object` names one version of one object, as one reader may see it.
    std::optional<std::string> get(const std::string& object, int64_t block);
    bool has(const std::string& object, int64_t block) const;
    void put(const std::string& object, int64_t block, std::string_view data);
    int64_t size_bytes() const;

private:
    struct Entry {
        std::string name;
        int64_t size_bytes = 0;
    };
    using Entries = std::list<Entry>;  // most recently used first

    BlockCache(std::string folder, int64_t max_bytes)
        : folder_(std::move(folder)), max_bytes_(max_bytes) {}
    void take_over();
    void forget(const std::string& name);
    void add(const std::string& name, int64_t size_bytes);

    const std::string folder_;
    const int64_t max_bytes_;
    mutable std::mutex mutex_;  // guards what follows
    Entries entries_;
    std::unordered_map<std::string, Entries::iterator> by_name_;
    int64_t size_bytes_ = 0;
    int64_t num_written_ = 0;
};

/// The one of the process; null for none.
std::shared_ptr<BlockCache> block_cache();
void set_block_cache(std::shared_ptr<BlockCache> cache);

}  // namespace hanok::storage

#pragma once
// Ranges of one object that does not change while it is read: few large requests, blocks kept on
// local disk, the next ones fetched while the reader is busy.

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/block_cache.h"
#include "storage/object_store.h"

namespace hanok::storage {

/// Thread-safe.
class ObjectReader {
public:
    /// `info` as head() or list() told it. The cache is only used for objects whose store can tell
    /// one version from another (ObjectStore::version_key).
    ObjectReader(std::shared_ptr<ObjectStore> store, ObjectInfo info,
        std::shared_ptr<BlockCache> cache = block_cache());
    ~ObjectReader();
    ObjectReader(const ObjectReader&) = delete;
    ObjectReader& operator=(const ObjectReader&) = delete;

    const ObjectInfo& info() const { return info_; }
    /// Fills `out` with all of the range. Throws Error STORAGE_ERROR when the object is gone or
    /// shorter, and what the store throws.
    void read(int64_t offset, int64_t length, char* out);

private:
    struct Run;  // neighbouring blocks on their way
    using RunPtr = std::shared_ptr<Run>;

    void read_directly(int64_t offset, int64_t length, char* out);
    void read_through_cache(int64_t offset, int64_t length, char* out);
    /// Begins to fetch the blocks of [first, end) that are neither cached nor on their way; the
    /// runs that hold blocks of it, those under way included.
    std::vector<RunPtr> start_missing(int64_t first, int64_t end);
    /// How many blocks to fetch beyond a read that ends at `end_offset`.
    int64_t window_behind(int64_t offset, int64_t end_offset);
    const std::string& data_of(const RunPtr& run);
    std::string cached_or_fetched(int64_t block);
    int64_t end_of(int64_t block) const;

    const std::shared_ptr<ObjectStore> store_;
    const ObjectInfo info_;
    const std::shared_ptr<BlockCache> cache_;  // null: none
    const std::string key_;
    std::mutex mutex_;  // guards what follows
    std::list<RunPtr> under_way_;
    int64_t next_offset_ = -1;  // where a sequential reader would go on
    int64_t window_ = 0;        // blocks
};

}  // namespace hanok::storage

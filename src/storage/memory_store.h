#pragma once
// Objects in memory, under "memory://name/…". Gone with the process.

#include <map>
#include <mutex>

#include "storage/object_store.h"

namespace hanok::base {
class Clock;
}

namespace hanok::storage {

class MemoryStore final : public ObjectStore {
public:
    /// `clock` stamps the objects; null takes the system's.
    explicit MemoryStore(base::Clock* clock = nullptr);

    std::optional<std::string> get(const std::string& path) override;
    std::optional<std::string> get_range(
        const std::string& path, int64_t offset, int64_t length) override;
    std::optional<ObjectInfo> head(const std::string& path) override;
    PutResult put_if_absent(const std::string& path, const std::string& data) override;
    void put(const std::string& path, const std::string& data) override;
    void remove(const std::string& path) override;
    std::vector<ObjectInfo> list(
        const std::string& folder, const std::string& start_after = "") override;
    std::vector<ObjectInfo> list_recursive(const std::string& folder) override;
    void make_directory(const std::string& folder) override;
    void remove_recursive(const std::string& folder) override;
    std::optional<std::string> local_path(const std::string& path) const override;

private:
    struct Object {
        std::shared_ptr<const std::string> data;
        int64_t modified_ms = 0;
    };

    base::Clock* clock_;
    std::mutex mutex_;  // guards objects_
    std::map<std::string, Object> objects_;
};

}  // namespace hanok::storage

#pragma once
// Files of this machine as objects. Paths with or without "file:".

#include "storage/object_store.h"

namespace hanok::storage {

/// Unfinished writes are never visible: they have no name, or one that list() hides.
class LocalStore final : public ObjectStore {
public:
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
};

}  // namespace hanok::storage

#pragma once
// A store that stops answering at a chosen call, as it looks to a process that is killed there.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "storage/object_store.h"

namespace hanok::storage {

/// Counts the calls of all stores that share it.
struct Death {
    std::atomic<int64_t> calls{0};
    std::atomic<int64_t> at{0};         // this call and all later ones fail; 0: none
    std::atomic<bool> after_it{false};  // the call itself still takes effect
    bool is_over() const { return at > 0 && calls >= at; }
};

class DyingStore final : public ObjectStore {
public:
    DyingStore(std::shared_ptr<ObjectStore> inner, std::shared_ptr<Death> death)
        : inner_(std::move(inner)), death_(std::move(death)) {}

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
    std::string version_key(const ObjectInfo& info) const override {
        return inner_->version_key(info);
    }
    std::optional<std::string> local_path(const std::string& path) const override {
        return inner_->local_path(path);
    }

private:
    template <class Call>
    auto live(const std::string& path, const Call& call);

    std::shared_ptr<ObjectStore> inner_;
    std::shared_ptr<Death> death_;
};

}  // namespace hanok::storage

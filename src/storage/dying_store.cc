#include "storage/dying_store.h"

#include "base/error.h"

namespace hanok::storage {

template <class Call>
auto DyingStore::live(const std::string& path, const Call& call) {
    int64_t number = ++death_->calls;
    int64_t at = death_->at;
    auto dead = [&] {
        return runtime_error("STORAGE_ERROR",
            {{"operation", "reach"}, {"path", path}, {"reason", "the process has died"}});
    };
    if (at > 0 && (number > at || (number == at && !death_->after_it))) throw dead();
    if constexpr (std::is_void_v<decltype(call())>) {
        call();
        if (number == at) throw dead();
    } else {
        auto result = call();
        if (number == at) throw dead();
        return result;
    }
}

std::optional<std::string> DyingStore::get(const std::string& path) {
    return live(path, [&] { return inner_->get(path); });
}

std::optional<std::string> DyingStore::get_range(
    const std::string& path, int64_t offset, int64_t length) {
    return live(path, [&] { return inner_->get_range(path, offset, length); });
}

std::optional<ObjectInfo> DyingStore::head(const std::string& path) {
    return live(path, [&] { return inner_->head(path); });
}

PutResult DyingStore::put_if_absent(const std::string& path, const std::string& data) {
    return live(path, [&] { return inner_->put_if_absent(path, data); });
}

void DyingStore::put(const std::string& path, const std::string& data) {
    live(path, [&] { inner_->put(path, data); });
}

void DyingStore::remove(const std::string& path) {
    live(path, [&] { inner_->remove(path); });
}

std::vector<ObjectInfo> DyingStore::list(
    const std::string& folder, const std::string& start_after) {
    return live(folder, [&] { return inner_->list(folder, start_after); });
}

std::vector<ObjectInfo> DyingStore::list_recursive(const std::string& folder) {
    return live(folder, [&] { return inner_->list_recursive(folder); });
}

void DyingStore::make_directory(const std::string& folder) {
    live(folder, [&] { inner_->make_directory(folder); });
}

void DyingStore::remove_recursive(const std::string& folder) {
    live(folder, [&] { inner_->remove_recursive(folder); });
}

}  // namespace hanok::storage

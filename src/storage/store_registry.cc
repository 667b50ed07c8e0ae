#include <map>
#include <mutex>

#include "base/error.h"
#include "storage/local_store.h"
#include "storage/memory_store.h"
#include "storage/path.h"
#include "storage/s3/s3_store.h"
#include "storage/store_hook.h"
#include "storage/store_settings.h"

namespace hanok::storage {

namespace {

constexpr size_t kMaxS3Stores = 256;

// One store for equal settings: connections, regions and clocks are learnt once.
std::shared_ptr<ObjectStore> s3_store() {
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<ObjectStore>> stores;
    StoreSettingsPtr settings = StoreScope::current();
    std::lock_guard lock(mutex);
    auto found = stores.find(settings->identity());
    if (found != stores.end()) return found->second;
    if (stores.size() >= kMaxS3Stores) stores.erase(stores.begin());
    auto store = std::make_shared<S3Store>(settings);
    stores[settings->identity()] = store;
    return store;
}

StoreHook& store_hook() {
    static StoreHook hook;
    return hook;
}

std::shared_ptr<ObjectStore> plain_store_for(const std::string& path) {
    static const auto local = std::make_shared<LocalStore>();
    static const auto memory = std::make_shared<MemoryStore>();
    std::string scheme = scheme_of(path);
    if (scheme.empty() || scheme == "file") return local;
    if (scheme == "memory") return memory;
    if (is_s3_scheme(scheme)) return s3_store();
    throw unsupported_feature("storage scheme " + scheme);
}

}  // namespace

void set_store_hook(StoreHook hook) { store_hook() = std::move(hook); }

std::shared_ptr<ObjectStore> store_for(const std::string& path) {
    auto store = plain_store_for(path);
    return store_hook() ? store_hook()(std::move(store)) : store;
}

}  // namespace hanok::storage

#include "base/error.h"
#include "storage/local_store.h"
#include "storage/memory_store.h"
#include "storage/path.h"

namespace hanok::storage {

std::shared_ptr<ObjectStore> store_for(const std::string& path) {
    static const auto local = std::make_shared<LocalStore>();
    static const auto memory = std::make_shared<MemoryStore>();
    std::string scheme = scheme_of(path);
    if (scheme.empty() || scheme == "file") return local;
    if (scheme == "memory") return memory;
    throw unsupported_feature("storage scheme " + scheme);
}

}  // namespace hanok::storage

#pragma once
// For tests of faults: every store that store_for() gives out passes through a hook.

#include <functional>
#include <memory>

namespace hanok::storage {

class ObjectStore;

using StoreHook = std::function<std::shared_ptr<ObjectStore>(std::shared_ptr<ObjectStore>)>;

/// Not while other threads ask for stores. An empty hook ends it.
void set_store_hook(StoreHook hook);

}  // namespace hanok::storage

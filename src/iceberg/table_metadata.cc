#include "iceberg/table_metadata.h"

namespace hanok::iceberg {

namespace {

template <class Item>
const Item* by_id(const std::vector<Item>& items, int64_t id) {
    for (const Item& item : items) {
        if (item.id == id) return &item;
    }
    return nullptr;
}

}  // namespace

const Snapshot* TableMetadata::snapshot(int64_t id) const { return by_id(snapshots, id); }

const Snapshot* TableMetadata::current_snapshot() const {
    return current_snapshot_id ? snapshot(*current_snapshot_id) : nullptr;
}

const Schema* TableMetadata::schema(int32_t id) const { return by_id(schemas, id); }

const PartitionSpec* TableMetadata::spec(int32_t id) const { return by_id(specs, id); }

std::string TableMetadata::property(const std::string& name) const {
    auto it = properties.find(name);
    return it == properties.end() ? "" : it->second;
}

}  // namespace hanok::iceberg

#include "storage/object_store.h"

#include <cerrno>

#include "storage/store_error.h"

namespace hanok::storage {

namespace {

constexpr int64_t kMoveBytes = 16 << 20;

class GatheringWriter final : public ObjectWriter {
public:
    GatheringWriter(ObjectStore& store, std::string path) : store_(store), path_(std::move(path)) {}
    void append(std::string_view data) override { data_ += data; }
    void finish() override { store_.put(path_, data_); }
    PutResult finish_if_absent() override { return store_.put_if_absent(path_, data_); }

private:
    ObjectStore& store_;
    std::string path_;
    std::string data_;
};

}  // namespace

std::future<std::optional<std::string>> ObjectStore::start_get_range(
    const std::string& path, int64_t offset, int64_t length) {
    return std::async(std::launch::deferred,
        [this, path, offset, length] { return get_range(path, offset, length); });
}

std::future<std::optional<ObjectInfo>> ObjectStore::start_head(const std::string& path) {
    return std::async(std::launch::deferred, [this, path] {
        auto info = head(path);
        return info && info->is_directory ? std::nullopt : info;
    });
}

std::unique_ptr<ObjectWriter> ObjectStore::open_writer(const std::string& path) {
    return std::make_unique<GatheringWriter>(*this, path);
}

void ObjectStore::move(const std::string& source, const std::string& target) {
    auto writer = open_writer(target);
    for (int64_t offset = 0;; offset += kMoveBytes) {
        auto piece = get_range(source, offset, kMoveBytes);
        if (!piece) throw store_error("move", source, ENOENT);
        writer->append(*piece);
        if (static_cast<int64_t>(piece->size()) < kMoveBytes) break;
    }
    writer->finish();
    remove(source);
}

}  // namespace hanok::storage

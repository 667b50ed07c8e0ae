#include "engine/io/store_file_system.h"

#include <duckdb/common/file_system.hpp>

#include "base/error.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::engine {

namespace {

using duckdb::FileHandle;
using duckdb::FileOpener;
using duckdb::idx_t;
using duckdb::optional_ptr;

// Reads are ranged gets. Writes gather in memory and become an object when the handle is closed: a
// handle that is only destroyed (the query failed) leaves nothing behind.
class StoreHandle final : public FileHandle {
public:
    StoreHandle(duckdb::FileSystem& fs, const std::string& path, duckdb::FileOpenFlags flags)
        : FileHandle(fs, path, flags), store(storage::store_for(path)) {}

    void Close() override {
        if (is_writing) store->put(path, written);
        is_writing = false;
    }

    std::shared_ptr<storage::ObjectStore> store;
    storage::ObjectInfo info;
    int64_t position = 0;
    bool is_writing = false;
    std::string written;
};

class StoreFileSystem final : public duckdb::FileSystem {
public:
    duckdb::unique_ptr<FileHandle> OpenFile(
        const std::string& path, duckdb::FileOpenFlags flags, optional_ptr<FileOpener>) override {
        auto handle = duckdb::make_uniq<StoreHandle>(*this, path, flags);
        if (flags.OpenForWriting()) {
            handle->is_writing = true;
            return handle;
        }
        auto info = handle->store->head(path);
        if (info) {
            handle->info = *info;
            return handle;
        }
        if (flags.ReturnNullIfNotExists()) return nullptr;
        throw duckdb::IOException("Cannot open file \"%s\": No such file or directory", path);
    }

    void Read(FileHandle& base, void* buffer, int64_t size, idx_t location) override {
        auto& handle = base.Cast<StoreHandle>();
        auto bytes = handle.store->get_range(handle.path, int64_t(location), size);
        if (!bytes || int64_t(bytes->size()) != size) {
            throw duckdb::IOException("Could not read enough bytes from file \"%s\"", handle.path);
        }
        memcpy(buffer, bytes->data(), bytes->size());
    }

    int64_t Read(FileHandle& base, void* buffer, int64_t size) override {
        auto& handle = base.Cast<StoreHandle>();
        auto count = std::min(size, handle.info.size_bytes - handle.position);
        if (count <= 0) return 0;
        Read(base, buffer, count, idx_t(handle.position));
        handle.position += count;
        return count;
    }

    int64_t Write(FileHandle& base, void* buffer, int64_t size) override {
        auto& handle = base.Cast<StoreHandle>();
        handle.written.append(static_cast<const char*>(buffer), size_t(size));
        return size;
    }

    void Write(FileHandle& base, void* buffer, int64_t size, idx_t location) override {
        auto& handle = base.Cast<StoreHandle>();
        if (location + size > handle.written.size()) handle.written.resize(location + size);
        memcpy(handle.written.data() + location, buffer, size_t(size));
    }

    int64_t GetFileSize(FileHandle& base) override {
        auto& handle = base.Cast<StoreHandle>();
        return handle.is_writing ? int64_t(handle.written.size()) : handle.info.size_bytes;
    }
    duckdb::timestamp_t GetLastModifiedTime(FileHandle& base) override {
        return duckdb::Timestamp::FromEpochMs(base.Cast<StoreHandle>().info.modified_ms);
    }
    std::string GetVersionTag(FileHandle&) override { return {}; }
    duckdb::FileType GetFileType(FileHandle&) override {
        return duckdb::FileType::FILE_TYPE_REGULAR;
    }
    void Seek(FileHandle& base, idx_t location) override {
        base.Cast<StoreHandle>().position = int64_t(location);
    }
    void Reset(FileHandle& base) override { Seek(base, 0); }
    idx_t SeekPosition(FileHandle& base) override {
        return idx_t(base.Cast<StoreHandle>().position);
    }
    bool CanSeek() override { return true; }
    bool OnDiskFile(FileHandle&) override { return false; }
    void FileSync(FileHandle&) override {}

    bool FileExists(const std::string& path, optional_ptr<FileOpener>) override {
        auto info = storage::store_for(path)->head(path);
        return info && !info->is_directory;
    }
    // Folders of object stores exist by themselves.
    bool DirectoryExists(const std::string&, optional_ptr<FileOpener>) override { return true; }
    void CreateDirectory(const std::string& path, optional_ptr<FileOpener>) override {
        storage::store_for(path)->make_directory(path);
    }
    bool ListFiles(const std::string& folder,
        const std::function<void(const std::string&, bool)>& callback, FileOpener*) override {
        auto found = storage::store_for(folder)->list(folder);
        for (const auto& object : found)
            callback(storage::base_name(object.path), object.is_directory);
        return !found.empty();
    }
    void MoveFile(
        const std::string& source, const std::string& target, optional_ptr<FileOpener>) override {
        auto store = storage::store_for(source);
        auto bytes = store->get(source);
        if (!bytes) throw duckdb::IOException("Cannot move file \"%s\": it does not exist", source);
        store->put(target, *bytes);
        store->remove(source);
    }
    void RemoveFile(const std::string& path, optional_ptr<FileOpener>) override {
        storage::store_for(path)->remove(path);
    }
    bool TryRemoveFile(const std::string& path, optional_ptr<FileOpener>) override {
        bool existed = FileExists(path, nullptr);
        if (existed) RemoveFile(path, nullptr);
        return existed;
    }
    duckdb::vector<duckdb::OpenFileInfo> Glob(const std::string& path, FileOpener*) override {
        if (!FileExists(path, nullptr)) return {};
        return {duckdb::OpenFileInfo(path)};
    }

    bool CanHandleFile(const std::string& path) override {
        auto scheme = storage::scheme_of(path);
        return scheme == "memory";
    }
    std::string PathSeparator(const std::string&) override { return "/"; }
    std::string GetName() const override { return "HanokStoreFileSystem"; }
};

}  // namespace

std::string path_to_open(const std::string& path) {
    if (path.starts_with('/')) return path;
    auto local = storage::store_for(path)->local_path(path);
    return local ? *local : path;
}

void register_store_file_system(duckdb::DatabaseInstance& instance) {
    duckdb::FileSystem::GetFileSystem(instance).RegisterSubSystem(
        duckdb::make_uniq<StoreFileSystem>());
}

}  // namespace hanok::engine

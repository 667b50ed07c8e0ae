#include "engine/io/store_file_system.h"

#include <duckdb/common/file_opener.hpp>
#include <duckdb/common/file_system.hpp>
#include <duckdb/main/client_context.hpp>
#include <duckdb/main/client_context_state.hpp>

#include "base/error.h"
#include "storage/object_reader.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::engine {

namespace {

using duckdb::FileHandle;
using duckdb::FileOpener;
using duckdb::idx_t;
using duckdb::optional_ptr;

const char* const kSettingsState = "hanok_store_settings";
const char* const kSizeOption = "hanok_size_bytes";
const char* const kModifiedOption = "hanok_modified_ms";

struct SettingsState final : duckdb::ClientContextState {
    storage::StoreSettingsPtr settings;
};

// Threads of a query have no scope of their own: the connection knows the settings.
std::shared_ptr<storage::ObjectStore> store_of(
    const std::string& path, optional_ptr<FileOpener> opener) {
    auto context = FileOpener::TryGetClientContext(opener);
    auto state = context ? context->registered_state->Get<SettingsState>(kSettingsState) : nullptr;
    if (!state) return storage::store_for(path);
    storage::StoreScope scope(state->settings);
    return storage::store_for(path);
}

// Errors of stores travel through DuckDB as text.
template <class F>
auto carried(F f) {
    try {
        return f();
    } catch (const Error& error) {
        throw duckdb::IOException(error.encode());
    }
}

// Reads go through an ObjectReader. What is written becomes an object when the handle is closed: a
// handle that is only destroyed (the query failed) leaves nothing behind.
class StoreHandle final : public FileHandle {
public:
    StoreHandle(duckdb::FileSystem& fs, const std::string& path, duckdb::FileOpenFlags flags,
        std::shared_ptr<storage::ObjectStore> held)
        : FileHandle(fs, path, flags), store(std::move(held)) {}

    void Close() override {
        if (writer) carried([&] { writer->finish(); });
        writer.reset();
    }

    std::shared_ptr<storage::ObjectStore> store;
    std::unique_ptr<storage::ObjectReader> reader;
    int64_t position = 0;
    std::unique_ptr<storage::ObjectWriter> writer;
    int64_t written_bytes = 0;
};

class StoreFileSystem final : public duckdb::FileSystem {
public:
    duckdb::unique_ptr<FileHandle> OpenFile(const std::string& path, duckdb::FileOpenFlags flags,
        optional_ptr<FileOpener> opener) override {
        return OpenFileExtended(duckdb::OpenFileInfo(path), flags, opener);
    }

    void Read(FileHandle& base, void* buffer, int64_t size, idx_t location) override {
        auto& handle = base.Cast<StoreHandle>();
        carried([&] {
            try {
                handle.reader->read(int64_t(location), size, static_cast<char*>(buffer));
            } catch (const Error& error) {
                throw_if_changed(handle);
                throw;
            }
        });
    }

    int64_t Read(FileHandle& base, void* buffer, int64_t size) override {
        auto& handle = base.Cast<StoreHandle>();
        auto count = std::min(size, handle.reader->info().size_bytes - handle.position);
        if (count <= 0) return 0;
        Read(base, buffer, count, idx_t(handle.position));
        handle.position += count;
        return count;
    }

    int64_t Write(FileHandle& base, void* buffer, int64_t size) override {
        auto& handle = base.Cast<StoreHandle>();
        carried([&] { handle.writer->append({static_cast<const char*>(buffer), size_t(size)}); });
        handle.written_bytes += size;
        return size;
    }

    void Write(FileHandle& base, void* buffer, int64_t size, idx_t location) override {
        if (int64_t(location) != base.Cast<StoreHandle>().written_bytes)
            throw duckdb::NotImplementedException("Objects are written from front to back");
        Write(base, buffer, size);
    }

    int64_t GetFileSize(FileHandle& base) override {
        auto& handle = base.Cast<StoreHandle>();
        return handle.reader ? handle.reader->info().size_bytes : handle.written_bytes;
    }
    duckdb::timestamp_t GetLastModifiedTime(FileHandle& base) override {
        return duckdb::Timestamp::FromEpochMs(base.Cast<StoreHandle>().reader->info().modified_ms);
    }
    std::string GetVersionTag(FileHandle& base) override {
        return base.Cast<StoreHandle>().reader->info().etag;
    }
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

    bool FileExists(const std::string& path, optional_ptr<FileOpener> opener) override {
        auto info = carried([&] { return store_of(path, opener)->head(path); });
        return info && !info->is_directory;
    }
    // Folders of object stores exist by themselves.
    bool DirectoryExists(const std::string&, optional_ptr<FileOpener>) override { return true; }
    void CreateDirectory(const std::string& path, optional_ptr<FileOpener> opener) override {
        carried([&] { store_of(path, opener)->make_directory(path); });
    }
    void CreateDirectoriesRecursive(
        const std::string& path, optional_ptr<FileOpener> opener) override {
        CreateDirectory(path, opener);
    }
    bool ListFiles(const std::string& folder,
        const std::function<void(const std::string&, bool)>& callback,
        FileOpener* opener) override {
        auto found = carried([&] { return store_of(folder, opener)->list(folder); });
        for (const auto& object : found)
            callback(storage::base_name(object.path), object.is_directory);
        return !found.empty();
    }
    void MoveFile(const std::string& source, const std::string& target,
        optional_ptr<FileOpener> opener) override {
        carried([&] { store_of(source, opener)->move(source, target); });
    }
    void RemoveFile(const std::string& path, optional_ptr<FileOpener> opener) override {
        carried([&] { store_of(path, opener)->remove(path); });
    }
    bool TryRemoveFile(const std::string& path, optional_ptr<FileOpener> opener) override {
        bool existed = FileExists(path, opener);
        if (existed) RemoveFile(path, opener);
        return existed;
    }
    duckdb::vector<duckdb::OpenFileInfo> Glob(
        const std::string& path, FileOpener* opener) override {
        if (!FileExists(path, opener)) return {};
        return {duckdb::OpenFileInfo(path)};
    }

    bool CanHandleFile(const std::string& path) override {
        auto scheme = storage::scheme_of(path);
        return scheme == "memory" || scheme == "s3" || scheme == "s3a" || scheme == "s3n";
    }
    std::string PathSeparator(const std::string&) override { return "/"; }
    std::string GetName() const override { return "HanokStoreFileSystem"; }

protected:
    bool SupportsOpenFileExtended() const override { return true; }

    duckdb::unique_ptr<FileHandle> OpenFileExtended(const duckdb::OpenFileInfo& file,
        duckdb::FileOpenFlags flags, optional_ptr<FileOpener> opener) override {
        return carried([&] { return open(file, flags, opener); });
    }

private:
    // Objects are opened by what the table's log says of them; only reading shows that they are
    // gone, or others.
    static void throw_if_changed(StoreHandle& handle) {
        const auto& told = handle.reader->info();
        auto info = handle.store->head(told.path);
        if (!info) throw runtime_error("FAILED_READ_FILE.FILE_NOT_EXIST", {{"path", told.path}});
        if (info->size_bytes != told.size_bytes) {
            throw runtime_error("FAILED_READ_FILE.NO_HINT",
                {{"path", told.path},
                    {"message", "it has " + std::to_string(info->size_bytes) + " bytes, not " +
                                    std::to_string(told.size_bytes)}});
        }
    }

    duckdb::unique_ptr<FileHandle> open(const duckdb::OpenFileInfo& file,
        duckdb::FileOpenFlags flags, optional_ptr<FileOpener> opener) {
        auto handle = duckdb::make_uniq<StoreHandle>(
            *this, file.path, flags, store_of(file.path, opener));
        if (flags.OpenForWriting()) {
            handle->writer = handle->store->open_writer(file.path);
            return handle;
        }
        auto info = described(file);
        if (!info) info = handle->store->head(file.path);
        if (info && !info->is_directory) {
            handle->reader = std::make_unique<storage::ObjectReader>(handle->store, *info);
            return handle;
        }
        if (flags.ReturnNullIfNotExists()) return nullptr;
        throw_absent(file.path);
    }

    [[noreturn]] static void throw_absent(const std::string& path) {
        throw duckdb::IOException("Cannot open file \"%s\": No such file or directory", path);
    }

    // What describe_immutable_file said.
    static std::optional<storage::ObjectInfo> described(const duckdb::OpenFileInfo& file) {
        if (!file.extended_info) return std::nullopt;
        const auto& options = file.extended_info->options;
        auto size = options.find(kSizeOption);
        auto modified = options.find(kModifiedOption);
        if (size == options.end() || modified == options.end()) return std::nullopt;
        storage::ObjectInfo info;
        info.path = file.path;
        info.size_bytes = size->second.GetValue<int64_t>();
        info.modified_ms = modified->second.GetValue<int64_t>();
        info.etag = std::to_string(info.size_bytes) + "-" + std::to_string(info.modified_ms);
        return info;
    }
};

}  // namespace

std::string path_to_open(const std::string& path) {
    if (path.starts_with('/')) return path;
    auto local = storage::store_for(path)->local_path(path);
    return local ? *local : path;
}

void use_store_settings(duckdb::ClientContext& context, storage::StoreSettingsPtr settings) {
    auto state = duckdb::make_shared_ptr<SettingsState>();
    state->settings = std::move(settings);
    context.registered_state->Insert(kSettingsState, std::move(state));
}

void describe_immutable_file(duckdb::OpenFileInfo& info, int64_t size_bytes, int64_t modified_ms) {
    if (!info.extended_info)
        info.extended_info = duckdb::make_shared_ptr<duckdb::ExtendedOpenFileInfo>();
    info.extended_info->options[kSizeOption] = duckdb::Value::BIGINT(size_bytes);
    info.extended_info->options[kModifiedOption] = duckdb::Value::BIGINT(modified_ms);
}

void register_store_file_system(duckdb::DatabaseInstance& instance) {
    duckdb::FileSystem::GetFileSystem(instance).RegisterSubSystem(
        duckdb::make_uniq<StoreFileSystem>());
}

}  // namespace hanok::engine

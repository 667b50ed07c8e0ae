#pragma once
// Every byte of tables and logs goes through an ObjectStore: local files, memory, S3. Thread-safe.
// Paths are absolute URIs or local paths ("/data/t", "file:///data/t", "memory://x/t",
// "s3://bucket/t", "s3a://bucket/t").

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hanok::storage {

struct ObjectInfo {
    std::string path;  // full path, same scheme as the request
    int64_t size_bytes = 0;
    int64_t modified_ms = 0;
    bool is_directory = false;
    std::string etag = {};  // changes with the contents; "" where the store has none
};

enum class PutResult { kCreated, kAlreadyExists };

/// An object written piece by piece. Nothing is visible before it is finished; if it never is,
/// nothing stays. One thread at a time.
class ObjectWriter {
public:
    virtual ~ObjectWriter() = default;
    virtual void append(std::string_view data) = 0;
    /// Creates or replaces the object.
    virtual void finish() = 0;
    virtual PutResult finish_if_absent() = 0;
};

class ObjectStore {
public:
    virtual ~ObjectStore() = default;

    // nullopt when absent. Other failures throw Error.
    virtual std::optional<std::string> get(const std::string& path) = 0;
    virtual std::optional<std::string> get_range(
        const std::string& path, int64_t offset, int64_t length) = 0;
    // The same while the caller goes on; a store without such calls reads when the answer is asked
    // for.
    virtual std::future<std::optional<std::string>> start_get_range(
        const std::string& path, int64_t offset, int64_t length);
    virtual std::optional<ObjectInfo> head(const std::string& path) = 0;
    // The same of objects alone, while the caller goes on: a folder is absent. A store without such
    // calls asks when the answer is.
    virtual std::future<std::optional<ObjectInfo>> start_head(const std::string& path);

    // Creates the object only if absent, durably and atomically: readers see all of it or nothing.
    virtual PutResult put_if_absent(const std::string& path, const std::string& data) = 0;
    // Creates or replaces, atomically.
    virtual void put(const std::string& path, const std::string& data) = 0;
    // For objects too large to hold; this one holds them all the same.
    virtual std::unique_ptr<ObjectWriter> open_writer(const std::string& path);
    // Both in this store; replaces the target. Not atomic: the source goes after the target came.
    virtual void move(const std::string& source, const std::string& target);
    // No error when absent.
    virtual void remove(const std::string& path) = 0;

    // Objects directly below a folder, by name; those with names > start_after only.
    virtual std::vector<ObjectInfo> list(
        const std::string& folder, const std::string& start_after = "") = 0;
    // All objects below a folder, at any depth.
    virtual std::vector<ObjectInfo> list_recursive(const std::string& folder) = 0;
    virtual void make_directory(const std::string& folder) = 0;
    // Removes a folder and everything below it.
    virtual void remove_recursive(const std::string& folder) = 0;
    // Names this version of an object in a cache that all readers of the process share, apart from
    // readers with other rights; "": not worth caching, or nothing tells versions apart.
    virtual std::string version_key(const ObjectInfo&) const { return ""; }
    // The local file behind the path, if there is one (lets the engine read it directly).
    virtual std::optional<std::string> local_path(const std::string& path) const = 0;
};

// The store for a path's scheme, by the settings in force on this thread (store_settings.h); throws
// Error for unknown schemes. Shared and cached.
std::shared_ptr<ObjectStore> store_for(const std::string& path);

// "/a/b" + "c" -> "/a/b/c"; keeps schemes.
std::string join_path(const std::string& folder, const std::string& name);
// RFC 2396 encoding as Delta's log uses it for paths, and back.
std::string uri_encode_path(const std::string& path);
std::string uri_decode(const std::string& text);

}  // namespace hanok::storage

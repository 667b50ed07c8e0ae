#pragma once
// Every byte of tables and logs goes through an ObjectStore: local files, memory, later S3, GCS and
// Azure. Thread-safe. Paths are absolute URIs or local paths ("/data/t", "file:///data/t",
// "memory://x/t").

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hanok::storage {

struct ObjectInfo {
    std::string path;  // full path, same scheme as the request
    int64_t size_bytes = 0;
    int64_t modified_ms = 0;
    bool is_directory = false;
};

enum class PutResult { kCreated, kAlreadyExists };

class ObjectStore {
public:
    virtual ~ObjectStore() = default;

    // nullopt when absent. Other failures throw Error.
    virtual std::optional<std::string> get(const std::string& path) = 0;
    virtual std::optional<std::string> get_range(
        const std::string& path, int64_t offset, int64_t length) = 0;
    virtual std::optional<ObjectInfo> head(const std::string& path) = 0;

    // Creates the object only if absent, durably and atomically: readers see all of it or nothing.
    virtual PutResult put_if_absent(const std::string& path, const std::string& data) = 0;
    // Creates or replaces, atomically.
    virtual void put(const std::string& path, const std::string& data) = 0;
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
    // The local file behind the path, if there is one (lets the engine read it directly).
    virtual std::optional<std::string> local_path(const std::string& path) const = 0;
};

// The store for a path's scheme; throws Error for unknown schemes. Shared and cached.
std::shared_ptr<ObjectStore> store_for(const std::string& path);

// "/a/b" + "c" -> "/a/b/c"; keeps schemes.
std::string join_path(const std::string& folder, const std::string& name);
// RFC 2396 encoding as Delta's log uses it for paths, and back.
std::string uri_encode_path(const std::string& path);
std::string uri_decode(const std::string& text);

}  // namespace hanok::storage

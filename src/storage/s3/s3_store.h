#pragma once
// Buckets of S3 and of servers that speak its protocol: "s3://bucket/key", also spelled s3a, s3n.

#include <map>
#include <mutex>

#include "storage/object_store.h"
#include "storage/s3/s3_client.h"
#include "storage/store_settings.h"

namespace hanok::storage {

bool is_s3_scheme(const std::string& scheme);

/// "s3a://b//x/y/" is bucket "b" and key "x/y".
struct S3Location {
    std::string bucket;
    std::string key;  // "" for the bucket itself; no slash at either end
};
/// Throws Error INVALID_STORAGE_PATH without a bucket.
S3Location s3_location(const std::string& path);

/// Conditional puts are If-None-Match. A put whose answer was lost is resolved by reading back.
/// Times are in whole seconds, as S3 tells them.
class S3Store final : public ObjectStore {
public:
    explicit S3Store(StoreSettingsPtr settings, HttpClient& http = HttpClient::shared());

    std::optional<std::string> get(const std::string& path) override;
    std::optional<std::string> get_range(
        const std::string& path, int64_t offset, int64_t length) override;
    std::future<std::optional<std::string>> start_get_range(
        const std::string& path, int64_t offset, int64_t length) override;
    std::optional<ObjectInfo> head(const std::string& path) override;
    std::future<std::optional<ObjectInfo>> start_head(const std::string& path) override;
    PutResult put_if_absent(const std::string& path, const std::string& data) override;
    void put(const std::string& path, const std::string& data) override;
    std::unique_ptr<ObjectWriter> open_writer(const std::string& path) override;
    void move(const std::string& source, const std::string& target) override;
    void remove(const std::string& path) override;
    std::vector<ObjectInfo> list(
        const std::string& folder, const std::string& start_after = "") override;
    std::vector<ObjectInfo> list_recursive(const std::string& folder) override;
    void make_directory(const std::string& folder) override;
    void remove_recursive(const std::string& folder) override;
    std::string version_key(const ObjectInfo& info) const override;
    std::optional<std::string> local_path(const std::string& path) const override;

private:
    /// One client a bucket, made on first use.
    std::shared_ptr<S3Client> client(const std::string& bucket);
    void for_each_listed(const std::string& folder, NameValues query,
        const std::function<bool(const struct S3ListPage&)>& visit);
    void remove_keys(
        const std::string& bucket, const std::vector<std::string>& keys, const std::string& shown);

    const StoreSettingsPtr settings_;
    HttpClient& http_;
    std::mutex mutex_;  // guards clients_
    std::map<std::string, std::shared_ptr<S3Client>> clients_;
};

}  // namespace hanok::storage

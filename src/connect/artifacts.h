#pragma once
// Blobs a client uploaded to its session: cached local relations (cache/<sha256>), and files by
// name.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace hanok::connect {

// Thread-safe.
class ArtifactStore {
public:
    using Blob = std::shared_ptr<const std::string>;

    explicit ArtifactStore(int64_t max_bytes) : max_bytes_(max_bytes) {}
    // Throws INVALID_ARTIFACT_PATH, ARTIFACT_ALREADY_EXISTS (other content under a name that is not
    // a hash), and when the session holds too much. False when it was there already.
    bool put(const std::string& name, Blob blob);
    Blob get(const std::string& name) const;
    bool has(const std::string& name) const { return get(name) != nullptr; }
    void copy_to(ArtifactStore* other) const;
    // Bytes that a blob still to come may have.
    int64_t free_bytes() const;

private:
    const int64_t max_bytes_;
    mutable std::mutex mutex_;  // guards everything below
    std::map<std::string, Blob> blobs_;
    int64_t bytes_ = 0;
};

uint32_t crc32(const std::string& bytes);
// Throws INVALID_ARTIFACT_PATH for an empty or absolute name and for one with "..".
void check_artifact_name(const std::string& name);

}  // namespace hanok::connect

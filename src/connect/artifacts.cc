#include "connect/artifacts.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace hanok::connect {

namespace {

std::array<uint32_t, 256> crc_table() {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < 256; ++i) {
        uint32_t c = i;
        for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
    return table;
}

}  // namespace

uint32_t crc32(const std::string& bytes) {
    static const std::array<uint32_t, 256> table = crc_table();
    uint32_t c = 0xFFFFFFFFU;
    for (unsigned char b : bytes) c = table[(c ^ b) & 0xFF] ^ (c >> 8);
    return c ^ 0xFFFFFFFFU;
}

void check_artifact_name(const std::string& name) {
    bool bad = name.empty() || name.front() == '/';
    for (size_t start = 0; start <= name.size() && !bad;) {
        size_t end = std::min(name.find('/', start), name.size());
        bad = name.compare(start, end - start, "..") == 0;
        start = end + 1;
    }
    if (bad) throw Error(ErrorKind::kRuntime, "INVALID_ARTIFACT_PATH", {{"name", name}});
}

bool ArtifactStore::put(const std::string& name, Blob blob) {
    check_artifact_name(name);
    std::lock_guard lock(mutex_);
    auto it = blobs_.find(name);
    if (it != blobs_.end()) {
        if (name.rfind("cache/", 0) == 0 || *it->second == *blob) return false;
        throw Error(ErrorKind::kRuntime, "ARTIFACT_ALREADY_EXISTS",
            {{"normalizedRemoteRelativePath", name}});
    }
    auto size = static_cast<int64_t>(blob->size());
    if (bytes_ + size > max_bytes_) {
        throw Error(ErrorKind::kRuntime, "LOCAL_RELATION_SIZE_LIMIT_EXCEEDED",
            {{"actualSize", std::to_string(bytes_ + size)},
                {"sizeLimit", std::to_string(max_bytes_)}});
    }
    bytes_ += size;
    blobs_.emplace(name, std::move(blob));
    return true;
}

ArtifactStore::Blob ArtifactStore::get(const std::string& name) const {
    std::lock_guard lock(mutex_);
    auto it = blobs_.find(name);
    return it == blobs_.end() ? nullptr : it->second;
}

void ArtifactStore::copy_to(ArtifactStore* other) const {
    std::map<std::string, Blob> blobs;
    {
        std::lock_guard lock(mutex_);
        blobs = blobs_;
    }
    for (auto& [name, blob] : blobs) other->put(name, std::move(blob));
}

int64_t ArtifactStore::free_bytes() const {
    std::lock_guard lock(mutex_);
    return max_bytes_ - bytes_;
}

}  // namespace hanok::connect

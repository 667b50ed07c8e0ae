#pragma once
// One object on its way into a bucket: a single PUT, or a multipart upload once it is large.

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/object_store.h"
#include "storage/s3/s3_client.h"

namespace hanok::storage {

/// Parts go up side by side while the next is filled. Dropped unfinished, it takes the parts back.
class S3Upload final : public ObjectWriter {
public:
    /// `path` is what errors show.
    S3Upload(std::shared_ptr<S3Client> s3, std::string key, std::string path);
    ~S3Upload() override;

    void append(std::string_view data) override;
    void finish() override;
    PutResult finish_if_absent() override;

private:
    struct Parts;
    void begin_multipart();
    void send_part();
    void wait_for_parts(size_t at_most);
    void abort();
    PutResult complete(bool if_absent);
    PutResult put_single(bool if_absent);
    PutResult complete_multipart(bool if_absent);
    bool is_ours() const;
    size_t part_bytes() const;

    const std::shared_ptr<S3Client> s3_;
    const std::string key_;
    const std::string path_;
    std::string buffer_;
    std::string upload_id_;  // of S3; "" before the first part
    std::string tag_;        // of ours, in the object's metadata
    size_t num_parts_ = 0;
    std::shared_ptr<Parts> parts_;  // shared with requests under way
    bool is_finished_ = false;
};

}  // namespace hanok::storage

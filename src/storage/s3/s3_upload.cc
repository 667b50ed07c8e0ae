#include "storage/s3/s3_upload.h"

#include <algorithm>
#include <optional>

#include "base/ids.h"
#include "storage/s3/s3_xml.h"

namespace hanok::storage {

namespace {

constexpr size_t kPartsUnderWay = 4;
constexpr size_t kPartsOfOneSize = 1000;  // then they double: 10,000 parts hold any object
constexpr const char* kTagHeader = "x-amz-meta-hanok-upload";

}  // namespace

struct S3Upload::Parts {
    std::mutex mutex;  // guards what follows
    std::condition_variable changed;
    size_t under_way = 0;
    std::vector<std::string> etags;
    std::optional<S3Response> failure;
};

S3Upload::S3Upload(std::shared_ptr<S3Client> s3, std::string key, std::string path)
    : s3_(std::move(s3)),
      key_(std::move(key)),
      path_(std::move(path)),
      tag_(base::new_uuid(base::SystemRandom::instance())),
      parts_(std::make_shared<Parts>()) {}

S3Upload::~S3Upload() {
    if (is_finished_ || upload_id_.empty()) return;
    try {
        abort();
    } catch (const Error&) {
        // What is left over is invisible; buckets drop such parts by a lifecycle rule.
    }
}

size_t S3Upload::part_bytes() const {
    auto size = static_cast<size_t>(s3_->settings().part_bytes);
    return size << std::min<size_t>(num_parts_ / kPartsOfOneSize, 8);
}

void S3Upload::append(std::string_view data) {
    while (!data.empty()) {
        size_t taken = std::min(data.size(), part_bytes() - buffer_.size());
        buffer_ += data.substr(0, taken);
        data.remove_prefix(taken);
        // The last part is sent by finish(): a whole object of one part is a single PUT.
        if (buffer_.size() >= part_bytes() && !data.empty()) send_part();
    }
}

void S3Upload::begin_multipart() {
    S3Request request;
    request.method = "POST";
    request.key = key_;
    request.query = {{"uploads", ""}};
    request.headers = s3_->settings().write_headers;
    request.headers.emplace_back(kTagHeader, tag_);
    S3Response response = s3_->send(std::move(request));
    if (response.status == 200) upload_id_ = xml_text(response.body, "UploadId");
    if (upload_id_.empty()) throw s3_->error("write", path_, response);
}

void S3Upload::send_part() {
    if (upload_id_.empty()) begin_multipart();
    wait_for_parts(kPartsUnderWay - 1);
    size_t index = num_parts_++;
    {
        std::lock_guard lock(parts_->mutex);
        parts_->under_way++;
        parts_->etags.resize(num_parts_);
    }
    S3Request request;
    request.method = "PUT";
    request.key = key_;
    request.query = {{"partNumber", std::to_string(num_parts_)}, {"uploadId", upload_id_}};
    request.body = std::make_shared<const std::string>(std::move(buffer_));
    buffer_.clear();
    s3_->start(std::move(request), [parts = parts_, index](S3Response response) {
        std::lock_guard lock(parts->mutex);
        parts->under_way--;
        if (response.status == 200) {
            parts->etags[index] = response.header("etag");
        } else if (!parts->failure) {
            parts->failure = std::move(response);
        }
        parts->changed.notify_all();
    });
}

void S3Upload::wait_for_parts(size_t at_most) {
    std::unique_lock lock(parts_->mutex);
    parts_->changed.wait(lock, [&] { return parts_->under_way <= at_most; });
    if (parts_->failure) throw s3_->error("write", path_, *parts_->failure);
}

void S3Upload::abort() {
    {
        std::unique_lock lock(parts_->mutex);
        parts_->changed.wait(lock, [&] { return parts_->under_way == 0; });
    }
    S3Request request;
    request.method = "DELETE";
    request.key = key_;
    request.query = {{"uploadId", upload_id_}};
    s3_->send(std::move(request));
}

void S3Upload::finish() { complete(false); }

PutResult S3Upload::finish_if_absent() { return complete(true); }

PutResult S3Upload::complete(bool if_absent) {
    if (upload_id_.empty()) {
        is_finished_ = true;
        return put_single(if_absent);
    }
    if (!buffer_.empty()) send_part();
    wait_for_parts(0);
    PutResult result = complete_multipart(if_absent);
    if (result == PutResult::kCreated) is_finished_ = true;  // else the parts are taken back
    return result;
}

PutResult S3Upload::put_single(bool if_absent) {
    S3Request request;
    request.method = "PUT";
    request.key = key_;
    request.headers = s3_->settings().write_headers;
    request.headers.emplace_back(kTagHeader, tag_);
    if (if_absent) request.headers.emplace_back("if-none-match", "*");
    request.body = std::make_shared<const std::string>(std::move(buffer_));
    S3Response response = s3_->send(std::move(request));
    if (response.status == 200) return PutResult::kCreated;
    if (!if_absent || response.status != 412) throw s3_->error("write", path_, response);
    // The object may be there because an attempt whose answer was lost put it there.
    return response.is_repeated && is_ours() ? PutResult::kCreated : PutResult::kAlreadyExists;
}

PutResult S3Upload::complete_multipart(bool if_absent) {
    S3Request request;
    request.method = "POST";
    request.key = key_;
    request.query = {{"uploadId", upload_id_}};
    if (if_absent) request.headers = {{"if-none-match", "*"}};
    request.body = std::make_shared<const std::string>(complete_request(parts_->etags));
    S3Response response = s3_->send(std::move(request));
    // Joining the parts may fail after the answer began: an error in a 200.
    if (response.status == 200 && s3_error_code(response).empty()) return PutResult::kCreated;
    if (response.is_repeated && (response.status == 404 || response.status == 412) && is_ours())
        return PutResult::kCreated;
    if (if_absent && response.status == 412) return PutResult::kAlreadyExists;
    throw s3_->error("write", path_, response);
}

// Does the object in the bucket carry our tag?
bool S3Upload::is_ours() const {
    S3Request request;
    request.method = "HEAD";
    request.key = key_;
    S3Response response = s3_->send(std::move(request));
    if (response.status != 200 && response.status != 404) throw s3_->error("read", path_, response);
    return response.status == 200 && response.header(kTagHeader) == tag_;
}

}  // namespace hanok::storage

#pragma once
// Signed requests to one bucket, tried again while that makes sense.

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "storage/http/http_client.h"
#include "storage/s3/s3_settings.h"

namespace hanok::storage {

struct S3Request {
    std::string method = "GET";
    std::string key;  // not encoded; "" for the bucket itself
    NameValues query;
    NameValues headers;  // lower-case names
    std::shared_ptr<const std::string> body;
    int64_t expected_bytes = 0;
};

struct S3Response : HttpResponse {
    int attempts = 0;
    /// An earlier attempt may have done its work although its answer was lost.
    bool is_repeated = false;
};

/// Tries again, with growing random pauses, after 408, 429, 5xx, resets and time-outs; and once
/// after an answer that names another region or a wrong clock. Thread-safe; must be held by a
/// shared_ptr.
class S3Client : public std::enable_shared_from_this<S3Client> {
public:
    using OnDone = std::function<void(S3Response)>;

    explicit S3Client(S3Settings settings, HttpClient& http = HttpClient::shared());

    const S3Settings& settings() const { return settings_; }
    /// `on_done` runs on the HTTP thread. Throws Error only when there are no credentials.
    void start(S3Request request, OnDone on_done);
    S3Response send(S3Request request);

    /// What to throw for an answer that is no success. `path` as the user wrote it.
    Error error(
        const std::string& operation, const std::string& path, const S3Response& response) const;

private:
    struct Attempt;
    void send_attempt(std::shared_ptr<Attempt> attempt, int64_t delay_ms);
    void on_answer(const std::shared_ptr<Attempt>& attempt, HttpResponse answer);
    bool learn_from(const HttpResponse& answer);
    HttpRequest signed_request(const S3Request& request, const std::string& body_sha256) const;
    int64_t pause_ms(int attempts) const;

    const S3Settings settings_;
    HttpClient& http_;
    mutable std::mutex mutex_;  // guards region_ and clock_skew_s_
    std::string region_;
    int64_t clock_skew_s_ = 0;  // server minus us
};

/// "NoSuchKey" of an error document; "" when there is none.
std::string s3_error_code(const HttpResponse& response);

}  // namespace hanok::storage

#include "storage/s3/s3_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <future>

#include "base/clock.h"
#include "base/ids.h"
#include "storage/s3/s3_xml.h"

namespace hanok::storage {

namespace {

constexpr int64_t kMaxPauseMs = 10000;
constexpr int64_t kMaxSkewSeconds = 60;

bool is_transient(const HttpResponse& answer) {
    switch (answer.status) {
        case 0:
        case 408:
        case 429:
        case 500:
        case 502:
        case 503:
        case 504: return true;
        case 400: return s3_error_code(answer) == "RequestTimeout";
        // Two conditional writes at once: S3 asks the loser to look again.
        case 409: return s3_error_code(answer) == "ConditionalRequestConflict";
        default: return false;
    }
}

// No certificate will be right the next time.
bool is_hopeless(const HttpResponse& answer) {
    return answer.status == 0 && answer.failure.find("certificate") != std::string::npos;
}

}  // namespace

std::string s3_error_code(const HttpResponse& response) { return xml_text(response.body, "Code"); }

struct S3Client::Attempt {
    S3Request request;
    std::string body_sha256;
    OnDone on_done;
    int count = 0;
    bool is_repeated = false;
    bool has_learned = false;
};

S3Client::S3Client(S3Settings settings, HttpClient& http)
    : settings_(std::move(settings)), http_(http), region_(settings_.region) {}

HttpRequest S3Client::signed_request(
    const S3Request& request, const std::string& body_sha256) const {
    SigningInput input;
    {
        std::lock_guard lock(mutex_);
        input.region = region_;
        input.timestamp = amz_timestamp(
            base::SystemClock::instance().now_ms() / 1000 + clock_skew_s_);
    }
    size_t host = settings_.endpoint.find("://") + 3;
    std::string scheme = settings_.endpoint.substr(0, host);
    input.host = settings_.endpoint.substr(host);
    input.encoded_path = "/";
    if (settings_.path_style) {
        input.encoded_path += percent_encode(settings_.bucket, false);
        if (!request.key.empty()) input.encoded_path += "/";
    } else {
        input.host = settings_.bucket + "." + input.host;
    }
    input.encoded_path += percent_encode(request.key, true);
    input.method = request.method;
    input.query = request.query;
    input.headers = request.headers;
    input.headers.insert(
        input.headers.end(), settings_.all_headers.begin(), settings_.all_headers.end());
    input.payload_sha256 = body_sha256;

    HttpRequest out;
    out.method = request.method;
    std::string query = canonical_query(input.query);
    out.url = scheme + input.host + input.encoded_path + (query.empty() ? "" : "?" + query);
    for (const auto& [name, value] : input.headers) out.headers.push_back(name + ": " + value);
    for (const auto& [name, value] : sign_s3(input, settings_.credentials))
        out.headers.push_back(name + ": " + value);
    out.body = request.body;
    if (out.body && request.method == "PUT")
        out.headers.push_back("Content-Type: application/octet-stream");
    if (out.body && request.method == "POST")
        out.headers.push_back("Content-Type: application/xml");
    out.expected_bytes = request.expected_bytes;
    out.connect_timeout_ms = settings_.connect_timeout_ms;
    out.stall_timeout_ms = settings_.stall_timeout_ms;
    out.ca_file = settings_.ca_file;
    return out;
}

// Full jitter: anything up to a limit that doubles.
int64_t S3Client::pause_ms(int attempts) const {
    int64_t limit = settings_.retry_interval_ms << std::min(attempts - 1, 20);
    limit = std::clamp<int64_t>(limit, 1, kMaxPauseMs);
    return static_cast<int64_t>(
        base::SystemRandom::instance().next_u64() % static_cast<uint64_t>(limit + 1));
}

// Does the answer tell how to ask better?
bool S3Client::learn_from(const HttpResponse& answer) {
    if (answer.status < 300 || answer.status >= 500) return false;
    std::lock_guard lock(mutex_);
    std::string region = answer.header("x-amz-bucket-region");
    if (region.empty() && s3_error_code(answer) == "AuthorizationHeaderMalformed")
        region = xml_text(answer.body, "Region");
    if (!region.empty() && region != region_) {
        region_ = region;
        return true;
    }
    if (answer.status != 403) return false;
    time_t theirs = curl_getdate(answer.header("date").c_str(), nullptr);
    if (theirs <= 0) return false;
    int64_t skew = theirs - base::SystemClock::instance().now_ms() / 1000;
    if (std::abs(skew - clock_skew_s_) < kMaxSkewSeconds) return false;
    clock_skew_s_ = skew;
    return true;
}

void S3Client::send_attempt(std::shared_ptr<Attempt> attempt, int64_t delay_ms) {
    HttpRequest request = signed_request(attempt->request, attempt->body_sha256);
    request.delay_ms = delay_ms;
    attempt->count++;
    http_.start(std::move(request),
        [self = shared_from_this(), attempt = std::move(attempt)](
            HttpResponse answer) { self->on_answer(attempt, std::move(answer)); });
}

void S3Client::on_answer(const std::shared_ptr<Attempt>& attempt, HttpResponse answer) {
    bool may_have_worked = answer.may_have_arrived || answer.status >= 500;
    bool again = is_transient(answer) && !is_hopeless(answer) &&
                 attempt->count < settings_.attempts;
    if (!again && !attempt->has_learned && learn_from(answer)) {
        attempt->has_learned = true;
        again = true;
    }
    if (again) {
        attempt->is_repeated |= may_have_worked;
        send_attempt(attempt, pause_ms(attempt->count));
        return;
    }
    S3Response response;
    static_cast<HttpResponse&>(response) = std::move(answer);
    response.attempts = attempt->count;
    response.is_repeated = attempt->is_repeated || response.may_have_arrived;
    attempt->on_done(std::move(response));
}

void S3Client::start(S3Request request, OnDone on_done) {
    if (settings_.credentials.access_key.empty() && !settings_.is_anonymous) {
        throw runtime_error("STORAGE_ACCESS_DENIED",
            {{"operation", "access"}, {"path", "s3://" + settings_.bucket},
                {"reason",
                    "there are no credentials; set spark.hadoop.fs.s3a.access.key and "
                    "spark.hadoop.fs.s3a.secret.key, or AWS_ACCESS_KEY_ID and "
                    "AWS_SECRET_ACCESS_KEY"}});
    }
    auto attempt = std::make_shared<Attempt>();
    attempt->request = std::move(request);
    attempt->body_sha256 = sha256_hex(attempt->request.body ? *attempt->request.body : "");
    attempt->on_done = std::move(on_done);
    send_attempt(std::move(attempt), 0);
}

S3Response S3Client::send(S3Request request) {
    std::promise<S3Response> promise;
    auto future = promise.get_future();
    start(std::move(request), [&](S3Response response) { promise.set_value(std::move(response)); });
    return future.get();
}

Error S3Client::error(
    const std::string& operation, const std::string& path, const S3Response& response) const {
    std::string code = s3_error_code(response);
    std::string message = xml_text(response.body, "Message");
    std::string reason;
    if (response.status == 0) {
        reason = response.failure;
    } else {
        reason = std::to_string(response.status) + (code.empty() ? "" : " " + code) +
                 (message.empty() ? "" : ": " + message);
    }
    while (reason.ends_with('.')) reason.pop_back();
    ErrorParameters parameters = {{"operation", operation}, {"path", path}, {"reason", reason}};
    if (code == "NoSuchBucket") {
        parameters["bucket"] = settings_.bucket;
        return runtime_error("STORAGE_BUCKET_NOT_FOUND", parameters);
    }
    if (response.status == 401 || response.status == 403)
        return runtime_error("STORAGE_ACCESS_DENIED", parameters);
    if (is_transient(response)) {
        parameters["attempts"] = std::to_string(response.attempts);
        parameters["endpoint"] = settings_.endpoint;
        return runtime_error("STORAGE_UNAVAILABLE", parameters);
    }
    return runtime_error("STORAGE_ERROR", parameters);
}

}  // namespace hanok::storage

#include "storage/http/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <future>

#include "base/clock.h"

namespace hanok::storage {

namespace {

constexpr size_t kIdleHandles = 64;
constexpr int kMaxWaitMs = 1000;
constexpr int64_t kMaxReserve = int64_t{64} << 20;

int64_t ticks_ms() { return base::SystemClock::instance().ticks_us() / 1000; }

void init_curl_once() {
    static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(done);
}

std::string trimmed(std::string_view text) {
    size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return "";
    return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

}  // namespace

std::string HttpResponse::header(const std::string& name) const {
    auto it = headers.find(name);
    return it == headers.end() ? "" : it->second;
}

struct HttpClient::Call {
    HttpRequest request;
    OnDone on_done;
    HttpResponse response;
    CURL* easy = nullptr;
    curl_slist* headers = nullptr;
    size_t sent = 0;      // bytes of the body
    bool resent = false;  // curl began the body anew on another connection
    char error[CURL_ERROR_SIZE] = "";

    ~Call() { curl_slist_free_all(headers); }

    static size_t on_header(char* text, size_t size, size_t count, void* self) {
        auto& response = static_cast<Call*>(self)->response;
        std::string_view line(text, size * count);
        if (line.starts_with("HTTP/")) response.headers.clear();  // after "100 Continue"
        size_t colon = line.find(':');
        if (colon == std::string_view::npos) return size * count;
        std::string name(line.substr(0, colon));
        std::transform(name.begin(), name.end(), name.begin(),
            [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        response.headers[name] = trimmed(line.substr(colon + 1));
        return size * count;
    }
    static size_t on_body(char* data, size_t size, size_t count, void* self) {
        auto* call = static_cast<Call*>(self);
        if (call->response.body.empty()) {
            call->response.body.reserve(static_cast<size_t>(
                std::clamp<int64_t>(call->request.expected_bytes, 0, kMaxReserve)));
        }
        call->response.body.append(data, size * count);
        return size * count;
    }
    static size_t on_read(char* buffer, size_t size, size_t count, void* self) {
        auto* call = static_cast<Call*>(self);
        const std::string& body = *call->request.body;
        size_t taken = std::min(size * count, body.size() - call->sent);
        std::memcpy(buffer, body.data() + call->sent, taken);
        call->sent += taken;
        return taken;
    }
    static int on_seek(void* self, curl_off_t offset, int) {
        auto* call = static_cast<Call*>(self);
        call->resent = true;
        call->sent = static_cast<size_t>(offset);
        return CURL_SEEKFUNC_OK;
    }

    void set_up() {
        curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
        curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
        curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
        curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L * 1024);
        curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
        curl_easy_setopt(
            easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms));
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
            static_cast<long>(std::max<int64_t>(1, (request.stall_timeout_ms + 999) / 1000)));
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
        if (!request.ca_file.empty())
            curl_easy_setopt(easy, CURLOPT_CAINFO, request.ca_file.c_str());
        curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
        set_method();
        headers = curl_slist_append(headers, "Expect:");  // no round trip before the body
        headers = curl_slist_append(headers, "Accept:");
        for (const std::string& header : request.headers)
            headers = curl_slist_append(headers, header.c_str());
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    }

    void set_method() {
        if (request.method == "HEAD") {
            curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
            return;
        }
        if (request.body) {
            curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
            curl_easy_setopt(
                easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
            curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
            curl_easy_setopt(easy, CURLOPT_READDATA, this);
            curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
            curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
        }
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }

    void take_result(CURLcode code) {
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        response.status = code == CURLE_OK ? static_cast<int>(status) : 0;
        response.may_have_arrived = resent || code != CURLE_OK;
        if (code == CURLE_OK) return;
        if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
            code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR)
            response.may_have_arrived = resent;
        response.failure = error[0] != '\0' ? error : curl_easy_strerror(code);
    }
};

HttpClient::HttpClient() {
    init_curl_once();
    multi_ = curl_multi_init();
    curl_multi_setopt(static_cast<CURLM*>(multi_), CURLMOPT_MAXCONNECTS, 128L);
    curl_multi_setopt(static_cast<CURLM*>(multi_), CURLMOPT_MAX_HOST_CONNECTIONS, 96L);
    thread_ = std::thread([this] { run(); });
}

HttpClient::~HttpClient() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    curl_multi_wakeup(static_cast<CURLM*>(multi_));
    thread_.join();
    for (void* easy : idle_) curl_easy_cleanup(static_cast<CURL*>(easy));
    curl_multi_cleanup(static_cast<CURLM*>(multi_));
}

HttpClient& HttpClient::shared() {
    // Never destroyed: requests may be under way on threads that outlive main's statics.
    static auto* client = new HttpClient();
    return *client;
}

void HttpClient::start(HttpRequest request, OnDone on_done) {
    auto call = std::make_unique<Call>();
    call->request = std::move(request);
    call->on_done = std::move(on_done);
    {
        std::lock_guard lock(mutex_);
        incoming_.push_back(std::move(call));
    }
    curl_multi_wakeup(static_cast<CURLM*>(multi_));
}

HttpResponse HttpClient::send(HttpRequest request) {
    std::promise<HttpResponse> promise;
    auto future = promise.get_future();
    start(
        std::move(request), [&](HttpResponse response) { promise.set_value(std::move(response)); });
    return future.get();
}

void HttpClient::begin(std::unique_ptr<Call> call) {
    if (idle_.empty()) {
        call->easy = curl_easy_init();
    } else {
        call->easy = static_cast<CURL*>(idle_.back());
        idle_.pop_back();
    }
    call->set_up();
    curl_multi_add_handle(static_cast<CURLM*>(multi_), call->easy);
    call.release();  // found again by CURLOPT_PRIVATE
}

// Begins what is due; how long until the next is.
int64_t HttpClient::begin_due() {
    int64_t now = ticks_ms();
    while (!delayed_.empty() && delayed_.begin()->first <= now) {
        auto call = std::move(delayed_.begin()->second);
        delayed_.erase(delayed_.begin());
        begin(std::move(call));
    }
    return delayed_.empty() ? kMaxWaitMs : delayed_.begin()->first - now;
}

void HttpClient::finish_done() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(static_cast<CURLM*>(multi_), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL* easy = message->easy_handle;
        CURLcode code = message->data.result;
        Call* found = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, reinterpret_cast<char**>(&found));
        std::unique_ptr<Call> call(found);
        call->take_result(code);
        curl_multi_remove_handle(static_cast<CURLM*>(multi_), easy);
        if (idle_.size() < kIdleHandles) {
            curl_easy_reset(easy);  // it points into the call
            idle_.push_back(easy);
        } else {
            curl_easy_cleanup(easy);
        }
        call->on_done(std::move(call->response));
    }
}

void HttpClient::run() {
    while (true) {
        std::vector<std::unique_ptr<Call>> incoming;
        {
            std::lock_guard lock(mutex_);
            if (stopping_) break;
            incoming.swap(incoming_);
        }
        for (auto& call : incoming) {
            int64_t due = ticks_ms() + call->request.delay_ms;
            delayed_.emplace(due, std::move(call));
        }
        int64_t wait_ms = begin_due();
        int running = 0;
        curl_multi_perform(static_cast<CURLM*>(multi_), &running);
        finish_done();
        {
            std::lock_guard lock(mutex_);
            if (!incoming_.empty()) continue;
        }
        int timeout = static_cast<int>(std::clamp<int64_t>(wait_ms, 0, kMaxWaitMs));
        curl_multi_poll(static_cast<CURLM*>(multi_), nullptr, 0, timeout, nullptr);
    }
}

}  // namespace hanok::storage

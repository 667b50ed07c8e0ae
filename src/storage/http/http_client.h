#pragma once
// HTTP/1.1 requests over kept-alive connections: one thread drives all of them (libcurl's multi
// interface), so that a caller may have many under way.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hanok::storage {

struct HttpRequest {
    std::string method = "GET";
    std::string url;                   // encoded; sent as it is
    std::vector<std::string> headers;  // "name: value"
    std::shared_ptr<const std::string> body;
    int64_t expected_bytes = 0;  // of the answer's body, when known; room is made for it
    int64_t connect_timeout_ms = 5000;
    int64_t stall_timeout_ms = 30000;  // without a byte in either direction
    std::string ca_file;               // PEM; "" for the system's
    int64_t delay_ms = 0;              // waits before it begins
};

struct HttpResponse {
    int status = 0;                              // 0: no answer, `failure` says why
    std::map<std::string, std::string> headers;  // lower-case names
    std::string body;
    std::string failure;
    /// The server may have got the request, although no (or another) answer came back.
    bool may_have_arrived = false;

    std::string header(const std::string& name) const;
};

class HttpClient {
public:
    /// Runs on the client's thread: it must be quick, and may start other requests.
    using OnDone = std::function<void(HttpResponse)>;

    HttpClient();
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    /// The one that all stores of the process share.
    static HttpClient& shared();

    /// Never blocks, never throws for what the network does.
    void start(HttpRequest request, OnDone on_done);
    /// start() and wait. Not from OnDone.
    HttpResponse send(HttpRequest request);

private:
    struct Call;
    void run();
    void begin(std::unique_ptr<Call> call);
    void finish_done();
    int64_t begin_due();

    void* multi_;              // CURLM
    std::vector<void*> idle_;  // CURL handles for the next calls; the thread's own
    std::multimap<int64_t, std::unique_ptr<Call>> delayed_;  // by start time; the thread's own
    std::mutex mutex_;                                       // guards incoming_ and stopping_
    std::vector<std::unique_ptr<Call>> incoming_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace hanok::storage

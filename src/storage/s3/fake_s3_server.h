#pragma once
// A small S3 on loopback for unit tests: objects in memory, faults on command. Lists pages of
// three.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "storage/object_store.h"
#include "storage/s3/sigv4.h"

namespace hanok::storage {

/// What happens to the next requests whose method and target fit.
struct FakeFault {
    enum Kind { kStatus, kReset, kDoAndReset, kDoAndStatus, kDelay, kHalfBody };
    Kind kind = kStatus;
    std::string method;  // "" for all
    std::string part;    // of the target; "" for all
    int status = 503;
    int times = 1;
    int delay_ms = 0;
};

class FakeS3Server {
public:
    FakeS3Server() {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(listener_, 64);
        socklen_t size = sizeof address;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~FakeS3Server() {
        stopping_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        {
            std::lock_guard lock(mutex_);
            for (int fd : open_) ::shutdown(fd, SHUT_RDWR);
        }
        acceptor_.join();
        for (auto& thread : workers_) thread.join();
        ::close(listener_);
    }
    std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
    void add_fault(FakeFault fault) {
        std::lock_guard lock(mutex_);
        faults_.push_back(std::move(fault));
    }
    std::vector<std::string> requests() const {
        std::lock_guard lock(mutex_);
        return requests_;
    }
    int connections() const { return connections_; }
    size_t num_uploads() const {
        std::lock_guard lock(mutex_);
        return uploads_.size();
    }
    /// Requests must be signed with "test-key" and "test-secret" for this region.
    std::string region = "us-east-1";

private:
    using Map = std::map<std::string, std::string>;
    struct Object {
        std::string data;
        std::string tag;
    };
    struct Request {
        std::string method, target, path, body;
        Map headers, query;
    };
    struct Answer {
        int status = 200;
        std::string body;
        Map headers;
    };
    struct Upload {
        std::string tag;
        std::map<int, std::string> parts;
    };

    void accept_all() {
        while (!stopping_) {
            int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) return;
            connections_++;
            std::lock_guard lock(mutex_);
            open_.push_back(fd);
            workers_.emplace_back([this, fd] { serve(fd); });
        }
    }

    void serve(int fd) {
        std::string buffer;
        while (!stopping_) {
            Request request;
            if (!read_request(fd, &buffer, &request)) break;
            if (!handle(fd, request)) break;
        }
        std::lock_guard lock(mutex_);
        std::erase(open_, fd);
        ::close(fd);
    }

    static bool fill(int fd, std::string* buffer) {
        char bytes[65536];
        ssize_t n = ::recv(fd, bytes, sizeof bytes, 0);
        if (n <= 0) return false;
        buffer->append(bytes, static_cast<size_t>(n));
        return true;
    }

    static bool read_request(int fd, std::string* buffer, Request* out) {
        size_t end;
        while ((end = buffer->find("\r\n\r\n")) == std::string::npos)
            if (!fill(fd, buffer)) return false;
        std::string head = buffer->substr(0, end + 2);
        buffer->erase(0, end + 4);
        size_t space = head.find(' '), second = head.find(' ', space + 1);
        out->method = head.substr(0, space);
        out->target = head.substr(space + 1, second - space - 1);
        for (size_t at = head.find("\r\n") + 2; at < head.size();) {
            size_t stop = head.find("\r\n", at), colon = head.find(':', at);
            std::string name = head.substr(at, colon - at);
            for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            out->headers[name] = head.substr(colon + 2, stop - colon - 2);
            at = stop + 2;
        }
        auto length = static_cast<size_t>(std::atoll(out->headers["content-length"].c_str()));
        while (buffer->size() < length)
            if (!fill(fd, buffer)) return false;
        out->body = buffer->substr(0, length);
        buffer->erase(0, length);
        size_t question = out->target.find('?');
        out->path = uri_decode(out->target.substr(0, question));
        std::string rest = question == std::string::npos ? "" : out->target.substr(question + 1);
        while (!rest.empty()) {
            size_t amp = std::min(rest.find('&'), rest.size());
            size_t equals = rest.find('=');
            out->query[uri_decode(rest.substr(0, equals))] = uri_decode(
                rest.substr(equals + 1, amp - equals - 1));
            rest.erase(0, std::min(rest.size(), amp + 1));
        }
        return true;
    }

    static void send_all(int fd, const std::string& bytes) {
        size_t done = 0;
        while (done < bytes.size()) {
            ssize_t n = ::send(fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
            if (n <= 0) return;
            done += static_cast<size_t>(n);
        }
    }

    FakeFault take_fault(const Request& request, bool* found) {
        std::lock_guard lock(mutex_);
        requests_.push_back(request.method + " " + request.target);
        for (FakeFault& fault : faults_) {
            bool fits = (fault.method.empty() || fault.method == request.method) &&
                        request.target.find(fault.part) != std::string::npos;
            if (!fits || fault.times == 0) continue;
            fault.times--;
            *found = true;
            return fault;
        }
        return {};
    }

    // False: the connection is over.
    bool handle(int fd, const Request& request) {
        bool is_struck = false;
        FakeFault fault = take_fault(request, &is_struck);
        Answer answer;
        bool acts = !is_struck ||
                    (fault.kind != FakeFault::kStatus && fault.kind != FakeFault::kReset);
        if (acts) answer = act(request);
        if (is_struck) {
            std::this_thread::sleep_for(std::chrono::milliseconds(fault.delay_ms));
            if (fault.kind == FakeFault::kReset || fault.kind == FakeFault::kDoAndReset) {
                linger hard{1, 0};
                ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
                return false;
            }
            if (fault.kind == FakeFault::kStatus || fault.kind == FakeFault::kDoAndStatus)
                answer = error(fault.status, "SlowDown");
        }
        std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " X\r\n";
        if (!answer.headers.contains("content-length"))
            answer.headers["content-length"] = std::to_string(answer.body.size());
        for (const auto& [name, value] : answer.headers) head += name + ": " + value + "\r\n";
        std::string body = request.method == "HEAD" ? "" : answer.body;
        if (is_struck && fault.kind == FakeFault::kHalfBody) body.resize(body.size() / 2);
        send_all(fd, head + "\r\n" + body);
        return !(is_struck && fault.kind == FakeFault::kHalfBody);
    }

    static Answer error(int status, const std::string& code) {
        return {status,
            "<?xml version=\"1.0\"?><Error><Code>" + code +
                "</Code><Message>told to fail</Message></Error>",
            {}};
    }

    bool is_signed(const Request& request) const {
        auto found = request.headers.find("authorization");
        if (found == request.headers.end()) return false;
        const std::string& given = found->second;
        size_t begin = given.find("SignedHeaders=") + 14;
        std::string names = given.substr(begin, given.find(',', begin) - begin) + ";";
        SigningInput input;
        input.method = request.method;
        input.host = request.headers.at("host");
        input.encoded_path = request.target.substr(0, request.target.find('?'));
        for (const auto& entry : request.query) input.query.push_back(entry);
        S3Credentials keys{"test-key", "test-secret", ""};
        while (!names.empty()) {
            std::string name = names.substr(0, names.find(';'));
            names.erase(0, name.size() + 1);
            auto value = request.headers.find(name);
            if (value == request.headers.end()) return false;
            if (name == "x-amz-security-token") keys.session_token = value->second;
            bool is_own = name == "host" || name == "x-amz-date" ||
                          name == "x-amz-security-token" || name == "x-amz-content-sha256";
            if (!is_own) input.headers.emplace_back(name, value->second);
        }
        input.payload_sha256 = sha256_hex(request.body);
        input.timestamp = request.headers.at("x-amz-date");
        input.region = region;
        return sign_s3(input, keys).back().second == given;
    }

    Answer act(const Request& request) {
        std::lock_guard lock(mutex_);
        if (request.headers.contains("authorization") &&
            request.headers.at("authorization").find("/" + region + "/") == std::string::npos) {
            Answer wrong = error(400, "AuthorizationHeaderMalformed");
            wrong.headers["x-amz-bucket-region"] = region;
            return wrong;
        }
        if (!is_signed(request)) return error(403, "SignatureDoesNotMatch");
        size_t slash = request.path.find('/', 1);
        if (request.path.substr(1, slash - 1) != "bucket") return error(404, "NoSuchBucket");
        std::string key = slash == std::string::npos ? "" : request.path.substr(slash + 1);
        const Map& query = request.query;
        if (query.contains("list-type")) return list(query);
        if (query.contains("delete")) return remove_many(request.body);
        if (query.contains("uploads")) return start_upload(request);
        if (query.contains("uploadId")) return go_on(request, key);
        if (request.method == "PUT") return put(request, key);
        if (request.method == "DELETE") {
            objects_.erase(key);
            return {204, "", {}};
        }
        return get(request, key);
    }

    Answer get(const Request& request, const std::string& key) {
        auto found = objects_.find(key);
        if (found == objects_.end()) return error(404, "NoSuchKey");
        const std::string& data = found->second.data;
        Answer answer{
            200, data, {{"etag", etag(data)}, {"last-modified", "Wed, 21 Oct 2015 07:28:00 GMT"}}};
        if (!found->second.tag.empty())
            answer.headers["x-amz-meta-hanok-upload"] = found->second.tag;
        auto range = request.headers.find("range");
        if (range != request.headers.end()) {
            auto first = static_cast<size_t>(std::atoll(range->second.c_str() + 6));
            auto last = static_cast<size_t>(
                std::atoll(range->second.c_str() + range->second.find('-') + 1));
            if (first >= data.size()) return error(416, "InvalidRange");
            answer.status = 206;
            answer.body = data.substr(first, last - first + 1);
        }
        if (request.method == "HEAD")
            answer.headers["content-length"] = std::to_string(data.size());
        return answer;
    }

    Answer put(const Request& request, const std::string& key) {
        if (request.headers.contains("if-none-match") && objects_.contains(key))
            return error(412, "PreconditionFailed");
        auto source = request.headers.find("x-amz-copy-source");
        if (source != request.headers.end()) {
            auto from = objects_.find(uri_decode(source->second).substr(7));
            if (from == objects_.end()) return error(404, "NoSuchKey");
            objects_[key] = from->second;
            return {200, "<CopyObjectResult></CopyObjectResult>", {}};
        }
        objects_[key] = {request.body, tag_of(request)};
        return {200, "", {{"etag", etag(request.body)}}};
    }

    Answer start_upload(const Request& request) {
        std::string id = "upload-" + std::to_string(next_upload_++);
        uploads_[id].tag = tag_of(request);
        return {200,
            "<InitiateMultipartUploadResult><UploadId>" + id +
                "</UploadId></InitiateMultipartUploadResult>",
            {}};
    }

    Answer go_on(const Request& request, const std::string& key) {
        std::string id = request.query.at("uploadId");
        if (!uploads_.contains(id)) return error(404, "NoSuchUpload");
        if (request.method == "DELETE") {
            uploads_.erase(id);
            return {204, "", {}};
        }
        if (request.method == "PUT") {
            uploads_[id].parts[std::atoi(request.query.at("partNumber").c_str())] = request.body;
            return {200, "", {{"etag", etag(request.body)}}};
        }
        if (request.headers.contains("if-none-match") && objects_.contains(key))
            return error(412, "PreconditionFailed");
        std::string data;
        for (const auto& [number, part] : uploads_[id].parts) data += part;
        objects_[key] = {data, uploads_[id].tag};
        uploads_.erase(id);
        return {200, "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>", {}};
    }

    Answer list(const Map& query) {
        auto value = [&](const char* name) {
            auto it = query.find(name);
            return it == query.end() ? std::string() : it->second;
        };
        std::string prefix = value("prefix"), delimiter = value("delimiter"), out, last;
        std::string after = std::max(value("start-after"), value("continuation-token"));
        size_t count = 0;
        bool is_truncated = false;
        for (const auto& [key, object] : objects_) {
            if (!key.starts_with(prefix) || key <= after) continue;
            size_t cut = delimiter.empty() ? std::string::npos : key.find('/', prefix.size());
            std::string folder = cut == std::string::npos ? "" : key.substr(0, cut + 1);
            if (!folder.empty() && (folder == last || after.starts_with(folder))) continue;
            if (count++ == 3) {
                is_truncated = true;
                break;
            }
            last = folder.empty() ? key : folder;
            if (folder.empty()) {
                out += "<Contents><Key>" + key + "</Key><Size>" +
                       std::to_string(object.data.size()) +
                       "</Size><LastModified>2015-10-21T07:28:00.123Z</LastModified></Contents>";
            } else {
                out += "<CommonPrefixes><Prefix>" + folder + "</Prefix></CommonPrefixes>";
            }
        }
        // A token that stands behind everything in a folder that was told.
        if (is_truncated) {
            out += "<IsTruncated>true</IsTruncated><NextContinuationToken>" + last +
                   (last.ends_with('/') ? "\x7f" : "") + "</NextContinuationToken>";
        }
        return {200, "<ListBucketResult>" + out + "</ListBucketResult>", {}};
    }

    Answer remove_many(const std::string& body) {
        for (size_t at = 0; (at = body.find("<Key>", at)) != std::string::npos;) {
            at += 5;
            objects_.erase(body.substr(at, body.find("</Key>", at) - at));
        }
        return {200, "<DeleteResult></DeleteResult>", {}};
    }

    static std::string etag(const std::string& data) { return "\"" + md5_base64(data) + "\""; }
    static std::string tag_of(const Request& request) {
        auto it = request.headers.find("x-amz-meta-hanok-upload");
        return it == request.headers.end() ? "" : it->second;
    }

    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
    std::thread acceptor_;
    mutable std::mutex mutex_;  // guards what follows
    std::list<std::thread> workers_;
    std::vector<int> open_;
    std::map<std::string, Object> objects_;
    std::map<std::string, Upload> uploads_;
    int next_upload_ = 0;
    std::vector<FakeFault> faults_;
    std::vector<std::string> requests_;
};

}  // namespace hanok::storage

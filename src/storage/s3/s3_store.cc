#include "storage/s3/s3_store.h"

#include <curl/curl.h>

#include <algorithm>

#include "storage/path.h"
#include "storage/s3/s3_upload.h"
#include "storage/s3/s3_xml.h"

namespace hanok::storage {

namespace {

constexpr size_t kDeleteBatch = 1000;                // S3's limit
constexpr int64_t kMaxCopyBytes = int64_t{5} << 30;  // of one CopyObject

std::string as_folder(const std::string& key) { return key.empty() ? "" : key + "/"; }

bool by_path(const ObjectInfo& a, const ObjectInfo& b) { return a.path < b.path; }

bool is_absent(const S3Response& response) {
    return response.status == 404 && s3_error_code(response) != "NoSuchBucket";
}

// The answer to a HEAD has no body that would say why it failed: asks once more in words.
S3Response explained(S3Client& s3, const std::string& key, const S3Response& head) {
    if (head.status < 400 || head.status >= 500) return head;
    S3Request request;
    request.key = key;
    request.headers = {{"range", "bytes=0-0"}};
    S3Response told = s3.send(std::move(request));
    return told.status == head.status ? told : head;
}

// The body; nullopt when there is no such object.
std::optional<std::string> contents(
    const S3Client& s3, const std::string& path, S3Response response) {
    if (response.status == 200 || response.status == 206) return std::move(response.body);
    if (response.status == 416) return "";
    if (is_absent(response)) return std::nullopt;
    throw s3.error("read", path, response);
}

}  // namespace

bool is_s3_scheme(const std::string& scheme) {
    return scheme == "s3" || scheme == "s3a" || scheme == "s3n";
}

S3Location s3_location(const std::string& path) {
    S3Location out;
    size_t begin = path.find(':') + 1;
    std::string part;
    auto take = [&] {
        if (part.empty()) return;
        if (out.bucket.empty()) {
            out.bucket = part;
        } else {
            out.key += (out.key.empty() ? "" : "/") + part;
        }
        part.clear();
    };
    for (char c : path.substr(begin)) {
        if (c == '/') {
            take();
        } else {
            part += c;
        }
    }
    take();
    if (out.bucket.empty())
        throw Error(ErrorKind::kIllegalArgument, "INVALID_STORAGE_PATH", {{"path", path}});
    return out;
}

S3Store::S3Store(StoreSettingsPtr settings, HttpClient& http)
    : settings_(std::move(settings)), http_(http) {}

std::shared_ptr<S3Client> S3Store::client(const std::string& bucket) {
    std::lock_guard lock(mutex_);
    auto& slot = clients_[bucket];
    if (!slot) slot = std::make_shared<S3Client>(s3_settings(*settings_, bucket), http_);
    return slot;
}

std::optional<std::string> S3Store::get(const std::string& path) {
    S3Location at = s3_location(path);
    auto s3 = client(at.bucket);
    S3Request request;
    request.key = at.key;
    return contents(*s3, path, s3->send(std::move(request)));
}

std::optional<std::string> S3Store::get_range(
    const std::string& path, int64_t offset, int64_t length) {
    return start_get_range(path, offset, length).get();
}

std::future<std::optional<std::string>> S3Store::start_get_range(
    const std::string& path, int64_t offset, int64_t length) {
    S3Location at = s3_location(path);
    auto s3 = client(at.bucket);
    S3Request request;
    request.key = at.key;
    // HTTP has no empty range.
    int64_t last = offset + std::max<int64_t>(length, 1) - 1;
    request.headers = {{"range", "bytes=" + std::to_string(offset) + "-" + std::to_string(last)}};
    request.expected_bytes = length;
    auto promise = std::make_shared<std::promise<std::optional<std::string>>>();
    auto future = promise->get_future();
    s3->start(std::move(request), [=](S3Response response) {
        try {
            // A server without ranges sends all of it.
            bool is_whole = response.status == 200;
            auto data = contents(*s3, path, std::move(response));
            if (data && is_whole)
                data->erase(0, std::min(data->size(), static_cast<size_t>(offset)));
            if (data && static_cast<int64_t>(data->size()) > length)
                data->resize(static_cast<size_t>(length));
            promise->set_value(std::move(data));
        } catch (...) {
            promise->set_exception(std::current_exception());
        }
    });
    return future;
}

std::optional<ObjectInfo> S3Store::head(const std::string& path) {
    if (!s3_location(path).key.empty()) {
        if (auto object = start_head(path).get()) return object;
    }
    std::optional<ObjectInfo> folder;
    for_each_listed(path, {{"max-keys", "1"}}, [&](const S3ListPage& page) {
        if (!page.objects.empty()) folder = ObjectInfo{path, 0, page.objects[0].modified_ms, true};
        return false;
    });
    return folder;
}

std::future<std::optional<ObjectInfo>> S3Store::start_head(const std::string& path) {
    S3Location at = s3_location(path);
    auto s3 = client(at.bucket);
    S3Request request;
    request.method = "HEAD";
    request.key = at.key;
    auto answer = std::make_shared<std::promise<S3Response>>();
    s3->start(std::move(request),
        [answer](S3Response response) { answer->set_value(std::move(response)); });
    // Reading the answer may ask once more, which the HTTP thread must not.
    return std::async(std::launch::deferred, [=, key = at.key]() -> std::optional<ObjectInfo> {
        S3Response response = answer->get_future().get();
        if (response.status == 404) return std::nullopt;
        if (response.status != 200) throw s3->error("read", path, explained(*s3, key, response));
        auto modified = curl_getdate(response.header("last-modified").c_str(), nullptr);
        return ObjectInfo{path, std::atoll(response.header("content-length").c_str()),
            std::max<int64_t>(0, modified) * 1000, false, response.header("etag")};
    });
}

PutResult S3Store::put_if_absent(const std::string& path, const std::string& data) {
    auto writer = open_writer(path);
    writer->append(data);
    return writer->finish_if_absent();
}

void S3Store::put(const std::string& path, const std::string& data) {
    auto writer = open_writer(path);
    writer->append(data);
    writer->finish();
}

std::unique_ptr<ObjectWriter> S3Store::open_writer(const std::string& path) {
    S3Location at = s3_location(path);
    return std::make_unique<S3Upload>(client(at.bucket), at.key, path);
}

void S3Store::move(const std::string& source, const std::string& target) {
    auto info = head(source);
    if (!info || info->size_bytes > kMaxCopyBytes) return ObjectStore::move(source, target);
    S3Location from = s3_location(source), to = s3_location(target);
    auto s3 = client(to.bucket);
    S3Request request;
    request.method = "PUT";
    request.key = to.key;
    request.headers = s3->settings().write_headers;
    request.headers.emplace_back("x-amz-copy-source",
        percent_encode(from.bucket, false) + "/" + percent_encode(from.key, true));
    S3Response response = s3->send(std::move(request));
    // Copying may fail after the answer began: an error in a 200.
    if (response.status != 200 || !s3_error_code(response).empty())
        throw s3->error("move", source, response);
    remove(source);
}

void S3Store::remove(const std::string& path) {
    S3Location at = s3_location(path);
    auto s3 = client(at.bucket);
    S3Request request;
    request.method = "DELETE";
    request.key = at.key;
    S3Response response = s3->send(std::move(request));
    bool is_gone = (response.status >= 200 && response.status < 300) || is_absent(response);
    if (!is_gone) throw s3->error("remove", path, response);
}

// Pages below a folder until `visit` says false.
void S3Store::for_each_listed(const std::string& folder, NameValues query,
    const std::function<bool(const S3ListPage&)>& visit) {
    S3Location at = s3_location(folder);
    auto s3 = client(at.bucket);
    query.emplace_back("list-type", "2");
    query.emplace_back("prefix", as_folder(at.key));
    std::string token;
    while (true) {
        S3Request request;
        request.query = query;
        if (!token.empty()) request.query.emplace_back("continuation-token", token);
        S3Response response = s3->send(std::move(request));
        if (response.status != 200) throw s3->error("list", folder, response);
        S3ListPage page = parse_list_page(response.body, folder);
        if (!visit(page) || page.next_token.empty()) return;
        token = page.next_token;
    }
}

std::vector<ObjectInfo> S3Store::list(const std::string& folder, const std::string& start_after) {
    std::string prefix = as_folder(s3_location(folder).key);
    NameValues query = {{"delimiter", "/"}};
    if (!start_after.empty()) query.emplace_back("start-after", prefix + start_after);
    std::vector<ObjectInfo> out;
    auto add = [&](const std::string& key, int64_t size, int64_t modified_ms, bool is_directory,
                   const std::string& etag) {
        std::string name = key.substr(std::min(key.size(), prefix.size()));
        while (name.ends_with('/')) name.pop_back();
        if (name.empty() || name <= start_after) return;  // the folder's own marker
        out.push_back({join_path(folder, name), size, modified_ms, is_directory, etag});
    };
    for_each_listed(folder, std::move(query), [&](const S3ListPage& page) {
        for (const auto& object : page.objects)
            add(object.key, object.size_bytes, object.modified_ms, false, object.etag);
        for (const auto& below : page.prefixes) add(below, 0, 0, true, "");
        return true;
    });
    std::sort(out.begin(), out.end(), by_path);
    return out;
}

std::vector<ObjectInfo> S3Store::list_recursive(const std::string& folder) {
    std::string prefix = as_folder(s3_location(folder).key);
    std::vector<ObjectInfo> out;
    for_each_listed(folder, {}, [&](const S3ListPage& page) {
        for (const auto& object : page.objects) {
            if (object.key.ends_with('/') || object.key.size() <= prefix.size()) continue;
            out.push_back({join_path(folder, object.key.substr(prefix.size())), object.size_bytes,
                object.modified_ms, false, object.etag});
        }
        return true;
    });
    std::sort(out.begin(), out.end(), by_path);
    return out;
}

void S3Store::make_directory(const std::string&) {}  // folders are prefixes of keys

void S3Store::remove_keys(
    const std::string& bucket, const std::vector<std::string>& keys, const std::string& shown) {
    auto s3 = client(bucket);
    S3Request request;
    request.method = "POST";
    request.query = {{"delete", ""}};
    request.body = std::make_shared<const std::string>(delete_request(keys));
    request.headers = {{"content-md5", md5_base64(*request.body)}};
    S3Response response = s3->send(std::move(request));
    if (response.status != 200) throw s3->error("remove", shown, response);
    auto failed = parse_delete_errors(response.body);
    if (!failed.empty()) {
        throw runtime_error("STORAGE_ERROR",
            {{"operation", "remove"}, {"path", shown}, {"reason", failed.front()}});
    }
}

void S3Store::remove_recursive(const std::string& folder) {
    S3Location at = s3_location(folder);
    std::vector<std::string> keys;
    for_each_listed(folder, {}, [&](const S3ListPage& page) {
        for (const auto& object : page.objects) keys.push_back(object.key);
        return true;
    });
    for (size_t begin = 0; begin < keys.size(); begin += kDeleteBatch) {
        size_t end = std::min(keys.size(), begin + kDeleteBatch);
        remove_keys(at.bucket,
            {keys.begin() + static_cast<int64_t>(begin), keys.begin() + static_cast<int64_t>(end)},
            folder);
    }
}

// Who reads with other keys has a cache of their own: a hit asks no server for permission.
std::string S3Store::version_key(const ObjectInfo& info) const {
    if (info.etag.empty()) return "";
    return settings_->identity() + "\n" + info.path + "\n" + info.etag;
}

std::optional<std::string> S3Store::local_path(const std::string&) const { return std::nullopt; }

}  // namespace hanok::storage

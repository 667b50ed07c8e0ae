#include "storage/s3/s3_settings.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/error.h"

namespace hanok::storage {

namespace {

constexpr int64_t kMinPartBytes = 5 << 20;  // S3's own limits
constexpr int64_t kMaxPartBytes = int64_t{5} << 30;

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

[[noreturn]] void throw_invalid(const std::string& key, const std::string& value) {
    throw Error(ErrorKind::kIllegalArgument, "INVALID_STORAGE_CONFIG",
        {{"confName", key}, {"confValue", value}});
}

// Hadoop's keys for one bucket.
class Keys {
public:
    Keys(const StoreSettings& settings, const std::string& bucket)
        : settings_(settings), bucket_(bucket) {}

    std::string text(const std::string& name) const {
        auto own = settings_.find("fs.s3a.bucket." + bucket_ + "." + name);
        if (!own) own = settings_.find("fs.s3a." + name);
        return own.value_or("");
    }
    bool flag(const std::string& name, bool otherwise) const {
        std::string value = lower(text(name));
        if (value.empty()) return otherwise;
        if (value != "true" && value != "false") throw_invalid("fs.s3a." + name, value);
        return value == "true";
    }
    // A number with one of the units; `units` maps the lower-case suffix to its factor.
    int64_t number(const std::string& name, int64_t otherwise,
        const std::vector<std::pair<std::string, int64_t>>& units) const {
        std::string value = lower(text(name));
        if (value.empty()) return otherwise;
        size_t digits = 0;
        while (digits < value.size() && std::isdigit(static_cast<unsigned char>(value[digits])))
            digits++;
        std::string unit = value.substr(digits);
        for (const auto& [suffix, factor] : units) {
            if (digits > 0 && digits < 16 && unit == suffix)
                return std::stoll(value.substr(0, digits)) * factor;
        }
        throw_invalid("fs.s3a." + name, value);
    }
    int64_t millis(const std::string& name, int64_t otherwise) const {
        return number(
            name, otherwise, {{"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}});
    }
    int64_t bytes(const std::string& name, int64_t otherwise) const {
        return number(name, otherwise,
            {{"", 1}, {"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"kb", 1 << 10},
                {"mb", 1 << 20}, {"gb", 1 << 30}});
    }

private:
    const StoreSettings& settings_;
    const std::string& bucket_;
};

bool is_address(const std::string& endpoint) {
    std::string host = endpoint.substr(endpoint.find("//") + 2);
    host = host.substr(0, host.rfind(':') == std::string::npos ? host.size() : host.find(':'));
    bool is_numeric = !host.empty() && host.find_first_not_of("0123456789.") == std::string::npos;
    return is_numeric || host == "localhost" || host.starts_with("[");
}

// A bucket that is no host name cannot stand in one; with dots it breaks TLS certificates.
bool fits_host_name(const std::string& bucket) {
    return std::all_of(bucket.begin(), bucket.end(),
        [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '-'; });
}

// "eu-west-1" of "s3.eu-west-1.amazonaws.com"; "" for other hosts.
std::string region_of(const std::string& endpoint) {
    size_t end = endpoint.rfind(".amazonaws.com");
    size_t begin = endpoint.rfind("s3.", end);
    if (end == std::string::npos || begin == std::string::npos || begin + 3 > end) return "";
    return endpoint.substr(begin + 3, end - begin - 3);
}

void set_endpoint(const Keys& keys, S3Settings* out) {
    std::string endpoint = keys.text("endpoint");
    if (endpoint.empty()) endpoint = environment("AWS_ENDPOINT_URL_S3");
    if (endpoint.empty()) endpoint = environment("AWS_ENDPOINT_URL");
    out->region = keys.text("endpoint.region");
    if (out->region.empty()) out->region = region_of(endpoint);
    if (out->region.empty()) out->region = environment("AWS_REGION");
    if (out->region.empty()) out->region = environment("AWS_DEFAULT_REGION");
    if (out->region.empty()) out->region = "us-east-1";
    bool is_secure = keys.flag("connection.ssl.enabled", true);
    if (endpoint.empty()) endpoint = "s3." + out->region + ".amazonaws.com";
    if (endpoint.find("://") == std::string::npos)
        endpoint = (is_secure ? "https://" : "http://") + endpoint;
    while (endpoint.ends_with('/')) endpoint.pop_back();
    size_t host = endpoint.find("://") + 3;
    bool is_known = endpoint.starts_with("http://") || endpoint.starts_with("https://");
    if (!is_known || host >= endpoint.size() || endpoint.find('/', host) != std::string::npos)
        throw_invalid("fs.s3a.endpoint", endpoint);
    out->endpoint = endpoint;
    out->path_style = keys.flag("path.style.access", false) || is_address(endpoint) ||
                      !fits_host_name(out->bucket);
}

void set_credentials(const Keys& keys, S3Settings* out) {
    std::string providers = keys.text("aws.credentials.provider");
    auto names = [&](const char* part) { return providers.find(part) != std::string::npos; };
    bool is_known = names("SimpleAWSCredentialsProvider") ||
                    names("TemporaryAWSCredentialsProvider") ||
                    names("EnvironmentVariableCredentialsProvider") || names("Anonymous") ||
                    names("DefaultCredentialsProvider") || names("DefaultAWSCredentialsProvider");
    if (!providers.empty() && !is_known)
        throw unsupported_feature("the credentials provider " + providers);
    S3Credentials& own = out->credentials;
    own.access_key = keys.text("access.key");
    own.secret_key = keys.text("secret.key");
    own.session_token = keys.text("session.token");
    if (own.access_key.empty() != own.secret_key.empty())
        throw_invalid(own.access_key.empty() ? "fs.s3a.access.key" : "fs.s3a.secret.key", "");
    if (own.access_key.empty()) {
        own = {environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
            environment("AWS_SESSION_TOKEN")};
    }
    out->is_anonymous = own.access_key.empty() && names("Anonymous");
}

void set_write_headers(const Keys& keys, S3Settings* out) {
    std::string algorithm = keys.text("encryption.algorithm");
    if (algorithm.empty()) algorithm = keys.text("server-side-encryption-algorithm");
    std::string key = keys.text("encryption.key");
    if (algorithm == "AES256") {
        out->write_headers.emplace_back("x-amz-server-side-encryption", "AES256");
    } else if (algorithm == "SSE-KMS") {
        out->write_headers.emplace_back("x-amz-server-side-encryption", "aws:kms");
        if (!key.empty())
            out->write_headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", key);
    } else if (!algorithm.empty()) {
        throw unsupported_feature("fs.s3a.encryption.algorithm " + algorithm);
    }
    std::string acl = keys.text("acl.default");
    if (!acl.empty()) {
        std::string header;  // BucketOwnerFullControl -> bucket-owner-full-control
        for (char c : acl) {
            if (std::isupper(static_cast<unsigned char>(c)) && !header.empty()) header += '-';
            header += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        out->write_headers.emplace_back("x-amz-acl", header);
    }
    if (keys.flag("requester.pays.enabled", false))
        out->all_headers.emplace_back("x-amz-request-payer", "requester");
}

}  // namespace

S3Settings s3_settings(const StoreSettings& settings, const std::string& bucket) {
    Keys keys(settings, bucket);
    S3Settings out;
    out.bucket = bucket;
    set_endpoint(keys, &out);
    set_credentials(keys, &out);
    set_write_headers(keys, &out);
    out.ca_file = environment("AWS_CA_BUNDLE");
    out.attempts = static_cast<int>(
        std::clamp<int64_t>(keys.number("attempts.maximum", out.attempts, {{"", 1}}), 1, 100));
    out.retry_interval_ms = keys.millis("retry.interval", out.retry_interval_ms);
    out.connect_timeout_ms = keys.millis("connection.establish.timeout", out.connect_timeout_ms);
    out.stall_timeout_ms = keys.millis("connection.timeout", out.stall_timeout_ms);
    out.part_bytes = std::clamp(
        keys.bytes("multipart.size", out.part_bytes), kMinPartBytes, kMaxPartBytes);
    return out;
}

}  // namespace hanok::storage

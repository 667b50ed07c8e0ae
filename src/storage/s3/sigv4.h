#pragma once
// AWS Signature Version 4 for S3: a pure function of request, keys and time.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hanok::storage {

struct S3Credentials {
    std::string access_key;  // "": requests are not signed
    std::string secret_key;
    std::string session_token;  // "" for long-lived keys
};

using NameValues = std::vector<std::pair<std::string, std::string>>;

struct SigningInput {
    std::string method;
    std::string host;          // with the port, as the Host header says it
    std::string encoded_path;  // percent-encoded once, begins with a slash
    NameValues query;          // not encoded
    NameValues headers;        // further headers to sign, lower-case names
    std::string payload_sha256;
    std::string timestamp;  // "20130524T000000Z"
    std::string region;
};

/// The headers to send besides `headers` and Host: x-amz-date, x-amz-content-sha256,
/// x-amz-security-token and Authorization; without an access key only the first two.
NameValues sign_s3(const SigningInput& input, const S3Credentials& credentials);

std::string sha256_hex(std::string_view data);
/// Base64 of the MD5, as Content-MD5 wants it.
std::string md5_base64(std::string_view data);
/// Everything but A-Z a-z 0-9 - _ . ~ as %XX; slashes stay if `keep_slash`.
std::string percent_encode(std::string_view text, bool keep_slash);
/// "a=1&b=", sorted and encoded.
std::string canonical_query(const NameValues& query);
/// Seconds since 1970 as "20130524T000000Z".
std::string amz_timestamp(int64_t seconds);

}  // namespace hanok::storage

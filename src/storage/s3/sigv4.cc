#include "storage/s3/sigv4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <ctime>

#include "base/hex.h"

namespace hanok::storage {

namespace {

std::string digest(std::string_view data, const EVP_MD* kind) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(data.data(), data.size(), out, &size, kind, nullptr);
    return {reinterpret_cast<char*>(out), size};
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
        reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, &size);
    return {reinterpret_cast<char*>(out), size};
}

}  // namespace

std::string sha256_hex(std::string_view data) { return base::hex(digest(data, EVP_sha256())); }

std::string md5_base64(std::string_view data) {
    std::string bytes = digest(data, EVP_md5());
    std::string out(32, '\0');
    int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<size_t>(size));
    return out;
}

std::string percent_encode(std::string_view text, bool keep_slash) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        auto u = static_cast<unsigned char>(c);
        bool plain = (u < 0x80 && std::isalnum(u)) || c == '-' || c == '_' || c == '.' ||
                     c == '~' || (c == '/' && keep_slash);
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += kDigits[u >> 4];
            out += kDigits[u & 15];
        }
    }
    return out;
}

std::string canonical_query(const NameValues& query) {
    std::vector<std::string> parts;
    for (const auto& [name, value] : query)
        parts.push_back(percent_encode(name, false) + "=" + percent_encode(value, false));
    std::sort(parts.begin(), parts.end());
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : "&") + part;
    return out;
}

std::string amz_timestamp(int64_t seconds) {
    std::time_t time = seconds;
    std::tm utc{};
    gmtime_r(&time, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc);
    return text;
}

NameValues sign_s3(const SigningInput& input, const S3Credentials& credentials) {
    NameValues added = {
        {"x-amz-content-sha256", input.payload_sha256}, {"x-amz-date", input.timestamp}};
    if (credentials.access_key.empty()) return added;
    if (!credentials.session_token.empty())
        added.emplace_back("x-amz-security-token", credentials.session_token);

    NameValues all = input.headers;
    all.insert(all.end(), added.begin(), added.end());
    all.emplace_back("host", input.host);
    std::sort(all.begin(), all.end());
    std::string canonical_headers, signed_names;
    for (const auto& [name, value] : all) {
        canonical_headers += name + ":" + value + "\n";
        signed_names += (signed_names.empty() ? "" : ";") + name;
    }
    std::string canonical = input.method + "\n" + input.encoded_path + "\n" +
                            canonical_query(input.query) + "\n" + canonical_headers + "\n" +
                            signed_names + "\n" + input.payload_sha256;

    std::string day = input.timestamp.substr(0, 8);
    std::string scope = day + "/" + input.region + "/s3/aws4_request";
    std::string to_sign = "AWS4-HMAC-SHA256\n" + input.timestamp + "\n" + scope + "\n" +
                          sha256_hex(canonical);
    std::string key = hmac_sha256("AWS4" + credentials.secret_key, day);
    for (const std::string& part : {input.region, std::string("s3"), std::string("aws4_request")})
        key = hmac_sha256(key, part);
    added.emplace_back("authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.access_key +
                                            "/" + scope + ",SignedHeaders=" + signed_names +
                                            ",Signature=" + base::hex(hmac_sha256(key, to_sign)));
    return added;
}

}  // namespace hanok::storage

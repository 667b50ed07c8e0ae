#include "delta/json_checksum.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"

namespace hanok::delta {

namespace {

using Json = nlohmann::ordered_json;
using Leaves = std::vector<std::pair<std::string, std::string>>;

// "text" in quotes; what is no letter, digit, '-', '.', '_' or '~' as %XX.
std::string encoded(const std::string& text) {
    std::string out = "\"";
    for (char c : text) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out + "\"";
}

void collect(const Json& json, const std::string& path, Leaves* out) {
    auto below = [&](const std::string& name) { return path.empty() ? name : path + "+" + name; };
    if (json.is_object()) {
        for (const auto& [key, value] : json.items()) {
            if (path.empty() && key == "checksum") continue;
            collect(value, below(encoded(key)), out);
        }
    } else if (json.is_array()) {
        for (size_t i = 0; i < json.size(); i++) collect(json[i], below(std::to_string(i)), out);
    } else {
        bool is_text = json.is_string();
        out->emplace_back(path, is_text ? encoded(json.get<std::string>()) : json.dump());
    }
}

}  // namespace

std::string canonical_json(const Json& json) {
    Leaves leaves;
    collect(json, "", &leaves);
    std::sort(leaves.begin(), leaves.end());
    std::string out;
    for (const auto& [path, value] : leaves) {
        if (!out.empty()) out += ',';
        out += path + "=" + value;
    }
    return out;
}

std::string json_checksum(const Json& json) {
    std::string text = canonical_json(json);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(text.data(), text.size(), digest, &length, EVP_md5(), nullptr) != 1)
        throw internal_error("MD5 failed");
    std::string out;
    for (unsigned int i = 0; i < length; i++) out += fmt::format("{:02x}", digest[i]);
    return out;
}

}  // namespace hanok::delta

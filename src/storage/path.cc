#include "storage/path.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "storage/object_store.h"

namespace hanok::storage {

namespace {

// Characters of a URI path that RFC 2396 leaves as they are, besides letters and digits.
constexpr std::string_view kPlainInPath = "_-!.~'()*:@&=+$,;/";

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string scheme_of(const std::string& path) {
    size_t end = path.find(':');
    if (end == std::string::npos || end == 0 || !std::isalpha(static_cast<unsigned char>(path[0])))
        return "";
    std::string scheme = path.substr(0, end);
    for (char& c : scheme) {
        auto u = static_cast<unsigned char>(c);
        if (!std::isalnum(u) && c != '+' && c != '-' && c != '.') return "";
        c = static_cast<char>(std::tolower(u));
    }
    // "a:b" is a file name; a URI goes on with a slash.
    return end + 1 < path.size() && path[end + 1] == '/' ? scheme : "";
}

std::string strip_file_scheme(const std::string& path) {
    if (scheme_of(path) != "file") return path;
    std::string rest = path.substr(5);
    if (rest.rfind("//", 0) == 0) {
        size_t slash = rest.find('/', 2);  // skips an authority such as "localhost"
        rest = slash == std::string::npos ? "/" : rest.substr(slash);
    }
    size_t first = rest.find_first_not_of('/');
    return first == std::string::npos ? "/" : rest.substr(first - 1);
}

std::string without_dot_segments(const std::string& path) {
    size_t scheme = path.find("://");
    if (scheme == std::string::npos || path.find("/.", scheme) == std::string::npos) return path;
    constexpr size_t kMark = 3;
    size_t slash = path.find('/', scheme + kMark);
    if (slash == std::string::npos) return path;
    return path.substr(0, slash) +
           std::filesystem::path(path.substr(slash)).lexically_normal().string();
}

bool is_absolute_path(const std::string& path) {
    return !path.empty() && (path[0] == '/' || !scheme_of(path).empty());
}

std::string base_name(const std::string& path) {
    size_t end = path.find_last_not_of('/');
    if (end == std::string::npos) return "";
    size_t slash = path.find_last_of('/', end);
    return path.substr(slash == std::string::npos ? 0 : slash + 1,
        end - (slash == std::string::npos ? 0 : slash + 1) + 1);
}

std::string parent_path(const std::string& path) {
    size_t end = path.find_last_not_of('/');
    if (end == std::string::npos) return "";
    size_t slash = path.find_last_of('/', end);
    if (slash == std::string::npos) return "";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string shown_path(const std::string& path) {
    return path.starts_with('/') ? "file:" + path : path;
}

std::string join_path(const std::string& folder, const std::string& name) {
    if (folder.empty()) return name;
    if (folder.back() == '/') return folder + name;
    return folder + "/" + name;
}

std::string uri_encode_path(const std::string& path) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(path.size());
    for (char c : path) {
        auto u = static_cast<unsigned char>(c);
        if (u >= 0x80 || std::isalnum(u) || kPlainInPath.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += kHex[u >> 4];
            out += kHex[u & 15];
        }
    }
    return out;
}

std::string uri_decode(const std::string& text) {
    if (text.find('%') == std::string::npos) return text;
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); i++) {
        if (text[i] == '%' && i + 2 < text.size()) {
            int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                out += static_cast<char>(high * 16 + low);
                i += 2;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

}  // namespace hanok::storage

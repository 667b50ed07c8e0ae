#include "engine/functions/url.h"

#include <cctype>

namespace hanok::engine {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (!std::isxdigit(static_cast<unsigned char>(c))) return -1;
    return (c | 32) - 'a' + 10;
}

bool is_uri_text(std::string_view url) {
    for (size_t i = 0; i < url.size(); ++i) {
        auto c = static_cast<unsigned char>(url[i]);
        if (c >= 0x80) continue;
        if (c <= ' ' || c == 0x7f ||
            std::string_view("\"<>\\^`{|}").find(url[i]) != std::string_view::npos)
            return false;
        if (c == '%' &&
            (i + 2 >= url.size() || hex_value(url[i + 1]) < 0 || hex_value(url[i + 2]) < 0))
            return false;
    }
    return true;
}

struct Uri {
    std::optional<std::string_view> scheme, authority, query, fragment;
    std::string_view path;
};

Uri split(std::string_view url) {
    Uri u;
    if (auto hash = url.find('#'); hash != std::string_view::npos) {
        u.fragment = url.substr(hash + 1);
        url = url.substr(0, hash);
    }
    auto colon = url.find(':');
    if (colon != std::string_view::npos && colon > 0 &&
        url.substr(0, colon).find_first_of("/?") == std::string_view::npos) {
        u.scheme = url.substr(0, colon);
        url = url.substr(colon + 1);
    }
    if (auto question = url.find('?'); question != std::string_view::npos) {
        u.query = url.substr(question + 1);
        url = url.substr(0, question);
    }
    if (url.starts_with("//")) {
        auto slash = url.find('/', 2);
        u.authority = url.substr(2, slash == std::string_view::npos ? slash : slash - 2);
        url = slash == std::string_view::npos ? std::string_view() : url.substr(slash);
    }
    u.path = url;
    return u;
}

std::optional<std::string> text(const std::optional<std::string_view>& part) {
    if (!part) return std::nullopt;
    return std::string(*part);
}

std::optional<std::string> host_of(std::string_view authority) {
    auto at = authority.rfind('@');
    if (at != std::string_view::npos) authority = authority.substr(at + 1);
    if (!authority.empty() && authority[0] == '[')
        return std::string(authority.substr(0, authority.find(']') + 1));
    auto colon = authority.rfind(':');
    if (colon != std::string_view::npos) authority = authority.substr(0, colon);
    if (authority.empty()) return std::nullopt;
    return std::string(authority);
}

std::optional<std::string> parameter(std::string_view query, std::string_view key) {
    while (true) {
        auto amp = query.find('&');
        auto pair = query.substr(0, amp);
        if (pair.size() > key.size() && pair.substr(0, key.size()) == key &&
            pair[key.size()] == '=') {
            return std::string(pair.substr(key.size() + 1));
        }
        if (amp == std::string_view::npos) return std::nullopt;
        query.remove_prefix(amp + 1);
    }
}

}  // namespace

std::string url_encode(std::string_view text) {
    static const char* kDigits = "0123456789ABCDEF";
    std::string out;
    for (unsigned char c : text) {
        if (std::isalnum(c) || c == '.' || c == '-' || c == '*' || c == '_') {
            out += static_cast<char>(c);
        } else if (c == ' ') {
            out += '+';
        } else {
            out += '%';
            out += kDigits[c >> 4];
            out += kDigits[c & 15];
        }
    }
    return out;
}

std::optional<std::string> url_decode(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
                return std::nullopt;
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        }
    }
    return out;
}

std::optional<std::string> url_part(
    std::string_view url, std::string_view part, std::string_view key, bool* valid) {
    *valid = is_uri_text(url);
    if (!*valid) return std::nullopt;
    auto u = split(url);
    if (part == "QUERY") {
        if (!u.query) return std::nullopt;
        return key.empty() ? text(u.query) : parameter(*u.query, key);
    }
    if (part == "HOST") return u.authority ? host_of(*u.authority) : std::nullopt;
    if (part == "PATH") return std::string(u.path);
    if (part == "REF") return text(u.fragment);
    if (part == "PROTOCOL") return text(u.scheme);
    if (part == "FILE") return std::string(u.path) + (u.query ? "?" + std::string(*u.query) : "");
    if (part == "AUTHORITY") return text(u.authority);
    if (part == "USERINFO") {
        auto at = u.authority ? u.authority->rfind('@') : std::string_view::npos;
        if (at == std::string_view::npos) return std::nullopt;
        return std::string(u.authority->substr(0, at));
    }
    return std::nullopt;
}

}  // namespace hanok::engine

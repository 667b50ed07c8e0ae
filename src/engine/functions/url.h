#pragma once
// URLs as java.net.URI takes them apart.

#include <optional>
#include <string>
#include <string_view>

namespace hanok::engine {

// application/x-www-form-urlencoded
std::string url_encode(std::string_view text);
std::optional<std::string> url_decode(std::string_view text);

// HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY, USERINFO; with a key, that parameter of the
// query. `valid` is false for text that is no URI.
std::optional<std::string> url_part(
    std::string_view url, std::string_view part, std::string_view key, bool* valid);

}  // namespace hanok::engine

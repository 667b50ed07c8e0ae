#pragma once
// Base 64 (RFC 4648 §4, with padding).

#include <optional>
#include <string>
#include <string_view>

namespace hanok::engine {

std::string to_base64(std::string_view bytes);
/// As a MIME decoder: characters outside the alphabet are skipped; nullopt for an impossible
/// length.
std::optional<std::string> from_base64(std::string_view text);
/// Only the alphabet, white space and right padding?
bool is_strict_base64(std::string_view text);

}  // namespace hanok::engine

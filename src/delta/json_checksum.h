#pragma once
// The checksum that _last_checkpoint carries: of its JSON in one canonical spelling.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hanok::delta {

/// Leaf paths and values as the protocol writes them: "a"+0="x%20y","b"=1. The key "checksum" at
/// the top is left out.
std::string canonical_json(const nlohmann::ordered_json& json);
/// MD5 of canonical_json, 32 lower-case hexadecimal digits.
std::string json_checksum(const nlohmann::ordered_json& json);

}  // namespace hanok::delta

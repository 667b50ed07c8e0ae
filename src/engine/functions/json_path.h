#pragma once
// get_json_object: paths such as $.a[0]['b'][*].c over a JSON text.

#include <optional>
#include <string>
#include <string_view>

namespace hanok::engine {

// nullopt when the text is no JSON, the path is malformed, or nothing is there.
std::optional<std::string> json_at_path(std::string_view json, std::string_view path);

}  // namespace hanok::engine

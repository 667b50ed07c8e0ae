#pragma once
// Keys of collated strings: two strings are equal, or one comes first, as their keys do.

#include <string>
#include <string_view>

namespace hanok::engine {

// Throws an internal error for a collation that there is not.
std::string collation_key(std::string_view text, const std::string& collation);
// Lower case as UTF8_LCASE compares it.
std::string lowercase_code_points(std::string_view text);

}  // namespace hanok::engine

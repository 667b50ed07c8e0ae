#pragma once
// Bytes as text.

#include <string>
#include <string_view>

namespace hanok::base {

/// Two digits a byte, small letters.
std::string hex(std::string_view bytes);

}  // namespace hanok::base

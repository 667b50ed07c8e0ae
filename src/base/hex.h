#pragma once
// Bytes as text.

#include <string>
#include <string_view>

namespace hanok::base {

enum class HexLetters : bool { kSmall, kCapital };

/// Two digits a byte.
std::string hex(std::string_view bytes, HexLetters letters = HexLetters::kSmall);
/// Back from small letters; text that hex() did not make gives bytes without meaning.
std::string unhex(std::string_view digits);

}  // namespace hanok::base

#pragma once
// Which values a configuration key takes.

#include <string>
#include <string_view>

namespace hanok::session {

// Throws INVALID_CONF_VALUE.* for a value that makes no sense, UNSUPPORTED_FEATURE for one that
// would change answers and is not done. `fallback` is the key's default, "None" for none.
void check_config_value(
    const std::string& key, const std::string& fallback, const std::string& value);

// Digits, maybe behind a sign?
bool is_number(const std::string& text);

// A flag in any case as "true" or "false"; other texts as they are.
std::string plain_flag(std::string value);

// Without blanks around it.
std::string trimmed(std::string_view text);

// Is it a key of Spark's core, which only the start of the server sets?
bool is_core_key(const std::string& key);

}  // namespace hanok::session

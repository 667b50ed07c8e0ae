#pragma once
// `${name}` in SQL text stands for the value of a configuration key.

#include <functional>
#include <optional>
#include <string>

namespace hanok::sql {

// The value of a key, or nothing.
using VariableLookup = std::function<std::optional<std::string>(const std::string& key)>;

// The text with every `${key}`, `${spark:key}`, `${sparkconf:key}`, `${hivevar:key}` and
// `${hiveconf:key}` replaced; values may hold further ones, and keys without a value are empty.
// `${env:…}` and `${system:…}` stay as they are: the server's environment is not for statements.
// Throws where values lead back to themselves, are nested more than 100 deep, or stand for more
// than 16 MiB or 100,000 variables.
std::string substitute_variables(const std::string& text, const VariableLookup& find);

}  // namespace hanok::sql

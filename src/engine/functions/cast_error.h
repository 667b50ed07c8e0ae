#pragma once
// Spark's conditions for casts that have no result.

#include <string>
#include <string_view>

namespace hanok::engine {

// CAST_INVALID_INPUT of a string; `target` is SQL: "INT".
[[noreturn]] void raise_invalid_input(std::string_view text, std::string_view target);
// CAST_OVERFLOW; `value` as a SQL literal.
[[noreturn]] void raise_cast_overflow(
    const std::string& value, std::string_view source, std::string_view target);

}  // namespace hanok::engine

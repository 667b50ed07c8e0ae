#pragma once
// Patterns of java.util.regex.Pattern as those of PCRE2.

#include <optional>
#include <string>
#include <string_view>

namespace hanok::engine {

/// nullopt where Java refuses the pattern though PCRE2 may know it: `{` that repeats nothing,
/// groups and escapes of Perl alone. Other errors are left to PCRE2.
std::optional<std::string> pcre_pattern(std::string_view java_pattern);

}  // namespace hanok::engine

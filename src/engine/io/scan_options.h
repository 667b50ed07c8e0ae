#pragma once
// Options of spark.read: what each format takes. An option that Spark knows and we do not have, or
// one with a value that makes no sense, is an error; keys that no source of Spark has are passed
// over, as Spark does.

#include <map>
#include <string>

namespace hanok::engine {

using SourceOptions = std::map<std::string, std::string>;  // lower-case keys

// Value of a key, or `otherwise`.
std::string option_text(
    const SourceOptions& options, const std::string& key, const std::string& otherwise = "");
// "true" and "false" in any case; throws INVALID_OPTION-like errors for all else.
bool option_bool(const SourceOptions& options, const std::string& key, bool otherwise);
int64_t option_int(const SourceOptions& options, const std::string& key, int64_t otherwise);
double option_double(const SourceOptions& options, const std::string& key, double otherwise);

// The error for an option we do not have with a value other than the one that changes nothing.
[[noreturn]] void throw_unsupported_option(
    const std::string& format, const std::string& key, const std::string& value);
[[noreturn]] void throw_invalid_option(
    const std::string& key, const std::string& value, const std::string& expected);

}  // namespace hanok::engine

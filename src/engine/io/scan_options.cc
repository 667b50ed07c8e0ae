#include "engine/io/scan_options.h"

#include <cstdlib>

#include "base/error.h"
#include "types/data_type.h"

namespace hanok::engine {

std::string option_text(
    const SourceOptions& options, const std::string& key, const std::string& otherwise) {
    auto found = options.find(key);
    return found == options.end() ? otherwise : found->second;
}

bool option_bool(const SourceOptions& options, const std::string& key, bool otherwise) {
    auto found = options.find(key);
    if (found == options.end()) return otherwise;
    auto text = types::to_lower(found->second);
    if (text == "true") return true;
    if (text == "false") return false;
    throw_invalid_option(key, found->second, "true or false");
}

int64_t option_int(const SourceOptions& options, const std::string& key, int64_t otherwise) {
    auto found = options.find(key);
    if (found == options.end()) return otherwise;
    char* end = nullptr;
    auto value = std::strtoll(found->second.c_str(), &end, 10);
    if (found->second.empty() || *end != '\0')
        throw_invalid_option(key, found->second, "an integer");
    return value;
}

double option_double(const SourceOptions& options, const std::string& key, double otherwise) {
    auto found = options.find(key);
    if (found == options.end()) return otherwise;
    char* end = nullptr;
    auto value = std::strtod(found->second.c_str(), &end);
    if (found->second.empty() || *end != '\0') throw_invalid_option(key, found->second, "a number");
    return value;
}

void throw_unsupported_option(
    const std::string& format, const std::string& key, const std::string& value) {
    throw unsupported_feature(
        "option " + key + " = " + value + " of the " + format + " data source");
}

void throw_invalid_option(
    const std::string& key, const std::string& value, const std::string& expected) {
    throw Error(ErrorKind::kIllegalArgument, "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
        {{"optionName", key}, {"message", "'" + value + "' is not " + expected}});
}

}  // namespace hanok::engine

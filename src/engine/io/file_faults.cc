#include "engine/io/file_faults.h"

#include <array>

#include "base/error.h"

namespace hanok::engine {

namespace {

bool setting(const SourceOptions& options, const std::string& key, const QueryContext& context,
    const std::string& conf_key) {
    auto conf = context.conf.find(conf_key);
    return option_bool(options, key, conf != context.conf.end() && conf->second == "true");
}

bool is_of_file(const Error& error) {
    constexpr std::array kPrefixes = {
        "FAILED_READ_FILE", "AVRO_MALFORMED_DATA", "AVRO_INVALID_SCHEMA", "AVRO_UNKNOWN_CODEC"};
    for (const char* prefix : kPrefixes)
        if (error.condition().starts_with(prefix)) return true;
    return false;
}

bool is_of_file(const std::exception& error) {
    if (const auto* own = dynamic_cast<const Error*>(&error)) return is_of_file(*own);
    duckdb::ErrorData data(error);
    if (auto own = Error::decode(data.RawMessage())) return is_of_file(*own);
    return data.Type() == duckdb::ExceptionType::IO ||
           data.Type() == duckdb::ExceptionType::INVALID_INPUT;
}

}  // namespace

FileFaults::FileFaults(const SourceOptions& options, const QueryContext& context)
    : missing_(
          setting(options, "ignoremissingfiles", context, "spark.sql.files.ignoreMissingFiles")),
      corrupt_(
          setting(options, "ignorecorruptfiles", context, "spark.sql.files.ignoreCorruptFiles")) {}

bool FileFaults::ignore(
    duckdb::FileSystem& system, const std::string& path, const std::exception& error) const {
    if ((!missing_ && !corrupt_) || !is_of_file(error)) return false;
    return system.FileExists(path) ? corrupt_ : missing_;
}

}  // namespace hanok::engine

#include "engine/errors/duckdb_error.h"

#include <string>

namespace hanok::engine {

using duckdb::ExceptionType;

namespace {

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

// Text between the first pair of quotes, "" without.
std::string quoted_part(const std::string& text, char quote) {
    auto begin = text.find(quote);
    if (begin == std::string::npos) return "";
    auto end = text.find(quote, begin + 1);
    return end == std::string::npos ? "" : text.substr(begin + 1, end - begin - 1);
}

Error out_of_range(const std::string& text) {
    // Sums of decimals are sums of HUGEINTs.
    if (contains(text, "HUGEINT addition") || contains(text, "HUGEINT multiplication")) {
        auto begin = text.find(": ");
        auto sum = begin == std::string::npos ? text : text.substr(begin + 2);
        return arithmetic_error("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
            {{"value", sum.substr(0, sum.find('!'))}, {"precision", "38"}, {"scale", "0"},
                {"config", "\"spark.sql.ansi.enabled\""}});
    }
    return arithmetic_error("ARITHMETIC_OVERFLOW",
        {{"message", text}, {"alternative", ""}, {"config", "\"spark.sql.ansi.enabled\""}});
}

Error conversion(const std::string& text) {
    if (contains(text, "out of range") || contains(text, "overflow")) return out_of_range(text);
    return Error(ErrorKind::kNumberFormat, "CAST_INVALID_INPUT",
        {{"expression", "'" + quoted_part(text, '\'') + "'"}, {"sourceType", "\"STRING\""},
            {"targetType", "\"unknown\""}, {"ansiConfig", "\"spark.sql.ansi.enabled\""}});
}

Error io_error(const std::string& text) {
    if (contains(text, "No space left") || contains(text, "max_temp_directory_size"))
        return runtime_error("HANOK_DISK_FULL", {{"message", text}});
    if (contains(text, "No files found") || contains(text, "No such file") ||
        contains(text, "Cannot open file"))
        return runtime_error("FAILED_READ_FILE.FILE_NOT_EXIST", {{"path", quoted_part(text, '"')}});
    return runtime_error(
        "FAILED_READ_FILE.NO_HINT", {{"path", quoted_part(text, '"')}, {"message", text}});
}

}  // namespace

bool is_fatal(const duckdb::ErrorData& error) {
    return error.Type() == ExceptionType::FATAL || error.Type() == ExceptionType::INTERNAL;
}

Error translate_error(const duckdb::ErrorData& error) {
    const std::string& text = error.RawMessage();
    if (auto carried = Error::decode(text)) return std::move(*carried);
    switch (error.Type()) {
        case ExceptionType::INTERRUPT:
            return runtime_error("OPERATION_CANCELED", {{"operationId", ""}});
        case ExceptionType::OUT_OF_MEMORY:
            if (contains(text, "max_temp_directory_size") || contains(text, "No space left"))
                return runtime_error("HANOK_DISK_FULL", {{"message", text}});
            return runtime_error(
                "UNABLE_TO_ACQUIRE_MEMORY", {{"requestedBytes", quoted_part(text, '(')},
                                                {"receivedBytes", "0"}, {"message", text}});
        case ExceptionType::DIVIDE_BY_ZERO:
            return arithmetic_error("DIVIDE_BY_ZERO", {{"config", "\"spark.sql.ansi.enabled\""}});
        case ExceptionType::OUT_OF_RANGE: return out_of_range(text);
        case ExceptionType::CONVERSION: return conversion(text);
        case ExceptionType::IO:
        case ExceptionType::HTTP: return io_error(text);
        case ExceptionType::INVALID_INPUT:
            if (contains(text, "More than one row returned by a subquery"))
                return runtime_error("SCALAR_SUBQUERY_TOO_MANY_ROWS");
            break;
        case ExceptionType::FATAL:
            return runtime_error("HANOK_ENGINE_RESTARTED", {{"message", text}});
        default: break;
    }
    if (contains(text, "More than one row returned by a subquery"))
        return runtime_error("SCALAR_SUBQUERY_TOO_MANY_ROWS");
    // DuckDB's internal errors carry their stack: that is nothing for clients.
    const auto& message = error.Message();
    return internal_error(message.substr(0, message.find("\n\nStack Trace")));
}

}  // namespace hanok::engine

#pragma once
// Partition values: the log's text form, typed values, and folder names.

#include <optional>
#include <string>
#include <utility>

#include "types/data_type.h"
#include "types/value.h"

namespace hanok::delta {

/// The text as a value of `type`; NULL for nullopt, "" and texts that are no such value.
/// Timestamps without an offset are wall-clock times of `time_zone`.
types::Value parse_partition_value(const std::optional<std::string>& text,
    const types::DataType& type, const std::string& time_zone = "UTC");
/// The log's text of a value; nullopt for NULL. Timestamps are ISO 8601 in UTC, which every reader
/// understands alike: "2024-02-29T12:34:56.000000Z".
std::optional<std::string> format_partition_value(
    const types::Value& value, const types::DataType& type);

/// "col=value" for a data file's folder: special characters as %XX, NULL and "" as
/// __HIVE_DEFAULT_PARTITION__. Not yet URI-encoded for the log.
std::string partition_folder(const std::string& column, const std::optional<std::string>& value);
/// Splits "col=value" and undoes the escapes; nullopt if there is no "=".
std::optional<std::pair<std::string, std::optional<std::string>>> parse_partition_folder(
    const std::string& segment);
std::string escape_path_segment(const std::string& text);
std::string unescape_path_segment(const std::string& text);

}  // namespace hanok::delta

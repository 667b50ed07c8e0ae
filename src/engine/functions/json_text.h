#pragma once
// Values as JSON text, as to_json writes them.

#include <string>

#include "engine/functions/nested_column.h"

namespace hanok::engine {

struct JsonTextOptions {
    std::string time_zone = "UTC";
    bool ignore_null_fields = true;
    bool pretty = false;
    bool sort_keys = false;  // fields of structs by name
    // Java patterns; "" for the ISO forms.
    std::string timestamp_format, timestamp_ntz_format, date_format, time_format;
};

// A date or timestamp by the options' pattern; false when there is none for its type.
bool append_formatted(std::string& out, const NestedColumn& column, duckdb::idx_t row,
    const JsonTextOptions& options);

void append_json_string(std::string& out, std::string_view text);
void append_json(std::string& out, const NestedColumn& column, duckdb::idx_t row,
    const JsonTextOptions& options);

}  // namespace hanok::engine

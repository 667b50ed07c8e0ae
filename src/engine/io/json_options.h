#pragma once
// Options of the json source, read and checked.

#include "engine/io/csv_options.h"
#include "engine/io/json_cursor.h"
#include "engine/io/text_values.h"

namespace hanok::engine {

struct JsonOptions {
    JsonSyntax syntax;
    ParseMode mode = ParseMode::kPermissive;
    std::string corrupt_column = "_corrupt_record";
    bool multi_line = false;
    bool primitives_as_string = false;
    bool prefers_decimal = false;
    bool drop_field_if_all_null = false;
    bool infer_timestamp = false;
    std::string line_separator;
    TextEncoding encoding = TextEncoding::kUtf8;
    double sampling_ratio = 1.0;
    TextValueOptions values;
};

JsonOptions json_options(const SourceOptions& options, const QueryContext& context);

}  // namespace hanok::engine

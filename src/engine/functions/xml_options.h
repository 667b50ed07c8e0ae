#pragma once
// Options of from_xml, to_xml and schema_of_xml, read.

#include <optional>
#include <string>

#include "engine/engine.h"
#include "engine/io/csv_options.h"
#include "engine/io/text_values.h"

namespace hanok::engine {

struct XmlOptions {
    ParseMode mode = ParseMode::kPermissive;
    std::string corrupt_column = "_corrupt_record";
    std::string attribute_prefix = "_";
    std::string value_tag = "_VALUE";
    bool exclude_attribute = false;
    bool ignore_surrounding_spaces = true;
    bool ignore_namespace = false;
    bool prefers_decimal = false;
    bool prefers_date = true;
    bool infers_types = true;
    std::optional<std::string> null_value;
    std::string row_tag = "ROW";
    std::string array_element_name = "item";
    std::string indent = "    ";
    TextValueOptions values;
};

XmlOptions xml_options(const SourceOptions& options, const QueryContext& context);

}  // namespace hanok::engine

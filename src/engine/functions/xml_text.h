#pragma once
// Structs as XML text, as to_xml writes them.

#include <string>

#include "engine/functions/json_text.h"
#include "engine/functions/nested_column.h"
#include "engine/functions/xml_options.h"

namespace hanok::engine {

void append_xml(
    std::string& out, const NestedColumn& column, duckdb::idx_t row, const XmlOptions& options);

}  // namespace hanok::engine

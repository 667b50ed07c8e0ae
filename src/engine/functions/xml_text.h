#pragma once
// Structs as XML text, as to_xml writes them.

#include <string>

#include "engine/functions/json_text.h"
#include "engine/functions/nested_column.h"
#include "engine/functions/xml_options.h"

namespace hanok::engine {

// `depth`: how deep the struct stands in a document; from 1 on it begins on a line of its own.
void append_xml(std::string& out, const NestedColumn& column, duckdb::idx_t row,
    const XmlOptions& options, int depth = 0);

}  // namespace hanok::engine

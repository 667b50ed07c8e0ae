#pragma once
#include "engine/engine.h"
#include "engine/io/row_text.h"
#include "engine/io/scan_options.h"

namespace hanok::engine {

// CSV as Spark writes it. Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE for nested columns.
RowTextPtr make_csv_row_text(const std::vector<TextField>& fields, const SourceOptions& options,
    const QueryContext& context);
// The header line, "" when none is asked for.
std::string csv_header(const std::vector<TextField>& fields, const SourceOptions& options);

}  // namespace hanok::engine

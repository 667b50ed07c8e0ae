#pragma once
#include "engine/engine.h"
#include "engine/io/row_text.h"
#include "engine/io/scan_options.h"

namespace hanok::engine {

// One JSON object a row, as Spark writes it.
RowTextPtr make_json_row_text(const std::vector<TextField>& fields, const SourceOptions& options,
    const QueryContext& context);

}  // namespace hanok::engine

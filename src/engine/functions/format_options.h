#pragma once
// Options of from_json, to_json, from_csv, … as they travel in a kernel's constant.

#include <map>
#include <string>

#include "engine/engine.h"
#include "engine/io/scan_options.h"

namespace hanok::engine {

// The options and what readers need to know of the query, as one text; and back.
std::string pack_options(const SourceOptions& options, const QueryContext& context);
SourceOptions unpack_options(const std::string& text, QueryContext* context);

}  // namespace hanok::engine

#pragma once
// Options given as map('key', 'value', …) in a call.

#include "engine/io/scan_options.h"
#include "resolved/expression.h"

namespace hanok::engine {

// Of argument i, with lower-case keys; empty when there is no such argument. The analyzer has
// checked that they are constants.
SourceOptions map_options(const resolved::Exprs& args, size_t i);

}  // namespace hanok::engine

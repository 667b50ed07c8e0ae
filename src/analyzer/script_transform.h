#pragma once
// SELECT TRANSFORM: rows as lines of text for a script, and back.

#include "analyzer/analyzer.h"
#include "analyzer/scope.h"
#include "plan/relation.h"

namespace hanok::analyzer {

Rel resolve_script_transform(Analyzer::Impl& impl, const plan::MapInPython& map);

}  // namespace hanok::analyzer

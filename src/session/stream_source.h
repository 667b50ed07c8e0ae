#pragma once
// Streams of Structured Streaming as far as Hanok knows them: they have a schema and say that they
// stream. Whatever runs one is refused by the engine, which has no such source.

#include <optional>

#include "plan/relation.h"
#include "resolved/plan.h"

namespace hanok::session {

// Stands before the format of a plan::DataSource that is read as a stream.
inline constexpr const char* kStreamPrefix = "stream of ";

// The source of a stream of rates, or of files with a given schema; null when `source` is no
// stream. Other streams are refused.
resolved::ScanSourcePtr stream_source(const plan::DataSource& source);

// Does the plan read a stream?
bool reads_stream(const resolved::Plan& plan);

}  // namespace hanok::session

#pragma once
// The text source: one row a line, or a file.

#include <memory>

#include "engine/io/scan_options.h"
#include "engine/io/text_scan.h"

namespace hanok::engine {

std::shared_ptr<const TextFormat> make_plain_text_format(
    const SourceOptions& options, const types::DataType& schema);

}  // namespace hanok::engine

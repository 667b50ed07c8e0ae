#pragma once
// Queries into CSV, JSON and text files.

#include <vector>

#include "engine/io/write.h"

namespace hanok::engine {

std::vector<WrittenFile> write_text_files(WriteInput input, const std::string& format);

}  // namespace hanok::engine

#pragma once
// Writing ORC files.

#include "engine/io/write.h"

namespace hanok::engine {

std::vector<WrittenFile> write_orc(WriteInput input);

}  // namespace hanok::engine

#pragma once
// Queries into Parquet files through DuckDB's COPY.

#include <vector>

#include "engine/io/write.h"

namespace hanok::engine {

std::vector<WrittenFile> write_parquet(WriteInput input);

}  // namespace hanok::engine

#pragma once
// Spark's type inference for partition columns found in paths.

#include "engine/scan_sources.h"

namespace hanok::session {

// INT, BIGINT, DECIMAL, DOUBLE, DATE, TIMESTAMP or STRING: the narrowest that fits every value of
// column `index`.
types::TypePtr infer_partition_type(const engine::FileScanSource& source, size_t index);

}  // namespace hanok::session

#pragma once
// Results whose columns are all strings, as plain values.

#include <optional>
#include <string>
#include <vector>

namespace arrow {
class RecordBatch;
}

namespace hanok::engine {

using TextRow = std::vector<std::optional<std::string>>;  // nullopt is NULL

// One TextRow a row. Every column of the batch must be of Arrow's type utf8.
std::vector<TextRow> text_rows(const arrow::RecordBatch& batch);

}  // namespace hanok::engine

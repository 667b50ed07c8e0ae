#pragma once
// The Arrow types in which Spark Connect clients expect results.

#include <memory>

#include "engine/engine.h"
#include "resolved/expression.h"

namespace arrow {
class DataType;
class Schema;
}  // namespace arrow

namespace hanok::engine {

std::shared_ptr<arrow::DataType> to_arrow_type(
    const types::DataType& type, const QueryContext& context);
std::shared_ptr<arrow::Schema> to_arrow_schema(
    const resolved::Attributes& columns, const QueryContext& context);

}  // namespace hanok::engine

#pragma once
#include <memory>

namespace hanok::types {

class DataType;
using TypePtr = std::shared_ptr<const DataType>;
struct StructField;
struct Value;

}  // namespace hanok::types

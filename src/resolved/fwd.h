#pragma once
#include <memory>
#include <vector>

namespace hanok::resolved {

struct Expression;
using ExprPtr = std::shared_ptr<const Expression>;
using Exprs = std::vector<ExprPtr>;
struct Plan;
using PlanPtr = std::shared_ptr<const Plan>;
struct ScanSource;
using ScanSourcePtr = std::shared_ptr<const ScanSource>;

}  // namespace hanok::resolved

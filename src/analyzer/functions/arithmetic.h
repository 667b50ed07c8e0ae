#pragma once
// Typing of + - * / % div, shared with the try_ forms.

#include <string>

#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

// `op` is "+", "-", "*", "/", "%", "div" or "pmod"; `is_try` gives NULL where the plain operator
// raises.
resolved::ExprPtr bind_arithmetic(
    const FunctionDef& def, CallInput& input, const std::string& op, bool is_try);

// Result type of a decimal operation, by Spark's precision rules; `loses_precision` as
// spark.sql.decimalOperations.allowPrecisionLoss says.
types::TypePtr decimal_result(const std::string& op, const types::DataType& a,
    const types::DataType& b, bool loses_precision = true);

// An integral argument beside a decimal: constants take only the digits they need.
resolved::ExprPtr integral_to_decimal(const resolved::ExprPtr& e, bool ansi);

// A comparison's two sides brought to one type; checks that it can be ordered (or only compared for
// equality).
void coerce_comparison(const FunctionDef& def, CallInput& input, bool equality_only);

void register_arithmetic(FunctionRegistry& registry);
void register_comparisons(FunctionRegistry& registry);

}  // namespace hanok::analyzer

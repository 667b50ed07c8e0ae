#pragma once
// Python table functions.

#include "analyzer/impl.h"

namespace hanok::analyzer {

// The rows that the function gives for its arguments: constants and at most one table.
Rel resolve_python_table(Analyzer::Impl& impl, const plan::PythonTable& table);

// The call of a registered function; null when there is none of that name.
std::shared_ptr<const plan::PythonTable> python_table_call(
    Analyzer::Impl& impl, const plan::TableFunction& call);

// The lateral join whose right side is `right`, a call with arguments of the left side's columns
// `left`, below projections and filters: left's columns and right's. Null when there is none in it.
resolved::PlanPtr lateral_python_join(
    const resolved::PlanPtr& right, const resolved::Attributes& left);

}  // namespace hanok::analyzer

#pragma once
// Python table functions.

#include "analyzer/impl.h"

namespace hanok::analyzer {

// The rows that the function gives for its arguments: constants and at most one table.
Rel resolve_python_table(Analyzer::Impl& impl, const plan::PythonTable& table);

// The call of a registered function; null when there is none of that name.
std::shared_ptr<const plan::PythonTable> python_table_call(
    Analyzer::Impl& impl, const plan::TableFunction& call);

}  // namespace hanok::analyzer

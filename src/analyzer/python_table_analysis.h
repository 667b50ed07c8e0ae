#pragma once
// Table functions whose `analyze` method tells their result.

#include <string>

#include "analyzer/impl.h"
#include "plan/relation.h"

namespace hanok::analyzer {

struct TableAnalysis {
    types::TypePtr schema;
    std::string pickled;  // for the function's constructor
    plan::Exprs args;     // of the call, with what the method asks of a table argument
};

// An argument as the method gets it: a resolved value, or the row of a table.
struct AnalyzedArgument {
    resolved::ExprPtr value;
    bool is_table = false;
};

// Asks the method. Throws TABLE_VALUED_FUNCTION_….
TableAnalysis analyze_python_table(Analyzer::Impl& impl, const plan::PythonTable& table,
    const std::vector<AnalyzedArgument>& arguments, const std::vector<std::string>& names);

}  // namespace hanok::analyzer

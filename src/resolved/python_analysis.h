#pragma once
// How the analyzer asks for the `analyze` method of a Python table function: it collects a
// PythonStage over one row whose function has eval_type::kAnalyzeTable. Arguments that are constant
// are Literals, a table is a call of kTableArgument (its type is the rows'), others are calls of
// kRowArgument.

namespace hanok::resolved {

inline constexpr const char* kTableArgument = "table_argument";
inline constexpr const char* kRowArgument = "row_argument";

// The columns of the answer.
enum class AnalysisColumn {
    kSchema,     // STRING: the result's, as JSON
    kPickled,    // BINARY: the AnalyzeResult for the function's constructor
    kSingle,     // BOOLEAN: wants all rows in one partition
    kPartition,  // ARRAY<STRING>: of expressions
    kOrder,      // ARRAY<STRUCT<expression STRING, ascending BOOLEAN, nulls INT>>: 1 first, 2 last
    kSelect,     // ARRAY<STRUCT<expression STRING, alias STRING>>
};

}  // namespace hanok::resolved

#pragma once
// Parts of the string functions that stand in files of their own.

#include "analyzer/function.h"

namespace hanok::analyzer {

void register_regular_expressions(FunctionRegistry& registry);
// to_char, to_number, to_binary and their try_ forms.
void register_formats(FunctionRegistry& registry);

}  // namespace hanok::analyzer

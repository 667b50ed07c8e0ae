#pragma once
// What CHAR(n) and VARCHAR(n) ask of the strings that stand for them.

#include <string>

#include "resolved/expression.h"

namespace hanok::analyzer {

// `text`, or what holds texts, as a column of `type` stores it: padded, or EXCEED_LIMIT_LENGTH
// where it is too long.
resolved::ExprPtr stored_text(const resolved::ExprPtr& text, const types::DataType& type);

// Where a comparison has a CHAR column and else only such columns and constants: all of one length.
void pad_compared(const std::string& function, resolved::Exprs& args);

}  // namespace hanok::analyzer

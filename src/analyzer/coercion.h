#pragma once
// Spark's type coercion (ANSI and legacy), shared by the analyzer and the function definitions.

#include <optional>
#include <string>
#include <vector>

#include "resolved/expression.h"

namespace hanok::analyzer {

// Widest type both convert to implicitly, without string promotion (numeric, datetime, nested);
// null if none.
types::TypePtr tightest_common_type(const types::TypePtr& a, const types::TypePtr& b);
// As CASE, COALESCE, UNION, IN and comparisons use it: with the string rules of ANSI or legacy
// mode.
types::TypePtr wider_type(const types::TypePtr& a, const types::TypePtr& b, bool ansi);
types::TypePtr wider_type(const std::vector<types::TypePtr>& types, bool ansi);
// Decimal that holds both without loss of integral digits, capped at 38.
types::TypePtr wider_decimal(const types::DataType& a, const types::DataType& b);
// Spark's bounded(): caps precision at 38, keeps integral digits, scale at least min(scale, 6).
types::TypePtr adjust_precision_scale(int precision, int scale);

// May a value of `from` be cast to `to` (by CAST in ANSI / legacy mode; by TRY_CAST)?
bool can_cast(const types::DataType& from, const types::DataType& to, bool ansi);
bool can_try_cast(const types::DataType& from, const types::DataType& to);
// Does the cast give NULL for some non-null input (without raising)?
bool cast_is_nullable(
    const types::DataType& from, const types::DataType& to, resolved::CastMode mode);
// Implicit conversion of a function argument; null if not allowed.
bool can_implicitly_cast(const types::DataType& from, const types::DataType& to, bool ansi);
// May be written to a column of `to` (store assignment, ANSI policy)?
bool can_store_assign(const types::DataType& from, const types::DataType& to);

// Cast node (or the expression itself when the types agree; literals of NULL take the type).
resolved::ExprPtr cast_to(const resolved::ExprPtr& e, const types::TypePtr& type, bool ansi);

// SQL text / column name of an expression as Spark prints it: pretty "(a + 1)", "CAST(a AS
// STRING)", "sum(x)".
std::string expression_sql(const resolved::Expression& e);
std::string expression_name(const resolved::Expression& e);

}  // namespace hanok::analyzer

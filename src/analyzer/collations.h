#pragma once
// Which collation the strings of a call have together. A collation is explicit (COLLATE), implicit
// (a column's) or the default (a constant's); the explicit one wins, two of a kind do not agree.

#include <string>
#include <vector>

#include "resolved/expression.h"

namespace hanok::analyzer {

enum class CollationStrength : uint8_t { kNone, kDefault, kImplicit, kExplicit };

struct ExpressionCollation {
    CollationStrength strength = CollationStrength::kNone;
    std::string name;  // "" is UTF8_BINARY
};
ExpressionCollation collation_of(const resolved::Expression& e);

// Brings the strings among `args` to one collation; `names` show constants that take it on. Throws
// COLLATION_MISMATCH… where they do not agree. False when they have no collation in common (two
// columns of different collations, for a function that does not compare).
bool unify_collations(
    const std::string& function, resolved::Exprs& args, std::vector<std::string>& names);

// The result of a function over strings of a collation.
resolved::ExprPtr with_collation(
    const std::string& function, const resolved::ExprPtr& bound, const resolved::Exprs& args);

}  // namespace hanok::analyzer

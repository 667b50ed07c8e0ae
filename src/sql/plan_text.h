#pragma once
// Plans in one line of text, for tests and debugging.

#include <string>

#include "plan/relation.h"

namespace hanok::sql {

std::string expr_text(const plan::ExprPtr& e);
std::string relation_text(const plan::RelationPtr& r);

}  // namespace hanok::sql

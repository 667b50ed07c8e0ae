#pragma once
// The body of a view that was made with DEFAULT COLLATION: a hint around it that no user can write.

#include <optional>
#include <string>

#include "plan/relation.h"

namespace hanok::plan {

// `child` itself where `collation` is "".
RelationPtr with_default_collation(RelationPtr child, const std::string& collation);
std::optional<std::string> default_collation(const Hint& hint);
// Of a view's body, through the node that names its columns; "" for none.
std::string default_collation_of(const Relation& body);

}  // namespace hanok::plan

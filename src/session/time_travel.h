#pragma once
// Timestamps that name a version of a Delta table.

#include <cstdint>

#include "plan/expression.h"
#include "session/session.h"

namespace hanok::session {

// Microseconds since 1970 of a constant expression. Throws DELTA_TIMESTAMP_INVALID where it is no
// timestamp.
int64_t delta_timestamp(Session& session, const plan::ExprPtr& expression);

}  // namespace hanok::session

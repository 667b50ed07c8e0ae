#pragma once
// The relation or command of a request's Plan, decompressed when the client compressed it.

#include <cstdint>

#include "plan/fwd.h"

namespace google::protobuf {
class Arena;
}
namespace spark::connect {
class Command;
class Plan;
class Relation;
}  // namespace spark::connect

namespace hanok::connect {

class ConnectSession;
class Translator;

struct PlanRoot {
    const spark::connect::Relation* relation = nullptr;  // one of the two
    const spark::connect::Command* command = nullptr;
};

// What it points to lives in `plan` or on `arena`. Throws CONNECT_INVALID_PLAN.*.
PlanRoot plan_root(
    const spark::connect::Plan& plan, int64_t max_plan_bytes, google::protobuf::Arena* arena);
// Reads the session's cached blobs and SQL settings.
Translator translator_for(ConnectSession& session);

}  // namespace hanok::connect

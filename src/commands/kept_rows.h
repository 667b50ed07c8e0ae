#pragma once
// Rows of a plan kept in the engine while a statement runs, so that they are computed once.

#include <string>

#include "commands/command.h"
#include "resolved/plan.h"

namespace hanok::commands {

class KeptRows {
public:
    KeptRows(Session& session, const resolved::PlanPtr& plan);
    ~KeptRows();
    KeptRows(const KeptRows&) = delete;
    KeptRows& operator=(const KeptRows&) = delete;
    // The rows, under the attributes of the plan they came from.
    const resolved::PlanPtr& plan() const { return plan_; }

private:
    engine::Engine& engine_;
    std::string key_;
    resolved::PlanPtr plan_;
};

}  // namespace hanok::commands

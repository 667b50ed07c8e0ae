#pragma once
// Aggregates over the rows of a plan, asked for one after the other.

#include <vector>

#include "commands/row_level.h"

namespace hanok::commands {

class GroupedAggregates {
public:
    GroupedAggregates(const resolved::PlanPtr& child, const resolved::Attributes& grouping) {
        plan_->child = child;
        for (const auto& attribute : grouping) {
            plan_->grouping.push_back(ref(attribute));
            add(attribute.name, ref(attribute), attribute.type, attribute.nullable);
        }
    }

    // Where the value stands in the rows of run(). The groups' own values come first.
    size_t call(const char* function, const resolved::ExprPtr& value, const types::TypePtr& type,
        bool distinct = false) {
        auto aggregate = std::make_shared<resolved::Aggregate>(
            function, resolved::Exprs{value}, type, true);
        aggregate->distinct = distinct;
        return add(function, aggregate, type, true);
    }

    std::vector<std::vector<types::Value>> run(Session& session) const {
        return session.platform().engine().collect(plan_, session.query_context(), INT64_MAX);
    }

private:
    size_t add(const std::string& name, const resolved::ExprPtr& value, const types::TypePtr& type,
        bool nullable) {
        resolved::Attribute a{analyzer::Analyzer::next_id(), name, type, nullable, {}, ""};
        plan_->columns.push_back({a, value});
        plan_->output.push_back(a);
        return plan_->output.size() - 1;
    }

    std::shared_ptr<resolved::AggregatePlan> plan_ = std::make_shared<resolved::AggregatePlan>();
};

}  // namespace hanok::commands

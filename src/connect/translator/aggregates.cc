#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

std::shared_ptr<plan::Relation> Translator::aggregate(const spark::connect::Aggregate& m) {
    using Aggregate = spark::connect::Aggregate;
    if (!m.has_input()) throw invalid_plan("AGGREGATE_NEEDS_PLAN_INPUT");
    if (m.group_type() == Aggregate::GROUP_TYPE_PIVOT) {
        if (!m.has_pivot()) throw invalid_plan("AGGREGATE_WITH_PIVOT_REQUIRES_PIVOT");
        auto out = std::make_shared<plan::Pivot>();
        out->child = relation(m.input());
        out->is_dataframe = true;
        out->grouping = expressions(m.grouping_expressions());
        out->aggregates = expressions(m.aggregate_expressions());
        out->columns = {expression(m.pivot().col())};
        out->values = literals(m.pivot().values());
        return out;
    }
    auto out = std::make_shared<plan::Aggregate>();
    out->child = relation(m.input());
    out->is_dataframe = true;
    switch (m.group_type()) {
        case Aggregate::GROUP_TYPE_GROUPBY:
            out->grouping_kind = plan::GroupingKind::kGroupBy;
            break;
        case Aggregate::GROUP_TYPE_ROLLUP: out->grouping_kind = plan::GroupingKind::kRollup; break;
        case Aggregate::GROUP_TYPE_CUBE: out->grouping_kind = plan::GroupingKind::kCube; break;
        case Aggregate::GROUP_TYPE_GROUPING_SETS:
            out->grouping_kind = plan::GroupingKind::kGroupingSets;
            break;
        default:
            throw invalid_plan("INVALID_ENUM",
                {{"fullName", "spark.connect.Aggregate.GroupType"}, {"name", "group_type"},
                    {"number", std::to_string(m.group_type())}});
    }
    out->grouping = expressions(m.grouping_expressions());
    for (const auto& set : m.grouping_sets())
        out->grouping_sets.push_back(expressions(set.grouping_set()));
    out->columns = expressions(m.aggregate_expressions());
    return out;
}

}  // namespace hanok::connect

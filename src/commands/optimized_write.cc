// Optimised writes: the rows of a partition come together before they are written, so that a write
// to many partitions leaves one file in each.

#include "commands/delta_write.h"

namespace hanok::commands {

namespace {

bool is_true(const std::string& text) { return types::names_equal(text, "true"); }

// The writer's option comes before the session's setting, and that before the table's property.
bool optimizes(
    Session& session, const delta::Metadata& metadata, const DeltaWriteOptions& options) {
    if (options.optimize_write) return *options.optimize_write;
    if (auto setting = session.config().find("spark.databricks.delta.optimizeWrite.enabled"))
        return is_true(*setting);
    auto property = metadata.configuration.find("delta.autoOptimize.optimizeWrite");
    return property != metadata.configuration.end() && is_true(property->second);
}

}  // namespace

resolved::PlanPtr gathered_by_partition(Session& session, const resolved::PlanPtr& plan,
    const delta::Metadata& metadata, const DeltaWriteOptions& options) {
    if (metadata.partition_columns.empty() || !optimizes(session, metadata, options)) return plan;
    auto sort = std::make_shared<resolved::Sort>();
    sort->child = plan;
    sort->output = plan->output;
    for (const auto& name : metadata.partition_columns) {
        for (const auto& attribute : plan->output) {
            if (types::names_equal(attribute.name, name))
                sort->order.push_back({std::make_shared<resolved::AttributeRef>(attribute)});
        }
    }
    return sort->order.empty() ? plan : resolved::PlanPtr(sort);
}

}  // namespace hanok::commands

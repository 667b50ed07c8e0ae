// OPTIMIZE: small files of a partition become one, or the rows are laid out anew in Z-order or by
// the table's clustering columns. REORG … APPLY (PURGE) takes deleted rows out of files. Rows do
// not change, so the commit carries no data change.

#include "delta/optimize.h"

#include <algorithm>

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_predicate.h"
#include "commands/metrics.h"
#include "commands/optimize_answer.h"
#include "commands/row_level.h"
#include "commands/row_order.h"
#include "delta/committer.h"
#include "delta/iceberg_compat.h"
#include "delta/table.h"
#include "resolved/tree.h"
#include "sql/parser.h"

namespace hanok::commands {

namespace {

using types::DataType;

Error no_partition_column(const std::string& name, const std::vector<std::string>& partitions) {
    std::string list;
    for (const auto& partition : partitions) list += (list.empty() ? "" : ", ") + partition;
    return analysis_error(
        "DELTA_NON_PARTITION_COLUMN_REFERENCE", {{"columnName", name}, {"columnList", list}});
}

// A condition over partition columns alone.
resolved::ExprPtr partition_condition(Session& session, const plan::ExprPtr& where,
    const resolved::Attributes& columns, const std::vector<std::string>& partitions) {
    auto condition = analyze_condition(session, where, columns);
    auto used = resolved::references(*condition);
    for (const auto& column : columns) {
        bool is_partition = std::any_of(partitions.begin(), partitions.end(),
            [&](const auto& name) { return types::names_equal(name, column.name); });
        if (used.contains(column.id) && !is_partition)
            throw no_partition_column(column.name, partitions);
    }
    return condition;
}

// The files OPTIMIZE … WHERE speaks of.
std::vector<const delta::AddFile*> candidates(Session& session, const plan::Optimize& command,
    const RowLevelTarget& target, std::string* predicate_sql) {
    if (!command.where) return target.snapshot->files();
    auto scan = scan_target(target, false);
    const auto& partitions = target.snapshot->metadata().partition_columns;
    auto condition = partition_condition(session, command.where, scan->output, partitions);
    delta::FileSkipper skipper(
        *target.snapshot, to_delta_predicate(condition), session.query_context().time_zone);
    if (!skipper.is_partition_only()) {
        throw no_partition_column("the condition", partitions);
    }
    *predicate_sql = analyzer::expression_sql(*condition);
    std::vector<const delta::AddFile*> out;
    for (const auto* file : target.snapshot->files()) {
        if (skipper.evaluate_partitions(file->partition_values).can_be_true) out.push_back(file);
    }
    return out;
}

}  // namespace

namespace {

constexpr int64_t kAutoCompactBytes = int64_t{128} << 20;
constexpr int64_t kAutoCompactFiles = 50;

// How the statement lays rows out.
struct Layout {
    delta::OptimizeRequest request;
    std::vector<plan::Name> order;  // Z-order or clustering columns
    bool is_clustering = false;
    int64_t target_bytes = 0;  // of a file, where rows are ordered
};

int64_t bytes_setting(Session& session, const char* key, int64_t otherwise) {
    auto text = session.config().find(key);
    if (!text) return otherwise;
    char* end = nullptr;
    int64_t value = std::strtoll(text->c_str(), &end, 10);
    if (*end != '\0' || value <= 0)
        throw analysis_error("INVALID_CONF_VALUE.REQUIREMENT",
            {{"confName", key}, {"confValue", *text}, {"confRequirement", "a number of bytes"}});
    return value;
}

void check_zorder(const RowLevelTarget& target, const std::vector<plan::Name>& columns) {
    const auto& schema = *target.snapshot->schema();
    for (const auto& column : columns) {
        if (column.size() != 1 || schema.field_index(column[0]) < 0) {
            throw analysis_error(
                "DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST", {{"columnName", quote_if_needed(column)}});
        }
        for (const auto& partition : target.snapshot->metadata().partition_columns) {
            if (types::names_equal(partition, column[0])) {
                throw analysis_error(
                    "DELTA_ZORDERING_ON_PARTITION_COLUMN", {{"colName", partition}});
            }
        }
    }
}

Layout layout_of(Session& session, const plan::Optimize& command, const RowLevelTarget& target) {
    Layout layout;
    auto& request = layout.request;
    request.max_file_size_bytes = bytes_setting(
        session, "spark.databricks.delta.optimize.maxFileSize", request.max_file_size_bytes);
    request.min_file_size_bytes = bytes_setting(
        session, "spark.databricks.delta.optimize.minFileSize", request.min_file_size_bytes);
    if (command.is_automatic) {
        request.max_file_size_bytes = bytes_setting(
            session, "spark.databricks.delta.autoCompact.maxFileSize", kAutoCompactBytes);
        request.min_file_size_bytes = bytes_setting(session,
            "spark.databricks.delta.autoCompact.minFileSize", request.max_file_size_bytes / 2);
        return layout;
    }
    bool is_clustered_table = is_clustered(*target.snapshot);
    if (command.full && !is_clustered_table)
        throw analysis_error("DELTA_OPTIMIZE_FULL_NOT_SUPPORTED", {});
    if (is_clustered_table && !command.zorder_by.empty()) {
        throw analysis_error("DELTA_CLUSTERING_WITH_ZORDER_BY",
            {{"zOrderBy", quote_identifier(command.zorder_by[0])}});
    }
    if (is_clustered_table && command.where)
        throw analysis_error(
            "DELTA_CLUSTERING_WITH_PARTITION_PREDICATE", {{"predicates", "WHERE"}});
    check_zorder(target, command.zorder_by);
    layout.order = command.zorder_by;
    layout.is_clustering = is_clustered_table && !command.purge;
    if (layout.is_clustering) {
        for (const auto& name : clustering_names(*target.snapshot))
            layout.order.push_back(sql::parse_multipart_identifier(name));
    }
    if (layout.order.empty()) {
        request.all_files = command.purge;
        return layout;
    }
    layout.target_bytes = request.max_file_size_bytes;
    request.max_file_size_bytes = INT64_MAX;  // one order over all files of a partition
    request.all_files = true;
    return layout;
}

std::string compat_tag(const delta::AddFile& file) {
    auto tag = file.tags.find(delta::kIcebergCompatTag);
    return tag == file.tags.end() ? "" : tag->second;
}

// Clustering leaves files alone that it made and that are big enough; PURGE takes those with
// deleted rows.
std::vector<const delta::AddFile*> chosen(const plan::Optimize& command, const Layout& layout,
    const std::vector<const delta::AddFile*>& files) {
    std::vector<const delta::AddFile*> out;
    int64_t fresh = 0;
    for (const auto* file : files) {
        bool is_clustered = file->clustering_provider == kClusteringProvider;
        if (!is_clustered) ++fresh;
        bool wanted = true;
        if (command.purge) wanted = command.rewrites_all || file->deletion_vector.has_value();
        if (command.iceberg_compat_version)
            wanted = compat_tag(*file) != std::to_string(*command.iceberg_compat_version);
        if (layout.is_clustering && !command.full)
            wanted = !is_clustered || file->size_bytes < layout.request.min_file_size_bytes;
        if (wanted) out.push_back(file);
    }
    bool nothing_new = layout.is_clustering && !command.full && fresh == 0;
    return nothing_new ? std::vector<const delta::AddFile*>() : out;
}

resolved::PlanPtr ordered_rows(Session& session, const RowLevelTarget& target, const Layout& layout,
    const std::vector<const delta::AddFile*>& files) {
    auto scan = scan_to_rewrite(target, false, files);
    if (layout.order.empty()) return scan;
    resolved::Exprs values = refs(scan->output, scan->output.size());
    std::vector<std::string> names;
    for (const auto& a : scan->output) names.push_back(a.name);
    for (const auto& column : layout.order) {
        values.push_back(
            session.analyzer()->analyze_expression(plan::attribute(column), scan->output));
        names.push_back("__key");
    }
    auto keyed = project(scan, names, values);
    resolved::Attributes keys(
        keyed->output.begin() + static_cast<long>(scan->output.size()), keyed->output.end());
    auto ordered = z_ordered(keyed, keys);
    names.resize(scan->output.size());
    return project(ordered, names, refs(ordered->output, names.size()));
}

std::vector<delta::AddFile> rewrite(Session& session, const plan::Optimize& command,
    const RowLevelTarget& target, const Layout& layout, const delta::OptimizeGroup& group) {
    DeltaWriteOptions options;
    if (layout.order.empty()) {
        options.num_files = 1;
    } else {
        int64_t files = std::max<int64_t>(1, group.size_bytes / layout.target_bytes);
        int64_t rows = rows_in(session, target, group.files);
        options.max_records_per_file = std::max<int64_t>(1, (rows + files - 1) / files);
    }
    auto written = write_data_files(session, ordered_rows(session, target, layout, group.files),
        target.delta.table->root(), target.snapshot->metadata(), target.snapshot->schema(),
        options);
    for (auto& file : written) {
        file.data_change = false;
        if (layout.is_clustering) file.clustering_provider = kClusteringProvider;
        if (command.iceberg_compat_version)
            file.tags[delta::kIcebergCompatTag] = std::to_string(*command.iceberg_compat_version);
    }
    return written;
}

void set_operation(Session& session, delta::Transaction& transaction, const plan::Optimize& command,
    const Layout& layout, const std::string& predicate) {
    std::vector<std::string> order;
    for (const auto& column : layout.order) order.push_back(quote_if_needed(column));
    std::map<std::string, std::string> parameters = {
        {"predicate", predicate.empty() ? "[]" : json_list({predicate})}};
    if (command.purge) {
        parameters["applyPurge"] = command.iceberg_compat_version ? "false" : "true";
    } else {
        parameters["zOrderBy"] = layout.is_clustering ? "[]" : json_list(order);
        parameters["clusterBy"] = layout.is_clustering ? json_list(order) : "[]";
        parameters["auto"] = command.is_automatic ? "true" : "false";
    }
    if (layout.is_clustering) parameters["isFull"] = command.full ? "true" : "false";
    transaction.set_operation(command.purge ? "REORG" : "OPTIMIZE", parameters);
    transaction.set_isolation(delta::IsolationLevel::kSnapshotIsolation);
    sign(session, transaction);
}

// Automatic compaction waits until it is worth while.
void keep_big_groups(Session& session, std::vector<delta::OptimizeGroup>& groups) {
    auto least = static_cast<size_t>(bytes_setting(
        session, "spark.databricks.delta.autoCompact.minNumFiles", kAutoCompactFiles));
    std::erase_if(groups, [&](const auto& group) { return group.files.size() < least; });
}

bool compacts_by_itself(Session& session, const delta::Snapshot& snapshot) {
    auto setting = session.config().find("spark.databricks.delta.autoCompact.enabled");
    std::string text = types::to_lower(
        setting ? *setting : snapshot.property("delta.autoOptimize.autoCompact", "false"));
    return text == "true" || text == "auto" || text == "legacy";
}

}  // namespace

void compact_after_write(Session& session, const DeltaTarget& target) {
    auto snapshot = target.table->snapshot();
    if (!compacts_by_itself(session, *snapshot) || is_clustered(*snapshot)) return;
    plan::Optimize compact;
    compact.name.parts = {"delta", target.table->root()};
    compact.is_automatic = true;
    try {
        optimize(session, compact);
    } catch (const Error&) {
        return;  // the write stands; the files are as good as before
    }
}

Output optimize(Session& session, const plan::Optimize& command) {
    if (command.iceberg_compat_version && !command.purge) return reorg_upgrade(session, command);
    int64_t start_ms = session.platform().clock().now_ms();
    RowLevelTarget target;
    target.delta = delta_target(
        session, name_parts(session, command.name), command.path, "OPTIMIZE");
    target.qualifier = target.delta.qualifier;
    target.snapshot = target.delta.table->snapshot();
    delta::check_allows_maintenance(
        *target.delta.table, target.snapshot->protocol(), command.purge ? "REORG" : "OPTIMIZE");
    auto transaction = delta::Transaction::start(target.delta.table, target.snapshot);
    auto layout = layout_of(session, command, target);
    std::string predicate;
    auto files = candidates(session, command, target, &predicate);
    auto groups = delta::plan_optimize(chosen(command, layout, files), layout.request);
    if (command.is_automatic) keep_big_groups(session, groups);
    std::vector<const delta::AddFile*> removed;
    std::vector<delta::AddFile> added;
    std::set<delta::PartitionValues> partitions;
    const std::string& root = target.delta.table->root();
    try {
        for (const auto& group : groups) {
            for (auto& file : rewrite(session, command, target, layout, group))
                added.push_back(std::move(file));
            removed.insert(removed.end(), group.files.begin(), group.files.end());
            partitions.insert(group.partition_values);
        }
        OptimizeOutcome outcome{target, removed, added};
        outcome.considered = static_cast<int64_t>(files.size());
        outcome.groups = static_cast<int64_t>(groups.size());
        outcome.partitions = static_cast<int64_t>(partitions.size());
        outcome.is_z_ordered = !command.zorder_by.empty();
        outcome.is_clustering = layout.is_clustering;
        outcome.start_ms = start_ms;
        if (removed.empty()) return optimize_answer(session, outcome);
        for (const auto* file : removed) transaction->read_file(*file);
        for (const auto* file : removed) transaction->remove_file(*file, false);
        for (const auto& file : added) transaction->add_file(file);
        set_operation(session, *transaction, command, layout, predicate);
        transaction->set_metric("numAddedFiles", static_cast<int64_t>(added.size()));
        transaction->set_metric("numRemovedFiles", static_cast<int64_t>(removed.size()));
        transaction->set_metric("numAddedBytes", bytes_of(added));
        transaction->set_metric("numRemovedBytes", bytes_of(removed));
        auto vectors = std::count_if(removed.begin(), removed.end(),
            [](const auto* file) { return file->deletion_vector.has_value(); });
        transaction->set_metric("numDeletionVectorsRemoved", vectors);
        add_size_metrics(*transaction, added);
        transaction->commit_or_throw();
        return optimize_answer(session, outcome);
    } catch (...) {
        if (!transaction->may_have_committed()) remove_data_files(session, root, added);
        throw;
    }
}

}  // namespace hanok::commands

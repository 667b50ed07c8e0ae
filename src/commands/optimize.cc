// OPTIMIZE: small files of a partition become one. Rows do not change, so the commit carries no
// data change.

#include "delta/optimize.h"

#include <algorithm>

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_predicate.h"
#include "commands/row_level.h"
#include "commands/rows.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

using types::DataType;

types::TypePtr file_sizes_type() {
    return DataType::struct_({{"min", DataType::long_(), true, ""},
        {"max", DataType::long_(), true, ""}, {"avg", DataType::double_(), false, ""},
        {"totalFiles", DataType::long_(), false, ""}, {"totalSize", DataType::long_(), false, ""}});
}

template <class Files, class Size>
types::Value file_sizes(const Files& files, const Size& size_of) {
    int64_t total = 0;
    int64_t least = INT64_MAX;
    int64_t most = 0;
    for (const auto& file : files) {
        int64_t size = size_of(file);
        total += size;
        least = std::min(least, size);
        most = std::max(most, size);
    }
    auto n = static_cast<int64_t>(files.size());
    return types::list_value({n ? number(least) : null(), n ? number(most) : null(),
        types::double_value(n ? static_cast<double>(total) / static_cast<double>(n) : 0.0),
        number(n), number(total)});
}

// The files OPTIMIZE … WHERE speaks of.
std::vector<const delta::AddFile*> candidates(Session& session, const plan::Optimize& command,
    const RowLevelTarget& target, std::string* predicate_sql) {
    if (!command.where) return target.snapshot->files();
    auto scan = scan_target(target, false);
    auto condition = analyze_condition(session, command.where, scan->output);
    delta::FileSkipper skipper(
        *target.snapshot, to_delta_predicate(condition), session.query_context().time_zone);
    if (!skipper.is_partition_only()) {
        throw analysis_error("DELTA_NON_PARTITION_COLUMN_REFERENCE",
            {{"columnName", "the condition"},
                {"columnList", json_list(target.snapshot->metadata().partition_columns)}});
    }
    *predicate_sql = analyzer::expression_sql(*condition);
    std::vector<const delta::AddFile*> out;
    for (const auto* file : target.snapshot->files()) {
        if (skipper.evaluate_partitions(file->partition_values).can_be_true) out.push_back(file);
    }
    return out;
}

Output answer(const std::string& path, const std::vector<const delta::AddFile*>& removed,
    const std::vector<delta::AddFile>& added, int64_t considered, int64_t skipped,
    int64_t partitions) {
    auto metrics = DataType::struct_({{"numFilesAdded", DataType::long_(), false, ""},
        {"numFilesRemoved", DataType::long_(), false, ""},
        {"filesAdded", file_sizes_type(), true, ""}, {"filesRemoved", file_sizes_type(), true, ""},
        {"partitionsOptimized", DataType::long_(), false, ""},
        {"numBatches", DataType::long_(), false, ""},
        {"totalConsideredFiles", DataType::long_(), false, ""},
        {"totalFilesSkipped", DataType::long_(), false, ""},
        {"preserveInsertionOrder", DataType::boolean(), false, ""}});
    Rows rows({{"path", DataType::string()}, {"metrics", metrics}});
    rows.add({text(path),
        types::list_value({number(static_cast<int64_t>(added.size())),
            number(static_cast<int64_t>(removed.size())),
            file_sizes(added, [](const delta::AddFile& f) { return f.size_bytes; }),
            file_sizes(removed, [](const delta::AddFile* f) { return f->size_bytes; }),
            number(partitions), number(1), number(considered), number(skipped), flag(true)})});
    return std::move(rows).plan();
}

}  // namespace

Output optimize(Session& session, const plan::Optimize& command) {
    if (!command.zorder_by.empty()) throw unsupported_feature("OPTIMIZE … ZORDER BY");
    if (command.full) throw unsupported_feature("OPTIMIZE … FULL");
    RowLevelTarget target;
    target.delta = delta_target(
        session, name_parts(session, command.name), command.path, "OPTIMIZE");
    target.qualifier = target.delta.qualifier;
    target.snapshot = target.delta.table->snapshot();
    auto transaction = delta::Transaction::start(target.delta.table, target.snapshot);
    std::string predicate;
    auto files = candidates(session, command, target, &predicate);
    auto groups = delta::plan_optimize(files, {});
    std::vector<const delta::AddFile*> removed;
    std::vector<delta::AddFile> added;
    std::set<delta::PartitionValues> partitions;
    const std::string& root = target.delta.table->root();
    try {
        for (const auto& group : groups) {
            DeltaWriteOptions options;
            options.num_files = 1;
            auto written = write_data_files(session, scan_target(target, false, group.files), root,
                target.snapshot->metadata(), target.snapshot->schema(), options);
            for (auto& file : written) {
                file.data_change = false;
                added.push_back(std::move(file));
            }
            removed.insert(removed.end(), group.files.begin(), group.files.end());
            partitions.insert(group.partition_values);
        }
        int64_t skipped = static_cast<int64_t>(files.size() - removed.size());
        if (removed.empty())
            return answer(root, removed, added, static_cast<int64_t>(files.size()), skipped, 0);
        for (const auto* file : removed) transaction->read_file(*file);
        for (const auto* file : removed) transaction->remove_file(*file, false);
        for (const auto& file : added) transaction->add_file(file);
        transaction->set_operation(
            "OPTIMIZE", {{"predicate", predicate.empty() ? "[]" : json_list({predicate})},
                            {"zOrderBy", "[]"}, {"auto", "false"}});
        transaction->set_metric("numAddedFiles", static_cast<int64_t>(added.size()));
        transaction->set_metric("numRemovedFiles", static_cast<int64_t>(removed.size()));
        transaction->set_isolation(delta::IsolationLevel::kSnapshotIsolation);
        transaction->set_user(session.user(), session.user());
        transaction->commit_or_throw();
        return answer(root, removed, added, static_cast<int64_t>(files.size()), skipped,
            static_cast<int64_t>(partitions.size()));
    } catch (...) {
        if (!transaction->may_have_committed()) remove_data_files(session, root, added);
        throw;
    }
}

}  // namespace hanok::commands

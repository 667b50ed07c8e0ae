// DELETE FROM: files whose every row goes are dropped; the others are rewritten without the rows.

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_predicate.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

// Whole files go when partition values alone decide the condition, or there is none: nothing of the
// files needs to be read. nullopt when rows have to be looked at.
std::optional<std::vector<const delta::AddFile*>> whole_files(const delta::Snapshot& snapshot,
    const resolved::ExprPtr& condition, const std::vector<const delta::AddFile*>& candidates,
    const std::string& time_zone) {
    if (!condition) return candidates;
    delta::FileSkipper skipper(snapshot, to_delta_predicate(condition), time_zone);
    if (!skipper.is_partition_only()) return std::nullopt;
    std::vector<const delta::AddFile*> out;
    for (const auto* file : candidates) {
        if (skipper.evaluate_partitions(file->partition_values).can_be_true) out.push_back(file);
    }
    return out;
}

}  // namespace

Output delete_rows(Session& session, const plan::Delete& command) {
    auto target = row_level_target(session, command.table, "DELETE");
    auto transaction = delta::Transaction::start(target.delta.table, target.snapshot);
    auto scan = scan_target(target, true);
    auto condition = analyze_condition(session, command.condition, scan->output);
    auto candidates = candidate_files(*transaction, condition);

    std::vector<delta::AddFile> written;
    int64_t deleted = 0;
    int64_t copied = 0;
    std::vector<const delta::AddFile*> removed;
    auto time_zone = session.query_context().time_zone;
    if (auto whole = whole_files(*target.snapshot, condition, candidates, time_zone)) {
        removed = std::move(*whole);
        deleted = rows_in(session, target, removed);
    } else {
        auto typed_scan = scan_target(target, true, candidates);
        auto over_candidates = analyze_condition(session, command.condition, typed_scan->output);
        auto touched = touched_files(session, target, typed_scan, over_candidates);
        removed = touched.files;
        deleted = touched.rows;
        if (!removed.empty()) {
            auto rewrite = scan_target(target, false, removed);
            auto keep = negate(
                is_true(analyze_condition(session, command.condition, rewrite->output)));
            written = write_data_files(session, filter(rewrite, keep), target.delta.table->root(),
                target.snapshot->metadata(), target.snapshot->schema(), {});
            copied = rows_in(session, target, removed) - deleted;
        }
    }
    if (removed.empty()) return counts({{"num_affected_rows", 0}});
    try {
        for (const auto* file : removed) transaction->remove_file(*file);
        for (const auto& file : written) transaction->add_file(file);
        note_checked(*transaction);  // the kept rows were checked when they came
        std::vector<std::string> predicate;
        if (condition) predicate.push_back(analyzer::expression_sql(*condition));
        transaction->set_operation("DELETE", {{"predicate", json_list(predicate)}});
        transaction->set_metric("numRemovedFiles", static_cast<int64_t>(removed.size()));
        transaction->set_metric("numAddedFiles", static_cast<int64_t>(written.size()));
        transaction->set_metric("numDeletedRows", deleted);
        transaction->set_metric("numCopiedRows", copied);
        transaction->set_user(session.user(), session.user());
        transaction->commit_or_throw();
    } catch (...) {
        if (!transaction->may_have_committed())
            remove_data_files(session, target.delta.table->root(), written);
        throw;
    }
    return counts({{"num_affected_rows", deleted}});
}

}  // namespace hanok::commands

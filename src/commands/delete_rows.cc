// DELETE FROM: files whose every row goes are dropped; in the others the rows are marked by
// deletion vectors where the table has them, else the files are rewritten without the rows.

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/change_feed.h"
#include "commands/command.h"
#include "commands/deletion_marks.h"
#include "commands/delta_predicate.h"
#include "commands/metrics.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

// What the statement will commit.
struct Deletion {
    std::vector<const delta::AddFile*> removed;
    std::vector<delta::AddFile> written;
    std::vector<delta::CdcFile> changes;
    MarkedFiles marks;
    int64_t deleted = 0;
    int64_t copied = 0;
};

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

void mark_rows(Session& session, const plan::Delete& command, const RowLevelTarget& target,
    const std::vector<const delta::AddFile*>& candidates, Deletion& out) {
    auto scan = scan_target(target, true, candidates);
    auto condition = analyze_condition(session, command.condition, scan->output);
    size_t width = scan->output.size();
    out.marks = mark_deleted(
        session, target, filter(scan, condition), scan->output[width - 2], scan->output[width - 1]);
    out.deleted = out.marks.rows;
}

void rewrite_files(Session& session, const plan::Delete& command, const RowLevelTarget& target,
    const std::vector<const delta::AddFile*>& candidates, Deletion& out) {
    auto scan = scan_target(target, true, candidates);
    auto condition = analyze_condition(session, command.condition, scan->output);
    auto touched = touched_files(session, target, scan, condition);
    out.removed = touched.files;
    out.deleted = touched.rows;
    if (out.removed.empty()) return;
    auto rewrite = scan_target(target, false, out.removed);
    auto goes = is_true(analyze_condition(session, command.condition, rewrite->output));
    const auto& schema = target.snapshot->schema();
    out.written = write_data_files(session, filter(rewrite, negate(goes)),
        target.delta.table->root(), target.snapshot->metadata(), schema, {});
    out.copied = rows_in(session, target, out.removed) - out.deleted;
    if (out.copied > 0 && writes_change_feed(*target.snapshot)) {
        out.changes = write_changes(
            session, target, {as_changes(filter(rewrite, goes), *schema, "delete")});
    }
}

void set_operation(Session& session, delta::Transaction& transaction,
    const resolved::ExprPtr& condition, const Deletion& deletion) {
    std::vector<std::string> predicate;
    if (condition) predicate.push_back(analyzer::expression_sql(*condition));
    transaction.set_operation("DELETE", {{"predicate", json_list(predicate)}});
    transaction.set_metric("numRemovedFiles",
        static_cast<int64_t>(deletion.removed.size() + deletion.marks.removed.size()));
    transaction.set_metric("numAddedFiles", static_cast<int64_t>(deletion.written.size()));
    transaction.set_metric(
        "numRemovedBytes", bytes_of(deletion.removed) + bytes_of(deletion.marks.removed));
    transaction.set_metric("numAddedBytes", bytes_of(deletion.written));
    transaction.set_metric("numAddedChangeFiles", static_cast<int64_t>(deletion.changes.size()));
    transaction.set_metric("numDeletedRows", deletion.deleted);
    transaction.set_metric("numCopiedRows", deletion.copied);
    sign(session, transaction);
}

}  // namespace

Output delete_rows(Session& session, const plan::Delete& command) {
    StatementTime time(session);
    auto target = row_level_target(session, command.table, "DELETE");
    auto transaction = delta::Transaction::start(target.delta.table, target.snapshot);
    if (is_applied(session, *transaction, delta_write_options(session, {})))
        return counts({{"num_affected_rows", 0}});
    auto scan = scan_target(target, true);
    auto condition = analyze_condition(session, command.condition, scan->output);
    auto candidates = candidate_files(*transaction, condition);

    Deletion deletion;
    auto time_zone = session.query_context().time_zone;
    if (auto whole = whole_files(*target.snapshot, condition, candidates, time_zone)) {
        deletion.removed = std::move(*whole);
        deletion.deleted = rows_in(session, target, deletion.removed);
    } else if (writes_deletion_vectors(*target.snapshot)) {
        mark_rows(session, command, target, candidates, deletion);
    } else {
        rewrite_files(session, command, target, candidates, deletion);
    }
    if (deletion.deleted == 0 && deletion.removed.empty())
        return counts({{"num_affected_rows", 0}});
    const std::string& root = target.delta.table->root();
    try {
        for (const auto* file : deletion.removed) transaction->remove_file(*file);
        for (const auto& file : deletion.written) transaction->add_file(file);
        for (const auto& file : deletion.changes) transaction->add_cdc_file(file);
        note_checked(*transaction);  // the kept rows were checked when they came
        transaction->enforces("changeDataFeed");
        set_operation(session, *transaction, condition, deletion);
        deletion.marks.apply(*transaction, "num");
        time.add_metric(*transaction);
        transaction->commit_or_throw();
    } catch (...) {
        if (!transaction->may_have_committed()) {
            remove_data_files(session, root, deletion.written);
            remove_changes(root, deletion.changes);
            remove_vectors(deletion.marks);
        }
        throw;
    }
    compact_after_write(session, target.delta);
    return counts({{"num_affected_rows", deletion.deleted}});
}

}  // namespace hanok::commands

// DELETE FROM: files whose every row goes are dropped; in the others the rows are marked by
// deletion vectors where the table has them, else the files are rewritten without the rows.

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/change_feed.h"
#include "commands/command.h"
#include "commands/delta_predicate.h"
#include "commands/file_changes.h"
#include "commands/metrics.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

struct Deletion {
    StatementTime& time;
    FileChanges files;
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
    out.files.marks = mark_deleted(
        session, target, filter(scan, condition), scan->output[width - 2], scan->output[width - 1]);
    out.time.scanned();
    out.deleted = out.files.marks.rows;
}

void rewrite_files(Session& session, const plan::Delete& command, const RowLevelTarget& target,
    const std::vector<const delta::AddFile*>& candidates, Deletion& out) {
    auto scan = scan_target(target, true, candidates);
    auto condition = analyze_condition(session, command.condition, scan->output);
    auto touched = touched_files(session, target, scan, condition);
    out.time.scanned();
    out.files.removed = touched.files;
    out.deleted = touched.rows;
    if (touched.files.empty()) return;
    auto rewrite = scan_to_rewrite(target, false, touched.files);
    auto goes = is_true(analyze_condition(session, command.condition, rewrite->output));
    const auto& schema = target.snapshot->schema();
    out.files.written = write_data_files(session, filter(rewrite, negate(goes)),
        target.delta.table->root(), target.snapshot->metadata(), schema, {});
    out.copied = rows_in(session, target, touched.files) - out.deleted;
    if (out.copied > 0 && writes_change_feed(*target.snapshot)) {
        out.files.changes = write_changes(
            session, target, {as_changes(filter(rewrite, goes), *schema, "delete")});
    }
}

void set_operation(Session& session, delta::Transaction& transaction,
    const resolved::ExprPtr& condition, const Deletion& deletion) {
    std::vector<std::string> predicate;
    if (condition) predicate.push_back(analyzer::expression_sql(*condition));
    transaction.set_operation("DELETE", {{"predicate", json_list(predicate)}});
    deletion.files.add_metrics(transaction);
    transaction.set_metric("numDeletedRows", deletion.deleted);
    transaction.set_metric("numCopiedRows", deletion.copied);
    sign(session, transaction);
}

void find_rows(Session& session, const plan::Delete& command, const RowLevelTarget& target,
    const resolved::ExprPtr& condition, const std::vector<const delta::AddFile*>& candidates,
    Deletion& out) {
    auto time_zone = session.query_context().time_zone;
    if (auto whole = whole_files(*target.snapshot, condition, candidates, time_zone)) {
        out.files.removed = std::move(*whole);
        out.deleted = rows_in(session, target, out.files.removed);
        out.time.scanned();
    } else if (writes_deletion_vectors(*target.snapshot)) {
        mark_rows(session, command, target, candidates, out);
    } else {
        rewrite_files(session, command, target, candidates, out);
    }
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

    Deletion deletion{time};
    try {
        find_rows(session, command, target, condition, candidates, deletion);
        if (deletion.deleted == 0 && deletion.files.removed.empty())
            return counts({{"num_affected_rows", 0}});
        note_checked(*transaction);  // the kept rows were checked when they came
        transaction->enforces("changeDataFeed");
        set_operation(session, *transaction, condition, deletion);
        deletion.files.apply(*transaction, "num");
        time.add_metric(*transaction);
        transaction->commit_or_throw();
    } catch (...) {
        deletion.files.undo(session, *transaction, target.delta.table->root());
        throw;
    }
    compact_after_write(session, target.delta);
    return counts({{"num_affected_rows", deletion.deleted}});
}

}  // namespace hanok::commands

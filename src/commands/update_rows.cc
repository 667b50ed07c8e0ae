// UPDATE … SET: files that hold matching rows are rewritten; where the table has deletion vectors,
// the matching rows are marked as deleted and written anew.

#include "analyzer/coercion.h"
#include "commands/assignments.h"
#include "commands/change_feed.h"
#include "commands/column_values.h"
#include "commands/command.h"
#include "commands/file_changes.h"
#include "commands/kept_rows.h"
#include "commands/metrics.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

struct Changes {
    StatementTime& time;
    FileChanges files;
    int64_t updated = 0;
    int64_t copied = 0;
};

// The rows with their new values where the condition holds (null: everywhere).
resolved::PlanPtr updated_rows(Session& session, const plan::Update& command,
    const RowLevelTarget& target, const resolved::PlanPtr& rows,
    const resolved::ExprPtr& condition) {
    const auto& schema = *target.snapshot->schema();
    auto values = assigned_values(
        session, command.assignments, schema, rows->output, rows->output, target.delta.shown_name);
    std::vector<std::string> names;
    std::map<std::string, resolved::ExprPtr> generated;
    for (size_t i = 0; i < values.size(); ++i) {
        const auto& column = rows->output[i];
        names.push_back(column.name);
        bool unchanged = values[i]->kind == resolved::ExprKind::kAttribute &&
                         values[i]->as<resolved::AttributeRef>().id == column.id;
        if (unchanged && generation_sql(schema.fields()[i]))
            generated[schema.fields()[i].name] = nullptr;
        if (unchanged || !condition) continue;
        bool nullable = values[i]->nullable || column.nullable;
        values[i] = make_call(
            "when", {is_true(condition), values[i], ref(column)}, column.type, nullable);
    }
    add_kept_rows(target, rows->output, condition, names, values);
    auto made = compute_generated(session, project(rows, names, values), schema, generated);
    std::set<std::string> computed;
    for (const auto& [name, where] : generated) computed.insert(name);
    return check_rows(session, made, schema, target.snapshot->metadata(), computed);
}

std::vector<delta::AddFile> write_rows(Session& session, const RowLevelTarget& target,
    const resolved::PlanPtr& rows, int64_t expected_rows) {
    DeltaWriteOptions options;
    options.any_order = true;
    options.expected_rows = expected_rows;
    return write_data_files(session, rows, target.delta.table->root(), target.snapshot->metadata(),
        target.snapshot->schema(), options);
}

// Before and after images of the matching rows.
std::vector<delta::CdcFile> write_images(Session& session, const plan::Update& command,
    const RowLevelTarget& target, const resolved::PlanPtr& matching) {
    if (!writes_change_feed(*target.snapshot)) return {};
    const auto& schema = *target.snapshot->schema();
    auto after = updated_rows(session, command, target, matching, nullptr);
    return write_changes(session, target,
        {as_changes(matching, schema, "update_preimage"),
            as_changes(after, schema, "update_postimage")});
}

resolved::PlanPtr matching_rows(Session& session, const plan::Update& command,
    const RowLevelTarget& target, const std::vector<const delta::AddFile*>& files) {
    auto scan = scan_to_rewrite(target, true, files);
    auto condition = analyze_condition(session, command.condition, scan->output);
    return filter(scan, condition ? is_true(condition) : nullptr);
}

void mark_rows(Session& session, const plan::Update& command, const RowLevelTarget& target,
    const std::vector<const delta::AddFile*>& candidates, Changes& out) {
    KeptRows matching(session, matching_rows(session, command, target, candidates));
    const auto& columns = matching.plan()->output;
    size_t width = target.snapshot->schema()->fields().size();
    out.time.scanned();
    out.files.marks = mark_deleted(
        session, target, matching.plan(), columns[width], columns[width + 1]);
    out.updated = out.files.marks.rows;
    if (out.updated == 0) return;
    auto after = updated_rows(session, command, target, matching.plan(), nullptr);
    out.files.written = write_rows(session, target, after, out.updated);
    out.files.changes = write_images(session, command, target, matching.plan());
}

void rewrite_files(Session& session, const plan::Update& command, const RowLevelTarget& target,
    const std::vector<const delta::AddFile*>& candidates, Changes& out) {
    auto scan = scan_target(target, true, candidates);
    auto condition = command.condition ? analyze_condition(session, command.condition, scan->output)
                                       : boolean(true);
    auto touched = touched_files(session, target, scan, condition);
    out.time.scanned();
    if (touched.files.empty()) return;
    auto rows = scan_to_rewrite(target, false, touched.files);
    auto where = analyze_condition(session, command.condition, rows->output);
    auto all_rows = rows_in(session, target, touched.files);
    out.files.written = write_rows(
        session, target, updated_rows(session, command, target, rows, where), all_rows);
    out.files.removed = touched.files;
    out.updated = touched.rows;
    out.copied = all_rows - touched.rows;
    out.files.changes = write_images(
        session, command, target, matching_rows(session, command, target, touched.files));
}

void set_operation(Session& session, delta::Transaction& transaction,
    const resolved::ExprPtr& condition, const Changes& changes) {
    std::vector<std::string> predicate;
    if (condition) predicate.push_back(analyzer::expression_sql(*condition));
    transaction.set_operation("UPDATE", {{"predicate", json_list(predicate)}});
    changes.files.add_metrics(transaction);
    transaction.set_metric("numUpdatedRows", changes.updated);
    transaction.set_metric("numCopiedRows", changes.copied);
    sign(session, transaction);
}

}  // namespace

Output update_rows(Session& session, const plan::Update& command) {
    StatementTime time(session);
    auto target = row_level_target(session, command.table, "UPDATE");
    auto transaction = delta::Transaction::start(target.delta.table, target.snapshot);
    if (is_applied(session, *transaction, delta_write_options(session, {})))
        return counts({{"num_affected_rows", 0}});
    auto all = scan_target(target, true);
    auto condition = analyze_condition(session, command.condition, all->output);
    // Errors of the assignments come before anything is read.
    assigned_values(session, command.assignments, *target.snapshot->schema(), all->output,
        all->output, target.delta.shown_name);
    auto candidates = candidate_files(*transaction, condition);
    Changes changes{time};
    try {
        if (writes_deletion_vectors(*target.snapshot)) {
            mark_rows(session, command, target, candidates, changes);
        } else {
            rewrite_files(session, command, target, candidates, changes);
        }
        if (changes.files.written.empty()) return counts({{"num_affected_rows", 0}});
        note_checked(*transaction);
        set_operation(session, *transaction, condition, changes);
        changes.files.apply(*transaction, "num");
        time.add_metric(*transaction);
        transaction->commit_or_throw();
    } catch (...) {
        changes.files.undo(session, *transaction, target.delta.table->root());
        throw;
    }
    compact_after_write(session, target.delta);
    return counts({{"num_affected_rows", changes.updated}});
}

}  // namespace hanok::commands

// UPDATE … SET: files that hold matching rows are rewritten.

#include "analyzer/coercion.h"
#include "commands/assignments.h"
#include "commands/column_values.h"
#include "commands/command.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

// The rows of the touched files, matching ones with their new values.
resolved::PlanPtr updated_rows(Session& session, const plan::Update& command,
    const RowLevelTarget& target, const std::vector<const delta::AddFile*>& files) {
    auto scan = scan_target(target, false, files);
    const auto& schema = *target.snapshot->schema();
    auto condition = analyze_condition(session, command.condition, scan->output);
    auto values = assigned_values(
        session, command.assignments, schema, scan->output, scan->output, target.delta.shown_name);
    std::vector<std::string> names;
    std::map<std::string, resolved::ExprPtr> generated;
    for (size_t i = 0; i < values.size(); ++i) {
        const auto& column = scan->output[i];
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
    auto rows = compute_generated(session, project(scan, names, values), schema, generated);
    std::set<std::string> computed;
    for (const auto& [name, where] : generated) computed.insert(name);
    return check_rows(session, rows, schema, target.snapshot->metadata(), computed);
}

}  // namespace

Output update_rows(Session& session, const plan::Update& command) {
    auto target = row_level_target(session, command.table, "UPDATE");
    auto transaction = delta::Transaction::start(target.delta.table, target.snapshot);
    auto all = scan_target(target, true);
    auto condition = analyze_condition(session, command.condition, all->output);
    // Errors of the assignments come before anything is read.
    assigned_values(session, command.assignments, *target.snapshot->schema(), all->output,
        all->output, target.delta.shown_name);
    auto candidates = candidate_files(*transaction, condition);
    auto scan = scan_target(target, true, candidates);
    auto over_candidates = condition ? analyze_condition(session, command.condition, scan->output)
                                     : boolean(true);
    auto touched = touched_files(session, target, scan, over_candidates);
    if (touched.files.empty()) return counts({{"num_affected_rows", 0}});
    auto written = write_data_files(session, updated_rows(session, command, target, touched.files),
        target.delta.table->root(), target.snapshot->metadata(), target.snapshot->schema(), {});
    try {
        for (const auto* file : touched.files) transaction->remove_file(*file);
        for (const auto& file : written) transaction->add_file(file);
        note_checked(*transaction);
        std::vector<std::string> predicate;
        if (condition) predicate.push_back(analyzer::expression_sql(*condition));
        transaction->set_operation("UPDATE", {{"predicate", json_list(predicate)}});
        transaction->set_metric("numRemovedFiles", static_cast<int64_t>(touched.files.size()));
        transaction->set_metric("numAddedFiles", static_cast<int64_t>(written.size()));
        transaction->set_metric("numUpdatedRows", touched.rows);
        transaction->set_metric(
            "numCopiedRows", rows_in(session, target, touched.files) - touched.rows);
        transaction->set_user(session.user(), session.user());
        transaction->commit_or_throw();
    } catch (...) {
        if (!transaction->may_have_committed())
            remove_data_files(session, target.delta.table->root(), written);
        throw;
    }
    return counts({{"num_affected_rows", touched.rows}});
}

}  // namespace hanok::commands

#include "commands/replace_rows.h"

#include "base/error.h"
#include "commands/change_feed.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

using types::DataType;

resolved::ExprPtr using_condition(const std::vector<std::string>& columns,
    const resolved::Attributes& table, const resolved::Attributes& rows, const DataType& schema) {
    resolved::ExprPtr out;
    for (const auto& name : columns) {
        int i = schema.field_index(name);
        if (i < 0) {
            throw analysis_error("DELTA_COLUMN_NOT_FOUND_IN_SCHEMA",
                {{"columnName", quote_identifier(name)}, {"tableSchema", schema.ddl()}});
        }
        auto at = static_cast<size_t>(i);
        out = both(out, make_call("=", {ref(table[at]), ref(rows[at])}, DataType::boolean(),
                            table[at].nullable || rows[at].nullable));
    }
    return out;
}

// The inserted rows under the names that REPLACE ON has for them.
resolved::Attributes source_names(
    const DeltaWriteOptions& options, const resolved::Attributes& rows, const DataType& schema) {
    resolved::Attributes out;
    for (const auto& column : options.source_columns) {
        int i = schema.field_index(column.table_column);
        if (i < 0) continue;
        auto attribute = rows[static_cast<size_t>(i)];
        attribute.name = column.name;
        attribute.qualifier = column.qualifier;
        out.push_back(std::move(attribute));
    }
    return out;
}

// `table` (a scan of the target) joined with the inserted rows.
resolved::PlanPtr matched(Session& session, const RowLevelTarget& target,
    const DeltaWriteOptions& options, const std::vector<const delta::AddFile*>& fresh,
    const std::shared_ptr<const resolved::Scan>& table, resolved::JoinType type) {
    auto rows = scan_target(target, false, fresh);
    const auto& schema = *target.snapshot->schema();
    auto join = std::make_shared<resolved::Join>();
    join->left = table;
    join->right = rows;
    join->type = type;
    join->output = table->output;
    if (!options.replace_using.empty()) {
        join->condition = using_condition(
            options.replace_using, table->output, rows->output, schema);
        return join;
    }
    auto input = table->output;
    auto named = source_names(options, rows->output, schema);
    input.insert(input.end(), named.begin(), named.end());
    join->condition = analyze_condition(session, options.replace_on, input);
    return join;
}

std::vector<const delta::AddFile*> files_of(
    Session& session, const RowLevelTarget& target, const resolved::PlanPtr& rows) {
    const auto& path = rows->output[rows->output.size() - 2];
    auto grouped = std::make_shared<resolved::AggregatePlan>();
    grouped->child = rows;
    grouped->grouping = {ref(path)};
    resolved::Attribute out{
        analyzer::Analyzer::next_id(), "path", DataType::string(), false, {}, ""};
    grouped->columns = {{out, ref(path)}};
    grouped->output = {out};
    std::set<std::string> paths;
    for (const auto& row :
        session.platform().engine().collect(grouped, session.query_context(), INT64_MAX))
        paths.insert(row[0].as_string());
    return files_by_path(*target.snapshot, paths);
}

Error illegal(const char* name, const std::string& input, const char* explanation) {
    return Error(ErrorKind::kIllegalArgument, "DELTA_ILLEGAL_OPTION",
        {{"name", name}, {"input", input}, {"explain", explanation}});
}

}  // namespace

std::vector<std::string> source_qualifier(
    const plan::RelationPtr& query, const resolved::Attribute& column) {
    if (query->kind == plan::RelationKind::kSubqueryAlias)
        return {query->as<plan::SubqueryAlias>().alias};
    return column.qualifier;
}

void check_replace_options(const DeltaWriteOptions& options) {
    if (!options.replaces_matches()) return;
    bool by_using = !options.replace_using.empty();
    const char* name = by_using ? "replaceUsing" : "replaceOn";
    std::string input = by_using ? json_list(options.replace_using) : options.replace_on_sql;
    if (by_using && options.replace_on)
        throw illegal(name, input, "may not stand beside replaceOn");
    if (options.replace_where)
        throw analysis_error("DELTA_OVERWRITE_BY_FILTER_INCOMPATIBLE_REPLACE_ON_OR_USING", {});
    if (options.overwrite_schema)
        throw illegal(name, input, "may not stand beside overwriteSchema");
    if (!options.overwrite) throw illegal(name, input, "needs the mode overwrite");
}

FileChanges replace_matching(Session& session, const DeltaTarget& target,
    const delta::SnapshotPtr& snapshot, const DeltaWriteOptions& options,
    const std::vector<delta::AddFile>& fresh_files) {
    FileChanges out;
    if (!options.replaces_matches()) return out;
    RowLevelTarget rows{target, snapshot, target.qualifier};
    if (!options.target_alias.empty()) rows.qualifier = {options.target_alias};
    std::vector<const delta::AddFile*> fresh;
    for (const auto& file : fresh_files) fresh.push_back(&file);
    auto scan = scan_target(rows, true);
    using resolved::JoinType;
    auto gone = matched(session, rows, options, fresh, scan, JoinType::kLeftSemi);
    if (fresh.empty()) return out;
    size_t width = scan->output.size();
    if (writes_deletion_vectors(*snapshot)) {
        out.marks = mark_deleted(
            session, rows, gone, scan->output[width - 2], scan->output[width - 1]);
    } else {
        out.removed = files_of(session, rows, gone);
        if (out.removed.empty()) return out;
        auto kept = matched(session, rows, options, fresh,
            scan_to_rewrite(rows, false, out.removed), JoinType::kLeftAnti);
        out.written = write_data_files(
            session, kept, target.table->root(), snapshot->metadata(), snapshot->schema(), {});
    }
    if (writes_change_feed(*snapshot)) {
        const auto& schema = *snapshot->schema();
        out.changes = write_changes(session, rows,
            {as_changes(gone, schema, "delete"),
                as_changes(scan_target(rows, false, fresh), schema, "insert")});
    }
    return out;
}

}  // namespace hanok::commands

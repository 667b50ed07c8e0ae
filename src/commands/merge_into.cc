// MERGE INTO. The source is read once and kept. One join finds the rows that change, with their
// positions and new values, and only those are kept. With deletion vectors they are marked; copy on
// write, the files that hold them are written anew without them. Both add the changed rows' new
// values.

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/change_feed.h"
#include "commands/command.h"
#include "commands/file_changes.h"
#include "commands/kept_rows.h"
#include "commands/merge_plan.h"
#include "commands/metrics.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "commands/struct_fields.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

using types::DataType;

resolved::Attributes join_output(
    const resolved::Attributes& left, const resolved::Attributes& right) {
    resolved::Attributes out = left;
    out.insert(out.end(), right.begin(), right.end());
    return out;
}

// The source's plan with its columns under the alias that the clauses use.
resolved::PlanPtr analyze_source(Session& session, const plan::RelationPtr& source) {
    auto plan = session.analyze(source);
    if (source->kind != plan::RelationKind::kSubqueryAlias) return plan;
    auto named = std::make_shared<resolved::Project>();
    named->child = plan;
    for (auto attribute : plan->output) {
        attribute.qualifier = {source->as<plan::SubqueryAlias>().alias};
        named->output.push_back(attribute);
        named->columns.push_back({attribute, ref(attribute)});
    }
    return named;
}

bool may_match_twice(const plan::Merge& merge) {
    if (merge.matched.empty()) return true;
    return merge.matched.size() == 1 &&
           merge.matched[0].action == plan::MergeClause::Action::kDelete &&
           !merge.matched[0].condition;
}

Error multiple_matches() {
    return unsupported_error("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE",
        {{"usageReference", "MERGE INTO"}});
}

// One row a position of the table: its file, and how many rows of `rows` are for it.
resolved::PlanPtr rows_by_position(const resolved::PlanPtr& rows, const resolved::Attribute& path,
    const resolved::Attribute& row) {
    auto by_row = std::make_shared<resolved::AggregatePlan>();
    by_row->child = rows;
    by_row->grouping = {ref(path), ref(row)};
    resolved::Attribute path_out{
        analyzer::Analyzer::next_id(), "path", DataType::string(), path.nullable, {}, ""};
    resolved::Attribute n{analyzer::Analyzer::next_id(), "n", DataType::long_(), false, {}, ""};
    by_row->columns = {
        {path_out, ref(path)}, {n, std::make_shared<resolved::Aggregate>("count",
                                       resolved::Exprs{integer(1)}, DataType::long_(), false)}};
    by_row->output = {path_out, n};
    return by_row;
}

// The source's rows without any match in the table.
resolved::PlanPtr unmatched_source(Session& session, const plan::Merge& merge,
    const RowLevelTarget& target, const resolved::PlanPtr& source) {
    auto scan = scan_target(target, false);
    auto join = std::make_shared<resolved::Join>();
    join->left = source;
    join->right = scan;
    join->type = resolved::JoinType::kLeftAnti;
    join->output = source->output;
    join->condition = analyze_condition(
        session, merge.condition, join_output(scan->output, source->output));
    return join;
}

struct Marked {
    resolved::PlanPtr plan;
    resolved::Attributes columns;  // nullable: the side may be missing after the join
    resolved::Attribute marker;
};

// The plan with a constant TRUE column that tells, after the outer join, whether the side is there.
Marked mark(const resolved::PlanPtr& plan, size_t width, const std::string& name) {
    auto node = std::make_shared<resolved::Project>();
    node->child = plan;
    Marked out;
    for (size_t i = 0; i < width; ++i) {
        resolved::Attribute a = plan->output[i];
        a.id = analyzer::Analyzer::next_id();
        node->columns.push_back({a, ref(plan->output[i])});
        node->output.push_back(a);
        a.nullable = true;
        out.columns.push_back(a);
    }
    resolved::Attribute marker{
        analyzer::Analyzer::next_id(), name, DataType::boolean(), false, {}, ""};
    node->columns.push_back({marker, boolean(true)});
    node->output.push_back(marker);
    marker.nullable = true;
    out.marker = marker;
    out.plan = node;
    return out;
}

// A row of the table that no source row matches matters to NOT MATCHED BY SOURCE alone.
resolved::JoinType join_type(const plan::Merge& merge) {
    bool inserts = !merge.not_matched.empty();
    if (!merge.not_matched_by_source.empty())
        return inserts ? resolved::JoinType::kFull : resolved::JoinType::kLeft;
    return inserts ? resolved::JoinType::kRight : resolved::JoinType::kInner;
}

// A scan of the target; columns that the statement adds are NULL.
resolved::PlanPtr target_rows(const RowLevelTarget& target, bool with_position,
    const std::vector<const delta::AddFile*>& files) {
    auto scan = scan_to_rewrite(target, with_position, files);
    size_t known = target.snapshot->schema()->fields().size();
    const auto& fields = target.schema()->fields();
    if (!target.evolved_schema) return scan;
    auto node = std::make_shared<resolved::Project>();
    node->child = scan;
    auto add = [&](const resolved::Attribute& attribute, const resolved::ExprPtr& value) {
        node->output.push_back(attribute);
        node->columns.push_back({attribute, value});
    };
    for (size_t i = 0; i < known; ++i) {
        auto value = fill_struct(ref(scan->output[i]), fields[i].type);
        auto attribute = scan->output[i];
        if (value->type != attribute.type) {
            attribute.id = analyzer::Analyzer::next_id();
            attribute.type = value->type;
        }
        add(attribute, value);
    }
    for (size_t i = known; i < fields.size(); ++i) {
        add({analyzer::Analyzer::next_id(), fields[i].name, fields[i].type, true, target.qualifier,
                ""},
            std::make_shared<resolved::Literal>(fields[i].type, types::Value()));
    }
    for (size_t i = known; i < scan->output.size(); ++i) add(scan->output[i], ref(scan->output[i]));
    return node;
}

// The rows that change: the table's columns as they will be, the row's position, with images the
// columns as they were, then the action.
MergedRows rows_with_actions(Session& session, const plan::Merge& merge,
    const RowLevelTarget& target, const resolved::PlanPtr& source,
    const std::vector<const delta::AddFile*>& files, bool images) {
    auto scan = target_rows(target, true, files);
    size_t width = target.schema()->fields().size();
    Marked t = mark(scan, scan->output.size(), "__in_target");
    Marked s = mark(source, source->output.size(), "__in_source");
    auto join = std::make_shared<resolved::Join>();
    join->left = t.plan;
    join->right = s.plan;
    join->type = join_type(merge);
    auto with_marker = [](const Marked& m) {
        auto out = m.columns;
        out.push_back(m.marker);
        return out;
    };
    join->output = join_output(with_marker(t), with_marker(s));
    auto input = join_output(t.columns, s.columns);
    join->condition = analyze_condition(session, merge.condition, input);
    resolved::Attributes table(t.columns.begin(), t.columns.begin() + static_cast<long>(width));
    resolved::Attributes carried(t.columns.begin() + static_cast<long>(width), t.columns.end());
    if (images) carried.insert(carried.end(), table.begin(), table.end());
    return apply_merge_clauses(session, merge, target, join,
        {table, t.marker, s.columns, s.marker, carried, evolves_schema(session, merge)});
}

struct MergeCounts {
    int64_t updated = 0;
    int64_t deleted = 0;
    int64_t inserted = 0;
    int64_t copied = 0;
    int64_t updated_alone = 0, deleted_alone = 0;  // of them, by NOT MATCHED BY SOURCE
};

Output affected(const MergeCounts& n) {
    return counts(
        {{"num_affected_rows", n.updated + n.deleted + n.inserted}, {"num_updated_rows", n.updated},
            {"num_deleted_rows", n.deleted}, {"num_inserted_rows", n.inserted}});
}

MergeCounts count_actions(Session& session, const resolved::PlanPtr& rows) {
    const auto& action = rows->output.back();
    resolved::Exprs aggregates;
    for (auto wanted : {MergeAction::kUpdate, MergeAction::kDelete, MergeAction::kInsert,
             MergeAction::kCopy, MergeAction::kUpdateAlone, MergeAction::kDeleteAlone}) {
        aggregates.push_back(count_if(make_call(
            "=", {ref(action), integer(static_cast<int>(wanted))}, DataType::boolean(), false)));
    }
    auto n = aggregate_row(session, rows, aggregates);
    return {n[0] + n[4], n[1] + n[5], n[2], n[3], n[4], n[5]};
}

const std::vector<MergeAction> kUpdates = {MergeAction::kUpdate, MergeAction::kUpdateAlone};
const std::vector<MergeAction> kDeletes = {MergeAction::kDelete, MergeAction::kDeleteAlone};

resolved::ExprPtr has_action(const resolved::PlanPtr& rows, std::vector<MergeAction> wanted) {
    const auto& action = rows->output.back();
    resolved::ExprPtr out;
    for (auto one : wanted) {
        auto equal = make_call("=", {ref(action), integer(static_cast<int>(one))},
            DataType::boolean(), action.nullable);
        out = out ? make_call("or", {out, equal}, DataType::boolean(), action.nullable) : equal;
    }
    return out;
}

// `width` columns from `begin` on.
resolved::PlanPtr columns(const resolved::PlanPtr& rows, size_t begin, size_t width) {
    std::vector<std::string> names;
    resolved::Exprs values;
    for (size_t i = begin; i < begin + width; ++i) {
        names.push_back(rows->output[i].name);
        values.push_back(ref(rows->output[i]));
    }
    return project(rows, names, values);
}

// The same of the rows with these actions.
resolved::PlanPtr columns_of(
    const resolved::PlanPtr& rows, std::vector<MergeAction> actions, size_t begin, size_t width) {
    return columns(filter(rows, has_action(rows, std::move(actions))), begin, width);
}

// The rows that updates and inserts leave. Updated rows keep their ids, which are carried behind
// the positions.
resolved::PlanPtr rows_to_write(
    const RowLevelTarget& target, const resolved::PlanPtr& rows, size_t width) {
    constexpr size_t kBeforeIds = 2;  // path and row
    std::vector<std::string> names;
    resolved::Exprs values = refs(rows->output, width);
    for (size_t i = 0; i < width; ++i) names.push_back(rows->output[i].name);
    auto end = rows->output.begin() + static_cast<long>(width + kBeforeIds);
    size_t kept = kept_row_names(*target.snapshot).size();
    add_kept_rows(target, {end, end + static_cast<long>(kept)}, nullptr, names, values);
    auto wanted = has_action(
        rows, {MergeAction::kUpdate, MergeAction::kUpdateAlone, MergeAction::kInsert});
    return project(filter(rows, wanted), names, values);
}

// Rows with their positions at `width`: each position once.
resolved::PlanPtr one_a_position(const resolved::PlanPtr& rows, size_t width) {
    auto node = std::make_shared<resolved::Deduplicate>();
    node->child = rows;
    node->keys = {ref(rows->output[width]), ref(rows->output[width + 1])};
    node->output = rows->output;
    return node;
}

std::vector<delta::CdcFile> write_images(
    Session& session, const RowLevelTarget& target, const resolved::PlanPtr& rows) {
    const auto& schema = *target.schema();
    size_t width = schema.fields().size();
    size_t before = rows->output.size() - 1 - width;
    auto deleted = one_a_position(
        filter(rows, has_action(rows, kDeletes)), width);  // matched twice, gone once
    auto changes = [&](std::vector<MergeAction> actions, size_t begin, const char* type) {
        return as_changes(columns_of(rows, std::move(actions), begin, width), schema, type);
    };
    return write_changes(session, target,
        {changes({MergeAction::kInsert}, 0, "insert"), changes(kUpdates, before, "update_preimage"),
            changes(kUpdates, 0, "update_postimage"),
            as_changes(columns(deleted, before, width), schema, "delete")});
}

// DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE unless at most one source row is for a
// row.
void check_single_matches(
    Session& session, const plan::Merge& merge, const resolved::PlanPtr& rows, size_t width) {
    if (merge.matched.empty() || may_match_twice(merge)) return;
    // As Delta counts: every source row that the ON condition finds, whatever the clauses say.
    std::vector<MergeAction> actions = {
        MergeAction::kUpdate, MergeAction::kDelete, MergeAction::kCopy};
    auto most = rows_by_position(
        filter(rows, has_action(rows, actions)), rows->output[width], rows->output[width + 1]);
    if (aggregate_row(session, most,
            {std::make_shared<resolved::Aggregate>(
                "max", resolved::Exprs{ref(most->output[1])}, DataType::long_(), true)})[0] > 1)
        throw multiple_matches();
}

void set_operation(Session& session, delta::Transaction& transaction, const plan::Merge& merge,
    const std::string& condition, const MergeCounts& n, int64_t source_rows) {
    transaction.set_operation("MERGE",
        {{"predicate", json_list({condition})},
            {"matchedPredicates", merge_clauses_json(merge.matched)},
            {"notMatchedPredicates", merge_clauses_json(merge.not_matched)},
            {"notMatchedBySourcePredicates", merge_clauses_json(merge.not_matched_by_source)}});
    transaction.set_metric("numSourceRows", source_rows);
    transaction.set_metric("numTargetRowsInserted", n.inserted);
    transaction.set_metric("numTargetRowsUpdated", n.updated);
    transaction.set_metric("numTargetRowsDeleted", n.deleted);
    transaction.set_metric("numTargetRowsCopied", n.copied);
    transaction.set_metric("numOutputRows", n.inserted + n.updated + n.copied);
    transaction.set_metric("numTargetRowsMatchedUpdated", n.updated - n.updated_alone);
    transaction.set_metric("numTargetRowsMatchedDeleted", n.deleted - n.deleted_alone);
    transaction.set_metric("numTargetRowsNotMatchedBySourceUpdated", n.updated_alone);
    transaction.set_metric("numTargetRowsNotMatchedBySourceDeleted", n.deleted_alone);
    sign(session, transaction);
}

// What the statement will commit.
struct Merged {
    StatementTime& time;
    FileChanges files;
    MergedRows rows;
    MergeCounts n;
};

MergedRows changed_rows(Session& session, const plan::Merge& merge, const RowLevelTarget& target,
    const resolved::PlanPtr& source, bool images) {
    if (merge.matched.empty() && merge.not_matched_by_source.empty()) {
        auto fresh = unmatched_source(session, merge, target, source);
        return rows_with_actions(session, merge, target, fresh, {}, images);
    }
    return rows_with_actions(session, merge, target, source, target.snapshot->files(), images);
}

// The transaction's metadata gets the columns that the statement adds.
void evolve(Session& session, const plan::Merge& merge, delta::Transaction& transaction,
    const resolved::Attributes& source, RowLevelTarget& target) {
    auto schema = schema_after_merge(session, merge, target.snapshot->schema(), source);
    if (!schema) return;
    auto metadata = target.snapshot->metadata();
    metadata.schema_string = schema->json();
    transaction.update_metadata(metadata);
    target.evolved_schema = types::type_from_json(transaction.metadata().schema_string);
}

// Takes the rows that are updated or deleted out of their files: by vectors on them, or by leaving
// the files out. What is left of those is the caller's to write.
CutFiles take_out(Session& session, const RowLevelTarget& target, const resolved::PlanPtr& rows,
    size_t width, Merged& out) {
    auto gone = filter(
        rows, has_action(rows, {MergeAction::kUpdate, MergeAction::kUpdateAlone,
                                   MergeAction::kDelete, MergeAction::kDeleteAlone}));
    const auto& path = rows->output[width];
    const auto& row = rows->output[width + 1];
    CutFiles cut;
    if (writes_deletion_vectors(*target.snapshot)) {
        out.files.marks = mark_deleted(session, target, gone, path, row);
    } else {
        cut = cut_out(session, target, gone, path, row);
        out.files.removed = cut.files;
    }
    // Rows that matched twice go once.
    out.n.deleted = out.files.marks.rows + cut.rows - out.n.updated;
    out.n.copied = cut.copied;
    return cut;
}

void write_merge(Session& session, const plan::Merge& merge, const RowLevelTarget& target,
    const resolved::PlanPtr& source, bool images, Merged& out) {
    const auto& schema = target.schema();
    size_t width = schema->fields().size();
    out.rows = changed_rows(session, merge, target, source, images);
    KeptRows kept(session, out.rows.plan);
    out.time.scanned();
    const auto& rows = kept.plan();
    check_single_matches(session, merge, rows, width);
    out.n = count_actions(session, rows);
    if (out.n.updated + out.n.deleted + out.n.inserted == 0) return;
    CutFiles cut;
    if (out.n.updated + out.n.deleted > 0) cut = take_out(session, target, rows, width, out);
    auto stays = rows_to_write(target, rows, width);
    std::vector<resolved::PlanPtr> parts;
    if (!cut.rests.empty()) parts.push_back(target_rows(target, false, cut.rest_files()));
    parts.push_back(
        check_rows(session, stays, *schema, target.snapshot->metadata(), out.rows.computed));
    DeltaWriteOptions options;
    options.any_order = true;
    options.expected_rows = out.n.copied + out.n.updated + out.n.inserted;
    out.files.written = write_data_files(session, union_all(parts), target.delta.table->root(),
        target.snapshot->metadata(), schema, options);
    if (images) out.files.changes = write_images(session, target, rows);
}

void apply(Session& session, delta::Transaction& transaction, const RowLevelTarget& target,
    const Merged& merged) {
    const auto& files = merged.files;
    files.apply(transaction, "numTarget");
    if (merged.n.inserted > 0) {
        move_identity_marks(transaction, target.schema(), merged.rows.numbered, files.written);
    }
    note_checked(transaction);
    transaction.set_metric("numTargetFilesAdded", static_cast<int64_t>(files.written.size()));
    transaction.set_metric("numTargetFilesRemoved", static_cast<int64_t>(files.removed_count()));
    transaction.set_metric("numTargetChangeFilesAdded", static_cast<int64_t>(files.changes.size()));
    transaction.set_metric("numTargetBytesAdded", bytes_of(files.written));
    transaction.set_metric("numTargetBytesRemoved", files.removed_bytes());
    sign(session, transaction);
}

}  // namespace

Output merge_into(Session& session, const plan::Merge& merge) {
    StatementTime time(session);
    auto target = row_level_target(session, merge.target, "MERGE");
    auto transaction = delta::Transaction::start(target.delta.table, target.snapshot);
    if (is_applied(session, *transaction, delta_write_options(session, {}))) return affected({});
    auto source_plan = analyze_source(session, merge.source);
    bool images = writes_change_feed(*target.snapshot);
    evolve(session, merge, *transaction, source_plan->output, target);
    // Errors of the clauses come before anything is read.
    rows_with_actions(session, merge, target, source_plan, {}, images);
    auto probe = scan_target(target, false);
    std::string condition = analyzer::expression_sql(*analyze_condition(
        session, merge.condition, join_output(probe->output, source_plan->output)));

    StatementTime source_time(session);
    KeptRows source(session, source_plan);
    transaction->set_metric("materializeSourceTimeMs", source_time.passed_ms());
    transaction->read_whole_table();
    int64_t source_rows = aggregate_row(session, source.plan(), {count_if(boolean(true))})[0];
    Merged merged{time};
    try {
        write_merge(session, merge, target, source.plan(), images, merged);
        set_operation(session, *transaction, merge, condition, merged.n, source_rows);
        apply(session, *transaction, target, merged);
        time.add_metric(*transaction);
        transaction->commit_or_throw();
    } catch (...) {
        merged.files.undo(session, *transaction, target.delta.table->root());
        throw;
    }
    compact_after_write(session, target.delta);
    return affected(merged.n);
}

}  // namespace hanok::commands

// MERGE INTO, copy on write. The source is read once and kept; matches decide which files are
// rewritten; one outer join of those files with the source gives every row its action.

#include "analyzer/coercion.h"
#include "base/error.h"
#include "base/ids.h"
#include "commands/command.h"
#include "commands/merge_plan.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

using types::DataType;

// Keeps the source's rows in the engine while the statement runs.
class KeptSource {
public:
    KeptSource(Session& session, const resolved::PlanPtr& plan)
        : engine_(session.platform().engine()),
          key_("merge-" + base::new_uuid(base::SystemRandom::instance())) {
        engine_.materialize(key_, session.use_cache(plan), session.query_context());
        auto cached = std::make_shared<resolved::Cached>();
        cached->cache_key = key_;
        cached->output = plan->output;
        plan_ = cached;
    }
    ~KeptSource() { engine_.drop_materialized(key_); }
    KeptSource(const KeptSource&) = delete;
    KeptSource& operator=(const KeptSource&) = delete;
    const resolved::PlanPtr& plan() const { return plan_; }

private:
    engine::Engine& engine_;
    std::string key_;
    resolved::PlanPtr plan_;
};

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

// TRUE for matches that some WHEN MATCHED clause acts on; null when every match counts.
resolved::ExprPtr any_matched_clause(
    Session& session, const plan::Merge& merge, const resolved::Attributes& input) {
    if (!merge.not_matched.empty() || !merge.not_matched_by_source.empty()) return nullptr;
    resolved::Exprs conditions;
    for (const auto& clause : merge.matched) {
        if (!clause.condition) return nullptr;
        conditions.push_back(is_true(analyze_condition(session, clause.condition, input)));
    }
    if (conditions.size() == 1) return conditions[0];
    return make_call("or", conditions, DataType::boolean(), false);
}

// Per file: is it matched, and was any of its rows matched more than once?
std::vector<const delta::AddFile*> matched_files(Session& session, const plan::Merge& merge,
    const RowLevelTarget& target, const resolved::PlanPtr& source) {
    auto scan = scan_target(target, true);
    auto join = std::make_shared<resolved::Join>();
    join->left = scan;
    join->right = source;
    join->output = join_output(scan->output, source->output);
    join->condition = analyze_condition(session, merge.condition, join->output);
    resolved::PlanPtr matches = filter(join, any_matched_clause(session, merge, join->output));

    const auto& path = scan->output[scan->output.size() - 2];
    const auto& row = scan->output[scan->output.size() - 1];
    auto by_row = std::make_shared<resolved::AggregatePlan>();
    by_row->child = matches;
    by_row->grouping = {ref(path), ref(row)};
    resolved::Attribute path_out{
        analyzer::Analyzer::next_id(), "path", DataType::string(), false, {}, ""};
    resolved::Attribute n{analyzer::Analyzer::next_id(), "n", DataType::long_(), false, {}, ""};
    by_row->columns = {
        {path_out, ref(path)}, {n, std::make_shared<resolved::Aggregate>("count",
                                       resolved::Exprs{integer(1)}, DataType::long_(), false)}};
    by_row->output = {path_out, n};

    auto by_file = std::make_shared<resolved::AggregatePlan>();
    by_file->child = by_row;
    by_file->grouping = {ref(path_out)};
    resolved::Attribute file{
        analyzer::Analyzer::next_id(), "file", DataType::string(), false, {}, ""};
    resolved::Attribute most{
        analyzer::Analyzer::next_id(), "most", DataType::long_(), true, {}, ""};
    by_file->columns = {
        {file, ref(path_out)}, {most, std::make_shared<resolved::Aggregate>("max",
                                          resolved::Exprs{ref(n)}, DataType::long_(), true)}};
    by_file->output = {file, most};

    std::set<std::string> paths;
    for (const auto& result :
        session.platform().engine().collect(by_file, session.query_context(), INT64_MAX)) {
        paths.insert(result[0].as_string());
        if (result[1].as_int() > 1 && !may_match_twice(merge)) {
            throw unsupported_error("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE",
                {{"usageReference", "MERGE INTO"}});
        }
    }
    return files_by_path(*target.snapshot, paths);
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

// Rows of the touched files and, with inserts, of the source: the table's columns, then the action.
MergedRows rows_with_actions(Session& session, const plan::Merge& merge,
    const RowLevelTarget& target, const resolved::PlanPtr& source,
    const std::vector<const delta::AddFile*>& files) {
    auto scan = scan_target(target, false, files);
    Marked t = mark(scan, scan->output.size(), "__in_target");
    Marked s = mark(source, source->output.size(), "__in_source");
    auto join = std::make_shared<resolved::Join>();
    join->left = t.plan;
    join->right = s.plan;
    join->type = merge.not_matched.empty() ? resolved::JoinType::kLeft : resolved::JoinType::kFull;
    auto with_marker = [](const Marked& m) {
        auto out = m.columns;
        out.push_back(m.marker);
        return out;
    };
    join->output = join_output(with_marker(t), with_marker(s));
    auto input = join_output(t.columns, s.columns);
    join->condition = analyze_condition(session, merge.condition, input);
    return apply_merge_clauses(
        session, merge, target, join, {t.columns, t.marker, s.columns, s.marker});
}

struct MergeCounts {
    int64_t updated = 0;
    int64_t deleted = 0;
    int64_t inserted = 0;
    int64_t copied = 0;
};

MergeCounts count_actions(Session& session, const resolved::PlanPtr& rows) {
    const auto& action = rows->output.back();
    resolved::Exprs aggregates;
    for (auto wanted :
        {MergeAction::kUpdate, MergeAction::kDelete, MergeAction::kInsert, MergeAction::kCopy}) {
        aggregates.push_back(count_if(make_call(
            "=", {ref(action), integer(static_cast<int>(wanted))}, DataType::boolean(), false)));
    }
    auto n = aggregate_row(session, rows, aggregates);
    return {n[0], n[1], n[2], n[3]};
}

resolved::PlanPtr rows_to_write(const resolved::PlanPtr& rows) {
    const auto& action = rows->output.back();
    auto is_deleted = make_call("=", {ref(action), integer(static_cast<int>(MergeAction::kDelete))},
        DataType::boolean(), false);
    auto kept = filter(rows, negate(is_deleted));
    std::vector<std::string> names;
    for (size_t i = 0; i + 1 < rows->output.size(); ++i) names.push_back(rows->output[i].name);
    return project(kept, names, refs(rows->output, rows->output.size() - 1));
}

void set_operation(Session& session, delta::Transaction& transaction, const plan::Merge& merge,
    const std::string& condition, const MergeCounts& n, int64_t source_rows, size_t removed,
    size_t added) {
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
    transaction.set_metric("numTargetFilesAdded", static_cast<int64_t>(added));
    transaction.set_metric("numTargetFilesRemoved", static_cast<int64_t>(removed));
    transaction.set_user(session.user(), session.user());
}

}  // namespace

Output merge_into(Session& session, const plan::Merge& merge) {
    auto target = row_level_target(session, merge.target, "MERGE");
    auto transaction = delta::Transaction::start(target.delta.table, target.snapshot);
    auto source_plan = analyze_source(session, merge.source);
    // Errors of the clauses come before anything is read.
    rows_with_actions(session, merge, target, source_plan, {});
    auto probe = scan_target(target, false);
    std::string condition = analyzer::expression_sql(*analyze_condition(
        session, merge.condition, join_output(probe->output, source_plan->output)));

    KeptSource source(session, source_plan);
    transaction->read_whole_table();
    std::vector<const delta::AddFile*> files;
    MergedRows rows;
    if (merge.matched.empty() && merge.not_matched_by_source.empty()) {
        rows = rows_with_actions(
            session, merge, target, unmatched_source(session, merge, target, source.plan()), {});
    } else {
        files = merge.not_matched_by_source.empty()
                    ? matched_files(session, merge, target, source.plan())
                    : target.snapshot->files();
        if (!merge.not_matched_by_source.empty())
            matched_files(session, merge, target, source.plan());
        rows = rows_with_actions(session, merge, target, source.plan(), files);
    }
    KeptSource actions(session, rows.plan);
    MergeCounts n = count_actions(session, actions.plan());
    int64_t source_rows = aggregate_row(session, source.plan(), {count_if(boolean(true))})[0];
    std::vector<delta::AddFile> written;
    if (n.updated + n.deleted + n.inserted > 0) {
        auto checked = check_rows(session, rows_to_write(actions.plan()),
            *target.snapshot->schema(), target.snapshot->metadata(), rows.computed);
        written = write_data_files(session, checked, target.delta.table->root(),
            target.snapshot->metadata(), target.snapshot->schema(), {});
    } else {
        files.clear();
    }
    try {
        for (const auto* file : files) transaction->remove_file(*file);
        for (const auto& file : written) transaction->add_file(file);
        if (n.inserted > 0)
            move_identity_marks(*transaction, target.snapshot->schema(), rows.numbered, written);
        note_checked(*transaction);
        set_operation(
            session, *transaction, merge, condition, n, source_rows, files.size(), written.size());
        transaction->commit_or_throw();
    } catch (...) {
        if (!transaction->may_have_committed())
            remove_data_files(session, target.delta.table->root(), written);
        throw;
    }
    return counts(
        {{"num_affected_rows", n.updated + n.deleted + n.inserted}, {"num_updated_rows", n.updated},
            {"num_deleted_rows", n.deleted}, {"num_inserted_rows", n.inserted}});
}

}  // namespace hanok::commands

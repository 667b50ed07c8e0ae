#include "commands/row_level.h"

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/delta_predicate.h"
#include "commands/rows.h"
#include "delta/row_tracking.h"
#include "delta/statistics.h"
#include "delta/table.h"
#include "engine/scan_sources.h"

namespace hanok::commands {

using resolved::ExprPtr;
using types::DataType;

RowLevelTarget row_level_target(
    Session& session, const plan::RelationPtr& relation, const std::string& operation) {
    RowLevelTarget target;
    const plan::Relation* node = relation.get();
    if (node->kind == plan::RelationKind::kSubqueryAlias) {
        target.qualifier = {node->as<plan::SubqueryAlias>().alias};
        node = node->as<plan::SubqueryAlias>().child.get();
    }
    if (node->kind != plan::RelationKind::kNamedTable) {
        throw analysis_error("UNSUPPORTED_FEATURE.TABLE_OPERATION",
            {{"tableName", "the relation"}, {"operation", operation}});
    }
    const auto& table = node->as<plan::NamedTable>();
    auto name = name_parts(session, {table.name, table.identifier});
    if (name.size() == 1 && session.find_temp_view(name[0])) {
        throw analysis_error("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
            {{"viewName", quote_identifier(name)}, {"operation", operation}});
    }
    target.delta = delta_target(session, name, "", operation);
    if (target.qualifier.empty()) target.qualifier = target.delta.qualifier;
    target.snapshot = target.delta.table->snapshot();
    return target;
}

std::shared_ptr<const resolved::Scan> scan_target(const RowLevelTarget& target, bool with_position,
    std::optional<std::vector<const delta::AddFile*>> files) {
    auto source = std::make_shared<engine::DeltaScanSource>();
    source->snapshot = target.snapshot;
    source->schema = target.snapshot->schema();
    source->partition_columns = target.snapshot->metadata().partition_columns;
    source->format = "delta";
    source->description = "Delta " + target.delta.shown_name + "@v" +
                          std::to_string(target.snapshot->version());
    source->only_files = std::move(files);
    auto scan = std::make_shared<resolved::Scan>();
    scan->output = table_attributes(*source->schema, target.qualifier);
    for (const auto& f : source->schema->fields()) scan->columns.push_back(f.name);
    if (with_position) {
        scan->columns.insert(scan->columns.end(), {kFilePath, kRowIndex});
        scan->output.push_back(
            {analyzer::Analyzer::next_id(), kFilePath, DataType::string(), false, {}, ""});
        scan->output.push_back(
            {analyzer::Analyzer::next_id(), kRowIndex, DataType::long_(), false, {}, ""});
    }
    scan->source = source;
    return scan;
}

std::vector<std::string> kept_row_names(const delta::Snapshot& snapshot) {
    if (!delta::keeps_row_ids(snapshot)) return {};
    std::vector<std::string> names = {snapshot.property(delta::kMaterializedRowId),
        snapshot.property(delta::kMaterializedRowCommitVersion)};
    if (names[0].empty() || names[1].empty()) {
        throw runtime_error("DELTA_MATERIALIZED_ROW_TRACKING_COLUMN_NAME_MISSING",
            {{"rowTrackingColumn", names[0].empty() ? "Row ID" : "Row Commit Version"},
                {"tableName", snapshot.root()}});
    }
    return names;
}

void add_kept_rows(const RowLevelTarget& target, const resolved::Attributes& rows,
    const ExprPtr& changed, std::vector<std::string>& names, resolved::Exprs& values) {
    auto kept = kept_row_names(*target.snapshot);
    if (kept.empty()) return;
    names.insert(names.end(), kept.begin(), kept.end());
    const auto& version = rows[rows.size() - 1];
    values.push_back(ref(rows[rows.size() - 2]));
    ExprPtr none = std::make_shared<resolved::Literal>(DataType::long_(), types::Value());
    values.push_back(
        changed ? make_call("when", {is_true(changed), none, ref(version)}, DataType::long_(), true)
                : none);
}

std::shared_ptr<const resolved::Scan> scan_to_rewrite(
    const RowLevelTarget& target, bool with_position, std::vector<const delta::AddFile*> files) {
    auto plain = scan_target(target, with_position, std::move(files));
    auto names = kept_row_names(*target.snapshot);
    if (names.empty()) return plain;
    auto scan = std::make_shared<resolved::Scan>(*plain);
    scan->columns.insert(scan->columns.end(), {kRowId, kRowCommitVersion});
    for (const auto& name : names) {
        scan->output.push_back(
            {analyzer::Analyzer::next_id(), name, DataType::long_(), true, {}, ""});
    }
    return scan;
}

std::vector<const delta::AddFile*> candidate_files(
    delta::Transaction& transaction, const ExprPtr& condition) {
    return transaction.read_files(to_delta_predicate(condition));
}

std::vector<const delta::AddFile*> files_by_path(
    const delta::Snapshot& snapshot, const std::set<std::string>& paths) {
    std::vector<const delta::AddFile*> out;
    for (const auto* file : snapshot.files()) {
        if (paths.contains(snapshot.absolute_path(*file))) out.push_back(file);
    }
    return out;
}

TouchedFiles touched_files(Session& session, const RowLevelTarget& target,
    const std::shared_ptr<const resolved::Scan>& scan, const ExprPtr& condition) {
    const auto& path = scan->output[scan->output.size() - 2];
    auto grouped = std::make_shared<resolved::AggregatePlan>();
    grouped->child = filter(scan, condition);
    grouped->grouping = {ref(path)};
    resolved::Attribute group{
        analyzer::Analyzer::next_id(), "path", DataType::string(), false, {}, ""};
    resolved::Attribute rows{
        analyzer::Analyzer::next_id(), "rows", DataType::long_(), false, {}, ""};
    grouped->columns = {
        {group, ref(path)}, {rows, std::make_shared<resolved::Aggregate>("count",
                                       resolved::Exprs{integer(1)}, DataType::long_(), false)}};
    grouped->output = {group, rows};
    auto result = session.platform().engine().collect(grouped, session.query_context(), INT64_MAX);
    TouchedFiles out;
    std::set<std::string> paths;
    for (const auto& row : result) {
        paths.insert(row[0].as_string());
        out.rows += row[1].as_int();
    }
    out.files = files_by_path(*target.snapshot, paths);
    if (out.files.size() != paths.size())
        throw internal_error("a scanned file is not in the snapshot");
    return out;
}

int64_t rows_in(Session& session, const RowLevelTarget& target,
    const std::vector<const delta::AddFile*>& files) {
    int64_t rows = 0;
    for (const auto* file : files) {
        auto n = delta::stats_num_records(file->stats);
        if (!n) {
            auto scan = scan_target(target, false, files);
            return aggregate_row(session, scan, {count_if(boolean(true))})[0];
        }
        rows += *n - (file->deletion_vector ? file->deletion_vector->cardinality : 0);
    }
    return rows;
}

ExprPtr make_call(std::string function, resolved::Exprs args, types::TypePtr type, bool nullable) {
    return std::make_shared<resolved::Call>(
        std::move(function), std::move(args), std::move(type), nullable);
}

ExprPtr boolean(bool value) {
    return std::make_shared<resolved::Literal>(DataType::boolean(), types::bool_value(value));
}
ExprPtr integer(int64_t value) {
    return std::make_shared<resolved::Literal>(DataType::integer(), types::int_value(value));
}

ExprPtr is_true(const ExprPtr& condition) {
    if (!condition->nullable) return condition;
    return make_call("coalesce", {condition, boolean(false)}, DataType::boolean(), false);
}
ExprPtr negate(const ExprPtr& condition) {
    return make_call("not", {condition}, DataType::boolean(), condition->nullable);
}
ExprPtr both(const ExprPtr& a, const ExprPtr& b) {
    if (!a || !b) return a ? a : b;
    return make_call("and", {a, b}, DataType::boolean(), a->nullable || b->nullable);
}

resolved::PlanPtr filter(resolved::PlanPtr child, ExprPtr condition) {
    if (!condition) return child;
    auto node = std::make_shared<resolved::Filter>();
    node->output = child->output;
    node->child = std::move(child);
    node->condition = std::move(condition);
    return node;
}

resolved::PlanPtr project(
    resolved::PlanPtr child, const std::vector<std::string>& names, const resolved::Exprs& exprs) {
    auto node = std::make_shared<resolved::Project>();
    node->child = std::move(child);
    for (size_t i = 0; i < exprs.size(); ++i) {
        resolved::Attribute a{
            analyzer::Analyzer::next_id(), names[i], exprs[i]->type, exprs[i]->nullable, {}, ""};
        node->output.push_back(a);
        node->columns.push_back({a, exprs[i]});
    }
    return node;
}

resolved::PlanPtr union_all(const std::vector<resolved::PlanPtr>& plans) {
    if (plans.size() == 1) return plans[0];
    auto all = std::make_shared<resolved::SetOperation>();
    all->children = plans;
    all->all = true;
    for (auto a : plans[0]->output) {
        a.id = analyzer::Analyzer::next_id();
        a.nullable = true;
        all->output.push_back(a);
    }
    return all;
}

resolved::Exprs refs(const resolved::Attributes& attributes, size_t count) {
    resolved::Exprs out;
    for (size_t i = 0; i < count; ++i) out.push_back(ref(attributes[i]));
    return out;
}

ExprPtr count_if(const ExprPtr& condition) {
    ExprPtr one_or_null = make_call(
        "when", {is_true(condition), integer(1)}, DataType::integer(), true);
    return std::make_shared<resolved::Aggregate>(
        "count", resolved::Exprs{one_or_null}, DataType::long_(), false);
}

std::vector<int64_t> aggregate_row(
    Session& session, const resolved::PlanPtr& child, const std::vector<ExprPtr>& aggregates) {
    auto node = std::make_shared<resolved::AggregatePlan>();
    node->child = child;
    for (const auto& e : aggregates) {
        resolved::Attribute a{analyzer::Analyzer::next_id(), "n", e->type, e->nullable, {}, ""};
        node->output.push_back(a);
        node->columns.push_back({a, e});
    }
    auto rows = session.platform().engine().collect(node, session.query_context(), 1);
    std::vector<int64_t> out;
    for (const auto& value : rows.at(0)) out.push_back(value.is_null() ? 0 : value.as_int());
    return out;
}

namespace {

std::string quoted(const resolved::Expression& e) {
    return "\"" + analyzer::expression_sql(e) + "\"";
}

// A condition is looked at more than once (which files, then which rows), so it has to say the same
// each time, and of each row by itself.
void check_row_condition(const resolved::Expression& condition) {
    resolved::walk(condition, [](const resolved::Expression& part) {
        bool is_of_rows = part.kind != resolved::ExprKind::kAggregate &&
                          part.kind != resolved::ExprKind::kWindow;
        if (is_of_rows) return true;
        throw analysis_error("UNSUPPORTED_EXPR_FOR_OPERATOR", {{"invalidExprSqls", quoted(part)}});
    });
    if (!resolved::is_deterministic(condition))
        throw analysis_error(
            "INVALID_NON_DETERMINISTIC_EXPRESSIONS", {{"sqlExprs", quoted(condition)}});
}

}  // namespace

ExprPtr analyze_condition(
    Session& session, const plan::ExprPtr& condition, const resolved::Attributes& input) {
    if (!condition) return nullptr;
    auto typed = session.analyzer()->analyze_expression(condition, input);
    if (!typed->type->is(types::TypeId::kBoolean)) {
        throw analysis_error("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN",
            {{"sqlExpr", "\"condition\""}, {"filter", "\"condition\""},
                {"type", "\"" + typed->type->sql() + "\""}});
    }
    check_row_condition(*typed);
    return typed;
}

Output counts(const std::vector<std::pair<std::string, int64_t>>& columns) {
    std::vector<Rows::Column> schema;
    std::vector<types::Value> row;
    for (const auto& [name, n] : columns) {
        schema.push_back({name, DataType::long_(), true});
        row.push_back(number(n));
    }
    Rows rows(std::move(schema));
    rows.add(std::move(row));
    return std::move(rows).plan();
}

}  // namespace hanok::commands

// Every relation goes through here; the plain ones are resolved here too.

#include "analyzer/fresh_columns.h"
#include "analyzer/impl.h"
#include "analyzer/python_table.h"

namespace hanok::analyzer {

using plan::RelationKind;
using resolved::NamedExprs;
using resolved::PlanPtr;
using types::DataType;

using Impl = Analyzer::Impl;

namespace {

class Deeper {
public:
    Deeper(int& depth, int limit) : depth_(depth) {
        if (++depth_ > limit) {
            --depth_;
            throw Error(ErrorKind::kAnalysis, "FAILED_TO_PARSE_TOO_COMPLEX");
        }
    }
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

private:
    int& depth_;
};

}  // namespace

PlanPtr with_fresh_columns(const PlanPtr& plan) {
    NamedExprs columns;
    for (const auto& a : plan->output) {
        auto column = Impl::pass_column(a);
        column.attribute.id = Analyzer::next_id();
        columns.push_back(std::move(column));
    }
    auto project = std::make_shared<resolved::Project>();
    project->child = plan;
    for (const auto& c : columns) project->output.push_back(c.attribute);
    project->columns = std::move(columns);
    return project;
}

Rel Impl::resolve(const plan::RelationPtr& relation) {
    Deeper deeper(depth, options.max_plan_depth);
    try {
        bool cacheable = relation->plan_id || relation->kind == RelationKind::kNamedTable;
        PlanPtr cached = cacheable ? resolver.cached_plan(relation) : nullptr;
        Rel rel = cached ? leaf(with_fresh_columns(cached)) : dispatch(relation);
        if (relation->plan_id) {
            auto ids = std::make_shared<PlanIds>();
            ids->plan_id = relation->plan_id;
            ids->output = concat(rel.scope, rel.extra);
            if (rel.ids) ids->children.push_back(rel.ids);
            rel.ids = std::move(ids);
        }
        return rel;
    } catch (Error& e) {
        if (!e.has_context() && relation->origin && relation->origin->known()) {
            e.add_context(plan::query_context(*relation->origin));
        }
        throw;
    }
}

Rel Impl::dispatch(const plan::RelationPtr& r) {
    switch (r->kind) {
        case RelationKind::kOneRow: return one_row();
        case RelationKind::kNamedTable: return resolve_named_table(r->as<plan::NamedTable>());
        case RelationKind::kDataSource: return resolve_data_source(r->as<plan::DataSource>());
        case RelationKind::kLocalData: return resolve_local_data(r->as<plan::LocalData>());
        case RelationKind::kValues: return resolve_values(r->as<plan::Values>());
        case RelationKind::kRange: return resolve_range(r->as<plan::Range>());
        case RelationKind::kTableFunction:
            return resolve_table_function(r->as<plan::TableFunction>());
        case RelationKind::kProject: return resolve_project(r->as<plan::Project>());
        case RelationKind::kFilter: return resolve_filter(r->as<plan::Filter>());
        case RelationKind::kAggregate: return resolve_aggregate(r->as<plan::Aggregate>());
        case RelationKind::kPivot: return resolve_pivot(r->as<plan::Pivot>());
        case RelationKind::kUnpivot: return resolve_unpivot(r->as<plan::Unpivot>());
        case RelationKind::kJoin: return resolve_join(r->as<plan::Join>());
        case RelationKind::kAsOfJoin: return resolve_as_of_join(r->as<plan::AsOfJoin>());
        case RelationKind::kSetOperation: return resolve_set_operation(r->as<plan::SetOperation>());
        case RelationKind::kSort: return resolve_sort(r->as<plan::Sort>());
        case RelationKind::kLimit:
        case RelationKind::kOffset:
        case RelationKind::kTail: return resolve_limit(*r);
        case RelationKind::kDistinct: return resolve_distinct(r->as<plan::Distinct>());
        case RelationKind::kDeduplicate: return resolve_deduplicate(r->as<plan::Deduplicate>());
        case RelationKind::kSubqueryAlias: return resolve_alias(r->as<plan::SubqueryAlias>());
        case RelationKind::kWith: return resolve_with(r->as<plan::With>());
        case RelationKind::kGenerate: return resolve_generate(r->as<plan::Generate>());
        case RelationKind::kSample: return resolve_sample(r->as<plan::Sample>());
        case RelationKind::kRepartition: return resolve_repartition(r->as<plan::Repartition>());
        case RelationKind::kHint: return resolve_hint(r->as<plan::Hint>());
        case RelationKind::kToDf: return resolve_to_df(r->as<plan::ToDf>());
        case RelationKind::kWithColumns: return resolve_with_columns(r->as<plan::WithColumns>());
        case RelationKind::kWithColumnsRenamed:
            return resolve_renamed(r->as<plan::WithColumnsRenamed>());
        case RelationKind::kDrop: return resolve_drop(r->as<plan::Drop>());
        case RelationKind::kToSchema: return resolve_to_schema(r->as<plan::ToSchema>());
        case RelationKind::kCollectMetrics:
            return resolve_collect_metrics(r->as<plan::CollectMetrics>());
        case RelationKind::kWithRelations:
            return resolve_with_relations(r->as<plan::WithRelations>());
        case RelationKind::kWindowDefinitions:
            return resolve_window_definitions(r->as<plan::WindowDefinitions>());
        case RelationKind::kCachedRelation: {
            const auto& id = r->as<plan::CachedRelation>().relation_id;
            auto plan = resolver.cached_relation(id);
            if (!plan)
                throw Error(ErrorKind::kInvalidPlanInput,
                    "CONNECT_INVALID_PLAN.CACHED_RELATION_NOT_FOUND", {{"relationId", id}});
            return leaf(with_fresh_columns(plan));
        }
        case RelationKind::kCommandResult:
            return leaf(resolver.run_command(r->as<plan::CommandResult>().command));
        default: return dispatch_statistics(r);
    }
}

Rel Impl::dispatch_statistics(const plan::RelationPtr& r) {
    switch (r->kind) {
        case RelationKind::kShowString: return resolve_show_string(r->as<plan::ShowString>());
        case RelationKind::kHtmlString: return resolve_html_string(r->as<plan::HtmlString>());
        case RelationKind::kNaFill: return resolve_na_fill(r->as<plan::NaFill>());
        case RelationKind::kNaDrop: return resolve_na_drop(r->as<plan::NaDrop>());
        case RelationKind::kNaReplace: return resolve_na_replace(r->as<plan::NaReplace>());
        case RelationKind::kStatSummary: return resolve_stat_summary(r->as<plan::StatSummary>());
        case RelationKind::kStatDescribe: return resolve_stat_describe(r->as<plan::StatDescribe>());
        case RelationKind::kStatCrosstab: return resolve_crosstab(r->as<plan::StatCrosstab>());
        case RelationKind::kStatCov: {
            const auto& s = r->as<plan::StatCov>();
            return resolve_two_columns(s.child, s.column1, s.column2, "covar_samp");
        }
        case RelationKind::kStatCorr: {
            const auto& s = r->as<plan::StatCorr>();
            return resolve_two_columns(s.child, s.column1, s.column2, "corr");
        }
        case RelationKind::kStatApproxQuantile:
            return resolve_approx_quantile(r->as<plan::StatApproxQuantile>());
        case RelationKind::kStatFreqItems: return resolve_freq_items(r->as<plan::StatFreqItems>());
        case RelationKind::kStatSampleBy: return resolve_sample_by(r->as<plan::StatSampleBy>());
        case RelationKind::kTranspose: return resolve_transpose(r->as<plan::Transpose>());
        case RelationKind::kParse: return resolve_parse(r->as<plan::Parse>());
        case RelationKind::kMapInPython: return resolve_map_in_python(r->as<plan::MapInPython>());
        case RelationKind::kGroupMap: return resolve_group_map(r->as<plan::GroupMap>());
        case RelationKind::kPythonTable:
            return resolve_python_table(*this, r->as<plan::PythonTable>());
        case RelationKind::kCoGroupMap: return resolve_cogroup_map(r->as<plan::CoGroupMap>());
        default: throw internal_error("relation of unknown kind");
    }
}

Rel Impl::one_row() { return leaf(std::make_shared<resolved::OneRow>()); }

Rel Impl::resolve_range(const plan::Range& range) {
    if (range.step == 0) {
        throw runtime_error("FAILED_FUNCTION_CALL", {{"funcName", "`range`"}});
    }
    auto plan = std::make_shared<resolved::Range>();
    plan->start = range.start;
    plan->end = range.end;
    plan->step = range.step;
    plan->output = {new_attribute("id", DataType::long_(), false)};
    if (!range.num_partitions) return leaf(plan);
    auto sliced = std::make_shared<resolved::Repartition>();
    sliced->num_partitions = range.num_partitions;
    sliced->expressions = {std::make_shared<resolved::Call>(
        "range_slices", resolved::Exprs{}, DataType::integer(), false)};
    sliced->output = plan->output;
    sliced->child = plan;
    return leaf(sliced);
}

Rel Impl::resolve_local_data(const plan::LocalData& data) {
    if (!data.schema) throw internal_error("local data has no schema");
    auto plan = std::make_shared<resolved::LocalData>();
    plan->arrow_streams = data.arrow_streams;
    for (const auto& f : data.schema->fields()) {
        auto a = new_attribute(f.name, DataType::replace_char_varchar(f.type), f.nullable);
        a.metadata = f.metadata;
        plan->output.push_back(std::move(a));
    }
    return leaf(plan);
}

namespace {

// Can evaluating the constant end in an error? Users' functions do not count.
bool may_raise(const resolved::Expression& expr) {
    bool found = false;
    resolved::walk(expr, [&](const resolved::Expression& e) {
        if (e.kind == resolved::ExprKind::kCast) found = true;
        if (e.kind != resolved::ExprKind::kCall) return true;
        const auto& function = e.as<resolved::Call>().function;
        found = found || (function != "array" && function != "named_struct");
        return true;
    });
    return found && !resolved::contains(expr, resolved::ExprKind::kPythonUdf);
}

// Trouble of the engine's own is left to the query itself.
bool is_of_user(const Error& error) {
    if (error.condition() == "OPERATION_CANCELED") throw error;
    return error.kind() != ErrorKind::kInternal;
}

// Inline tables are evaluated where they are read, whether or not their rows are needed.
void evaluate(Impl& impl, const std::shared_ptr<resolved::Values>& plan) {
    resolved::Exprs cells;
    for (const auto& row : plan->rows) {
        for (const auto& cell : row) {
            if (may_raise(*cell)) cells.push_back(cell);
        }
    }
    if (cells.empty()) return;
    try {
        impl.resolver.collect(plan, static_cast<int64_t>(plan->rows.size()));
        return;
    } catch (const Error& error) {
        if (!is_of_user(error)) return;
    } catch (const std::exception&) {
        return;
    }
    for (const auto& cell : cells) {
        try {
            impl.fold_typed(cell);
        } catch (const Error& error) {
            if (!is_of_user(error)) continue;
            throw analysis_error("INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION",
                {{"sqlExpr", quoted_sql(expression_sql(*cell))}});
        } catch (const std::exception&) {
            continue;
        }
    }
}

}  // namespace

Rel Impl::resolve_values(const plan::Values& values) {
    auto plan = std::make_shared<resolved::Values>();
    Context constants;
    size_t width = values.rows.empty() ? 0 : values.rows[0].size();
    for (size_t i = 0; i < values.rows.size(); ++i) {
        if (values.rows[i].size() != width) {
            throw analysis_error("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                {{"expectedNumCols", std::to_string(width)},
                    {"actualNumCols", std::to_string(values.rows[i].size())},
                    {"rowIndex", std::to_string(i)}});
        }
        resolved::Exprs row;
        for (auto& t : resolve_in(constants, values.rows[i])) {
            if (resolved::contains(*t.expr, resolved::ExprKind::kSubquery)) {
                throw analysis_error(
                    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.SCALAR_SUBQUERY_IN_VALUES");
            }
            if (resolved::contains(*t.expr, resolved::ExprKind::kAggregate)) {
                throw analysis_error(
                    "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE",
                    {{"expr", quoted_sql(expression_sql(*t.expr))}});
            }
            row.push_back(t.expr);
        }
        plan->rows.push_back(std::move(row));
    }
    for (size_t c = 0; c < width; ++c) {
        std::vector<types::TypePtr> types;
        bool has_text = false;
        bool has_other = false;
        bool nullable = false;
        for (const auto& row : plan->rows) {
            const auto& t = row[c]->type;
            types.push_back(t);
            has_text = has_text || t->is_string();
            has_other = has_other || !(t->is_string() || t->is(types::TypeId::kNull));
        }
        // As without ANSI mode: of FLOAT and integers FLOAT.
        bool numeric = std::all_of(types.begin(), types.end(),
            [](const auto& t) { return t->is_numeric() || t->is(types::TypeId::kNull); });
        auto type = wider_type(types, ansi() && !numeric);
        auto name = "col" + std::to_string(c + 1);
        if (!type || (has_text && has_other)) {
            throw analysis_error("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE",
                {{"colName", quote_identifier(name)}});
        }
        for (auto& row : plan->rows) {
            row[c] = cast_to(row[c], type, ansi());
            nullable = nullable || row[c]->nullable;
        }
        plan->output.push_back(new_attribute(name, type, nullable));
    }
    evaluate(*this, plan);
    return leaf(plan);
}

Rel Impl::resolve_filter(const plan::Filter& filter) {
    if (filter.is_having) return resolve_having(filter);
    if (filter.condition->kind == plan::ExprKind::kFunction) {
        const auto& f = filter.condition->as<plan::Function>();
        if (f.is_internal && f.name[0] == "qualify") return resolve_qualify(filter, f.args[0]);
    }
    auto child = resolve(filter.child);
    Context c;
    c.input = &child;
    c.reach_hidden =
        filter.plan_id.has_value();  // DataFrames may filter by a column that select left out
    bool over_aggregate = child.hidden && child.hidden->kind == Hidden::Kind::kAggregate &&
                          c.reach_hidden;
    resolved::Exprs exprs{condition(c, filter.condition, over_aggregate ? "HAVING" : "WHERE")};
    auto widened = pull_up(child, exprs);
    return drop_pulled(child, make_filter(widened, exprs[0]));
}

Rel Impl::resolve_distinct(const plan::Distinct& distinct) {
    auto child = trim(resolve(distinct.child));
    auto plan = std::make_shared<resolved::Distinct>();
    plan->child = child.plan;
    plan->output = child.plan->output;
    for (const auto& a : plan->output) {
        if (a.type->is_comparable_for_equality()) continue;
        if (a.type->is(types::TypeId::kVariant)) {
            throw Error(ErrorKind::kAnalysis, "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE",
                {{"colName", quote_identifier(a.name)}, {"dataType", quoted_type(*a.type)}});
        }
        throw Error(ErrorKind::kAnalysis, "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE",
            {{"colName", quote_identifier(a.name)}, {"dataType", quoted_type(*a.type)}});
    }
    Rel rel = child;
    rel.plan = plan;
    rel.hidden = nullptr;
    return rel;
}

namespace {

void check_deduplicate_names(
    const Rel& child, const std::vector<std::string>& names, bool case_sensitive) {
    for (const auto& name : names) {
        if (!match_name(child.scope, {name}, case_sensitive).empty()) continue;
        std::string fields;
        for (const auto& a : child.scope) fields += (fields.empty() ? "" : ", ") + a.name;
        throw Error(ErrorKind::kInvalidPlanInput,
            "CONNECT_INVALID_PLAN.UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
            {{"colName", name}, {"fieldNames", fields}});
    }
}

}  // namespace

Rel Impl::resolve_deduplicate(const plan::Deduplicate& deduplicate) {
    auto child = trim(resolve(deduplicate.child));
    auto plan = std::make_shared<resolved::Deduplicate>();
    plan->child = child.plan;
    plan->output = child.plan->output;
    if (deduplicate.all_columns) {
        for (const auto& a : plan->output) plan->keys.push_back(resolved::ref(a));
    } else {
        check_deduplicate_names(child, deduplicate.columns, options.case_sensitive);
        for (const auto& a : named_columns(child, deduplicate.columns))
            plan->keys.push_back(resolved::ref(a));
    }
    Rel rel = child;
    rel.plan = plan;
    rel.hidden = nullptr;
    return rel;
}

Rel Impl::resolve_alias(const plan::SubqueryAlias& alias) {
    if (alias.child->kind == RelationKind::kValues && !alias.columns.empty()) {
        const auto& rows = alias.child->as<plan::Values>().rows;
        for (size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].size() == alias.columns.size()) continue;
            throw analysis_error("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                {{"expectedNumCols", std::to_string(alias.columns.size())},
                    {"actualNumCols", std::to_string(rows[i].size())},
                    {"rowIndex", std::to_string(i)}});
        }
    }
    auto child = resolve(alias.child);
    bool mismatch = alias.child->kind == RelationKind::kTableFunction && !alias.columns.empty() &&
                    alias.columns.size() != child.scope.size();
    if (mismatch) {
        throw analysis_error("NUM_TABLE_VALUE_ALIASES_MISMATCH",
            {{"funcName", quote_identifier(alias.child->as<plan::TableFunction>().name)},
                {"aliasesNum", std::to_string(alias.columns.size())},
                {"outColsNum", std::to_string(child.scope.size())}});
    }
    if (!alias.columns.empty())
        return rename_columns(trim(child), alias.columns, alias.alias, alias.origin);
    auto qualifier = alias.qualifier;
    qualifier.push_back(alias.alias);
    return with_qualifier(std::move(child), qualifier);
}

Rel Impl::resolve_with_relations(const plan::WithRelations& with) {
    references.push_back(with.references);
    try {
        auto rel = resolve(with.root);
        references.pop_back();
        return rel;
    } catch (...) {
        references.pop_back();
        throw;
    }
}

Rel Impl::resolve_window_definitions(const plan::WindowDefinitions& definitions) {
    const auto* previous = windows;
    windows = &definitions.windows;
    try {
        auto rel = resolve(definitions.child);
        windows = previous;
        return rel;
    } catch (...) {
        windows = previous;
        throw;
    }
}

}  // namespace hanok::analyzer

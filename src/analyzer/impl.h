#pragma once
// The analyzer's inside. One method a concept; each in the file of that concept.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "analyzer/coercion.h"
#include "analyzer/scope.h"
#include "resolved/python_gather.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

// A typed expression and the column name Spark would give it.
struct Typed {
    resolved::ExprPtr expr;
    std::string name;
};
using TypedList = std::vector<Typed>;

// A typed expression among the user's: what a star among arguments stands for.
struct TypedExpression final : plan::Expression {
    Typed typed;
    explicit TypedExpression(Typed t) : Expression(plan::ExprKind::kTyped), typed(std::move(t)) {}
};

using WindowSpecs = std::vector<std::pair<std::string, plan::WindowSpec>>;

// What the expressions of one clause may use.
struct Context {
    const Rel* input = nullptr;  // null: constants only
    // Aliases to the left in the same select list.
    const resolved::NamedExprs* lateral = nullptr;
    // ORDER BY / HAVING: columns below the select list may be used.
    bool reach_hidden = false;
    bool prefer_grouping = false;  // HAVING: grouping columns before the select list's
    bool in_aggregate = false;     // inside an aggregate function's arguments
    bool in_window = false;        // the function of an OVER is being bound
    const WindowSpecs* windows = nullptr;
    // Parameters of a SQL function's body: what to put in their place.
    const std::map<resolved::AttributeId, resolved::ExprPtr>* substitutions = nullptr;
    std::vector<resolved::Attributes> lambdas;  // innermost last
};

// The enclosing query of a subquery.
struct Outer {
    const Context* context = nullptr;
    std::vector<resolved::Attribute> used;  // distinct
    std::vector<std::string> names;         // one an occurrence
    bool lateral = false;
};

// A common table expression. Its body is analysed at the first reference, among the scopes it was
// written in.
struct CteDefinition {
    const plan::Cte* cte = nullptr;
    size_t visible_scopes = 0;   // how many of Impl::ctes its body sees
    size_t visible_entries = 0;  // and how many entries of the last of them
    bool shared = false;         // referenced more than once: one definition in the plan
    std::optional<Rel> rel;      // of a shared definition, once analysed
    bool inlined = false;        // found to use columns of an enclosing query
    int64_t id = 0;              // WithCte / RecursiveCte id
    // Recursive ones, while the recursive step is analysed: the anchor's columns.
    std::optional<resolved::Attributes> step;
    bool step_used = false;
    bool recursive = false;
    bool open = false;
};
// The definitions of a WITH that a place in it sees.
struct CteScope {
    std::vector<std::shared_ptr<CteDefinition>> definitions;
    bool in_definition = false;  // the place is in the body of one of the WITH's definitions
    // How many enclosing queries there were at the WITH, and at the root of the part of it that
    // the place is in.
    size_t outers_at_with = 0;
    size_t outers_at_root = 0;
};

// One column of a select list, or a generator.
struct SelectItem {
    resolved::NamedExpr column;
    // Generators: columns made, in place of `column`.
    bool is_generator = false;
    std::string function;
    bool outer = false;
    resolved::Exprs args;
    resolved::Attributes generated;
};
using SelectItems = std::vector<SelectItem>;

struct GroupingSpec {
    resolved::Exprs expressions;         // distinct, over the child
    std::vector<std::vector<int>> sets;  // empty: one set of all
    std::vector<std::string> names;      // for DataFrames: their column names
};

struct Analyzer::Impl {
    Impl(Resolver& r, AnalyzerOptions o) : resolver(r), options(std::move(o)) {}

    Resolver& resolver;
    AnalyzerOptions options;
    Parameters parameters;

    // ---- state of one analysis
    int depth = 0;
    int expression_depth = 0;
    size_t function_depth = 0;
    bool include_metadata = false;
    Context* context = nullptr;
    std::vector<Outer*> outers;
    // Aggregates of an enclosing query that a subquery uses, by the column that stands for them.
    std::map<resolved::AttributeId, resolved::ExprPtr> outer_aggregates;
    std::vector<CteScope> ctes;
    const plan::Relation* query_start = nullptr;  // where a subquery or a definition begins
    std::vector<resolved::WithCte::Definition> cte_plans;    // to be put at the root
    std::vector<std::vector<plan::RelationPtr>> references;  // WithRelations
    std::vector<std::vector<std::string>> view_path;
    std::vector<std::string> view_namespace;  // inside a view's body: where its names resolve
    std::string default_collation;            // of strings that name none; "" UTF8_BINARY
    const WindowSpecs* windows = nullptr;
    std::map<std::string, bool> observed;
    BodyUses uses;
    const SqlFunction* being_created = nullptr;  // its body may not come back to it

    bool ansi() const { return options.functions.ansi; }

    // ---- analyzer.cc
    void reset();
    Rel resolve_root(const plan::RelationPtr& relation);
    resolved::PlanPtr analyze_root(const plan::RelationPtr& relation);
    std::string conf(const std::string& key, const std::string& fallback) const;

    // ---- relations.cc
    Rel resolve(const plan::RelationPtr& relation);
    Rel dispatch(const plan::RelationPtr& relation);
    Rel dispatch_statistics(const plan::RelationPtr& relation);
    Rel one_row();
    Rel resolve_range(const plan::Range& range);
    Rel resolve_local_data(const plan::LocalData& data);
    Rel resolve_values(const plan::Values& values);
    Rel resolve_filter(const plan::Filter& filter);
    Rel resolve_limit(const plan::Relation& relation);
    Rel resolve_distinct(const plan::Distinct& distinct);
    Rel resolve_deduplicate(const plan::Deduplicate& deduplicate);
    Rel resolve_alias(const plan::SubqueryAlias& alias);
    Rel resolve_sample(const plan::Sample& sample);
    Rel resolve_repartition(const plan::Repartition& repartition);
    Rel resolve_hint(const plan::Hint& hint);
    Rel resolve_default_collation(const plan::Hint& hint);
    Rel resolve_collect_metrics(const plan::CollectMetrics& metrics);
    Rel resolve_with_relations(const plan::WithRelations& with);
    Rel resolve_window_definitions(const plan::WindowDefinitions& definitions);
    int64_t limit_value(const plan::ExprPtr& expr, const std::string& name);

    // ---- build.cc: typed relations from typed parts
    Rel leaf(resolved::PlanPtr plan);
    Rel trim(Rel rel);
    Rel make_filter(const Rel& child, const resolved::ExprPtr& condition);
    Rel make_pass(const Rel& child, const resolved::PlanPtr& plan,
        std::function<resolved::PlanPtr(const resolved::PlanPtr&)> rebuild);
    // Columns over `child`, with fresh ids where an id would stand twice.
    Rel make_project(const Rel& child, resolved::NamedExprs columns);
    Rel make_sort(const Rel& child, std::vector<resolved::SortOrder> order, bool global = true);
    static resolved::PlanPtr project_plan(
        const resolved::PlanPtr& child, resolved::NamedExprs columns);
    static resolved::NamedExpr pass_column(const resolved::Attribute& attribute);
    static resolved::Attribute new_attribute(
        const std::string& name, const types::TypePtr& type, bool nullable);
    static resolved::NamedExpr named(const std::string& name, const resolved::ExprPtr& expr);
    resolved::ExprPtr null_of(const types::TypePtr& type);
    static resolved::ExprPtr int_literal(int64_t value);
    static resolved::ExprPtr string_literal(const std::string& value);
    static resolved::ExprPtr bool_literal(bool value);
    // A built-in function over typed arguments.
    resolved::ExprPtr call(const std::string& function, resolved::Exprs args);
    resolved::ExprPtr aggregate(
        const std::string& function, resolved::Exprs args, bool distinct = false);

    // ---- project.cc
    Rel resolve_project(const plan::Project& project, bool force_aggregate = false);
    SelectItems resolve_select_list(
        const plan::Exprs& columns, const Rel& input, const std::string& clause);
    Rel build_select(const Rel& child, SelectItems items);
    Rel build_levels(const Rel& child, resolved::NamedExprs columns);
    Rel extract_windows(const Rel& child, resolved::Exprs& exprs);
    void add_column(const plan::ExprPtr& expr, SelectItems& items, resolved::NamedExprs& lateral);
    bool add_generator(
        const plan::ExprPtr& expr, SelectItems& items, resolved::NamedExprs& lateral);

    // ---- generators.cc
    SelectItem bind_generator(
        const plan::Function& function, const std::vector<std::string>& names);
    const FunctionDef* find_generator(const plan::Expression& expr);
    Rel make_generate(const Rel& child, const SelectItem& item);
    Rel resolve_generate(const plan::Generate& generate);
    Rel resolve_table_function(const plan::TableFunction& function);
    Rel table_changes(const plan::Exprs& args);
    Rel range_function(const plan::Exprs& args);
    std::optional<Rel> information_function(const std::string& name);

    // ---- aggregates.cc
    Rel resolve_aggregate(const plan::Aggregate& aggregate);
    void check_correlation(const GroupingSpec& grouping, const SelectItems& items);
    Rel open_windows(const Rel& child, GroupingSpec& grouping, SelectItems& items,
        std::vector<std::pair<resolved::ExprPtr, resolved::Attribute>>& opened);
    Rel build_aggregate(const Rel& child, GroupingSpec grouping, SelectItems items);
    GroupingSpec resolve_grouping(const plan::Aggregate& aggregate, const Rel& child);
    resolved::ExprPtr grouping_expression(const plan::ExprPtr& expr,
        const plan::Aggregate& aggregate, const Rel& child, std::string* name);
    plan::ExprPtr column_named_all(const plan::Aggregate& aggregate, const Rel& child);
    plan::ExprPtr group_by_alias(
        const plan::Expression& source, const plan::Aggregate& aggregate, const Context& c);
    Typed aliased_expression(
        const plan::ExprPtr& aliased, const plan::Aggregate& aggregate, Context& c);
    SelectItems grouping_all(
        const plan::Aggregate& aggregate, const Rel& child, GroupingSpec& spec);

    // ---- time_windows.cc
    // Replaces window(…) and session_window(…) in `exprs` by a column of the result, which `extra`
    // names too. `keys`: what the rows are grouped by.
    using OpenedWindows = std::vector<std::pair<resolved::ExprPtr, resolved::Attribute>>;
    Rel open_time_windows(const Rel& child, const std::vector<resolved::ExprPtr*>& exprs,
        const resolved::Exprs& keys, OpenedWindows& opened);
    Rel open_sliding_window(
        const Rel& child, const resolved::Call& found, resolved::Attribute* column);
    Rel open_session_window(const Rel& child, const resolved::Call& found,
        const resolved::Exprs& keys, resolved::Attribute* column);
    Rel add_hidden_columns(const Rel& rel, resolved::NamedExprs more);
    resolved::ExprPtr window_struct(const resolved::ExprPtr& start, const resolved::ExprPtr& end);

    // ---- window_order.cc
    resolved::PlanPtr with_window_order(const resolved::PlanPtr& plan);

    // ---- joins.cc
    Rel resolve_join(const plan::Join& join);
    Rel resolve_nearest_by(const plan::Join& join);
    Rel resolve_as_of_join(const plan::AsOfJoin& join);
    Rel join_rels(const Rel& left, const Rel& right, plan::JoinType type,
        const resolved::ExprPtr& condition, bool lateral);
    Rel keys_first(const Rel& joined, const resolved::Attributes& keys);
    Rel using_join(const Rel& left, const Rel& right, plan::JoinType type,
        const std::vector<std::string>& names, bool lateral, const plan::OriginPtr& origin);
    resolved::ExprPtr equal(const resolved::ExprPtr& left, const resolved::ExprPtr& right);
    Rel side_by_side(const Rel& left, const Rel& right);

    // ---- python.cc
    Typed python_udf(const plan::PythonUdf& udf);
    Rel resolve_map_in_python(const plan::MapInPython& map);
    resolved::Gathered gather_groups(
        const plan::RelationPtr& relation, const plan::Exprs& grouping);
    Rel resolve_group_map(const plan::GroupMap& map);
    Rel resolve_cogroup_map(const plan::CoGroupMap& map);

    // ---- set_operations.cc
    Rel resolve_set_operation(const plan::SetOperation& operation);
    Rel union_by_name(Rel left, Rel right, bool allow_missing);
    Rel make_set_operation(
        std::vector<Rel> inputs, resolved::SetOpType type, bool all, const std::string& name);
    Rel cast_columns(const Rel& rel, const std::vector<types::TypePtr>& types);
    std::pair<resolved::ExprPtr, resolved::ExprPtr> merge_structs(
        const resolved::ExprPtr& a, const resolved::ExprPtr& b);

    // ---- sort.cc
    Rel resolve_sort(const plan::Sort& sort);
    Rel resolve_having(const plan::Filter& filter);
    Rel resolve_qualify(const plan::Filter& filter, const plan::ExprPtr& wanted);
    // What expressions use beyond the columns of their input.
    struct Needs {
        bool aggregates = false;
        std::map<resolved::AttributeId, resolved::Attribute> missing;
    };
    Needs needs_of(const resolved::Exprs& exprs, const std::set<resolved::AttributeId>& have);
    void lift_outer_columns(
        const Needs& needs, const resolved::Exprs& exprs, resolved::NamedExprs& more);
    // Typed `exprs` may use hidden columns of `child`: gives the child with them at the end of its
    // plan's output.
    Rel pull_up(const Rel& child, resolved::Exprs& exprs, resolved::NamedExprs* pulled = nullptr);
    Rel drop_pulled(const Rel& original, const Rel& widened);
    resolved::SortOrder sort_order(const plan::ExprPtr& expr, Context& c);
    std::vector<resolved::SortOrder> sort_orders(const plan::Exprs& exprs, Context& c);

    // ---- tables.cc
    Rel resolve_named_table(const plan::NamedTable& table);
    Rel resolve_data_source(const plan::DataSource& source);
    void check_view(const std::vector<std::string>& name);
    Rel resolve_view(const ResolvedView& view);
    Rel scan(const resolved::ScanSourcePtr& source, const std::vector<std::string>& qualifier);
    // char_columns.cc: CHAR columns as long as they say, unless the configuration leaves them.
    Rel pad_char_columns(const Rel& rel);
    Rel with_qualifier(Rel rel, const std::vector<std::string>& qualifier);
    ResolvedName find_table(const std::vector<std::string>& name,
        const plan::Options& table_options, std::optional<int64_t> version,
        std::optional<int64_t> timestamp);
    Error table_not_found(const std::vector<std::string>& name);

    // ---- ctes.cc
    Rel resolve_with(const plan::With& with);
    void check_cte_name(const plan::With& with, const std::string& name);
    std::shared_ptr<CteDefinition> find_cte(const std::string& name);
    void forget_cte_plans(size_t kept);
    Rel cte_reference(CteDefinition& definition);
    Rel cte_body(CteDefinition& definition);
    Rel recursive_cte(CteDefinition& definition);
    Rel recursive_step(CteDefinition& definition, const Rel& anchor, const plan::RelationPtr& body);
    std::vector<types::TypePtr> recursion_types(const Rel& anchor, const Rel& step);
    Rel cte_ref_node(int64_t id, const resolved::Attributes& columns, const std::string& name);
    Rel rename_columns(const Rel& rel, const std::vector<std::string>& columns,
        const std::string& qualifier, const plan::OriginPtr& origin);

    // ---- columns.cc
    Rel resolve_to_df(const plan::ToDf& to_df);
    Rel resolve_with_columns(const plan::WithColumns& with);
    Rel resolve_renamed(const plan::WithColumnsRenamed& renamed);
    Rel resolve_drop(const plan::Drop& drop);
    Rel resolve_to_schema(const plan::ToSchema& to_schema);
    resolved::ExprPtr reconcile(
        const resolved::ExprPtr& e, const types::TypePtr& to, const std::string& name);

    // ---- na.cc
    Rel resolve_na_fill(const plan::NaFill& fill);
    Rel resolve_na_drop(const plan::NaDrop& drop);
    Rel resolve_na_replace(const plan::NaReplace& replace);
    resolved::Attributes named_columns(const Rel& rel, const std::vector<std::string>& names);
    resolved::Attribute column(const Rel& rel, const std::string& name);

    // ---- statistics.cc
    Rel resolve_summary(const Rel& child, const std::vector<std::string>& statistics,
        const resolved::Attributes& columns);
    Rel resolve_stat_summary(const plan::StatSummary& summary);
    Rel resolve_stat_describe(const plan::StatDescribe& describe);
    Rel resolve_crosstab(const plan::StatCrosstab& crosstab);
    Rel resolve_two_columns(const plan::RelationPtr& input, const std::string& column1,
        const std::string& column2, const std::string& function);
    Rel resolve_approx_quantile(const plan::StatApproxQuantile& quantile);
    Rel resolve_freq_items(const plan::StatFreqItems& items);
    Rel resolve_sample_by(const plan::StatSampleBy& sample);

    // ---- pivot.cc, unpivot.cc, transpose.cc, parse.cc, show_string.cc
    Rel resolve_pivot(const plan::Pivot& pivot);
    Rel build_pivot(const plan::Pivot& pivot, const Rel& child, const resolved::ExprPtr& key,
        const TypedList& aggregates, const std::vector<std::string>& aliases);
    std::vector<std::pair<resolved::ExprPtr, std::string>> pivot_values(
        const plan::Pivot& pivot, const Rel& child, const resolved::ExprPtr& key);
    types::TypePtr infer_json_schema(const Rel& child);
    std::vector<std::vector<types::Value>> collect(const resolved::PlanPtr& plan, int64_t max_rows);
    Rel values_rel(
        const resolved::Attributes& columns, const std::vector<std::vector<types::Value>>& rows);
    std::vector<std::vector<std::string>> shown_rows(
        const Rel& child, int32_t num_rows, bool* more);
    Rel text_rel(const std::string& column, std::string text);
    Rel resolve_unpivot(const plan::Unpivot& unpivot);
    // The columns of an UNPIVOT: those kept, and those that become rows, group by group.
    struct UnpivotColumns {
        TypedList ids;
        std::vector<TypedList> groups;
    };
    UnpivotColumns unpivot_columns(const plan::Unpivot& unpivot, const Rel& child);
    std::vector<types::TypePtr> unpivot_types(
        const plan::Unpivot& unpivot, const std::vector<TypedList>& groups);
    SelectItem unpivot_stack(const plan::Unpivot& unpivot, const std::vector<TypedList>& groups);
    Rel resolve_transpose(const plan::Transpose& transpose);
    Rel resolve_parse(const plan::Parse& parse);
    Rel resolve_show_string(const plan::ShowString& show);
    Rel resolve_html_string(const plan::HtmlString& html);

    // ---- expressions.cc
    Typed expression(const plan::ExprPtr& expr);
    Typed dispatch(const plan::ExprPtr& expr);
    Typed resolve_in(Context& c, const plan::ExprPtr& expr);
    TypedList resolve_in(Context& c, const plan::Exprs& exprs);
    Typed literal(const plan::Literal& literal);
    Typed cast(const plan::Cast& cast);
    resolved::ExprPtr explicit_cast(const Typed& child, const types::TypePtr& type,
        resolved::CastMode mode, const std::string& name);
    Typed parameter(const plan::Parameter& parameter);
    Typed identifier_clause(const plan::IdentifierClause& clause);
    std::vector<std::string> identifier_name(const plan::ExprPtr& expr);
    Typed lambda_variable(const std::vector<std::string>& parts);
    resolved::ExprPtr condition(Context& c, const plan::ExprPtr& expr, const std::string& clause);

    // ---- names.cc
    Typed attribute(const plan::Attribute& attribute);
    std::optional<Typed> find_attribute(const plan::Attribute& attribute);
    std::optional<Typed> find_lambda(const std::vector<std::string>& parts);
    std::optional<Typed> find_in_input(const plan::Attribute& attribute, const Context& c);
    std::optional<Typed> find_by_plan_id(const plan::Attribute& attribute, const Context& c);
    std::optional<Typed> find_hidden(const plan::Attribute& attribute, const Context& c);
    std::optional<Typed> find_grouping(const plan::Attribute& attribute, const Context& c);
    std::optional<Typed> find_lateral(const plan::Attribute& attribute);
    std::optional<Typed> find_outer(const plan::Attribute& attribute);
    Typed use_outer(Typed typed);
    // "outer(t.c)": how the name of a call shows a column of the enclosing query.
    std::string outer_name(const resolved::Expression& expr) const;
    std::optional<Typed> find_constant_function(const plan::Attribute& attribute);
    std::optional<Typed> find_variable(const plan::Attribute& attribute);
    std::optional<Typed> pick(
        const std::vector<Match>& matches, const std::vector<std::string>& parts);
    Error unresolved_column(const std::vector<std::string>& parts);
    Typed outer_reference(const plan::OuterReference& reference);
    TypedList star_columns(const plan::Expression& star);
    TypedList star_of(const plan::Star& star);
    TypedList outer_star(const std::vector<std::string>& target);
    TypedList without_columns(TypedList columns, const plan::Star& star);
    bool is_star(const plan::ExprPtr& expr);
    bool is_quoted_regex(const plan::Expression& expr);

    // ---- extract_value.cc
    Typed extract_value(const plan::ExtractValue& extract);
    Typed get_field(const Typed& base, const std::string& field);
    Typed update_fields(const plan::UpdateFields& update);
    resolved::ExprPtr update_path(const resolved::ExprPtr& base,
        const std::vector<std::string>& path, size_t at, const resolved::ExprPtr& value,
        const std::string& sql);
    resolved::ExprPtr struct_field(const resolved::ExprPtr& base, size_t index);

    // ---- calls.cc
    Typed function(const plan::Function& function);
    Typed call_builtin(const FunctionDef& def, const plan::Function& function);
    Typed bind_call(
        const FunctionDef& def, const plan::Function& function, const plan::Exprs& args);
    plan::Exprs positional_arguments(const FunctionDef& def, const plan::Exprs& args);
    plan::Exprs expand_arguments(const plan::Function& function);
    Typed grouping_function(const plan::Function& function, const std::string& name);
    resolved::ExprPtr outer_aggregate(const resolved::ExprPtr& bound, size_t used_before);
    Typed struct_call(const plan::Function& function);
    resolved::ExprPtr finish_aggregates(
        const plan::Function& function, const resolved::ExprPtr& bound, const CallInput& input);
    std::string call_name(const FunctionDef& def, const plan::Function& function,
        const std::vector<std::string>& args, const CallInput& input);
    resolved::ExprPtr bind_lambda(const plan::Expression& lambda,
        const std::vector<std::pair<types::TypePtr, bool>>& parameters, std::string* name);
    std::optional<Typed> user_function(const plan::Function& function);
    // The function of that name; notes its use.
    std::optional<SqlFunction> find_sql_function(const std::vector<std::string>& name);
    void check_function(const SqlFunction& function);
    void note_temporary(const std::string& type, const std::vector<std::string>& name);
    TypedList sql_function_arguments(const SqlFunction& sql, const plan::Function& function);
    Rel parameter_scope(const SqlFunction& sql, const TypedList& args,
        std::map<resolved::AttributeId, resolved::ExprPtr>& substitutions);
    Rel table_sql_function(const SqlFunction& sql, const plan::Function& function);
    Typed inline_sql_function(const SqlFunction& sql, const plan::Function& function);
    void check_argument_count(const FunctionDef& def, const plan::Function& function, size_t count);

    // ---- windows.cc
    Typed window(const plan::Window& window);
    plan::WindowSpec named_window(const plan::WindowSpec& spec);
    resolved::FrameBound frame_bound(const plan::FrameBound& bound, bool lower,
        const resolved::Window& window, std::string* name);
    std::string set_frame(resolved::Window& window, const plan::WindowSpec& spec);

    // ---- subqueries.cc
    Typed subquery(const plan::Subquery& subquery);
    Rel subquery_plan(const plan::Subquery& subquery, Outer& outer);
    Typed in_subquery(const plan::Subquery& subquery, const Rel& rel, const Outer& outer);
    plan::RelationPtr referenced_plan(int64_t plan_id);

    // ---- insert.cc
    resolved::PlanPtr coerce_for_insert(const resolved::PlanPtr& plan, const types::TypePtr& target,
        bool by_name, const std::string& table_name);
    resolved::ExprPtr reorder_struct(const resolved::ExprPtr& expr, const types::TypePtr& target);
    resolved::ExprPtr store_cast(const resolved::ExprPtr& expr, const types::TypePtr& target,
        const std::string& column, const std::string& table_name);

    // ---- fold.cc
    std::pair<types::Value, types::TypePtr> fold(const plan::ExprPtr& expr);
    types::Value fold_typed(const resolved::ExprPtr& expr);
};

// Thrown to analyse once more with the metadata columns of file scans, which only few queries name.
struct NeedsMetadata {};

// Makes `context` current while it lives.
class WithContext {
public:
    WithContext(Analyzer::Impl& impl, Context& context) : impl_(impl), previous_(impl.context) {
        impl_.context = &context;
    }
    ~WithContext() { impl_.context = previous_; }
    WithContext(const WithContext&) = delete;
    WithContext& operator=(const WithContext&) = delete;

private:
    Analyzer::Impl& impl_;
    Context* previous_;
};

// Name of a + or - on dates, times and intervals; "" where it prints like other arithmetic.
std::string datetime_name(const std::string& op, const TypedList& args);

// Spark's way of quoting in error parameters.
std::string quoted_sql(const std::string& sql);        // "(a + 1)" in double quotes
std::string quoted_type(const types::DataType& type);  // "INT"; see functions/signature.h
Error datatype_mismatch(
    const std::string& subclass, const std::string& sql, ErrorParameters parameters);

}  // namespace hanok::analyzer

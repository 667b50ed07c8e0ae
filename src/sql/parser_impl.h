#pragma once
// The recursive-descent parser behind parser.h. One class whose methods live in one file per part
// of the grammar.

#include <optional>
#include <set>
#include <utility>

#include "plan/script.h"
#include "plan/script_transform.h"
#include "sql/token_cursor.h"

namespace hanok::sql {

using plan::ExprPtr;
using plan::Exprs;
using plan::Name;
using plan::RelationPtr;
using plan::TableName;

class Parser {
public:
    Parser(std::string text, const ParserOptions& options)
        : c_(std::move(text), options),
          stack_base_(static_cast<const char*>(__builtin_frame_address(0))) {}

    TokenCursor& cursor() { return c_; }

    // --- entry points (parser.cc)
    plan::Statement statement();
    // Markers seen since the last statement() call.
    void finish(plan::Statement* statement);

    // --- identifiers (identifiers.cc)
    bool at_identifier(size_t ahead = 0) const;         // any word but reserved ones
    bool at_strict_identifier(size_t ahead = 0) const;  // what may be a table alias
    std::string identifier();
    std::string strict_identifier();
    std::string error_capturing_identifier();  // reports `a-b`
    Name multipart_identifier();
    std::vector<Name> multipart_identifier_list();
    TableName table_name();                      // multipart, or IDENTIFIER(expr)
    std::vector<std::string> identifier_list();  // (a, b)
    std::vector<std::string> identifier_seq();   // a, b
    bool at_string() const;
    std::string string_literal();  // with adjacent ones joined
    int64_t integer_value();
    bool at_identifier_clause(size_t ahead = 0) const;  // IDENTIFIER '('

    // --- expressions (expressions.cc, primary.cc, calls.cc, literals.cc, intervals.cc, windows.cc)
    ExprPtr expression();        // boolean level
    ExprPtr value_expression();  // no NOT, AND, OR, predicates
    ExprPtr primary_expression();
    ExprPtr named_expression();
    Exprs expression_list();        // one or more, comma separated
    Exprs named_expression_list();  // one or more
    Exprs parenthesized_expressions();
    ExprPtr constant();
    bool at_interval_literal() const;
    ExprPtr interval_literal();
    plan::WindowSpec window_spec();
    ExprPtr sort_item();
    Exprs sort_items();

    // --- types (types.cc)
    types::TypePtr data_type();
    types::StructField column_type();  // name type [NOT NULL] [COMMENT ''], as of schemas
    types::TypePtr column_type_list();

    // --- queries (query.cc, select.cc, relations.cc, joins.cc, pipes.cc)
    RelationPtr query();
    bool at_query() const;
    RelationPtr from_relations();  // FROM …
    RelationPtr with_clause_wrap(
        RelationPtr child, std::vector<plan::Cte> ctes, bool recursive, size_t first);
    bool parse_ctes(std::vector<plan::Cte>* ctes);  // after WITH; true when RECURSIVE
    plan::Options property_list();
    std::vector<std::string> property_keys();
    std::string property_key();
    std::string property_value();
    RelationPtr table_alias(RelationPtr child, size_t first);
    RelationPtr named_table(TableName name, size_t first);

    // --- commands
    plan::CommandPtr command();
    // INSERT, DELETE, UPDATE, MERGE; the CTEs of a WITH in front of them.
    plan::CommandPtr data_change(std::vector<plan::Cte> ctes, bool recursive);
    // name type [NOT NULL] [DEFAULT …] [GENERATED …] [COMMENT …]; constraints in it go to
    // `constraints` or are an error.
    plan::ColumnDef column_definition(std::vector<plan::TableConstraint>* constraints);

private:
    friend class DepthGuard;
    template <class T, class... A>
    std::shared_ptr<T> node(size_t first, A&&... args) {
        auto n = std::make_shared<T>(std::forward<A>(args)...);
        n->origin = c_.origin(first);
        return n;
    }
    template <class T>
    std::shared_ptr<T> done(std::shared_ptr<T> n, size_t first) {
        n->origin = c_.origin(first);
        return n;
    }
    ExprPtr call_node(std::string name, Exprs args, size_t first);
    // UNSUPPORTED_FEATURE.HANOK at what was taken since `first`.
    [[noreturn]] void unsupported(const std::string& feature, size_t first) const;
    // _LEGACY_ERROR_TEMP_0035 and 0064: "operation not allowed", and other rules without a name of
    // their own.
    [[noreturn]] void not_allowed(const std::string& message, size_t first) const;
    [[noreturn]] void rule_broken(const std::string& message, size_t first) const;
    void check_chain(int length) const;
    bool at_parsed() const { return parsed_.expr != nullptr && parsed_.begin == c_.pos(); }
    // Goes back to `begin`, keeping the operand parsed from there; returns null for the callers'
    // convenience.
    ExprPtr go_back(size_t begin, size_t operand_begin, ExprPtr operand);
    bool at_end_of_clause(size_t ahead) const;
    bool at_implicit_alias() const;

    // expressions.cc
    ExprPtr or_expression();
    ExprPtr and_expression();
    ExprPtr not_expression();
    ExprPtr predicate();
    ExprPtr in_predicate(ExprPtr value, bool negated, size_t first);
    ExprPtr like_predicate(ExprPtr value, bool negated, size_t first);
    ExprPtr is_predicate(ExprPtr value, size_t first);
    ExprPtr negate_if(bool negated, ExprPtr e, size_t first);
    ExprPtr binary(int min_precedence);
    ExprPtr unary();
    ExprPtr balanced(
        const char* name, const Exprs& operands, size_t begin, size_t end, size_t first);

    // primary.cc
    ExprPtr postfix(ExprPtr base, size_t first);
    ExprPtr dereference(ExprPtr base, size_t first);
    ExprPtr json_path(ExprPtr base, size_t first);
    ExprPtr base_expression();
    ExprPtr word_expression();
    ExprPtr name_expression();
    ExprPtr column_or_call(size_t first);
    ExprPtr star(std::vector<std::string> target, size_t first);
    ExprPtr parenthesized();
    ExprPtr case_expression();
    ExprPtr cast_expression();
    ExprPtr parameter();
    ExprPtr positional_value(size_t position, size_t first);
    ExprPtr exists_expression();
    ExprPtr identifier_clause(size_t first);
    bool at_lambda() const;
    ExprPtr lambda();
    // Content behind '(' that may be a query or an expression; takes the ')'.
    struct ParenContent {
        RelationPtr query;
        ExprPtr expr;
    };
    ParenContent paren_content();
    RelationPtr query_continuation(RelationPtr term, size_t first);
    bool at_query_continuation() const;
    // |>, or | in front of the name of a pipe operator.
    bool at_pipe() const;
    int set_precedence() const;
    bool accept_not();

    // calls.cc
    ExprPtr special_call();  // EXTRACT, SUBSTRING, TRIM, OVERLAY, POSITION; null if it is an
                             // ordinary call
    ExprPtr datetime_unit_call(const std::string& name, size_t first);
    ExprPtr extract_call(size_t first);
    ExprPtr trim_call(size_t first);
    ExprPtr substring_call(size_t first);
    ExprPtr overlay_call(size_t first);
    ExprPtr position_call(size_t first);
    ExprPtr function_call(std::vector<std::string> name, size_t first);
    void call_arguments(Exprs* args, bool* distinct, std::optional<bool>* ignore_nulls, bool named);
    ExprPtr call_argument(bool named);
    ExprPtr call_suffixes(std::shared_ptr<plan::Function> f, size_t first);
    bool at_datetime_unit() const;

    // windows.cc
    plan::FrameBound frame_bound();
    plan::WindowFrame window_frame();

    // literals.cc
    ExprPtr number_literal(bool negative, size_t first);
    ExprPtr integer_literal(const std::string& digits, size_t first);
    ExprPtr ranged_integer(const std::string& digits, Tok kind, size_t first);
    ExprPtr decimal_literal(const std::string& text, size_t first);
    ExprPtr floating_literal(const std::string& text, Tok kind, size_t first);
    bool at_typed_literal() const;
    ExprPtr typed_literal();
    ExprPtr date_literal(const std::string& text, size_t first);
    ExprPtr timestamp_literal(const std::string& type_name, const std::string& text, size_t first);
    ExprPtr time_literal(const std::string& text, size_t first);
    ExprPtr binary_literal(const std::string& text, size_t first);
    ExprPtr literal_node(types::TypePtr type, types::Value value, size_t first);
    [[noreturn]] void invalid_typed_literal(
        const char* type, const std::string& text, size_t first) const;

    // intervals.cc
    ExprPtr interval_from_string(const std::string& text, size_t first, bool typed);
    ExprPtr unit_to_unit_interval(size_t first);

    // types.cc
    types::TypePtr primitive_type(size_t first);
    bool at_qualify() const;
    std::string collation_name();
    types::TypePtr interval_type(size_t first);
    types::TypePtr decimal_type(size_t first);
    types::TypePtr sized_string_type(Kw keyword, size_t first);
    types::TypePtr struct_type();
    std::optional<int> optional_type_argument();
    void close_angle();

    // query.cc
    RelationPtr query_no_with();
    RelationPtr query_term(int min_precedence);
    RelationPtr set_operations(RelationPtr left, int min_precedence, size_t first);
    RelationPtr query_primary();
    RelationPtr query_organization(RelationPtr child, size_t first, bool after_pipe = false);
    RelationPtr window_clause(RelationPtr child, size_t first);
    RelationPtr limit_offset(RelationPtr child, size_t first);
    RelationPtr inline_table();
    RelationPtr from_first_query();
    plan::Cte named_query();

    // select.cc
    RelationPtr select_query(RelationPtr from);  // at SELECT; `from` given for FROM-first
    struct SelectClause {
        Exprs hints;  // calls; the first is the outermost
        bool distinct = false;
        Exprs columns;
    };
    SelectClause select_clause();
    void hint(Exprs* hints);
    RelationPtr lateral_views(RelationPtr child);
    RelationPtr aggregation(RelationPtr child, Exprs columns, size_t first, bool pipe);
    ExprPtr grouping_element(bool in_sets);
    ExprPtr grouping_set();
    bool is_row(const plan::Expression& e, size_t first) const;
    void grouping_sets(std::vector<Exprs>* sets);
    // transform.cc
    bool at_transform() const;
    SelectClause transform_clause(std::shared_ptr<plan::ScriptTransform>* script);
    types::Fields transform_columns();
    plan::RowFormat row_format();

    // relations.cc
    RelationPtr relation();
    RelationPtr relation_extensions(RelationPtr left, size_t first);
    RelationPtr relation_primary();
    RelationPtr relation_paren();
    RelationPtr stream_relation();
    RelationPtr table_function(std::vector<std::string> name, ExprPtr identifier, size_t first);
    ExprPtr table_argument();
    void temporal_clause(plan::NamedTable* table);
    RelationPtr sample(RelationPtr child, size_t first);
    void reject_watermark();
    RelationPtr pivot(RelationPtr child, size_t first);
    RelationPtr unpivot(RelationPtr child, size_t first);
    void unpivot_columns(plan::Unpivot* node);
    bool at_pivot() const;
    bool at_unpivot() const;

    // joins.cc
    bool at_join() const;
    RelationPtr join(RelationPtr left, size_t first);
    plan::JoinType join_type(std::string* text);
    void nearest_by(plan::Join* j, const std::string& type_text);

    // pipes.cc
    RelationPtr pipe_operator(RelationPtr left, size_t first);
    RelationPtr pipe_set(RelationPtr left, size_t first);
    RelationPtr pipe_drop(RelationPtr left, size_t first);
    RelationPtr pipe_aggregate(RelationPtr left, size_t first);
    RelationPtr pipe_select(RelationPtr left, size_t first);
    RelationPtr pipe_where(RelationPtr left, size_t first);

    // An operand that was parsed before it was known what it belongs to; unary() picks it up when
    // it comes by again. So nothing is parsed twice, and deep nesting stays linear.
    struct Parsed {
        size_t begin = 0;
        size_t end = 0;
        ExprPtr expr;
    };

    // commands.cc
    plan::CommandPtr drop_statement();
    plan::CommandPtr truncate_table();
    plan::CommandPtr comment_on();
    plan::CommandPtr explain();
    plan::CommandPtr use();
    plan::CommandPtr cache();
    plan::CommandPtr uncache();
    plan::CommandPtr refresh();
    plan::CommandPtr analyze_table();
    plan::CommandPtr repair_table();
    plan::CommandPtr call_procedure();
    plan::CommandPtr execute_immediate();
    // A statement Hanok does not run: what is left of it is skipped.
    plan::CommandPtr unsupported_statement(const std::string& feature, size_t first);
    plan::CommandPtr other_command(size_t first);
    bool if_exists();
    bool if_not_exists();
    bool at_namespace_word(size_t ahead = 0) const;
    Name plain_name();  // a name where IDENTIFIER(expression) cannot be kept
    std::vector<plan::PartitionSpecItem> partition_spec(bool values_required);
    using StaticPartition = std::vector<std::pair<std::string, ExprPtr>>;
    StaticPartition static_partition();
    bool accept_namespace_word();

    // create_table.cc
    plan::CommandPtr create_table(bool or_replace, bool replace, size_t first);
    void table_elements(plan::CreateTable* t);
    void table_clauses(plan::CreateTable* t);
    void partition_fields(plan::CreateTable* t);
    plan::PartitionTransform partition_field();
    plan::BucketSpec bucket_spec();
    bool at_table_constraint() const;
    plan::TableConstraint table_constraint();
    void constraint_body(plan::TableConstraint* c, bool table_level);
    void identity_options(plan::ColumnDef* column);
    void generation_expression(plan::ColumnDef* column);
    plan::CommandPtr create_table_like(TableName name, bool not_exists, size_t first);
    std::string provider_name();
    plan::Options expression_property_list();

    // create_objects.cc
    plan::CommandPtr create_statement();
    plan::CommandPtr create_catalog(size_t first);
    plan::CommandPtr create_namespace(size_t first);
    plan::CommandPtr create_view(bool or_replace, bool temporary, bool global, size_t first);
    void view_columns(plan::CreateView* v);
    std::string view_clauses(plan::CreateView* v);
    std::string schema_binding();
    RelationPtr view_query(std::string* text);

    // create_function.cc
    plan::CommandPtr create_function(bool or_replace, bool temporary, size_t first);
    void function_parameters(plan::CreateFunction* f);
    // LANGUAGE PYTHON and what goes with it.
    struct PythonRoutine {
        std::string handler;  // "": the body is the inside of the function
        bool is_pandas = false;
    };
    std::optional<PythonRoutine> routine_characteristics(plan::CreateFunction* f);
    void python_body(plan::CreateFunction* f, const PythonRoutine& routine, size_t first);
    void function_body(plan::CreateFunction* f, size_t first);

    // alter.cc
    plan::CommandPtr alter_statement();
    plan::CommandPtr alter_namespace(size_t first);
    plan::CommandPtr alter_table(bool is_view, size_t first);
    plan::CommandPtr alter_view_query(TableName name, size_t first);
    bool alter_add(plan::AlterAction* a);
    void alter_layout(plan::AlterAction* a);
    bool alter_drop(plan::AlterAction* a);
    bool alter_set(plan::AlterAction* a);
    bool alter_rename(plan::AlterAction* a);
    void alter_columns(plan::AlterAction* a);
    void alter_column_action(plan::AlterAction::Column* column, size_t first);
    plan::AlterAction::Column positioned_column();
    bool column_position(plan::AlterAction::Column* column);

    // dml.cc
    plan::CommandPtr insert(std::vector<plan::Cte> ctes, bool recursive);
    bool at_replace_clause();
    void replace_clause(plan::Insert* i);
    RelationPtr inserted_query(bool with_alias);
    plan::CommandPtr delete_from();
    plan::CommandPtr update();
    plan::CommandPtr merge(std::vector<plan::Cte> ctes, bool recursive);
    void merge_clause(plan::Merge* m);
    plan::MergeClause merge_action(bool matched, bool by_source);
    std::vector<plan::Assignment> assignments();
    RelationPtr target_table();

    // show_describe.cc
    plan::CommandPtr show();
    plan::CommandPtr show_functions(size_t first);
    void show_scope(plan::Show* s);
    void show_of_table(plan::Show* s);
    void show_pattern(plan::Show* s);
    plan::CommandPtr describe();
    plan::CommandPtr describe_function(size_t first);
    plan::CommandPtr describe_table(size_t first);

    // settings.cc
    plan::CommandPtr set();
    plan::CommandPtr set_time_zone(size_t first);
    plan::CommandPtr set_variable(size_t first);
    plan::CommandPtr set_config(size_t first);
    plan::CommandPtr reset();
    plan::CommandPtr declare_variable();
    plan::CommandPtr drop_variable(size_t first);
    std::string rest_of_statement();

    // scripts.cc
    using ScriptNode = std::shared_ptr<plan::ScriptStatement>;
    plan::CommandPtr script();
    ScriptNode script_node(plan::ScriptStatement::Kind kind, size_t first);
    std::shared_ptr<const plan::ScriptStatement> script_statement();
    ScriptNode script_block(const std::string& label);
    ScriptNode script_labelled(size_t first);
    ScriptNode script_if();
    ScriptNode script_case();
    ScriptNode script_loop(const std::string& label);
    ScriptNode script_for(const std::string& label);
    ScriptNode script_jump();
    ScriptNode script_single();
    plan::CommandPtr script_set(size_t first);
    void script_declaration(plan::ScriptStatement* block, int* stage);
    void script_condition(size_t first);
    void script_handler(plan::ScriptStatement* block, size_t first);
    void handler_conditions(plan::ScriptHandler* handler);
    plan::ScriptBody script_body();
    bool at_script_end() const;
    void begin_label(const std::string& label, bool is_loop, size_t first);
    void end_label(const std::string& label);
    plan::CommandPtr variable_assignments(size_t first);

    // script_cursors.cc
    bool at_cursor_declaration() const;
    bool at_cursor_statement() const;
    Name cursor_name();
    ScriptNode cursor_declaration();
    ScriptNode cursor_statement();
    plan::CommandPtr lone_cursor_statement();

    // delta_statements.cc
    void table_or_path(TableName* name, std::string* path);
    plan::CommandPtr optimize();
    plan::CommandPtr reorg();
    void reorg_upgrade(plan::Optimize& command);
    std::shared_ptr<plan::CloneTable> clone_table();
    plan::CommandPtr convert_to_delta();
    plan::CommandPtr generate();
    plan::CommandPtr vacuum();
    plan::CommandPtr restore();
    plan::CommandPtr describe_history(size_t first);
    plan::CommandPtr describe_detail(size_t first);

    TokenCursor c_;
    const char* stack_base_;
    Parsed parsed_;
    int depth_ = 0;
    bool query_follows_ = false;  // "(SELECT …)" after a name is no call: INSERT … REPLACE ON
    bool do_follows_ = false;     // the query of FOR … DO: the word is no alias
    struct ScriptLabel {
        std::string name;
        bool is_loop = false;
    };
    std::vector<ScriptLabel> script_labels_;                // open ones, the innermost last
    std::map<std::string, std::string> script_conditions_;  // declared: name to SQLSTATE
    std::set<std::string> named_parameters_;
    int positional_parameters_ = 0;
};

// Counts one level of nesting while it lives; throws FAILED_TO_PARSE_TOO_COMPLEX beyond the limits.
class DepthGuard {
public:
    explicit DepthGuard(Parser* parser);
    ~DepthGuard() { --parser_->depth_; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;

private:
    Parser* parser_;
};

}  // namespace hanok::sql

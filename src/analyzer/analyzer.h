#pragma once
// Turns unresolved plans into typed plans, with Spark's rules and error conditions.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/function.h"
#include "plan/command.h"
#include "plan/relation.h"
#include "resolved/plan.h"

namespace hanok::analyzer {

// What a table name stands for.
struct ResolvedTable {
    resolved::ScanSourcePtr source;
    std::vector<std::string> qualifier;  // {"spark_catalog","default","t"}; empty for paths
};
struct ResolvedView {
    plan::RelationPtr plan;              // parsed text, or the DataFrame of a temporary view
    std::vector<std::string> qualifier;  // {"v"} for temporary views
    types::TypePtr schema;               // permanent views: recorded output; null otherwise
    std::vector<std::string>
        current;  // catalog and namespace under which names in it resolve; empty: the session's
    bool is_temporary = false;
};
using ResolvedName = std::variant<std::monostate, ResolvedTable, ResolvedView>;

struct SqlFunction {
    std::string name;
    std::vector<plan::ColumnDef> parameters;
    types::TypePtr return_type;  // null: the body's
    plan::ExprPtr body;
    plan::RelationPtr table_body;  // table functions
    std::vector<plan::ColumnDef> return_table;
    std::vector<std::string> full_name;  // catalog, schema, name; empty for temporary functions
    bool reads_data = false;             // declared READS SQL DATA
};

// What the body of a view or function stands on.
struct BodyUses {
    struct Temporary {
        std::string type;  // VIEW, FUNCTION, VARIABLE
        std::vector<std::string> name;
    };
    std::vector<Temporary> temporary;  // objects of the session
    bool reads_data = false;           // tables, views and files
};

struct Variable {
    std::vector<std::string> name;
    types::TypePtr type;
    types::Value value;
    plan::ExprPtr default_value;  // null: NULL
};

// What the analyzer asks of its surroundings. Implemented by session/ and by test doubles.
class Resolver {
public:
    virtual ~Resolver() = default;
    // `version` / `timestamp_micros`: time travel. Table options (e.g. versionAsOf) are passed on.
    // monostate when there is no such table or view.
    virtual ResolvedName table(const std::vector<std::string>& name, const plan::Options& options,
        std::optional<int64_t> version, std::optional<int64_t> timestamp_micros) = 0;
    // spark.read.format(…)…load(): infers the schema where none is given.
    virtual resolved::ScanSourcePtr data_source(const plan::DataSource& source) = 0;
    // Text from spark.read.csv(df)/json(df): not a scan; the analyzer builds from_csv/from_json.
    // Names for the suggestions of TABLE_OR_VIEW_NOT_FOUND.
    virtual std::vector<std::string> similar_tables(const std::vector<std::string>& name) = 0;
    virtual std::optional<SqlFunction> sql_function(const std::vector<std::string>& name) = 0;
    virtual std::shared_ptr<const plan::PythonUdf> python_function(const std::string& name) = 0;
    virtual std::optional<Variable> variable(const std::vector<std::string>& name) = 0;
    // A statement used as a relation (SHOW …): runs it and gives its rows as a LocalData plan.
    virtual resolved::PlanPtr run_command(const plan::CommandPtr& command) = 0;
    // A cached or checkpointed DataFrame by id; null if unknown.
    virtual resolved::PlanPtr cached_relation(const std::string& relation_id) = 0;
    // The plan to use instead of `plan` when it is persisted (Cached node); null when not. Called
    // with every DataFrame subtree that has a plan_id or is a table.
    virtual resolved::PlanPtr cached_plan(const plan::RelationPtr& plan) = 0;
    // Runs a plan while analysing (pivot values, crosstab, transpose) and returns the rows.
    virtual std::vector<std::vector<types::Value>> collect(
        const resolved::PlanPtr& plan, int64_t max_rows) = 0;
};

struct AnalyzerOptions {
    FunctionContext functions;
    bool case_sensitive = false;
    int max_plan_depth = 2000;
    int max_iterations = 100;
};

// Arguments of parameterised queries: literals (any foldable expression), by name or position.
struct Parameters {
    std::map<std::string, plan::ExprPtr> named;
    std::vector<plan::ExprPtr> positional;
};

class Analyzer {
public:
    Analyzer(Resolver& resolver, AnalyzerOptions options);
    ~Analyzer();

    void set_parameters(Parameters parameters);

    // Throws Error. Runs on a thread with a large stack when the plan is deep.
    resolved::PlanPtr analyze(const plan::RelationPtr& relation);

    // An expression over the columns of `input` (defaults, CHECK constraints, DML conditions,
    // assignments). `input` may be null for constant expressions.
    resolved::ExprPtr analyze_expression(
        const plan::ExprPtr& expr, const resolved::Attributes& input);
    // Evaluates a foldable expression through Resolver::collect. The value has `expr`'s own type.
    std::pair<types::Value, types::TypePtr> fold(const plan::ExprPtr& expr);
    // Analyses a function that is about to be created; throws what is wrong with its body.
    BodyUses check_function(const SqlFunction& function);
    // Of the plan analysed last.
    const BodyUses& uses() const;

    // Adds casts so that `plan`'s columns match the target by position or name, as INSERT does:
    // store assignment rules, missing columns filled with defaults by the caller. Throws
    // INCOMPATIBLE_DATA_FOR_TABLE.*.
    resolved::PlanPtr coerce_for_insert(const resolved::PlanPtr& plan, const types::TypePtr& target,
        bool by_name, const std::string& table_name);
    // A single store-assignment cast (UPDATE SET, MERGE).
    resolved::ExprPtr store_cast(const resolved::ExprPtr& expr, const types::TypePtr& target,
        const std::string& column, const std::string& table_name);

    // A fresh column id, unique in the process.
    static resolved::AttributeId next_id();

    struct Impl;

private:
    std::unique_ptr<Impl> impl_;
};

// The printed tree of df.printSchema() / schema.treeString.
std::string schema_tree(const types::DataType& schema, int level = -1);

}  // namespace hanok::analyzer

#pragma once
// Unresolved relations: one set of nodes for SQL and DataFrames.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/expression.h"
#include "plan/fwd.h"

namespace hanok::plan {

using Options =
    std::vector<std::pair<std::string, std::string>>;  // in order; keys case-insensitive

enum class RelationKind : uint8_t {
    kOneRow,
    kNamedTable,
    kDataSource,
    kLocalData,
    kValues,
    kRange,
    kTableFunction,
    kProject,
    kFilter,
    kAggregate,
    kPivot,
    kUnpivot,
    kJoin,
    kAsOfJoin,
    kSetOperation,
    kSort,
    kLimit,
    kOffset,
    kTail,
    kDistinct,
    kDeduplicate,
    kSubqueryAlias,
    kWith,
    kGenerate,
    kSample,
    kRepartition,
    kHint,
    kToDf,
    kWithColumns,
    kWithColumnsRenamed,
    kDrop,
    kToSchema,
    kCollectMetrics,
    kShowString,
    kHtmlString,
    kNaFill,
    kNaDrop,
    kNaReplace,
    kStatSummary,
    kStatDescribe,
    kStatCrosstab,
    kStatCov,
    kStatCorr,
    kStatApproxQuantile,
    kStatFreqItems,
    kStatSampleBy,
    kTranspose,
    kParse,
    kWithRelations,
    kCachedRelation,
    kCommandResult,
    kWindowDefinitions,
    kMapInPython,
    kGroupMap,
    kCoGroupMap,
    kPythonTable,
};

struct Relation {
    const RelationKind kind;
    OriginPtr origin;                // may be null
    std::optional<int64_t> plan_id;  // DataFrame plans

    virtual ~Relation() = default;
    template <class T>
    const T& as() const {
        return static_cast<const T&>(*this);
    }

protected:
    explicit Relation(RelationKind k) : kind(k) {}
};

// Derives from Relation and names its kind, so that relations below are plain structs.
template <RelationKind K>
struct RelationOf : Relation {
    static constexpr RelationKind kKind = K;
    RelationOf() : Relation(K) {}
};

// SELECT without FROM: one row, no columns.
struct OneRow final : RelationOf<RelationKind::kOneRow> {};

// VERSION AS OF / TIMESTAMP AS OF.
struct TimeTravel {
    ExprPtr version;  // one of the two
    ExprPtr timestamp;
};

// A table, view, CTE or path (delta.`/p`) by name.
struct NamedTable final : RelationOf<RelationKind::kNamedTable> {
    std::vector<std::string> name;
    ExprPtr identifier;  // IDENTIFIER(expr) instead of a name
    Options options;
    std::optional<TimeTravel> time_travel;
    bool is_streaming = false;
};

// spark.read.format(f).schema(s).options(o).load(paths)
struct DataSource final : RelationOf<RelationKind::kDataSource> {
    std::string format;     // empty: spark.sql.sources.default
    types::TypePtr schema;  // null: infer
    Options options;
    std::vector<std::string> paths;
    std::vector<std::string> predicates;  // JDBC
    bool is_streaming = false;
};

// createDataFrame: Arrow IPC stream bytes; `schema` null keeps the Arrow schema's types.
struct LocalData final : RelationOf<RelationKind::kLocalData> {
    std::vector<std::shared_ptr<const std::string>> arrow_streams;
    types::TypePtr schema;
};

// VALUES (…), (…): every row has the same number of expressions; columns col1, col2, …
struct Values final : RelationOf<RelationKind::kValues> {
    std::vector<Exprs> rows;
};

// spark.range; column `id` BIGINT.
struct Range final : RelationOf<RelationKind::kRange> {
    int64_t start = 0;
    int64_t end = 0;
    int64_t step = 1;
    std::optional<int32_t> num_partitions;
};

// f(args) in FROM, and Connect's UnresolvedTableValuedFunction.
struct TableFunction final : RelationOf<RelationKind::kTableFunction> {
    std::vector<std::string> name;
    ExprPtr identifier;  // IDENTIFIER(expr) instead of a name
    Exprs args;
    bool with_ordinality = false;
};

struct Project final : RelationOf<RelationKind::kProject> {
    RelationPtr child;
    Exprs columns;
    std::string
        pipe_clause;  // SELECT or EXTEND of a |> operator: aggregate functions are refused in it
};

struct Filter final : RelationOf<RelationKind::kFilter> {
    RelationPtr child;
    ExprPtr condition;
    bool is_having = false;  // condition may hold aggregates of the Aggregate below
};

enum class GroupingKind : uint8_t { kGroupBy, kRollup, kCube, kGroupingSets, kAll };

// GROUP BY. `columns` is the whole select list for SQL (grouping columns are not added);
// for DataFrames (`is_dataframe`) the output is grouping columns, then `columns`.
struct Aggregate final : RelationOf<RelationKind::kAggregate> {
    RelationPtr child;
    GroupingKind grouping_kind = GroupingKind::kGroupBy;
    // Plain expressions, and in SQL also calls of rollup, cube and grouping_sets; an argument of
    // these is one column, or a call of struct for several or none (in grouping_sets also nested
    // rollup, cube, grouping_sets).
    Exprs grouping;
    std::vector<Exprs> grouping_sets;  // kGroupingSets
    Exprs columns;
    bool is_dataframe = false;
    bool is_pipe = false;  // |> AGGREGATE: is_dataframe too, and ordinals in `grouping` count the
                           // child's columns
};

// df.groupBy(g).pivot(column, values).agg(aggregates), and SQL PIVOT (grouping empty: the other
// columns).
struct Pivot final : RelationOf<RelationKind::kPivot> {
    RelationPtr child;
    Exprs grouping;
    bool is_dataframe = false;
    Exprs aggregates;
    Exprs columns;  // one, or several for tuples
    std::vector<ExprPtr>
        values;  // maybe Alias; struct calls for tuples; empty: distinct values of the column
};

struct Unpivot final : RelationOf<RelationKind::kUnpivot> {
    RelationPtr child;
    std::optional<Exprs> ids;  // nullopt: all columns not unpivoted
    std::optional<std::vector<Exprs>>
        values;  // one inner list per unpivoted group; nullopt: all non-id columns
    std::vector<std::string> value_aliases;  // per group, "" for default
    std::string variable_column_name;
    std::vector<std::string> value_column_names;
    bool include_nulls = true;
};

enum class JoinType : uint8_t { kInner, kCross, kLeft, kRight, kFull, kLeftSemi, kLeftAnti };

// The `count` best right rows of each left row, by a rank over both.
struct NearestBy {
    ExprPtr rank;
    bool descending = false;  // by similarity; else by distance
    int64_t count = 1;
};

struct Join final : RelationOf<RelationKind::kJoin> {
    RelationPtr left;
    RelationPtr right;
    JoinType type = JoinType::kInner;
    ExprPtr condition;  // null for none
    std::vector<std::string> using_columns;
    bool natural = false;
    bool lateral = false;  // right side may use columns of the left
    std::optional<NearestBy> nearest;
};

struct AsOfJoin final : RelationOf<RelationKind::kAsOfJoin> {
    RelationPtr left;
    RelationPtr right;
    ExprPtr left_as_of;
    ExprPtr right_as_of;
    ExprPtr condition;
    std::vector<std::string> using_columns;
    JoinType type = JoinType::kInner;
    ExprPtr tolerance;
    bool allow_exact_matches = true;
    std::string direction = "backward";
};

enum class SetOpType : uint8_t { kUnion, kIntersect, kExcept };

struct SetOperation final : RelationOf<RelationKind::kSetOperation> {
    RelationPtr left;
    RelationPtr right;
    SetOpType type = SetOpType::kUnion;
    bool all = false;
    bool by_name = false;
    bool allow_missing_columns = false;
};

struct Sort final : RelationOf<RelationKind::kSort> {
    RelationPtr child;
    Exprs order;         // SortOrder nodes; or one Attribute "all" for ORDER BY ALL (order_by_all)
    bool global = true;  // false: SORT BY / sortWithinPartitions
    bool order_by_all = false;
    bool all_ascending = true;
    NullsOrder all_nulls = NullsOrder::kDefault;
};

struct Limit final : RelationOf<RelationKind::kLimit> {
    RelationPtr child;
    ExprPtr limit;
};
struct Offset final : RelationOf<RelationKind::kOffset> {
    RelationPtr child;
    ExprPtr offset;
};
struct Tail final : RelationOf<RelationKind::kTail> {
    RelationPtr child;
    ExprPtr limit;
};
struct Distinct final : RelationOf<RelationKind::kDistinct> {
    RelationPtr child;
};

struct Deduplicate final : RelationOf<RelationKind::kDeduplicate> {
    RelationPtr child;
    std::vector<std::string> columns;
    bool all_columns = false;
};

// child AS alias(columns)
struct SubqueryAlias final : RelationOf<RelationKind::kSubqueryAlias> {
    RelationPtr child;
    std::string alias;
    std::vector<std::string> qualifier;
    std::vector<std::string> columns;
};

struct Cte {
    std::string name;
    std::vector<std::string> columns;
    RelationPtr plan;
    std::optional<int64_t> max_recursion;
    OriginPtr origin;
};
struct With final : RelationOf<RelationKind::kWith> {
    RelationPtr child;
    std::vector<Cte> ctes;
    bool recursive = false;
};

// LATERAL VIEW [OUTER] f(args) alias AS columns
struct Generate final : RelationOf<RelationKind::kGenerate> {
    RelationPtr child;
    ExprPtr generator;
    bool outer = false;
    std::string alias;
    std::vector<std::string> columns;
};

struct Sample final : RelationOf<RelationKind::kSample> {
    RelationPtr child;
    double lower = 0;
    double upper = 1;
    bool with_replacement = false;
    std::optional<int64_t> seed;
    std::optional<int64_t> rows;  // TABLESAMPLE (n ROWS)
};

// repartition / coalesce / DISTRIBUTE BY; rows do not change.
struct Repartition final : RelationOf<RelationKind::kRepartition> {
    RelationPtr child;
    std::optional<int32_t> num_partitions;
    Exprs expressions;
    bool shuffle = true;
};

struct Hint final : RelationOf<RelationKind::kHint> {
    RelationPtr child;
    std::string name;
    Exprs parameters;
};

struct ToDf final : RelationOf<RelationKind::kToDf> {
    RelationPtr child;
    std::vector<std::string> names;
};
struct WithColumns final : RelationOf<RelationKind::kWithColumns> {
    RelationPtr child;
    Exprs columns;            // Alias nodes
    bool must_exist = false;  // |> SET: a name that is no column of the child is an error
};
struct WithColumnsRenamed final : RelationOf<RelationKind::kWithColumnsRenamed> {
    RelationPtr child;
    std::vector<std::pair<std::string, std::string>> renames;
};
struct Drop final : RelationOf<RelationKind::kDrop> {
    RelationPtr child;
    Exprs columns;
    std::vector<std::string> column_names;
};
struct ToSchema final : RelationOf<RelationKind::kToSchema> {
    RelationPtr child;
    types::TypePtr schema;
};
struct CollectMetrics final : RelationOf<RelationKind::kCollectMetrics> {
    RelationPtr child;
    std::string name;
    Exprs metrics;
};
struct ShowString final : RelationOf<RelationKind::kShowString> {
    RelationPtr child;
    int32_t num_rows = 20;
    int32_t truncate = 20;
    bool vertical = false;
};
struct HtmlString final : RelationOf<RelationKind::kHtmlString> {
    RelationPtr child;
    int32_t num_rows = 20;
    int32_t truncate = 20;
};

struct NaFill final : RelationOf<RelationKind::kNaFill> {
    RelationPtr child;
    std::vector<std::string> columns;
    Exprs values;  // Literals: one for all, or one per column
};
struct NaDrop final : RelationOf<RelationKind::kNaDrop> {
    RelationPtr child;
    std::vector<std::string> columns;
    std::optional<int32_t> min_non_nulls;
};
struct NaReplace final : RelationOf<RelationKind::kNaReplace> {
    RelationPtr child;
    std::vector<std::string> columns;
    std::vector<std::pair<ExprPtr, ExprPtr>> replacements;  // Literals
};
struct StatSummary final : RelationOf<RelationKind::kStatSummary> {
    RelationPtr child;
    std::vector<std::string> statistics;
};
struct StatDescribe final : RelationOf<RelationKind::kStatDescribe> {
    RelationPtr child;
    std::vector<std::string> columns;
};
struct StatCrosstab final : RelationOf<RelationKind::kStatCrosstab> {
    RelationPtr child;
    std::string column1;
    std::string column2;
};
struct StatCov final : RelationOf<RelationKind::kStatCov> {
    RelationPtr child;
    std::string column1;
    std::string column2;
};
struct StatCorr final : RelationOf<RelationKind::kStatCorr> {
    RelationPtr child;
    std::string column1;
    std::string column2;
    std::string method = "pearson";
};
struct StatApproxQuantile final : RelationOf<RelationKind::kStatApproxQuantile> {
    RelationPtr child;
    std::vector<std::string> columns;
    std::vector<double> probabilities;
    double relative_error = 0;
};
struct StatFreqItems final : RelationOf<RelationKind::kStatFreqItems> {
    RelationPtr child;
    std::vector<std::string> columns;
    double support = 0.01;
};
struct StatSampleBy final : RelationOf<RelationKind::kStatSampleBy> {
    RelationPtr child;
    ExprPtr column;
    std::vector<std::pair<ExprPtr, double>> fractions;
    int64_t seed = 0;
};
struct Transpose final : RelationOf<RelationKind::kTranspose> {
    RelationPtr child;
    Exprs index_columns;
};
// spark.read.json(df) / csv(df)
struct Parse final : RelationOf<RelationKind::kParse> {
    RelationPtr child;
    std::string format;
    types::TypePtr schema;
    Options options;
};
// Plans that expressions in `root` refer to by plan id (subqueries).
struct WithRelations final : RelationOf<RelationKind::kWithRelations> {
    RelationPtr root;
    std::vector<RelationPtr> references;
};
// A DataFrame checkpointed or cached on the server under an id.
struct CachedRelation final : RelationOf<RelationKind::kCachedRelation> {
    std::string relation_id;
};
// A statement used as a relation (SHOW TABLES and the like; a SQL relation that holds a command).
struct CommandResult final : RelationOf<RelationKind::kCommandResult> {
    CommandPtr command;
};
// SELECT … WINDOW w AS (…): named windows visible in the child's expressions.
struct WindowDefinitions final : RelationOf<RelationKind::kWindowDefinitions> {
    RelationPtr child;
    std::vector<std::pair<std::string, WindowSpec>> windows;
};

// df.mapInPandas / mapInArrow. `function` is a PythonUdf whose output type is the result's schema;
// its arguments are left empty, as in the next two.
struct MapInPython final : RelationOf<RelationKind::kMapInPython> {
    RelationPtr child;
    ExprPtr function;
};
// df.groupBy(g).applyInPandas / applyInArrow
struct GroupMap final : RelationOf<RelationKind::kGroupMap> {
    RelationPtr child;
    Exprs grouping;
    ExprPtr function;
};
// a.groupBy(g).cogroup(b.groupBy(h)).applyInPandas / applyInArrow
struct CoGroupMap final : RelationOf<RelationKind::kCoGroupMap> {
    RelationPtr left;
    RelationPtr right;
    Exprs left_grouping;
    Exprs right_grouping;
    ExprPtr function;
};
// A Python table function over its arguments: constants, columns of an enclosing lateral join,
// tables.
struct PythonTable final : RelationOf<RelationKind::kPythonTable> {
    std::string name;
    int eval_type = 0;
    types::TypePtr return_type;  // null: its `analyze` method tells
    std::string command;         // cloudpickle bytes of the handler class
    std::string python_version;
    bool deterministic = true;
    Exprs args;
};

}  // namespace hanok::plan

#pragma once
// Statements that are not queries: what the SQL parser makes of them, and Connect's write commands.
// A name is a list of parts; `NamedTable` carries names that may be IDENTIFIER(…) expressions.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/relation.h"

namespace hanok::plan {

enum class CommandKind : uint8_t {
    kCreateCatalog,
    kDropCatalog,
    kCreateNamespace,
    kAlterNamespace,
    kDropNamespace,
    kCreateTable,
    kCreateTableLike,
    kAlterTable,
    kDropTable,
    kTruncateTable,
    kCreateView,
    kAlterView,
    kDropView,
    kCreateFunction,
    kDropFunction,
    kInsert,
    kWrite,
    kDelete,
    kUpdate,
    kMerge,
    kShow,
    kDescribeTable,
    kDescribeNamespace,
    kDescribeFunction,
    kDescribeQuery,
    kExplain,
    kUse,
    kSetConfig,
    kResetConfig,
    kComment,
    kCache,
    kUncache,
    kRefresh,
    kAnalyzeTable,
    kOptimize,
    kVacuum,
    kDescribeHistory,
    kDescribeDetail,
    kRestore,
    kCloneTable,
    kConvertToDelta,
    kGenerateManifest,
    kDeclareVariable,
    kSetVariable,
    kDropVariable,
    kExecuteImmediate,
    kScript,
    kCatalogCall,
    kUnsupported,
};

struct Command {
    const CommandKind kind;
    OriginPtr origin;
    virtual ~Command() = default;
    template <class T>
    const T& as() const {
        return static_cast<const T&>(*this);
    }

protected:
    explicit Command(CommandKind k) : kind(k) {}
};

template <CommandKind K>
struct CommandOf : Command {
    static constexpr CommandKind kKind = K;
    CommandOf() : Command(K) {}
};

using Name = std::vector<std::string>;
using Properties = std::vector<std::pair<std::string, std::string>>;

// A table name, or IDENTIFIER(expr).
struct TableName {
    Name parts;
    ExprPtr identifier;
};

struct ColumnDef {
    std::string name;
    types::TypePtr type;
    bool nullable = true;
    std::string comment;
    bool has_comment = false;
    ExprPtr default_value;
    std::string default_sql;     // text of the DEFAULT expression
    std::string generation_sql;  // GENERATED ALWAYS AS (…)
    struct Identity {
        int64_t start = 1;
        int64_t step = 1;
        bool allow_explicit_insert = false;
    };
    std::optional<Identity> identity;
};

// PARTITIONED BY item: a column, or transform(args).
struct PartitionTransform {
    std::string transform = "identity";
    Exprs args;
    std::optional<ColumnDef> column;  // Hive style: PARTITIONED BY (c INT)
};

struct BucketSpec {
    int32_t num_buckets = 0;
    std::vector<std::string> columns;
    std::vector<std::string> sort_columns;
};

struct TableConstraint {
    std::string name;
    std::string kind;        // CHECK, PRIMARY KEY, FOREIGN KEY, UNIQUE
    std::string expression;  // CHECK
    std::vector<std::string> columns;
    Name referenced_table;  // FOREIGN KEY
    std::vector<std::string> referenced_columns;
    std::optional<bool> enforced;  // [NOT] ENFORCED
    bool rely = false;
};

struct CreateCatalog final : CommandOf<CommandKind::kCreateCatalog> {
    std::string name;
    bool if_not_exists = false;
    std::string comment;
    std::string location;  // MANAGED LOCATION
    Properties properties;
};
struct DropCatalog final : CommandOf<CommandKind::kDropCatalog> {
    std::string name;
    bool if_exists = false;
    bool cascade = false;
};
struct CreateNamespace final : CommandOf<CommandKind::kCreateNamespace> {
    TableName name;
    bool if_not_exists = false;
    std::string comment;
    std::string location;
    Properties properties;
};
struct AlterNamespace final : CommandOf<CommandKind::kAlterNamespace> {
    TableName name;
    Properties set_properties;
    std::vector<std::string> unset_properties;
    std::optional<std::string> location;
};
struct DropNamespace final : CommandOf<CommandKind::kDropNamespace> {
    TableName name;
    bool if_exists = false;
    bool cascade = false;
};

struct CreateTable final : CommandOf<CommandKind::kCreateTable> {
    TableName name;
    bool if_not_exists = false;
    bool or_replace = false;
    bool replace = false;  // REPLACE TABLE: must exist
    bool external = false;
    std::vector<ColumnDef> columns;
    std::string provider;  // "", "delta", "parquet", …
    Options options;
    std::vector<PartitionTransform> partitioning;
    std::vector<Name> cluster_by;
    std::optional<BucketSpec> buckets;
    std::optional<std::string> location;
    std::optional<std::string> comment;
    Properties properties;
    std::vector<TableConstraint> constraints;
    RelationPtr query;  // AS SELECT
};
struct CreateTableLike final : CommandOf<CommandKind::kCreateTableLike> {
    TableName name;
    TableName source;
    bool if_not_exists = false;
    std::string provider;
    std::optional<std::string> location;
    Properties properties;
};

// One ALTER TABLE … action.
struct AlterAction {
    enum class Kind : uint8_t {
        kAddColumns,
        kReplaceColumns,
        kDropColumns,
        kRenameColumn,
        kAlterColumn,
        kRenameTable,
        kSetProperties,
        kUnsetProperties,
        kSetLocation,
        kAddConstraint,
        kDropConstraint,
        kAddPartition,
        kDropPartition,
        kRecoverPartitions,
        kClusterBy,
        kAddFeature,
        kDropFeature,
    };
    struct Column {
        Name path;                     // nested names
        ColumnDef definition;          // add, replace; alter: the parts that are set
        std::optional<bool> nullable;  // alter: SET / DROP NOT NULL
        bool drop_default = false;
        bool syncs_identity = false;  // alter: SYNC IDENTITY
        bool first = false;
        std::string after;
    };
    Kind kind;
    std::vector<Column> columns;
    bool if_exists = false;  // add partition: IF NOT EXISTS
    Name new_name;
    Properties properties;
    // Unset properties; add partition: a location per partition, "" for none; drop partition:
    // "PURGE"; drop feature: "TRUNCATE HISTORY".
    std::vector<std::string> keys;
    std::string text;  // location, constraint or feature name
    TableConstraint constraint;
    std::vector<std::vector<std::pair<std::string, ExprPtr>>> partitions;
    std::vector<Name> cluster_by;
};
struct AlterTable final : CommandOf<CommandKind::kAlterTable> {
    TableName name;
    AlterAction action;
    bool is_view = false;
};
struct DropTable final : CommandOf<CommandKind::kDropTable> {
    TableName name;
    bool if_exists = false;
    bool purge = false;
};
struct TruncateTable final : CommandOf<CommandKind::kTruncateTable> {
    TableName name;
    std::vector<std::pair<std::string, ExprPtr>> partition;
};

struct CreateView final : CommandOf<CommandKind::kCreateView> {
    TableName name;
    bool or_replace = false;
    bool if_not_exists = false;
    bool temporary = false;
    bool global = false;
    std::vector<std::pair<std::string, std::string>> columns;  // name, comment
    std::string comment;
    Properties properties;
    RelationPtr query;
    std::string query_sql;  // text of the query, for permanent views
    // CREATE TEMPORARY VIEW v USING provider OPTIONS (…)
    std::string provider;
    Options options;
    types::TypePtr schema;
    std::string schema_mode;  // BINDING, COMPENSATION, EVOLUTION, TYPE EVOLUTION; "" default
};
struct AlterView final : CommandOf<CommandKind::kAlterView> {
    TableName name;
    RelationPtr query;
    std::string query_sql;
};
struct DropView final : CommandOf<CommandKind::kDropView> {
    TableName name;
    bool if_exists = false;
    bool is_temp_only = false;    // catalog.dropTempView
    bool is_global_temp = false;  // catalog.dropGlobalTempView
};

struct CreateFunction final : CommandOf<CommandKind::kCreateFunction> {
    TableName name;
    bool or_replace = false;
    bool if_not_exists = false;
    bool temporary = false;
    std::string class_name;  // AS 'class': refused
    std::vector<ColumnDef> parameters;
    types::TypePtr return_type;                          // scalar; null: from the body
    std::optional<std::vector<ColumnDef>> return_table;  // empty: the columns of the query
    std::string body_sql;
    ExprPtr body;            // scalar RETURN expr
    RelationPtr body_query;  // table function
    std::string comment;
    std::optional<bool> deterministic;
    std::string data_access;  // "CONTAINS SQL", "READS SQL DATA"; "" not given
    ExprPtr python_udf;       // Connect's register_function
};
struct DropFunction final : CommandOf<CommandKind::kDropFunction> {
    TableName name;
    bool if_exists = false;
    bool temporary = false;
};

struct PartitionSpecItem {
    std::string column;
    ExprPtr value;  // null: dynamic
};

struct Insert final : CommandOf<CommandKind::kInsert> {
    RelationPtr table;  // NamedTable
    RelationPtr query;
    bool overwrite = false;
    bool by_name = false;
    bool if_not_exists = false;
    std::vector<std::string> columns;
    std::vector<PartitionSpecItem> partition;
    bool with_schema_evolution = false;
    // INTO … REPLACE WHERE condition | USING (columns) | ON condition.
    ExprPtr replace_where;
    std::string replace_where_sql;
    std::vector<std::string> replace_using;
    ExprPtr replace_on;
    std::string target_alias;  // for replace_on
    Options options;
};

enum class SaveMode : uint8_t { kErrorIfExists, kAppend, kOverwrite, kIgnore };
enum class WriteKind : uint8_t {
    kSave,  // df.write.save(path)
    kSaveAsTable,
    kInsertInto,
    kCreate,  // df.writeTo(...)
    kReplace,
    kCreateOrReplace,
    kAppend,
    kOverwrite,  // with `overwrite_condition`
    kOverwritePartitions,
};
struct Write final : CommandOf<CommandKind::kWrite> {
    WriteKind write_kind = WriteKind::kSave;
    RelationPtr query;
    std::string source;  // format; "" default
    SaveMode mode = SaveMode::kErrorIfExists;
    bool mode_is_set = false;
    std::string path;
    Name table;
    Options options;
    std::vector<std::string> partition_by;
    Exprs partition_exprs;  // V2 partitionedBy
    std::vector<std::string> sort_by;
    std::optional<BucketSpec> buckets;
    std::vector<std::string> cluster_by;
    Properties table_properties;
    ExprPtr overwrite_condition;
};

struct Delete final : CommandOf<CommandKind::kDelete> {
    RelationPtr table;  // NamedTable or SubqueryAlias over it (or any Delta relation)
    ExprPtr condition;  // null: all rows
};
struct Assignment {
    ExprPtr key;  // Attribute
    ExprPtr value;
};
struct Update final : CommandOf<CommandKind::kUpdate> {
    RelationPtr table;
    std::vector<Assignment> assignments;
    ExprPtr condition;
};

struct MergeClause {
    enum class Action : uint8_t { kUpdate, kUpdateAll, kInsert, kInsertAll, kDelete };
    Action action;
    ExprPtr condition;
    std::vector<Assignment> assignments;
};
struct Merge final : CommandOf<CommandKind::kMerge> {
    RelationPtr target;
    RelationPtr source;
    ExprPtr condition;
    std::vector<MergeClause> matched;
    std::vector<MergeClause> not_matched;  // by target: inserts
    std::vector<MergeClause> not_matched_by_source;
    bool with_schema_evolution = false;
};

// SHOW …
struct Show final : CommandOf<CommandKind::kShow> {
    enum class What : uint8_t {
        kCatalogs,
        kNamespaces,
        kTables,
        kTableExtended,
        kViews,
        kColumns,
        kFunctions,
        kPartitions,
        kTblProperties,
        kCreateTable,
        kCurrentNamespace,
    };
    What what = What::kTables;
    TableName name;       // the table or namespace, when given
    Name namespace_name;  // IN ns
    std::string pattern;  // LIKE pattern, "" none
    std::string key;      // tblproperties (key)
    std::string scope;    // functions: USER, SYSTEM, ALL
    std::vector<PartitionSpecItem> partition;
    bool as_serde = false;
};
struct DescribeTable final : CommandOf<CommandKind::kDescribeTable> {
    TableName name;
    bool extended = false;
    bool as_json = false;
    Name column;  // DESCRIBE t col
    std::vector<PartitionSpecItem> partition;
};
struct DescribeNamespace final : CommandOf<CommandKind::kDescribeNamespace> {
    TableName name;
    bool extended = false;
    bool is_catalog = false;
};
struct DescribeFunction final : CommandOf<CommandKind::kDescribeFunction> {
    Name name;
    bool extended = false;
};
struct DescribeQuery final : CommandOf<CommandKind::kDescribeQuery> {
    RelationPtr query;
};
struct Explain final : CommandOf<CommandKind::kExplain> {
    std::string mode = "SIMPLE";  // SIMPLE, EXTENDED, CODEGEN, COST, FORMATTED
    RelationPtr query;            // one of the two
    CommandPtr command;
};
struct Use final : CommandOf<CommandKind::kUse> {
    Name name;
    ExprPtr identifier;
    bool is_catalog = false;    // SET CATALOG
    bool is_namespace = false;  // USE DATABASE/SCHEMA/NAMESPACE
};
struct SetConfig final : CommandOf<CommandKind::kSetConfig> {
    std::optional<std::string> key;  // none: list all
    std::optional<std::string> value;
    bool verbose = false;  // SET -v
    bool is_time_zone = false;
    ExprPtr time_zone;  // SET TIME ZONE interval or string
};
struct ResetConfig final : CommandOf<CommandKind::kResetConfig> {
    std::optional<std::string> key;
};
struct Comment final : CommandOf<CommandKind::kComment> {
    enum class On : uint8_t { kCatalog, kNamespace, kTable, kColumn };
    On on = On::kTable;
    TableName name;                   // for a column: the table's name
    Name column;                      // path inside the table
    std::optional<std::string> text;  // none: NULL
};
struct Cache final : CommandOf<CommandKind::kCache> {
    Name name;
    bool lazy = false;
    Options options;
    RelationPtr query;  // CACHE TABLE n AS query
};
struct Uncache final : CommandOf<CommandKind::kUncache> {
    Name name;
    bool if_exists = false;
    bool all = false;  // CLEAR CACHE
};
struct Refresh final : CommandOf<CommandKind::kRefresh> {
    Name name;
    std::string path;
    bool is_function = false;
};
struct AnalyzeTable final : CommandOf<CommandKind::kAnalyzeTable> {
    TableName name;
    bool no_scan = false;
    bool all_columns = false;
    std::vector<std::string> columns;
    std::vector<PartitionSpecItem> partition;
    bool of_delta_files = false;  // COMPUTE DELTA STATISTICS
    Name all_in_namespace;
    bool is_all_tables = false;
};

// Delta statements. `name` may be {"delta", "/path"} for delta.`/path` or a quoted path.
struct Optimize final : CommandOf<CommandKind::kOptimize> {
    TableName name;
    std::string path;
    ExprPtr where;
    std::vector<Name> zorder_by;
    bool full = false;
    bool purge = false;         // REORG TABLE … APPLY (PURGE)
    bool rewrites_all = false;  // every file, whatever its size: DROP FEATURE
    // REORG TABLE … APPLY (UPGRADE UNIFORM (ICEBERG_COMPAT_VERSION = n))
    std::optional<int32_t> iceberg_compat_version;
    // After a write, by a table property.
    bool is_automatic = false;
};
struct Vacuum final : CommandOf<CommandKind::kVacuum> {
    TableName name;
    std::string path;
    std::optional<double> retain_hours;  // DAYS are turned into hours
    bool dry_run = false;
    bool lite = false;
    RelationPtr inventory;
};
struct DescribeHistory final : CommandOf<CommandKind::kDescribeHistory> {
    TableName name;
    std::string path;
    std::optional<int64_t> limit;
};
struct DescribeDetail final : CommandOf<CommandKind::kDescribeDetail> {
    TableName name;
    std::string path;
};
struct Restore final : CommandOf<CommandKind::kRestore> {
    TableName name;
    std::string path;
    TimeTravel target;
};

// CREATE TABLE … SHALLOW | DEEP CLONE source
struct CloneTable final : CommandOf<CommandKind::kCloneTable> {
    TableName name;
    TableName source;
    std::optional<TimeTravel> when;
    bool deep = false;
    bool if_not_exists = false;
    bool or_replace = false;
    bool replace = false;
    std::optional<std::string> location;
    Properties properties;
};

// CONVERT TO DELTA parquet.`path` | table [NO STATISTICS] [PARTITIONED BY (c type, …)]
struct ConvertToDelta final : CommandOf<CommandKind::kConvertToDelta> {
    TableName name;
    types::TypePtr partition_schema;  // null: not partitioned, or as the catalog says
    bool no_statistics = false;
    bool answers_name = false;  // DeltaTable.convertToDelta: one row, the table's name
};
// GENERATE mode FOR TABLE t
struct GenerateManifest final : CommandOf<CommandKind::kGenerateManifest> {
    std::string mode;
    TableName name;
    std::string path;
};

struct DeclareVariable final : CommandOf<CommandKind::kDeclareVariable> {
    std::vector<Name> names;
    types::TypePtr type;
    ExprPtr default_value;
    bool or_replace = false;
};
struct SetVariable final : CommandOf<CommandKind::kSetVariable> {
    std::vector<Assignment> assignments;
    std::vector<Name> targets;  // SET VAR (a, b) = (query)
    RelationPtr query;
};
struct DropVariable final : CommandOf<CommandKind::kDropVariable> {
    Name name;
    bool if_exists = false;
};

// EXECUTE IMMEDIATE sql INTO targets USING arguments; the arguments may be aliases.
struct ExecuteImmediate final : CommandOf<CommandKind::kExecuteImmediate> {
    ExprPtr sql;
    std::string sql_text;
    std::vector<Name> targets;
    Exprs arguments;
};

// spark.catalog.* calls of Connect: the method's name and its arguments by name.
struct CatalogCall final : CommandOf<CommandKind::kCatalogCall> {
    std::string method;  // "ListTables", "CurrentDatabase", …
    std::map<std::string, std::string> args;
    types::TypePtr schema;
    Options options;
};

// A statement of Spark's grammar that Hanok does not run: fails with UNSUPPORTED_FEATURE.HANOK.
struct Unsupported final : CommandOf<CommandKind::kUnsupported> {
    std::string feature;
};

// What a SQL text is: a query or a command.
struct Statement {
    RelationPtr query;
    CommandPtr command;
    // Names and number of parameter markers in it.
    std::vector<std::string> named_parameters;
    int positional_parameters = 0;
};

}  // namespace hanok::plan

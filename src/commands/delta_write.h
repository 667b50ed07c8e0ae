#pragma once
// How rows become data files and one commit of a Delta table. Used by INSERT, DataFrame writes,
// CTAS and the row-level verbs.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commands/names.h"
#include "delta/actions.h"
#include "delta/transaction.h"
#include "plan/command.h"
#include "resolved/plan.h"

namespace hanok::commands {

using session::Session;

struct DeltaWriteOptions {
    bool overwrite = false;
    bool merge_schema = false;
    bool overwrite_schema = false;
    bool dynamic_partitions = false;  // overwrite only partitions that the rows touch
    plan::ExprPtr replace_where;      // overwrite only rows that match
    std::string replace_where_sql;
    // Overwrite only rows that match an inserted one: equal in these columns, or by a condition.
    std::vector<std::string> replace_using;
    plan::ExprPtr replace_on;
    std::string replace_on_sql;
    std::string target_alias;
    // For replace_on: what the query calls its columns, and which of the table's each one is.
    struct SourceColumn {
        std::string name;
        std::vector<std::string> qualifier;
        std::string table_column;
    };
    std::vector<SourceColumn> source_columns;
    bool replaces_matches() const { return replace_on || !replace_using.empty(); }
    std::optional<int32_t> num_files;
    int64_t max_records_per_file = 0;
    bool any_order = false;              // of rows in files
    int64_t expected_rows = 0;           // about how many come; 0: not known
    std::optional<bool> optimize_write;  // else the session or the table says
    std::string user_metadata;
    std::optional<std::string> txn_app_id;
    std::optional<int64_t> txn_version;
    std::string compression;
    std::vector<std::string> partition_by;  // what the writer asked for; must agree with the table
    bool names_are_tables = false;  // by name, every name is one of the table's: nothing is new
};

// Options of a DataFrame write or INSERT (mergeSchema, overwriteSchema, replaceWhere,
// partitionOverwriteMode, userMetadata, txnAppId, txnVersion, maxRecordsPerFile, compression).
// Throws for unknown values.
DeltaWriteOptions delta_write_options(Session& session, const plan::Options& options);

// Has this application already made this commit (txnAppId, txnVersion)? Else notes that it does
// now. Throws DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS.
bool is_applied(
    Session& session, delta::Transaction& transaction, const DeltaWriteOptions& options);
// Who commits, and the user's own words (userMetadata, or the session's).
void sign(Session& session, delta::Transaction& transaction, const DeltaWriteOptions& options);
void sign(Session& session, delta::Transaction& transaction);
// Small files of a partition become one where the table or the session asks for it
// (delta.autoOptimize.autoCompact). Where that fails, the files stay as they are.
void compact_after_write(Session& session, const DeltaTarget& target);

// What REPLACE ON calls a column of the query: the query's alias, or what the column came with.
std::vector<std::string> source_qualifier(
    const plan::RelationPtr& query, const resolved::Attribute& column);

// A new table's metadata. `configuration` are its properties.
delta::Metadata new_metadata(Session& session, const types::TypePtr& schema,
    const std::vector<std::string>& partition_by,
    const std::map<std::string, std::string>& configuration,
    const std::optional<std::string>& comment);

// Appends to or overwrites an existing table. `by_name`: columns are matched by name; missing ones
// get the table's values (column_values.h); otherwise by position. Returns the committed version.
int64_t write_to_delta(Session& session, const DeltaTarget& target, resolved::PlanPtr query,
    bool by_name, const DeltaWriteOptions& options);

// Creates (or replaces) a table from a query's rows in one commit.
struct DeltaCreate {
    std::string location;
    std::string shown_name;
    types::TypePtr schema;  // of the table; rows are matched by position
    std::vector<std::string> partition_by;
    std::vector<plan::Name> cluster_by;
    std::map<std::string, std::string> properties;
    std::optional<std::string> comment;
    resolved::PlanPtr query;  // null: an empty table
    bool replace = false;     // the table may exist; its files leave it
    std::string operation;    // "CREATE TABLE AS SELECT", …
    bool is_managed = false;
    DeltaWriteOptions options;
};
int64_t create_delta_table(Session& session, const DeltaCreate& create);

// Runs `plan`, whose columns are those of `schema` by position, into files below the table's root.
std::vector<delta::AddFile> write_data_files(Session& session, const resolved::PlanPtr& plan,
    const std::string& root, const delta::Metadata& metadata, const types::TypePtr& schema,
    const DeltaWriteOptions& options);

// Bytes of rows after which an optimised write opens a new file of a partition, whose rows come
// together; 0: the write is not optimised.
int64_t optimized_file_bytes(
    Session& session, const delta::Metadata& metadata, const DeltaWriteOptions& options);

// Deletes files that a failed commit leaves behind.
void remove_data_files(
    Session& session, const std::string& root, const std::vector<delta::AddFile>& files);

// After rows were written: the marks of the identity columns that got new numbers.
void move_identity_marks(delta::Transaction& transaction, const types::TypePtr& schema,
    const std::set<std::string>& numbered, const std::vector<delta::AddFile>& files);

// Notes files, bytes and rows of a write as operation metrics.
void add_write_metrics(delta::Transaction& transaction, const std::vector<delta::AddFile>& files,
    const std::string& rows_name);

// ["a","b"] as history shows lists.
std::string json_list(const std::vector<std::string>& items);

}  // namespace hanok::commands

#pragma once
// One optimistic change of a table: reads are noted, actions are gathered, commit() makes them the
// next version or says which rule of Delta's conflict check another writer broke.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "delta/actions.h"
#include "delta/file_skipping.h"
#include "delta/fwd.h"

namespace hanok::delta {

enum class IsolationLevel { kSerializable, kWriteSerializable, kSnapshotIsolation };

struct Committed {
    int64_t version = 0;
    SnapshotPtr snapshot;  // of that version or a newer one; null when it could not be read back
    int attempts = 1;
    bool empty = false;  // there was nothing to commit; version is the read one
};

/// Another writer won and the rules forbid to go on. Run the operation again on a new snapshot.
struct Conflict {
    std::string condition;  // DELTA_CONCURRENT_APPEND, …
    ErrorParameters parameters;
    int64_t winning_version = 0;
    Error error() const;
};

using CommitResult = std::variant<Committed, Conflict>;

class Transaction {
public:
    /// `read` is the version the operation looks at; null creates the table (version 0, or
    /// DELTA_LOG_ALREADY_EXISTS at commit when someone else made it first).
    /// Throws DELTA_UNSUPPORTED_FEATURES_FOR_WRITE, DELTA_INVALID_PROTOCOL_VERSION.
    static std::unique_ptr<Transaction> start(std::shared_ptr<Table> table, SnapshotPtr read);

    const SnapshotPtr& read_snapshot() const { return read_; }
    /// The metadata and protocol as this transaction will leave them.
    const Metadata& metadata() const { return new_metadata_ ? *new_metadata_ : read_metadata_; }
    const Protocol& protocol() const { return new_protocol_ ? *new_protocol_ : read_protocol_; }

    // What was read. Files are chosen through these so that the check knows of it.
    std::vector<const AddFile*> read_files(const PredicatePtr& predicate);
    void read_whole_table() { read_whole_table_ = true; }
    void read_file(const AddFile& file);
    /// Last version of an application's own counter; noted as read.
    std::optional<int64_t> read_transaction(const std::string& app_id);

    // What will change.
    void add_file(AddFile file) { adds_.push_back(std::move(file)); }
    void remove_file(const AddFile& file, bool data_change = true);
    void remove_file(RemoveFile file) { removes_.push_back(std::move(file)); }
    void add_cdc_file(CdcFile file) { cdc_files_.push_back(std::move(file)); }
    void set_transaction(SetTransaction transaction);
    void set_domain(DomainMetadata domain);
    /// The metadata without column mapping, for a commit that rewrites every file with the columns'
    /// own names. update_metadata takes it after this call.
    Metadata unmapped_metadata();
    /// The metadata given after this call is not held against that of the table as it was: the
    /// commit replaces the table, or goes back to an old version.
    void forget_column_mapping() { forgets_mapping_ = true; }
    /// Also raises the protocol to what the schema and properties need. Checks the schema.
    void update_metadata(Metadata metadata);
    void update_protocol(Protocol protocol);

    /// The caller has made every written row fit a feature of table_features.h's
    /// row_features_in_use. Without it, a commit of rows to a table that uses the feature throws
    /// DELTA_UNSUPPORTED_FEATURES_FOR_WRITE.
    void enforces(const std::string& feature) { enforced_.insert(feature); }

    // What history will tell. Parameter values as DESCRIBE HISTORY shows them: "[]", "Append".
    void set_operation(std::string name, StringMap parameters = {});
    void set_metric(const std::string& name, int64_t value);
    void set_user(std::string user_id, std::string user_name);
    void set_user_metadata(std::string text) { info_.user_metadata = std::move(text); }
    void set_isolation(IsolationLevel level) { isolation_ = level; }
    /// Commits even if nothing changes (default: such a commit is skipped).
    void set_commit_when_empty() { commit_when_empty_ = true; }

    /// Once. Throws Error for what is no conflict: DELTA_CANNOT_MODIFY_APPEND_ONLY, a full disk, …
    CommitResult commit();
    /// commit(), a conflict thrown as its Error.
    Committed commit_or_throw();
    /// After commit() has thrown: may the files it adds belong to a version all the same? Then they
    /// must stay. (DELTA_COMMIT_OUTCOME_UNKNOWN: the log could not be read back.)
    bool may_have_committed() const { return may_have_committed_; }

private:
    friend class ConflictCheck;
    Transaction(std::shared_ptr<Table> table, SnapshotPtr read);

    void check_can_commit() const;
    void check_iceberg_rules() const;
    bool is_empty() const;
    bool is_blind_append() const;
    bool changes_data() const;
    IsolationLevel effective_isolation() const;
    /// The text of the log entry as that version.
    std::string serialize(int64_t version);
    void assign_row_ids(int64_t version, CommitActions* actions) const;
    void set_in_commit_timestamp(int64_t version, CommitActions* actions) const;
    /// True when the version is ours, false when someone else has it.
    bool put(int64_t version, const std::string& text);
    /// Reads the commits from `version` on; returns the first that breaks a rule.
    std::optional<Conflict> check_winners(int64_t* version);
    /// Row-level concurrency: where the winner and we have marked different rows of a file as
    /// deleted, ours become marks on top of its own. What is left of the winner's changes is what
    /// the rules have to look at.
    CommitActions reconcile(const CommitActions& winner);
    bool has_row_level_concurrency() const;
    Committed finish(int64_t version, int attempts, std::string text);
    bool is_published(int64_t version) const;
    void after_commit(const Snapshot& snapshot) const;

    std::shared_ptr<Table> table_;
    SnapshotPtr read_;
    Metadata read_metadata_;
    Protocol read_protocol_;

    bool read_whole_table_ = false;
    std::vector<PredicatePtr> predicates_read_;
    std::set<std::string> files_read_;
    std::set<std::string> transactions_read_;

    std::vector<AddFile> adds_;
    std::vector<RemoveFile> removes_;
    std::vector<CdcFile> cdc_files_;
    std::vector<SetTransaction> transactions_;
    std::vector<DomainMetadata> domains_;
    std::optional<Metadata> new_metadata_;
    std::optional<Protocol> new_protocol_;
    std::set<std::string> enforced_;
    CommitInfo info_;
    std::optional<IsolationLevel> isolation_;
    bool commit_when_empty_ = false;
    bool unmaps_columns_ = false;
    bool forgets_mapping_ = false;
    bool done_ = false;
    bool may_have_committed_ = false;

    // What came between read_ and our version.
    std::vector<std::shared_ptr<const CommitActions>> winners_;
    int64_t newest_timestamp_ms_ = 0;
    int64_t row_id_high_water_mark_ = -1;
};

}  // namespace hanok::delta

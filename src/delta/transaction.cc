#include "delta/transaction.h"

#include <algorithm>

#include "base/clock.h"
#include "base/ids.h"
#include "delta/action_json.h"
#include "delta/checkpoint.h"
#include "delta/checksum.h"
#include "delta/column_mapping.h"
#include "delta/committer.h"
#include "delta/conflict_check.h"
#include "delta/handlers.h"
#include "delta/iceberg_compat.h"
#include "delta/log_replay.h"
#include "delta/log_segment.h"
#include "delta/manifest.h"
#include "delta/row_tracking.h"
#include "delta/schema_evolution.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "delta/table.h"
#include "delta/table_features.h"
#include "delta/universal_format.h"
#include "storage/object_store.h"

namespace hanok::delta {

namespace {

constexpr int kMaxAttempts = 10000000;
constexpr const char* kEngineInfo = "Hanok/0.1.0";
constexpr const char* kInCommitTimestamps = "delta.enableInCommitTimestamps";

bool is_true(const Metadata& metadata, const char* key) {
    auto it = metadata.configuration.find(key);
    return it != metadata.configuration.end() && types::names_equal(it->second, "true");
}

base::Clock& clock_of(const Table& table) {
    base::Clock* clock = table.handlers().clock;
    return clock != nullptr ? *clock : base::SystemClock::instance();
}

base::RandomSource& random_of(const Table& table) {
    base::RandomSource* random = table.handlers().random;
    return random != nullptr ? *random : base::SystemRandom::instance();
}

const char* isolation_name(IsolationLevel level) {
    switch (level) {
        case IsolationLevel::kSerializable: return "Serializable";
        case IsolationLevel::kWriteSerializable: return "WriteSerializable";
        case IsolationLevel::kSnapshotIsolation: return "SnapshotIsolation";
    }
    return "";
}

types::TypePtr schema_of(const Metadata& metadata) {
    return metadata.schema_string.empty() ? types::DataType::struct_({})
                                          : types::type_from_json(metadata.schema_string);
}

// A new table gets them; one that has them keeps them.
void require_in_commit_timestamps(Metadata* metadata) {
    auto [it, is_new] = metadata->configuration.try_emplace(kInCommitTimestamps, "true");
    if (!is_new && it->second != "true") {
        throw analysis_error("DELTA_CANNOT_MODIFY_CATALOG_MANAGED_DEPENDENCIES",
            {{"property", kInCommitTimestamps}});
    }
}

// Ids and physical names for columns that have none, if the table maps columns.
void map_columns(const Metadata& before, bool is_new_table, Metadata* after) {
    ColumnMappingMode old_mode = is_new_table ? ColumnMappingMode::kNone
                                              : column_mapping_mode(before);
    ColumnMappingMode mode = column_mapping_mode(*after);
    bool upgrade = old_mode == ColumnMappingMode::kNone && mode == ColumnMappingMode::kName;
    if (!is_new_table && old_mode != mode && !upgrade) {
        throw analysis_error("DELTA_UNSUPPORTED_COLUMN_MAPPING_MODE_CHANGE",
            {{"oldMode", std::to_string(static_cast<int>(old_mode))},
                {"newMode", std::to_string(static_cast<int>(mode))}});
    }
    if (mode == ColumnMappingMode::kNone) return;
    int64_t max_id = 0;
    auto it = after->configuration.find("delta.columnMapping.maxColumnId");
    if (it != after->configuration.end()) max_id = std::stoll(it->second);
    bool keep_names = upgrade && !is_new_table;
    types::TypePtr mapped = assign_column_mapping(schema_of(*after), keep_names, &max_id);
    if (iceberg_compat_version(*after) >= 2) mapped = assign_nested_ids(mapped, &max_id);
    after->schema_string = mapped->json();
    after->configuration["delta.columnMapping.maxColumnId"] = std::to_string(max_id);
}

}  // namespace

Error Conflict::error() const {
    return Error(ErrorKind::kConcurrentModification, condition, parameters);
}

Transaction::Transaction(std::shared_ptr<Table> table, SnapshotPtr read)
    : table_(std::move(table)), read_(std::move(read)) {
    if (read_ != nullptr) {
        read_metadata_ = read_->metadata();
        read_protocol_ = read_->protocol();
        newest_timestamp_ms_ = read_->timestamp_ms();
        auto tracked = read_->domains().find(kRowTrackingDomain);
        if (tracked != read_->domains().end())
            row_id_high_water_mark_ = row_id_high_water_mark(tracked->second);
    }
    info_.txn_id = base::new_uuid(random_of(*table_));
    info_.engine_info = kEngineInfo;
}

std::unique_ptr<Transaction> Transaction::start(std::shared_ptr<Table> table, SnapshotPtr read) {
    if (read != nullptr) check_can_write(read->protocol(), table->root());
    return std::unique_ptr<Transaction>(new Transaction(std::move(table), std::move(read)));
}

std::vector<const AddFile*> Transaction::read_files(const PredicatePtr& predicate) {
    if (read_ == nullptr) return {};
    if (predicate == nullptr || predicate->op == PredicateOp::kAlwaysTrue) {
        read_whole_table_ = true;
    } else {
        predicates_read_.push_back(predicate);
    }
    std::vector<const AddFile*> files = read_->files_matching(predicate);
    for (const AddFile* file : files) read_file(*file);
    return files;
}

void Transaction::read_file(const AddFile& file) { files_read_.insert(canonical_path(file.path)); }

std::optional<int64_t> Transaction::read_transaction(const std::string& app_id) {
    transactions_read_.insert(app_id);
    if (read_ == nullptr) return std::nullopt;
    auto it = read_->transactions().find(app_id);
    if (it == read_->transactions().end()) return std::nullopt;
    return it->second.version;
}

void Transaction::remove_file(const AddFile& file, bool data_change) {
    removes_.push_back(remove_of(file, clock_of(*table_).now_ms(), data_change));
}

void Transaction::set_transaction(SetTransaction transaction) {
    transactions_read_.insert(transaction.app_id);
    std::erase_if(
        transactions_, [&](const auto& known) { return known.app_id == transaction.app_id; });
    transactions_.push_back(std::move(transaction));
}

void Transaction::set_domain(DomainMetadata domain) {
    std::erase_if(domains_, [&](const auto& known) { return known.domain == domain.domain; });
    domains_.push_back(std::move(domain));
    if (!protocol().has_feature("domainMetadata"))
        update_protocol(with_feature(protocol(), "domainMetadata"));
}

Metadata Transaction::unmapped_metadata() {
    unmaps_columns_ = true;
    Metadata out = metadata();
    out.configuration.erase("delta.columnMapping.mode");
    out.configuration.erase("delta.columnMapping.maxColumnId");
    out.schema_string = without_column_mapping(schema_of(out))->json();
    return out;
}

void Transaction::update_metadata(Metadata metadata) {
    bool is_new_table = read_ == nullptr;
    if (is_new_table && !metadata.created_time_ms)
        metadata.created_time_ms = clock_of(*table_).now_ms();
    if (metadata.id.empty())
        metadata.id = is_new_table ? base::new_uuid(random_of(*table_)) : read_metadata_.id;
    if (is_new_table) set_iceberg_compat_defaults(&metadata);
    if (!unmaps_columns_)
        map_columns(this->metadata(), is_new_table || forgets_mapping_, &metadata);
    if (is_true(metadata, "delta.enableRowTracking")) {
        base::RandomSource& random = random_of(*table_);
        // Columns that rewritten files may keep row ids in; other writers look for these names.
        metadata.configuration.try_emplace(
            kMaterializedRowId, "_row-id-col-" + base::new_uuid(random));
        metadata.configuration.try_emplace(
            kMaterializedRowCommitVersion, "_row-commit-version-col-" + base::new_uuid(random));
        check_row_tracking_properties(metadata);
    }
    check_universal_format(metadata);
    types::TypePtr schema = schema_of(metadata);
    check_table_schema(schema, metadata.partition_columns,
        column_mapping_mode(metadata) != ColumnMappingMode::kNone);
    Protocol needed = protocol_for(metadata, schema, protocol());
    if (is_catalog_managed(needed)) require_in_commit_timestamps(&metadata);
    remove_protocol_properties(&metadata.configuration);
    if (is_new_table || needed != protocol()) update_protocol(std::move(needed));
    new_metadata_ = std::move(metadata);
}

void Transaction::update_protocol(Protocol protocol) {
    check_can_write(protocol, table_->root());
    if (read_ != nullptr || table_->handlers().commit_catalog == nullptr)
        check_has_catalog(*table_, protocol);
    if (read_ != nullptr && is_catalog_managed(protocol) != is_catalog_managed(read_protocol_))
        throw unsupported_feature("giving the commits of a table with a log to a catalog, or back");
    new_protocol_ = std::move(protocol);
}

void Transaction::set_operation(std::string name, StringMap parameters) {
    info_.operation = std::move(name);
    info_.operation_parameters = std::move(parameters);
}

void Transaction::set_metric(const std::string& name, int64_t value) {
    info_.operation_metrics[name] = std::to_string(value);
}

void Transaction::set_user(std::string user_id, std::string user_name) {
    info_.user_id = std::move(user_id);
    info_.user_name = std::move(user_name);
}

bool Transaction::is_empty() const {
    return adds_.empty() && removes_.empty() && cdc_files_.empty() && transactions_.empty() &&
           domains_.empty() && !new_metadata_ && !new_protocol_;
}

bool Transaction::changes_data() const {
    auto changes = [](const auto& file) { return file.data_change; };
    return std::any_of(adds_.begin(), adds_.end(), changes) ||
           std::any_of(removes_.begin(), removes_.end(), changes);
}

bool Transaction::is_blind_append() const {
    return removes_.empty() && cdc_files_.empty() && predicates_read_.empty() &&
           files_read_.empty() && !read_whole_table_;
}

IsolationLevel Transaction::effective_isolation() const {
    if (!changes_data() && !new_metadata_ && !new_protocol_)
        return IsolationLevel::kSnapshotIsolation;
    if (isolation_) return *isolation_;
    auto it = metadata().configuration.find("delta.isolationLevel");
    bool is_write = it != metadata().configuration.end() && it->second == "WriteSerializable";
    return is_write ? IsolationLevel::kWriteSerializable : IsolationLevel::kSerializable;
}

void Transaction::check_can_commit() const {
    if (done_) throw internal_error("a transaction was committed twice");
    if (read_ == nullptr && !new_metadata_)
        throw internal_error("a new table was committed without metadata");
    auto changes = [](const auto& file) { return file.data_change; };
    bool removes_rows = std::any_of(removes_.begin(), removes_.end(), changes);
    bool adds_rows = std::any_of(adds_.begin(), adds_.end(), changes);
    if (removes_rows && read_ != nullptr && is_true(read_metadata_, "delta.appendOnly")) {
        throw unsupported_error("DELTA_CANNOT_MODIFY_APPEND_ONLY",
            {{"table_name", table_->root()}, {"config", "delta.appendOnly"}});
    }
    std::set<std::string> paths;
    for (const AddFile& add : adds_) {
        if (!paths.insert(add.path).second)
            throw internal_error("a file was added twice in one commit: " + add.path);
    }
    check_iceberg_rules();
    if (!adds_rows) return;
    for (const std::string& feature : row_features_in_use(metadata(), schema_of(metadata()))) {
        bool is_change_feed = feature == "changeDataFeed";
        if (enforced_.contains(feature) ||
            (is_change_feed && (!removes_rows || !cdc_files_.empty())))
            continue;
        throw analysis_error("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE",
            {{"tableNameOrPath", table_->root()}, {"unsupported", feature}});
    }
}

void Transaction::set_in_commit_timestamp(int64_t version, CommitActions* actions) const {
    if (!is_true(metadata(), kInCommitTimestamps)) return;
    int64_t now_ms = *actions->commit_info->timestamp_ms;
    int64_t stamp = version == 0 ? now_ms : std::max(now_ms, newest_timestamp_ms_ + 1);
    actions->commit_info->in_commit_timestamp_ms = stamp;
    bool enabled_now = version > 0 && actions->metadata &&
                       !is_true(read_metadata_, kInCommitTimestamps);
    if (!enabled_now) return;
    StringMap& configuration = actions->metadata->configuration;
    configuration["delta.inCommitTimestampEnablementVersion"] = std::to_string(version);
    configuration["delta.inCommitTimestampEnablementTimestamp"] = std::to_string(stamp);
}

std::string Transaction::serialize(int64_t version) {
    CommitActions actions;
    actions.commit_info = info_;
    actions.commit_info->timestamp_ms = clock_of(*table_).now_ms();
    if (read_ != nullptr) actions.commit_info->read_version = read_->version();
    actions.commit_info->isolation_level = isolation_name(effective_isolation());
    actions.commit_info->is_blind_append = is_blind_append();
    if (read_ != nullptr && keeps_row_ids(read_metadata_, read_protocol_))
        actions.commit_info->tags[kRowTrackingPreserved] = "true";
    actions.protocol = new_protocol_;
    actions.metadata = new_metadata_;
    actions.adds = adds_;
    actions.removes = removes_;
    actions.cdc_files = cdc_files_;
    actions.transactions = transactions_;
    actions.domains = domains_;
    assign_row_ids(version, &actions);
    set_in_commit_timestamp(version, &actions);
    return to_ndjson(actions);
}

bool Transaction::put(int64_t version, const std::string& text) {
    CommitRequest request{version, text, clock_of(*table_).now_ms()};
    // A table that a catalogue is to manage gets its first version as any other.
    if (read_ == nullptr)
        return FileSystemCommitter().commit(*table_, request, &may_have_committed_);
    return committer_for(*table_, read_protocol_)->commit(*table_, request, &may_have_committed_);
}

std::optional<Conflict> Transaction::check_winners(int64_t* version) {
    while (auto winner = read_commit(*table_, *version)) {
        if (read_ == nullptr) {
            return Conflict{"DELTA_LOG_ALREADY_EXISTS", {{"path", table_->root()}}, *version};
        }
        std::optional<CommitActions> left;
        if (has_row_level_concurrency()) left = reconcile(*winner);
        if (auto broken = ConflictCheck(*this, left ? *left : *winner, *version).run())
            return broken;
        if (winner->commit_info && winner->commit_info->in_commit_timestamp_ms)
            newest_timestamp_ms_ = *winner->commit_info->in_commit_timestamp_ms;
        for (const DomainMetadata& domain : winner->domains) {
            if (domain.domain == kRowTrackingDomain)
                row_id_high_water_mark_ = row_id_high_water_mark(domain);
        }
        winners_.push_back(std::move(winner));
        ++*version;
    }
    return std::nullopt;
}

CommitResult Transaction::commit() {
    int64_t read_version = read_ != nullptr ? read_->version() : -1;
    if (is_empty() && !commit_when_empty_) return Committed{read_version, read_, 0, true};
    check_can_commit();
    done_ = true;
    int64_t version = read_version + 1;
    for (int attempt = 1; attempt <= kMaxAttempts; attempt++) {
        std::string text = serialize(version);
        if (put(version, text)) return finish(version, attempt, std::move(text));
        if (auto broken = check_winners(&version)) return *broken;
    }
    throw Error(ErrorKind::kConcurrentModification, "DELTA_MAX_COMMIT_RETRIES_EXCEEDED",
        {{"failVersion", std::to_string(version)}, {"numAttempts", std::to_string(kMaxAttempts)}});
}

Committed Transaction::commit_or_throw() {
    CommitResult result = commit();
    if (auto* conflict = std::get_if<Conflict>(&result)) throw conflict->error();
    return std::get<Committed>(std::move(result));
}

Committed Transaction::finish(int64_t version, int attempts, std::string text) {
    Committed committed;
    committed.version = version;
    committed.attempts = attempts;
    // The commit stands whatever happens now: a snapshot that cannot be made is only missing.
    try {
        std::string path = storage::join_path(table_->log_path(), commit_file_name(version));
        auto ours = std::make_shared<CommitActions>();
        parse_actions(text, path, {}, ours.get());
        LogContents contents;
        contents.deltas = winners_;
        contents.deltas.push_back(std::move(ours));
        LogSegment segment;
        segment.version = version;
        segment.last_path = path;
        auto info = table_->store().head(path);
        if (info) {
            segment.last_modified_ms = info->modified_ms;
            segment.last_etag = info->etag;
        }
        committed.snapshot = SnapshotBuilder::build(*table_, segment, std::move(contents), read_);
        table_->offer(committed.snapshot);
        after_commit(*committed.snapshot);
    } catch (const std::exception&) {
        return committed;
    }
    return committed;
}

namespace {

// What follows a commit serves others; the commit stands without it.
template <class Work>
void if_possible(const Work& work) {
    try {
        work();
    } catch (const std::exception&) {
        return;
    }
}

}  // namespace

// A checkpoint stands for commits that everyone can see.
bool Transaction::is_published(int64_t version) const {
    if (!is_catalog_managed(protocol())) return true;
    std::string path = storage::join_path(table_->log_path(), commit_file_name(version));
    return table_->store().head(path).has_value();
}

void Transaction::after_commit(const Snapshot& snapshot) const {
    if_possible([&] { write_checksum(snapshot); });
    bool has_manifests = snapshot.bool_property(
        "delta.compatibility.symlinkFormatManifest.enabled", false);
    if (has_manifests && (!adds_.empty() || !removes_.empty()))
        if_possible([&] { write_manifests(snapshot); });
    if (table_->handlers().commit_listener) table_->handlers().commit_listener->committed(snapshot);
    if (!is_checkpoint_due(snapshot) || !is_published(snapshot.version())) return;
    if (write_checkpoint(snapshot, table_->handlers()) && !is_catalog_managed(snapshot.protocol()))
        clean_up_expired_logs(snapshot, table_->handlers(), clock_of(*table_).now_ms());
}

}  // namespace hanok::delta

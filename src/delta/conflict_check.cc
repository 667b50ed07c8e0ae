#include "delta/conflict_check.h"

#include <algorithm>

#include "delta/file_skipping.h"
#include "delta/log_replay.h"
#include "delta/partition_value.h"
#include "delta/row_tracking.h"
#include "delta/snapshot.h"

namespace hanok::delta {

namespace {

std::string partition_text(const PartitionValues& values) {
    if (values.empty()) return "the root of the table";
    std::string out;
    for (const auto& [name, value] : values)
        out += (out.empty() ? "partition [" : ", ") + name + "=" + value.value_or("null");
    return out + "]";
}

bool is_blind_append(const CommitActions& commit) {
    return commit.commit_info && commit.commit_info->is_blind_append.value_or(false);
}

}  // namespace

ConflictCheck::ConflictCheck(
    const Transaction& mine, const CommitActions& winner, int64_t winning_version)
    : mine_(mine), winner_(winner), winning_version_(winning_version) {}

Conflict ConflictCheck::conflict(const char* condition, ErrorParameters parameters) const {
    parameters["version"] = std::to_string(winning_version_);
    parameters["operation"] = winner_.commit_info && !winner_.commit_info->operation.empty()
                                  ? winner_.commit_info->operation
                                  : "unknown operation";
    return {condition, std::move(parameters), winning_version_};
}

std::optional<Conflict> ConflictCheck::run() const {
    using Rule = std::optional<Conflict> (ConflictCheck::*)() const;
    for (Rule rule : {&ConflictCheck::check_protocol, &ConflictCheck::check_metadata,
             &ConflictCheck::check_domains, &ConflictCheck::check_transactions,
             &ConflictCheck::check_appends, &ConflictCheck::check_deletes_of_read_files,
             &ConflictCheck::check_deletes_of_deleted_files}) {
        if (auto broken = (this->*rule)()) return broken;
    }
    return std::nullopt;
}

std::optional<Conflict> ConflictCheck::check_protocol() const {
    if (!winner_.protocol || *winner_.protocol == mine_.read_protocol_) return std::nullopt;
    return conflict("DELTA_PROTOCOL_CHANGED");
}

std::optional<Conflict> ConflictCheck::check_metadata() const {
    if (!winner_.metadata) return std::nullopt;
    bool same = *winner_.metadata == mine_.read_metadata_ && !mine_.new_metadata_;
    if (same) return std::nullopt;
    return conflict("DELTA_METADATA_CHANGED");
}

std::optional<Conflict> ConflictCheck::check_domains() const {
    for (const DomainMetadata& theirs : winner_.domains) {
        if (theirs.domain == kRowTrackingDomain) continue;  // row ids are given out anew
        for (const DomainMetadata& ours : mine_.domains_) {
            if (ours.domain == theirs.domain)
                return conflict("DELTA_CONCURRENT_TRANSACTION", {{"name", theirs.domain}});
        }
    }
    return std::nullopt;
}

std::optional<Conflict> ConflictCheck::check_transactions() const {
    for (const SetTransaction& theirs : winner_.transactions) {
        if (mine_.transactions_read_.contains(theirs.app_id))
            return conflict("DELTA_CONCURRENT_TRANSACTION", {{"name", theirs.app_id}});
    }
    return std::nullopt;
}

std::optional<Conflict> ConflictCheck::check_appends() const {
    IsolationLevel level = mine_.effective_isolation();
    if (level == IsolationLevel::kSnapshotIsolation) return std::nullopt;
    bool skip_blind = level == IsolationLevel::kWriteSerializable && !mine_.new_metadata_;
    if (skip_blind && is_blind_append(winner_)) return std::nullopt;
    auto broken = [&](const AddFile& add) {
        return conflict(
            "DELTA_CONCURRENT_APPEND", {{"partition", partition_text(add.partition_values)}});
    };
    for (const AddFile& add : winner_.adds) {
        if (!add.data_change) continue;
        if (mine_.read_whole_table_) return broken(add);
    }
    if (mine_.read_ == nullptr) return std::nullopt;
    for (const PredicatePtr& predicate : mine_.predicates_read_) {
        FileSkipper skipper(*mine_.read_, predicate);
        for (const AddFile& add : winner_.adds) {
            if (!add.data_change) continue;
            bool may_match = mine_.has_row_level_concurrency()
                                 ? skipper.evaluate(add).can_be_true
                                 : skipper.evaluate_partitions(add.partition_values).can_be_true;
            if (may_match) return broken(add);
        }
    }
    return std::nullopt;
}

std::optional<Conflict> ConflictCheck::check_deletes_of_read_files() const {
    for (const RemoveFile& remove : winner_.removes) {
        if (mine_.read_whole_table_ || mine_.files_read_.contains(canonical_path(remove.path)))
            return conflict("DELTA_CONCURRENT_DELETE_READ", {{"file", remove.path}});
    }
    return std::nullopt;
}

std::optional<Conflict> ConflictCheck::check_deletes_of_deleted_files() const {
    std::set<std::string> ours;
    for (const RemoveFile& remove : mine_.removes_) ours.insert(canonical_path(remove.path));
    for (const RemoveFile& remove : winner_.removes) {
        if (ours.contains(canonical_path(remove.path)))
            return conflict("DELTA_CONCURRENT_DELETE_DELETE", {{"file", remove.path}});
    }
    return std::nullopt;
}

}  // namespace hanok::delta

// ALTER TABLE … DROP FEATURE. First the table stops using the feature. A feature that readers must
// know also stands in the history: either checkpoints are made that readers without it can start
// from and that must not be removed (checkpointProtection), or with TRUNCATE HISTORY the old
// versions go once they are old enough.

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/alter_delta.h"
#include "commands/delta_write.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "delta/checkpoint.h"
#include "delta/column_mapping.h"
#include "delta/history.h"
#include "delta/log_replay.h"
#include "delta/row_tracking.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/table_features.h"

namespace hanok::commands {

namespace {

constexpr const char* kProtection = "checkpointProtection";
constexpr const char* kTruncationRetention = "delta.dropFeatureTruncateHistory.retentionDuration";
constexpr int64_t kDayMs = 24LL * 3600 * 1000;
constexpr int64_t kMinuteMs = 60LL * 1000;

bool is_one_of(const std::string& name, std::initializer_list<const char*> names) {
    return std::any_of(
        names.begin(), names.end(), [&](const char* other) { return name == other; });
}

bool is_type_widening(const std::string& feature) {
    return is_one_of(feature, {"typeWidening", "typeWidening-preview"});
}

bool has_type_changes(const types::DataType& type) {
    switch (type.id()) {
        case types::TypeId::kArray: return has_type_changes(*type.element());
        case types::TypeId::kMap:
            return has_type_changes(*type.key()) || has_type_changes(*type.value());
        case types::TypeId::kStruct:
            return std::any_of(type.fields().begin(), type.fields().end(), [](const auto& field) {
                return delta::field_metadata(field, "delta.typeChanges").has_value() ||
                       has_type_changes(*field.type);
            });
        default: return false;
    }
}

types::TypePtr without_type_changes(const types::TypePtr& type) {
    using types::DataType;
    switch (type->id()) {
        case types::TypeId::kArray:
            return DataType::array(without_type_changes(type->element()), type->contains_null());
        case types::TypeId::kMap:
            return DataType::map(without_type_changes(type->key()),
                without_type_changes(type->value()), type->contains_null());
        case types::TypeId::kStruct: {
            auto fields = type->fields();
            for (auto& field : fields) {
                field.type = without_type_changes(field.type);
                if (!delta::field_metadata(field, "delta.typeChanges")) continue;
                auto json = nlohmann::ordered_json::parse(field.metadata);
                json.erase("delta.typeChanges");
                field.metadata = json.empty() ? "" : json.dump();
            }
            return DataType::struct_(std::move(fields));
        }
        default: return type;
    }
}

class FeatureDrop {
public:
    FeatureDrop(Session& session, const DeltaTarget& target, const plan::AlterAction& action)
        : session_(session),
          target_(target),
          feature_(action.text),
          truncates_(!action.keys.empty()),
          in_history_(delta::is_reader_feature(feature_) || feature_ == kProtection) {}

    void run() {
        check();
        bool stopped_now = stop_using();
        if (!in_history_) return drop(false);
        if (!truncates_) return drop(true);
        if (stopped_now) throw not_yet("DELTA_FEATURE_DROP_WAIT_FOR_RETENTION_PERIOD");
        truncate();
        drop(false);
    }

private:
    delta::SnapshotPtr snapshot() const { return target_.table->snapshot(); }

    void check() const {
        if (!delta::is_known_feature(feature_)) {
            throw analysis_error(
                "DELTA_FEATURE_DROP_UNSUPPORTED_CLIENT_FEATURE", {{"feature", feature_}});
        }
        auto now = snapshot();
        if (!now->protocol().has_feature(feature_)) {
            throw analysis_error("DELTA_FEATURE_DROP_FEATURE_NOT_PRESENT", {{"feature", feature_}});
        }
        bool removable = is_one_of(
            feature_, {"deletionVectors", "v2Checkpoint", "columnMapping", "vacuumProtocolCheck",
                          "checkConstraints", "inCommitTimestamp", "typeWidening",
                          "typeWidening-preview", "rowTracking", "domainMetadata", kProtection});
        if (!removable) {
            throw analysis_error(
                "DELTA_FEATURE_DROP_NONREMOVABLE_FEATURE", {{"feature", feature_}});
        }
        auto dependents = delta::dependents_of(now->protocol(), feature_);
        if (!dependents.empty()) {
            throw analysis_error("DELTA_FEATURE_DROP_DEPENDENT_FEATURE",
                {{"feature", feature_}, {"dependentFeatures", json_list(dependents)}});
        }
        if (truncates_ && !in_history_)
            throw analysis_error("DELTA_FEATURE_DROP_HISTORY_TRUNCATION_NOT_ALLOWED", {});
        if (!truncates_ && feature_ == kProtection) {
            throw analysis_error(
                "DELTA_FEATURE_CAN_ONLY_DROP_CHECKPOINT_PROTECTION_WITH_HISTORY_TRUNCATION", {});
        }
        check_constraints_gone(*now);
    }

    void check_constraints_gone(const delta::Snapshot& now) const {
        if (feature_ != "checkConstraints") return;
        std::vector<std::string> names;
        for (const auto& [name, sql] : check_constraints(now.metadata())) names.push_back(name);
        if (names.empty()) return;
        throw analysis_error(
            "DELTA_CANNOT_DROP_CHECK_CONSTRAINT_FEATURE", {{"constraints", json_list(names)}});
    }

    // ---- the table as it is

    // True if there was something to stop.
    bool stop_using() {
        if (feature_ == "deletionVectors") return purge_vectors();
        if (feature_ == "columnMapping") return unmap_columns();
        if (feature_ == "rowTracking") return forget_row_ids();
        if (feature_ == "domainMetadata") return remove_domains();
        if (is_type_widening(feature_)) return rewrite_widened();
        if (feature_ == "v2Checkpoint") return unset({"delta.checkpointPolicy"}, {});
        if (feature_ == "inCommitTimestamp") {
            return unset({"delta.inCommitTimestampEnablementVersion",
                             "delta.inCommitTimestampEnablementTimestamp"},
                {"delta.enableInCommitTimestamps"});
        }
        return false;
    }

    std::unique_ptr<delta::Transaction> begin(const std::string& operation) const {
        auto transaction = delta::Transaction::start(target_.table, snapshot());
        transaction->set_operation(operation, {});
        sign(session_, *transaction);
        return transaction;
    }

    // Takes properties out, and switches of the feature off.
    bool unset(const std::vector<std::string>& keys, const std::vector<std::string>& switches) {
        auto metadata = snapshot()->metadata();
        auto before = metadata;
        for (const auto& key : keys) metadata.configuration.erase(key);
        for (const auto& key : switches) {
            if (metadata.configuration.contains(key)) metadata.configuration[key] = "false";
        }
        if (metadata == before) return false;
        auto transaction = begin("UNSET TBLPROPERTIES");
        transaction->update_metadata(metadata);
        transaction->commit_or_throw();
        return true;
    }

    void rewrite(bool every_file) {
        plan::Optimize purge;
        purge.name.parts = {"delta", target_.table->root()};
        purge.purge = true;
        purge.rewrites_all = every_file;
        optimize(session_, purge);
    }

    bool purge_vectors() {
        bool was_on = snapshot()->bool_property("delta.enableDeletionVectors", false);
        unset({}, {"delta.enableDeletionVectors"});
        auto files = snapshot()->files();
        bool has_vectors = std::any_of(files.begin(), files.end(),
            [](const auto* file) { return file->deletion_vector.has_value(); });
        if (has_vectors) rewrite(false);
        return was_on || has_vectors;
    }

    bool rewrite_widened() {
        bool was_on = unset({}, {"delta.enableTypeWidening"});
        if (!has_type_changes(*snapshot()->schema())) return was_on;
        rewrite(true);
        auto metadata = snapshot()->metadata();
        metadata.schema_string = without_type_changes(snapshot()->schema())->json();
        auto transaction = begin("CHANGE COLUMNS");
        transaction->update_metadata(metadata);
        transaction->commit_or_throw();
        return true;
    }

    bool remove_domains() {
        auto domains = snapshot()->domains();
        if (domains.empty()) return false;
        auto transaction = begin("DOMAIN METADATA CLEANUP");
        for (auto [name, domain] : domains) {
            domain.removed = true;
            transaction->set_domain(domain);
        }
        transaction->commit_or_throw();
        return true;
    }

    bool forget_row_ids() {
        bool stopped = unset({"delta.rowTracking.materializedRowIdColumnName",
                                 "delta.rowTracking.materializedRowCommitVersionColumnName"},
            {"delta.enableRowTracking"});
        auto now = snapshot();
        if (!now->domains().contains(delta::kRowTrackingDomain)) return stopped;
        auto transaction = begin("ROW TRACKING UNBACKFILL");
        auto domain = now->domains().at(delta::kRowTrackingDomain);
        domain.removed = true;
        transaction->set_domain(domain);
        transaction->commit_or_throw();
        return true;
    }

    // Files get the table's own column names.
    bool unmap_columns() {
        auto now = snapshot();
        if (now->column_mapping_mode() == delta::ColumnMappingMode::kNone) return false;
        auto transaction = begin("REORG");
        auto metadata = transaction->unmapped_metadata();
        auto schema = types::type_from_json(metadata.schema_string);
        RowLevelTarget rows{target_, now, target_.qualifier};
        auto files = write_data_files(session_, scan_to_rewrite(rows, false, now->files()),
            target_.table->root(), metadata, schema, {});
        try {
            transaction->update_metadata(metadata);
            transaction->read_whole_table();
            for (const auto* file : now->files()) transaction->remove_file(*file, false);
            for (auto& file : files) {
                file.data_change = false;
                transaction->add_file(file);
            }
            transaction->commit_or_throw();
        } catch (...) {
            if (!transaction->may_have_committed())
                remove_data_files(session_, target_.table->root(), files);
            throw;
        }
        return true;
    }

    // ---- its history

    int64_t retention_ms() const {
        return snapshot()->interval_property_ms(kTruncationRetention, kDayMs);
    }

    Error not_yet(const char* condition) const {
        auto now = snapshot();
        return analysis_error(condition,
            {{"feature", feature_}, {"logRetentionPeriodKey", "delta.logRetentionDuration"},
                {"logRetentionPeriod", now->property("delta.logRetentionDuration", "30 days")},
                {"truncateHistoryLogRetentionPeriod",
                    now->property(kTruncationRetention, "24 hours")}});
    }

    bool uses_feature(const delta::CommitActions& commit) const {
        auto has_vector = [](const auto& file) { return file.deletion_vector.has_value(); };
        if (feature_ == "deletionVectors") {
            return std::any_of(commit.adds.begin(), commit.adds.end(), has_vector) ||
                   std::any_of(commit.removes.begin(), commit.removes.end(), has_vector);
        }
        if (!commit.metadata) return false;
        const auto& metadata = *commit.metadata;
        if (feature_ == "columnMapping") {
            return delta::column_mapping_mode(metadata) != delta::ColumnMappingMode::kNone;
        }
        if (is_type_widening(feature_))
            return has_type_changes(*types::type_from_json(metadata.schema_string));
        auto policy = metadata.configuration.find("delta.checkpointPolicy");
        return feature_ == "v2Checkpoint" && policy != metadata.configuration.end() &&
               policy->second == "v2";
    }

    // Removes what is old enough; throws when younger versions still use the feature.
    void truncate() {
        auto now = snapshot();
        delta::write_checkpoint(*now, target_.table->handlers());
        int64_t cutoff_ms = session_.platform().clock().now_ms() - retention_ms();
        delta::truncate_history(*now, cutoff_ms / kMinuteMs * kMinuteMs);
        int64_t first = delta::earliest_version(*target_.table);
        if (feature_ == kProtection) {
            if (first < now->int_property(delta::kCheckpointProtection, 0))
                throw not_yet("DELTA_FEATURE_DROP_HISTORICAL_VERSIONS_EXIST");
            return;
        }
        auto state = target_.table->snapshot_at_version(first);
        delta::CommitActions begin;
        begin.metadata = state->metadata();
        for (const auto* file : state->files()) begin.adds.push_back(*file);
        for (const auto* file : state->tombstones()) begin.removes.push_back(*file);
        bool used = uses_feature(begin);
        for (int64_t v = first; v <= now->version() && !used; ++v) {
            auto commit = delta::read_commit(*target_.table, v);
            used = commit && uses_feature(*commit);
        }
        if (used) throw not_yet("DELTA_FEATURE_DROP_HISTORICAL_VERSIONS_EXIST");
    }

    void drop(bool protects_checkpoints) {
        if (protects_checkpoints) delta::write_checkpoint(*snapshot(), target_.table->handlers());
        auto transaction = begin("DROP FEATURE");
        transaction->set_operation("DROP FEATURE",
            {{"featureName", feature_}, {"truncateHistory", truncates_ ? "true" : "false"}});
        auto now = transaction->read_snapshot();
        auto protocol = delta::without_feature(now->protocol(), feature_);
        auto metadata = now->metadata();
        if (feature_ == kProtection) metadata.configuration.erase(delta::kCheckpointProtection);
        if (protects_checkpoints) {
            protocol = delta::with_feature(protocol, kProtection);
            metadata.configuration[delta::kCheckpointProtection] = std::to_string(
                now->version() + 1);
        }
        if (!(metadata == now->metadata())) transaction->update_metadata(metadata);
        transaction->update_protocol(protocol);
        auto done = transaction->commit_or_throw();
        if (protects_checkpoints && done.snapshot)
            delta::write_checkpoint(*done.snapshot, target_.table->handlers());
    }

    Session& session_;
    const DeltaTarget& target_;
    std::string feature_;
    bool truncates_;
    bool in_history_;
};

}  // namespace

void drop_feature(Session& session, const DeltaTarget& target, const plan::AlterAction& action) {
    FeatureDrop(session, target, action).run();
}

}  // namespace hanok::commands

// Row tracking turned on for a table that has rows: its files get their ids first.

#include "commands/alter_delta.h"
#include "commands/delta_write.h"
#include "commands/row_level.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "delta/table.h"
#include "delta/table_features.h"

namespace hanok::commands {

void backfill_row_ids(Session& session, const DeltaTarget& target) {
    auto snapshot = target.table->snapshot();
    bool is_suspended = snapshot->bool_property("delta.rowTrackingSuspended", false);
    if (!snapshot->protocol().has_feature("rowTracking") || is_suspended) {
        auto upgrade = delta::Transaction::start(target.table, snapshot);
        if (is_suspended) {
            auto metadata = snapshot->metadata();
            metadata.configuration.erase("delta.rowTrackingSuspended");
            upgrade->update_metadata(metadata);
        }
        upgrade->update_protocol(delta::with_feature(upgrade->protocol(), "rowTracking"));
        upgrade->set_operation("UPGRADE PROTOCOL", {});
        sign(session, *upgrade);
        upgrade->commit_or_throw();
        snapshot = target.table->snapshot();
    }
    auto transaction = delta::Transaction::start(target.table, snapshot);
    RowLevelTarget rows{target, snapshot, target.qualifier};
    for (const auto* file : snapshot->files()) {
        if (file->base_row_id) continue;
        auto tracked = *file;
        tracked.data_change = false;
        if (!delta::stats_num_records(tracked.stats)) {
            int64_t deleted = file->deletion_vector ? file->deletion_vector->cardinality : 0;
            tracked.stats =
                "{\"numRecords\":" + std::to_string(rows_in(session, rows, {file}) + deleted) + "}";
        }
        transaction->read_file(*file);
        transaction->add_file(std::move(tracked));
    }
    transaction->set_operation("ROW TRACKING BACKFILL", {});
    sign(session, *transaction);
    transaction->commit_or_throw();  // nothing to commit: skipped
}

}  // namespace hanok::commands

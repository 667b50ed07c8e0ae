#pragma once
// Row tracking: every row has an id that it keeps when its file is rewritten, and the version that
// last changed it.

#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::delta {

/// Properties that name the columns in which rewritten files keep what their rows had before.
inline constexpr const char* kMaterializedRowId = "delta.rowTracking.materializedRowIdColumnName";
inline constexpr const char* kMaterializedRowCommitVersion =
    "delta.rowTracking.materializedRowCommitVersionColumnName";
/// The domain that holds the highest row id given out.
inline constexpr const char* kRowTrackingDomain = "delta.rowTracking";
/// A tag of commitInfo: rows that the commit rewrote kept their ids and versions.
inline constexpr const char* kRowTrackingPreserved = "delta.rowTracking.preserved";

/// May readers ask for row ids, and must whoever rewrites rows keep them?
bool keeps_row_ids(const Metadata& metadata, const Protocol& protocol);
bool keeps_row_ids(const Snapshot& snapshot);
/// Do files that are added get ids? Not while the table has suspended it.
bool assigns_row_ids(const Metadata& metadata, const Protocol& protocol);
/// -1 where none was given out.
int64_t row_id_high_water_mark(const DomainMetadata& domain);
/// Throws DELTA_ROW_TRACKING_ILLEGAL_PROPERTY_COMBINATION.
void check_row_tracking_properties(const Metadata& metadata);

}  // namespace hanok::delta

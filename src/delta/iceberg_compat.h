#pragma once
// icebergCompatV1 and V2: what a table keeps to so that Iceberg readers can be given metadata of
// its files. The metadata itself is made elsewhere.

#include <optional>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::delta {

inline constexpr int kMaxIcebergCompat = 2;
/// Tag of a data file that was written for that version.
inline constexpr const char* kIcebergCompatTag = "ICEBERG_COMPAT_VERSION";

/// The version that delta.enableIcebergCompatV<n> turns on; 0 for none. Throws
/// DELTA_ICEBERG_COMPAT_VIOLATION.VERSION_MUTUAL_EXCLUSIVE for two.
int iceberg_compat_version(const Metadata& metadata);

/// Column mapping, which the feature needs, for a table that is being made.
void set_iceberg_compat_defaults(Metadata* metadata);

/// A commit as the rules see it.
struct IcebergCompatCommit {
    const Metadata* before = nullptr;  // null: a new table
    const Metadata& after;
    const Protocol& protocol;
    std::vector<const AddFile*> kept;  // files of the table that stay
    const std::vector<AddFile>& added;
};
/// Throws DELTA_ICEBERG_COMPAT_VIOLATION.….
void check_iceberg_compat(const IcebergCompatCommit& commit);

}  // namespace hanok::delta

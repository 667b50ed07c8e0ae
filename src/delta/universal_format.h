#pragma once
// UniForm: does a table ask for metadata of other formats (delta.universalFormat.enabledFormats)?

#include "delta/actions.h"

namespace hanok::delta {

bool wants_iceberg(const Metadata& metadata);
/// Throws DELTA_UNIVERSAL_FORMAT_VIOLATION when what Iceberg needs is not enabled, and
/// DELTA_INVALID_PROPERTY for other formats.
void check_universal_format(const Metadata& metadata);

}  // namespace hanok::delta

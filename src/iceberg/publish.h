#pragma once
// UniForm: Iceberg metadata beside a Delta table, so that readers of Iceberg see its versions.

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "delta/fwd.h"
#include "delta/handlers.h"

namespace hanok::iceberg {

/// Publishes what was committed, where the table asks for Iceberg. A failure is logged, and the
/// next commit makes up for it.
class UniformPublisher final : public delta::CommitListener {
public:
    void committed(const delta::Snapshot& snapshot) override;
};

/// Writes metadata/v<version>.metadata.json with what it needs, and the hint to it. Does nothing
/// when this or a newer version is there. Throws Error, and then readers see the version before.
void publish(const delta::Snapshot& snapshot, base::RandomSource& random);

/// What readers of Iceberg see now; nullopt when the table has no Iceberg metadata.
struct Published {
    std::string metadata_location;
    int64_t delta_version = -1;
    int64_t delta_timestamp_ms = 0;
};
std::optional<Published> published(const delta::Snapshot& snapshot);

}  // namespace hanok::iceberg

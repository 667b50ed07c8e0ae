#pragma once
// How a session reaches object stores.

#include "session/session.h"
#include "storage/store_settings.h"

namespace hanok::session {

/// The server's settings, and the session's keys (spark.hadoop.fs.…, fs.…) over them: for a
/// storage::StoreScope around what reads and writes on the session's behalf (commands, execution,
/// the resolver, because analysis may run on a thread of its own).
storage::StoreSettingsPtr store_settings(Session& session);

}  // namespace hanok::session

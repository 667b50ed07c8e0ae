#pragma once
#include "catalog/securables.h"
#include "session/session.h"

namespace hanok::commands {

// Removes a managed table's files; external tables and views keep theirs. Called after the catalog
// forgot it.
void drop_data(session::Session& session, const catalog::TableInfo& table);

}  // namespace hanok::commands

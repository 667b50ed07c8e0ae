#pragma once
// Tables of databases outside as scan sources: spark.read.format("jdbc").

#include <map>
#include <string>
#include <vector>

#include "resolved/scan_source.h"

namespace hanok::session {

class Session;

// `predicates`: WHERE clauses, one for each part; empty: by the options. `schema`: that of a table
// of the catalog, null: the database tells. Throws what jdbc/options.h and jdbc/table.h throw.
resolved::ScanSourcePtr scan_of_jdbc(Session& session,
    const std::map<std::string, std::string>& options, const std::vector<std::string>& predicates,
    const types::TypePtr& schema);

}  // namespace hanok::session

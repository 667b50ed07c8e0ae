#pragma once
// A table or query of a database outside, as something the engine scans.

#include <memory>
#include <string>
#include <vector>

#include "jdbc/connection.h"
#include "resolved/scan_source.h"

namespace hanok::engine {

struct JdbcScanSource final : resolved::ScanSource {
    std::shared_ptr<const jdbc::Options> options;
    std::vector<jdbc::Column> columns;  // those of the schema, as the database has them
    std::vector<std::string> clauses;   // WHERE of each part, "" for all rows; never empty
};

}  // namespace hanok::engine

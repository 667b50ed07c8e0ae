#pragma once
// The `stats` of a written file for Delta's log, from what the Parquet writer returns.

#include <duckdb.hpp>
#include <string>
#include <vector>

#include "delta/statistics.h"
#include "engine/engine.h"
#include "resolved/expression.h"

namespace hanok::engine {

class FileStatistics {
public:
    FileStatistics(const resolved::Attributes& attributes, const WriteSpec& spec);

    // `column_statistics` is RETURN_STATS' map: column path -> (kind -> text).
    std::string json(int64_t num_rows, const duckdb::Value& column_statistics) const;

private:
    std::vector<delta::StatsColumn> columns_;
};

}  // namespace hanok::engine

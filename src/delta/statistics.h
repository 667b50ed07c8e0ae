#pragma once
// The `stats` of an add action: which columns have them, and their JSON.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "delta/actions.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::delta {

/// A leaf of the data schema that gets statistics.
struct StatsColumn {
    std::vector<std::string> logical_path;
    std::vector<std::string> physical_path;
    types::TypePtr type;
    bool has_min_max = false;  // otherwise only the count of nulls
};

/// By delta.dataSkippingStatsColumns, else the first delta.dataSkippingNumIndexedCols (32) leaves.
/// Partition columns have none; maps and arrays are leaves that count nulls only.
std::vector<StatsColumn> stats_columns(const Metadata& metadata, const types::TypePtr& schema);

/// What a writer knows of one leaf of one file. Texts as DuckDB's Parquet writer returns them.
struct LeafStatistics {
    std::vector<std::string> physical_path;
    std::optional<std::string> min;
    std::optional<std::string> max;
    std::optional<int64_t> null_count;
    bool has_nan = false;  // floats: the bounds are no bounds then
};

/// The JSON text. Strings are cut to 32 characters, timestamps to milliseconds, -0.0 widened.
std::string stats_json(int64_t num_records, const std::vector<StatsColumn>& columns,
    const std::vector<LeafStatistics>& leaves);

/// At most 32 code points; as a maximum, with a tie-breaker so that it stays an upper bound,
/// nullopt when there is none.
std::string truncate_min_string(const std::string& text);
std::optional<std::string> truncate_max_string(const std::string& text);

/// numRecords of a stats text; nullopt when absent.
std::optional<int64_t> stats_num_records(std::string_view stats);
/// The same stats with tightBounds set (false once a deletion vector is put on the file).
std::string with_tight_bounds(const std::string& stats, bool tight);

}  // namespace hanok::delta

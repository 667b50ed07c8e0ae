#pragma once
// The options of Spark's JDBC source. Keys in any case.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jdbc/url.h"
#include "types/data_type.h"

namespace hanok::jdbc {

enum class Isolation { kNone, kReadUncommitted, kReadCommitted, kRepeatableRead, kSerializable };

struct Options {
    std::string url;
    Url parsed;
    std::string user;
    std::string password;
    std::string table;  // what stands after FROM: dbtable, or the query in parentheses
    std::string query;  // as given, for errors; "" with dbtable

    std::optional<std::string> partition_column;
    std::string lower_bound;
    std::string upper_bound;
    std::optional<int64_t> num_partitions;
    int64_t fetch_size = 0;
    int64_t query_timeout_s = 0;
    std::string session_init_statement;
    std::string custom_schema;
    bool push_down_predicate = true;
    bool prefer_timestamp_ntz = false;

    int64_t batch_size = 1000;
    Isolation isolation = Isolation::kReadUncommitted;
    bool truncate = false;
    bool cascade_truncate = false;
    std::string create_table_options;
    std::string create_table_column_types;
};

// Throws HANOK_INVALID_OPTION-like errors of Spark's source: a missing url, dbtable and query
// together or neither, half of the partitioning options, numbers out of range.
Options parse_options(const std::map<std::string, std::string>& options, bool for_write);

}  // namespace hanok::jdbc

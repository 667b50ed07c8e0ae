#include "engine/io/parquet_source.h"

#include "delta/partition_value.h"
#include "engine/io/folder_scan.h"
#include "engine/io/legacy_dates.h"
#include "engine/types/logical_types.h"
#include "types/datetime_text.h"

// Strings of Parquet files are bytes that mostly are UTF-8. As in Spark, those that are not stay as
// they are: DuckDB's reader asks this function of its own whether to raise, and finds the program's
// definition first (tests/sql/functions/invalid_utf8.sql fails should that change).
namespace duckdb {

class StringColumnReader {
public:
    static bool IsValid(const char* text, uint32_t size, bool is_varchar);
};

__attribute__((visibility("default"))) bool StringColumnReader::IsValid(
    const char*, uint32_t, bool) {
    return true;
}

}  // namespace duckdb

namespace hanok::engine {

bool has_zone(const std::string& text) {
    if (text.ends_with('Z')) return true;
    auto time = text.find(':');
    return time != std::string::npos && text.find_first_of("+-", time) != std::string::npos;
}

duckdb::Value folder_partition_value(const std::optional<std::string>& text,
    const ScanColumn& column, const std::string& time_zone) {
    auto value = delta::parse_partition_value(text, *column.type);
    if (column.type->is(types::TypeId::kTimestamp) && !value.is_null() && !has_zone(*text)) {
        value = types::int_value(types::local_to_utc_micros(value.as_int(), time_zone));
    }
    return to_duckdb_value(value, *column.type);
}

DataScanPtr make_parquet_source_scan(const resolved::Scan& scan, const FileScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context) {
    return std::make_shared<FolderScan>(
        scan, source, column_names, context, parquet_calendar_modes(source.options, context));
}

}  // namespace hanok::engine

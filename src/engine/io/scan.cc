#include "engine/io/scan.h"

#include "base/error.h"
#include "engine/functions/function_lowering.h"
#include "engine/io/data_scan.h"
#include "engine/io/delta_scan.h"
#include "engine/io/parquet_source.h"
#include "engine/io/retype.h"
#include "engine/io/store_file_system.h"
#include "engine/scan_sources.h"
#include "types/data_type.h"

namespace hanok::engine {

void register_io(duckdb::DatabaseInstance& instance) {
    register_store_file_system(instance);
    register_parquet_scan(instance);
    register_retype(instance);
    // Timestamps are instants; only our own functions know the session's zone. Data files never change under a name.
    duckdb::Connection connection(instance);
    for (const char* setting : {"SET GLOBAL TimeZone = 'UTC'", "SET GLOBAL parquet_metadata_cache = true"}) {
        auto result = connection.Query(setting);
        if (result->HasError()) result->ThrowError();
    }
}

duckdb::unique_ptr<duckdb::TableRef> lower_scan(LowerContext& context, const resolved::Scan& scan,
                                                const std::string& alias,
                                                const std::vector<std::string>& column_names) {
    if (const auto* table = dynamic_cast<const DeltaScanSource*>(scan.source.get())) {
        return parquet_scan_ref(make_delta_scan(scan, *table, column_names), alias);
    }
    const auto* files = dynamic_cast<const FileScanSource*>(scan.source.get());
    if (!files) throw unsupported_feature("data source " + scan.source->format);
    auto format = types::to_lower(files->format);
    if (format == "parquet") {
        return parquet_scan_ref(make_parquet_source_scan(scan, *files, column_names, context.query), alias);
    }
    throw unsupported_feature("reading the format " + files->format);
}

}  // namespace hanok::engine

#include "engine/io/scan.h"

#include "base/error.h"
#include "engine/functions/function_lowering.h"
#include "engine/io/avro_format.h"
#include "engine/io/binary_file_format.h"
#include "engine/io/change_feed_scan.h"
#include "engine/io/csv_format.h"
#include "engine/io/data_scan.h"
#include "engine/io/delta_scan.h"
#include "engine/io/file_scan.h"
#include "engine/io/iceberg_scan.h"
#include "engine/io/jdbc_scan.h"
#include "engine/io/json_format.h"
#include "engine/io/legacy_dates.h"
#include "engine/io/orc_format.h"
#include "engine/io/parquet_source.h"
#include "engine/io/plain_text_format.h"
#include "engine/io/retype.h"
#include "engine/io/row_text.h"
#include "engine/io/scan_names.h"
#include "engine/io/scan_options.h"
#include "engine/io/store_file_system.h"
#include "engine/io/text_scan.h"
#include "engine/io/variant_cast.h"
#include "engine/io/xml_format.h"
#include "engine/lowering/python_scans.h"
#include "engine/scan_sources.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

std::shared_ptr<const TextFormat> make_text_format(
    const std::string& format, const FileScanSource& source, const QueryContext& context) {
    if (format == "csv")
        return make_csv_format(csv_options(source.options, context), source.data_schema);
    if (format == "json")
        return make_json_format(json_options(source.options, context), source.data_schema);
    if (format == "text") return make_plain_text_format(source.options, *source.data_schema);
    return nullptr;
}

std::shared_ptr<const FileFormat> make_file_format(
    const std::string& format, const FileScanSource& source, const QueryContext& context) {
    if (format == "avro") return make_avro_format(source.data_schema, source.options, context);
    if (format == "orc") {
        check_orc_read_options(source.options);
        return make_orc_format(source.data_schema, context);
    }
    if (format == "xml") return make_xml_format(source.data_schema, source.options, context);
    if (format == "binaryfile") return make_binary_file_format(source.data_schema);
    return nullptr;
}

}  // namespace

void register_io(duckdb::DatabaseInstance& instance) {
    register_store_file_system(instance);
    register_parquet_scan(instance);
    register_scan_names(instance);
    register_text_scan(instance);
    register_file_scan(instance);
    register_jdbc_scan(instance);
    register_retype(instance);
    register_variant_cast(instance);
    register_check_dates(instance);
    register_row_text(instance);
    // Timestamps are instants; only our own functions know the session's zone. Data files never
    // change under a name.
    duckdb::Connection connection(instance);
    for (const char* setting :
        {"SET GLOBAL TimeZone = 'UTC'", "SET GLOBAL parquet_metadata_cache = true"}) {
        auto result = connection.Query(setting);
        if (result->HasError()) result->ThrowError();
    }
}

duckdb::unique_ptr<duckdb::TableRef> lower_scan(LowerContext& context, const resolved::Scan& scan,
    const std::string& alias, const std::vector<std::string>& column_names) {
    if (const auto* table = dynamic_cast<const DeltaScanSource*>(scan.source.get())) {
        return parquet_scan_ref(make_delta_scan(scan, *table, column_names, context.query), alias);
    }
    if (const auto* feed = dynamic_cast<const ChangeFeedSource*>(scan.source.get())) {
        return parquet_scan_ref(
            make_change_feed_scan(scan, *feed, column_names, context.query), alias);
    }
    if (const auto* table = dynamic_cast<const IcebergScanSource*>(scan.source.get())) {
        return parquet_scan_ref(make_iceberg_scan(scan, *table, column_names), alias);
    }
    if (const auto* table = dynamic_cast<const JdbcScanSource*>(scan.source.get()))
        return jdbc_scan_ref(scan, *table, column_names, context.query, alias);
    if (auto python = python_scan_ref(scan, alias, column_names)) return python;
    const auto* files = dynamic_cast<const FileScanSource*>(scan.source.get());
    if (!files) throw unsupported_feature("data source " + scan.source->format);
    auto format = types::to_lower(files->format);
    if (format == "parquet") {
        return parquet_scan_ref(
            make_parquet_source_scan(scan, *files, column_names, context.query), alias);
    }
    if (auto text = make_text_format(format, *files, context.query)) {
        return text_scan_ref(
            std::make_shared<TextScan>(scan, *files, column_names, context.query, std::move(text)),
            alias);
    }
    if (auto format_of_files = make_file_format(format, *files, context.query)) {
        return file_scan_ref(std::make_shared<FileScan>(scan, *files, column_names, context.query,
                                 std::move(format_of_files)),
            alias);
    }
    throw unsupported_feature("reading the format " + files->format);
}

}  // namespace hanok::engine

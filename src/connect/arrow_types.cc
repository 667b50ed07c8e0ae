#include "connect/arrow_types.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/type.h>

#include "base/error.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

namespace {

using types::DataType;
using types::TypePtr;

TypePtr type_of(const arrow::DataType& type);

TypePtr struct_of(const arrow::FieldVector& fields) {
    types::Fields out;
    for (const auto& f : fields) out.push_back({f->name(), type_of(*f->type()), f->nullable(), ""});
    return DataType::struct_(std::move(out));
}

TypePtr list_of(const arrow::DataType& type) {
    const auto& item = type.field(0);
    return DataType::array(type_of(*item->type()), item->nullable());
}

TypePtr map_of(const arrow::MapType& type) {
    return DataType::map(
        type_of(*type.key_type()), type_of(*type.item_type()), type.item_field()->nullable());
}

TypePtr decimal_of(const arrow::DecimalType& type) {
    return DataType::decimal(type.precision(), type.scale());
}

TypePtr nested_of(const arrow::DataType& type) {
    switch (type.id()) {
        case arrow::Type::STRUCT: return struct_of(type.fields());
        case arrow::Type::LIST:
        case arrow::Type::LARGE_LIST:
        case arrow::Type::FIXED_SIZE_LIST: return list_of(type);
        case arrow::Type::MAP: return map_of(static_cast<const arrow::MapType&>(type));
        case arrow::Type::DICTIONARY:
            return type_of(*static_cast<const arrow::DictionaryType&>(type).value_type());
        default: break;
    }
    throw analysis_error("UNSUPPORTED_ARROWTYPE", {{"typeName", type.ToString()}});
}

TypePtr type_of(const arrow::DataType& type) {
    switch (type.id()) {
        case arrow::Type::NA: return DataType::null();
        case arrow::Type::BOOL: return DataType::boolean();
        case arrow::Type::INT8: return DataType::byte();
        case arrow::Type::INT16: return DataType::short_();
        case arrow::Type::INT32: return DataType::integer();
        case arrow::Type::INT64: return DataType::long_();
        case arrow::Type::FLOAT: return DataType::float_();
        case arrow::Type::DOUBLE: return DataType::double_();
        case arrow::Type::STRING:
        case arrow::Type::LARGE_STRING: return DataType::string();
        case arrow::Type::BINARY:
        case arrow::Type::LARGE_BINARY:
        case arrow::Type::FIXED_SIZE_BINARY: return DataType::binary();
        case arrow::Type::DECIMAL128:
            return decimal_of(static_cast<const arrow::DecimalType&>(type));
        case arrow::Type::DATE32: return DataType::date();
        case arrow::Type::TIME64: return DataType::time();
        case arrow::Type::DURATION: return DataType::day_time_interval();
        case arrow::Type::INTERVAL_MONTHS: return DataType::year_month_interval();
        case arrow::Type::INTERVAL_MONTH_DAY_NANO: return DataType::calendar_interval();
        case arrow::Type::TIMESTAMP:
            return static_cast<const arrow::TimestampType&>(type).timezone().empty()
                       ? DataType::timestamp_ntz()
                       : DataType::timestamp();
        default: return nested_of(type);
    }
}

}  // namespace

TypePtr schema_of_stream(const std::string& ipc_stream) {
    auto buffer = std::make_shared<arrow::Buffer>(
        reinterpret_cast<const uint8_t*>(ipc_stream.data()),
        static_cast<int64_t>(ipc_stream.size()));
    auto reader = arrow::ipc::RecordBatchStreamReader::Open(
        std::make_shared<arrow::io::BufferReader>(buffer));
    if (!reader.ok()) throw invalid_plan("CANNOT_PARSE", {{"errorMsg", reader.status().message()}});
    return struct_of((*reader)->schema()->fields());
}

}  // namespace hanok::connect

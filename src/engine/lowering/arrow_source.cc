#include "engine/lowering/arrow_source.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>

#include <duckdb/common/arrow/arrow_wrapper.hpp>
#include <duckdb/function/table/arrow.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>

#include "base/error.h"
#include "engine/functions/function_lowering.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

using ArrayDataPtr = std::shared_ptr<arrow::ArrayData>;

// Owns the client's bytes; batches slice it without a copy.
class PinnedBuffer final : public arrow::Buffer {
public:
    explicit PinnedBuffer(std::shared_ptr<const std::string> bytes)
        : Buffer(
              reinterpret_cast<const uint8_t*>(bytes->data()), static_cast<int64_t>(bytes->size())),
          bytes_(std::move(bytes)) {}

private:
    std::shared_ptr<const std::string> bytes_;
};

void must(const arrow::Status& status) {
    if (!status.ok())
        throw Error(ErrorKind::kInvalidPlanInput, "HANOK_INVALID_LOCAL_DATA",
            {{"message", status.ToString()}});
}

template <class T>
T must(arrow::Result<T> result) {
    must(result.status());
    return std::move(result).ValueOrDie();
}

ArrayDataPtr normalized(const ArrayDataPtr& data, const types::DataType& type);

// Durations of any unit as microseconds.
ArrayDataPtr duration_as_micros(const ArrayDataPtr& data) {
    auto unit = static_cast<const arrow::DurationType&>(*data->type).unit();
    auto result = data->Copy();
    result->type = arrow::int64();
    if (unit == arrow::TimeUnit::MICRO) return result;
    int64_t factor = unit == arrow::TimeUnit::SECOND  ? 1'000'000
                     : unit == arrow::TimeUnit::MILLI ? 1'000
                                                      : 1;
    int64_t divisor = unit == arrow::TimeUnit::NANO ? 1'000 : 1;
    auto scaled = must(arrow::AllocateBuffer((data->offset + data->length) * 8));
    auto* out = scaled->mutable_data_as<int64_t>();
    const auto* in = data->buffers[1]->data_as<int64_t>();
    std::fill(out, out + data->offset, 0);
    for (int64_t i = 0; i < data->length; ++i) {
        int64_t at = data->offset + i;
        // What lies under a NULL is anything.
        if (__builtin_mul_overflow(in[at] / divisor, factor, &out[at]) && data->IsValid(i))
            must(arrow::Status::Invalid("a duration is out of range"));
    }
    result->buffers[1] = std::move(scaled);
    return result;
}

ArrayDataPtr normalized_struct(const ArrayDataPtr& data, const types::DataType& type) {
    auto result = data->Copy();
    arrow::FieldVector fields;
    for (size_t i = 0; i < data->child_data.size(); ++i) {
        size_t from = i;
        const types::DataType* child_type = nullptr;
        if (type.is(types::TypeId::kStruct) && i < type.fields().size())
            child_type = type.fields()[i].type.get();
        // A variant's parts are known by name.
        if (type.is(types::TypeId::kVariant) && data->type->field(0)->name() == "metadata")
            from = 1 - i;
        auto child = data->child_data[from];
        result->child_data[i] = child_type ? normalized(child, *child_type) : child;
        fields.push_back(arrow::field(struct_field_name(i), result->child_data[i]->type));
    }
    if (fields.empty()) {
        auto none = must(arrow::MakeArrayOfNull(arrow::boolean(), data->offset + data->length));
        result->child_data.push_back(none->data());
        fields.push_back(arrow::field(struct_field_name(0), arrow::boolean()));
    }
    result->type = arrow::struct_(std::move(fields));
    return result;
}

ArrayDataPtr normalized_map(const ArrayDataPtr& data, const types::DataType& type) {
    if (!type.is(types::TypeId::kMap)) return data;
    auto result = data->Copy();
    auto entries = data->child_data[0]->Copy();
    entries->child_data[0] = normalized(entries->child_data[0], *type.key());
    entries->child_data[1] = normalized(entries->child_data[1], *type.value());
    auto map = std::make_shared<arrow::MapType>(
        arrow::field("key", entries->child_data[0]->type, false),
        arrow::field("value", entries->child_data[1]->type));
    entries->type = map->value_type();
    result->child_data[0] = entries;
    result->type = map;
    return result;
}

ArrayDataPtr normalized(const ArrayDataPtr& data, const types::DataType& type) {
    switch (data->type->id()) {
        case arrow::Type::DURATION: return duration_as_micros(data);
        case arrow::Type::INTERVAL_MONTHS: {
            auto result = data->Copy();
            result->type = arrow::int32();
            return result;
        }
        case arrow::Type::STRUCT: return normalized_struct(data, type);
        case arrow::Type::MAP: return normalized_map(data, type);
        case arrow::Type::LIST:
        case arrow::Type::LARGE_LIST: {
            if (!type.is(types::TypeId::kArray)) return data;
            auto result = data->Copy();
            result->child_data[0] = normalized(data->child_data[0], *type.element());
            auto item = result->child_data[0]->type;
            result->type = data->type->id() == arrow::Type::LIST ? arrow::list(item)
                                                                 : arrow::large_list(item);
            return result;
        }
        default: return data;
    }
}

}  // namespace

std::shared_ptr<arrow::RecordBatch> normalized_batch(
    const arrow::RecordBatch& batch, const std::vector<types::TypePtr>& types) {
    if (static_cast<size_t>(batch.num_columns()) != types.size()) {
        throw Error(ErrorKind::kInvalidPlanInput, "HANOK_INVALID_LOCAL_DATA",
            {{"message", "local data has " + std::to_string(batch.num_columns()) +
                             " columns, its schema " + std::to_string(types.size())}});
    }
    must(batch.ValidateFull());
    arrow::FieldVector fields;
    arrow::ArrayDataVector columns;
    for (size_t i = 0; i < types.size(); ++i) {
        columns.push_back(normalized(batch.column_data(static_cast<int>(i)), *types[i]));
        fields.push_back(arrow::field("a" + std::to_string(i), columns.back()->type));
    }
    return arrow::RecordBatch::Make(
        arrow::schema(std::move(fields)), batch.num_rows(), std::move(columns));
}

namespace {

// ---- what arrow_scan_dumb calls

duckdb::unique_ptr<duckdb::ArrowArrayStreamWrapper> produce(
    uintptr_t source, duckdb::ArrowStreamParameters&) {
    const auto& data = *reinterpret_cast<const ArrowSource*>(source);
    auto stream = duckdb::make_uniq<duckdb::ArrowArrayStreamWrapper>();
    auto reader = must(arrow::RecordBatchReader::Make(data.batches(), data.schema()));
    auto status = arrow::ExportRecordBatchReader(
        reader, reinterpret_cast<struct ArrowArrayStream*>(&stream->arrow_array_stream));
    if (!status.ok()) throw internal_error(status.ToString());
    stream->number_of_rows = -1;
    return stream;
}

void get_schema(ArrowArrayStream* source, ArrowSchema& schema) {
    const auto& data = *reinterpret_cast<const ArrowSource*>(source);
    auto status = arrow::ExportSchema(*data.schema(), &schema);
    if (!status.ok()) throw internal_error(status.ToString());
}

}  // namespace

std::shared_ptr<ArrowSource> ArrowSource::decode(
    const std::vector<std::shared_ptr<const std::string>>& streams,
    const std::vector<types::TypePtr>& types) {
    auto source = std::make_shared<ArrowSource>();
    for (const auto& bytes : streams) {
        auto reader = must(arrow::ipc::RecordBatchStreamReader::Open(
            std::make_shared<arrow::io::BufferReader>(std::make_shared<PinnedBuffer>(bytes))));
        for (;;) {
            std::shared_ptr<arrow::RecordBatch> batch;
            must(reader->ReadNext(&batch));
            if (!batch) break;
            if (batch->num_rows() == 0) continue;
            source->batches_.push_back(normalized_batch(*batch, types));
        }
    }
    if (!source->batches_.empty()) source->schema_ = source->batches_.front()->schema();
    return source;
}

duckdb::unique_ptr<duckdb::TableRef> ArrowSource::scan(const std::string& alias) const {
    auto pointer = [](const void* p) {
        return duck_constant(duckdb::Value::POINTER(reinterpret_cast<uintptr_t>(p)));
    };
    auto ref = duckdb::make_uniq<duckdb::TableFunctionRef>();
    ref->alias = alias;
    ref->function = duck_call("arrow_scan_dumb",
        duck_list(pointer(this), pointer(reinterpret_cast<const void*>(&produce)),
            pointer(reinterpret_cast<const void*>(&get_schema))));
    return ref;
}

}  // namespace hanok::engine

#include "engine/arrow_result/batch_builder.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>

#include "types/arrow_result.h"

namespace hanok::engine {

namespace {

// The type with which DuckDB's buffers can be imported for `type`: the same memory layout.
std::shared_ptr<arrow::DataType> layout_of(const std::shared_ptr<arrow::DataType>& type) {
    switch (type->id()) {
        case arrow::Type::NA: return arrow::int32();
        case arrow::Type::TIME64: return arrow::time64(arrow::TimeUnit::MICRO);
        case arrow::Type::LARGE_STRING: return arrow::utf8();
        case arrow::Type::LARGE_BINARY: return arrow::binary();
        case arrow::Type::LIST:
            return arrow::list(type->field(0)->WithType(layout_of(type->field(0)->type())));
        case arrow::Type::MAP: {
            const auto& map = static_cast<const arrow::MapType&>(*type);
            return std::make_shared<arrow::MapType>(
                map.key_field()->WithType(layout_of(map.key_type())),
                map.item_field()->WithType(layout_of(map.item_type())));
        }
        case arrow::Type::STRUCT: {
            arrow::FieldVector fields;
            for (const auto& field : type->fields())
                fields.push_back(field->WithType(layout_of(field->type())));
            if (fields.empty()) fields.push_back(arrow::field("f0", arrow::boolean()));
            return arrow::struct_(std::move(fields));
        }
        default: return type;
    }
}

using ArrayDataPtr = std::shared_ptr<arrow::ArrayData>;

ArrayDataPtr with_wide_offsets(
    const arrow::ArrayData& data, const std::shared_ptr<arrow::DataType>& type) {
    auto result = data.Copy();
    result->type = type;
    auto count = data.offset + data.length + 1;
    auto wide = types::must(arrow::AllocateBuffer(count * 8));
    auto* out = reinterpret_cast<int64_t*>(wide->mutable_data());
    const auto* in = reinterpret_cast<const int32_t*>(data.buffers[1]->data());
    for (int64_t i = 0; i < count; ++i) out[i] = in[i];
    result->buffers[1] = std::move(wide);
    return result;
}

ArrayDataPtr with_nanoseconds(
    const arrow::ArrayData& data, const std::shared_ptr<arrow::DataType>& type) {
    auto result = data.Copy();
    result->type = type;
    auto count = data.offset + data.length;
    auto nanos = types::must(arrow::AllocateBuffer(count * 8));
    auto* out = reinterpret_cast<int64_t*>(nanos->mutable_data());
    const auto* in = reinterpret_cast<const int64_t*>(data.buffers[1]->data());
    for (int64_t i = 0; i < count; ++i) out[i] = in[i] * 1000;
    result->buffers[1] = std::move(nanos);
    return result;
}

// `data`, imported as layout_of(type), as `type`.
ArrayDataPtr retyped(const ArrayDataPtr& data, const std::shared_ptr<arrow::DataType>& type) {
    switch (type->id()) {
        case arrow::Type::NA: return std::make_shared<arrow::NullArray>(data->length)->data();
        case arrow::Type::TIME64: return with_nanoseconds(*data, type);
        case arrow::Type::LARGE_STRING:
        case arrow::Type::LARGE_BINARY: return with_wide_offsets(*data, type);
        case arrow::Type::LIST: {
            auto result = data->Copy();
            result->type = type;
            result->child_data[0] = retyped(data->child_data[0], type->field(0)->type());
            return result;
        }
        case arrow::Type::MAP: {
            const auto& map = static_cast<const arrow::MapType&>(*type);
            auto result = data->Copy();
            result->type = type;
            auto entries = data->child_data[0]->Copy();
            entries->type = map.value_type();
            entries->child_data[0] = retyped(entries->child_data[0], map.key_type());
            entries->child_data[1] = retyped(entries->child_data[1], map.item_type());
            result->child_data[0] = std::move(entries);
            return result;
        }
        case arrow::Type::STRUCT: {
            auto result = data->Copy();
            result->type = type;
            result->child_data.resize(static_cast<size_t>(type->num_fields()));
            for (int i = 0; i < type->num_fields(); ++i)
                result->child_data[i] = retyped(data->child_data[i], type->field(i)->type());
            return result;
        }
        default: return data;
    }
}

int64_t text_bytes(duckdb::Vector& vector, duckdb::idx_t count) {
    duckdb::UnifiedVectorFormat format;
    vector.ToUnifiedFormat(count, format);
    const auto* texts = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(format);
    int64_t bytes = 0;
    for (duckdb::idx_t i = 0; i < count; ++i) {
        auto at = format.sel->get_index(i);
        if (format.validity.RowIsValid(at)) bytes += texts[at].GetSize();
    }
    return bytes;
}

// Rough size of a vector's values. A dictionary's or list's child counts as a whole.
int64_t estimated_bytes(duckdb::Vector& vector, duckdb::idx_t count) {
    auto physical = vector.GetType().InternalType();
    switch (physical) {
        case duckdb::PhysicalType::VARCHAR:
            return text_bytes(vector, count) + 4 * static_cast<int64_t>(count);
        case duckdb::PhysicalType::LIST:
            if (vector.GetVectorType() != duckdb::VectorType::FLAT_VECTOR) break;
            return estimated_bytes(duckdb::ListVector::GetEntry(vector),
                       duckdb::ListVector::GetListSize(vector)) +
                   4 * static_cast<int64_t>(count);
        case duckdb::PhysicalType::STRUCT: {
            if (vector.GetVectorType() != duckdb::VectorType::FLAT_VECTOR) break;
            int64_t bytes = 0;
            for (auto& child : duckdb::StructVector::GetEntries(vector))
                bytes += estimated_bytes(*child, count);
            return bytes;
        }
        case duckdb::PhysicalType::ARRAY: break;
        default: return static_cast<int64_t>(duckdb::GetTypeIdSize(physical) * count);
    }
    return 64 * static_cast<int64_t>(count);
}

}  // namespace

BatchBuilder::BatchBuilder(std::shared_ptr<arrow::Schema> schema,
    duckdb::vector<duckdb::LogicalType> types, duckdb::ClientContext& context)
    : schema_(std::move(schema)) {
    properties_.client_context = &context;
    arrow::FieldVector rest;
    for (size_t i = 0; i < types.size(); ++i) {
        if (PlainColumn::can_hold(types[i])) {
            plain_.emplace_back(i, types[i]);
            continue;
        }
        const auto& field = schema_->field(static_cast<int>(i));
        rest.push_back(field->WithType(layout_of(field->type())));
        rest_.push_back(i);
        rest_types_.push_back(types[i]);
    }
    rest_layout_ = arrow::schema(std::move(rest));
}

BatchBuilder::~BatchBuilder() = default;

int64_t BatchBuilder::size_bytes() const {
    int64_t bytes = rest_bytes_;
    for (const auto& [index, column] : plain_) bytes += column.size_bytes();
    return bytes;
}

void BatchBuilder::append(duckdb::DataChunk& chunk, duckdb::idx_t from, duckdb::idx_t to) {
    for (auto& [index, column] : plain_) column.append(chunk.data[index], from, to, chunk.size());
    if (!rest_.empty()) append_rest(chunk, from, to);
    rows_ += static_cast<int64_t>(to - from);
}

void BatchBuilder::append_rest(duckdb::DataChunk& chunk, duckdb::idx_t from, duckdb::idx_t to) {
    if (!appender_) {
        // As much room as the batch before took, or its buffers grow by copying.
        auto room = std::max<int64_t>(STANDARD_VECTOR_SIZE, last_rows_);
        appender_ = duckdb::make_uniq<duckdb::ArrowAppender>(rest_types_, room, properties_,
            duckdb::unordered_map<duckdb::idx_t,
                const duckdb::shared_ptr<duckdb::ArrowTypeExtensionData>>());
    }
    duckdb::DataChunk rest;
    rest.InitializeEmpty(rest_types_);
    for (size_t i = 0; i < rest_.size(); ++i) {
        rest_bytes_ += estimated_bytes(chunk.data[rest_[i]], chunk.size());
        rest.data[i].Reference(chunk.data[rest_[i]]);
    }
    rest.SetCardinality(chunk.size());
    appender_->Append(rest, from, to, chunk.size());
}

std::vector<ArrayDataPtr> BatchBuilder::finish_rest() {
    if (!appender_) return {};
    ArrowArray array = appender_->Finalize();
    appender_.reset();
    rest_bytes_ = 0;
    return types::must(arrow::ImportRecordBatch(&array, rest_layout_))->column_data();
}

std::shared_ptr<arrow::RecordBatch> BatchBuilder::finish() {
    last_rows_ = std::exchange(rows_, 0);
    if (last_rows_ == 0) return types::must(arrow::RecordBatch::MakeEmpty(schema_));
    arrow::ArrayDataVector columns(static_cast<size_t>(schema_->num_fields()));
    auto put = [&](size_t index, const ArrayDataPtr& data) {
        columns[index] = retyped(data, schema_->field(static_cast<int>(index))->type());
    };
    for (auto& [index, column] : plain_) {
        const auto& type = schema_->field(static_cast<int>(index))->type();
        put(index, column.finish(layout_of(type)));
    }
    auto rest = finish_rest();
    for (size_t i = 0; i < rest.size(); ++i) put(rest_[i], rest[i]);
    return arrow::RecordBatch::Make(schema_, last_rows_, std::move(columns));
}

}  // namespace hanok::engine

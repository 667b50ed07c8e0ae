#include "engine/arrow_result/plain_column.h"

#include <arrow/array/data.h>

#include <cstring>
#include <limits>

#include "types/arrow_result.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;
using duckdb::UnifiedVectorFormat;

// Texts of up to this size lie in the vector itself and are copied with all their room.
constexpr int64_t kInlineBytes = duckdb::string_t::INLINE_LENGTH;

template <class In, class Out>
void copy_values(const UnifiedVectorFormat& format, idx_t from, idx_t to, uint8_t* bytes) {
    const auto* in = reinterpret_cast<const In*>(format.data);
    auto* out = reinterpret_cast<Out*>(bytes);
    bool all_valid = format.validity.AllValid();
    if (all_valid && !format.sel->IsSet() && std::is_same_v<In, Out>) {
        std::memcpy(bytes, in + from, (to - from) * sizeof(Out));
        return;
    }
    for (idx_t row = from; row < to; ++row, ++out) {
        auto at = format.sel->get_index(row);
        *out = all_valid || format.validity.RowIsValid(at) ? static_cast<Out>(in[at]) : Out{};
    }
}

void copy_decimals(duckdb::PhysicalType physical, const UnifiedVectorFormat& format, idx_t from,
    idx_t to, uint8_t* out) {
    using Wide = __int128;
    switch (physical) {
        case duckdb::PhysicalType::INT16: return copy_values<int16_t, Wide>(format, from, to, out);
        case duckdb::PhysicalType::INT32: return copy_values<int32_t, Wide>(format, from, to, out);
        case duckdb::PhysicalType::INT64: return copy_values<int64_t, Wide>(format, from, to, out);
        default: return copy_values<duckdb::hugeint_t, duckdb::hugeint_t>(format, from, to, out);
    }
}

void copy_numbers(
    int64_t width, const UnifiedVectorFormat& format, idx_t from, idx_t to, uint8_t* out) {
    switch (width) {
        case 1: return copy_values<uint8_t, uint8_t>(format, from, to, out);
        case 2: return copy_values<uint16_t, uint16_t>(format, from, to, out);
        case 4: return copy_values<uint32_t, uint32_t>(format, from, to, out);
        default: return copy_values<uint64_t, uint64_t>(format, from, to, out);
    }
}

}  // namespace

bool PlainColumn::can_hold(const duckdb::LogicalType& type) {
    switch (type.id()) {
        case duckdb::LogicalTypeId::TINYINT:
        case duckdb::LogicalTypeId::SMALLINT:
        case duckdb::LogicalTypeId::INTEGER:
        case duckdb::LogicalTypeId::BIGINT:
        case duckdb::LogicalTypeId::FLOAT:
        case duckdb::LogicalTypeId::DOUBLE:
        case duckdb::LogicalTypeId::DECIMAL:
        case duckdb::LogicalTypeId::DATE:
        case duckdb::LogicalTypeId::TIME:
        case duckdb::LogicalTypeId::TIMESTAMP:
        case duckdb::LogicalTypeId::TIMESTAMP_TZ:
        case duckdb::LogicalTypeId::VARCHAR:
        case duckdb::LogicalTypeId::BLOB: return true;
        default: return false;
    }
}

PlainColumn::PlainColumn(const duckdb::LogicalType& type)
    : type_(type),
      is_text_(type.InternalType() == duckdb::PhysicalType::VARCHAR),
      is_decimal_(type.id() == duckdb::LogicalTypeId::DECIMAL) {}

void PlainColumn::reserve(arrow::BufferBuilder& buffer, int64_t bytes, int64_t usual_bytes) {
    if (buffer.length() + bytes <= buffer.capacity()) return;
    if (buffer.capacity() == 0) bytes = std::max(bytes, usual_bytes);
    types::must(buffer.Reserve(bytes));
}

void PlainColumn::append(duckdb::Vector& vector, idx_t from, idx_t to, idx_t count) {
    UnifiedVectorFormat format;
    vector.ToUnifiedFormat(count, format);
    append_validity(format, from, to);
    if (is_text_) {
        append_texts(format, from, to);
    } else {
        auto physical = type_.InternalType();
        int64_t width = is_decimal_ ? 16 : static_cast<int64_t>(duckdb::GetTypeIdSize(physical));
        int64_t bytes = static_cast<int64_t>(to - from) * width;
        reserve(values_, bytes, usual_value_bytes_);
        uint8_t* out = values_.mutable_data() + values_.length();
        if (is_decimal_) {
            copy_decimals(physical, format, from, to, out);
        } else {
            copy_numbers(width, format, from, to, out);
        }
        values_.UnsafeAdvance(bytes);
    }
    rows_ += static_cast<int64_t>(to - from);
}

void PlainColumn::append_texts(const UnifiedVectorFormat& format, idx_t from, idx_t to) {
    const auto* texts = UnifiedVectorFormat::GetData<duckdb::string_t>(format);
    bool all_valid = format.validity.AllValid();
    auto at_row = [&](idx_t row) { return format.sel->get_index(row); };
    auto is_valid = [&](idx_t at) { return all_valid || format.validity.RowIsValid(at); };
    int64_t total = 0;
    for (idx_t row = from; row < to; ++row) {
        auto at = at_row(row);
        if (is_valid(at)) total += texts[at].GetSize();
    }
    if (texts_.length() + total > std::numeric_limits<int32_t>::max()) {
        throw duckdb::InvalidInputException(
            "a batch of texts is longer than %d bytes", std::numeric_limits<int32_t>::max());
    }
    reserve(texts_, total + kInlineBytes, usual_text_bytes_ + kInlineBytes);
    auto rows = static_cast<int64_t>(to - from);
    reserve(values_, 4 * (rows + 1), usual_value_bytes_ + 4);
    if (values_.length() == 0) types::must(values_.Append("\0\0\0\0", 4));
    auto* ends = reinterpret_cast<int32_t*>(values_.mutable_data() + values_.length());
    uint8_t* begin = texts_.mutable_data();
    uint8_t* out = begin + texts_.length();
    for (idx_t row = from; row < to; ++row) {
        auto at = at_row(row);
        if (is_valid(at)) {
            const auto& text = texts[at];
            if (text.IsInlined()) {
                std::memcpy(out, text.GetPrefix(), kInlineBytes);
            } else {
                std::memcpy(out, text.GetData(), text.GetSize());
            }
            out += text.GetSize();
        }
        *ends++ = static_cast<int32_t>(out - begin);
    }
    texts_.UnsafeAdvance(total);
    values_.UnsafeAdvance(4 * rows);
}

void PlainColumn::append_validity(const UnifiedVectorFormat& format, idx_t from, idx_t to) {
    auto rows = static_cast<int64_t>(to - from);
    bool none = format.validity.AllValid();
    if (none && nulls_ == 0) return;
    if (nulls_ == 0) {
        types::must(validity_.Resize(rows_ + rows));
        validity_.UnsafeAppend(rows_, true);
    } else {
        types::must(validity_.Reserve(rows));
    }
    if (none) return validity_.UnsafeAppend(rows, true);
    for (idx_t row = from; row < to; ++row) {
        bool valid = format.validity.RowIsValid(format.sel->get_index(row));
        nulls_ += valid ? 0 : 1;
        validity_.UnsafeAppend(valid);
    }
}

std::shared_ptr<arrow::ArrayData> PlainColumn::finish(
    const std::shared_ptr<arrow::DataType>& type) {
    usual_value_bytes_ = values_.length();
    usual_text_bytes_ = texts_.length();
    if (is_text_ && values_.length() == 0) types::must(values_.Append("\0\0\0\0", 4));
    std::vector<std::shared_ptr<arrow::Buffer>> buffers = {
        nulls_ == 0 ? nullptr : types::must(validity_.Finish()),
        types::must(values_.Finish(false))};
    validity_.Reset();
    if (is_text_) buffers.push_back(types::must(texts_.Finish(false)));
    auto data = arrow::ArrayData::Make(type, rows_, std::move(buffers), nulls_);
    rows_ = nulls_ = 0;
    return data;
}

}  // namespace hanok::engine

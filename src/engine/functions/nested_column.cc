#include "engine/functions/nested_column.h"

#include "engine/functions/interval_text.h"
#include "engine/functions/kernel.h"
#include "engine/functions/time_zone.h"
#include "engine/functions/variant/variant_json.h"
#include "types/datetime_text.h"
#include "types/geo.h"
#include "types/value.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::PhysicalType;
using types::TypeId;

NestedColumn::NestedColumn(duckdb::Vector& vector, idx_t count, const types::TypePtr& type)
    : type_(type) {
    vector.Flatten(count);
    physical_ = vector.GetType().InternalType();
    validity_ = &FlatVector::Validity(vector);
    if (vector.GetType().id() == duckdb::LogicalTypeId::SQLNULL) return;
    if (type->is(TypeId::kArray)) {
        data_ = FlatVector::GetData(vector);
        children_.emplace_back(duckdb::ListVector::GetEntry(vector),
            duckdb::ListVector::GetListSize(vector), type->element());
    } else if (type->is(TypeId::kMap)) {
        data_ = FlatVector::GetData(vector);
        auto size = duckdb::ListVector::GetListSize(vector);
        duckdb::ListVector::GetEntry(vector).Flatten(size);
        children_.emplace_back(duckdb::MapVector::GetKeys(vector), size, type->key());
        children_.emplace_back(duckdb::MapVector::GetValues(vector), size, type->value());
    } else if (type->is(TypeId::kStruct)) {
        auto& fields = duckdb::StructVector::GetEntries(vector);
        for (size_t i = 0; i < type->fields().size(); ++i)
            children_.emplace_back(*fields[i], count, type->fields()[i].type);
    } else if (types::is_geo(*type)) {
        auto& parts = duckdb::StructVector::GetEntries(vector);
        children_.emplace_back(*parts[0], count, types::DataType::integer());
        children_.emplace_back(*parts[1], count, types::DataType::binary());
    } else if (physical_ == PhysicalType::STRUCT) {
        auto& fields = duckdb::StructVector::GetEntries(vector);
        for (auto& field : fields) children_.emplace_back(*field, count, types::DataType::binary());
    } else {
        data_ = FlatVector::GetData(vector);
    }
}

// Geometries and variants are parts, not one value a row.
static void check_plain(const void* data, const types::DataType& type) {
    if (data == nullptr) raise(unsupported_feature("this function of " + type.sql()));
}

int64_t NestedColumn::integer(idx_t row) const {
    check_plain(data_, *type_);
    switch (physical_) {
        case PhysicalType::INT8: return data<int8_t>()[row];
        case PhysicalType::INT16: return data<int16_t>()[row];
        case PhysicalType::INT32: return data<int32_t>()[row];
        default: return data<int64_t>()[row];
    }
}

double NestedColumn::real(idx_t row) const {
    return physical_ == PhysicalType::FLOAT ? static_cast<double>(data<float>()[row])
                                            : data<double>()[row];
}

Int128 NestedColumn::decimal(idx_t row) const {
    if (physical_ != PhysicalType::INT128) return integer(row);
    auto x = data<duckdb::hugeint_t>()[row];
    return static_cast<Int128>(
        (static_cast<unsigned __int128>(static_cast<uint64_t>(x.upper)) << 64) | x.lower);
}

std::string_view NestedColumn::text(idx_t row) const {
    check_plain(data_, *type_);
    const auto& s = data<duckdb::string_t>()[row];
    return {s.GetData(), s.GetSize()};
}

namespace {

void append_atom(std::string& out, const NestedColumn& c, idx_t row, std::string_view zone) {
    switch (c.type().id()) {
        case TypeId::kBoolean: out += c.boolean(row) ? "true" : "false"; return;
        case TypeId::kFloat: out += types::float_to_string(c.single(row)); return;
        case TypeId::kDouble: out += types::double_to_string(c.real(row)); return;
        case TypeId::kDecimal:
            out += types::decimal_to_string(c.decimal(row), c.type().scale());
            return;
        case TypeId::kDate: out += types::date_to_string(c.integer(row)); return;
        case TypeId::kTimestamp:
            out += types::timestamp_ntz_to_string(TimeZone::get(zone).to_local(c.integer(row)));
            return;
        case TypeId::kTimestampNtz: out += types::timestamp_ntz_to_string(c.integer(row)); return;
        case TypeId::kTime: out += types::time_to_string(c.integer(row) * 1000); return;
        case TypeId::kYearMonthInterval:
        case TypeId::kDayTimeInterval:
            out += types::interval_to_string(c.integer(row), c.type());
            return;
        case TypeId::kCalendarInterval: {
            auto i = c.interval(row);
            out += calendar_interval_to_string(i.months, i.days, i.micros);
            return;
        }
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar:
        case TypeId::kBinary: out += c.text(row); return;
        default: out += std::to_string(c.integer(row));
    }
}

}  // namespace

void append_text(std::string& out, const NestedColumn& c, idx_t row, std::string_view zone) {
    if (c.type().is(TypeId::kNull) || c.is_null(row)) {
        out += "null";
    } else if (c.type().is(TypeId::kArray)) {
        auto list = c.entries(row);
        out += '[';
        for (idx_t i = 0; i < list.length; ++i) {
            if (i > 0) out += ", ";
            append_text(out, c.child(0), list.offset + i, zone);
        }
        out += ']';
    } else if (c.type().is(TypeId::kMap)) {
        auto list = c.entries(row);
        out += '{';
        for (idx_t i = 0; i < list.length; ++i) {
            if (i > 0) out += ", ";
            append_text(out, c.child(0), list.offset + i, zone);
            out += " -> ";
            append_text(out, c.child(1), list.offset + i, zone);
        }
        out += '}';
    } else if (c.type().is(TypeId::kStruct)) {
        out += '{';
        for (size_t i = 0; i < c.child_count(); ++i) {
            if (i > 0) out += ", ";
            append_text(out, c.child(i), row, zone);
        }
        out += '}';
    } else if (c.type().is(TypeId::kVariant)) {
        VariantView variant(c.child(0).text(row), c.child(1).text(row));
        append_variant_json(out, variant, std::string(zone));
    } else if (types::is_geo(c.type())) {
        auto srid = static_cast<int>(c.child(0).integer(row));
        out += types::geo_text(srid, c.child(1).text(row));
    } else {
        append_atom(out, c, row, zone);
    }
}

}  // namespace hanok::engine

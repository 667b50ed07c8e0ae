#include "engine/functions/variant/variant_cast.h"

#include <cmath>

#include "base/error.h"
#include "engine/functions/text_parsers.h"
#include "engine/functions/variant/variant_json.h"
#include "types/datetime_text.h"

namespace hanok::engine {

using types::DataType;
using types::TypeId;
using types::Value;

namespace {

using Result = std::optional<Value>;

Result in_range(Int128 x, const DataType& type) {
    static const int kBits[] = {8, 16, 32, 64};
    auto bits = kBits[static_cast<int>(type.id()) - static_cast<int>(TypeId::kByte)];
    auto limit = static_cast<Int128>(1) << (bits - 1);
    if (x < -limit || x >= limit) return std::nullopt;
    return types::int_value(static_cast<int64_t>(x));
}

Result to_integral(const VariantView& v, const DataType& type) {
    switch (v.kind()) {
        case VariantKind::kBoolean: return types::int_value(v.boolean() ? 1 : 0);
        case VariantKind::kLong: return in_range(v.integer(), type);
        case VariantKind::kDecimal: {
            auto d = v.decimal();
            return in_range(d.unscaled / power_of_ten(d.scale), type);
        }
        case VariantKind::kFloat:
        case VariantKind::kDouble: {
            auto x = std::trunc(v.real());
            if (!(x >= -9.3e18 && x <= 9.3e18)) return std::nullopt;
            return in_range(static_cast<Int128>(x), type);
        }
        case VariantKind::kTimestamp:
            return in_range(floor_divide(v.integer(), kMicrosPerSecond), type);
        case VariantKind::kString: {
            auto x = parse_integer(v.text(), false);
            return x ? in_range(*x, type) : std::nullopt;
        }
        default: return std::nullopt;
    }
}

Result to_real(const VariantView& v, bool is_single) {
    auto made = [&](double x) {
        return types::double_value(is_single ? static_cast<double>(static_cast<float>(x)) : x);
    };
    switch (v.kind()) {
        case VariantKind::kBoolean: return made(v.boolean() ? 1 : 0);
        case VariantKind::kLong: return made(static_cast<double>(v.integer()));
        case VariantKind::kFloat:
        case VariantKind::kDouble: return made(v.real());
        case VariantKind::kTimestamp: return made(static_cast<double>(v.integer()) / 1e6);
        case VariantKind::kDecimal: {
            auto d = v.decimal();
            return made(
                std::strtod(types::decimal_to_string(d.unscaled, d.scale).c_str(), nullptr));
        }
        case VariantKind::kString: {
            auto x = parse_double(v.text());
            return x ? Result(made(*x)) : std::nullopt;
        }
        default: return std::nullopt;
    }
}

Result rescaled(Int128 unscaled, int scale, const DataType& type) {
    while (scale > 38) {
        unscaled /= 10;
        --scale;
    }
    auto x = rescale(unscaled, scale, type.scale(), type.precision());
    return x ? Result(types::decimal_value(*x)) : std::nullopt;
}

Result to_decimal(const VariantView& v, const DataType& type) {
    switch (v.kind()) {
        case VariantKind::kBoolean: return rescaled(v.boolean() ? 1 : 0, 0, type);
        case VariantKind::kLong: return rescaled(v.integer(), 0, type);
        case VariantKind::kDecimal: {
            auto d = v.decimal();
            return rescaled(d.unscaled, d.scale, type);
        }
        case VariantKind::kTimestamp: return rescaled(v.integer(), 6, type);
        case VariantKind::kFloat:
        case VariantKind::kDouble:
        case VariantKind::kString: {
            bool overflow = false;
            auto text = v.kind() == VariantKind::kString ? std::string(v.text())
                                                         : types::double_to_string(v.real());
            auto parsed = parse_decimal_text(text, &overflow);
            if (!parsed) return std::nullopt;
            auto unscaled = parsed->unscaled;
            int scale = parsed->scale;
            for (; scale < 0; ++scale) unscaled *= 10;
            return rescaled(unscaled, scale, type);
        }
        default: return std::nullopt;
    }
}

Result to_boolean(const VariantView& v) {
    switch (v.kind()) {
        case VariantKind::kBoolean: return types::bool_value(v.boolean());
        case VariantKind::kLong: return types::bool_value(v.integer() != 0);
        case VariantKind::kFloat:
        case VariantKind::kDouble: return types::bool_value(v.real() != 0);
        case VariantKind::kDecimal: return types::bool_value(v.decimal().unscaled != 0);
        case VariantKind::kString: {
            auto x = parse_boolean(v.text());
            return x ? Result(types::bool_value(*x)) : std::nullopt;
        }
        default: return std::nullopt;
    }
}

std::string scalar_text(const VariantView& v, const std::string& zone) {
    switch (v.kind()) {
        case VariantKind::kString:
        case VariantKind::kBinary: return std::string(v.text());
        case VariantKind::kDate: return types::date_to_string(v.integer());
        case VariantKind::kTimestamp: return types::timestamp_to_string(v.integer(), zone);
        case VariantKind::kTimestampNtz: return types::timestamp_ntz_to_string(v.integer());
        case VariantKind::kFloat: return types::float_to_string(static_cast<float>(v.real()));
        case VariantKind::kDouble: return types::double_to_string(v.real());
        case VariantKind::kUuid: return v.uuid();
        default: {
            std::string out;
            append_variant_json(out, v, zone);
            return out;
        }
    }
}

template <class Parsed>
Result parsed_int(const Parsed& x) {
    return x ? Result(types::int_value(*x)) : std::nullopt;
}

Result to_datetime(const VariantView& v, TypeId to, const VariantCastContext& context) {
    const auto& zone = TimeZone::get(context.time_zone);
    if (v.kind() == VariantKind::kString) {
        if (to == TypeId::kDate) return parsed_int(parse_date(v.text()));
        if (to == TypeId::kTimestampNtz) return parsed_int(parse_timestamp_ntz(v.text()));
        return parsed_int(parse_timestamp(v.text(), zone, context.now_micros));
    }
    int64_t local = 0;
    if (v.kind() == VariantKind::kDate) {
        local = v.integer() * kMicrosPerDay;
    } else if (v.kind() == VariantKind::kTimestampNtz) {
        local = v.integer();
    } else if (v.kind() == VariantKind::kTimestamp) {
        if (to == TypeId::kTimestamp) return types::int_value(v.integer());
        local = zone.to_local(v.integer());
    } else if (v.kind() == VariantKind::kLong && to == TypeId::kTimestamp) {
        return types::int_value(v.integer() * kMicrosPerSecond);
    } else if (v.kind() == VariantKind::kDecimal && to == TypeId::kTimestamp) {
        auto d = v.decimal();
        auto micros = rescale(d.unscaled, d.scale, 6, 18);
        return parsed_int(micros);
    } else if (v.kind() == VariantKind::kDouble && to == TypeId::kTimestamp) {
        auto micros = v.real() * 1e6;
        if (!(std::abs(micros) < 9.2e18)) return std::nullopt;
        return types::int_value(static_cast<int64_t>(micros));
    } else {
        return std::nullopt;
    }
    if (to == TypeId::kDate) return types::int_value(floor_divide(local, kMicrosPerDay));
    return types::int_value(to == TypeId::kTimestampNtz ? local : zone.to_utc(local));
}

Result to_binary(const VariantView& v) {
    if (v.kind() != VariantKind::kBinary && v.kind() != VariantKind::kString) return std::nullopt;
    return types::string_value(std::string(v.text()));
}

Result to_nested(const VariantView& v, const DataType& type, const VariantCastContext& context) {
    bool is_array = type.is(TypeId::kArray);
    if (v.kind() != (is_array ? VariantKind::kArray : VariantKind::kObject)) return std::nullopt;
    Value::List items;
    auto add = [&](const VariantView& part, const DataType& part_type) {
        auto item = cast_variant(part, part_type, context);
        if (item) items.push_back(std::move(*item));
        return item.has_value();
    };
    if (type.is(TypeId::kStruct)) {
        for (const auto& field : type.fields()) {
            auto part = v.field(field.name);
            if (!part) {
                items.emplace_back();
            } else if (!add(*part, *field.type)) {
                return std::nullopt;
            }
        }
        return types::list_value(std::move(items));
    }
    for (size_t i = 0, n = v.size(); i < n; ++i) {
        if (type.is(TypeId::kMap)) items.push_back(types::string_value(std::string(v.key(i))));
        if (!add(v.element(i), is_array ? *type.element() : *type.value())) return std::nullopt;
    }
    return types::list_value(std::move(items));
}

}  // namespace

Result cast_variant(const VariantView& v, const DataType& type, const VariantCastContext& context) {
    if (type.is(TypeId::kVariant)) {
        VariantBuilder copy;
        copy.copy(v);
        return types::list_value(
            {types::string_value(copy.value()), types::string_value(copy.metadata())});
    }
    if (v.kind() == VariantKind::kNull) return Value();
    switch (type.id()) {
        case TypeId::kNull: return Value();
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong: return to_integral(v, type);
        case TypeId::kFloat: return to_real(v, true);
        case TypeId::kDouble: return to_real(v, false);
        case TypeId::kDecimal: return to_decimal(v, type);
        case TypeId::kBoolean: return to_boolean(v);
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return types::string_value(scalar_text(v, context.time_zone));
        case TypeId::kBinary: return to_binary(v);
        case TypeId::kDate:
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz: return to_datetime(v, type.id(), context);
        case TypeId::kArray:
        case TypeId::kMap:
        case TypeId::kStruct: return to_nested(v, type, context);
        default: return std::nullopt;
    }
}

namespace {

void append_object(VariantBuilder& out, const NestedColumn& c, duckdb::idx_t row) {
    auto begin = out.begin();
    std::vector<VariantBuilder::Field> fields;
    if (c.type().is(TypeId::kStruct)) {
        for (size_t i = 0; i < c.child_count(); ++i) {
            fields.push_back(out.field(c.type().fields()[i].name, begin));
            append_variant(out, c.child(i), row);
        }
    } else {
        auto list = c.entries(row);
        for (auto i = list.offset; i < list.offset + list.length; ++i) {
            fields.push_back(out.field(c.child(0).text(i), begin));
            append_variant(out, c.child(1), i);
        }
    }
    out.end_object(begin, fields);
}

void append_array(VariantBuilder& out, const NestedColumn& c, duckdb::idx_t row) {
    auto begin = out.begin();
    auto list = c.entries(row);
    std::vector<size_t> offsets;
    for (auto i = list.offset; i < list.offset + list.length; ++i) {
        offsets.push_back(out.offset(begin));
        append_variant(out, c.child(0), i);
    }
    out.end_array(begin, offsets);
}

}  // namespace

void append_variant(VariantBuilder& out, const NestedColumn& c, duckdb::idx_t row) {
    if (c.type().is(TypeId::kNull) || c.is_null(row)) return out.null();
    switch (c.type().id()) {
        case TypeId::kBoolean: return out.boolean(c.boolean(row));
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong: return out.integer(c.integer(row));
        case TypeId::kFloat: return out.single(c.single(row));
        case TypeId::kDouble: return out.real(c.real(row));
        case TypeId::kDecimal: return out.decimal({c.decimal(row), c.type().scale()});
        case TypeId::kDate: return out.date(static_cast<int32_t>(c.integer(row)));
        case TypeId::kTimestamp: return out.timestamp(c.integer(row));
        case TypeId::kTimestampNtz: return out.timestamp_ntz(c.integer(row));
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return out.text(c.text(row));
        case TypeId::kBinary: return out.binary(c.text(row));
        case TypeId::kVariant:
            return out.copy(VariantView(c.child(0).text(row), c.child(1).text(row)));
        case TypeId::kArray: return append_array(out, c, row);
        case TypeId::kMap:
        case TypeId::kStruct: return append_object(out, c, row);
        default: throw internal_error("a type that VARIANT does not hold");
    }
}

}  // namespace hanok::engine

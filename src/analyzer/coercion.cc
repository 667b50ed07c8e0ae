#include "analyzer/coercion.h"

#include <algorithm>

#include "types/geo.h"

namespace hanok::analyzer {

using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

constexpr int kMaxPrecision = 38;
constexpr int kMinAdjustedScale = 6;

using Unify = TypePtr (*)(const TypePtr&, const TypePtr&, bool ansi);

bool gains_null(const DataType& from, const DataType& to) {
    return cast_is_nullable(from, to, resolved::CastMode::kLegacy);
}

// Arrays, maps and structs unify by their parts.
TypePtr unify_nested(const TypePtr& a, const TypePtr& b, bool ansi, Unify unify) {
    if (a->id() != b->id()) return nullptr;
    if (a->is(TypeId::kArray)) {
        auto element = unify(a->element(), b->element(), ansi);
        if (!element) return nullptr;
        bool nulls = a->contains_null() || b->contains_null() ||
                     gains_null(*a->element(), *element) || gains_null(*b->element(), *element);
        return DataType::array(element, nulls);
    }
    if (a->is(TypeId::kMap)) {
        auto key = unify(a->key(), b->key(), ansi);
        auto value = unify(a->value(), b->value(), ansi);
        if (!key || !value || gains_null(*a->key(), *key) || gains_null(*b->key(), *key))
            return nullptr;
        bool nulls = a->value_contains_null() || b->value_contains_null() ||
                     gains_null(*a->value(), *value) || gains_null(*b->value(), *value);
        return DataType::map(key, value, nulls);
    }
    if (!a->is(TypeId::kStruct) || a->fields().size() != b->fields().size()) return nullptr;
    types::Fields fields;
    for (size_t i = 0; i < a->fields().size(); ++i) {
        const auto& x = a->fields()[i];
        const auto& y = b->fields()[i];
        if (!types::names_equal(x.name, y.name)) return nullptr;
        auto type = unify(x.type, y.type, ansi);
        if (!type) return nullptr;
        bool nulls = x.nullable || y.nullable || gains_null(*x.type, *type) ||
                     gains_null(*y.type, *type);
        fields.push_back({x.name, type, nulls, ""});
    }
    return DataType::struct_(std::move(fields));
}

bool decimal_holds(const DataType& decimal, const DataType& integral) {
    auto other = DataType::decimal_for(integral);
    return decimal.precision() - decimal.scale() >= other->precision() - other->scale() &&
           decimal.scale() >= other->scale();
}

TypePtr tightest_numeric(const TypePtr& a, const TypePtr& b, bool ansi) {
    bool a_decimal = a->is(TypeId::kDecimal);
    bool b_decimal = b->is(TypeId::kDecimal);
    if (a_decimal && b->is_integral()) return decimal_holds(*a, *b) ? a : nullptr;
    if (b_decimal && a->is_integral()) return decimal_holds(*b, *a) ? b : nullptr;
    if (a_decimal || b_decimal) return nullptr;
    const auto& wider = a->id() > b->id() ? a : b;
    // A float would lose digits of the integral side.
    if (ansi && wider->is(TypeId::kFloat)) return DataType::double_();
    return wider;
}

TypePtr wider_datetime(const TypePtr& a, const TypePtr& b) {
    if (a->is(TypeId::kTimestamp) || b->is(TypeId::kTimestamp)) return DataType::timestamp();
    return DataType::timestamp_ntz();
}

TypePtr tightest(const TypePtr& a, const TypePtr& b, bool ansi) {
    if (*a == *b) return a;
    if (a->is(TypeId::kNull)) return b;
    if (b->is(TypeId::kNull)) return a;
    if (a->is_string() && b->is_string()) {
        if (a->is(TypeId::kString) && b->is(TypeId::kString)) return nullptr;
        return DataType::string(a->is(TypeId::kString) ? a->collation() : b->collation());
    }
    if (a->is_numeric() && b->is_numeric()) return tightest_numeric(a, b, ansi);
    if (a->is_datetime() && b->is_datetime()) return wider_datetime(a, b);
    if (a->is(TypeId::kTime) && b->is(TypeId::kTime))
        return DataType::time(std::max(a->precision(), b->precision()));
    if (types::is_geo(*a) && a->id() == b->id()) {
        return types::is_geography(*a) ? types::geography_type(types::kAnySrid)
                                       : types::geometry_type(types::kAnySrid);
    }
    if (a->id() == b->id() && a->is_ansi_interval()) {
        int start = std::min(a->start_field(), b->start_field());
        int end = std::max(a->end_field(), b->end_field());
        return a->is(TypeId::kYearMonthInterval) ? DataType::year_month_interval(start, end)
                                                 : DataType::day_time_interval(start, end);
    }
    return unify_nested(a, b, ansi, tightest);
}

TypePtr wider_with_decimal(const TypePtr& a, const TypePtr& b) {
    if (!a->is_numeric() || !b->is_numeric()) return nullptr;
    bool a_decimal = a->is(TypeId::kDecimal);
    bool b_decimal = b->is(TypeId::kDecimal);
    if (!a_decimal && !b_decimal) return nullptr;
    if ((a_decimal || a->is_integral()) && (b_decimal || b->is_integral())) {
        return wider_decimal(a_decimal ? *a : *DataType::decimal_for(*a),
            b_decimal ? *b : *DataType::decimal_for(*b));
    }
    return DataType::double_();
}

// ANSI: a string beside another type is read as that type.
TypePtr promote_string_ansi(const TypePtr& text, const TypePtr& other) {
    if (other->is_integral()) return DataType::long_();
    if (other->is_fractional()) return DataType::double_();
    if (other->is_ansi_interval() || other->is(TypeId::kCalendarInterval)) return nullptr;
    if (other->is_string()) return nullptr;
    (void)text;
    return other->is_atomic() && !types::is_geo(*other) ? other : nullptr;
}

TypePtr promote_string_legacy(const TypePtr& text, const TypePtr& other) {
    if (!other->is_atomic() || other->is(TypeId::kCalendarInterval) || types::is_geo(*other))
        return nullptr;
    if (other->is(TypeId::kBinary) || other->is(TypeId::kBoolean)) return nullptr;
    return text;
}

TypePtr wider_of_two(const TypePtr& a, const TypePtr& b, bool ansi) {
    if (auto t = tightest(a, b, ansi)) return t;
    if (auto t = wider_with_decimal(a, b)) return t;
    if (a->is_string() != b->is_string()) {
        const auto& text = a->is_string() ? a : b;
        const auto& other = a->is_string() ? b : a;
        if (auto t = ansi ? promote_string_ansi(text, other) : promote_string_legacy(text, other))
            return t;
    }
    return unify_nested(a, b, ansi, wider_of_two);
}

bool has_string(const DataType& type) {
    return type.is_string() || (type.is(TypeId::kArray) && has_string(*type.element()));
}

}  // namespace

TypePtr tightest_common_type(const TypePtr& a, const TypePtr& b) { return tightest(a, b, true); }

TypePtr wider_type(const TypePtr& a, const TypePtr& b, bool ansi) {
    return wider_of_two(a, b, ansi);
}

TypePtr wider_type(const std::vector<TypePtr>& types, bool ansi) {
    std::vector<TypePtr> ordered = types;
    // Widening is not associative in legacy mode once a string takes part.
    if (!ansi) {
        std::stable_partition(
            ordered.begin(), ordered.end(), [](const TypePtr& t) { return has_string(*t); });
    }
    TypePtr result = DataType::null();
    for (const auto& type : ordered) {
        result = wider_of_two(result, type, ansi);
        if (!result) return nullptr;
    }
    return result;
}

TypePtr wider_decimal(const DataType& a, const DataType& b) {
    int scale = std::max(a.scale(), b.scale());
    int range = std::max(a.precision() - a.scale(), b.precision() - b.scale());
    if (range + scale <= kMaxPrecision) return DataType::decimal(range + scale, scale);
    return DataType::decimal(kMaxPrecision, std::max(0, kMaxPrecision - range));
}

TypePtr adjust_precision_scale(int precision, int scale) {
    if (precision <= kMaxPrecision) return DataType::decimal(precision, scale);
    int integral = precision - scale;
    int kept = std::max(kMaxPrecision - integral, std::min(scale, kMinAdjustedScale));
    return DataType::decimal(kMaxPrecision, kept);
}

bool can_implicitly_cast(const DataType& from, const DataType& to, bool ansi) {
    if (from == to || from.is(TypeId::kNull)) return true;
    if (from.is_string() && to.is_string()) return true;
    if (from.is(TypeId::kArray) && to.is(TypeId::kArray)) {
        return can_implicitly_cast(*from.element(), *to.element(), ansi);
    }
    if (ansi) {
        bool is_readable = to.is_atomic() && !to.is(TypeId::kCalendarInterval) &&
                           !types::is_geo(to);
        if (from.is_string() && is_readable) return true;
        return can_store_assign(from, to);
    }
    if (from.is(TypeId::kMap) && to.is(TypeId::kMap)) {
        return can_implicitly_cast(*from.key(), *to.key(), ansi) &&
               can_implicitly_cast(*from.value(), *to.value(), ansi);
    }
    if (from.is_numeric() && to.is_numeric()) return true;
    if (from.is_datetime() && to.is_datetime()) return true;
    if (from.is_string() && (to.is_numeric() || to.is_datetime() || to.is(TypeId::kBinary) ||
                                to.is(TypeId::kTime) || to.is_ansi_interval())) {
        return true;
    }
    return from.is_atomic() && to.is_string() && !types::is_geo(from);
}

}  // namespace hanok::analyzer

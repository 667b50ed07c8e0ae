#include "analyzer/coercion.h"
#include "types/geo.h"

namespace hanok::analyzer {

using resolved::CastMode;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

bool is_integral_or_decimal(const DataType& t) { return t.is_integral() || t.is(TypeId::kDecimal); }

bool null_fits(bool from, bool to) { return !from || to; }

// Types that a VARIANT holds.
bool variant_holds(const DataType& type, bool structs_and_maps) {
    if (type.is(TypeId::kVariant)) return true;
    if (type.is_nested()) {
        if (type.is(TypeId::kArray)) return variant_holds(*type.element(), structs_and_maps);
        if (!structs_and_maps) return false;
        if (type.is(TypeId::kMap))
            return type.key()->is_string() && variant_holds(*type.value(), true);
        for (const auto& f : type.fields()) {
            if (!variant_holds(*f.type, true)) return false;
        }
        return true;
    }
    return !type.is_ansi_interval() && !type.is(TypeId::kCalendarInterval) &&
           !type.is(TypeId::kTime) && !types::is_geo(type);
}

// Geometries and geographies of one SRID are the same values; of any SRID, they only widen.
bool can_cast_geo(const DataType& from, const DataType& to) {
    if (!types::is_geo(from) || !types::is_geo(to)) return false;
    bool is_any = types::srid_of(to) == types::kAnySrid;
    if (from.id() == to.id()) return from == to || is_any;
    return types::srid_of(from) == types::srid_of(to) && !is_any;
}

bool can_cast_atomic_common(const DataType& from, const DataType& to) {
    if (from == to || from.is(TypeId::kNull)) return true;
    if (types::is_geo(from) || types::is_geo(to)) return can_cast_geo(from, to);
    if (to.is_string()) return true;
    if (from.is_string()) {
        return to.is_atomic() || to.is(TypeId::kCalendarInterval);
    }
    if (from.is_numeric() &&
        (to.is_numeric() || to.is(TypeId::kBoolean) || to.is(TypeId::kTimestamp)))
        return true;
    if (from.is(TypeId::kBoolean) && to.is_numeric()) return true;
    if (from.is_datetime() && to.is_datetime()) return true;
    if (from.is(TypeId::kTimestamp) && to.is_numeric()) return true;
    if (from.is(TypeId::kTime) && (to.is(TypeId::kTime) || is_integral_or_decimal(to))) return true;
    if (from.is_ansi_interval() && (from.id() == to.id() || is_integral_or_decimal(to)))
        return true;
    if (to.is_ansi_interval() && is_integral_or_decimal(from)) return true;
    if (from.is(TypeId::kVariant)) return variant_holds(to, true);
    if (to.is(TypeId::kVariant)) return variant_holds(from, false);
    return false;
}

bool can_cast_legacy(const DataType& from, const DataType& to) {
    if (can_cast_atomic_common(from, to)) return true;
    if (from.is_integral() && to.is(TypeId::kBinary)) return true;
    if (from.is_datetime() && !from.is(TypeId::kTimestampNtz)) {
        return to.is(TypeId::kBoolean) || to.is_numeric();
    }
    return from.is(TypeId::kBoolean) && to.is(TypeId::kTimestamp);
}

bool gains_null(const DataType& from, const DataType& to) {
    return cast_is_nullable(from, to, CastMode::kLegacy);
}

using CanCast = bool (*)(const DataType&, const DataType&);

// `strict`: a part that the cast may turn into NULL must be nullable in the target.
bool can_cast_nested(const DataType& from, const DataType& to, CanCast can, bool strict) {
    if (from.id() != to.id()) return false;
    auto fits = [&](const DataType& f, const DataType& t, bool from_null, bool to_null) {
        return can(f, t) && null_fits(from_null || (strict && gains_null(f, t)), to_null);
    };
    if (from.is(TypeId::kArray)) {
        return fits(*from.element(), *to.element(), from.contains_null(), to.contains_null());
    }
    if (from.is(TypeId::kMap)) {
        return fits(*from.key(), *to.key(), false, false) &&
               fits(*from.value(), *to.value(), from.value_contains_null(),
                   to.value_contains_null());
    }
    if (!from.is(TypeId::kStruct) || from.fields().size() != to.fields().size()) return false;
    for (size_t i = 0; i < from.fields().size(); ++i) {
        const auto& f = from.fields()[i];
        const auto& t = to.fields()[i];
        if (!fits(*f.type, *t.type, f.nullable, t.nullable)) return false;
    }
    return true;
}

bool can_cast_ansi(const DataType& from, const DataType& to) {
    return can_cast_atomic_common(from, to) || can_cast_nested(from, to, can_cast_ansi, false);
}
bool can_cast_non_ansi(const DataType& from, const DataType& to) {
    return can_cast_legacy(from, to) || can_cast_nested(from, to, can_cast_non_ansi, true);
}

// Decimals into which every value of `from` fits.
bool fits_decimal(const DataType& from, const DataType& to) {
    if (from.is(TypeId::kBoolean)) return to.precision() - to.scale() >= 1;
    if (from.is(TypeId::kDecimal)) {
        int from_integral = from.precision() - from.scale();
        int to_integral = to.precision() - to.scale();
        return (to_integral >= from_integral && to.scale() >= from.scale()) ||
               to_integral > from_integral;
    }
    if (!from.is_integral()) return false;
    auto d = DataType::decimal_for(from);
    return to.precision() - to.scale() >= d->precision() - d->scale() && to.scale() >= d->scale();
}

}  // namespace

bool can_cast(const DataType& from, const DataType& to, bool ansi) {
    return ansi ? can_cast_ansi(from, to) : can_cast_non_ansi(from, to);
}

bool can_try_cast(const DataType& from, const DataType& to) {
    return can_cast_atomic_common(from, to) || can_cast_nested(from, to, can_cast_non_ansi, true);
}

bool cast_is_nullable(const DataType& from, const DataType& to, CastMode mode) {
    if (from.is(TypeId::kNull) || from == to) return false;
    if (mode == CastMode::kTry) return !to.is_string() || from.is(TypeId::kVariant);
    if (from.is(TypeId::kVariant)) return true;
    if (from.is_string()) return !to.is_string() && !to.is(TypeId::kBinary);
    if (to.is_string()) return false;
    if (from.is(TypeId::kTimestamp) && to.is_integral() && !to.is(TypeId::kLong)) return true;
    if (from.is(TypeId::kTime) && (to.is(TypeId::kByte) || to.is(TypeId::kShort))) return true;
    if ((from.is(TypeId::kFloat) || from.is(TypeId::kDouble)) && to.is(TypeId::kTimestamp))
        return true;
    if (to.is(TypeId::kDate)) return !from.is(TypeId::kTimestamp);
    if (from.is(TypeId::kDate)) return !to.is(TypeId::kTimestamp);
    if (to.is(TypeId::kCalendarInterval)) return true;
    if (to.is(TypeId::kDecimal)) return !fits_decimal(from, to);
    return from.is_fractional() && to.is_integral();
}

bool can_store_assign(const DataType& from, const DataType& to) {
    if (from == to || from.is(TypeId::kNull)) return true;
    if (types::is_geo(from) || types::is_geo(to))
        return from.id() == to.id() && can_cast_geo(from, to);
    if (from.is_numeric() && to.is_numeric()) return true;
    if (from.is_atomic() && to.is_string()) return true;
    if (from.is_datetime() && to.is_datetime()) return true;
    if (from.is(TypeId::kTime) && to.is(TypeId::kTime)) return true;
    return can_cast_nested(from, to, can_store_assign, false);
}

resolved::ExprPtr cast_to(const resolved::ExprPtr& e, const TypePtr& type, bool ansi) {
    if (*e->type == *type || (e->type->is_nested() && e->type->equals(*type))) return e;
    if (e->kind == resolved::ExprKind::kLiteral && e->as<resolved::Literal>().value.is_null()) {
        auto literal = std::make_shared<resolved::Literal>(type, types::Value());
        literal->origin = e->origin;
        return literal;
    }
    auto mode = ansi ? CastMode::kAnsi : CastMode::kLegacy;
    bool nullable = e->nullable || cast_is_nullable(*e->type, *type, mode);
    auto cast = std::make_shared<resolved::Cast>(e, type, mode, nullable);
    cast->origin = e->origin;
    return cast;
}

}  // namespace hanok::analyzer

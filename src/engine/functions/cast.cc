#include "engine/functions/cast.h"

#include <duckdb/parser/expression/list.hpp>

#include "base/error.h"
#include "engine/functions/decimal_lowering.h"
#include "engine/functions/geo.h"
#include "engine/functions/typed_lowering.h"
#include "engine/functions/variant/variant_functions.h"
#include "engine/types/logical_types.h"
#include "types/geo.h"

namespace hanok::engine {

using resolved::CastMode;
using types::DataType;
using types::TypeId;

namespace {

// One cast being lowered.
struct Caster {
    const LowerContext& context;
    const DataType& from;
    const DataType& to;
    CastMode mode;

    DuckExpr mode_constant() const {
        return mode_argument(mode == CastMode::kAnsi ? 0 : mode == CastMode::kTry ? 1 : 2);
    }
    DuckExpr source() const { return text_argument(from.sql()); }
    DuckExpr zone() const { return text_argument(context.query.time_zone); }
    DuckExpr native(DuckExpr child) const {
        return duck_cast(std::move(child), to_logical_type(to));
    }
    int decimal_code() const { return to.precision() * 100 + to.scale(); }
    DuckExpr decimal(DuckExpr unscaled_value) const {
        return as_decimal(std::move(unscaled_value), to.precision(), to.scale());
    }

    bool is_real(const DataType& t) const { return t.is(TypeId::kFloat) || t.is(TypeId::kDouble); }

    DuckExpr to_integer(DuckExpr child) const {
        std::string name = "spark_cast_" + to.simple_string();
        if (from.is_string()) return duck_call(name, duck_list(std::move(child), mode_constant()));
        if (from.is_integral()) {
            if (from.id() <= to.id()) return native(std::move(child));
            return duck_call(
                name, duck_list(duck_cast(std::move(child), duckdb::LogicalType::BIGINT),
                          mode_constant(), source()));
        }
        if (is_real(from)) {
            return duck_call(
                name, duck_list(duck_cast(std::move(child), duckdb::LogicalType::DOUBLE),
                          mode_constant(), source()));
        }
        if (from.is(TypeId::kDecimal)) {
            return duck_call(name, duck_list(unscaled(std::move(child)), int_argument(from.scale()),
                                       mode_constant(), source()));
        }
        if (from.is(TypeId::kBoolean)) return native(std::move(child));
        if (from.is(TypeId::kTimestamp)) {
            auto seconds = duck_call("spark_instant_to_seconds", duck_list(std::move(child)));
            return duck_call(name, duck_list(std::move(seconds), mode_constant(), source()));
        }
        if (from.is(TypeId::kTime)) {
            auto seconds = duck_call(
                "//", duck_list(duck_call("spark_time_micros", duck_list(std::move(child))),
                          duck_constant(duckdb::Value::BIGINT(1000000))));
            return duck_call(name, duck_list(std::move(seconds), mode_constant(), source()));
        }
        if (from.is_ansi_interval()) {
            auto count = duck_call(
                "//", duck_list(duck_cast(std::move(child), duckdb::LogicalType::BIGINT),
                          duck_constant(duckdb::Value::BIGINT(unit_of(from)))));
            return duck_call(name, duck_list(std::move(count), mode_constant(), source()));
        }
        return null_of_type();
    }

    // Months or microseconds of the last field of an interval.
    static int64_t unit_of(const DataType& interval) {
        if (interval.is(TypeId::kYearMonthInterval)) return interval.end_field() == 0 ? 12 : 1;
        static const int64_t kMicros[] = {86400000000LL, 3600000000LL, 60000000LL, 1000000LL};
        return kMicros[interval.end_field()];
    }

    DuckExpr null_of_type() const {
        return duck_cast(duck_constant(duckdb::Value()), to_logical_type(to));
    }

    DuckExpr to_real(DuckExpr child) const {
        std::string name = to.is(TypeId::kDouble) ? "spark_cast_double" : "spark_cast_float";
        if (from.is_string()) return duck_call(name, duck_list(std::move(child), mode_constant()));
        if (from.is(TypeId::kDouble))
            return duck_call("spark_double_to_float", duck_list(std::move(child)));
        if (from.is(TypeId::kDecimal) && (from.precision() > 15 || to.is(TypeId::kFloat))) {
            auto exact = duck_call("spark_decimal_to_double",
                duck_list(unscaled(std::move(child)), int_argument(from.scale())));
            return to.is(TypeId::kDouble)
                       ? std::move(exact)
                       : duck_call("spark_double_to_float", duck_list(std::move(exact)));
        }
        if (from.is_numeric() || from.is(TypeId::kBoolean)) return native(std::move(child));
        if (from.is(TypeId::kTimestamp)) {
            auto seconds = duck_call("spark_instant_to_real", duck_list(std::move(child)));
            return to.is(TypeId::kDouble)
                       ? std::move(seconds)
                       : duck_call("spark_double_to_float", duck_list(std::move(seconds)));
        }
        return null_of_type();
    }

    bool widens_decimal(const DataType& source_type) const {
        return to.scale() >= source_type.scale() &&
               to.precision() - to.scale() >= source_type.precision() - source_type.scale();
    }

    DuckExpr to_decimal(DuckExpr child) const {
        auto code = int_argument(decimal_code());
        if (from.is_string() || is_real(from)) {
            return decimal(duck_call("spark_cast_decimal",
                duck_list(std::move(child), std::move(code), mode_constant())));
        }
        if (from.is_integral() || from.is(TypeId::kBoolean)) {
            auto digits = from.is(TypeId::kBoolean) ? DataType::decimal(1, 0)
                                                    : DataType::decimal_for(from);
            if (from.is(TypeId::kLong)) digits = DataType::decimal(19, 0);
            if (widens_decimal(*digits)) return native(std::move(child));
            if (from.is(TypeId::kBoolean))
                child = duck_cast(std::move(child), duckdb::LogicalType::INTEGER);
            return from_unscaled(duck_cast(std::move(child), duckdb::LogicalType::HUGEINT), 0);
        }
        if (from.is(TypeId::kDecimal)) {
            if (widens_decimal(from)) return native(std::move(child));
            return from_unscaled(unscaled(std::move(child)), from.scale());
        }
        if (from.is(TypeId::kTimestamp)) {
            auto micros = duck_call("spark_instant_micros", duck_list(std::move(child)));
            return from_unscaled(duck_cast(std::move(micros), duckdb::LogicalType::HUGEINT), 6);
        }
        if (from.is(TypeId::kTime)) {
            auto micros = duck_call("spark_time_micros", duck_list(std::move(child)));
            return from_unscaled(duck_cast(std::move(micros), duckdb::LogicalType::HUGEINT), 6);
        }
        if (from.is_ansi_interval()) return interval_to_decimal(std::move(child));
        return null_of_type();
    }

    DuckExpr interval_to_decimal(DuckExpr child) const {
        auto value = duck_cast(std::move(child), duckdb::LogicalType::HUGEINT);
        if (from.is(TypeId::kDayTimeInterval) && from.end_field() == 3)
            return from_unscaled(std::move(value), 6);
        auto count = duck_call("//",
            duck_list(std::move(value), duck_constant(duckdb::Value::HUGEINT(unit_of(from)))));
        return from_unscaled(std::move(count), 0);
    }

    DuckExpr from_unscaled(DuckExpr value, int scale) const {
        return decimal(
            duck_call("spark_cast_decimal", duck_list(std::move(value), int_argument(scale),
                                                int_argument(decimal_code()), mode_constant())));
    }

    DuckExpr to_text(DuckExpr child) const {
        if (from.is(TypeId::kBoolean))
            return duck_cast(std::move(child), duckdb::LogicalType::VARCHAR);
        if (from.is(TypeId::kByte) || from.is(TypeId::kShort))
            child = duck_cast(std::move(child), duckdb::LogicalType::INTEGER);
        if (from.is(TypeId::kDecimal)) {
            return duck_call("spark_cast_string",
                duck_list(unscaled(std::move(child)), int_argument(from.scale())));
        }
        if (from.is(TypeId::kTimestamp))
            return duck_call("spark_cast_string", duck_list(std::move(child), zone()));
        if (from.is_nested() || from.is_ansi_interval() || types::is_geo(from)) {
            return typed_call("spark_to_text", {std::make_shared<DataType>(from)}, nullptr,
                {context.query.time_zone}, duck_list(std::move(child)));
        }
        return duck_call("spark_cast_string", duck_list(std::move(child)));
    }

    DuckExpr to_boolean(DuckExpr child) const {
        if (from.is_string())
            return duck_call("spark_cast_boolean", duck_list(std::move(child), mode_constant()));
        if (from.is_numeric()) {
            auto zero = duck_cast(duck_constant(duckdb::Value::INTEGER(0)), to_logical_type(from));
            return duck_compare(
                duckdb::ExpressionType::COMPARE_NOTEQUAL, std::move(child), std::move(zero));
        }
        if (from.is(TypeId::kTimestamp)) {
            return duck_compare(duckdb::ExpressionType::COMPARE_NOTEQUAL,
                duck_call("spark_instant_micros", duck_list(std::move(child))),
                duck_constant(duckdb::Value::BIGINT(0)));
        }
        return null_of_type();
    }

    DuckExpr to_date(DuckExpr child) const {
        if (from.is_string())
            return duck_call("spark_cast_date", duck_list(std::move(child), mode_constant()));
        if (from.is(TypeId::kTimestamp))
            return duck_call("spark_instant_to_date", duck_list(std::move(child), zone()));
        if (from.is(TypeId::kTimestampNtz))
            return duck_call("spark_local_to_date", duck_list(std::move(child)));
        return null_of_type();
    }

    DuckExpr to_timestamp(DuckExpr child) const {
        if (from.is_string()) {
            auto now = duck_constant(duckdb::Value::BIGINT(context.query.now_micros));
            return duck_call("spark_cast_timestamp",
                duck_list(std::move(child), zone(), std::move(now), mode_constant()));
        }
        if (from.is(TypeId::kDate))
            return duck_call("spark_date_to_instant", duck_list(std::move(child), zone()));
        if (from.is(TypeId::kTimestampNtz))
            return duck_call("spark_local_to_instant", duck_list(std::move(child), zone()));
        if (from.is(TypeId::kBoolean)) {
            auto micros = duck_cast(std::move(child), duckdb::LogicalType::BIGINT);
            return duck_call("spark_instant_of_micros", duck_list(std::move(micros)));
        }
        if (from.is_integral()) {
            auto seconds = duck_cast(std::move(child), duckdb::LogicalType::BIGINT);
            return duck_call(
                "spark_seconds_to_instant", duck_list(std::move(seconds), mode_constant()));
        }
        if (is_real(from)) {
            auto seconds = duck_cast(std::move(child), duckdb::LogicalType::DOUBLE);
            return duck_call(
                "spark_seconds_to_instant", duck_list(std::move(seconds), mode_constant()));
        }
        if (from.is(TypeId::kDecimal)) {
            auto wide = DataType::decimal(38, 6);
            Caster micros{context, from, *wide, mode};
            auto value = unscaled(micros.to_decimal(std::move(child)));
            auto name = text_argument(from.sql());
            auto narrowed = duck_call("spark_cast_bigint",
                duck_list(std::move(value), int_argument(0), mode_constant(), std::move(name)));
            return duck_call("spark_instant_of_micros", duck_list(std::move(narrowed)));
        }
        return null_of_type();
    }

    DuckExpr to_timestamp_ntz(DuckExpr child) const {
        if (from.is_string())
            return duck_call(
                "spark_cast_timestamp_ntz", duck_list(std::move(child), mode_constant()));
        if (from.is(TypeId::kDate))
            return duck_call("spark_date_to_local", duck_list(std::move(child)));
        if (from.is(TypeId::kTimestamp))
            return duck_call("spark_instant_to_local", duck_list(std::move(child), zone()));
        return null_of_type();
    }

    DuckExpr to_time(DuckExpr child) const {
        // As in Spark, a string keeps its digits; what reads the time's parts cuts them.
        if (from.is_string())
            return duck_call("spark_cast_time", duck_list(std::move(child), mode_constant()));
        if (!from.is(TypeId::kTime) || to.precision() >= from.precision()) return child;
        return duck_call(
            "spark_time_precision", duck_list(std::move(child), int_argument(to.precision())));
    }

    DuckExpr to_interval(DuckExpr child) const {
        if (to.is(TypeId::kCalendarInterval)) {
            return duck_call("spark_cast_interval", duck_list(std::move(child), mode_constant()));
        }
        bool is_year_month = to.is(TypeId::kYearMonthInterval);
        if (from.is_string()) {
            auto fields = int_argument(to.start_field() * 10 + to.end_field());
            return duck_call(is_year_month ? "spark_cast_year_month" : "spark_cast_day_time",
                duck_list(std::move(child), std::move(fields), mode_constant()));
        }
        if (from.is_ansi_interval()) return child;
        if (from.is(TypeId::kDecimal)) {
            // Whole units, except that the fraction of seconds counts.
            bool seconds = !is_year_month && to.end_field() == 3;
            auto exact = DataType::decimal(38, seconds ? 6 : 0);
            Caster whole{context, from, *exact, mode};
            auto count = duck_call(
                "spark_cast_bigint", duck_list(unscaled(whole.to_decimal(std::move(child))),
                                         int_argument(0), mode_constant(), source()));
            if (seconds) return count;
            return units(std::move(count), is_year_month);
        }
        return units(duck_cast(std::move(child), duckdb::LogicalType::BIGINT), is_year_month);
    }

    DuckExpr units(DuckExpr count, bool is_year_month) const {
        return duck_call(is_year_month ? "spark_months_of_units" : "spark_interval_of_units",
            duck_list(std::move(count), duck_constant(duckdb::Value::BIGINT(unit_of(to))),
                mode_constant()));
    }

    DuckExpr to_binary(DuckExpr child) const {
        if (from.is_string()) return duck_call("spark_text_bytes", duck_list(std::move(child)));
        if (from.is_integral()) return duck_call("spark_big_endian", duck_list(std::move(child)));
        return null_of_type();
    }

    DuckExpr to_nested(DuckExpr child) const;
    DuckExpr part(DuckExpr child, const DataType& part_from, const DataType& part_to) const {
        if (part_from.same_structure(part_to)) return child;
        return lower_cast(context, std::move(child), part_from, part_to, mode);
    }
};

DuckExpr column(const std::string& name) {
    return duckdb::make_uniq<duckdb::ColumnRefExpression>(name);
}

DuckExpr lambda_over(DuckExpr list, const std::string& parameter, DuckExpr body) {
    duckdb::vector<std::string> names{parameter};
    auto lambda = duckdb::make_uniq<duckdb::LambdaExpression>(std::move(names), std::move(body));
    return duck_call("list_transform", duck_list(std::move(list), DuckExpr(std::move(lambda))));
}

// Names of lambda parameters differ by depth, so that inner ones do not hide outer ones.
int nesting(const DataType& t) {
    if (t.is(TypeId::kArray)) return 1 + nesting(*t.element());
    if (t.is(TypeId::kMap)) return 1 + std::max(nesting(*t.key()), nesting(*t.value()));
    int depth = 0;
    if (t.is(TypeId::kStruct)) {
        for (const auto& f : t.fields()) depth = std::max(depth, nesting(*f.type));
    }
    return depth;
}

DuckExpr field_of(DuckExpr child, size_t i) {
    return duck_call(
        "struct_extract", duck_list(std::move(child), text_argument(struct_field_name(i))));
}

DuckExpr Caster::to_nested(DuckExpr child) const {
    auto parameter = "cast_" + std::to_string(nesting(from));
    if (to.is(TypeId::kArray)) {
        return lambda_over(
            std::move(child), parameter, part(column(parameter), *from.element(), *to.element()));
    }
    if (to.is(TypeId::kMap)) {
        auto entry = [&](const char* side) {
            return duck_call("struct_extract", duck_list(column(parameter), text_argument(side)));
        };
        auto key = part(entry("key"), *from.key(), *to.key());
        auto value = part(entry("value"), *from.value(), *to.value());
        key->SetAlias("k");
        value->SetAlias("v");
        auto pair = duck_call("struct_pack", duck_list(std::move(key), std::move(value)));
        auto entries = lambda_over(
            duck_call("map_entries", duck_list(std::move(child))), parameter, std::move(pair));
        return duck_call("map_from_entries", duck_list(std::move(entries)));
    }
    DuckExprs fields;
    for (size_t i = 0; i < to.fields().size(); ++i) {
        auto field = part(field_of(child->Copy(), i), *from.fields()[i].type, *to.fields()[i].type);
        field->SetAlias(struct_field_name(i));
        fields.push_back(std::move(field));
    }
    auto packed = duck_call("struct_pack", std::move(fields));
    auto is_null = duck_operator(
        duckdb::ExpressionType::OPERATOR_IS_NULL, duck_list(std::move(child)));
    return duck_case(std::move(is_null), duck_constant(duckdb::Value()), std::move(packed));
}

// DuckDB's own cast does the same: nothing can fail or change.
bool is_plain(const DataType& from, const DataType& to) {
    if (from.is(TypeId::kNull)) return true;
    return from.same_structure(to);
}

}  // namespace

DuckExpr lower_cast(const LowerContext& context, DuckExpr child, const DataType& from,
    const DataType& to, CastMode mode) {
    Caster caster{context, from, to, mode};
    if (is_plain(from, to)) return caster.native(std::move(child));
    if (from.is_string() && to.is_string()) return child;
    if (types::is_geo(to)) return lower_geo_cast(std::move(child), from, to);
    if (from.is(TypeId::kVariant) || to.is(TypeId::kVariant))
        return lower_variant_cast(context, std::move(child), from, to, mode == CastMode::kTry);
    switch (to.id()) {
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong: return caster.to_integer(std::move(child));
        case TypeId::kFloat:
        case TypeId::kDouble: return caster.to_real(std::move(child));
        case TypeId::kDecimal: return caster.to_decimal(std::move(child));
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return caster.to_text(std::move(child));
        case TypeId::kBoolean: return caster.to_boolean(std::move(child));
        case TypeId::kBinary: return caster.to_binary(std::move(child));
        case TypeId::kDate: return caster.to_date(std::move(child));
        case TypeId::kTimestamp: return caster.to_timestamp(std::move(child));
        case TypeId::kTimestampNtz: return caster.to_timestamp_ntz(std::move(child));
        case TypeId::kTime: return caster.to_time(std::move(child));
        case TypeId::kYearMonthInterval:
        case TypeId::kDayTimeInterval:
        case TypeId::kCalendarInterval: return caster.to_interval(std::move(child));
        case TypeId::kArray:
        case TypeId::kMap:
        case TypeId::kStruct: return caster.to_nested(std::move(child));
        case TypeId::kNull:
        case TypeId::kVariant: break;
    }
    throw unsupported_feature("CAST from " + from.sql() + " to " + to.sql());
}

}  // namespace hanok::engine

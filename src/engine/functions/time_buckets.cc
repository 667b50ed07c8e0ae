// Buckets of time, timestamps of a date and a time of day, times of day in seconds.

#include "engine/functions/datetime.h"
#include "engine/functions/decimal_lowering.h"
#include "engine/functions/time_zone.h"
#include "types/datetime_text.h"

namespace hanok::engine {

using duckdb::LogicalType;
using duckdb::Value;
using types::DataType;
using types::TypeId;

namespace {

[[noreturn]] void raise_width(const std::string& shown) {
    raise(Error(ErrorKind::kIllegalArgument, "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
        {{"exprName", "bucketWidth"}, {"valueRange", "(0, Infinity)"}, {"currentValue", shown},
            {"sqlExpr", "\"time_bucket\""}}));
}

int64_t bucket_of_micros(int64_t width, int64_t t, int64_t origin) {
    if (width <= 0) raise_width(std::to_string(width));
    return origin + floor_divide(t - origin, width) * width;
}

int64_t month_number(int64_t local) {
    int64_t year = 0;
    unsigned month = 0, day = 0;
    types::civil_from_days(floor_divide(local, kMicrosPerDay), &year, &month, &day);
    return year * 12 + static_cast<int64_t>(month) - 1;
}

// `months` after the origin, counted from the origin itself so that short months do not add up.
int64_t bucket_of_months(int32_t width, int64_t local, int64_t origin) {
    if (width <= 0) raise_width(std::to_string(width));
    auto index = floor_divide(month_number(local) - month_number(origin), width);
    auto start = [&](int64_t i) { return plus_months_of(origin, i * width); };
    while (start(index) > local) --index;
    while (start(index + 1) <= local) ++index;
    return start(index);
}

// Where the window begins or ends that lies `shift` behind the last one to begin before a time.
int64_t window_bound(int64_t t, int64_t slide, int64_t start, int64_t shift) {
    return start + floor_divide(t - start, slide) * slide + shift;
}

void add_window_bounds(KernelSet& k) {
    k.add("spark_window_bound", [](Instant t, int64_t slide, int64_t start, int64_t shift) {
        return Instant{window_bound(t.micros, slide, start, shift)};
    });
    k.add("spark_window_bound", [](LocalTime t, int64_t slide, int64_t start, int64_t shift) {
        return LocalTime{window_bound(t.micros, slide, start, shift)};
    });
}

void add_buckets(KernelSet& k) {
    add_window_bounds(k);
    k.add(
        "spark_time_bucket",
        // Days are days of the zone's clock.
        [](int64_t width, Instant t, Instant origin, std::string_view name) {
            if (width < kMicrosPerDay)
                return Instant{bucket_of_micros(width, t.micros, origin.micros)};
            const auto& zone = TimeZone::get(name);
            return Instant{zone.to_utc(
                bucket_of_micros(width, zone.to_local(t.micros), zone.to_local(origin.micros)))};
        },
        Fallible::kYes);
    k.add(
        "spark_time_bucket",
        [](int64_t width, LocalTime t, LocalTime origin, std::string_view) {
            return LocalTime{bucket_of_micros(width, t.micros, origin.micros)};
        },
        Fallible::kYes);
    k.add(
        "spark_time_bucket_months",
        [](int32_t width, Instant t, Instant origin, std::string_view name) {
            const auto& zone = TimeZone::get(name);
            auto start = bucket_of_months(
                width, zone.to_local(t.micros), zone.to_local(origin.micros));
            return Instant{zone.to_utc(start)};
        },
        Fallible::kYes);
    k.add(
        "spark_time_bucket_months",
        [](int32_t width, LocalTime t, LocalTime origin, std::string_view) {
            return LocalTime{bucket_of_months(width, t.micros, origin.micros)};
        },
        Fallible::kYes);
}

DuckExpr lower_bucket(const LowerContext& context, const resolved::Call& call, DuckExprs args) {
    bool months = call.args[0]->type->is(TypeId::kYearMonthInterval);
    args.push_back(duck_constant(Value(context.query.time_zone)));
    return duck_call(months ? "spark_time_bucket_months" : "spark_time_bucket", std::move(args));
}

DuckExpr lower_of_seconds(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    const auto& type = *call.args[0]->type;
    bool real = type.is(TypeId::kDouble) || type.is(TypeId::kFloat);
    // Beyond six digits a fraction is cut off, not rounded.
    auto exact = real ? duck_cast(std::move(args[0]), LogicalType::DOUBLE)
                      : duck_cast(std::move(args[0]), LogicalType::DECIMAL(38, 9));
    auto scaled = duck_call(
        "*", duck_list(std::move(exact), duck_constant(Value::BIGINT(1000000))));
    auto whole = duck_call("trunc", duck_list(std::move(scaled)));
    return duck_call(
        "spark_time_from_seconds", duck_list(duck_cast(std::move(whole), LogicalType::BIGINT)));
}

}  // namespace

void lower_time_buckets(FunctionLowerings& l) {
    l.scalar("time_bucket", lower_bucket);
    l.scalar("time_from_seconds", lower_of_seconds);
    l.scalar("time_to_seconds", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return as_decimal(
            duck_cast(duck_call("spark_time_to_micros", std::move(args)), LogicalType::HUGEINT), 14,
            6);
    });
    l.scalar("timestamp_of_parts",
        [](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
            bool has_zone = call.args.size() > 2;
            DuckExpr zone = has_zone ? std::move(args[2])
                                     : duck_constant(Value(context.query.time_zone));
            args.resize(2);
            auto local = duck_call("spark_local_of_parts", std::move(args));
            if (call.type->is(TypeId::kTimestampNtz)) return local;
            return duck_call("spark_local_in_zone", duck_list(std::move(local), std::move(zone)));
        });
}

void add_time_buckets(KernelSet& k) {
    add_buckets(k);
    k.add("spark_local_of_parts",
        [](Date d, TimeOfDay t) { return LocalTime{d.days * kMicrosPerDay + t.micros}; });
    k.add(
        "spark_time_from_seconds",
        [](int64_t micros) {
            if (micros < 0 || micros >= kMicrosPerDay) {
                raise(Error(ErrorKind::kDateTime, "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION",
                    {{"rangeMessage", "Invalid value for SecondOfDay (valid values 0 - 86399): " +
                                          std::to_string(floor_divide(micros, 1000000))}}));
            }
            return TimeOfDay{micros};
        },
        Fallible::kYes);
}

}  // namespace hanok::engine

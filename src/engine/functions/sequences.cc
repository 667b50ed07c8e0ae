// sequence(start, stop, step): integers, and dates and timestamps by intervals.

#include "engine/functions/collections.h"
#include "engine/functions/time_zone.h"
#include "engine/functions/value_kernel.h"

namespace hanok::engine {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::Value;

namespace {

constexpr size_t kMaxLength = 2147483632;

[[noreturn]] void raise_boundaries(
    const std::string& start, const std::string& stop, const std::string& step) {
    raise(Error(ErrorKind::kIllegalArgument, "ILLEGAL_SEQUENCE_BOUNDARIES",
        {{"start", start}, {"stop", stop}, {"step", step}}));
}

void check_length(size_t length) {
    if (length < kMaxLength) return;
    raise(runtime_error("COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
        {{"numberOfElements", std::to_string(length)}, {"functionName", "`sequence`"},
            {"maxRoundedArrayLength", std::to_string(kMaxLength)}, {"parameter", "`count`"}}));
}

Value integers(const Values& args, const LogicalType& type) {
    auto start = args[0].GetValue<int64_t>();
    auto stop = args[1].GetValue<int64_t>();
    int64_t step = args.size() > 2 ? args[2].GetValue<int64_t>() : start <= stop ? 1 : -1;
    bool ok = step > 0 ? start <= stop : step < 0 ? start >= stop : start == stop;
    if (!ok) {
        raise_boundaries(std::to_string(start), std::to_string(stop), std::to_string(step));
    }
    const auto& item = duckdb::ListType::GetChildType(type);
    Values out;
    for (__int128 x = start; step >= 0 ? x <= stop : x >= stop; x += step) {
        out.push_back(Value::BIGINT(static_cast<int64_t>(x)).DefaultCastAs(item));
        if (step == 0) break;
        check_length(out.size());
    }
    return Value::LIST(item, std::move(out));
}

int64_t micros_of(const Value& value) {
    if (value.type().id() == LogicalTypeId::DATE)
        return int64_t{duckdb::DateValue::Get(value).days} * kMicrosPerDay;
    return value.GetValueUnsafe<int64_t>();
}

Value value_of(int64_t micros, const LogicalType& type) {
    switch (type.id()) {
        case LogicalTypeId::DATE:
            return Value::DATE(
                duckdb::date_t(static_cast<int32_t>(floor_divide(micros, kMicrosPerDay))));
        case LogicalTypeId::TIMESTAMP: return Value::TIMESTAMP(duckdb::timestamp_t(micros));
        default: return Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(micros));
    }
}

// Year-month intervals are INTEGER months, day-time ones BIGINT microseconds whose whole days are
// calendar days.
duckdb::interval_t step_of(const Value& value) {
    if (value.type().id() == LogicalTypeId::INTEGER) return {value.GetValue<int32_t>(), 0, 0};
    if (value.type().id() != LogicalTypeId::BIGINT) return duckdb::IntervalValue::Get(value);
    auto micros = value.GetValue<int64_t>();
    return {0, static_cast<int32_t>(micros / kMicrosPerDay), micros % kMicrosPerDay};
}

// instants(start, stop, step, zone): steps are taken on the clock of the zone, from the start each
// time.
Value instants(const Values& args, const LogicalType& type) {
    const auto& item = duckdb::ListType::GetChildType(type);
    auto start = micros_of(args[0]);
    auto stop = micros_of(args[1]);
    auto step = step_of(args[2]);
    bool zoned = item.id() == LogicalTypeId::TIMESTAMP_TZ;
    const auto* zone = zoned ? &TimeZone::get(duckdb::StringValue::Get(args[3])) : nullptr;
    if (args.size() > 4 && start > stop) step = {-step.months, -step.days, -step.micros};
    // A month counts 28 days here: only the direction matters.
    auto size = (__int128{step.months} * 28 + step.days) * kMicrosPerDay + step.micros;
    bool ok = size > 0 ? start <= stop : size < 0 ? start >= stop : start == stop;
    if (!ok) raise_boundaries(args[0].ToString(), args[1].ToString(), args[2].ToString());
    Values out;
    for (int64_t i = 0;; ++i) {
        auto local = zone ? zone->to_local(start) : start;
        auto months = static_cast<int32_t>(step.months * i);
        if (months != 0) {
            local = duckdb::Interval::Add(
                duckdb::timestamp_t(local), duckdb::interval_t{months, 0, 0})
                        .value;
        }
        local += step.days * i * kMicrosPerDay;
        auto at =
            (zone ? (step.months != 0 || step.days != 0 ? zone->to_utc(local) : start) : local) +
            step.micros * i;
        if (size > 0 ? at > stop : at < stop) break;
        out.push_back(value_of(at, item));
        if (size == 0) break;
        check_length(out.size());
    }
    return Value::LIST(item, std::move(out));
}

}  // namespace

void add_sequences(KernelSet& k) {
    add_value_kernel(k, "spark_sequence", integers, {.is_fallible = true});
    add_value_kernel(k, "spark_sequence_of_instants", instants, {.is_fallible = true});
}

}  // namespace hanok::engine

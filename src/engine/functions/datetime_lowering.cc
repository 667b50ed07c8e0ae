// Date and timestamp functions as expressions over DuckDB's own and over kernels (datetime.cc).

#include "base/error.h"
#include "engine/functions/cast.h"
#include "engine/functions/datetime.h"
#include "engine/functions/decimal_lowering.h"
#include "engine/functions/java_pattern.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::LogicalType;
using duckdb::Value;
using types::DataType;
using types::TypeId;

namespace {

DuckExpr text(const std::string& s) { return duck_constant(Value(s)); }
DuckExpr flag(bool b) { return duck_constant(Value::BOOLEAN(b)); }
DuckExpr integer(DuckExpr e) { return duck_cast(std::move(e), LogicalType::INTEGER); }

DuckExpr zone(const LowerContext& context) { return text(context.query.time_zone); }

// The wall clock of a timestamp in the session's zone; others as they are.
DuckExpr local(const LowerContext& context, DuckExpr e, const DataType& type) {
    if (!type.is(TypeId::kTimestamp)) return e;
    return lower_cast(
        context, std::move(e), type, *DataType::timestamp_ntz(), resolved::CastMode::kLegacy);
}

// Whole seconds and exact fractions of them must have a timestamp; real numbers are cut.
DuckExpr lower_timestamp_seconds(
    const LowerContext& context, const resolved::Call& call, DuckExprs args) {
    const auto& from = *call.args[0]->type;
    if (from.is_integral()) {
        auto seconds = duck_cast(std::move(args[0]), LogicalType::BIGINT);
        return duck_call(
            "spark_seconds_to_instant", duck_list(std::move(seconds), mode_argument(0)));
    }
    if (from.is(TypeId::kDecimal)) {
        return duck_call("spark_decimal_seconds_to_instant",
            duck_list(unscaled(std::move(args[0])), int_argument(from.scale())));
    }
    return lower_cast(
        context, std::move(args[0]), from, *DataType::timestamp(), resolved::CastMode::kLegacy);
}

// A part of DuckDB's own, as INT.
LowerFunction part(const std::string& name) {
    return [name](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
        auto value = local(context, std::move(args[0]), *call.args[0]->type);
        return integer(duck_call(name, duck_list(std::move(value))));
    };
}

DuckExpr plus(DuckExpr e, int n) {
    return duck_call("+", duck_list(std::move(e), duck_constant(Value::INTEGER(n))));
}

// Seconds with their fraction, as DECIMAL(8, 6).
DuckExpr exact_seconds(DuckExpr value) {
    // Of the minute: DuckDB counts the seconds in, too.
    auto micros = duck_call("microsecond", duck_list(std::move(value)));
    auto scaled = duck_call("/", duck_list(duck_cast(std::move(micros), LogicalType::DOUBLE),
                                     duck_constant(Value::DOUBLE(1e6))));
    return duck_cast(std::move(scaled), LogicalType::DECIMAL(8, 6));
}

const std::map<std::string, std::string>& date_fields() {
    static const std::map<std::string, std::string> fields = {{"year", "year"}, {"y", "year"},
        {"years", "year"}, {"yr", "year"}, {"yrs", "year"}, {"yearofweek", "isoyear"},
        {"quarter", "quarter"}, {"qtr", "quarter"}, {"month", "month"}, {"mon", "month"},
        {"mons", "month"}, {"months", "month"}, {"week", "week"}, {"w", "week"}, {"weeks", "week"},
        {"day", "day"}, {"d", "day"}, {"days", "day"}, {"dayofweek", "dayofweek"},
        {"dow", "dayofweek"}, {"dayofweek_iso", "isodow"}, {"dow_iso", "isodow"},
        {"doy", "dayofyear"}, {"hour", "hour"}, {"h", "hour"}, {"hours", "hour"}, {"hr", "hour"},
        {"hrs", "hour"}, {"minute", "minute"}, {"m", "minute"}, {"min", "minute"},
        {"mins", "minute"}, {"minutes", "minute"}, {"second", "second"}, {"s", "second"},
        {"sec", "second"}, {"secs", "second"}, {"seconds", "second"}};
    return fields;
}

std::string constant_text(const resolved::Expression& e) {
    if (e.kind != resolved::ExprKind::kLiteral || e.as<resolved::Literal>().value.is_null())
        throw internal_error("a field must be constant");
    return types::to_lower(e.as<resolved::Literal>().value.as_string());
}

Error invalid_field(const resolved::Call& call, const std::string& field) {
    return analysis_error("INVALID_EXTRACT_FIELD",
        {{"field", "'" + field + "'"}, {"expr", "\"" + call.function + "\""}});
}

DuckExpr lower_part(const LowerContext& context, const resolved::Call& call, DuckExprs args) {
    std::string field = constant_text(*call.args[0]);
    auto known = date_fields().find(field);
    if (known == date_fields().end()) throw invalid_field(call, field);
    const auto& type = *call.args[1]->type;
    auto value = local(context, std::move(args[1]), type);
    if (type.is(TypeId::kTime)) {
        value = duck_call(
            "spark_time_precision", duck_list(std::move(value), int_argument(type.precision())));
    }
    if (known->second == "second" && !type.is(TypeId::kDate))
        return exact_seconds(std::move(value));
    auto out = integer(duck_call(known->second, duck_list(std::move(value))));
    return known->second == "dayofweek" ? plus(std::move(out), 1) : std::move(out);
}

// Whole units of an interval held as months or microseconds.
DuckExpr lower_interval_part(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    std::string field = constant_text(*call.args[0]);
    auto known = date_fields().find(field);
    std::string unit = known == date_fields().end() ? "" : known->second;
    bool months = call.args[1]->type->is(TypeId::kYearMonthInterval);
    static const std::map<std::string, std::pair<int64_t, int64_t>> kDayTime = {
        {"day", {86400000000, 0}}, {"hour", {3600000000, 24}}, {"minute", {60000000, 60}},
        {"second", {1, 60000000}}};
    static const std::map<std::string, std::pair<int64_t, int64_t>> kYearMonth = {
        {"year", {12, 0}}, {"month", {1, 12}}};
    const auto& units = months ? kYearMonth : kDayTime;
    auto it = units.find(unit);
    if (it == units.end()) throw invalid_field(call, field);
    auto value = duck_cast(std::move(args[1]), LogicalType::BIGINT);
    auto out = duck_call(
        "//", duck_list(std::move(value), duck_constant(Value::BIGINT(it->second.first))));
    if (it->second.second)
        out = duck_call(
            "%", duck_list(std::move(out), duck_constant(Value::BIGINT(it->second.second))));
    if (unit == "second") {
        auto scaled = duck_call("/", duck_list(duck_cast(std::move(out), LogicalType::DOUBLE),
                                         duck_constant(Value::DOUBLE(1e6))));
        return duck_cast(std::move(scaled), to_logical_type(*call.type));
    }
    return duck_cast(std::move(out), to_logical_type(*call.type));
}

// Calls the kernel of that name with the session's zone and/or the ANSI flag behind the arguments.
// The pattern, marked where the session asks for the legacy kind.
DuckExpr pattern(const LowerContext& context, DuckExpr given) {
    auto policy = context.query.conf.find("spark.sql.legacy.timeParserPolicy");
    bool legacy = policy != context.query.conf.end() && types::to_upper(policy->second) == "LEGACY";
    if (!legacy) return given;
    return duck_call("||", duck_list(text(std::string(1, kLegacyMark)), std::move(given)));
}

// Kernels whose second argument is a pattern.
LowerFunction by_pattern(const std::string& name, bool with_zone, bool with_ansi) {
    return [=](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
        args[1] = pattern(context, std::move(args[1]));
        if (with_zone) args.push_back(zone(context));
        if (with_ansi) args.push_back(flag(call.ansi));
        return duck_call(name, std::move(args));
    };
}

LowerFunction kernel(const std::string& name, bool with_zone, bool with_ansi) {
    return [=](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
        if (with_zone) args.push_back(zone(context));
        if (with_ansi) args.push_back(flag(call.ansi));
        return duck_call(name, std::move(args));
    };
}

DuckExpr lower_months_between(
    const LowerContext& context, const resolved::Call& call, DuckExprs args) {
    for (size_t i = 0; i < 2; ++i)
        args[i] = local(context, std::move(args[i]), *call.args[i]->type);
    return duck_call("spark_months_between", std::move(args));
}

// make_timestamp(y, mo, d, h, mi, s[, zone]): seconds are DECIMAL(16, 6).
LowerFunction make_timestamp(bool with_zone) {
    return [with_zone](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
        DuckExpr region = with_zone ? args.size() > 6 ? std::move(args[6]) : zone(context)
                                    : nullptr;
        args.resize(6);
        auto scaled = duck_call(
            "*", duck_list(duck_cast(std::move(args[5]), LogicalType::DECIMAL(22, 6)),
                     duck_constant(Value::BIGINT(1000000))));
        args[5] = duck_cast(std::move(scaled), LogicalType::BIGINT);
        args.push_back(flag(call.ansi));
        auto made = duck_call("spark_make_local", std::move(args));
        return with_zone
                   ? duck_call("spark_local_in_zone", duck_list(std::move(made), std::move(region)))
                   : std::move(made);
    };
}

// The seconds, a DECIMAL at position `seconds`, go as microseconds.
LowerFunction make_interval(const std::string& name, size_t seconds, bool with_ansi) {
    return [=](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        auto exact = duck_cast(std::move(args[seconds]), LogicalType::DECIMAL(38, 6));
        auto scaled = duck_call(
            "*", duck_list(std::move(exact), duck_constant(Value::BIGINT(1000000))));
        args[seconds] = duck_cast(std::move(scaled), LogicalType::BIGINT);
        if (with_ansi) args.push_back(flag(call.ansi));
        return duck_call(name, std::move(args));
    };
}

// Whole units since the epoch, rounded down.
LowerFunction since_epoch(int64_t micros_per_unit) {
    return [micros_per_unit](
               const LowerContext&, const resolved::Call&, DuckExprs args) -> DuckExpr {
        auto micros = duck_call("epoch_us", std::move(args));
        if (micros_per_unit == 1) return micros;
        // Floor division: (x - pmod(x, n)) / n.
        auto unit = [&] { return duck_constant(Value::BIGINT(micros_per_unit)); };
        auto copy = micros->Copy();
        auto modulo = duck_call("%",
            duck_list(duck_call("+",
                          duck_list(duck_call("%", duck_list(std::move(copy), unit())), unit())),
                unit()));
        auto whole = duck_call("-", duck_list(std::move(micros), std::move(modulo)));
        return duck_call("//", duck_list(std::move(whole), unit()));
    };
}

LowerFunction from_epoch(int64_t factor) {
    return [factor](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return duck_call(
            "spark_micros_to_instant", duck_list(duck_cast(std::move(args[0]), LogicalType::BIGINT),
                                           duck_constant(Value::BIGINT(factor))));
    };
}

DuckExpr lower_from_unixtime(const LowerContext& context, const resolved::Call&, DuckExprs args) {
    auto instant = duck_call("spark_micros_to_instant",
        duck_list(std::move(args[0]), duck_constant(Value::BIGINT(1000000))));
    return duck_call("spark_date_format",
        duck_list(std::move(instant), pattern(context, std::move(args[1])), zone(context)));
}

void lower_parts(FunctionLowerings& l) {
    for (const char* name : {"year", "quarter", "month", "dayofyear", "hour", "minute", "second"})
        l.scalar(name, part(name));
    l.scalar("dayofmonth", part("day"));
    l.scalar("dayofweek", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return plus(integer(duck_call("dayofweek", std::move(args))), 1);
    });
    l.scalar("weekday", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return plus(integer(duck_call("isodow", std::move(args))), -1);
    });
    l.scalar("date_part", lower_part);
    l.scalar("interval_part", lower_interval_part);
}

}  // namespace

void lower_datetime(FunctionLowerings& l) {
    lower_parts(l);
    l.scalar("date_diff", [](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        return duck_cast(duck_call("-", std::move(args)), to_logical_type(*call.type));
    });
    l.scalar("add_months", kernel("spark_add_months", false, false));
    l.scalar("make_ym_interval", kernel("spark_make_ym_interval", false, false));
    l.scalar("make_dt_interval", make_interval("spark_make_dt_interval", 3, false));
    for (const char* name : {"make_interval", "try_make_interval"})
        l.scalar(name, make_interval("spark_make_interval", 6, true));
    l.scalar("timestampadd", kernel("spark_timestampadd", true, false));
    l.scalar("timestampdiff", kernel("spark_timestampdiff", true, false));
    l.scalar("next_day", kernel("spark_next_day", false, true));
    l.scalar("date_trunc", kernel("spark_date_trunc", true, false));
    l.scalar("months_between", lower_months_between);
    l.scalar("date_format", by_pattern("spark_date_format", true, false));
    l.scalar("parse_date", by_pattern("spark_parse_date", false, true));
    l.scalar("parse_time", kernel("spark_parse_time", false, true));
    l.scalar("make_time", make_interval("spark_make_time", 2, false));
    l.scalar("parse_timestamp", by_pattern("spark_parse_timestamp", true, true));
    l.scalar("parse_timestamp_ntz", by_pattern("spark_parse_timestamp_ntz", false, true));
    l.scalar("from_unixtime", lower_from_unixtime);
    l.scalar("make_date", kernel("spark_make_date", false, true));
    l.scalar("make_timestamp", make_timestamp(true));
    l.scalar("make_timestamp_ntz", make_timestamp(false));
    l.scalar("from_utc_timestamp", kernel("spark_from_utc", false, false));
    l.scalar("to_utc_timestamp", kernel("spark_to_utc", false, false));
    l.scalar("convert_timezone", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return duck_call("spark_shift_zone",
            duck_list(std::move(args[2]), std::move(args[0]), std::move(args[1])));
    });
    l.scalar("unix_seconds", since_epoch(1000000));
    l.scalar("unix_millis", since_epoch(1000));
    l.scalar("unix_micros", since_epoch(1));
    l.scalar("timestamp_seconds", lower_timestamp_seconds);
    l.scalar("timestamp_millis", from_epoch(1000));
    l.scalar("timestamp_micros", from_epoch(1));
    l.scalar("unix_date", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        auto epoch = duck_constant(Value::DATE(duckdb::date_t(0)));
        return integer(duck_call("-", duck_list(std::move(args[0]), std::move(epoch))));
    });
    l.scalar("date_from_unix_date", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return duck_call(
            "+", duck_list(duck_constant(Value::DATE(duckdb::date_t(0))), std::move(args[0])));
    });
}

}  // namespace hanok::engine

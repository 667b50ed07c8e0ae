// Dates, timestamps and their parts.

#include "analyzer/coercion.h"
#include "analyzer/functions/datetime_arithmetic.h"
#include "analyzer/functions/signature.h"
#include "analyzer/functions/time_window.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

constexpr const char* kInstant = "timestamp|timestamp_ntz";

// A constant of the query (current_date and its kind).
BindFunction constant(const std::function<ExprPtr(const FunctionContext&)>& make) {
    return [make](const FunctionDef& def, CallInput& input) {
        check_arity(def, input);
        return shown_as(def, input.args, make(input.context));
    };
}

ExprPtr now(const FunctionContext& context) {
    return make_literal(DataType::timestamp(), types::int_value(context.now_micros));
}

// The constant in another type, by the session's time zone.
std::function<ExprPtr(const FunctionContext&)> now_as(const TypePtr& type) {
    return [type](const FunctionContext& context) {
        return cast_to(now(context), type, context.ansi);
    };
}

void register_parts(FunctionGroup& g) {
    for (const char* name : {"year", "quarter", "month", "dayofmonth", "day", "dayofyear",
             "dayofweek", "weekday", "weekofyear"}) {
        std::string kernel = std::string(name) == "day" ? "dayofmonth" : name;
        g.scalar(name, {"date"}, "int", "That part of a date.").kernel(kernel);
    }
    for (const char* name : {"hour", "minute", "second"}) {
        g.scalar(name, {"timestamp|timestamp_ntz|time"}, "int", "That part of a time.");
    }
    g.scalar("dayname", {"date"}, "string", "Short name of the day of the week.");
    g.scalar("monthname", {"date"}, "string", "Short name of the month.");
}

// date_part('YEAR', x): the field decides the type.
ExprPtr bind_part(const FunctionDef& def, CallInput& input) {
    if (!input.args[0]->type->is_string() || !resolved::is_foldable(*input.args[0])) {
        throw analysis_error(
            "NON_FOLDABLE_ARGUMENT", {{"funcName", quote_identifier(input.name)},
                                         {"paramName", "`field`"}, {"paramType", "\"STRING\""}});
    }
    auto field = types::to_lower(require_string(def, input, input.args[0], "field"));
    ExprPtr source = input.args[1];
    if (source->type->is_string() || source->type->is(TypeId::kNull))
        source = cast_to(source, DataType::timestamp(), input.context.ansi);
    if (source->type->is_ansi_interval()) {
        auto type = field.starts_with("sec") || field == "s" ? DataType::decimal(8, 6)
                    : field.starts_with("day") || field == "d" || field.starts_with("year") ||
                            field == "y"
                        ? DataType::integer()
                        : DataType::byte();
        bool is_day = field == "days" || field == "day" || field == "d";
        if (is_day || field.starts_with("y")) type = DataType::integer();
        return shown_as(def, input.args,
            make_call(
                input, "interval_part", {string_constant(field), source}, type, source->nullable));
    }
    bool is_seconds = field == "second" || field == "seconds" || field == "s" || field == "sec" ||
                      field == "secs";
    auto type = is_seconds && !source->type->is(TypeId::kDate) ? DataType::decimal(8, 6)
                                                               : DataType::integer();
    return shown_as(def, input.args,
        make_call(input, "date_part", {string_constant(field), source}, type, source->nullable));
}

// Days are an INT or less: nothing wider is narrowed for it.
void register_arithmetic(FunctionGroup& g) {
    for (const char* name : {"date_add", "dateadd", "date_sub"}) {
        std::string kernel = std::string(name) == "dateadd" ? "date_add" : name;
        g.custom(
             name, 2, 2,
             [kernel](const FunctionDef& def, CallInput& input) {
                 return bind_days_later(def, input, kernel);
             },
             "A date some days later or earlier.")
            .label(kernel);
    }
    for (const char* name : {"datediff", "date_diff"})
        g.scalar(name, {"date", "date"}, "int", "Days between two dates.").kernel("date_diff");
    g.scalar("add_months", {"date", "int"}, "date", "A date some months later.");
    g.scalar("last_day", {"date"}, "date", "Last day of the month.");
    g.scalar("next_day", {"date", "string"}, "date", "Next date on a day of the week.")
        .nulls(Nulls::kAlways);
    g.scalar("months_between", {"timestamp", "timestamp", "boolean?=true"}, "double",
        "Months between two instants.");
    g.scalar("trunc", {"date", "string"}, "date", "A date cut to a unit.").nulls(Nulls::kAlways);
    g.scalar("date_trunc", {"string", "timestamp"}, "timestamp", "An instant cut to a unit.")
        .nulls(Nulls::kAlways);
    g.scalar(
        "timestampadd", {"string", "bigint", kInstant}, "arg2", "An instant some units later.");
    g.scalar("timestampdiff", {"string", "timestamp", "timestamp"}, "bigint",
        "Whole units between two instants.");
}

// to_date(x), to_date(x, format): a cast, or parsing by a pattern.
BindFunction parse_as(const TypePtr& type, const std::string& kernel, bool is_try) {
    return [type, kernel, is_try](const FunctionDef& def, CallInput& input) -> ExprPtr {
        ExprPtr value = input.args[0];
        bool ansi = input.context.ansi && !is_try;
        if (input.args.size() == 1 ||
            !(value->type->is_string() || value->type->is(TypeId::kNull))) {
            auto mode = is_try               ? resolved::CastMode::kTry
                        : input.context.ansi ? resolved::CastMode::kAnsi
                                             : resolved::CastMode::kLegacy;
            if (!can_cast(*value->type, *type, input.context.ansi))
                raise_unexpected_type(def, input, 0, "\"STRING\"");
            bool nullable = value->nullable || cast_is_nullable(*value->type, *type, mode);
            ExprPtr cast = value->type->same_type(*type)
                               ? value
                               : std::make_shared<resolved::Cast>(value, type, mode, nullable);
            return shown_as(def, input.args, cast);
        }
        auto args = coerce_arguments({"string", "string"}, def, input);
        auto call = std::make_shared<resolved::Call>(
            kernel, args, type, !ansi || any_nullable(args));
        call->ansi = ansi;
        return shown_as(def, input.args, call);
    };
}

// Nothing else stands for the date and the time here, not even in a string.
void require_date_and_time(const FunctionDef& def, CallInput& input) {
    auto is = [&](size_t i, TypeId id) {
        return input.args[i]->type->is(id) || input.args[i]->type->is(TypeId::kNull);
    };
    if (!is(0, TypeId::kDate)) raise_unexpected_type(def, input, 0, "\"DATE\"");
    if (!is(1, TypeId::kTime)) raise_unexpected_type(def, input, 1, "\"TIME\"");
}

// make_timestamp(DATE, [TIME], [zone]): most relatives show the plain name.
ExprPtr timestamp_of_parts(
    const TypePtr& type, bool is_try, const FunctionDef& def, CallInput& input) {
    auto original = input.args;
    bool is_local = type->is(TypeId::kTimestampNtz);
    std::vector<std::string> parameters = {"date", "time", "string"};
    if (original.size() == 1) {
        input.args.push_back(make_literal(DataType::time(), types::int_value(0)));
    } else if (is_local && original.size() == 3) {
        check_arity(def, input);
        raise_unexpected_type(def, input, 0, "\"INT\"");
    }
    parameters.resize(input.args.size());
    require_date_and_time(def, input);
    auto args = coerce_arguments(parameters, def, input);
    bool nullable = is_local || any_nullable(args);
    auto call = std::make_shared<resolved::Call>("timestamp_of_parts", args, type, nullable);
    call->ansi = input.context.ansi;
    call->origin = input.origin;
    std::string shown;
    for (const auto& a : original) shown += (shown.empty() ? "" : ", ") + expression_sql(*a);
    std::string plain = is_local ? "make_timestamp_ntz" : "make_timestamp";
    bool keeps_name = def.name == "try_make_timestamp";
    call->shown = (keeps_name ? def.name : plain) + "(" + shown + ")";
    if (is_local && is_try) call->shown = def.name + "(" + call->shown + ")";
    input.shown_name = call->shown;
    return call;
}

BindFunction make_timestamp(const TypePtr& type, bool is_try) {
    return [type, is_try](const FunctionDef& def, CallInput& input) -> ExprPtr {
        Exprs original = input.args;
        if (original.size() <= 3) return timestamp_of_parts(type, is_try, def, input);
        std::vector<std::string> parameters = {"int", "int", "int", "int", "int", "decimal(16,6)"};
        if (input.args.size() == 7) parameters.push_back("string");
        if (input.args.size() != 6 && input.args.size() != 7) check_arity(def, input);
        auto args = coerce_arguments(parameters, def, input);
        bool ansi = input.context.ansi && !is_try;
        auto call = std::make_shared<resolved::Call>(
            type->is(TypeId::kTimestampNtz) ? "make_timestamp_ntz" : "make_timestamp", args, type,
            !ansi || any_nullable(args));
        call->ansi = ansi;
        if (def.name == "try_make_timestamp" && original.size() == 7) {
            input.shown_name = call_sql(def, Exprs(original.begin(), original.end() - 1));
        }
        return shown_as(def, original, call);
    };
}

void register_parsing(FunctionGroup& g) {
    g.custom("to_date", 1, 2, parse_as(DataType::date(), "parse_date", false), "A date from text.");
    g.custom("try_to_date", 1, 2, parse_as(DataType::date(), "parse_date", true),
        "A date from text, NULL if it is none.");
    g.custom("to_timestamp", 1, 2, parse_as(DataType::timestamp(), "parse_timestamp", false),
        "An instant from text.");
    g.custom("to_timestamp_ltz", 1, 2, parse_as(DataType::timestamp(), "parse_timestamp", false),
        "An instant from text.");
    g.custom("to_timestamp_ntz", 1, 2,
        parse_as(DataType::timestamp_ntz(), "parse_timestamp_ntz", false),
        "A timestamp without time zone from text.");
    g.custom("try_to_timestamp", 1, 2, parse_as(DataType::timestamp(), "parse_timestamp", true),
        "An instant from text, NULL if it is none.");
    g.scalar("date_format", {"timestamp", "string"}, "string", "An instant as text by a pattern.");
    g.scalar("from_unixtime", {"bigint", "string?=yyyy-MM-dd HH:mm:ss"}, "string",
         "Seconds since the epoch as text.")
        .nulls(Nulls::kAlways);
    for (const char* name : {"unix_timestamp", "to_unix_timestamp"}) {
        g.custom(
            name, 0, 2,
            [](const FunctionDef& def, CallInput& input) -> ExprPtr {
                Exprs original = input.args;
                if (input.args.empty()) {
                    input.shown_name = def.name + "(current_timestamp(), yyyy-MM-dd HH:mm:ss)";
                    return shown_as(def, original,
                        cast_to(now(input.context), DataType::long_(), input.context.ansi));
                }
                if (input.args.size() == 1) {
                    input.shown_name = def.name + "(" + expression_name(*input.args[0]) +
                                       ", yyyy-MM-dd HH:mm:ss)";
                    input.args.push_back(string_constant("yyyy-MM-dd HH:mm:ss"));
                }
                bool text = input.args[0]->type->is_string();
                auto args = coerce_arguments(
                    {text ? "string" : "timestamp|date|timestamp_ntz", "string"}, def, input);
                if (!text) {
                    auto seconds = make_call(input, "unix_seconds",
                        {cast_to(args[0], DataType::timestamp(), input.context.ansi)},
                        DataType::long_(), args[0]->nullable);
                    return shown_as(def, original.size() == 1 ? args : original, seconds);
                }
                auto parsed = make_call(input, "parse_timestamp", args, DataType::timestamp(),
                    !input.context.ansi || any_nullable(args));
                return shown_as(def, args,
                    make_call(
                        input, "unix_seconds", {parsed}, DataType::long_(), parsed->nullable));
            },
            "Seconds since the epoch.");
    }
}

void register_making(FunctionGroup& g) {
    g.scalar("make_date", {"int", "int", "int"}, "date", "A date from its parts.")
        .rewrite([](Exprs args, CallInput& input) {
            bool nullable = any_nullable(args) || !input.context.ansi;
            return make_call(input, "make_date", std::move(args), DataType::date(), nullable);
        });
    for (const char* name : {"make_timestamp", "make_timestamp_ltz"})
        g.custom(
            name, 1, 7, make_timestamp(DataType::timestamp(), false), "An instant from its parts.");
    for (const char* name : {"try_make_timestamp", "try_make_timestamp_ltz"})
        g.custom(name, 1, 7, make_timestamp(DataType::timestamp(), true),
            "An instant from its parts, NULL if they are none.");
    g.custom("make_timestamp_ntz", 1, 6, make_timestamp(DataType::timestamp_ntz(), false),
        "A timestamp without time zone from its parts.");
    g.custom("try_make_timestamp_ntz", 1, 6, make_timestamp(DataType::timestamp_ntz(), true),
        "A timestamp without time zone from its parts, NULL if they are none.");
    g.scalar("make_ym_interval", {"int?=0", "int?=0"}, "ym", "A year-month interval.");
    g.scalar("make_dt_interval", {"int?=0", "int?=0", "int?=0", "decimal(18,6)?=0"}, "dt",
        "A day-time interval.");
    std::vector<std::string> parts(6, "int?=0");
    parts.push_back("decimal(18,6)?=0");
    g.scalar("make_interval", parts, "interval", "A calendar interval.");
    g.scalar("try_make_interval", parts, "interval", "A calendar interval, NULL if it overflows.")
        .nulls(Nulls::kAlways)
        .rewrite([](Exprs args, CallInput& input) {
            auto call = std::make_shared<resolved::Call>(
                "try_make_interval", std::move(args), DataType::calendar_interval(), true);
            call->ansi = false;
            call->origin = input.origin;
            return call;
        });
}

void register_conversions(FunctionGroup& g) {
    g.scalar("from_utc_timestamp", {"timestamp", "string"}, "timestamp",
        "A UTC wall clock seen in a zone.");
    g.scalar(
        "to_utc_timestamp", {"timestamp", "string"}, "timestamp", "A zone's wall clock as UTC.");
    g.custom(
         "convert_timezone", 2, 3,
         [](const FunctionDef& def, CallInput& input) -> ExprPtr {
             Exprs original = input.args;
             if (input.args.size() == 2) {
                 input.args.insert(input.args.begin(),
                     shown_as(*FunctionRegistry::builtin().find("current_timezone"), {},
                         string_constant(input.context.time_zone)));
             }
             auto args = coerce_arguments({"string", "string", "timestamp_ntz"}, def, input);
             return make_call(
                 input, "convert_timezone", args, DataType::timestamp_ntz(), any_nullable(args));
         },
         "A wall clock of one zone in another.")
        .column_name([](const std::vector<std::string>& args) {
            auto from = args.size() > 2 ? args[0] : "current_timezone()";
            const auto& to = args[args.size() - 2];
            return "convert_timezone(" + from + ", " + to + ", " + args.back() + ")";
        });
    g.scalar(
         "timestamp_seconds", {"numeric"}, "timestamp", "The instant some seconds after the epoch.")
        .nulls([](const Exprs& args) {
            const auto& type = *args[0]->type;
            bool is_real = type.is(TypeId::kFloat) || type.is(TypeId::kDouble);
            return args[0]->nullable || is_real;  // NULL for NaN
        });
    g.scalar("timestamp_millis", {"integral"}, "timestamp",
        "The instant some milliseconds after the epoch.");
    g.scalar("timestamp_micros", {"integral"}, "timestamp",
        "The instant some microseconds after the epoch.");
    g.scalar("unix_seconds", {"timestamp"}, "bigint", "Seconds since the epoch.");
    g.scalar("unix_millis", {"timestamp"}, "bigint", "Milliseconds since the epoch.");
    g.scalar("unix_micros", {"timestamp"}, "bigint", "Microseconds since the epoch.");
    g.scalar("unix_date", {"date"}, "int", "Days since the epoch.");
    g.scalar("date_from_unix_date", {"int"}, "date", "The date some days after the epoch.");
}

void register_current(FunctionGroup& g) {
    for (const char* name : {"current_date", "curdate"})
        g.custom(
             name, 0, 0, constant(now_as(DataType::date())), "Today in the session's time zone.")
            .label("current_date");
    for (const char* name : {"current_timestamp", "now"})
        g.custom(name, 0, 0, constant(now), "The start of the query.");
    g.custom("localtimestamp", 0, 0, constant(now_as(DataType::timestamp_ntz())),
        "The start of the query on the session's clock.");
    g.custom("current_timezone", 0, 0,
        constant([](const FunctionContext& c) { return string_constant(c.time_zone); }),
        "The session's time zone.");
    g.custom("date_part", 2, 2, bind_part, "A field of a date, timestamp or interval.");
    for (const std::string name : {"datepart", "extract"}) {
        g.custom(name, 2, 2, bind_part, "A field of a date, timestamp or interval.")
            .column_name([name](const std::vector<std::string>& args) {
                return name + "(" + args[0] + " FROM " + args[1] + ")";
            });
    }
}

ExprPtr bind_current_time(const FunctionDef& def, CallInput& input) {
    if (input.args.empty()) input.args.push_back(int_constant(6));
    auto precision = require_int(def, input, input.args[0], "precision");
    if (precision < 0 || precision > 6) {
        raise_mismatch(def, input, "VALUE_OUT_OF_RANGE",
            {{"exprName", "`precision`"}, {"valueRange", "[0, 6]"},
                {"currentValue", std::to_string(precision)}});
    }
    auto clock = cast_to(now(input.context), DataType::timestamp_ntz(), input.context.ansi);
    return make_call(input, "time_of_clock", {clock, int_constant(precision)},
        DataType::time(static_cast<int>(precision)), false);
}

// time_bucket(width, time, [origin]): the origin is the epoch on the session's clock. Nothing is
// converted for it.
ExprPtr bind_bucket(const FunctionDef& def, CallInput& input) {
    auto is_instant = [](const DataType& t) {
        return t.is(TypeId::kTimestamp) || t.is(TypeId::kTimestampNtz);
    };
    auto& args = input.args;
    bool is_local = args[1]->type->is(TypeId::kTimestampNtz);
    if (args.size() == 2) {
        auto epoch = make_literal(DataType::timestamp_ntz(), types::int_value(0));
        args.push_back(is_local ? epoch : cast_to(epoch, DataType::timestamp(), true));
    }
    for (size_t i : {size_t{1}, size_t{2}}) {
        if (!is_instant(*args[i]->type) && !args[i]->type->is(TypeId::kNull))
            raise_unexpected_type(def, input, i, "(\"TIMESTAMP\" or \"TIMESTAMP_NTZ\")");
    }
    auto type = args[1]->type->is(TypeId::kNull) ? args[2]->type : args[1]->type;
    if (type->is(TypeId::kNull)) type = DataType::timestamp();
    if (is_instant(*args[2]->type) && !args[2]->type->same_type(*type))
        raise_unexpected_type(def, input, 2, quoted_type(*type));
    const char* names[] = {"bucketWidth", "", "origin"};
    for (size_t i : {size_t{0}, size_t{2}}) {
        if (resolved::is_foldable(*args[i]) && args[i]->kind != resolved::ExprKind::kSubquery)
            continue;
        raise_mismatch(def, input, "NON_FOLDABLE_INPUT",
            {{"inputName", quote_identifier(names[i])}, {"inputType", quoted_type(*args[i]->type)},
                {"inputExpr", quoted_sql(*args[i])}});
    }
    auto name = type->is(TypeId::kTimestampNtz) ? "timestamp_ntz" : "timestamp";
    auto typed = coerce_arguments({"ansi_interval", name, name}, def, input);
    bool nullable = any_nullable(typed);
    return make_call(input, def.name, std::move(typed), type, nullable);
}

void register_times(FunctionGroup& g) {
    g.custom("current_time", 0, 1, bind_current_time, "The time of day at the start of the query.")
        .column_name([](const std::vector<std::string>& args) {
            return "current_time(" + (args.empty() ? "6" : args[0]) + ")";
        });
    g.scalar("make_time", {"int", "int", "decimal(16,6)"}, "time", "A time of day from its parts.");
    g.custom("to_time", 1, 2, parse_as(DataType::time(), "parse_time", false),
        "A time of day from text.");
    g.custom("try_to_time", 1, 2, parse_as(DataType::time(), "parse_time", true),
         "A time of day from text, NULL if it is none.")
        .column_name([](const std::vector<std::string>& args) {
            return "try_to_time(to_time(" + args[0] + (args.size() > 1 ? ", " + args[1] : "") +
                   "))";
        });
    g.scalar("time_to_micros", {"time"}, "bigint", "Microseconds since midnight.");
    g.scalar("time_to_millis", {"time"}, "bigint", "Milliseconds since midnight.");
    g.scalar("time_to_seconds", {"time"}, "decimal(14,6)", "Seconds since midnight.")
        .nulls(Nulls::kAlways);
    g.scalar(
         "time_from_seconds", {"numeric"}, "time", "The time of day some seconds after midnight.")
        .nulls(Nulls::kAlways);
    g.custom("time_bucket", 2, 3, bind_bucket, "The start of the bucket of time that holds it.")
        .column_name([](const std::vector<std::string>& args) {
            bool is_local = args.size() > 1 && args[1].starts_with("TIMESTAMP_NTZ");
            auto epoch = std::string(is_local ? "TIMESTAMP_NTZ" : "TIMESTAMP") +
                         " '1970-01-01 00:00:00'";
            auto origin = args.size() > 2 ? args[2] : epoch;
            return "time_bucket(" + args[0] + ", " + args[1] + ", " + origin + ")";
        });
    g.scalar("time_from_micros", {"bigint"}, "time",
        "The time of day some microseconds after midnight.");
    g.scalar("time_from_millis", {"bigint"}, "time",
        "The time of day some milliseconds after midnight.");
    g.scalar(
        "time_diff", {"string", "time", "time"}, "bigint", "Whole units between two times of day.");
    g.scalar("time_trunc", {"string", "time"}, "arg1", "A time of day cut to a unit.");
}

}  // namespace

void register_datetime(FunctionRegistry& registry) {
    FunctionGroup group(registry, "datetime_funcs");
    register_current(group);
    register_parts(group);
    register_arithmetic(group);
    register_parsing(group);
    register_making(group);
    register_times(group);
    register_conversions(group);
    register_time_windows(registry);
}

}  // namespace hanok::analyzer

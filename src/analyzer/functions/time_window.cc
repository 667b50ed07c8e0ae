#include "analyzer/functions/time_window.h"

#include "analyzer/coercion.h"
#include "base/error.h"
#include "resolved/tree.h"
#include "sql/interval_text.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;

TypePtr window_type(const TypePtr& time) {
    return DataType::struct_({{"start", time, true, ""}, {"end", time, true, ""}});
}

bool is_window_struct(const DataType& type) {
    if (!type.is(TypeId::kStruct) || type.fields().size() != 2) return false;
    const auto& fields = type.fields();
    bool timed = fields[0].type->is(TypeId::kTimestamp) ||
                 fields[0].type->is(TypeId::kTimestampNtz);
    return timed && fields[0].name == "start" && fields[1].name == "end" &&
           fields[0].type->same_type(*fields[1].type);
}

ExprPtr last_instant(const CallInput& input, const ExprPtr& window) {
    auto type = window->type->fields()[1].type;
    auto number = [](int64_t x) { return make_literal(DataType::long_(), types::int_value(x)); };
    auto end = make_call(input, "get_struct_field", {window, int_constant(1)}, type, true);
    return make_call(input, "window_bound", {end, number(1), number(0), number(-1)}, type, true);
}

// The time argument; a window stands for its last instant.
ExprPtr time_argument(const FunctionDef& def, CallInput& input) {
    const auto& e = input.args[0];
    if (is_window_struct(*e->type)) return last_instant(input, e);
    if (e->type->is(TypeId::kTimestamp) || e->type->is(TypeId::kTimestampNtz)) return e;
    if (can_implicitly_cast(*e->type, *DataType::timestamp(), input.context.ansi))
        return cast_to(e, DataType::timestamp(), input.context.ansi);
    raise_unexpected_type(def, input, 0,
        "(\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or \"STRUCT<start: TIMESTAMP, end: "
        "TIMESTAMP>\" or \"STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>\")");
}

int64_t duration_argument(const FunctionDef& def, const CallInput& input, const ExprPtr& e) {
    auto text = constant_string(e);
    if (!text) {
        auto number = constant_int(e);
        if (number && e->type->is_integral()) return *number;
        raise_mismatch(def, input, "NON_FOLDABLE_INPUT",
            {{"inputName", "`duration`"}, {"inputType", quoted_type(*e->type)},
                {"inputExpr", quoted_sql(*e)}});
    }
    auto interval = sql::parse_interval_text(*text);
    if (interval.months != 0) {
        throw Error(
            ErrorKind::kIllegalArgument, "_LEGACY_ERROR_TEMP_3231", {{"intervalString", *text}});
    }
    return interval.days * kMicrosPerDay + interval.microseconds;
}

[[noreturn]] void raise_range(const FunctionDef& def, const CallInput& input,
    const std::string& name, int64_t value, const std::string& range) {
    raise_mismatch(def, input, "VALUE_OUT_OF_RANGE",
        {{"exprName", name}, {"valueRange", range}, {"currentValue", std::to_string(value) + "L"}});
}

ExprPtr bind_window(const FunctionDef& def, CallInput& input) {
    auto time = time_argument(def, input);
    int64_t duration = duration_argument(def, input, input.args[1]);
    int64_t slide = input.args.size() > 2 ? duration_argument(def, input, input.args[2]) : duration;
    int64_t start = input.args.size() > 3 ? duration_argument(def, input, input.args[3]) : 0;
    if (duration <= 0)
        raise_range(def, input, "`window_duration`", duration, "(0, 9223372036854775807]");
    if (slide <= 0) raise_range(def, input, "`slide_duration`", slide, "(0, 9223372036854775807]");
    auto constraint = [&](const std::string& left, int64_t x, const std::string& right, int64_t y,
                          const std::string& operation) {
        raise_mismatch(def, input, "PARAMETER_CONSTRAINT_VIOLATION",
            {{"leftExprName", left}, {"leftExprValue", std::to_string(x) + "L"},
                {"constraint", operation}, {"rightExprName", right},
                {"rightExprValue", std::to_string(y) + "L"}});
    };
    if (slide > duration)
        constraint("`slide_duration`", slide, "`window_duration`", duration, "<=");
    if (std::abs(start) >= slide)
        constraint("`abs(start_time)`", std::abs(start), "`slide_duration`", slide, "<");
    auto number = [](int64_t x) { return make_literal(DataType::long_(), types::int_value(x)); };
    auto type = window_type(time->type);
    return make_call(
        input, def.name, {time, number(duration), number(slide), number(start)}, type, true);
}

ExprPtr bind_session_window(const FunctionDef& def, CallInput& input) {
    auto time = time_argument(def, input);
    auto gap = input.args[1];
    bool fits = gap->type->is_string() || gap->type->is(TypeId::kCalendarInterval) ||
                gap->type->is(TypeId::kDayTimeInterval);
    if (!fits) {
        raise_unexpected_type(def, input, 1, "\"INTERVAL\"");
    }
    if (gap->type->is_string())
        gap = cast_to(gap, DataType::calendar_interval(), input.context.ansi);
    return make_call(input, def.name, {time, gap}, window_type(time->type), true);
}

ExprPtr bind_window_time(const FunctionDef& def, CallInput& input) {
    if (!is_window_struct(*input.args[0]->type)) {
        raise_unexpected_type(def, input, 0,
            "(\"STRUCT<start: TIMESTAMP, end: TIMESTAMP>\" or \"STRUCT<start: TIMESTAMP_NTZ, end: "
            "TIMESTAMP_NTZ>\")");
    }
    return last_instant(input, input.args[0]);
}

bool calls(const resolved::Expression& e, const char* name) {
    return e.kind == resolved::ExprKind::kCall && e.as<resolved::Call>().function == name;
}

}  // namespace

void register_time_windows(FunctionRegistry& registry) {
    FunctionGroup group(registry, "datetime_funcs");
    auto called = [](const std::string& name) {
        return [name](const std::vector<std::string>&) { return name; };
    };
    group.custom("window", 2, 4, bind_window, "Windows of a fixed length that hold a time.")
        .column_name(called("window"));
    group
        .custom("session_window", 2, 2, bind_session_window,
            "The session of a time: times with shorter gaps between them belong together.")
        .column_name(called("session_window"));
    group.custom("window_time", 1, 1, bind_window_time, "The last instant of a time window.");
}

bool is_window_call(const resolved::Expression& e) { return calls(e, "window"); }

bool is_session_window_call(const resolved::Expression& e) { return calls(e, "session_window"); }

SlidingWindow sliding_window(const resolved::Call& call) {
    return {call.args[0], *constant_int(call.args[1]), *constant_int(call.args[2]),
        *constant_int(call.args[3])};
}

}  // namespace hanok::analyzer

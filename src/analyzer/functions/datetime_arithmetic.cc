#include "analyzer/functions/datetime_arithmetic.h"

#include <algorithm>

#include "analyzer/coercion.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

bool is_interval(const DataType& t) {
    return t.is_ansi_interval() || t.is(TypeId::kCalendarInterval);
}
bool is_time_zoned(const DataType& t) {
    return t.is(TypeId::kTimestamp) || t.is(TypeId::kTimestampNtz);
}

struct Binder {
    const FunctionDef& def;
    CallInput& input;
    bool is_try;

    bool ansi() const { return input.context.ansi; }
    ExprPtr call(const std::string& name, Exprs args, TypePtr type) const {
        bool nullable = any_nullable(args) || is_try;
        return make_call(
            input, is_try ? "try_" + name : name, std::move(args), std::move(type), nullable);
    }
    ExprPtr cast(const ExprPtr& e, const TypePtr& type) const { return cast_to(e, type, ansi()); }

    [[noreturn]] void mismatch() const {
        raise_mismatch(def, input, "BINARY_OP_DIFF_TYPES",
            {{"left", quoted_type(*input.args[0]->type)},
                {"right", quoted_type(*input.args[1]->type)}});
    }

    [[noreturn]] void wrong_type(const DataType& type) const {
        raise_mismatch(def, input, "BINARY_OP_WRONG_TYPE",
            {{"inputType",
                 "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO "
                 "MONTH\" or \"INTERVAL\")"},
                {"actualDataType", quoted_type(type)}});
    }
    [[noreturn]] void raise_days() const {
        raise_unexpected_type(def, input, 1, "(\"INT\" or \"SMALLINT\" or \"TINYINT\")");
    }

    // Interval types that hold the fields of both.
    TypePtr joined(const DataType& a, const DataType& b) const {
        int start = std::min(a.start_field(), b.start_field());
        int end = std::max(a.end_field(), b.end_field());
        return a.is(TypeId::kYearMonthInterval) ? DataType::year_month_interval(start, end)
                                                : DataType::day_time_interval(start, end);
    }

    ExprPtr negated(const ExprPtr& e) const { return call_plain("negative", {e}, e->type); }
    ExprPtr call_plain(const std::string& name, Exprs args, TypePtr type) const {
        bool nullable = any_nullable(args);
        return make_call(input, name, std::move(args), std::move(type), nullable);
    }

    // A date, timestamp or time moved by an interval or a number of days.
    ExprPtr moved(const ExprPtr& when, ExprPtr by, bool forward) const {
        const auto& t = *when->type;
        const auto& step = *by->type;
        if (t.is(TypeId::kDate) && !is_interval(step)) {
            if (!step.is_integral() || step.is(TypeId::kLong)) raise_days();
            return call(forward ? "date_add" : "date_sub", {when, cast(by, DataType::integer())},
                DataType::date());
        }
        // In ANSI mode a string takes the other side's type.
        if (is_time_zoned(t) && step.is_string() && ansi()) wrong_type(t);
        if (!is_interval(step)) mismatch();
        if (!forward) by = negated(by);
        if (t.is(TypeId::kTime)) {
            if (!step.is(TypeId::kDayTimeInterval)) mismatch();
            constexpr int kSecond = 3, kMicros = 6;
            int digits = step.end_field() < kSecond ? 0 : kMicros;
            return call(
                "time_add_interval", {when, by}, DataType::time(std::max(t.precision(), digits)));
        }
        if (step.is(TypeId::kYearMonthInterval)) {
            if (t.is(TypeId::kDate)) return call("date_add_months", {when, by}, DataType::date());
            return call("timestamp_add_months", {when, by}, when->type);
        }
        if (t.is(TypeId::kDate)) {
            if (step.is(TypeId::kCalendarInterval))
                return call("date_add_interval", {when, by}, DataType::date());
            if (step.end_field() == 0) return call("date_add_days", {when, by}, DataType::date());
            return call("timestamp_add_interval", {cast(when, DataType::timestamp()), by},
                DataType::timestamp());
        }
        return call("timestamp_add_interval", {when, by}, when->type);
    }

    // One side of a difference of timestamps. Strings are timestamps in ANSI mode only.
    ExprPtr timestamp_operand(size_t index, const TypePtr& other) const {
        const auto& e = input.args[index];
        if (e->type->is_datetime()) return e;
        if (e->type->is_string() && ansi()) return cast(e, other);
        raise_unexpected_type(def, input, index, "\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\"");
    }

    // A subtraction with a point in time on one side at least, and no interval.
    ExprPtr subtract_points() const {
        const auto &a = input.args[0], &b = input.args[1];
        if (is_time_zoned(*a->type) || is_time_zoned(*b->type)) {
            auto left = timestamp_operand(0, b->type);
            return difference(left, timestamp_operand(1, a->type));
        }
        if (b->type->is(TypeId::kDate)) {
            bool is_date = a->type->is(TypeId::kDate) || a->type->is_string();
            if (!is_date) raise_unexpected_type(def, input, 0, "\"DATE\"");
            return difference(cast(a, DataType::date()), b);
        }
        auto is_time = [&](const ExprPtr& e) {
            return e->type->is(TypeId::kTime) || (e->type->is_string() && ansi());
        };
        if (is_time(a) && is_time(b))
            return difference(cast(a, DataType::time()), cast(b, DataType::time()));
        if (!a->type->is(TypeId::kDate)) mismatch();
        if (b->type->is_string() && ansi()) return difference(a, cast(b, DataType::date()));
        return moved(a, b, false);
    }

    ExprPtr difference(const ExprPtr& a, const ExprPtr& b) const {
        if (a->type->is(TypeId::kDate) && b->type->is(TypeId::kDate)) {
            return call("subtract_dates", {a, b}, DataType::day_time_interval(0, 0));
        }
        if (a->type->is(TypeId::kTime) && b->type->is(TypeId::kTime)) {
            return call("subtract_times", {a, b}, DataType::day_time_interval(1, 3));
        }
        TypePtr type = DataType::timestamp();
        if (!a->type->is(TypeId::kTimestamp) && !b->type->is(TypeId::kTimestamp))
            type = DataType::timestamp_ntz();
        return call(
            "subtract_timestamps", {cast(a, type), cast(b, type)}, DataType::day_time_interval());
    }

    // Two points in time have no sum.
    [[noreturn]] void no_sum(const DataType& a, const DataType& b) const {
        if (a.is(TypeId::kDate) || b.is(TypeId::kDate)) raise_days();
        if (a.is(TypeId::kTime) != b.is(TypeId::kTime)) mismatch();
        wrong_type(a);
    }

    // A point in time plus NULL moves it, minus NULL takes the difference. A moved date may be any
    // time of a day.
    ExprPtr with_null(const ExprPtr& when, const ExprPtr& null, bool forward) const {
        if (!forward) return difference(when, cast(null, when->type));
        if (when->type->is(TypeId::kTime))
            return moved(when, cast(null, DataType::day_time_interval()), true);
        auto from = when->type->is(TypeId::kDate) ? cast(when, DataType::timestamp()) : when;
        return moved(from, cast(null, DataType::calendar_interval()), true);
    }

    ExprPtr add_or_subtract(bool forward) const {
        ExprPtr a = input.args[0], b = input.args[1];
        auto timed = [](const DataType& t) { return t.is_datetime() || t.is(TypeId::kTime); };
        if (timed(*a->type) && b->type->is(TypeId::kNull)) return with_null(a, b, forward);
        if (timed(*b->type) && a->type->is(TypeId::kNull)) {
            if (forward) return with_null(b, a, true);
            return difference(cast(a, b->type), b);
        }
        if (timed(*a->type) && timed(*b->type)) {
            if (forward) no_sum(*a->type, *b->type);
            return subtract_points();
        }
        if (timed(*a->type) && (forward || is_interval(*b->type))) return moved(a, b, forward);
        if (timed(*b->type) && forward) return moved(b, a, true);
        if (timed(*a->type) || timed(*b->type)) return subtract_points();
        return intervals(a, b, forward);
    }

    // A string moved by an interval is the string of a timestamp.
    ExprPtr moved_text(const ExprPtr& text, const ExprPtr& by, bool forward) const {
        return cast(moved(cast(text, DataType::timestamp()), by, forward), text->type);
    }

    ExprPtr intervals(ExprPtr a, ExprPtr b, bool forward) const {
        if (a->type->is(TypeId::kNull)) a = cast(a, b->type);
        if (b->type->is(TypeId::kNull)) b = cast(b, a->type);
        auto moves = [](const DataType& t) {
            return t.is(TypeId::kDayTimeInterval) || t.is(TypeId::kCalendarInterval);
        };
        if (a->type->is_string() && moves(*b->type)) return moved_text(a, b, forward);
        if (b->type->is_string() && moves(*a->type) && forward) return moved_text(b, a, true);
        if (a->type->id() != b->type->id()) {
            // Such an interval moves a point in time, which the other side is not.
            bool as_point = !a->type->is_string() && !b->type->is_string() &&
                            (moves(*b->type) || (forward && moves(*a->type)));
            if (as_point)
                raise_unexpected_type(def, input, moves(*a->type) ? 1 : 0, "\"TIMESTAMP\"");
            mismatch();
        }
        auto type = a->type->is_ansi_interval() ? joined(*a->type, *b->type) : a->type;
        return call(forward ? "interval_add" : "interval_subtract", {a, b}, type);
    }

    ExprPtr multiply() const {
        ExprPtr a = input.args[0], b = input.args[1];
        if (is_interval(*b->type)) {
            std::swap(a, b);
            if (!is_try)
                input.shown_name = "(" + expression_name(*a) + " * " + expression_name(*b) + ")";
        }
        return scaled("interval_multiply", a, b);
    }

    ExprPtr scaled(const std::string& name, const ExprPtr& interval, ExprPtr by) const {
        if (!is_interval(*interval->type)) mismatch();
        if (by->type->is_string() || by->type->is(TypeId::kNull))
            by = cast(by, DataType::double_());
        if (!by->type->is_numeric()) mismatch();
        auto type = interval->type;
        if (type->is(TypeId::kYearMonthInterval)) type = DataType::year_month_interval();
        if (type->is(TypeId::kDayTimeInterval)) type = DataType::day_time_interval();
        if (type->is(TypeId::kCalendarInterval)) by = cast(by, DataType::double_());
        auto scaled_call = make_call(input, is_try ? "try_" + name : name, {interval, by}, type,
            any_nullable({interval, by}) || is_try);
        return scaled_call;
    }

    ExprPtr integral_quotient() const {
        const auto &a = input.args[0], &b = input.args[1];
        if (a->type->id() != b->type->id() || !a->type->is_ansi_interval()) mismatch();
        return make_call(
            input, is_try ? "try_interval_div" : "interval_div", {a, b}, DataType::long_(), true);
    }
};

// Without ANSI mode a constant string that spells an INT stands for days; other strings do not.
bool whole_days(const FunctionDef& def, CallInput& input) {
    const auto& days = input.args[1];
    if (!resolved::is_foldable(*days) || !input.fold) return false;
    auto count = input.fold(std::make_shared<resolved::Cast>(
        days, DataType::integer(), resolved::CastMode::kTry, true));
    if (count.is_null() && !input.fold(days).is_null()) {
        throw analysis_error("SECOND_FUNCTION_ARGUMENT_NOT_INTEGER", {{"functionName", def.name}});
    }
    return true;
}

}  // namespace

ExprPtr bind_days_later(const FunctionDef& def, CallInput& input, const std::string& kernel) {
    const auto& days = *input.args[1]->type;
    bool fits = (days.is_integral() && !days.is(TypeId::kLong)) || days.is_string() ||
                days.is(TypeId::kNull);
    if (!fits || (days.is_string() && !input.context.ansi && !whole_days(def, input)))
        raise_unexpected_type(def, input, 1, "(\"INT\" or \"SMALLINT\" or \"TINYINT\")");
    auto args = coerce_arguments({"date", "int"}, def, input);
    bool nullable = any_nullable(args);
    return make_call(input, kernel, std::move(args), DataType::date(), nullable);
}

ExprPtr bind_datetime_arithmetic(
    const FunctionDef& def, CallInput& input, const std::string& op, bool is_try) {
    Binder binder{def, input, is_try};
    if (op == "+") return binder.add_or_subtract(true);
    if (op == "-") return binder.add_or_subtract(false);
    if (op == "*") return binder.multiply();
    if (op == "/") return binder.scaled("interval_divide", input.args[0], input.args[1]);
    if (op == "div") return binder.integral_quotient();
    binder.mismatch();
}

}  // namespace hanok::analyzer

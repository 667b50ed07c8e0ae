// Column names of date and time arithmetic, which Spark rewrites before it names them.

#include "analyzer/impl.h"

namespace hanok::analyzer {

using types::DataType;
using types::TypeId;

namespace {

bool is_interval(const DataType& t) {
    return t.is_ansi_interval() || t.is(TypeId::kCalendarInterval);
}

bool is_point_in_time(const DataType& t) { return t.is_datetime() || t.is(TypeId::kTime); }

// INTERVAL DAY: whole days.
bool is_days(const DataType& t) {
    constexpr int kDay = 0;
    return t.is(TypeId::kDayTimeInterval) && t.start_field() == kDay && t.end_field() == kDay;
}

// A string stands for a timestamp beside such an interval.
bool moves_text(const DataType& t) {
    return t.is(TypeId::kDayTimeInterval) || t.is(TypeId::kCalendarInterval);
}

std::string plus(const Typed& point, const Typed& other) {
    const auto& type = *point.expr->type;
    const auto& with = *other.expr->type;
    if (type.is(TypeId::kDate) && with.is_integral()) {
        return "date_add(" + point.name + ", " + other.name + ")";
    }
    if (type.is(TypeId::kDate) && is_days(with)) {
        return "date_add(" + point.name + ", extractansiintervaldays(" + other.name + "))";
    }
    bool shifted = is_interval(with) || with.is(TypeId::kNull);
    return shifted ? point.name + " + " + other.name : "";
}

std::string minus(const Typed& point, const Typed& other) {
    const auto& type = *point.expr->type;
    const auto& with = *other.expr->type;
    if (type.is(TypeId::kDate) && with.is_integral()) {
        return "date_sub(" + point.name + ", " + other.name + ")";
    }
    if (type.is(TypeId::kDate) && is_days(with)) {
        return "date_add(" + point.name + ", (- extractansiintervaldays(" + other.name + ")))";
    }
    return is_interval(with) ? point.name + " - " + other.name : "";
}

}  // namespace

std::string datetime_name(const std::string& op, const TypedList& args) {
    if (args.size() != 2 || (op != "+" && op != "-")) return "";
    const auto& left = *args[0].expr->type;
    const auto& right = *args[1].expr->type;
    bool times = op == "-" && (left.is(TypeId::kTime) || right.is(TypeId::kTime));
    if (times) return args[0].name + " - " + args[1].name;
    if (is_point_in_time(left)) return op == "+" ? plus(args[0], args[1]) : minus(args[0], args[1]);
    if (is_point_in_time(right) && op == "+") return plus(args[1], args[0]);
    if (left.is_string() && moves_text(right)) return args[0].name + " " + op + " " + args[1].name;
    if (right.is_string() && moves_text(left) && op == "+")
        return args[1].name + " + " + args[0].name;
    return "";
}

}  // namespace hanok::analyzer

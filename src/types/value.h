#pragma once
// A constant of a Spark type. The type stands beside it, not in it.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "types/fwd.h"

namespace hanok::types {

using Int128 = __int128;

struct CalendarInterval {
    int32_t months = 0;
    int32_t days = 0;
    int64_t microseconds = 0;
    bool operator==(const CalendarInterval&) const = default;
};

// How each type is held:
//   NULL of any type             std::monostate
//   BOOLEAN                      bool
//   BYTE, SHORT, INT, LONG       int64_t
//   DATE                         int64_t, days since 1970-01-01
//   TIMESTAMP, TIMESTAMP_NTZ     int64_t, microseconds since the epoch
//   TIME                         int64_t, nanoseconds since midnight
//   year-month / day-time        int64_t, months / microseconds
//   FLOAT, DOUBLE                double
//   DECIMAL(p,s)                 Int128, unscaled
//   STRING, CHAR, VARCHAR, BINARY, VARIANT (value bytes + metadata are two elements of List)
//   std::string calendar interval            CalendarInterval ARRAY, STRUCT                List;
//   MAP: List of keys and values in turn
struct Value {
    using List = std::vector<Value>;
    std::variant<std::monostate, bool, int64_t, double, Int128, std::string, CalendarInterval, List>
        v;

    Value() = default;
    template <class T>
    explicit Value(T x) : v(std::move(x)) {}

    bool is_null() const { return v.index() == 0; }
    bool as_bool() const { return std::get<bool>(v); }
    int64_t as_int() const { return std::get<int64_t>(v); }
    double as_double() const { return std::get<double>(v); }
    Int128 as_decimal() const { return std::get<Int128>(v); }
    const std::string& as_string() const { return std::get<std::string>(v); }
    const CalendarInterval& as_interval() const { return std::get<CalendarInterval>(v); }
    const List& as_list() const { return std::get<List>(v); }
    bool operator==(const Value&) const = default;
};

inline Value bool_value(bool x) { return Value(x); }
inline Value int_value(int64_t x) { return Value(x); }
inline Value double_value(double x) { return Value(x); }
inline Value decimal_value(Int128 x) { return Value(x); }
inline Value string_value(std::string x) { return Value(std::move(x)); }
inline Value list_value(Value::List x) { return Value(std::move(x)); }

// Unscaled decimal as text with `scale` digits behind the point, e.g. (1234, 2) -> "12.34".
std::string decimal_to_string(Int128 unscaled, int scale);
// Parses "-12.34e5" exactly; false when it is no number or does not fit 38 digits.
// On success `scale` is the number of digits behind the point (>= 0) and `precision` >= scale,
// >= 1.
bool parse_decimal(const std::string& text, Int128* unscaled, int* precision, int* scale);
// Shortest text that reads back as the same double / float, as Java prints it: "1.0", "1.0E20",
// "NaN".
std::string double_to_string(double x);
std::string float_to_string(float x);

// A literal as Spark prints it in column names and SQL ("1", "abc", "1.50BD"?): see Literal.sql /
// toString. `value_sql` is SQL ('abc', DATE '2020-01-01'); `value_name` is the column-name form
// (abc, 2020-01-01). Timestamps are rendered in `time_zone`.
std::string value_sql(
    const Value& value, const DataType& type, const std::string& time_zone = "UTC");
std::string value_name(
    const Value& value, const DataType& type, const std::string& time_zone = "UTC");

}  // namespace hanok::types

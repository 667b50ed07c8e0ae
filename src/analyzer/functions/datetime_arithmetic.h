#pragma once
// + - * / div over dates, timestamps and intervals.

#include <string>

#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

// Makes one of the internal calls date_add, date_sub, date_diff, subtract_dates,
// subtract_timestamps, timestamp_add_interval, date_add_interval, add_months, interval_add,
// interval_subtract, interval_multiply, interval_divide, interval_div (each with a "try_" form
// where it can raise).
resolved::ExprPtr bind_datetime_arithmetic(
    const FunctionDef& def, CallInput& input, const std::string& op, bool is_try);

// date_add(date, days), date_sub(date, days).
resolved::ExprPtr bind_days_later(
    const FunctionDef& def, CallInput& input, const std::string& kernel);

}  // namespace hanok::analyzer

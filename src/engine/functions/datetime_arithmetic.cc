// Lowering of the internal calls of analyzer/functions/datetime_arithmetic.

#include "engine/functions/decimal_lowering.h"
#include "engine/functions/groups.h"

namespace hanok::engine {

using types::TypeId;

namespace {

int mode_of(const resolved::Call& call) {
    return call.function.starts_with("try_") ? 1 : call.ansi ? 0 : 2;
}

LowerFunction with_mode(const std::string& kernel) {
    return [kernel](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        args.push_back(mode_argument(mode_of(call)));
        return duck_call(kernel, std::move(args));
    };
}

LowerFunction with_zone_and_mode(const std::string& kernel) {
    return [kernel](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
        bool has_zone = call.args[0]->type->is(TypeId::kTimestamp);
        args.push_back(text_argument(has_zone ? context.query.time_zone : ""));
        args.push_back(mode_argument(mode_of(call)));
        return duck_call(kernel, std::move(args));
    };
}

// By a whole number, a double or a decimal.
LowerFunction scaled(const std::string& kernel) {
    return [kernel](const LowerContext&, const resolved::Call& call, DuckExprs args) -> DuckExpr {
        const auto& factor = *call.args[1]->type;
        if (factor.is(TypeId::kDecimal)) {
            args[1] = unscaled(std::move(args[1]));
            args.push_back(int_argument(factor.scale()));
            args.push_back(mode_argument(mode_of(call)));
            return duck_call(kernel + "_decimal", std::move(args));
        }
        auto type = factor.is_integral() ? duckdb::LogicalType::BIGINT
                                         : duckdb::LogicalType::DOUBLE;
        args[1] = duck_cast(std::move(args[1]), type);
        args.push_back(mode_argument(mode_of(call)));
        return duck_call(kernel, std::move(args));
    };
}

}  // namespace

void lower_datetime_arithmetic(FunctionLowerings& l) {
    for (const std::string prefix : {"", "try_"}) {
        l.scalar(prefix + "date_add", with_mode("spark_plus_days"));
        l.scalar(prefix + "date_sub", with_mode("spark_minus_days"));
        for (const auto* name : {"date_add_days", "date_add_months", "date_add_interval",
                 "subtract_dates", "time_add_interval", "subtract_times", "interval_add",
                 "interval_subtract", "interval_div"}) {
            l.scalar(prefix + name, with_mode(std::string("spark_") + name));
        }
        for (const auto* name :
            {"timestamp_add_months", "timestamp_add_interval", "subtract_timestamps"}) {
            l.scalar(prefix + name, with_zone_and_mode(std::string("spark_") + name));
        }
        for (const auto* name : {"interval_multiply", "interval_divide"}) {
            l.scalar(prefix + name, scaled(std::string("spark_") + name));
        }
    }
}

}  // namespace hanok::engine

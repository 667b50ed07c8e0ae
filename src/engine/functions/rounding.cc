// round, bround, ceil, floor.

#include <cmath>
#include <limits>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/decimal_lowering.h"
#include "engine/functions/decimal_math.h"
#include "engine/functions/groups.h"
#include "engine/functions/text_parsers.h"
#include "types/value.h"

namespace hanok::engine {

using types::TypeId;

namespace {

enum Rule { kHalfUp = 0, kHalfEven = 1, kCeil = 2, kFloor = 3 };

Int128 dropped(Int128 value, int digits, int rule) {
    switch (rule) {
        case kHalfUp: return round_half_up(value, digits);
        case kHalfEven: return round_half_even(value, digits);
        case kCeil: return round_up(value, digits);
        default: return round_down(value, digits);
    }
}

// x at scale `from`, rounded to `scale` digits, given at scale `to`.
std::optional<Int128> round_decimal(
    Int128 x, int from, int scale, int type, int rule, bool raises) {
    int to = type % 100;
    if (scale >= from) return rescale(x, from, to, type / 100);
    auto kept = dropped(x, from - scale, rule);
    int digits = to - scale;
    Int128 out = 0;
    bool fits = digits <= 38 && !__builtin_mul_overflow(kept, power_of_ten(digits), &out);
    if (kept == 0) return Int128(0);
    if (fits && out < power_of_ten(type / 100) && out > -power_of_ten(type / 100)) return out;
    if (raises) raise_decimal_out_of_range(types::decimal_to_string(x, from), type / 100, to);
    return std::nullopt;
}

// Through the shortest decimal text, as BigDecimal(double).setScale does in Spark.
double round_double(double x, int scale, int rule) {
    if (!std::isfinite(x)) return x;
    bool overflow = false;
    auto exact = parse_decimal_text(types::double_to_string(x), &overflow);
    if (!exact || overflow || exact->scale <= scale) return x;
    int digits = exact->scale - scale;
    auto kept = dropped(exact->unscaled, digits, rule);
    auto text = types::decimal_to_string(kept, 0) + "e" + std::to_string(-scale);
    double out = std::strtod(text.c_str(), nullptr);
    return kept == 0 && std::signbit(x) ? 0.0 : out;
}

template <class T>
T round_integer(T x, int32_t scale, int32_t rule, bool raises) {
    if (scale >= 0) return x;
    if (scale < -38) return 0;
    Int128 kept = dropped(x, -scale, rule);
    Int128 out = -scale > 38 ? 0 : kept * (kept == 0 ? 1 : power_of_ten(-scale));
    if (raises && out != static_cast<T>(out)) raise_overflow("Overflow");
    return static_cast<T>(out);
}

template <class T>
void add_integer_rounding(KernelSet& kernels) {
    kernels.add(
        "spark_round",
        [](T x, int32_t scale, int32_t rule, bool raises) {
            return round_integer<T>(x, scale, rule, raises);
        },
        Fallible::kYes);
}

LowerFunction rounding(int rule) {
    return [rule](const LowerContext&, const resolved::Call& call, DuckExprs args) -> DuckExpr {
        const auto& t = *call.args[0]->type;
        auto raises = duck_constant(duckdb::Value::BOOLEAN(call.ansi));
        if (t.is(TypeId::kDecimal)) {
            int precision = call.type->precision(), scale = call.type->scale();
            auto rounded = duck_call("spark_round_decimal",
                duck_list(unscaled(std::move(args[0])), int_argument(t.scale()), std::move(args[1]),
                    int_argument(precision * 100 + scale), int_argument(rule), std::move(raises)));
            return as_decimal(std::move(rounded), precision, scale);
        }
        return duck_call("spark_round", duck_list(std::move(args[0]), std::move(args[1]),
                                            int_argument(rule), std::move(raises)));
    };
}

// Without a scale: BIGINT, or a decimal of scale 0.
LowerFunction whole(int rule) {
    return [rule](const LowerContext& context, const resolved::Call& call,
               DuckExprs args) -> DuckExpr {
        const auto& t = *call.args[0]->type;
        if (t.is(TypeId::kDecimal)) {
            args.push_back(int_argument(0));
            return rounding(rule)(context, call, std::move(args));
        }
        if (t.is_integral()) return std::move(args[0]);
        return duck_call(rule == kCeil ? "spark_ceil" : "spark_floor", std::move(args));
    };
}

// Java's (long) cast: saturating, NaN is 0.
int64_t saturated(double x) {
    if (std::isnan(x)) return 0;
    if (x >= 9223372036854775807.0) return std::numeric_limits<int64_t>::max();
    if (x <= -9223372036854775808.0) return std::numeric_limits<int64_t>::min();
    return static_cast<int64_t>(x);
}

}  // namespace

void lower_rounding(FunctionLowerings& l) {
    l.scalar("round", rounding(kHalfUp));
    l.scalar("bround", rounding(kHalfEven));
    l.scalar("round_ceil", rounding(kCeil));
    l.scalar("round_floor", rounding(kFloor));
    l.scalar("ceil", whole(kCeil));
    l.scalar("floor", whole(kFloor));
}

void add_rounding(KernelSet& kernels) {
    add_integer_rounding<int8_t>(kernels);
    add_integer_rounding<int16_t>(kernels);
    add_integer_rounding<int32_t>(kernels);
    add_integer_rounding<int64_t>(kernels);
    kernels.add(
        "spark_round",
        [](double x, int32_t scale, int32_t rule, bool) { return round_double(x, scale, rule); },
        Fallible::kYes);
    kernels.add(
        "spark_round",
        [](float x, int32_t scale, int32_t rule, bool) {
            return static_cast<float>(round_double(static_cast<double>(x), scale, rule));
        },
        Fallible::kYes);
    kernels.add(
        "spark_round_decimal",
        [](Int128 x, int32_t from, int32_t scale, int32_t type, int32_t rule, bool raises) {
            return round_decimal(x, from, scale, type, rule, raises);
        },
        Fallible::kYes);
    kernels.add("spark_ceil", [](double x) { return saturated(std::ceil(x)); });
    kernels.add("spark_floor", [](double x) { return saturated(std::floor(x)); });
}

}  // namespace hanok::engine

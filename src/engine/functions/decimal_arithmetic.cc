// + - * / % div pmod over DECIMAL. Inputs lie in 64 or 128 bits. The last, constant, argument says
// the result's type and what happens where it does not fit: (precision * 100 + scale) * 10 + mode;
// mode 0 raises, 1 gives NULL.

#include <duckdb/planner/expression/bound_function_expression.hpp>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/decimal_math.h"
#include "engine/functions/decimal_vector.h"
#include "engine/functions/error_place.h"
#include "engine/functions/groups.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

using duckdb::ClientContext;
using duckdb::DataChunk;
using duckdb::Expression;
using duckdb::ExpressionState;
using duckdb::hugeint_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::Vector;

struct Spec {
    int precision;
    int scale;
    bool raises;
    int s1, s2;
};

struct SpecData : duckdb::FunctionData {
    Spec spec;
    explicit SpecData(Spec s) : spec(s) {}
    duckdb::unique_ptr<FunctionData> Copy() const override {
        return duckdb::make_uniq<SpecData>(spec);
    }
    bool Equals(const FunctionData& other) const override {
        const auto& o = other.Cast<SpecData>().spec;
        return o.precision == spec.precision && o.scale == spec.scale && o.raises == spec.raises &&
               o.s1 == spec.s1 && o.s2 == spec.s2;
    }
};

const Spec& spec_of(ExpressionState& state) {
    return state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<SpecData>().spec;
}

// A result that does not fit: NULL, or an error that shows the exact value.
template <class Text>
std::nullopt_t no_result(const Spec& spec, Text text) {
    if (spec.raises) raise_decimal_out_of_range(text(), spec.precision, spec.scale);
    return std::nullopt;
}

struct Add {
    static constexpr int kSign = 1;
};
struct Subtract {
    static constexpr int kSign = -1;
};

// Sums that cannot overflow: scaled up and added, in the result's own width.
template <class A, class B, class R, class Op>
void add_plain(DataChunk& args, const Spec& spec, Vector& result) {
    auto fa = static_cast<Wider<R>>(power_of_ten(spec.scale - spec.s1));
    auto fb = static_cast<Wider<R>>(power_of_ten(spec.scale - spec.s2));
    duckdb::BinaryExecutor::Execute<A, B, R>(
        args.data[0], args.data[1], result, args.size(), [fa, fb](A a, B b) {
            auto x = static_cast<Wider<R>>(raw(a)) * fa;
            auto y = static_cast<Wider<R>>(raw(b)) * fb;
            return stored<R>(Op::kSign > 0 ? x + y : x - y);
        });
}

template <class A, class B, class R, class Op>
void add_decimals(DataChunk& args, ExpressionState& state, Vector& result) {
    const auto& spec = spec_of(state);
    if (spec.precision < 38 && spec.scale >= spec.s1 && spec.scale >= spec.s2) {
        add_plain<A, B, R, Op>(args, spec, result);
        return;
    }
    run_decimal<A, B, R>(args, result, [&spec](Int128 a, Int128 b) -> std::optional<Int128> {
        if (Op::kSign < 0) b = -b;
        if (auto sum = decimal_add(a, spec.s1, b, spec.s2, spec.precision, spec.scale)) return sum;
        return no_result(spec, [&] {
            return types::decimal_to_string(a, spec.s1) + " + " +
                   types::decimal_to_string(b, spec.s2);
        });
    });
}

template <class A, class B, class R>
void multiply_decimals(DataChunk& args, ExpressionState& state, Vector& result) {
    const auto& spec = spec_of(state);
    if (spec.precision < 38 && spec.scale == spec.s1 + spec.s2) {
        duckdb::BinaryExecutor::Execute<A, B, R>(
            args.data[0], args.data[1], result, args.size(), [](A a, B b) {
                return stored<R>(static_cast<Wider<R>>(raw(a)) * static_cast<Wider<R>>(raw(b)));
            });
        return;
    }
    run_decimal<A, B, R>(args, result, [&spec](Int128 a, Int128 b) -> std::optional<Int128> {
        if (auto product = decimal_multiply(a, spec.s1, b, spec.s2, spec.precision, spec.scale))
            return product;
        return no_result(spec, [&] { return decimal_product_text(a, spec.s1, b, spec.s2); });
    });
}

template <class A, class B, class R>
void divide_decimals(DataChunk& args, ExpressionState& state, Vector& result) {
    const auto& spec = spec_of(state);
    run_decimal<A, B, R>(args, result, [&spec](Int128 a, Int128 b) -> std::optional<Int128> {
        if (b == 0) {
            if (spec.raises) raise_divide_by_zero();
            return std::nullopt;
        }
        if (auto q = decimal_divide(a, spec.s1, b, spec.s2, spec.precision, spec.scale)) return q;
        return no_result(
            spec, [&] { return decimal_quotient_text(a, spec.s1, b, spec.s2, spec.scale); });
    });
}

template <class A, class B, class R, bool Positive>
void remainder_decimals(DataChunk& args, ExpressionState& state, Vector& result) {
    const auto& spec = spec_of(state);
    run_decimal<A, B, R>(args, result, [&spec](Int128 a, Int128 b) -> std::optional<Int128> {
        if (b == 0) {
            if (spec.raises) raise_remainder_by_zero();
            return std::nullopt;
        }
        int common = spec.s1 > spec.s2 ? spec.s1 : spec.s2;
        auto rest = decimal_remainder(a, spec.s1, b, spec.s2, 38, common);
        if (rest && Positive && *rest < 0) {
            auto moved = decimal_add(*rest, common, b, spec.s2, 38, common);
            rest = moved ? decimal_remainder(*moved, common, b, spec.s2, 38, common) : moved;
        }
        if (rest) rest = rescale(*rest, common, spec.scale, spec.precision);
        if (rest) return rest;
        return no_result(spec, [&] { return types::decimal_to_string(a, spec.s1); });
    });
}

template <class A, class B>
void quotient_decimals(DataChunk& args, ExpressionState& state, Vector& result) {
    const auto& spec = spec_of(state);
    run_decimal<A, B, int64_t>(args, result, [&spec](Int128 a, Int128 b) -> std::optional<Int128> {
        if (b == 0) {
            if (spec.raises) raise_divide_by_zero();
            return std::nullopt;
        }
        if (auto q = decimal_quotient(a, spec.s1, b, spec.s2)) return *q;
        if (spec.raises) raise_overflow("Overflow in integral divide", "try_divide");
        return std::nullopt;
    });
}

enum class Op { kAdd, kSubtract, kMultiply, kDivide, kRemainder, kPmod, kQuotient };

template <class A, class B, class R>
duckdb::scalar_function_t implementation(Op op) {
    switch (op) {
        case Op::kAdd: return add_decimals<A, B, R, Add>;
        case Op::kSubtract: return add_decimals<A, B, R, Subtract>;
        case Op::kMultiply: return multiply_decimals<A, B, R>;
        case Op::kDivide: return divide_decimals<A, B, R>;
        case Op::kRemainder: return remainder_decimals<A, B, R, false>;
        case Op::kPmod: return remainder_decimals<A, B, R, true>;
        case Op::kQuotient: return quotient_decimals<A, B>;
    }
    return nullptr;
}

template <class A, class B>
duckdb::scalar_function_t by_result(Op op, bool wide) {
    return wide ? implementation<A, B, hugeint_t>(op) : implementation<A, B, int64_t>(op);
}

bool is_wide(const LogicalType& type) {
    return type.InternalType() == duckdb::PhysicalType::INT128;
}

duckdb::unique_ptr<duckdb::FunctionData> bind(ClientContext& context, ScalarFunction& f,
    duckdb::vector<duckdb::unique_ptr<Expression>>& args, Op op) {
    int code = bound_constant(context, *args[2]).GetValue<int32_t>();
    uint8_t w1, s1, w2, s2;
    args[0]->return_type.GetDecimalProperties(w1, s1);
    args[1]->return_type.GetDecimalProperties(w2, s2);
    for (size_t i = 0; i < 2; ++i) f.arguments[i] = args[i]->return_type;
    Spec spec{code / 1000, code / 10 % 100, code % 10 == 0, s1, s2};
    auto type = op == Op::kQuotient ? LogicalType::BIGINT
                                    : LogicalType::DECIMAL(static_cast<uint8_t>(spec.precision),
                                          static_cast<uint8_t>(spec.scale));
    f.SetReturnType(type);
    bool a = is_wide(args[0]->return_type), b = is_wide(args[1]->return_type), r = is_wide(type);
    auto run =
        a ? (b ? by_result<hugeint_t, hugeint_t>(op, r) : by_result<hugeint_t, int64_t>(op, r))
          : (b ? by_result<int64_t, hugeint_t>(op, r) : by_result<int64_t, int64_t>(op, r));
    // The constant stays an argument: DuckDB copies plans by binding every call again.
    f.SetFunctionCallback(with_place(run, 3));
    return duckdb::make_uniq<SpecData>(spec);
}

template <Op op>
duckdb::unique_ptr<duckdb::FunctionData> bind_as(ClientContext& context, ScalarFunction& f,
    duckdb::vector<duckdb::unique_ptr<Expression>>& args) {
    return bind(context, f, args, op);
}

void add_operation(
    KernelSet& kernels, const std::string& name, duckdb::bind_scalar_function_t bind_function) {
    duckdb::LogicalType decimal(duckdb::LogicalTypeId::DECIMAL);
    ScalarFunction f("spark_decimal_" + name, {decimal, decimal, LogicalType::INTEGER}, decimal,
        nullptr, bind_function);
    bool is_exact = name.ends_with("_exact");
    if (!is_exact) f.SetFallible();
    kernels.add(f);
}

}  // namespace

void add_decimal_arithmetic(KernelSet& kernels) {
    // For results that always fit.
    add_operation(kernels, "add_exact", bind_as<Op::kAdd>);
    add_operation(kernels, "subtract_exact", bind_as<Op::kSubtract>);
    add_operation(kernels, "multiply_exact", bind_as<Op::kMultiply>);
    add_operation(kernels, "add", bind_as<Op::kAdd>);
    add_operation(kernels, "subtract", bind_as<Op::kSubtract>);
    add_operation(kernels, "multiply", bind_as<Op::kMultiply>);
    add_operation(kernels, "divide", bind_as<Op::kDivide>);
    add_operation(kernels, "remainder", bind_as<Op::kRemainder>);
    add_operation(kernels, "pmod", bind_as<Op::kPmod>);
    add_operation(kernels, "integral_divide", bind_as<Op::kQuotient>);
}

}  // namespace hanok::engine

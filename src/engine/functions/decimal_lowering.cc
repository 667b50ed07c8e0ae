#include "engine/functions/decimal_lowering.h"

#include "engine/functions/decimal_vector.h"
#include "engine/functions/groups.h"

namespace hanok::engine {

DuckExpr unscaled(DuckExpr decimal) {
    return duck_call("spark_unscaled", duck_list(std::move(decimal)));
}

DuckExpr as_decimal(DuckExpr unscaled_value, int precision, int scale) {
    return duck_call("spark_as_decimal",
        duck_list(std::move(unscaled_value), int_argument(precision * 100 + scale)));
}

DuckExpr int_argument(int64_t value) {
    return duck_constant(duckdb::Value::INTEGER(static_cast<int32_t>(value)));
}
DuckExpr mode_argument(int value) {
    return duck_constant(duckdb::Value::TINYINT(static_cast<int8_t>(value)));
}
DuckExpr text_argument(const std::string& text) { return duck_constant(duckdb::Value(text)); }

namespace {

using duckdb::DataChunk;
using duckdb::Expression;
using duckdb::ExpressionState;
using duckdb::hugeint_t;
using duckdb::LogicalType;
using duckdb::PhysicalType;
using duckdb::ScalarFunction;
using duckdb::Vector;

template <class From, class To>
void convert(DataChunk& args, ExpressionState&, Vector& result) {
    if constexpr (std::is_same_v<From, To>) {
        result.Reinterpret(args.data[0]);
    } else {
        duckdb::UnaryExecutor::Execute<From, To>(
            args.data[0], result, args.size(), [](From x) { return stored<To>(Int128(raw(x))); });
    }
}

duckdb::unique_ptr<duckdb::FunctionData> bind_unscaled(duckdb::ClientContext&, ScalarFunction& f,
    duckdb::vector<duckdb::unique_ptr<Expression>>& args) {
    f.arguments[0] = args[0]->return_type;
    switch (args[0]->return_type.InternalType()) {
        case PhysicalType::INT16: f.SetFunctionCallback(convert<int16_t, hugeint_t>); break;
        case PhysicalType::INT32: f.SetFunctionCallback(convert<int32_t, hugeint_t>); break;
        case PhysicalType::INT64: f.SetFunctionCallback(convert<int64_t, hugeint_t>); break;
        default: f.SetFunctionCallback(convert<hugeint_t, hugeint_t>); break;
    }
    return nullptr;
}

duckdb::unique_ptr<duckdb::FunctionData> bind_as_decimal(duckdb::ClientContext& context,
    ScalarFunction& f, duckdb::vector<duckdb::unique_ptr<Expression>>& args) {
    int code = bound_constant(context, *args[1]).GetValue<int32_t>();
    f.SetReturnType(
        LogicalType::DECIMAL(static_cast<uint8_t>(code / 100), static_cast<uint8_t>(code % 100)));
    switch (f.GetReturnType().InternalType()) {
        case PhysicalType::INT16: f.SetFunctionCallback(convert<hugeint_t, int16_t>); break;
        case PhysicalType::INT32: f.SetFunctionCallback(convert<hugeint_t, int32_t>); break;
        case PhysicalType::INT64: f.SetFunctionCallback(convert<hugeint_t, int64_t>); break;
        default: f.SetFunctionCallback(convert<hugeint_t, hugeint_t>); break;
    }
    // Kept in the name, so that two calls with different types do not compare as equal.
    f.extra_info = std::to_string(code);
    return nullptr;
}

}  // namespace

void add_decimal_conversions(KernelSet& kernels) {
    LogicalType decimal(duckdb::LogicalTypeId::DECIMAL);
    kernels.add(
        ScalarFunction("spark_unscaled", {decimal}, LogicalType::HUGEINT, nullptr, bind_unscaled));
    kernels.add(ScalarFunction("spark_as_decimal", {LogicalType::HUGEINT, LogicalType::INTEGER},
        decimal, nullptr, bind_as_decimal));
}

}  // namespace hanok::engine

#include "engine/functions/typed_kernel.h"

#include <duckdb/planner/expression/bound_function_expression.hpp>

#include "base/error.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

using duckdb::Expression;
using duckdb::LogicalType;
using duckdb::ScalarFunction;

struct TypedInfo : duckdb::ScalarFunctionInfo {
    TypedOptions options;
    TypedRun run;
};

// The constants stay arguments, because DuckDB copies plans by binding every call again.
struct TypedData : duckdb::FunctionData {
    TypedCall call;
    size_t first_column = 0;
    duckdb::unique_ptr<FunctionData> Copy() const override {
        auto copy = duckdb::make_uniq<TypedData>();
        copy->call = call;
        copy->first_column = first_column;
        return copy;
    }
    bool Equals(const FunctionData& other) const override {
        const auto& o = other.Cast<TypedData>().call;
        if (o.constants != call.constants || o.types.size() != call.types.size()) return false;
        for (size_t i = 0; i < o.types.size(); ++i) {
            if (!o.types[i]->equals(*call.types[i])) return false;
        }
        if ((o.result == nullptr) != (call.result == nullptr)) return false;
        return o.result == nullptr || o.result->equals(*call.result);
    }
};

std::string constant_text(duckdb::ClientContext& context, const Expression& e) {
    auto value = bound_constant(context, e);
    return value.IsNull() ? "" : value.ToString();
}

duckdb::unique_ptr<duckdb::FunctionData> bind_typed(duckdb::ClientContext& context,
    ScalarFunction& f, duckdb::vector<duckdb::unique_ptr<Expression>>& args) {
    const auto& info = f.GetExtraFunctionInfo().Cast<TypedInfo>();
    auto data = duckdb::make_uniq<TypedData>();
    auto arguments = types::type_from_json(constant_text(context, *args[0]));
    for (const auto& field : arguments->fields()) data->call.types.push_back(field.type);
    auto result = constant_text(context, *args[1]);
    if (!result.empty()) {
        data->call.result = types::type_from_json(result)->fields()[0].type;
        f.SetReturnType(to_logical_type(*data->call.result));
    }
    auto prefix = 2 + info.options.constants;
    for (size_t i = 2; i < prefix; ++i)
        data->call.constants.push_back(constant_text(context, *args[i]));
    f.arguments.clear();
    for (const auto& arg : args) f.arguments.push_back(arg->return_type);
    data->first_column = prefix;
    return data;
}

void run_typed(duckdb::DataChunk& args, duckdb::ExpressionState& state, duckdb::Vector& result) {
    auto& expr = state.expr.Cast<duckdb::BoundFunctionExpression>();
    const auto& data = expr.bind_info->Cast<TypedData>();
    const auto& info = expr.function.GetExtraFunctionInfo().Cast<TypedInfo>();
    std::vector<NestedColumn> columns;
    for (size_t i = data.first_column; i < args.ColumnCount(); ++i)
        columns.emplace_back(args.data[i], args.size(), data.call.types[i - data.first_column]);
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    info.run(data.call, columns, args.size(), result);
}

}  // namespace

void add_typed_kernel(
    KernelSet& kernels, const std::string& name, TypedOptions options, TypedRun run) {
    duckdb::vector<LogicalType> arguments(2 + options.constants, LogicalType::VARCHAR);
    ScalarFunction f(name, arguments, options.result, run_typed, bind_typed);
    f.varargs = LogicalType::ANY;
    // The leading constants may be NULL, so that the kernel looks after NULLs itself.
    f.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
    if (options.is_fallible) f.SetFallible();
    auto info = duckdb::make_shared_ptr<TypedInfo>();
    info->options = options;
    info->run = std::move(run);
    if (!options.keeps_nulls) {
        info->run = [inner = info->run](const TypedCall& call, std::vector<NestedColumn>& columns,
                        duckdb::idx_t count, duckdb::Vector& result) {
            inner(call, columns, count, result);
            auto& validity = duckdb::FlatVector::Validity(result);
            for (const auto& column : columns) {
                for (duckdb::idx_t row = 0; row < count; ++row) {
                    if (column.is_null(row)) validity.SetInvalid(row);
                }
            }
        };
    }
    f.SetExtraFunctionInfo(duckdb::shared_ptr<duckdb::ScalarFunctionInfo>(info));
    kernels.add(std::move(f));
}

void add_format_kernel(KernelSet& kernels, const std::string& name, size_t constants,
    const LogicalType& result, TypedRun run) {
    TypedOptions options;
    options.constants = constants;
    options.result = result;
    options.keeps_nulls = true;
    options.is_fallible = true;
    add_typed_kernel(kernels, name, options,
        [run = std::move(run)](const TypedCall& call, std::vector<NestedColumn>& columns,
            duckdb::idx_t count, duckdb::Vector& out) {
            try {
                run(call, columns, count, out);
            } catch (const Error& e) {
                throw duckdb::InvalidInputException(e.encode());
            }
        });
}

void add_text_kernel(KernelSet& kernels, const std::string& name, size_t constants,
    std::function<bool(const TypedCall&, const NestedColumn&, duckdb::idx_t, std::string&)> run) {
    add_format_kernel(kernels, name, constants, LogicalType::VARCHAR,
        [run](const TypedCall& call, std::vector<NestedColumn>& columns, duckdb::idx_t count,
            duckdb::Vector& result) {
            auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
            auto& validity = duckdb::FlatVector::Validity(result);
            std::string text;
            for (duckdb::idx_t row = 0; row < count; ++row) {
                text.clear();
                if (columns[0].is_null(row) || !run(call, columns[0], row, text)) {
                    validity.SetInvalid(row);
                } else {
                    out[row] = duckdb::StringVector::AddStringOrBlob(
                        result, text.data(), text.size());
                }
            }
        });
}

}  // namespace hanok::engine

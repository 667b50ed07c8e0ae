#include "engine/io/retype.h"

#include <duckdb/function/scalar_function.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>

namespace hanok::engine {

namespace {

const char* const kName = "hanok_retype";

// Nested vectors keep their children's types: writers go by the types they were bound with.
void execute(duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    result.Reinterpret(args.data[0]);
}

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext&,
    duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
    const auto& from = arguments[0]->return_type;
    const auto& to = arguments[1]->return_type;
    if (from.InternalType() != to.InternalType()) {
        throw duckdb::InternalException(
            "hanok_retype from %s to %s", from.ToString(), to.ToString());
    }
    function.arguments[0] = from;
    function.arguments[1] = to;
    function.return_type = to;
    duckdb::Function::EraseArgument(function, arguments, 1);
    return nullptr;
}

}  // namespace

void register_retype(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_io");
    duckdb::ScalarFunction function(kName, {duckdb::LogicalType::ANY, duckdb::LogicalType::ANY},
        duckdb::LogicalType::ANY, execute, bind);
    function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
    loader.RegisterFunction(function);
}

DuckExpr retype(DuckExpr child, const duckdb::LogicalType& type) {
    duckdb::vector<DuckExpr> arguments;
    arguments.push_back(std::move(child));
    arguments.push_back(duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(type)));
    return duckdb::make_uniq<duckdb::FunctionExpression>(kName, std::move(arguments));
}

}  // namespace hanok::engine

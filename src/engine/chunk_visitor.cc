#include "engine/chunk_visitor.h"

#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/comparison_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/expression/subquery_expression.hpp>
#include <duckdb/parser/parser.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>

namespace hanok::engine {

namespace {

constexpr const char* kFunction = "hanok_visit_chunks";
constexpr const char* kVisitor = "visitor";

struct VisitBindData final : duckdb::TableFunctionData {
    const ChunkVisitor* visitor = nullptr;
};

duckdb::unique_ptr<duckdb::FunctionData> bind_visit(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    types = {duckdb::LogicalType::BOOLEAN};  // of no row
    names = {"visited"};
    auto data = duckdb::make_uniq<VisitBindData>();
    data->visitor = reinterpret_cast<const ChunkVisitor*>(
        input.named_parameters.at(kVisitor).GetPointer());
    return data;
}

duckdb::OperatorResultType visit_chunk(duckdb::ExecutionContext&, duckdb::TableFunctionInput& data,
    duckdb::DataChunk& input, duckdb::DataChunk& output) {
    (*data.bind_data->Cast<VisitBindData>().visitor)(input);
    output.SetCardinality(0);
    return duckdb::OperatorResultType::NEED_MORE_INPUT;
}

}  // namespace

void register_chunk_visitor(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_chunk_visitor");
    duckdb::TableFunction function(kFunction, {duckdb::LogicalType::TABLE}, nullptr, bind_visit);
    function.in_out_function = visit_chunk;
    function.named_parameters[kVisitor] = duckdb::LogicalType::POINTER;
    loader.RegisterFunction(function);
}

void visit_chunks(
    duckdb::Connection& connection, const std::string& select, const ChunkVisitor& visit) {
    duckdb::Parser parser;
    parser.ParseQuery(select);
    auto rows = duckdb::make_uniq<duckdb::SubqueryExpression>();
    rows->subquery_type = duckdb::SubqueryType::SCALAR;
    rows->subquery = duckdb::unique_ptr_cast<duckdb::SQLStatement, duckdb::SelectStatement>(
        std::move(parser.statements.at(0)));
    // A pointer has no SQL text: no user's query can name one.
    auto address = duckdb::Value::POINTER(reinterpret_cast<uintptr_t>(&visit));
    duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>> arguments;
    arguments.push_back(std::move(rows));
    arguments.push_back(
        duckdb::make_uniq<duckdb::ComparisonExpression>(duckdb::ExpressionType::COMPARE_EQUAL,
            duckdb::make_uniq<duckdb::ColumnRefExpression>(kVisitor),
            duckdb::make_uniq<duckdb::ConstantExpression>(std::move(address))));
    auto from = duckdb::make_uniq<duckdb::TableFunctionRef>();
    from->function = duckdb::make_uniq<duckdb::FunctionExpression>(kFunction, std::move(arguments));
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    // An aggregate keeps no order of rows: that is why all threads work.
    duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>> nothing;
    node->select_list.push_back(
        duckdb::make_uniq<duckdb::FunctionExpression>("count_star", std::move(nothing)));
    node->from_table = std::move(from);
    auto statement = duckdb::make_uniq<duckdb::SelectStatement>();
    statement->node = std::move(node);
    auto result = connection.Query(std::move(statement));
    if (result->HasError()) result->ThrowError();
}

}  // namespace hanok::engine

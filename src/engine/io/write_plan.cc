#include "engine/io/write_plan.h"

#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/operator_expression.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/result_modifier.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <duckdb/parser/tableref/subqueryref.hpp>

#include "base/error.h"
#include "base/ids.h"
#include "delta/partition_value.h"
#include "engine/functions/cast.h"
#include "engine/idle_pause.h"
#include "engine/io/retype.h"
#include "storage/object_store.h"

namespace hanok::engine {

namespace {

const char* const kInputAlias = "hanok_input";

// DuckDB's text is Spark's for these.
bool has_plain_text(const types::DataType& type) {
    return type.is_integral() || type.is(types::TypeId::kBoolean) ||
           type.is(types::TypeId::kDecimal);
}

// 2024-01-02T03:04:05.678901Z: says its zone, so that every reader finds the same instant.
DuckExpr utc_text(DuckExpr column) {
    return duck_call(
        "strftime", duck_list(retype(std::move(column), duckdb::LogicalType::TIMESTAMP),
                        duck_constant(duckdb::Value("%Y-%m-%dT%H:%M:%S.%fZ"))));
}

}  // namespace

DuckExpr input_column(const WriteInput& input, size_t index) {
    return duckdb::make_uniq<duckdb::ColumnRefExpression>(input.column_names[index], kInputAlias);
}

DuckExpr partition_text(DuckExpr column, const types::DataType& type, const WriteInput& input) {
    using duckdb::LogicalType;
    DuckExpr text;
    if (type.is_string()) {
        text = std::move(column);
    } else if (has_plain_text(type)) {
        text = duck_cast(std::move(column), LogicalType::VARCHAR);
    } else if (input.spec.delta && type.is(types::TypeId::kTimestamp)) {
        text = utc_text(std::move(column));
    } else if (type.is(types::TypeId::kDate) || type.is(types::TypeId::kTimestampNtz)) {
        text = duck_cast(std::move(column), LogicalType::VARCHAR);
    } else {
        LowerContext context{input.context};
        text = lower_cast(context, std::move(column), type, *types::DataType::string(),
            resolved::CastMode::kLegacy);
        // The log holds texts: other bytes would not come back.
        if (type.is(types::TypeId::kBinary))
            text = duck_call("spark_validate_utf8", duck_list(std::move(text)));
    }
    return duck_call("nullif", duck_list(std::move(text), duck_constant(duckdb::Value(""))));
}

duckdb::unique_ptr<duckdb::SelectNode> select_from_input(
    WriteInput& input, duckdb::vector<DuckExpr> select_list) {
    auto statement = duckdb::make_uniq<duckdb::SelectStatement>();
    statement->node = std::move(input.query);
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = duckdb::make_uniq<duckdb::SubqueryRef>(std::move(statement), kInputAlias);
    node->select_list = std::move(select_list);
    return node;
}

void check_cancelled(const WriteInput& input) {
    if (input.is_cancelled && input.is_cancelled()) {
        throw Error(ErrorKind::kSpark, "OPERATION_CANCELED");
    }
}

duckdb::unique_ptr<duckdb::QueryResult> run_statement(
    const WriteInput& input, duckdb::unique_ptr<duckdb::SQLStatement> statement, bool stream) {
    auto pending = input.connection.PendingQuery(std::move(statement), stream);
    if (pending->HasError()) pending->ThrowError();
    IdlePause pause;
    try {
        while (true) {
            auto state = pending->ExecuteTask();
            if (duckdb::PendingQueryResult::IsResultReady(state)) break;
            pause.after(state, *pending);
            check_cancelled(input);
        }
    } catch (const Error&) {
        input.connection.Interrupt();
        pending.reset();
        throw;
    }
    // A failed task's own error; Execute() would only say that the query is closed.
    if (pending->HasError()) pending->ThrowError();
    auto result = pending->Execute();
    if (result->HasError()) result->ThrowError();
    return result;
}

std::string new_write_id() { return base::new_uuid(base::SystemRandom::instance()); }

std::string file_stem(int64_t number, const std::string& write_id) {
    char prefix[32];
    snprintf(prefix, sizeof(prefix), "part-%05lld-", static_cast<long long>(number));
    return prefix + write_id + "-c000";
}

std::string partition_path(
    const std::vector<std::string>& names, const std::vector<std::optional<std::string>>& values) {
    std::string path;
    for (size_t i = 0; i < names.size(); i++) {
        if (!path.empty()) path += '/';
        path += delta::partition_folder(names[i], values[i]);
    }
    return path;
}

std::vector<const FileColumn*> partition_columns_in_order(
    const std::vector<FileColumn>& columns, const WriteInput& input) {
    std::vector<const FileColumn*> result;
    for (const auto& name : input.spec.partition_columns) {
        auto found = std::find_if(columns.begin(), columns.end(), [&](const FileColumn& column) {
            return types::names_equal(input.attributes[column.input].name, name);
        });
        if (found == columns.end())
            throw internal_error("partition column " + name + " is not in the query");
        result.push_back(&*found);
    }
    return result;
}

duckdb::unique_ptr<duckdb::SQLStatement> partitions_together(WriteInput& input,
    duckdb::vector<DuckExpr> list, const std::vector<const FileColumn*>& partitions) {
    auto order = duckdb::make_uniq<duckdb::OrderModifier>();
    for (const auto* partition : partitions) {
        auto text = partition_text(
            input_column(input, partition->input), *input.attributes[partition->input].type, input);
        order->orders.emplace_back(
            duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_FIRST, text->Copy());
        list.push_back(std::move(text));
    }
    auto statement = duckdb::make_uniq<duckdb::SelectStatement>();
    auto node = select_from_input(input, std::move(list));
    if (!order->orders.empty()) node->modifiers.push_back(std::move(order));
    statement->node = std::move(node);
    return statement;
}

PartitionTexts partition_texts(
    duckdb::DataChunk& chunk, duckdb::idx_t row, size_t first, size_t count) {
    PartitionTexts out;
    for (size_t i = first; i < first + count; i++) {
        auto& vector = chunk.data[i];
        auto* data = duckdb::FlatVector::GetData<duckdb::string_t>(vector);
        out.push_back(duckdb::FlatVector::IsNull(vector, row)
                          ? std::nullopt
                          : std::optional<std::string>(data[row].GetString()));
    }
    return out;
}

}  // namespace hanok::engine

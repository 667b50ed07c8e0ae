#include <duckdb.hpp>
#include <duckdb/parser/expression/star_expression.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "connect/arrow_types.h"
#include "engine/lowering/arrow_source.h"
#include "fuzz/targets.h"

namespace hanok::fuzz {

namespace {

using types::DataType;

// Types that need not be those of the stream.
std::vector<types::TypePtr> promised() {
    auto number = DataType::integer();
    auto text = DataType::string();
    return {number, text, DataType::struct_({{"a", number}, {"b", text}}),
        DataType::map(text, number, true), DataType::array(number, true), DataType::variant()};
}

std::vector<types::TypePtr> types_for(uint8_t choice, const std::string& stream) {
    std::vector<types::TypePtr> out;
    if (choice % 2 == 0) {
        auto schema = connect::schema_of_stream(stream);
        for (const auto& field : schema->fields()) out.push_back(field.type);
    } else {
        auto all = promised();
        for (size_t i = 0; i < 6; ++i) {
            if (choice & (2 << i)) out.push_back(all[i]);
        }
    }
    return out;
}

// All rows through the scan that queries use.
void scan(const engine::ArrowSource& source) {
    static duckdb::DuckDB database;
    duckdb::Connection connection(database);
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = source.scan("t");
    node->select_list.push_back(duckdb::make_uniq<duckdb::StarExpression>());
    auto statement = duckdb::make_uniq<duckdb::SelectStatement>();
    statement->node = std::move(node);
    auto result = connection.Query(std::move(statement));
    if (result->HasError()) return;
    while (auto chunk = result->Fetch()) {
        if (chunk->size() == 0) break;
    }
}

}  // namespace

void arrow(const uint8_t* data, size_t size) {
    if (size == 0) return;
    auto stream = std::make_shared<const std::string>(
        reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        auto source = engine::ArrowSource::decode({stream}, types_for(data[0], *stream));
        if (!source->empty()) scan(*source);
    } catch (const Error&) {}
}

}  // namespace hanok::fuzz

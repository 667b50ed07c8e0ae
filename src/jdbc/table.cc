#include "jdbc/table.h"

#include "base/error.h"
#include "jdbc/dialect.h"

namespace hanok::jdbc {

std::vector<Column> describe_table(const Options& options) {
    auto connection = connect(options);
    std::string query = schema_query(options.table);
    try {
        return connection->describe(query);
    } catch (const Error& e) {
        auto told = e.parameters().find("externalEngineError");
        if (told == e.parameters().end()) throw;
        throw analysis_error("JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR.DURING_OUTPUT_SCHEMA_RESOLUTION",
            {{"jdbcQuery", query}, {"externalEngineError", told->second}});
    }
}

types::TypePtr table_schema(const Options& options, const std::vector<Column>& columns) {
    types::Fields fields;
    for (const auto& column : columns) {
        auto type = spark_type(
            options.parsed.database, column, options.prefer_timestamp_ntz, options.url);
        fields.push_back({column.name, type, true, ""});
    }
    return types::DataType::struct_(std::move(fields));
}

bool table_exists(Connection& connection, const Options& options) {
    try {
        connection.describe("SELECT 1 FROM " + options.table + " WHERE 1=0");
        return true;
    } catch (const Error& e) {
        if (e.condition().starts_with("JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR")) return false;
        throw;
    }
}

void create_table(Connection& connection, const Options& options, const types::DataType& schema) {
    Database database = options.parsed.database;
    std::string columns;
    for (const auto& field : schema.fields()) {
        columns += (columns.empty() ? "" : ", ") + quoted(database, field.name) + " " +
                   native_type(database, *field.type) + (field.nullable ? "" : " NOT NULL");
    }
    connection.execute(
        "CREATE TABLE " + options.table + " (" + columns + ") " + options.create_table_options);
}

void drop_table(Connection& connection, const Options& options) {
    connection.execute("DROP TABLE " + options.table);
}

void truncate_table(Connection& connection, const Options& options) {
    connection.execute(
        truncate_statement(options.parsed.database, options.table, options.cascade_truncate));
}

std::vector<std::string> table_columns(
    Connection& connection, const Options& options, const std::vector<std::string>& names) {
    auto known = connection.describe(schema_query(options.table));
    std::vector<std::string> out;
    for (const auto& name : names) {
        const Column* found = nullptr;
        std::string proposal;
        for (const auto& column : known) {
            if (types::names_equal(column.name, name)) found = &column;
            proposal += (proposal.empty() ? "" : ", ") + quote_identifier(column.name);
        }
        if (!found) {
            throw analysis_error("UNRESOLVED_COLUMN.WITH_SUGGESTION",
                {{"objectName", quote_identifier(name)}, {"proposal", proposal}});
        }
        out.push_back(found->name);
    }
    return out;
}

}  // namespace hanok::jdbc

#include "commands/jdbc_write.h"

#include <map>

#include "base/error.h"
#include "engine/engine.h"
#include "jdbc/table.h"
#include "sql/parser.h"

namespace hanok::commands {

namespace {

// The columns that createTableColumnTypes names get its types, CHAR and VARCHAR too.
types::TypePtr table_types(const resolved::Plan& plan, const std::string& given) {
    types::Fields fields;
    for (const auto& a : plan.output) fields.push_back({a.name, a.type, a.nullable, ""});
    if (given.empty()) return types::DataType::struct_(std::move(fields));
    auto types = sql::parse_table_schema(given);
    for (const auto& wanted : types->fields()) {
        bool found = false;
        for (auto& field : fields) {
            if (!types::names_equal(field.name, wanted.name)) continue;
            field.type = wanted.type;
            found = true;
        }
        if (!found) {
            throw analysis_error(
                "COLUMN_NOT_FOUND", {{"colName", quote_identifier(wanted.name)},
                                        {"caseSensitiveConfig", "\"spark.sql.caseSensitive\""}});
        }
    }
    return types::DataType::struct_(std::move(fields));
}

// Makes the table what the mode says; false: nothing is to be written.
bool prepare(jdbc::Connection& connection, const jdbc::Options& options, const resolved::Plan& plan,
    plan::SaveMode mode) {
    auto create = [&] {
        jdbc::create_table(
            connection, options, *table_types(plan, options.create_table_column_types));
    };
    if (!jdbc::table_exists(connection, options)) {
        create();
        return true;
    }
    if (mode == plan::SaveMode::kIgnore) return false;
    if (mode == plan::SaveMode::kErrorIfExists) {
        throw analysis_error("TABLE_OR_VIEW_ALREADY_EXISTS",
            {{"relationName", quote_identifier(sql::parse_multipart_identifier(options.table))}});
    }
    if (mode == plan::SaveMode::kAppend) return true;
    // A truncation that takes other tables along is not what `truncate` alone asks for.
    if (options.truncate) {
        jdbc::truncate_table(connection, options);
    } else {
        jdbc::drop_table(connection, options);
        create();
    }
    return true;
}

}  // namespace

void write_to_database(
    session::Session& session, const resolved::PlanPtr& plan, const FileWrite& write) {
    if (!write.partition_by.empty()) throw unsupported_feature("partitionBy with the jdbc source");
    std::map<std::string, std::string> given(write.options.begin(), write.options.end());
    auto options = jdbc::parse_options(given, true);
    auto connection = jdbc::connect(options);
    if (!prepare(*connection, options, *plan, write.mode)) return;
    std::vector<std::string> names;
    for (const auto& a : plan->output) names.push_back(a.name);
    engine::WriteSpec spec;
    spec.format = "jdbc";
    for (const auto& [name, value] : given) spec.options[types::to_lower(name)] = value;
    std::string& columns = spec.options["hanok.jdbc.columns"];
    for (const auto& name : jdbc::table_columns(*connection, options, names))
        columns += name + "\n";
    connection.reset();
    session.platform().engine().write(session.use_cache(plan), spec, session.query_context());
}

}  // namespace hanok::commands

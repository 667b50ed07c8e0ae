// CREATE, DROP and DESCRIBE FUNCTION.

#include "analyzer/search_path.h"
#include "base/error.h"
#include "commands/body_checks.h"
#include "commands/command.h"
#include "commands/names.h"
#include "commands/rows.h"
#include "resolved/python_eval_type.h"
#include "session/python_source.h"

namespace hanok::commands {

namespace {

analyzer::SqlFunction to_sql_function(const plan::CreateFunction& command, const std::string& name,
    std::vector<std::string> full_name) {
    return {name, command.parameters, command.return_type, command.body, command.body_query,
        command.return_table.value_or(std::vector<plan::ColumnDef>{}), std::move(full_name),
        command.data_access == "READS SQL DATA"};
}

}  // namespace

Output create_function(Session& session, const plan::CreateFunction& command) {
    auto name = name_parts(session, command.name);
    // There is no JVM: a class can be named, as in Spark, where it is not loaded until it is
    // called.
    if (!command.class_name.empty() && command.temporary) {
        throw analysis_error("CANNOT_LOAD_FUNCTION_CLASS",
            {{"className", command.class_name}, {"functionName", quote_identifier(name)}});
    }
    if (command.python_udf) {
        auto udf = std::static_pointer_cast<const plan::PythonUdf>(command.python_udf);
        if (udf->eval_type == resolved::eval_type::kDataSource) {
            session::put_python_source(session, udf);
        } else {
            session.put_python_function(name.back(), udf);
        }
        return nullptr;
    }
    if (command.temporary) {
        if (session.find_temp_function(name.back())) {
            if (command.if_not_exists) return nullptr;
            if (!command.or_replace) {
                throw analysis_error("ROUTINE_ALREADY_EXISTS",
                    {{"routineName", quote_identifier(name)}, {"newRoutineType", "routine"},
                        {"existingRoutineType", "routine"}});
            }
        }
        auto function = to_sql_function(command, name.back(), {});
        check_new_function(session, command, function);
        session.put_temp_function(name.back(), std::move(function));
        return nullptr;
    }
    auto key = session.table_key(name);
    auto& catalog = session.platform().catalog();
    if (catalog.find_function(key.catalog, key.schema, key.name)) {
        if (command.if_not_exists) return nullptr;
        if (!command.or_replace) {
            throw analysis_error("ROUTINE_ALREADY_EXISTS",
                {{"routineName", quote_identifier(key.parts())}, {"newRoutineType", "routine"},
                    {"existingRoutineType", "routine"}});
        }
    }
    if (command.class_name.empty())
        check_new_function(session, command, to_sql_function(command, key.name, key.parts()));
    if (!command.origin || !command.origin->text)
        throw internal_error("a function without its text");
    catalog::FunctionInfo info;
    info.catalog = key.catalog;
    info.schema = key.schema;
    info.name = key.name;
    info.statement = plan::query_context(*command.origin).fragment;
    info.comment = command.comment;
    catalog.put_function(info);
    return nullptr;
}

Output drop_function(Session& session, const plan::DropFunction& command) {
    auto name = name_parts(session, command.name);
    bool dropped = false;
    if (command.temporary) {
        dropped = session.drop_temp_function(name.back());
    } else {
        auto key = session.table_key(name);
        if (name.size() == 1 &&
            analyzer::FunctionRegistry::builtin().find(types::to_lower(name[0]))) {
            throw analysis_error(
                "FORBIDDEN_OPERATION", {{"statement", "DROP FUNCTION"}, {"objectType", "FUNCTION"},
                                           {"objectName", quote_identifier(name)}});
        }
        dropped = session.platform().catalog().drop_function(key.catalog, key.schema, key.name);
    }
    if (!dropped && !command.if_exists) {
        throw analysis_error("ROUTINE_NOT_FOUND", {{"routineName", quote_identifier(name)}});
    }
    return nullptr;
}

Output describe_function(Session& session, const plan::DescribeFunction& command) {
    Rows rows({{"function_desc", types::DataType::string(), false}});
    const auto* def = command.name.size() == 1 ? analyzer::FunctionRegistry::builtin().find(
                                                     types::to_lower(command.name[0]))
                                               : nullptr;
    if (def) {
        rows.add({text("Function: " + def->name)});
        rows.add({text("Class: hanok.functions." + def->name)});
        rows.add({text("Usage: " + (def->usage.empty() ? "N/A." : def->usage))});
        if (command.extended) rows.add({text("Extended Usage: group " + def->group)});
        return std::move(rows).plan();
    }
    auto temporary = command.name.size() == 1 ? session.find_temp_function(command.name[0])
                                              : std::nullopt;
    auto key = session.table_key(command.name);
    auto info = session.platform().catalog().find_function(key.catalog, key.schema, key.name);
    if (!temporary && !info) {
        throw analysis_error("UNRESOLVED_ROUTINE",
            {{"routineName", quote_identifier(command.name)},
                {"searchPath", analyzer::shown_search_path(key.catalog, key.schema)}});
    }
    rows.add({text("Function: " + quote_if_needed(temporary ? command.name : key.parts()))});
    rows.add({text("Type: SQL")});
    if (info) rows.add({text("Body: " + info->statement)});
    return std::move(rows).plan();
}

}  // namespace hanok::commands

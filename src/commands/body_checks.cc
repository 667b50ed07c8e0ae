#include "commands/body_checks.h"

#include <set>

#include "base/error.h"
#include "resolved/tree.h"

namespace hanok::commands {

namespace {

using Columns = std::vector<plan::ColumnDef>;

// The names that stand more than once, quoted; "" when there are none.
std::string repeated_names(const Columns& columns) {
    std::set<std::string> seen;
    std::set<std::string> told;
    std::string out;
    for (const auto& column : columns) {
        auto name = types::to_lower(column.name);
        if (seen.insert(name).second || !told.insert(name).second) continue;
        out += (out.empty() ? "" : ", ") + quote_identifier(name);
    }
    return out;
}

void check_names(const Columns& parameters, const Columns& results, const std::string& routine) {
    if (auto names = repeated_names(parameters); !names.empty()) {
        throw analysis_error(
            "DUPLICATE_ROUTINE_PARAMETER_NAMES", {{"routineName", routine}, {"names", names}});
    }
    if (auto names = repeated_names(results); !names.empty()) {
        throw analysis_error(
            "DUPLICATE_ROUTINE_RETURNS_COLUMNS", {{"routineName", routine}, {"columns", names}});
    }
}

bool has_char_or_varchar(const types::TypePtr& type) {
    return type && !types::DataType::replace_char_varchar(type)->same_type(*type);
}

void check_types(const analyzer::SqlFunction& function) {
    bool found = has_char_or_varchar(function.return_type);
    for (const auto* columns : {&function.parameters, &function.return_table}) {
        for (const auto& column : *columns) found = found || has_char_or_varchar(column.type);
    }
    if (found) throw analysis_error("UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING", {});
}

// Defaults stand at the end of the list, and are expressions over nothing.
void check_defaults(
    session::Session& session, const Columns& parameters, const std::string& routine) {
    for (size_t i = 0; i < parameters.size(); ++i) {
        const auto& parameter = parameters[i];
        if (!parameter.default_value) continue;
        if (i + 1 < parameters.size() && !parameters[i + 1].default_value) {
            throw analysis_error("USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION",
                {{"functionName", routine}, {"parameterName", quote_identifier(parameter.name)},
                    {"nextParameterName", quote_identifier(parameters[i + 1].name)}});
        }
        auto cast = std::make_shared<plan::Cast>(parameter.default_value, parameter.type);
        auto typed = session.analyzer()->analyze_expression(cast, {});
        if (resolved::contains(*typed, resolved::ExprKind::kSubquery)) {
            throw analysis_error("USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION",
                {{"functionName", routine}, {"parameterName", quote_identifier(parameter.name)}});
        }
    }
}

}  // namespace

void check_temporary_uses(
    const analyzer::BodyUses& uses, const std::string& type, const std::vector<std::string>& name) {
    if (uses.temporary.empty()) return;
    const auto& used = uses.temporary.front();
    throw analysis_error("INVALID_TEMP_OBJ_REFERENCE",
        {{"obj", type}, {"objName", quote_identifier(name)}, {"tempObj", used.type},
            {"tempObjName", quote_identifier(used.name)}});
}

void check_new_function(session::Session& session, const plan::CreateFunction& command,
    const analyzer::SqlFunction& function) {
    auto name = function.full_name.empty() ? std::vector<std::string>{function.name}
                                           : function.full_name;
    auto routine = quote_identifier(name);
    check_names(function.parameters, function.return_table, routine);
    check_types(function);
    check_defaults(session, function.parameters, routine);
    auto uses = session.analyzer()->check_function(function);
    if (command.data_access == "CONTAINS SQL" && uses.reads_data)
        throw analysis_error("INVALID_SQL_FUNCTION_DATA_ACCESS", {});
    if (!command.temporary) check_temporary_uses(uses, "FUNCTION", name);
}

}  // namespace hanok::commands

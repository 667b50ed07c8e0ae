#include "commands/row_checks.h"

#include "analyzer/analyzer.h"
#include "base/error.h"

namespace hanok::commands {

namespace {

using resolved::ExprPtr;
using types::DataType;

ExprPtr call(std::string function, resolved::Exprs args, types::TypePtr type, bool nullable) {
    return std::make_shared<resolved::Call>(
        std::move(function), std::move(args), std::move(type), nullable);
}

// raise_error(condition, no message, {name: value}), typed as `type`.
ExprPtr raise(
    const std::string& condition, const ErrorParameters& parameters, const types::TypePtr& type) {
    types::Value::List entries;
    for (const auto& [name, value] : parameters) {
        entries.push_back(types::string_value(name));
        entries.push_back(types::string_value(value));
    }
    auto map_type = DataType::map(DataType::string(), DataType::string(), false);
    ExprPtr map = std::make_shared<resolved::Literal>(
        map_type, types::list_value(std::move(entries)));
    ExprPtr name = std::make_shared<resolved::Literal>(
        DataType::string(), types::string_value(condition));
    ExprPtr no_message = std::make_shared<resolved::Literal>(DataType::string(), types::Value());
    auto error = std::make_shared<resolved::Call>(
        "raise_error", resolved::Exprs{name, no_message, map}, DataType::null(), true);
    error->deterministic = false;
    return std::make_shared<resolved::Cast>(error, type, resolved::CastMode::kAnsi, true);
}

// The value, or the error when it is NULL.
ExprPtr not_null(const ExprPtr& value, const std::string& column) {
    ExprPtr is_null = call("isnull", {value}, DataType::boolean(), false);
    ExprPtr error = raise(
        "DELTA_NOT_NULL_CONSTRAINT_VIOLATED", {{"columnName", column}}, value->type);
    return call("when", {is_null, error, value}, value->type, false);
}

}  // namespace

resolved::PlanPtr check_rows(session::Session& session, const resolved::PlanPtr& plan,
    const DataType& schema, const plan::ExprPtr& replace_where,
    const std::string& replace_where_sql) {
    bool needed = replace_where != nullptr;
    for (size_t i = 0; i < schema.fields().size(); ++i) {
        needed = needed || (!schema.fields()[i].nullable && plan->output[i].nullable);
    }
    if (!needed) return plan;
    auto project = std::make_shared<resolved::Project>();
    project->child = plan;
    for (size_t i = 0; i < plan->output.size(); ++i) {
        const auto& field = schema.fields()[i];
        ExprPtr value = std::make_shared<resolved::AttributeRef>(plan->output[i]);
        if (!field.nullable && value->nullable) value = not_null(value, field.name);
        resolved::Attribute attribute{
            analyzer::Analyzer::next_id(), field.name, value->type, value->nullable, {}, ""};
        project->output.push_back(attribute);
        project->columns.push_back({attribute, value});
    }
    if (!replace_where) return project;

    auto condition = session.analyzer()->analyze_expression(replace_where, project->output);
    ExprPtr matches = call("coalesce",
        {condition,
            std::make_shared<resolved::Literal>(DataType::boolean(), types::bool_value(false))},
        DataType::boolean(), false);
    ExprPtr error = raise("DELTA_REPLACE_WHERE_MISMATCH",
        {{"replaceWhere", replace_where_sql}, {"message", ""}}, DataType::boolean());
    auto filter = std::make_shared<resolved::Filter>();
    filter->child = project;
    filter->output = project->output;
    filter->condition = call("when", {matches, matches, error}, DataType::boolean(), true);
    return filter;
}

}  // namespace hanok::commands

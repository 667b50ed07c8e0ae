#include "commands/row_checks.h"

#include <nlohmann/json.hpp>

#include "analyzer/analyzer.h"
#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/column_values.h"
#include "commands/row_level.h"
#include "delta/column_mapping.h"
#include "resolved/tree.h"
#include "sql/parser.h"

namespace hanok::commands {

namespace {

using resolved::ExprPtr;
using types::DataType;

constexpr std::string_view kConstraintPrefix = "delta.constraints.";

ExprPtr text_literal(const std::string& text) {
    return std::make_shared<resolved::Literal>(DataType::string(), types::string_value(text));
}

// raise_error(condition, no message, {name: value}), typed as `type`.
ExprPtr raise(const std::string& condition,
    const std::vector<std::pair<std::string, ExprPtr>>& parameters, const types::TypePtr& type) {
    resolved::Exprs entries;
    for (const auto& [name, value] : parameters) {
        entries.push_back(text_literal(name));
        entries.push_back(value);
    }
    auto map_type = DataType::map(DataType::string(), DataType::string(), false);
    ExprPtr map = make_call("map", entries, map_type, false);
    ExprPtr no_message = std::make_shared<resolved::Literal>(DataType::string(), types::Value());
    auto error = std::make_shared<resolved::Call>("raise_error",
        resolved::Exprs{text_literal(condition), no_message, map}, DataType::null(), true);
    error->deterministic = false;
    return std::make_shared<resolved::Cast>(error, type, resolved::CastMode::kAnsi, true);
}

// The value, or the error when it is NULL.
ExprPtr not_null(const ExprPtr& value, const std::string& column) {
    ExprPtr is_null = make_call("isnull", {value}, DataType::boolean(), false);
    ExprPtr error = raise(
        "DELTA_NOT_NULL_CONSTRAINT_VIOLATED", {{"columnName", text_literal(column)}}, value->type);
    return make_call("when", {is_null, error, value}, value->type, false);
}

resolved::PlanPtr check_nulls(const resolved::PlanPtr& plan, const DataType& schema) {
    std::vector<std::string> names;
    resolved::Exprs values;
    bool needed = false;
    for (size_t i = 0; i < schema.fields().size(); ++i) {
        const auto& field = schema.fields()[i];
        ExprPtr value = ref(plan->output[i]);
        if (!field.nullable && value->nullable) {
            value = not_null(value, field.name);
            needed = true;
        }
        names.push_back(field.name);
        values.push_back(value);
    }
    for (size_t i = schema.fields().size(); i < plan->output.size(); ++i) {
        names.push_back(plan->output[i].name);
        values.push_back(ref(plan->output[i]));
    }
    return needed ? project(plan, names, values) : plan;
}

// The columns that a rule speaks of, as lines " - name : value".
ExprPtr row_text(const ExprPtr& condition, const resolved::Attributes& columns) {
    auto used = resolved::references(*condition);
    resolved::Exprs parts;
    for (const auto& column : columns) {
        if (!used.contains(column.id)) continue;
        ExprPtr value = ref(column);
        if (!column.type->is_string()) {
            value = std::make_shared<resolved::Cast>(
                value, DataType::string(), resolved::CastMode::kAnsi, true);
        }
        parts.push_back(text_literal((parts.empty() ? " - " : "\n - ") + column.name + " : "));
        parts.push_back(
            make_call("coalesce", {value, text_literal("null")}, DataType::string(), false));
    }
    if (parts.empty()) return text_literal("");
    return make_call("concat", parts, DataType::string(), false);
}

resolved::PlanPtr check_rule(const resolved::PlanPtr& plan, const std::string& name,
    const std::string& sql, const ExprPtr& condition) {
    ExprPtr holds = is_true(condition);
    ExprPtr error = raise("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES",
        {{"constraintName", text_literal(name)}, {"expression", text_literal(sql)},
            {"values", row_text(condition, plan->output)}},
        DataType::boolean());
    return filter(plan, make_call("when", {holds, holds, error}, DataType::boolean(), true));
}

// {"expression": {"expression": "a > 1"}}
std::optional<std::string> invariant_sql(const types::StructField& field) {
    auto text = delta::field_metadata(field, "delta.invariants");
    if (!text) return std::nullopt;
    auto json = nlohmann::json::parse(*text, nullptr, false);
    auto path = nlohmann::json::json_pointer("/expression/expression");
    if (!json.is_object() || !json.contains(path) || !json[path].is_string()) {
        throw analysis_error("DELTA_UNRECOGNIZED_INVARIANT", {{"invariant", *text}});
    }
    return json[path].get<std::string>();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> check_constraints(
    const delta::Metadata& metadata) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [key, value] : metadata.configuration) {
        if (key.starts_with(kConstraintPrefix))
            out.emplace_back(key.substr(kConstraintPrefix.size()), value);
    }
    return out;
}

ExprPtr constraint_condition(session::Session& session, const std::string& name,
    const std::string& sql, const resolved::Attributes& columns) {
    auto condition = session.analyzer()->analyze_expression(sql::parse_expression(sql), columns);
    if (!condition->type->is(types::TypeId::kBoolean)) {
        throw analysis_error("DELTA_NON_BOOLEAN_CHECK_CONSTRAINT", {{"name", name}, {"expr", sql}});
    }
    return condition;
}

resolved::PlanPtr check_rows(session::Session& session, const resolved::PlanPtr& rows,
    const DataType& schema, const delta::Metadata& metadata,
    const std::set<std::string>& computed) {
    auto plan = check_nulls(rows, schema);
    // Rules use the table's names; the rows may have others.
    resolved::Attributes columns = plan->output;
    columns.resize(schema.fields().size());
    for (size_t i = 0; i < columns.size(); ++i) {
        columns[i].name = schema.fields()[i].name;
        columns[i].qualifier.clear();
    }
    for (const auto& [name, sql] : check_constraints(metadata))
        plan = check_rule(plan, name, sql, constraint_condition(session, name, sql, columns));
    for (size_t i = 0; i < schema.fields().size(); ++i) {
        const auto& field = schema.fields()[i];
        if (auto sql = invariant_sql(field)) {
            std::string name = "EXPRESSION(" + *sql + ")";
            plan = check_rule(plan, name, *sql, constraint_condition(session, name, *sql, columns));
        }
        if (!generation_sql(field) || computed.contains(field.name)) continue;
        auto value = generated_value(session, field, columns);
        auto equal = make_call("<=>", {ref(columns[i]), value}, DataType::boolean(), false);
        plan = check_rule(plan, "Generated Column", analyzer::expression_sql(*equal), equal);
    }
    return plan;
}

resolved::PlanPtr check_replace_where(session::Session& session, const resolved::PlanPtr& plan,
    const plan::ExprPtr& condition, const std::string& condition_sql) {
    if (!condition) return plan;
    auto given = analyze_condition(session, condition, plan->output);
    auto matches = is_true(given);
    ExprPtr error = raise("DELTA_REPLACE_WHERE_MISMATCH",
        {{"replaceWhere", text_literal(condition_sql)}, {"message", row_text(given, plan->output)}},
        DataType::boolean());
    return filter(plan, make_call("when", {matches, matches, error}, DataType::boolean(), true));
}

void note_checked(delta::Transaction& transaction) {
    for (const char* feature :
        {"checkConstraints", "invariants", "generatedColumns", "identityColumns"})
        transaction.enforces(feature);
}

}  // namespace hanok::commands

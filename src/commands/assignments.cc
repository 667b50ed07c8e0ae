#include "commands/assignments.h"

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/column_values.h"
#include "commands/struct_fields.h"

namespace hanok::commands {

namespace {

// Steps below a column: {} for the column itself, {"b"} for col.b. The key may be qualified by the
// table's name.
std::vector<std::string> field_path(
    const plan::Assignment& assignment, const types::DataType& schema, size_t* column) {
    if (assignment.key->kind != plan::ExprKind::kAttribute)
        throw unsupported_feature("assignments to expressions");
    const auto& parts = assignment.key->as<plan::Attribute>().parts;
    for (size_t begin = 0; begin < parts.size(); ++begin) {
        int i = schema.field_index(parts[begin]);
        if (i < 0) continue;
        *column = static_cast<size_t>(i);
        return {parts.begin() + static_cast<long>(begin) + 1, parts.end()};
    }
    std::string proposal;
    for (const auto& f : schema.fields())
        proposal += (proposal.empty() ? "" : ", ") + quote_identifier(f.name);
    auto error = analysis_error("UNRESOLVED_COLUMN.WITH_SUGGESTION",
        {{"objectName", quote_identifier(parts)}, {"proposal", proposal}});
    if (assignment.key->origin) error.add_context(plan::query_context(*assignment.key->origin));
    throw error;
}

// The assigned value as an expression over the column: col.withField("b.c", value).
plan::ExprPtr with_field(
    const plan::ExprPtr& column, std::vector<std::string> path, const plan::ExprPtr& value) {
    if (path.empty()) return value;
    return std::make_shared<plan::UpdateFields>(column, std::move(path), value);
}

}  // namespace

resolved::Exprs assigned_values(Session& session, const std::vector<plan::Assignment>& assignments,
    const types::DataType& schema, const resolved::Attributes& columns,
    const resolved::Attributes& input, const std::string& table_name, MissingFields missing) {
    auto analyzer = session.analyzer();
    std::vector<plan::ExprPtr> values(schema.fields().size());
    std::vector<bool> is_whole(schema.fields().size(), false);
    for (const auto& assignment : assignments) {
        size_t column = 0;
        auto path = field_path(assignment, schema, &column);
        if (is_whole[column] || (values[column] && path.empty())) {
            throw analysis_error("DELTA_CONFLICT_SET_COLUMN",
                {{"columnList", quote_identifier(schema.fields()[column].name)}});
        }
        const auto& field = schema.fields()[column];
        if (identity_rule(field)) {
            throw analysis_error(
                "DELTA_IDENTITY_COLUMNS_UPDATE_NOT_SUPPORTED", {{"colName", field.name}});
        }
        auto value = path.empty() ? with_default_keyword(assignment.value, field)
                                  : assignment.value;
        is_whole[column] = path.empty();
        auto qualified = columns[column].qualifier;
        qualified.push_back(schema.fields()[column].name);
        plan::ExprPtr base = values[column] ? values[column] : plan::attribute(qualified);
        values[column] = with_field(base, std::move(path), value);
    }
    resolved::Exprs out;
    for (size_t i = 0; i < values.size(); ++i) {
        if (!values[i]) {
            out.push_back(ref(columns[i]));
            continue;
        }
        auto typed = analyzer->analyze_expression(values[i], input);
        const auto& field = schema.fields()[i];
        typed = assigned_struct(typed, field.type, missing, ref(columns[i]));
        // Unlike INSERT, an assignment reads a text as whatever the column holds.
        if (typed->type->is_string() && field.type->is_atomic())
            typed = analyzer::cast_to(
                typed, types::DataType::replace_char_varchar(field.type), true);
        out.push_back(analyzer->store_cast(typed, field.type, field.name, table_name));
    }
    return out;
}

}  // namespace hanok::commands

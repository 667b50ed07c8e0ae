#include "commands/column_values.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/row_level.h"
#include "delta/column_mapping.h"
#include "resolved/tree.h"
#include "sql/parser.h"

namespace hanok::commands {

namespace {

using resolved::ExprPtr;
using types::DataType;
using types::StructField;
using Json = nlohmann::ordered_json;

constexpr const char* kDefault = "CURRENT_DEFAULT";
constexpr const char* kGeneration = "delta.generationExpression";
constexpr const char* kIdentityStart = "delta.identity.start";
constexpr const char* kIdentityStep = "delta.identity.step";
constexpr const char* kIdentityMark = "delta.identity.highWaterMark";
constexpr const char* kIdentityExplicit = "delta.identity.allowExplicitInsert";

bool is_default_keyword(const plan::ExprPtr& e) {
    if (e->kind != plan::ExprKind::kAttribute) return false;
    const auto& parts = e->as<plan::Attribute>().parts;
    return parts.size() == 1 && types::names_equal(parts[0], "default");
}

ExprPtr long_literal(int64_t value) {
    return std::make_shared<resolved::Literal>(DataType::long_(), types::int_value(value));
}

// Column refs of the plan, `replaced[i]` in place of the i-th where it is set.
resolved::PlanPtr replace_columns(
    const resolved::PlanPtr& plan, const std::map<size_t, ExprPtr>& replaced) {
    std::vector<std::string> names;
    resolved::Exprs values = refs(plan->output, plan->output.size());
    for (const auto& a : plan->output) names.push_back(a.name);
    for (const auto& [i, value] : replaced) values[i] = value;
    return project(plan, names, values);
}

}  // namespace

std::optional<std::string> generation_sql(const StructField& field) {
    return delta::field_metadata(field, kGeneration);
}

std::optional<IdentityRule> identity_rule(const StructField& field) {
    auto start = delta::field_metadata(field, kIdentityStart);
    if (!start) return std::nullopt;
    IdentityRule rule;
    rule.start = std::stoll(*start);
    rule.step = std::stoll(delta::field_metadata(field, kIdentityStep).value_or("1"));
    if (auto mark = delta::field_metadata(field, kIdentityMark))
        rule.high_water_mark = std::stoll(*mark);
    rule.allow_explicit_insert =
        delta::field_metadata(field, kIdentityExplicit).value_or("false") == "true";
    return rule;
}

std::string field_metadata_of(
    const plan::ColumnDef& column, bool allows_defaults, const std::string& command) {
    Json json = Json::object();
    if (column.has_comment) json["comment"] = column.comment;
    if (column.default_value) {
        if (!allows_defaults) {
            throw analysis_error(
                "WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED", {{"commandType", command}});
        }
        json[kDefault] = column.default_sql;
    }
    if (!column.generation_sql.empty()) json[kGeneration] = column.generation_sql;
    if (column.identity) {
        if (!column.type->is(types::TypeId::kLong)) {
            throw analysis_error(
                "DELTA_IDENTITY_COLUMNS_UNSUPPORTED_DATA_TYPE", {{"dataType", column.type->sql()}});
        }
        if (column.default_value || !column.generation_sql.empty()) {
            throw analysis_error("DELTA_IDENTITY_COLUMNS_WITH_GENERATED_EXPRESSION", {});
        }
        json[kIdentityStart] = column.identity->start;
        json[kIdentityStep] = column.identity->step;
        json[kIdentityExplicit] = column.identity->allow_explicit_insert;
    }
    return json.empty() ? "" : json.dump();
}

namespace {

void check_generated(Session& session, const DataType& schema, const StructField& field) {
    resolved::Attributes columns;
    for (const auto& other : schema.fields()) {
        bool usable = !generation_sql(other) && !identity_rule(other);
        if (!usable) continue;
        columns.push_back({analyzer::Analyzer::next_id(), other.name,
            DataType::replace_char_varchar(other.type), other.nullable, {}, ""});
    }
    ExprPtr value;
    try {
        value = session.analyzer()->analyze_expression(
            sql::parse_expression(*generation_sql(field)), columns);
    } catch (const Error& error) {
        if (!error.condition().starts_with("UNRESOLVED_COLUMN")) throw;
        throw analysis_error(
            "DELTA_INVALID_GENERATED_COLUMN_REFERENCES", {{"columnName", field.name}});
    }
    bool is_plain = resolved::is_deterministic(*value) &&
                    !resolved::contains(*value, resolved::ExprKind::kSubquery);
    if (!is_plain) {
        throw analysis_error("DELTA_UNSUPPORTED_EXPRESSION_GENERATED_COLUMN",
            {{"expression", *generation_sql(field)}});
    }
    bool same = DataType::as_nullable(value->type)->same_type(*DataType::as_nullable(field.type));
    if (!same) {
        throw analysis_error("DELTA_GENERATED_COLUMNS_EXPR_TYPE_MISMATCH",
            {{"columnName", field.name}, {"expressionType", value->type->sql()},
                {"columnType", field.type->sql()}});
    }
}

}  // namespace

void check_column_rules(
    Session& session, const DataType& schema, const std::vector<std::string>& partition_columns) {
    for (const auto& field : schema.fields()) {
        if (generation_sql(field)) check_generated(session, schema, field);
        if (delta::field_metadata(field, kDefault)) {
            auto value = session.analyzer()->analyze_expression(default_expression(field), {});
            session.analyzer()->store_cast(value, field.type, field.name, field.name);
        }
        if (!identity_rule(field)) continue;
        for (const auto& name : partition_columns) {
            if (!types::names_equal(name, field.name)) continue;
            throw analysis_error(
                "DELTA_IDENTITY_COLUMNS_PARTITION_NOT_SUPPORTED", {{"colName", field.name}});
        }
    }
}

plan::ExprPtr default_expression(const StructField& field) {
    auto text = delta::field_metadata(field, kDefault);
    return text ? sql::parse_expression(*text) : plan::null_literal();
}

ExprPtr generated_value(
    Session& session, const StructField& field, const resolved::Attributes& columns) {
    auto analyzer = session.analyzer();
    auto value = analyzer->analyze_expression(
        sql::parse_expression(*generation_sql(field)), columns);
    return analyzer->store_cast(value, field.type, field.name, field.name);
}

plan::ExprPtr with_default_keyword(const plan::ExprPtr& value, const StructField& field) {
    return is_default_keyword(value) ? default_expression(field) : value;
}

plan::RelationPtr with_default_keywords(
    const plan::RelationPtr& query, const std::vector<StructField>& columns) {
    auto replace = [&](const plan::Exprs& items) {
        plan::Exprs out = items;
        for (size_t i = 0; i < out.size() && i < columns.size(); ++i)
            out[i] = with_default_keyword(out[i], columns[i]);
        return out;
    };
    if (query->kind == plan::RelationKind::kValues) {
        auto values = std::make_shared<plan::Values>(query->as<plan::Values>());
        for (auto& row : values->rows) row = replace(row);
        return values;
    }
    if (query->kind == plan::RelationKind::kProject) {
        auto projected = std::make_shared<plan::Project>(query->as<plan::Project>());
        projected->columns = replace(projected->columns);
        return projected;
    }
    if (query->kind == plan::RelationKind::kSubqueryAlias) {
        auto alias = std::make_shared<plan::SubqueryAlias>(query->as<plan::SubqueryAlias>());
        alias->child = with_default_keywords(alias->child, columns);
        return alias;
    }
    return query;
}

resolved::PlanPtr compute_generated(Session& session, const resolved::PlanPtr& plan,
    const DataType& schema, const std::map<std::string, ExprPtr>& columns) {
    std::map<size_t, ExprPtr> replaced;
    resolved::Attributes table(
        plan->output.begin(), plan->output.begin() + static_cast<long>(schema.fields().size()));
    for (size_t i = 0; i < schema.fields().size(); ++i) {
        auto it = columns.find(schema.fields()[i].name);
        if (it == columns.end()) continue;
        auto value = generated_value(session, schema.fields()[i], table);
        if (it->second) {
            value = make_call("when", {it->second, value, ref(plan->output[i])}, value->type,
                value->nullable || plan->output[i].nullable);
        }
        replaced[i] = value;
    }
    return replaced.empty() ? plan : replace_columns(plan, replaced);
}

resolved::PlanPtr number_rows(const resolved::PlanPtr& plan, const DataType& schema,
    const std::set<std::string>& columns, const ExprPtr& where) {
    if (columns.empty()) return plan;
    auto window = std::make_shared<resolved::WindowPlan>();
    window->child = plan;
    window->output = plan->output;
    resolved::Attribute row{
        analyzer::Analyzer::next_id(), "__row", DataType::long_(), false, {}, ""};
    auto number = std::make_shared<resolved::Window>(
        "row_number", resolved::Exprs{}, DataType::long_(), false);
    number->rows_frame = true;
    number->upper.kind = resolved::FrameBound::Kind::kCurrentRow;
    window->columns = {{row, number}};
    window->output.push_back(row);

    std::vector<std::string> names;
    resolved::Exprs values = refs(plan->output, plan->output.size());
    for (const auto& a : plan->output) names.push_back(a.name);
    for (size_t i = 0; i < schema.fields().size(); ++i) {
        if (!columns.contains(schema.fields()[i].name)) continue;
        auto rule = *identity_rule(schema.fields()[i]);
        int64_t before = rule.high_water_mark.value_or(rule.start - rule.step);
        auto steps = make_call("*", {ref(row), long_literal(rule.step)}, DataType::long_(), false);
        auto value = make_call("+", {steps, long_literal(before)}, DataType::long_(), false);
        values[i] = where ? make_call("when", {where, value, ref(plan->output[i])},
                                DataType::long_(), plan->output[i].nullable)
                          : value;
    }
    return project(window, names, values);
}

CompletedRows complete_rows(
    Session& session, const resolved::PlanPtr& given, const DataType& schema) {
    CompletedRows out;
    auto analyzer = session.analyzer();
    std::vector<std::string> names;
    resolved::Exprs values;
    std::map<std::string, ExprPtr> generated;
    for (const auto& field : schema.fields()) {
        names.push_back(field.name);
        const resolved::Attribute* found = nullptr;
        for (const auto& a : given->output) {
            if (types::names_equal(a.name, field.name)) found = &a;
        }
        auto identity = identity_rule(field);
        if (found) {
            if (identity && !identity->allow_explicit_insert) {
                throw analysis_error("DELTA_IDENTITY_COLUMNS_EXPLICIT_INSERT_NOT_SUPPORTED",
                    {{"colName", field.name}});
            }
            values.push_back(ref(*found));
            continue;
        }
        auto value = analyzer->analyze_expression(default_expression(field), {});
        values.push_back(analyzer->store_cast(value, field.type, field.name, field.name));
        if (identity) out.numbered.insert(field.name);
        if (generation_sql(field)) {
            out.computed.insert(field.name);
            generated[field.name] = nullptr;
        }
    }
    out.plan = number_rows(project(given, names, values), schema, out.numbered, nullptr);
    out.plan = compute_generated(session, out.plan, schema, generated);
    return out;
}

types::StructField with_synced_mark(const types::StructField& field, int64_t value) {
    auto rule = *identity_rule(field);
    bool is_before = rule.step > 0 ? value < rule.start : value > rule.start;
    int64_t over = is_before ? 0 : (value - rule.start) % rule.step;
    int64_t mark = over == 0 ? value : value - over + rule.step;
    if (is_before) mark = rule.start;
    bool goes_back = rule.high_water_mark &&
                     (rule.step > 0 ? mark < *rule.high_water_mark : mark > *rule.high_water_mark);
    auto out = field;
    if (!goes_back)
        out.metadata = delta::with_field_metadata(field, kIdentityMark, std::to_string(mark));
    return out;
}

types::TypePtr with_identity_marks(const types::TypePtr& schema,
    const std::set<std::string>& numbered, const std::vector<delta::AddFile>& files) {
    auto fields = schema->fields();
    for (auto& field : fields) {
        if (!numbered.contains(field.name)) continue;
        auto rule = *identity_rule(field);
        std::optional<int64_t> mark = rule.high_water_mark;
        for (const auto& file : files) {
            auto stats = Json::parse(file.stats, nullptr, false);
            const char* side = rule.step > 0 ? "maxValues" : "minValues";
            std::string name = delta::physical_name(field);
            bool known = stats.is_object() && stats.contains(side) && stats[side].contains(name);
            if (!known) throw internal_error("no statistics of the identity column " + field.name);
            int64_t value = stats[side][name].get<int64_t>();
            bool further = !mark || (rule.step > 0 ? value > *mark : value < *mark);
            if (further) mark = value;
        }
        if (mark)
            field.metadata = delta::with_field_metadata(
                field, kIdentityMark, std::to_string(*mark));
    }
    return DataType::struct_(std::move(fields));
}

}  // namespace hanok::commands

// Functions with a SQL body: the body is analysed over its parameters, which stand for the
// arguments.

#include <algorithm>

#include "analyzer/impl.h"
#include "analyzer/python_table.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using resolved::ExprPtr;
using types::DataType;

using Impl = Analyzer::Impl;

namespace {

constexpr size_t kMaxFunctionDepth = 50;

Error wrong_argument_count(const std::string& routine, size_t expected, size_t given) {
    return analysis_error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
        {{"functionName", routine}, {"expectedNum", std::to_string(expected)},
            {"actualNum", std::to_string(given)},
            {"docroot", "https://spark.apache.org/docs/latest"}});
}

std::string signature(const SqlFunction& sql, const std::vector<std::string>& written,
    const std::vector<std::string>& args) {
    auto name = !sql.full_name.empty() ? quote_if_needed(sql.full_name)
                : written.size() == 1  ? sql.name
                                       : quote_if_needed(written);
    std::string names;
    for (const auto& a : args) names += (names.empty() ? "" : ", ") + a;
    return name + "(" + names + ")";
}

// The expression of a body that is a query of nothing but one expression: RETURN SELECT x + 1.
plan::ExprPtr body_of(const SqlFunction& sql) {
    auto body = sql.body;
    while (body->kind == plan::ExprKind::kSubquery) {
        const auto& subquery = body->as<plan::Subquery>();
        if (subquery.subquery_kind != plan::SubqueryKind::kScalar || !subquery.plan ||
            subquery.plan->kind != plan::RelationKind::kProject)
            return body;
        const auto& project = subquery.plan->as<plan::Project>();
        bool is_plain = !project.child || project.child->kind == plan::RelationKind::kOneRow;
        if (!is_plain || project.columns.size() != 1) return body;
        if (project.columns[0]->kind == plan::ExprKind::kStar) return body;
        return project.columns[0];
    }
    return body;
}

bool is_same_function(const SqlFunction& a, const SqlFunction& b) {
    if (a.full_name.size() != b.full_name.size()) return false;
    for (size_t i = 0; i < a.full_name.size(); ++i) {
        if (!types::names_equal(a.full_name[i], b.full_name[i])) return false;
    }
    return types::names_equal(a.name, b.name);
}

}  // namespace

namespace {

struct GivenArgument {
    plan::ExprPtr value;
    bool is_written = false;  // in the call
};

// One argument a parameter, by position or name, with defaults.
std::vector<GivenArgument> given_arguments(const SqlFunction& sql, const plan::Function& f) {
    std::vector<plan::ExprPtr> given(sql.parameters.size());
    size_t position = 0;
    auto routine = quote_identifier(f.name);
    for (const auto& arg : f.args) {
        if (arg->kind == plan::ExprKind::kNamedArgument) {
            const auto& named_argument = arg->as<plan::NamedArgument>();
            auto it = std::find_if(
                sql.parameters.begin(), sql.parameters.end(), [&](const plan::ColumnDef& p) {
                    return types::names_equal(p.name, named_argument.name);
                });
            if (it == sql.parameters.end()) {
                throw analysis_error("UNRECOGNIZED_PARAMETER_NAME",
                    {{"routineName", routine},
                        {"argumentName", quote_identifier(named_argument.name)}, {"proposal", ""}});
            }
            given[static_cast<size_t>(it - sql.parameters.begin())] = named_argument.value;
            continue;
        }
        if (position >= given.size()) {
            throw wrong_argument_count(routine, given.size(), f.args.size());
        }
        given[position++] = arg;
    }
    std::vector<GivenArgument> args;
    for (size_t i = 0; i < given.size(); ++i) {
        const auto& parameter = sql.parameters[i];
        auto value = given[i] ? given[i] : parameter.default_value;
        if (!value && position == f.args.size())
            throw wrong_argument_count(routine, given.size(), position);
        if (!value) {
            throw analysis_error("REQUIRED_PARAMETER_NOT_FOUND",
                {{"routineName", routine}, {"parameterName", quote_identifier(parameter.name)},
                    {"index", std::to_string(i)}});
        }
        args.push_back({value, given[i] != nullptr});
    }
    return args;
}

bool is_table_argument(const plan::ExprPtr& e) {
    return e->kind == plan::ExprKind::kSubquery &&
           e->as<plan::Subquery>().subquery_kind == plan::SubqueryKind::kTableArgument;
}

Rel python_table_function(Impl& impl, const SqlFunction& sql, const plan::Function& f) {
    auto call = std::make_shared<plan::PythonTable>(sql.table_body->as<plan::PythonTable>());
    auto given = given_arguments(sql, f);
    call->args.clear();
    for (size_t i = 0; i < given.size(); ++i) {
        const auto& value = given[i].value;
        const auto& type = sql.parameters[i].type;  // null: a table
        bool is_table = is_table_argument(value);
        if (is_table && type) {
            throw analysis_error("TABLE_VALUED_ARGUMENTS_NOT_YET_IMPLEMENTED_FOR_SQL_FUNCTIONS",
                {{"action", "call"}, {"functionName", quote_identifier(f.name)}});
        }
        if (!is_table && !type) {
            throw analysis_error("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
                {{"sqlExpr", quoted_sql(sql.name)}, {"paramIndex", std::to_string(i + 1)},
                    {"requiredType", "\"TABLE\""}, {"inputSql", quoted_sql(sql.parameters[i].name)},
                    {"inputType", quoted_type(*impl.expression(value).expr->type)}});
        }
        call->args.push_back(is_table ? value : std::make_shared<plan::Cast>(value, type));
    }
    return impl.with_qualifier(resolve_python_table(impl, *call), {sql.name});
}

}  // namespace

// The arguments, cast to the parameters' types.
TypedList Impl::sql_function_arguments(const SqlFunction& sql, const plan::Function& f) {
    auto given = given_arguments(sql, f);
    TypedList args;
    for (size_t i = 0; i < given.size(); ++i) {
        auto typed = expression(given[i].value);
        auto type = DataType::replace_char_varchar(sql.parameters[i].type);
        auto mode = ansi() ? resolved::CastMode::kAnsi : resolved::CastMode::kLegacy;
        auto name = "CAST(" + typed.name + " AS " + type->sql() + ")";
        explicit_cast(typed, type, mode, name);  // throws where there is no such cast
        // The name is that of an argument that was written; defaults do not show.
        args.push_back({cast_to(typed.expr, type, ansi()), given[i].is_written ? typed.name : ""});
    }
    return args;
}

std::optional<Typed> Impl::user_function(const plan::Function& f) {
    auto sql = find_sql_function(f.name);
    if (!sql) return std::nullopt;
    if (!sql->body)
        throw analysis_error("NOT_A_SCALAR_FUNCTION", {{"functionName", quote_identifier(f.name)}});
    return inline_sql_function(*sql, f);
}

std::optional<SqlFunction> Impl::find_sql_function(const std::vector<std::string>& name) {
    auto sql = resolver.sql_function(name);
    if (!sql) return sql;
    if (sql->full_name.empty()) note_temporary("FUNCTION", name);
    uses.reads_data = uses.reads_data || sql->reads_data;
    if (being_created && is_same_function(*sql, *being_created)) {
        auto own = sql->full_name.empty() ? name : sql->full_name;
        throw analysis_error("CYCLIC_FUNCTION_REFERENCE",
            {{"path", quote_identifier(own) + " -> " + quote_identifier(own)}});
    }
    return sql;
}

// Objects used by views and functions that are used are theirs, and were checked with them.
void Impl::note_temporary(const std::string& type, const std::vector<std::string>& name) {
    if (view_path.empty() && function_depth == 0) uses.temporary.push_back({type, name});
}

void Impl::check_function(const SqlFunction& sql) {
    being_created = &sql;
    Rel parameters = one_row();
    for (const auto& p : sql.parameters) {
        if (!p.type) continue;  // a table
        auto a = new_attribute(p.name, DataType::replace_char_varchar(p.type), true);
        a.qualifier = {sql.name};
        parameters.scope.push_back(std::move(a));
    }
    Context body;
    body.input = &parameters;
    auto shown = quote_if_needed(
        sql.full_name.empty() ? std::vector<std::string>{sql.name} : sql.full_name);
    // A class has its columns declared, or tells them call by call.
    if (sql.table_body && sql.table_body->kind == plan::RelationKind::kPythonTable) return;
    if (sql.table_body) {
        Outer outer;
        outer.context = &body;
        outer.lateral = true;
        outers.push_back(&outer);
        auto rel = trim(resolve(sql.table_body));
        outers.pop_back();
        if (!sql.return_table.empty() && rel.scope.size() != sql.return_table.size()) {
            throw analysis_error("USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH",
                {{"outputSize", std::to_string(rel.scope.size())},
                    {"returnParamSize", std::to_string(sql.return_table.size())}, {"name", shown}});
        }
        return;
    }
    auto typed = resolve_in(body, body_of(sql));
    if (resolved::contains(*typed.expr, ExprKind::kAggregate) ||
        resolved::contains(*typed.expr, ExprKind::kWindow)) {
        throw analysis_error(
            "USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS", {{"queryText", typed.name}});
    }
    if (!sql.return_type) return;
    auto type = DataType::replace_char_varchar(sql.return_type);
    explicit_cast(typed, type, ansi() ? resolved::CastMode::kAnsi : resolved::CastMode::kLegacy,
        "CAST(" + typed.name + " AS " + type->sql() + ")");
}

// A relation whose columns are the parameters.
Rel Impl::parameter_scope(const SqlFunction& sql, const TypedList& args,
    std::map<resolved::AttributeId, ExprPtr>& substitutions) {
    Rel parameters = one_row();
    for (size_t i = 0; i < args.size(); ++i) {
        auto a = new_attribute(sql.parameters[i].name, args[i].expr->type, args[i].expr->nullable);
        a.qualifier = {sql.name};
        substitutions[a.id] = args[i].expr;
        parameters.scope.push_back(std::move(a));
    }
    return parameters;
}

Typed Impl::inline_sql_function(const SqlFunction& sql, const plan::Function& f) {
    if (++function_depth > kMaxFunctionDepth) {
        function_depth = 0;
        throw analysis_error("CYCLIC_FUNCTION_REFERENCE", {{"path", quote_identifier(f.name)}});
    }
    auto args = sql_function_arguments(sql, f);
    std::map<resolved::AttributeId, ExprPtr> substitutions;
    auto parameters = parameter_scope(sql, args, substitutions);
    Context body;
    body.input = &parameters;
    body.substitutions = &substitutions;
    body.in_aggregate = context->in_aggregate;
    auto typed = resolve_in(body, body_of(sql));
    --function_depth;
    auto result = typed.expr;
    if (sql.return_type) {
        result = explicit_cast({result, typed.name},
            DataType::replace_char_varchar(sql.return_type),
            ansi() ? resolved::CastMode::kAnsi : resolved::CastMode::kLegacy, typed.name);
    }
    std::vector<std::string> names;
    for (const auto& a : args) {
        if (!a.name.empty()) names.push_back(a.name);
    }
    return {result, signature(sql, f.name, names)};
}

Rel Impl::table_sql_function(const SqlFunction& sql, const plan::Function& f) {
    if (sql.table_body->kind == plan::RelationKind::kPythonTable)
        return python_table_function(*this, sql, f);
    // Arguments of a table function may be columns of the left side of a lateral join.
    Context around;
    if (!outers.empty() && outers.back()) around = *outers.back()->context;
    auto args = sql_function_arguments(sql, f);
    std::map<resolved::AttributeId, ExprPtr> substitutions;
    auto parameters = parameter_scope(sql, args, substitutions);
    Context body;
    body.input = &parameters;
    body.substitutions = &substitutions;
    Outer outer;
    outer.context = &body;
    outer.lateral = true;
    outers.push_back(&outer);
    auto* enclosing = context;
    context = nullptr;
    Rel rel;
    try {
        rel = trim(resolve(sql.table_body));
    } catch (...) {
        outers.pop_back();
        context = enclosing;
        throw;
    }
    outers.pop_back();
    context = enclosing;
    if (!sql.return_table.empty()) {
        resolved::NamedExprs columns;
        for (size_t i = 0; i < sql.return_table.size() && i < rel.scope.size(); ++i) {
            auto type = DataType::replace_char_varchar(sql.return_table[i].type);
            columns.push_back(named(sql.return_table[i].name,
                cast_to(resolved::ref(rel.plan->output[i]), type, ansi())));
        }
        rel = make_project(rel, std::move(columns));
    }
    return with_qualifier(std::move(rel), {sql.name});
}

}  // namespace hanok::analyzer

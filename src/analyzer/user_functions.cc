// Functions with a SQL body: the body is analysed over its parameters, which stand for the
// arguments.

#include <algorithm>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using resolved::ExprPtr;
using types::DataType;

using Impl = Analyzer::Impl;

namespace {

constexpr size_t kMaxFunctionDepth = 50;

}  // namespace

// One argument a parameter, by position or name, with defaults, cast to the parameter's type.
TypedList Impl::sql_function_arguments(const SqlFunction& sql, const plan::Function& f) {
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
            throw analysis_error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                {{"functionName", routine}, {"expectedNum", std::to_string(given.size())},
                    {"actualNum", std::to_string(f.args.size())},
                    {"docroot", "https://spark.apache.org/docs/latest"}});
        }
        given[position++] = arg;
    }
    TypedList args;
    for (size_t i = 0; i < given.size(); ++i) {
        const auto& parameter = sql.parameters[i];
        auto value = given[i] ? given[i] : parameter.default_value;
        if (!value) {
            throw analysis_error("REQUIRED_PARAMETER_NOT_FOUND",
                {{"routineName", routine}, {"parameterName", quote_identifier(parameter.name)},
                    {"index", std::to_string(i)}});
        }
        auto typed = expression(value);
        auto type = DataType::replace_char_varchar(parameter.type);
        if (!can_implicitly_cast(*typed.expr->type, *type, ansi()) &&
            !can_cast(*typed.expr->type, *type, ansi())) {
            throw datatype_mismatch("UNEXPECTED_INPUT_TYPE", typed.name,
                {{"paramIndex", std::to_string(i + 1)}, {"requiredType", quoted_type(*type)},
                    {"inputSql", quoted_sql(typed.name)},
                    {"inputType", quoted_type(*typed.expr->type)}});
        }
        args.push_back({cast_to(typed.expr, type, ansi()), typed.name});
    }
    return args;
}

std::optional<Typed> Impl::user_function(const plan::Function& f) {
    auto sql = resolver.sql_function(f.name);
    if (!sql) return std::nullopt;
    if (!sql->body)
        throw analysis_error("NOT_A_SCALAR_FUNCTION", {{"functionName", quote_identifier(f.name)}});
    return inline_sql_function(*sql, f);
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
    auto typed = resolve_in(body, sql.body);
    --function_depth;
    auto result = typed.expr;
    if (sql.return_type) {
        result = explicit_cast({result, typed.name},
            DataType::replace_char_varchar(sql.return_type),
            ansi() ? resolved::CastMode::kAnsi : resolved::CastMode::kLegacy, typed.name);
    }
    std::string names;
    for (const auto& a : args) names += (names.empty() ? "" : ", ") + a.name;
    auto name = f.name.size() == 1 ? sql.name : quote_if_needed(f.name);
    return {result, name + "(" + names + ")"};
}

Rel Impl::table_sql_function(const SqlFunction& sql, const plan::Function& f) {
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

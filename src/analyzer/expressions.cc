// Expressions: dispatch, constants, casts, parameters.

#include <fmt/format.h>

#include "analyzer/impl.h"
#include "types/char_type.h"

namespace hanok::analyzer {

using plan::ExprKind;
using types::DataType;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

constexpr int kMaxExpressionDepth = 5000;

resolved::CastMode cast_mode(plan::CastMode mode, bool ansi) {
    switch (mode) {
        case plan::CastMode::kLegacy: return resolved::CastMode::kLegacy;
        case plan::CastMode::kAnsi: return resolved::CastMode::kAnsi;
        case plan::CastMode::kTry: return resolved::CastMode::kTry;
        case plan::CastMode::kDefault: break;
    }
    return ansi ? resolved::CastMode::kAnsi : resolved::CastMode::kLegacy;
}

// Functions that do what a forbidden cast was meant to do; "" for none.
std::string cast_substitutes(const DataType& from, const DataType& to) {
    if (from.is_numeric() && to.is(TypeId::kTimestamp)) {
        return "`TIMESTAMP_SECONDS`/`TIMESTAMP_MILLIS`/`TIMESTAMP_MICROS`";
    }
    if (from.is(TypeId::kTimestamp) && to.is_numeric())
        return "`UNIX_SECONDS`/`UNIX_MILLIS`/`UNIX_MICROS`";
    if (from.is_numeric() && to.is(TypeId::kDate)) return "`DATE_FROM_UNIX_DATE`";
    if (from.is(TypeId::kDate) && to.is_numeric()) return "`UNIX_DATE`";
    return "";
}

Error cannot_cast(const DataType& from, const DataType& to, bool ansi, const std::string& sql) {
    ErrorParameters p{{"srcType", quoted_type(from)}, {"targetType", quoted_type(to)}};
    auto substitutes = cast_substitutes(from, to);
    if (ansi && !substitutes.empty()) {
        p["functionNames"] = substitutes;
        return datatype_mismatch("CAST_WITH_FUNC_SUGGESTION", sql, std::move(p));
    }
    if (ansi && can_cast(from, to, false)) {
        p["config"] = "\"spark.sql.ansi.enabled\"";
        p["configVal"] = "'false'";
        return datatype_mismatch("CAST_WITH_CONF_SUGGESTION", sql, std::move(p));
    }
    return datatype_mismatch("CAST_WITHOUT_SUGGESTION", sql, std::move(p));
}

Error unexpected_here(const std::string& what) {
    return analysis_error("UNSUPPORTED_EXPR_FOR_OPERATOR", {{"invalidExprSqls", quoted_sql(what)}});
}

}  // namespace

Typed Impl::resolve_in(Context& c, const plan::ExprPtr& expr) {
    WithContext current(*this, c);
    return expression(expr);
}

TypedList Impl::resolve_in(Context& c, const plan::Exprs& exprs) {
    TypedList list;
    for (const auto& e : exprs) list.push_back(resolve_in(c, e));
    return list;
}

Typed Impl::expression(const plan::ExprPtr& expr) {
    if (++expression_depth > kMaxExpressionDepth) {
        expression_depth = 0;
        throw Error(ErrorKind::kAnalysis, "FAILED_TO_PARSE_TOO_COMPLEX");
    }
    try {
        auto typed = dispatch(expr);
        --expression_depth;
        return typed;
    } catch (Error& e) {
        if (expression_depth > 0) --expression_depth;
        if (!e.has_context() && expr->origin && expr->origin->known()) {
            e.add_context(plan::query_context(*expr->origin));
        }
        throw;
    }
}

Typed Impl::dispatch(const plan::ExprPtr& expr) {
    switch (expr->kind) {
        case ExprKind::kLiteral: return literal(expr->as<plan::Literal>());
        case ExprKind::kAttribute: return attribute(expr->as<plan::Attribute>());
        case ExprKind::kFunction: return function(expr->as<plan::Function>());
        case ExprKind::kCast: return cast(expr->as<plan::Cast>());
        case ExprKind::kAlias: {
            const auto& alias = expr->as<plan::Alias>();
            auto child = expression(alias.child);
            return {child.expr, child.name + " AS " + (alias.names.empty() ? "" : alias.names[0])};
        }
        case ExprKind::kWindow: return window(expr->as<plan::Window>());
        case ExprKind::kLambdaVariable:
            return lambda_variable(expr->as<plan::LambdaVariable>().parts);
        case ExprKind::kExtractValue: return extract_value(expr->as<plan::ExtractValue>());
        case ExprKind::kUpdateFields: return update_fields(expr->as<plan::UpdateFields>());
        case ExprKind::kSubquery: return subquery(expr->as<plan::Subquery>());
        case ExprKind::kParameter: return parameter(expr->as<plan::Parameter>());
        case ExprKind::kIdentifierClause:
            return identifier_clause(expr->as<plan::IdentifierClause>());
        case ExprKind::kPythonUdf: return python_udf(expr->as<plan::PythonUdf>());
        case ExprKind::kOuterReference: return outer_reference(expr->as<plan::OuterReference>());
        case ExprKind::kNamedArgument: return expression(expr->as<plan::NamedArgument>().value);
        case ExprKind::kStar:
        case ExprKind::kRegexColumns: {
            auto columns = star_columns(*expr);
            if (columns.size() == 1) return columns[0];
            throw analysis_error(
                "INVALID_USAGE_OF_STAR_OR_REGEX", {{"elem", "'*'"}, {"prettyName", "expression"}});
        }
        case ExprKind::kTyped: return expr->as<TypedExpression>().typed;
        case ExprKind::kSortOrder: throw unexpected_here("sort order");
        case ExprKind::kLambda: throw unexpected_here("lambda function");
    }
    throw internal_error("expression of unknown kind");
}

Typed Impl::literal(const plan::Literal& literal) {
    auto made = std::make_shared<resolved::Literal>(literal.type, literal.value);
    made->spelling = literal.spelling;
    made->origin = literal.origin;
    bool is_collated = literal.type->is(TypeId::kString) && !default_collation.empty() &&
                       literal.type->is_default_collation();
    if (is_collated) {
        made->type = DataType::string(default_collation);
        return {
            made, types::value_sql(literal.value, *literal.type) + " collate " + default_collation};
    }
    auto name = literal.spelling.empty()
                    ? types::value_name(literal.value, *literal.type, options.functions.time_zone)
                    : literal.spelling;
    // Names that are made of the expression later show the session's clock too.
    if (literal.type->is(TypeId::kTimestamp)) made->spelling = name;
    return {made, name};
}

Typed Impl::cast(const plan::Cast& cast) {
    auto child = expression(cast.child);
    auto type = DataType::replace_char_varchar(cast.type);
    if (!default_collation.empty()) type = types::with_collation(type, default_collation);
    auto mode = cast_mode(cast.mode, ansi());
    auto name = fmt::format("{}({} AS {})", mode == resolved::CastMode::kTry ? "TRY_CAST" : "CAST",
        child.name, type->sql());
    bool is_null = child.expr->kind == resolved::ExprKind::kLiteral &&
                   child.expr->type->is(TypeId::kNull);
    if (is_null && type->is_nested()) name = "NULL";
    const auto& from = *child.expr->type;
    if (from.is(TypeId::kArray) && from.element()->is(TypeId::kNull)) name = child.name;
    auto made = explicit_cast(child, type, mode, name);
    if (made != child.expr && cast.origin) {
        const_cast<resolved::Expression&>(*made).origin = cast.origin;  // made here, not yet shared
    }
    return {made, name};
}

resolved::ExprPtr Impl::explicit_cast(const Typed& child, const types::TypePtr& type,
    resolved::CastMode mode, const std::string& name) {
    const auto& from = *child.expr->type;
    // CAST(1 AS INT) is no literal any more: decimal arithmetic sees an INT.
    if (from == *type && child.expr->kind != resolved::ExprKind::kLiteral) return child.expr;
    bool is_ansi = mode == resolved::CastMode::kAnsi;
    bool allowed = mode == resolved::CastMode::kTry ? can_try_cast(from, *type)
                                                    : can_cast(from, *type, is_ansi);
    if (!allowed) throw cannot_cast(from, *type, is_ansi, name);
    bool nullable = child.expr->nullable || cast_is_nullable(from, *type, mode);
    // What is no interval is an error in every mode.
    if (mode == resolved::CastMode::kLegacy && type->is_ansi_interval())
        mode = resolved::CastMode::kAnsi;
    auto made = std::make_shared<resolved::Cast>(child.expr, type, mode, nullable);
    made->is_explicit = true;
    return made;
}

Typed Impl::parameter(const plan::Parameter& parameter) {
    plan::ExprPtr value;
    if (!parameter.name.empty()) {
        auto it = parameters.named.find(parameter.name);
        if (it != parameters.named.end()) value = it->second;
    } else if (parameter.position >= 0 &&
               static_cast<size_t>(parameter.position) < parameters.positional.size()) {
        value = parameters.positional[static_cast<size_t>(parameter.position)];
    }
    if (!value) {
        auto name = parameter.name.empty() ? "_" + std::to_string(parameter.position)
                                           : parameter.name;
        throw analysis_error("UNBOUND_SQL_PARAMETER", {{"name", name}});
    }
    Context constants;
    return resolve_in(constants, value);
}

std::vector<std::string> Impl::identifier_name(const plan::ExprPtr& expr) {
    Context constants;
    auto typed = resolve_in(constants, expr);
    ErrorParameters p{{"name", "IDENTIFIER"}, {"expr", quoted_sql(typed.name)}};
    if (!resolved::is_foldable(*typed.expr))
        throw analysis_error("NOT_A_CONSTANT_STRING.NOT_CONSTANT", p);
    if (!typed.expr->type->is_string()) {
        p["dataType"] = typed.expr->type->simple_string();
        throw analysis_error("NOT_A_CONSTANT_STRING.WRONG_TYPE", p);
    }
    auto value = fold_typed(typed.expr);
    if (value.is_null()) throw analysis_error("NOT_A_CONSTANT_STRING.NULL", p);
    std::vector<std::string> parts(1);
    bool quoted = false;
    const auto& text = value.as_string();
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '`') {
            if (quoted && i + 1 < text.size() && text[i + 1] == '`') {
                parts.back() += text[i++];
            } else {
                quoted = !quoted;
            }
        } else if (text[i] == '.' && !quoted) {
            parts.emplace_back();
        } else {
            parts.back() += text[i];
        }
    }
    if (quoted || parts.back().empty())
        throw parse_error("PARSE_SYNTAX_ERROR", {{"error", text}, {"hint", ""}});
    return parts;
}

Typed Impl::identifier_clause(const plan::IdentifierClause& clause) {
    auto parts = identifier_name(clause.name);
    if (clause.call_args) {
        auto f = std::make_shared<plan::Function>(parts, *clause.call_args);
        f->origin = clause.origin;
        return expression(f);
    }
    auto a = std::make_shared<plan::Attribute>(parts);
    a->origin = clause.origin;
    return expression(a);
}

resolved::ExprPtr Impl::condition(
    Context& c, const plan::ExprPtr& expr, const std::string& clause) {
    auto typed = resolve_in(c, expr);
    if (typed.expr->type->is(TypeId::kNull) && clause != "JOIN")
        return cast_to(typed.expr, DataType::boolean(), ansi());
    if (clause == "WHERE" && resolved::contains(*typed.expr, resolved::ExprKind::kWindow))
        throw analysis_error("WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", {{"clauseName", clause}});
    if (!typed.expr->type->is(TypeId::kBoolean)) {
        if (clause == "HAVING") {
            auto mode = ansi() ? resolved::CastMode::kAnsi : resolved::CastMode::kLegacy;
            return explicit_cast(typed, DataType::boolean(), mode, typed.name);
        }
        if (clause == "JOIN") {
            throw analysis_error("JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE",
                {{"joinCondition", quoted_sql(typed.name)},
                    {"conditionType", quoted_type(*typed.expr->type)}});
        }
        throw datatype_mismatch("FILTER_NOT_BOOLEAN", typed.name,
            {{"filter", quoted_sql(typed.name)}, {"type", quoted_type(*typed.expr->type)}});
    }
    if (resolved::contains(*typed.expr, resolved::ExprKind::kWindow)) {
        if (clause == "JOIN") {
            throw analysis_error(
                "UNSUPPORTED_EXPR_FOR_OPERATOR", {{"invalidExprSqls", quoted_sql(typed.name)}});
        }
        throw analysis_error(
            "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", {{"clauseName", std::string(clause)}});
    }
    if (clause == "WHERE" || clause == "JOIN") {
        std::string forbidden;
        resolved::walk(*typed.expr, [&](const resolved::Expression& e) {
            if (e.kind == resolved::ExprKind::kAggregate) {
                forbidden += (forbidden.empty() ? "" : ", ") + expression_sql(e);
                return false;
            }
            return true;
        });
        if (!forbidden.empty()) {
            throw analysis_error("INVALID_WHERE_CONDITION",
                {{"condition", quoted_sql(typed.name)}, {"expressionList", forbidden}});
        }
    }
    return typed.expr;
}

}  // namespace hanok::analyzer

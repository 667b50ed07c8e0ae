#include <spark/connect/expressions.pb.h>

#include "base/error.h"
#include "connect/data_type_codec.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

namespace sc = spark::connect;
using plan::ExprPtr;
using MutableExpr = std::shared_ptr<plan::Expression>;

plan::Exprs Translator::expressions(const Repeated<Expression>& messages) {
    plan::Exprs out;
    out.reserve(static_cast<size_t>(messages.size()));
    for (const auto& m : messages) out.push_back(expression(m));
    return out;
}

plan::Exprs Translator::literals(const Repeated<sc::Expression_Literal>& messages) {
    plan::Exprs out;
    out.reserve(static_cast<size_t>(messages.size()));
    for (const auto& m : messages) out.push_back(literal_from_proto(m));
    return out;
}

plan::Exprs Translator::sort_orders(const Repeated<sc::Expression_SortOrder>& messages) {
    plan::Exprs out;
    for (const auto& m : messages) out.push_back(sort_order(m));
    return out;
}

ExprPtr Translator::expression(const Expression& message) {
    if (message.has_literal()) {
        ExprPtr constant = literal_from_proto(message.literal());
        if (!message.has_common()) return constant;
        auto copy = std::make_shared<plan::Literal>(constant->as<plan::Literal>());
        copy->origin = origin_from_proto(message.common().origin());
        return copy;
    }
    if (message.has_expression_string())
        return sql::parse_expression(message.expression_string().expression(), sql_);
    MutableExpr out = expression_body(message);
    if (message.has_common()) out->origin = origin_from_proto(message.common().origin());
    return out;
}

MutableExpr Translator::expression_body(const Expression& m) {
    switch (m.expr_type_case()) {
        case Expression::kUnresolvedAttribute:
        case Expression::kUnresolvedStar:
        case Expression::kUnresolvedRegex:
        case Expression::kUnresolvedNamedLambdaVariable: return name_expression(m);
        case Expression::kUnresolvedFunction:
        case Expression::kCallFunction:
        case Expression::kCommonInlineUserDefinedFunction: return call_expression(m);
        case Expression::kCast: return cast(m);
        case Expression::kSortOrder: return sort_order(m.sort_order());
        case Expression::kWindow: return window(m.window());
        case Expression::kSubqueryExpression: return subquery(m.subquery_expression());
        case Expression::kAlias:
        case Expression::kLambdaFunction:
        case Expression::kUnresolvedExtractValue:
        case Expression::kUpdateFields:
        case Expression::kNamedArgumentExpression: return nested_expression(m);
        case Expression::kTypedAggregateExpression:
            throw unsupported_feature("typed Scala aggregates");
        case Expression::kDirectShufflePartitionId:
            return std::make_shared<plan::Function>(
                std::vector<std::string>{"direct_shuffle_partition_id"},
                plan::Exprs{expression(m.direct_shuffle_partition_id().child())});
        case Expression::kExtension:
            throw invalid_plan(
                "NO_HANDLER_FOR_EXTENSION", {{"extensionTypeUrl", m.extension().type_url()}});
        default: break;
    }
    throw invalid_plan("INVALID_ONE_OF_FIELD_NOT_SET",
        {{"fullName", "spark.connect.Expression"}, {"name", "expr_type"}});
}

MutableExpr Translator::name_expression(const Expression& m) {
    if (m.has_unresolved_attribute()) {
        const auto& a = m.unresolved_attribute();
        auto out = std::make_shared<plan::Attribute>(parse_attribute_name(a.unparsed_identifier()));
        if (a.has_plan_id()) out->plan_id = a.plan_id();
        out->is_metadata_column = a.is_metadata_column();
        return out;
    }
    if (m.has_unresolved_star()) {
        const auto& s = m.unresolved_star();
        std::vector<std::string> target;
        if (s.has_unparsed_target()) {
            const std::string& text = s.unparsed_target();
            if (text.size() < 3 || !text.ends_with(".*")) {
                throw invalid_plan("UNRESOLVED_STAR_TARGET_INVALID", {{"target", text}});
            }
            target = parse_attribute_name(text.substr(0, text.size() - 2));
        }
        auto out = std::make_shared<plan::Star>(std::move(target));
        if (s.has_plan_id()) {
            if (s.has_unparsed_target())
                throw invalid_plan("UNRESOLVED_STAR_WITH_BOTH_TARGET_AND_PLAN_ID");
            out->plan_id = s.plan_id();
        }
        return out;
    }
    if (m.has_unresolved_regex()) {
        auto out = std::make_shared<plan::RegexColumns>(m.unresolved_regex().col_name());
        if (m.unresolved_regex().has_plan_id()) out->plan_id = m.unresolved_regex().plan_id();
        return out;
    }
    const auto& parts = m.unresolved_named_lambda_variable().name_parts();
    if (parts.empty()) throw invalid_plan("UNRESOLVED_NAMED_LAMBDA_VARIABLE_REQUIRES_NAME_PART");
    return std::make_shared<plan::LambdaVariable>(
        std::vector<std::string>(parts.begin(), parts.end()));
}

MutableExpr Translator::call_expression(const Expression& m) {
    if (m.has_unresolved_function()) {
        const auto& f = m.unresolved_function();
        std::vector<std::string> name{f.function_name()};
        if (f.function_name() == "product") name = {"internal_product"};
        if (f.is_user_defined_function()) name = identifier(f.function_name());
        auto out = std::make_shared<plan::Function>(std::move(name), expressions(f.arguments()));
        out->distinct = f.is_distinct();
        out->is_internal = f.is_internal();
        return out;
    }
    if (m.has_call_function()) {
        const auto& f = m.call_function();
        return std::make_shared<plan::Function>(
            identifier(f.function_name()), expressions(f.arguments()));
    }
    const auto& udf = m.common_inline_user_defined_function();
    auto out = python_udf_from_proto(udf);
    out->args = expressions(udf.arguments());
    return out;
}

std::shared_ptr<plan::PythonUdf> python_udf_from_proto(
    const sc::CommonInlineUserDefinedFunction& m) {
    if (m.has_java_udf()) throw unsupported_feature("Java user-defined functions");
    if (m.has_scalar_scala_udf()) throw unsupported_feature("Scala user-defined functions");
    if (!m.has_python_udf()) {
        throw invalid_plan("INVALID_ONE_OF_FIELD_NOT_SET",
            {{"fullName", "spark.connect.CommonInlineUserDefinedFunction"}, {"name", "function"}});
    }
    auto out = std::make_shared<plan::PythonUdf>();
    out->name = m.function_name();
    out->eval_type = m.python_udf().eval_type();
    out->output_type = type_from_proto(m.python_udf().output_type());
    out->command = m.python_udf().command();
    out->python_version = m.python_udf().python_ver();
    out->deterministic = m.deterministic();
    return out;
}

MutableExpr Translator::nested_expression(const Expression& m) {
    switch (m.expr_type_case()) {
        case Expression::kAlias: {
            const auto& a = m.alias();
            if (a.name_size() > 1 && a.has_metadata()) {
                throw invalid_plan("ALIAS_WITH_MULTIPLE_IDENTIFIERS_AND_METADATA");
            }
            return std::make_shared<plan::Alias>(expression(a.expr()),
                std::vector<std::string>(a.name().begin(), a.name().end()), a.metadata());
        }
        case Expression::kLambdaFunction: {
            const auto& l = m.lambda_function();
            if (l.arguments_size() < 1 || l.arguments_size() > 3) {
                throw invalid_plan("LAMBDA_FUNCTION_ARGUMENT_COUNT_INVALID",
                    {{"got", std::to_string(l.arguments_size())}});
            }
            std::vector<std::string> parameters;
            for (const auto& a : l.arguments()) {
                if (a.name_parts().empty())
                    throw invalid_plan("UNRESOLVED_NAMED_LAMBDA_VARIABLE_REQUIRES_NAME_PART");
                parameters.push_back(a.name_parts(0));
            }
            return std::make_shared<plan::Lambda>(std::move(parameters), expression(l.function()));
        }
        case Expression::kUnresolvedExtractValue:
            return std::make_shared<plan::ExtractValue>(
                expression(m.unresolved_extract_value().child()),
                expression(m.unresolved_extract_value().extraction()));
        case Expression::kUpdateFields: {
            const auto& u = m.update_fields();
            ExprPtr value = u.has_value_expression() ? expression(u.value_expression()) : nullptr;
            return std::make_shared<plan::UpdateFields>(expression(u.struct_expression()),
                parse_attribute_name(u.field_name()), std::move(value));
        }
        default:
            return std::make_shared<plan::NamedArgument>(m.named_argument_expression().key(),
                expression(m.named_argument_expression().value()));
    }
}

MutableExpr Translator::cast(const Expression& m) {
    const auto& c = m.cast();
    types::TypePtr type;
    if (c.has_type()) {
        type = type_from_proto(c.type());
    } else {
        type = sql::parse_data_type(c.type_str(), sql_);
    }
    plan::CastMode mode = plan::CastMode::kDefault;
    switch (c.eval_mode()) {
        case Expression::Cast::EVAL_MODE_LEGACY: mode = plan::CastMode::kLegacy; break;
        case Expression::Cast::EVAL_MODE_ANSI: mode = plan::CastMode::kAnsi; break;
        case Expression::Cast::EVAL_MODE_TRY: mode = plan::CastMode::kTry; break;
        default: break;
    }
    return std::make_shared<plan::Cast>(expression(c.expr()), std::move(type), mode);
}

MutableExpr Translator::sort_order(const sc::Expression_SortOrder& m) {
    plan::NullsOrder nulls = plan::NullsOrder::kDefault;
    if (m.null_ordering() == Expression::SortOrder::SORT_NULLS_FIRST)
        nulls = plan::NullsOrder::kFirst;
    if (m.null_ordering() == Expression::SortOrder::SORT_NULLS_LAST)
        nulls = plan::NullsOrder::kLast;
    bool ascending = m.direction() != Expression::SortOrder::SORT_DIRECTION_DESCENDING;
    return std::make_shared<plan::SortOrder>(expression(m.child()), ascending, nulls);
}

MutableExpr Translator::subquery(const sc::SubqueryExpression& m) {
    plan::SubqueryKind kind;
    switch (m.subquery_type()) {
        case sc::SubqueryExpression::SUBQUERY_TYPE_SCALAR:
            kind = plan::SubqueryKind::kScalar;
            break;
        case sc::SubqueryExpression::SUBQUERY_TYPE_EXISTS:
            kind = plan::SubqueryKind::kExists;
            break;
        case sc::SubqueryExpression::SUBQUERY_TYPE_IN: kind = plan::SubqueryKind::kIn; break;
        case sc::SubqueryExpression::SUBQUERY_TYPE_TABLE_ARG:
            kind = plan::SubqueryKind::kTableArgument;
            break;
        default:
            throw invalid_plan("INVALID_ENUM",
                {{"fullName", "spark.connect.SubqueryExpression.SubqueryType"},
                    {"name", "subquery_type"}, {"number", std::to_string(m.subquery_type())}});
    }
    auto out = std::make_shared<plan::Subquery>(kind, nullptr);
    out->plan_id = m.plan_id();
    out->in_values = expressions(m.in_subquery_values());
    if (m.has_table_arg_options()) {
        out->partition_by = expressions(m.table_arg_options().partition_spec());
        out->order_by = sort_orders(m.table_arg_options().order_spec());
        out->with_single_partition = m.table_arg_options().with_single_partition();
    }
    return out;
}

}  // namespace hanok::connect

// Calls: finding the function, its arguments, binding lambdas, DISTINCT / FILTER / IGNORE NULLS.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/char_columns.h"
#include "analyzer/collations.h"
#include "analyzer/descriptor_file.h"
#include "analyzer/distinct_order.h"
#include "analyzer/impl.h"
#include "analyzer/search_path.h"
#include "resolved/python_eval_type.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using resolved::ExprPtr;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

constexpr const char* kDocRoot = "https://spark.apache.org/docs/latest";

bool is_builtin_name(const std::vector<std::string>& name) {
    if (name.size() == 1) return true;
    return name.size() == 3 && types::names_equal(name[0], "system") &&
           types::names_equal(name[1], "builtin");
}

std::string expected_count(const FunctionDef& def) {
    if (def.max_args < 0) return "> " + std::to_string(def.min_args - 1);
    if (def.min_args == def.max_args) return std::to_string(def.min_args);
    std::string out = "[";
    for (int i = def.min_args; i <= def.max_args; ++i)
        out += (i > def.min_args ? ", " : "") + std::to_string(i);
    return out + "]";
}

Error unsupported_syntax(const std::string& name, const std::string& syntax) {
    return analysis_error("INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
        {{"prettyName", quote_identifier(name)}, {"syntax", syntax}});
}

// Aggregates for which NULL inputs make a difference that the user may choose.
bool takes_null_treatment(const std::string& name) {
    static const std::set<std::string> names{"first", "first_value", "last", "last_value",
        "any_value", "nth_value", "lag", "lead", "collect_list", "collect_set", "array_agg"};
    return names.count(name) != 0;
}

bool takes_order(const std::string& name) {
    static const std::set<std::string> names{
        "listagg", "string_agg", "mode", "percentile_cont", "percentile_disc"};
    return names.count(name) != 0;
}

void check_modifiers(const FunctionDef& def, const plan::Function& f) {
    bool aggregates = def.kind == FunctionKind::kAggregate;
    if (f.distinct && !aggregates) {
        if (def.kind == FunctionKind::kWindow)
            throw analysis_error(
                "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", {{"windowExpr", quoted_sql(def.name)}});
        throw unsupported_syntax(def.name, "\"DISTINCT\"");
    }
    if (f.filter && !aggregates) throw unsupported_syntax(def.name, "\"FILTER CLAUSE\"");
    if (!f.within_group.empty() && !takes_order(def.name))
        throw unsupported_syntax(def.name, "\"WITHIN GROUP (ORDER BY ...)\"");
    if (f.ignore_nulls && !takes_null_treatment(def.name)) {
        throw unsupported_syntax(
            def.name, *f.ignore_nulls ? "\"IGNORE NULLS\"" : "\"RESPECT NULLS\"");
    }
}

// Arguments left out between named ones are shown as the defaults that binding put in their place.
void show_defaults(
    const TypedList& given, const CallInput& input, std::vector<std::string>& names) {
    if (given.size() != names.size()) return;  // there are lambdas among them
    for (size_t i = 0; i < given.size() && i < input.args.size(); ++i) {
        auto is_null = [](const ExprPtr& e) {
            return e->kind == ExprKind::kLiteral && e->as<resolved::Literal>().value.is_null();
        };
        bool filled = is_null(given[i].expr) && !given[i].expr->origin && input.args[i] &&
                      input.args[i]->kind == ExprKind::kLiteral && !is_null(input.args[i]);
        if (filled) names[i] = expression_sql(*input.args[i]);
    }
}

}  // namespace

Typed Impl::function(const plan::Function& f) {
    if (is_builtin_name(f.name)) {
        auto name = types::to_lower(f.name.back());
        if (f.name.size() == 1) {
            bool word = !name.empty() &&
                        (std::isalpha(static_cast<unsigned char>(name[0])) || name[0] == '_');
            if (word) {
                if (auto python = resolver.python_function(f.name[0])) {
                    bool aggregates = resolved::eval_type::is_aggregate(python->eval_type);
                    const auto* kind = aggregates ? "pythonudaf" : "pythonudf";
                    if (f.distinct) throw unsupported_syntax(kind, "DISTINCT");
                    if (f.filter) throw unsupported_syntax(kind, "FILTER CLAUSE");
                    auto udf = std::make_shared<plan::PythonUdf>(*python);
                    udf->args = expand_arguments(f);
                    udf->origin = f.origin;
                    return python_udf(*udf);
                }
            }
        }
        if (name == "struct" && !f.args.empty()) return struct_call(f);
        if (name == "grouping" || name == "grouping_id") return grouping_function(f, name);
        if (const auto* def = FunctionRegistry::builtin().find(name)) return call_builtin(*def, f);
    }
    if (auto user = user_function(f)) return *user;
    if (is_builtin_name(f.name) && types::names_equal(f.name.back(), "range"))
        throw analysis_error("NOT_A_SCALAR_FUNCTION", {{"functionName", "`range`"}});
    auto path = shown_search_path(options.functions.catalog, options.functions.schema);
    throw analysis_error(
        "UNRESOLVED_ROUTINE", {{"routineName", quote_identifier(f.name)}, {"searchPath", path}});
}

Typed Impl::call_builtin(const FunctionDef& def, const plan::Function& f) {
    if (def.kind == FunctionKind::kGenerator) {
        throw analysis_error(context->lateral ? "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS"
                                              : "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT",
            {{"expression", quoted_sql(def.name)}, {"plan", "expression"}});
    }
    if (def.kind == FunctionKind::kTable)
        throw analysis_error(
            "NOT_A_SCALAR_FUNCTION", {{"functionName", quote_identifier(def.name)}});
    if (def.kind == FunctionKind::kWindow && !context->in_window) {
        throw analysis_error(
            "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", {{"funcName", quoted_sql(def.name + "()")}});
    }
    check_modifiers(def, f);
    if (def.name == "count" && f.args.size() == 1 && f.args[0]->kind == plan::ExprKind::kStar) {
        const auto& target = f.args[0]->as<plan::Star>().target;
        bool allowed =
            conf("spark.sql.legacy.allowStarWithSingleTableIdentifierInCount", "false") == "true";
        if (!target.empty() && !allowed) {
            throw analysis_error("INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT",
                {{"tableName", quote_if_needed(target)}});
        }
    }
    bool star = def.name == "count" && f.args.size() == 1 &&
                f.args[0]->kind == plan::ExprKind::kStar && !f.distinct &&
                f.args[0]->as<plan::Star>().target.empty() &&
                f.args[0]->as<plan::Star>().except.empty() && !f.args[0]->as<plan::Star>().plan_id;
    if (star) return bind_call(def, f, {plan::int_literal(1)});
    return bind_call(def, f, positional_arguments(def, expand_arguments(f)));
}

// Stars among the arguments stand for their columns.
plan::Exprs Impl::expand_arguments(const plan::Function& f) {
    plan::Exprs args;
    for (const auto& arg : f.args) {
        if (!is_star(arg)) {
            args.push_back(arg);
            continue;
        }
        for (auto& column : star_columns(*arg))
            args.push_back(std::make_shared<TypedExpression>(std::move(column)));
    }
    return args;
}

void Impl::check_argument_count(const FunctionDef& def, const plan::Function& f, size_t count) {
    auto n = static_cast<int>(count);
    constexpr const char* kAllowed = "spark.sql.legacy.allowParameterlessCount";
    if (def.name == "count" && n == 0 && conf(kAllowed, "false") != "true") {
        throw analysis_error("WRONG_NUM_ARGS.WITH_SUGGESTION",
            {{"functionName", quote_identifier(f.name.back())}, {"expectedNum", "> 0"},
                {"actualNum", "0"}, {"legacyNum", "0"}, {"legacyConfKey", quoted_sql(kAllowed)},
                {"legacyConfValue", quoted_sql("true")}});
    }
    if (n >= def.min_args && (def.max_args < 0 || n <= def.max_args)) return;
    throw analysis_error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
        {{"functionName", quote_identifier(f.name.back())}, {"expectedNum", expected_count(def)},
            {"actualNum", std::to_string(count)}, {"docroot", kDocRoot}});
}

Typed Impl::bind_call(const FunctionDef& def, const plan::Function& f, const plan::Exprs& args) {
    check_argument_count(def, f, args.size());
    bool aggregates = def.kind == FunctionKind::kAggregate;
    if (aggregates && context->in_aggregate) {
        throw analysis_error("NESTED_AGGREGATE_FUNCTION");
    }
    // The function of an OVER may take aggregates of the query as its arguments.
    Context inner = *context;
    inner.in_aggregate = context->in_aggregate || (aggregates && !context->in_window);
    inner.in_window = false;
    WithContext current(*this, inner);

    CallInput input{
        .context = options.functions, .name = types::to_lower(f.name.back()), .args = {}};
    input.distinct = f.distinct;
    input.ignore_nulls = f.ignore_nulls.value_or(false);
    input.origin = f.origin;
    size_t used_before = outers.empty() || !outers.back() ? 0 : outers.back()->used.size();
    std::vector<std::string> names(args.size());
    TypedList given;
    for (size_t i = 0; i < args.size(); ++i) {
        if (args[i]->kind == plan::ExprKind::kLambda) {
            if (std::find(def.lambda_args.begin(), def.lambda_args.end(), static_cast<int>(i)) ==
                def.lambda_args.end()) {
                throw analysis_error("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION",
                    {{"class", def.name}});
            }
            input.args.push_back(nullptr);
            continue;
        }
        auto typed = expression(args[i]);
        input.args.push_back(typed.expr);
        bool is_outer = typed.expr->kind == ExprKind::kOuterAttribute;
        names[i] = is_outer ? outer_name(*typed.expr) : typed.name;
        given.push_back(std::move(typed));
    }
    for (const auto& order : f.within_group) input.within_group.push_back(sort_order(order, inner));
    input.fold = [&](const ExprPtr& e) { return fold_typed(e); };
    load_descriptors(*this, def.name, &input.args);
    input.lambda_arity = [&](size_t i) {
        return args[i]->kind == plan::ExprKind::kLambda
                   ? args[i]->as<plan::Lambda>().parameters.size()
                   : size_t{0};
    };
    input.bind_lambda = [&](size_t i, std::vector<std::pair<types::TypePtr, bool>> parameters) {
        return bind_lambda(*args[i], parameters, &names[i]);
    };
    if (conf("spark.sql.legacy.noCharPaddingInPredicate", "false") != "true")
        pad_compared(def.name, input.args);
    unify_collations(def.name, input.args, names);
    auto bound = with_collation(def.name, def.bind(def, input), input.args);
    show_defaults(given, input, names);
    bound = finish_aggregates(f, bound, input);
    if (f.origin && !bound->origin) {
        // Bound just now and not shared, or a column or constant that keeps its own place.
        bool made = bound->kind == ExprKind::kCall || bound->kind == ExprKind::kAggregate;
        if (made) const_cast<resolved::Expression&>(*bound).origin = f.origin;
    }
    auto name = datetime_name(def.name, given);
    if (name.empty()) name = call_name(def, f, names, input);
    if (aggregates && !context->in_window) bound = outer_aggregate(bound, used_before);
    return {bound, name};
}

// An aggregate over columns of the enclosing query alone is computed there.
ExprPtr Impl::outer_aggregate(const ExprPtr& bound, size_t used_before) {
    if (outers.empty() || !outers.back()) return bound;
    bool has_local = false;
    bool has_outer = false;
    resolved::walk(*bound, [&](const resolved::Expression& e) {
        has_outer = has_outer || e.kind == ExprKind::kOuterAttribute;
        has_local = has_local ||
                    (e.kind == ExprKind::kAttribute && !e.as<resolved::AttributeRef>().is_lambda);
        return true;
    });
    auto& outer = *outers.back();
    if (!has_outer || has_local || outer.lateral || !outer.context->reach_hidden) return bound;
    auto above = resolved::transform(bound, [&](const ExprPtr& e) -> ExprPtr {
        if (e->kind != ExprKind::kOuterAttribute) return nullptr;
        for (const auto& a : outer.used) {
            if (a.id == e->as<resolved::OuterAttributeRef>().id) return resolved::ref(a);
        }
        return nullptr;
    });
    outer.used.resize(used_before);
    auto column = new_attribute(expression_sql(*above), above->type, above->nullable);
    outer_aggregates[column.id] = above;
    outer.used.push_back(column);
    return std::make_shared<resolved::OuterAttributeRef>(column);
}

ExprPtr Impl::finish_aggregates(
    const plan::Function& f, const ExprPtr& bound, const CallInput& input) {
    bool plain = !f.distinct && !f.filter && !f.ignore_nulls && f.within_group.empty();
    if (plain) return bound;
    ExprPtr filter;
    if (f.filter) {
        auto typed = expression(f.filter);
        if (!typed.expr->type->is(TypeId::kBoolean) && !typed.expr->type->is(TypeId::kNull)) {
            throw analysis_error(
                "INVALID_AGGREGATE_FILTER.NOT_BOOLEAN", {{"filterExpr", quoted_sql(typed.name)}});
        }
        if (resolved::contains(*typed.expr, ExprKind::kAggregate)) {
            throw analysis_error("INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE",
                {{"filterExpr", quoted_sql(typed.name)}, {"aggExpr", quoted_sql(typed.name)}});
        }
        if (resolved::contains(*typed.expr, ExprKind::kWindow)) {
            throw analysis_error("INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION",
                {{"filterExpr", quoted_sql(typed.name)}, {"windowExpr", quoted_sql(typed.name)}});
        }
        if (!resolved::is_deterministic(*typed.expr)) {
            throw analysis_error("INVALID_AGGREGATE_FILTER.NON_DETERMINISTIC",
                {{"filterExpr", quoted_sql(typed.name)}});
        }
        filter = cast_to(typed.expr, types::DataType::boolean(), ansi());
    }
    return resolved::transform(bound, [&](const ExprPtr& e) -> ExprPtr {
        if (e->kind == ExprKind::kWindow) {
            auto copy = std::make_shared<resolved::Window>(e->as<resolved::Window>());
            copy->ignore_nulls = input.ignore_nulls || copy->ignore_nulls;
            return copy;
        }
        if (e->kind != ExprKind::kAggregate) return nullptr;
        auto copy = std::make_shared<resolved::Aggregate>(e->as<resolved::Aggregate>());
        copy->distinct = copy->distinct || f.distinct;
        copy->filter = filter;
        copy->ignore_nulls = input.ignore_nulls || copy->ignore_nulls;
        if (copy->within_group.empty()) copy->within_group = input.within_group;
        if (copy->function == "listagg" && copy->distinct) order_distinct_values(*copy);
        return copy;
    });
}

std::string Impl::call_name(const FunctionDef& def, const plan::Function& f,
    const std::vector<std::string>& args, const CallInput& input) {
    auto out = !input.shown_name.empty() ? input.shown_name
               : def.column_name         ? def.column_name(args)
                                         : fmt::format("{}({})", input.name, fmt::join(args, ", "));
    if (f.distinct) {
        auto open = out.find('(');
        if (open != std::string::npos) out.insert(open + 1, "DISTINCT ");
    }
    if (!input.within_group.empty()) {
        std::string orders;
        for (const auto& o : input.within_group) {
            orders += (orders.empty() ? "" : ", ") + expression_sql(*o.expr);
            bool lists = def.name == "listagg" || def.name == "string_agg";
            if (lists) {
                orders += o.ascending ? " ASC" : " DESC";
                orders += o.nulls_first ? " NULLS FIRST" : " NULLS LAST";
            } else if (!o.ascending) {
                orders += " DESC";
            }
        }
        out += " WITHIN GROUP (ORDER BY " + orders + ")";
    }
    if (f.filter) out += " FILTER (WHERE " + expression(f.filter).name + ")";
    return out;
}

ExprPtr Impl::bind_lambda(const plan::Expression& e,
    const std::vector<std::pair<types::TypePtr, bool>>& parameters, std::string* name) {
    const auto& lambda = e.as<plan::Lambda>();
    if (lambda.parameters.size() > parameters.size()) {
        throw analysis_error("INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
            {{"expectedNumArgs", std::to_string(lambda.parameters.size())},
                {"actualNumArgs", std::to_string(parameters.size())}});
    }
    resolved::Attributes variables;
    for (size_t i = 0; i < lambda.parameters.size(); ++i) {
        for (const auto& v : variables) {
            if (types::names_equal(v.name, lambda.parameters[i], options.case_sensitive)) {
                throw analysis_error("INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES",
                    {{"args", quote_identifier(lambda.parameters[i])},
                        {"caseSensitiveConfig", "\"spark.sql.caseSensitive\""}});
            }
        }
        variables.push_back(
            new_attribute(lambda.parameters[i], parameters[i].first, parameters[i].second));
    }
    context->lambdas.push_back(variables);
    Typed body;
    try {
        body = expression(lambda.body);
    } catch (...) {
        context->lambdas.pop_back();
        throw;
    }
    context->lambdas.pop_back();
    *name = "lambdafunction(" + body.name;
    for (size_t i = 0; i < variables.size(); ++i) *name += ", namedlambdavariable()";
    *name += ")";
    return std::make_shared<resolved::Lambda>(std::move(variables), body.expr);
}

// Only an aggregation with several grouping sets can say what it grouped by; it checks the
// arguments.
Typed Impl::grouping_function(const plan::Function& f, const std::string& name) {
    resolved::Exprs args;
    std::string names;
    for (const auto& arg : f.args) {
        auto typed = expression(arg);
        args.push_back(typed.expr);
        names += (names.empty() ? "" : ", ") + typed.name;
    }
    auto type = name == "grouping" ? types::DataType::byte() : types::DataType::long_();
    auto call = std::make_shared<resolved::Call>(name, std::move(args), type, false);
    call->origin = f.origin;
    return {call, name + "(" + names + ")"};
}

// struct(…) takes the names of its arguments where they have one.
Typed Impl::struct_call(const plan::Function& f) {
    auto args = expand_arguments(f);
    CallInput input{.context = options.functions, .name = "named_struct", .args = {}};
    input.origin = f.origin;
    std::string names;
    std::string fields;
    for (size_t i = 0; i < args.size(); ++i) {
        auto typed = expression(args[i]);
        std::string field = "col" + std::to_string(i + 1);
        switch (args[i]->kind) {
            case plan::ExprKind::kAlias: field = args[i]->as<plan::Alias>().names[0]; break;
            case plan::ExprKind::kAttribute:
                field = args[i]->as<plan::Attribute>().parts.back();
                break;
            case plan::ExprKind::kTyped: field = typed.name; break;
            case plan::ExprKind::kExtractValue: {
                const auto& e = args[i]->as<plan::ExtractValue>().extraction;
                if (e->kind == plan::ExprKind::kLiteral &&
                    e->as<plan::Literal>().type->is_string()) {
                    field = e->as<plan::Literal>().value.as_string();
                }
                break;
            }
            default:
                if (typed.expr->kind == ExprKind::kAttribute &&
                    !typed.expr->as<resolved::AttributeRef>().is_lambda) {
                    field = typed.expr->as<resolved::AttributeRef>().name;
                }
        }
        input.args.push_back(string_literal(field));
        input.args.push_back(typed.expr);
        if (typed.expr->kind == ExprKind::kOuterAttribute) typed.name = outer_name(*typed.expr);
        names += (i ? ", " : "") + typed.name;
        fields += (i ? ", " : "") + field + ", " + typed.name;
    }
    const auto* def = FunctionRegistry::builtin().find("named_struct");
    if (!def) throw internal_error("no built-in function named_struct");
    // A row in parentheses shows what it is made of; the function shows its arguments.
    return {def->bind(*def, input),
        f.is_internal ? "named_struct(" + fields + ")" : "struct(" + names + ")"};
}

}  // namespace hanok::analyzer

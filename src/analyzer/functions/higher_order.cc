// Functions that take lambdas.

#include "analyzer/coercion.h"
#include "analyzer/functions/array_arguments.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

using LambdaParameters = std::vector<std::pair<TypePtr, bool>>;

// Binds argument i with all of the parameters, or with the first `least` of them. A plain
// expression counts as a lambda that ignores its parameters.
ExprPtr bind_lambda(
    CallInput& input, size_t i, const LambdaParameters& parameters, size_t least = 0) {
    if (input.args[i]) {
        resolved::Attributes ignored;
        for (size_t k = 0; k < parameters.size(); ++k) {
            auto id = static_cast<resolved::AttributeId>(
                (int64_t{1} << 60) + static_cast<int64_t>(k));
            ignored.push_back(
                {id, "col" + std::to_string(k), parameters[k].first, parameters[k].second, {}, ""});
        }
        input.args[i] = std::make_shared<resolved::Lambda>(std::move(ignored), input.args[i]);
        return input.args[i];
    }
    auto arity = input.lambda_arity(i);
    if (arity != parameters.size() && (least == 0 || arity < least || arity > parameters.size())) {
        throw analysis_error("INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
            {{"expectedNumArgs", std::to_string(arity)},
                {"actualNumArgs", std::to_string(parameters.size())}});
    }
    input.args[i] = input.bind_lambda(i, parameters);
    return input.args[i];
}

// The lambda with its body cast to a type.
ExprPtr returning(const ExprPtr& lambda, const TypePtr& type, bool ansi) {
    const auto& l = lambda->as<resolved::Lambda>();
    if (l.body->type->same_type(*type)) return lambda;
    return std::make_shared<resolved::Lambda>(l.parameters, cast_to(l.body, type, ansi));
}

ExprPtr predicate(const FunctionDef& def, CallInput& input, size_t i) {
    if (!input.args[i]->type->is(TypeId::kBoolean) && !input.args[i]->type->is(TypeId::kNull)) {
        raise_unexpected_type(def, input, i, "\"BOOLEAN\"");
    }
    input.args[i] = returning(input.args[i], DataType::boolean(), input.context.ansi);
    return input.args[i];
}

LambdaParameters element_and_index(const TypePtr& array) {
    return {{array->element(), array->contains_null()}, {DataType::integer(), false}};
}

LambdaParameters key_and_value(const TypePtr& map) {
    return {{map->key(), false}, {map->value(), map->value_contains_null()}};
}

ExprPtr bind_transform(const FunctionDef& def, CallInput& input) {
    auto type = require_array(def, input, 0);
    auto lambda = bind_lambda(input, 1, element_and_index(type), 1);
    return make_call(input, def.name, input.args, DataType::array(lambda->type, lambda->nullable),
        input.args[0]->nullable);
}

ExprPtr bind_filter(const FunctionDef& def, CallInput& input) {
    auto type = require_array(def, input, 0);
    bind_lambda(input, 1, element_and_index(type), 1);
    predicate(def, input, 1);
    return make_call(input, def.name, input.args, type, input.args[0]->nullable);
}

ExprPtr bind_quantified(const FunctionDef& def, CallInput& input) {
    auto type = require_array(def, input, 0);
    bind_lambda(input, 1, {{type->element(), type->contains_null()}});
    auto lambda = predicate(def, input, 1);
    return make_call(input, def.name, input.args, DataType::boolean(),
        input.args[0]->nullable || lambda->nullable);
}

ExprPtr bind_aggregate(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    auto array = require_array(def, input, 0);
    if (!args[1]) raise_unexpected_type(def, input, 1, "\"ANY\"");
    auto state = args[1]->type;
    auto merge = bind_lambda(input, 2, {{state, true}, {array->element(), array->contains_null()}});
    if (!merge->type->same_structure(*state))
        raise_unexpected_type(def, input, 2, quoted_type(*state));
    args[2] = returning(args[2], state, input.context.ansi);
    if (args.size() < 4) return make_call(input, "aggregate", args, state, true);
    auto finish = bind_lambda(input, 3, {{state, true}});
    return make_call(input, "aggregate", args, finish->type, args[0]->nullable || finish->nullable);
}

ExprPtr bind_zip_with(const FunctionDef& def, CallInput& input) {
    auto left = require_array(def, input, 0);
    auto right = require_array(def, input, 1);
    auto lambda = bind_lambda(input, 2, {{left->element(), true}, {right->element(), true}});
    bool nullable = input.args[0]->nullable || input.args[1]->nullable;
    return make_call(
        input, def.name, input.args, DataType::array(lambda->type, lambda->nullable), nullable);
}

ExprPtr bind_map_filter(const FunctionDef& def, CallInput& input) {
    auto type = require_map(def, input, 0);
    bind_lambda(input, 1, key_and_value(type));
    predicate(def, input, 1);
    return make_call(input, def.name, input.args, type, input.args[0]->nullable);
}

ExprPtr bind_transform_keys(const FunctionDef& def, CallInput& input) {
    auto type = require_map(def, input, 0);
    auto lambda = bind_lambda(input, 1, key_and_value(type));
    if (lambda->type->is(TypeId::kMap)) {
        raise_mismatch(
            def, input, "INVALID_MAP_KEY_TYPE", {{"keyType", quoted_type(*lambda->type)}});
    }
    auto result = DataType::map(lambda->type, type->value(), type->value_contains_null());
    return make_call(input, def.name, input.args, result, input.args[0]->nullable);
}

ExprPtr bind_transform_values(const FunctionDef& def, CallInput& input) {
    auto type = require_map(def, input, 0);
    auto lambda = bind_lambda(input, 1, key_and_value(type));
    return make_call(input, def.name, input.args,
        DataType::map(type->key(), lambda->type, lambda->nullable), input.args[0]->nullable);
}

ExprPtr bind_map_zip_with(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    auto left = require_map(def, input, 0);
    auto right = require_map(def, input, 1);
    auto key = common_key_type(left->key(), right->key(), input.context.ansi);
    if (!key) {
        raise_mismatch(def, input, "MAP_ZIP_WITH_DIFF_TYPES",
            {{"functionName", quote_identifier(def.name)}, {"leftType", quoted_type(*left->key())},
                {"rightType", quoted_type(*right->key())}});
    }
    args[0] = cast_to(args[0], DataType::map(key, left->value(), left->value_contains_null()),
        input.context.ansi);
    args[1] = cast_to(args[1], DataType::map(key, right->value(), right->value_contains_null()),
        input.context.ansi);
    auto lambda = bind_lambda(
        input, 2, {{key, false}, {left->value(), true}, {right->value(), true}});
    auto type = DataType::map(key, lambda->type, lambda->nullable);
    return make_call(input, def.name, args, type, args[0]->nullable || args[1]->nullable);
}

ExprPtr bind_array_sort(const FunctionDef& def, CallInput& input) {
    auto type = require_array(def, input, 0);
    if (input.args.size() < 2) {
        if (!type->element()->is_orderable() && !type->element()->is(TypeId::kNull)) {
            raise_mismatch(def, input, "INVALID_ORDERING_TYPE",
                {{"functionName", quote_identifier(def.name)},
                    {"dataType", quoted_type(*type->element())}});
        }
        return make_call(input, def.name, input.args, type, input.args[0]->nullable);
    }
    LambdaParameters pair = {
        {type->element(), type->contains_null()}, {type->element(), type->contains_null()}};
    auto lambda = bind_lambda(input, 1, pair);
    if (!lambda->type->is(TypeId::kInteger)) {
        raise_mismatch(def, input, "UNEXPECTED_RETURN_TYPE",
            {{"functionName", "`lambdafunction`"}, {"expectedType", "\"INT\""},
                {"actualType", quoted_type(*lambda->type)}});
    }
    return make_call(input, "array_sort_by", input.args, type, input.args[0]->nullable);
}

// How the comparator that stands in for a missing one is shown.
std::string default_comparator() {
    const std::string v = "namedlambdavariable()";
    return "lambdafunction((IF(((" + v + " IS NULL) AND (" + v + " IS NULL)), 0, (IF((" + v +
           " IS NULL), 1, (IF((" + v + " IS NULL), -1, (IF((" + v + " < " + v + "), -1, (IF((" + v +
           " > " + v + "), 1, 0)))))))))), " + v + ", " + v + ")";
}

void add(FunctionRegistry& registry, const std::string& name, int min_args, int max_args,
    std::vector<int> lambdas, BindFunction bind, const std::string& usage) {
    FunctionDef def;
    def.name = name;
    def.group = "lambda_funcs";
    def.usage = usage;
    def.min_args = min_args;
    def.max_args = max_args;
    def.lambda_args = std::move(lambdas);
    def.bind = [bind](const FunctionDef& d, CallInput& input) {
        check_arity(d, input);
        auto result = bind(d, input);
        return shown_as(d, input.args, result);
    };
    if (name == "array_sort") {
        def.column_name = [](const std::vector<std::string>& args) {
            return "array_sort(" + args[0] + ", " +
                   (args.size() > 1 ? args[1] : default_comparator()) + ")";
        };
    }
    if (name == "aggregate" || name == "reduce") {
        // The last function stands there even when it was left out.
        def.column_name = [name](const std::vector<std::string>& args) {
            std::string out = name + "(";
            for (size_t i = 0; i < args.size(); ++i) out += (i ? ", " : "") + args[i];
            if (args.size() < 4)
                out += ", lambdafunction(namedlambdavariable(), namedlambdavariable())";
            return out + ")";
        };
    }
    registry.add(std::move(def));
}

}  // namespace

void register_higher_order(FunctionRegistry& r) {
    add(r, "transform", 2, 2, {1}, bind_transform, "Each element changed by a function.");
    add(r, "filter", 2, 2, {1}, bind_filter, "The elements for which a predicate holds.");
    add(r, "exists", 2, 2, {1}, bind_quantified, "Does a predicate hold for some element?");
    add(r, "forall", 2, 2, {1}, bind_quantified, "Does a predicate hold for every element?");
    for (const char* name : {"aggregate", "reduce"}) {
        add(r, name, 3, 4, {2, 3}, bind_aggregate, "All elements merged into one state.");
    }
    add(r, "zip_with", 3, 3, {2}, bind_zip_with, "Two arrays merged element by element.");
    add(r, "map_filter", 2, 2, {1}, bind_map_filter, "The entries for which a predicate holds.");
    add(r, "transform_keys", 2, 2, {1}, bind_transform_keys,
        "The map with its keys changed by a function.");
    add(r, "transform_values", 2, 2, {1}, bind_transform_values,
        "The map with its values changed by a function.");
    add(r, "map_zip_with", 3, 3, {2}, bind_map_zip_with, "Two maps merged key by key.");
    add(r, "array_sort", 1, 2, {1}, bind_array_sort,
        "The array in order, NULLs last, or as a comparator says.");
}

}  // namespace hanok::analyzer

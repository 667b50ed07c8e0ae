#include "analyzer/functions/array_arguments.h"

#include "analyzer/coercion.h"

namespace hanok::analyzer {

using types::DataType;
using types::TypeId;
using types::TypePtr;

TypePtr common_key_type(const TypePtr& a, const TypePtr& b, bool ansi) {
    if (a->is_string() != b->is_string()) return tightest_common_type(a, b);
    return wider_type(a, b, ansi);
}

TypePtr require_array(const FunctionDef& def, CallInput& input, size_t i) {
    auto& arg = input.args[i];
    if (arg->type->is(TypeId::kNull))
        arg = cast_to(arg, DataType::array(DataType::null()), input.context.ansi);
    if (!arg->type->is(TypeId::kArray)) raise_unexpected_type(def, input, i, "\"ARRAY\"");
    return arg->type;
}

TypePtr require_map(const FunctionDef& def, CallInput& input, size_t i) {
    auto& arg = input.args[i];
    if (arg->type->is(TypeId::kNull)) {
        arg = cast_to(arg, DataType::map(DataType::null(), DataType::null()), input.context.ansi);
    }
    if (!arg->type->is(TypeId::kMap)) raise_unexpected_type(def, input, i, "\"MAP\"");
    return arg->type;
}

void unify_element(const FunctionDef& def, CallInput& input, size_t array, size_t element) {
    auto type = require_array(def, input, array);
    auto common = common_key_type(type->element(), input.args[element]->type, input.context.ansi);
    if (!common) {
        raise_mismatch(def, input, "ARRAY_FUNCTION_DIFF_TYPES",
            {{"functionName", quote_identifier(def.name)}, {"dataType", "\"ARRAY\""},
                {"leftType", quoted_type(*type)},
                {"rightType", quoted_type(*input.args[element]->type)}});
    }
    input.args[array] = cast_to(
        input.args[array], DataType::array(common, type->contains_null()), input.context.ansi);
    input.args[element] = cast_to(input.args[element], common, input.context.ansi);
}

TypePtr unify_arrays(const FunctionDef& def, CallInput& input) {
    std::vector<TypePtr> elements;
    for (size_t i = 0; i < input.args.size(); ++i)
        elements.push_back(require_array(def, input, i)->element());
    auto common = wider_type(elements, input.context.ansi);
    if (!common) {
        raise_mismatch(def, input, "BINARY_ARRAY_DIFF_TYPES",
            {{"functionName", quote_identifier(def.name)}, {"arrayType", "\"ARRAY\""},
                {"leftType", quoted_type(*input.args[0]->type)},
                {"rightType", quoted_type(*input.args[1]->type)}});
    }
    for (auto& arg : input.args) {
        arg = cast_to(arg, DataType::array(common, arg->type->contains_null()), input.context.ansi);
    }
    return common;
}

bool element_nullable(const resolved::ExprPtr& array, std::optional<int64_t> index, bool raises) {
    if (!index) return !raises || array->type->contains_null();
    if (array->kind != resolved::ExprKind::kCall) return true;
    const auto& call = array->as<resolved::Call>();
    if (call.function != "array" || *index < 0 || *index >= static_cast<int64_t>(call.args.size()))
        return true;
    return call.args[static_cast<size_t>(*index)]->nullable;
}

}  // namespace hanok::analyzer

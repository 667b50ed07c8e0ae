#include "engine/io/merged_schema.h"

#include "base/error.h"

namespace hanok::engine {

using types::DataType;
using types::TypePtr;

namespace {

TypePtr merge_types(const TypePtr& left, const TypePtr& right);

TypePtr merge_struct_fields(const TypePtr& left, const TypePtr& right) {
    auto fields = left->fields();
    for (const auto& field : right->fields()) {
        auto index = left->field_index(field.name);
        if (index < 0) {
            fields.push_back(field);
        } else {
            fields[size_t(index)].type = merge_types(fields[size_t(index)].type, field.type);
        }
    }
    return DataType::struct_(std::move(fields));
}

TypePtr merge_types(const TypePtr& left, const TypePtr& right) {
    if (left->same_type(*right)) return left;
    if (left->is(types::TypeId::kStruct) && right->is(types::TypeId::kStruct))
        return merge_struct_fields(left, right);
    if (left->is(types::TypeId::kArray) && right->is(types::TypeId::kArray)) {
        return DataType::array(merge_types(left->element(), right->element()));
    }
    if (left->is(types::TypeId::kMap) && right->is(types::TypeId::kMap)) {
        return DataType::map(
            merge_types(left->key(), right->key()), merge_types(left->value(), right->value()));
    }
    bool same_scale = left->is(types::TypeId::kDecimal) && right->is(types::TypeId::kDecimal) &&
                      left->scale() == right->scale();
    if (same_scale) return left->precision() >= right->precision() ? left : right;
    throw Error(ErrorKind::kSpark, "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE",
        {{"left", "\"" + left->sql() + "\""}, {"right", "\"" + right->sql() + "\""}});
}

}  // namespace

TypePtr merged_schema(const TypePtr& left, const TypePtr& right) {
    return merge_struct_fields(left, right);
}

}  // namespace hanok::engine

#include <cmath>

#include "base/error.h"
#include "python/pickle.h"

namespace hanok::python {

namespace {

using types::DataType;
using types::TypeId;
using types::Value;

Value integer(const PyObject& object, int bits) {
    const auto* value = std::get_if<int64_t>(&object.v);
    if (!value) return {};
    switch (bits) {
        case 8: return types::int_value(static_cast<int8_t>(*value));
        case 16: return types::int_value(static_cast<int16_t>(*value));
        case 32: return types::int_value(static_cast<int32_t>(*value));
        default: return types::int_value(*value);
    }
}

Value decimal(const PyObject& object, const DataType& type) {
    const auto* number = std::get_if<PyObject::Number>(&object.v);
    types::Int128 unscaled = 0;
    int precision = 0;
    int scale = 0;
    if (!number || !number->is_decimal ||
        !types::parse_decimal(number->digits, &unscaled, &precision, &scale))
        return {};
    for (; scale < type.scale(); ++scale) {
        if (__builtin_mul_overflow(unscaled, types::Int128{10}, &unscaled)) return {};
    }
    for (; scale > type.scale(); --scale) {
        auto rest = unscaled % 10;
        unscaled /= 10;
        // Halves away from zero, at the last digit that goes.
        if (scale == type.scale() + 1 && (rest >= 5 || rest <= -5)) unscaled += rest > 0 ? 1 : -1;
    }
    types::Int128 limit = 1;
    for (int i = 0; i < type.precision(); ++i) limit *= 10;
    if (unscaled >= limit || unscaled <= -limit) return {};
    return types::decimal_value(unscaled);
}

const std::vector<PyPtr>* items_of(const PyObject& object) {
    if (const auto* list = std::get_if<PyObject::List>(&object.v)) return &list->items;
    if (const auto* tuple = std::get_if<PyObject::Tuple>(&object.v)) return &tuple->items;
    return nullptr;
}

// As Java prints it, which is what a string column shows of another object.
std::string text_of(const PyObject& object) {
    if (const auto* b = std::get_if<bool>(&object.v)) return *b ? "true" : "false";
    if (const auto* i = std::get_if<int64_t>(&object.v)) return std::to_string(*i);
    if (const auto* d = std::get_if<double>(&object.v)) return types::double_to_string(*d);
    if (const auto* s = std::get_if<std::string>(&object.v)) return *s;
    if (const auto* n = std::get_if<PyObject::Number>(&object.v)) return n->digits;
    if (std::holds_alternative<PyObject::Bytes>(object.v)) return "[B@0";
    if (std::holds_alternative<PyObject::Tuple>(object.v)) return "[Ljava.lang.Object;@0";
    std::string out;
    if (const auto* list = std::get_if<PyObject::List>(&object.v)) {
        for (const auto& item : list->items) out += (out.empty() ? "" : ", ") + text_of(*item);
        return "[" + out + "]";
    }
    if (const auto* dict = std::get_if<PyObject::Dict>(&object.v)) {
        for (const auto& [key, value] : dict->items)
            out += (out.empty() ? "" : ", ") + text_of(*key) + "=" + text_of(*value);
        return "{" + out + "}";
    }
    return "null";
}

Value nested(const PyObject& object, const DataType& type) {
    Value::List out;
    if (type.is(TypeId::kMap)) {
        const auto* dict = std::get_if<PyObject::Dict>(&object.v);
        if (!dict) return {};
        for (const auto& [key, value] : dict->items) {
            out.push_back(value_of(*key, *type.key()));
            out.push_back(value_of(*value, *type.value()));
        }
        return types::list_value(std::move(out));
    }
    const auto* items = items_of(object);
    if (!items) return {};
    if (type.is(TypeId::kArray)) {
        for (const auto& item : *items) out.push_back(value_of(*item, *type.element()));
        return types::list_value(std::move(out));
    }
    if (items->size() != type.fields().size()) {
        throw Error(ErrorKind::kSpark, "HANOK_PYTHON_RESULT",
            {{"reason", "a row of " + std::to_string(items->size()) + " values where " +
                            std::to_string(type.fields().size()) + " are declared"}});
    }
    for (size_t i = 0; i < items->size(); ++i)
        out.push_back(value_of(*(*items)[i], *type.fields()[i].type));
    return types::list_value(std::move(out));
}

}  // namespace

Value value_of(const PyObject& object, const DataType& type) {
    if (std::holds_alternative<std::monostate>(object.v)) return {};
    if (const auto* global = std::get_if<PyObject::Global>(&object.v)) {
        throw Error(ErrorKind::kSpark, "HANOK_PYTHON_RESULT",
            {{"reason", "an object of " + global->name +
                            ", which no column can hold (net.razorvine.pickle.PickleException: "
                            "expected zero arguments for construction of ClassDict (for " +
                            global->name + "))"}});
    }
    switch (type.id()) {
        case TypeId::kBoolean: {
            const auto* b = std::get_if<bool>(&object.v);
            return b ? types::bool_value(*b) : Value();
        }
        case TypeId::kByte: return integer(object, 8);
        case TypeId::kShort: return integer(object, 16);
        case TypeId::kInteger:
        case TypeId::kDate:
        case TypeId::kYearMonthInterval: return integer(object, 32);
        case TypeId::kLong:
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz:
        case TypeId::kTime:
        case TypeId::kDayTimeInterval: return integer(object, 64);
        case TypeId::kFloat:
        case TypeId::kDouble: {
            const auto* d = std::get_if<double>(&object.v);
            if (!d) return {};
            return types::double_value(
                type.is(TypeId::kFloat) ? static_cast<double>(static_cast<float>(*d)) : *d);
        }
        case TypeId::kDecimal: return decimal(object, type);
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return types::string_value(text_of(object));
        case TypeId::kBinary:
            if (const auto* s = std::get_if<std::string>(&object.v)) return types::string_value(*s);
            if (const auto* b = std::get_if<PyObject::Bytes>(&object.v))
                return types::string_value(b->bytes);
            return {};
        case TypeId::kArray:
        case TypeId::kMap:
        case TypeId::kStruct: return nested(object, type);
        default: return {};
    }
}

}  // namespace hanok::python

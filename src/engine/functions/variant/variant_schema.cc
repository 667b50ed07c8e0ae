#include "engine/functions/variant/variant_schema.h"

#include <algorithm>

#include "base/error.h"

namespace hanok::engine {

using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

constexpr int kMaxPrecision = 38;

int digits_of(Int128 x) {
    int digits = 1;
    for (auto size = x < 0 ? -x : x; size >= 10; size /= 10) ++digits;
    return digits;
}

TypePtr merge_decimals(const DataType& a, const DataType& b) {
    int scale = std::max(a.scale(), b.scale());
    int whole = std::max(a.precision() - a.scale(), b.precision() - b.scale());
    if (whole + scale > kMaxPrecision) return DataType::double_();
    return DataType::decimal(whole + scale, scale);
}

TypePtr merge_structs(const DataType& a, const DataType& b) {
    types::Fields out;
    const auto &left = a.fields(), &right = b.fields();
    size_t i = 0, k = 0;
    while (i < left.size() || k < right.size()) {
        bool take_left = k == right.size() || (i < left.size() && left[i].name <= right[k].name);
        bool both = take_left && k < right.size() && left[i].name == right[k].name;
        if (both) {
            out.push_back(left[i]);
            out.back().type = merge_variant_types(left[i++].type, right[k++].type);
        } else {
            out.push_back(take_left ? left[i++] : right[k++]);
        }
    }
    return DataType::struct_(std::move(out));
}

bool is_real(const DataType& t) { return t.is(TypeId::kFloat) || t.is(TypeId::kDouble); }

TypePtr merge_numbers(const TypePtr& a, const TypePtr& b) {
    if (is_real(*a) || is_real(*b)) return DataType::double_();
    auto exact = [](const TypePtr& t) {
        return t->is(TypeId::kDecimal) ? t : DataType::decimal_for(*t);
    };
    auto left = exact(a), right = exact(b);
    return merge_decimals(*left, *right);
}

}  // namespace

TypePtr variant_type(const VariantView& v) {
    switch (v.kind()) {
        case VariantKind::kNull: return DataType::null();
        case VariantKind::kBoolean: return DataType::boolean();
        case VariantKind::kLong: return DataType::long_();
        case VariantKind::kFloat: return DataType::float_();
        case VariantKind::kDouble: return DataType::double_();
        case VariantKind::kDecimal: {
            auto d = v.decimal();
            return DataType::decimal(std::max(digits_of(d.unscaled), d.scale), d.scale);
        }
        case VariantKind::kDate: return DataType::date();
        case VariantKind::kTimestamp: return DataType::timestamp();
        case VariantKind::kTimestampNtz: return DataType::timestamp_ntz();
        case VariantKind::kUuid:
        case VariantKind::kString: return DataType::string();
        case VariantKind::kBinary: return DataType::binary();
        case VariantKind::kArray: {
            auto element = DataType::null();
            for (size_t i = 0, n = v.size(); i < n; ++i)
                element = merge_variant_types(element, variant_type(v.element(i)));
            return DataType::array(element);
        }
        case VariantKind::kObject: break;
    }
    types::Fields fields;
    for (size_t i = 0, n = v.size(); i < n; ++i)
        fields.push_back({std::string(v.key(i)), variant_type(v.element(i)), true, ""});
    return DataType::struct_(std::move(fields));
}

TypePtr merge_variant_types(const TypePtr& a, const TypePtr& b) {
    if (a->is(TypeId::kNull)) return b;
    if (b->is(TypeId::kNull)) return a;
    if (a->is(TypeId::kStruct) && b->is(TypeId::kStruct)) return merge_structs(*a, *b);
    if (a->is(TypeId::kArray) && b->is(TypeId::kArray))
        return DataType::array(merge_variant_types(a->element(), b->element()));
    if (a->same_type(*b)) return a;
    if (a->is_numeric() && b->is_numeric()) return merge_numbers(a, b);
    bool timestamps = a->is(TypeId::kTimestamp) || a->is(TypeId::kTimestampNtz);
    bool others = b->is(TypeId::kTimestamp) || b->is(TypeId::kTimestampNtz);
    if (timestamps && others) return DataType::timestamp();
    return DataType::variant();
}

std::string variant_type_text(const DataType& type) {
    if (type.is(TypeId::kArray)) return "ARRAY<" + variant_type_text(*type.element()) + ">";
    if (!type.is(TypeId::kStruct)) return type.sql();
    std::string out = "OBJECT<";
    for (size_t i = 0; i < type.fields().size(); ++i) {
        const auto& f = type.fields()[i];
        out += (i ? ", " : "") + quote_if_needed({f.name}) + ": " + variant_type_text(*f.type);
    }
    return out + ">";
}

}  // namespace hanok::engine

#include "types/data_type.h"

#include <algorithm>
#include <cctype>

#include "types/char_type.h"
#include "types/geo.h"

namespace hanok::types {

// Builds types; the only code that writes a DataType's members.
struct DataTypeMaker {
    std::shared_ptr<DataType> type = std::make_shared<DataType>();

    explicit DataTypeMaker(TypeId id) { type->id_ = id; }
    DataTypeMaker& numbers(int a, int b) {
        type->a_ = a;
        type->b_ = b;
        return *this;
    }
    DataTypeMaker& collation(std::string name) {
        type->collation_ = std::move(name);
        return *this;
    }
    DataTypeMaker& children(TypePtr key, TypePtr child, bool nullable) {
        type->key_ = std::move(key);
        type->child_ = std::move(child);
        type->nullable_ = nullable;
        return *this;
    }
    DataTypeMaker& fields(Fields fields) {
        type->fields_ = std::move(fields);
        return *this;
    }
};

namespace {

TypePtr simple(TypeId id) { return DataTypeMaker(id).type; }

void check_srid(int srid, bool is_geographic) {
    if (srid == kAnySrid || !crs_of_srid(srid, is_geographic).empty()) return;
    throw invalid_srid(srid);
}

}  // namespace

TypePtr DataType::null() {
    static const TypePtr type = simple(TypeId::kNull);
    return type;
}
TypePtr DataType::boolean() {
    static const TypePtr type = simple(TypeId::kBoolean);
    return type;
}
TypePtr DataType::byte() {
    static const TypePtr type = simple(TypeId::kByte);
    return type;
}
TypePtr DataType::short_() {
    static const TypePtr type = simple(TypeId::kShort);
    return type;
}
TypePtr DataType::integer() {
    static const TypePtr type = simple(TypeId::kInteger);
    return type;
}
TypePtr DataType::long_() {
    static const TypePtr type = simple(TypeId::kLong);
    return type;
}
TypePtr DataType::float_() {
    static const TypePtr type = simple(TypeId::kFloat);
    return type;
}
TypePtr DataType::double_() {
    static const TypePtr type = simple(TypeId::kDouble);
    return type;
}
TypePtr DataType::decimal(int precision, int scale) {
    return DataTypeMaker(TypeId::kDecimal).numbers(precision, scale).type;
}
TypePtr DataType::string(std::string collation) {
    static const TypePtr type = simple(TypeId::kString);
    if (collation.empty() || collation == "UTF8_BINARY") return type;
    return DataTypeMaker(TypeId::kString).collation(std::move(collation)).type;
}
TypePtr DataType::char_(int length) { return DataTypeMaker(TypeId::kChar).numbers(length, 0).type; }
TypePtr DataType::varchar(int length) {
    return DataTypeMaker(TypeId::kVarchar).numbers(length, 0).type;
}
TypePtr DataType::binary() {
    static const TypePtr type = simple(TypeId::kBinary);
    return type;
}
TypePtr DataType::date() {
    static const TypePtr type = simple(TypeId::kDate);
    return type;
}
TypePtr DataType::timestamp() {
    static const TypePtr type = simple(TypeId::kTimestamp);
    return type;
}
TypePtr DataType::timestamp_ntz() {
    static const TypePtr type = simple(TypeId::kTimestampNtz);
    return type;
}
TypePtr DataType::time(int precision) {
    return DataTypeMaker(TypeId::kTime).numbers(precision, 0).type;
}
TypePtr DataType::year_month_interval(int start, int end) {
    return DataTypeMaker(TypeId::kYearMonthInterval).numbers(start, end).type;
}
TypePtr DataType::day_time_interval(int start, int end) {
    return DataTypeMaker(TypeId::kDayTimeInterval).numbers(start, end).type;
}
TypePtr DataType::calendar_interval() {
    static const TypePtr type = simple(TypeId::kCalendarInterval);
    return type;
}
TypePtr DataType::array(TypePtr element, bool contains_null) {
    return DataTypeMaker(TypeId::kArray).children(nullptr, std::move(element), contains_null).type;
}
TypePtr DataType::map(TypePtr key, TypePtr value, bool value_contains_null) {
    return DataTypeMaker(TypeId::kMap)
        .children(std::move(key), std::move(value), value_contains_null)
        .type;
}
TypePtr DataType::struct_(Fields fields) {
    return DataTypeMaker(TypeId::kStruct).fields(std::move(fields)).type;
}
TypePtr DataType::variant() {
    static const TypePtr type = simple(TypeId::kVariant);
    return type;
}

TypePtr geometry_type(int srid) {
    check_srid(srid, false);
    return DataTypeMaker(kGeometry).numbers(srid, 0).type;
}
TypePtr geography_type(int srid) {
    check_srid(srid, true);
    return DataTypeMaker(kGeography).numbers(srid, 0).type;
}

TypePtr DataType::decimal_for(const DataType& type) {
    switch (type.id()) {
        case TypeId::kByte: return decimal(3, 0);
        case TypeId::kShort: return decimal(5, 0);
        case TypeId::kInteger: return decimal(10, 0);
        case TypeId::kLong: return decimal(20, 0);
        case TypeId::kFloat: return decimal(14, 7);
        case TypeId::kDouble: return decimal(30, 15);
        default: return decimal(38, 18);
    }
}

bool StructField::operator==(const StructField& other) const {
    return name == other.name && nullable == other.nullable && metadata == other.metadata &&
           type->equals(*other.type);
}

int DataType::field_index(const std::string& name, bool case_sensitive) const {
    for (size_t i = 0; i < fields_.size(); ++i) {
        if (names_equal(fields_[i].name, name, case_sensitive)) return static_cast<int>(i);
    }
    return -1;
}

bool DataType::is_orderable() const {
    if (is_geo(*this)) return false;
    switch (id_) {
        case TypeId::kMap:
        case TypeId::kVariant:
        case TypeId::kCalendarInterval: return false;
        case TypeId::kArray: return child_->is_orderable();
        case TypeId::kStruct:
            return std::all_of(fields_.begin(), fields_.end(),
                [](const auto& f) { return f.type->is_orderable(); });
        default: return true;
    }
}

bool DataType::is_comparable_for_equality() const {
    return id_ == TypeId::kCalendarInterval || is_orderable();
}

bool DataType::equals(const DataType& o) const {
    if (this == &o) return true;
    if (id_ != o.id_) return false;
    switch (id_) {
        case TypeId::kString:
            return is_default_collation() == o.is_default_collation() &&
                   (is_default_collation() || collation_ == o.collation_);
        case TypeId::kArray: return nullable_ == o.nullable_ && child_->equals(*o.child_);
        case TypeId::kMap:
            return nullable_ == o.nullable_ && key_->equals(*o.key_) && child_->equals(*o.child_);
        case TypeId::kStruct: return fields_ == o.fields_;
        default: return a_ == o.a_ && b_ == o.b_;
    }
}

namespace {

template <class SameName>
bool same(const DataType& a, const DataType& b, const SameName& same_name) {
    if (a.id() != b.id()) return false;
    switch (a.id()) {
        case TypeId::kArray: return same(*a.element(), *b.element(), same_name);
        case TypeId::kMap:
            return same(*a.key(), *b.key(), same_name) && same(*a.value(), *b.value(), same_name);
        case TypeId::kStruct:
            return std::equal(a.fields().begin(), a.fields().end(), b.fields().begin(),
                b.fields().end(), [&](const StructField& x, const StructField& y) {
                    return same_name(x.name, y.name) && same(*x.type, *y.type, same_name);
                });
        default: return a.equals(b);
    }
}

}  // namespace

bool DataType::same_type(const DataType& other) const {
    return same(*this, other, [](const std::string& x, const std::string& y) { return x == y; });
}
bool DataType::same_structure(const DataType& other) const {
    return same(*this, other, [](const std::string&, const std::string&) { return true; });
}

TypePtr DataType::as_nullable(const TypePtr& type) {
    switch (type->id()) {
        case TypeId::kArray: return array(as_nullable(type->element()), true);
        case TypeId::kMap: return map(as_nullable(type->key()), as_nullable(type->value()), true);
        case TypeId::kStruct: {
            Fields fields;
            for (const auto& f : type->fields())
                fields.push_back({f.name, as_nullable(f.type), true, f.metadata});
            return struct_(std::move(fields));
        }
        default: return type;
    }
}

TypePtr DataType::replace_char_varchar(const TypePtr& type) {
    switch (type->id()) {
        case TypeId::kChar:
        case TypeId::kVarchar: return string();
        case TypeId::kArray:
            return array(replace_char_varchar(type->element()), type->contains_null());
        case TypeId::kMap:
            return map(replace_char_varchar(type->key()), replace_char_varchar(type->value()),
                type->value_contains_null());
        case TypeId::kStruct: {
            Fields fields;
            for (const auto& f : type->fields()) {
                fields.push_back({f.name, replace_char_varchar(f.type), f.nullable, f.metadata});
            }
            return struct_(std::move(fields));
        }
        default: return type;
    }
}

TypePtr with_collation(const TypePtr& type, const std::string& collation) {
    switch (type->id()) {
        case TypeId::kString: return type->collation().empty() ? DataType::string(collation) : type;
        case TypeId::kArray:
            return DataType::array(
                with_collation(type->element(), collation), type->contains_null());
        case TypeId::kMap:
            return DataType::map(with_collation(type->key(), collation),
                with_collation(type->value(), collation), type->value_contains_null());
        case TypeId::kStruct: {
            Fields fields = type->fields();
            for (auto& f : fields) f.type = with_collation(f.type, collation);
            return DataType::struct_(std::move(fields));
        }
        default: return type;
    }
}

std::string to_lower(const std::string& text) {
    std::string out = text;
    std::transform(
        out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}
std::string to_upper(const std::string& text) {
    std::string out = text;
    std::transform(
        out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::toupper(c); });
    return out;
}
bool names_equal(const std::string& a, const std::string& b, bool case_sensitive) {
    if (case_sensitive) return a == b;
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
        if (std::tolower(static_cast<unsigned char>(a[i])) !=
            std::tolower(static_cast<unsigned char>(b[i])))
            return false;
    }
    return true;
}

}  // namespace hanok::types

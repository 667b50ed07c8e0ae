#pragma once
// Spark SQL data types. Immutable; shared by pointer; compared by value.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "types/fwd.h"

namespace hanok::types {

enum class TypeId : uint8_t {
    kNull,  // VOID
    kBoolean,
    kByte,
    kShort,
    kInteger,
    kLong,
    kFloat,
    kDouble,
    kDecimal,
    kString,  // with a collation
    kChar,
    kVarchar,
    kBinary,
    kDate,
    kTimestamp,     // an instant, shown in the session's time zone
    kTimestampNtz,  // without time zone
    kTime,
    kYearMonthInterval,
    kDayTimeInterval,
    kCalendarInterval,
    kArray,
    kMap,
    kStruct,
    kVariant,
};

// Interval fields: 0 YEAR, 1 MONTH; or 0 DAY, 1 HOUR, 2 MINUTE, 3 SECOND.
struct StructField {
    std::string name;
    TypePtr type;
    bool nullable = true;
    std::string metadata;  // JSON object text, "" for none
    // Comment in the metadata, if any.
    std::optional<std::string> comment() const;
    bool operator==(const StructField& other) const;
};

using Fields = std::vector<StructField>;

class DataType {
public:
    TypeId id() const { return id_; }
    int precision() const { return a_; }  // decimal, time
    int scale() const { return b_; }      // decimal
    int length() const { return a_; }     // char, varchar
    int start_field() const { return a_; }
    int end_field() const { return b_; }
    const std::string& collation() const {
        return collation_;
    }  // strings; "UTF8_BINARY" by default
    bool is_default_collation() const { return collation_.empty() || collation_ == "UTF8_BINARY"; }

    const TypePtr& element() const { return child_; }  // array
    bool contains_null() const { return nullable_; }   // array
    const TypePtr& key() const { return key_; }        // map
    const TypePtr& value() const { return child_; }    // map
    bool value_contains_null() const { return nullable_; }
    const Fields& fields() const { return fields_; }  // struct
    // Index of a field by name, -1 if absent; case-insensitive unless told otherwise.
    int field_index(const std::string& name, bool case_sensitive = false) const;

    bool is(TypeId id) const { return id_ == id; }
    bool is_integral() const { return id_ >= TypeId::kByte && id_ <= TypeId::kLong; }
    bool is_fractional() const { return id_ >= TypeId::kFloat && id_ <= TypeId::kDecimal; }
    bool is_numeric() const { return id_ >= TypeId::kByte && id_ <= TypeId::kDecimal; }
    // STRING, CHAR and VARCHAR.
    bool is_string() const { return id_ >= TypeId::kString && id_ <= TypeId::kVarchar; }
    bool is_datetime() const { return id_ >= TypeId::kDate && id_ <= TypeId::kTimestampNtz; }
    bool is_ansi_interval() const {
        return id_ == TypeId::kYearMonthInterval || id_ == TypeId::kDayTimeInterval;
    }
    bool is_nested() const { return id_ >= TypeId::kArray && id_ <= TypeId::kStruct; }
    bool is_atomic() const { return !is_nested() && id_ != TypeId::kNull; }
    // Can rows of this type be ordered / grouped and compared for equality?
    bool is_orderable() const;
    bool is_comparable_for_equality() const;

    // "bigint", "decimal(10,2)", "array<int>", "struct<a:int,b:string>": DataType.simpleString.
    std::string simple_string() const;
    // Upper-case SQL: "BIGINT", "DECIMAL(10,2)", "ARRAY<INT>", "STRUCT<a: INT NOT NULL>".
    std::string sql() const;
    // "long", "decimal(10,2)": the name in schema JSON and in typeName.
    std::string type_name() const;
    // JSON text of a schema, as Spark and the Delta log write it.
    std::string json() const;
    // DDL of a struct's fields: "a INT NOT NULL,b STRING".
    std::string ddl() const;

    bool equals(const DataType& other) const;
    // Ignores nullability and metadata at every depth; compares field names.
    bool same_type(const DataType& other) const;
    // Ignores field names too (structural).
    bool same_structure(const DataType& other) const;

    static TypePtr null();
    static TypePtr boolean();
    static TypePtr byte();
    static TypePtr short_();
    static TypePtr integer();
    static TypePtr long_();
    static TypePtr float_();
    static TypePtr double_();
    static TypePtr decimal(int precision, int scale);
    static TypePtr string(std::string collation = "");
    static TypePtr char_(int length);
    static TypePtr varchar(int length);
    static TypePtr binary();
    static TypePtr date();
    static TypePtr timestamp();
    static TypePtr timestamp_ntz();
    static TypePtr time(int precision = 6);
    static TypePtr year_month_interval(int start = 0, int end = 1);
    static TypePtr day_time_interval(int start = 0, int end = 3);
    static TypePtr calendar_interval();
    static TypePtr array(TypePtr element, bool contains_null = true);
    static TypePtr map(TypePtr key, TypePtr value, bool value_contains_null = true);
    static TypePtr struct_(Fields fields);
    static TypePtr variant();

    // The decimal that holds every value of an integral type: BYTE (3,0) … LONG (20,0).
    static TypePtr decimal_for(const DataType& type);

    // The same type with every nullability (nested ones too) set to true.
    static TypePtr as_nullable(const TypePtr& type);
    // CHAR and VARCHAR at any depth replaced by STRING.
    static TypePtr replace_char_varchar(const TypePtr& type);

private:
    friend struct DataTypeMaker;
    TypeId id_ = TypeId::kNull;
    int a_ = 0;
    int b_ = 0;
    bool nullable_ = true;
    std::string collation_;
    TypePtr key_;
    TypePtr child_;
    Fields fields_;
};

inline bool operator==(const DataType& a, const DataType& b) { return a.equals(b); }

// Parses schema JSON (a full type, or a struct); throws Error INVALID_JSON_DATA_TYPE.
TypePtr type_from_json(const std::string& json);

// Upper/lower ASCII and Unicode-naive comparison of column names, as Spark's resolver in its
// default mode.
bool names_equal(const std::string& a, const std::string& b, bool case_sensitive = false);
std::string to_lower(const std::string& text);
std::string to_upper(const std::string& text);

}  // namespace hanok::types

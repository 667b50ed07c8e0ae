#pragma once
// Avro schemas: a tree of immutable nodes. JSON text is read and written here.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hanok::avro {

enum class Type : uint8_t {
    kNull,
    kBoolean,
    kInt,
    kLong,
    kFloat,
    kDouble,
    kBytes,
    kString,
    kRecord,
    kEnum,
    kArray,
    kMap,
    kUnion,
    kFixed,
};

struct Schema;
using SchemaPtr = std::shared_ptr<const Schema>;

struct Field {
    std::string name;
    SchemaPtr type;
    std::string doc = {};
    std::optional<std::string> default_json = {};
    std::vector<std::string> aliases = {};
    /// Keys that the standard does not know, as JSON texts ("field-id": "1").
    std::map<std::string, std::string> properties = {};
};

struct Schema {
    Type type = Type::kNull;
    std::string name = {};        // record, enum, fixed
    std::string name_space = {};  // of the name, "" for none
    std::string logical_type = {};
    int precision = 0;  // logical type decimal
    int scale = 0;
    int64_t size = 0;                       // fixed
    std::vector<Field> fields = {};         // record
    std::vector<std::string> symbols = {};  // enum
    std::vector<SchemaPtr> children = {};   // array: items; map: values; union: branches
    std::map<std::string, std::string> properties = {};

    std::string full_name() const { return name_space.empty() ? name : name_space + "." + name; }
    const SchemaPtr& items() const { return children.front(); }
};

/// "int", "record", …
const char* type_name(Type type);

SchemaPtr primitive(Type type, std::string logical_type = "");
SchemaPtr array_of(SchemaPtr items);
SchemaPtr map_of(SchemaPtr values);
SchemaPtr union_of(std::vector<SchemaPtr> branches);
/// ["null", type]
SchemaPtr optional_of(SchemaPtr type);
SchemaPtr record_of(std::string name, std::vector<Field> fields, std::string name_space = "");

/// Throws Error AVRO_INVALID_SCHEMA; recursive types are refused the same way.
SchemaPtr parse_schema(const std::string& json);
/// A named type is written out where it comes first, later by its name.
std::string schema_json(const Schema& schema);

}  // namespace hanok::avro

#pragma once
// Iceberg schemas and partition specs as plain structs, and what they are as Spark types.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "types/data_type.h"

namespace hanok::iceberg {

struct Type;
using TypePtr = std::shared_ptr<const Type>;

struct Field {
    int32_t id = 0;
    std::string name;
    bool is_required = false;
    TypePtr type;
    std::string doc = {};
};

enum class TypeKind : uint8_t { kPrimitive, kStruct, kList, kMap };

struct Type {
    TypeKind kind = TypeKind::kPrimitive;
    std::string primitive = {};      // "long", "decimal(9, 2)", "timestamptz", "fixed[16]"
    std::vector<Field> fields = {};  // struct; list: "element"; map: "key", "value"
};

struct Schema {
    int32_t id = 0;
    std::vector<Field> fields;
};

struct PartitionField {
    int32_t source_id = 0;
    int32_t field_id = 0;  // from 1000 on
    std::string name;
    std::string transform;  // "identity", "bucket[16]", "day", …
    bool operator==(const PartitionField&) const = default;
};

struct PartitionSpec {
    int32_t id = 0;
    std::vector<PartitionField> fields;
};

TypePtr primitive_type(std::string name);
bool same_fields(const std::vector<Field>& a, const std::vector<Field>& b);
int32_t highest_id(const std::vector<Field>& fields);
/// The field with an id at any depth; nullptr for none.
const Field* find_field(const std::vector<Field>& fields, int32_t id);

/// The struct that Spark sees; ids of struct fields in the metadata key "parquet.field.id". Throws
/// Error UNSUPPORTED_FEATURE.HANOK for types that Spark has not.
types::TypePtr spark_schema(const std::vector<Field>& fields);
types::TypePtr spark_type(const Type& type);

}  // namespace hanok::iceberg

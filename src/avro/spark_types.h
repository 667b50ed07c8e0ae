#pragma once
// Spark's types in Avro schemas and back, by the rules of Spark's own Avro source.

#include <string>

#include "avro/schema.h"
#include "types/data_type.h"

namespace hanok::avro {

struct SparkTypeOptions {
    // Unions of several types become structs whose fields are called after the types.
    bool stable_union_names = false;
    std::string stable_union_prefix = "member_";
};

struct SparkField {
    types::TypePtr type;
    bool is_nullable = false;
};

// Throws Error UNSUPPORTED_FEATURE.HANOK for types that Spark has not.
SparkField spark_type_of_avro(const Schema& schema, const SparkTypeOptions& options = {});

// Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE.
SchemaPtr avro_type_of_spark(const types::DataType& type, bool is_nullable,
    const std::string& record_name = "topLevelRecord", const std::string& name_space = "");

// The members of a union that are not null.
std::vector<const Schema*> union_members(const Schema& schema);

}  // namespace hanok::avro

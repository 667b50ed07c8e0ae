#include "avro/schema.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace hanok::avro {
namespace {

TEST(AvroSchema, ReadsAndWritesNamedTypesOnce) {
    auto schema = parse_schema(R"({"type":"record","name":"a.b.R","fields":[
        {"name":"x","type":{"type":"fixed","name":"F","size":4}},
        {"name":"y","type":["null","F"],"default":null,"field-id":7},
        {"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]})");
    EXPECT_EQ(schema->full_name(), "a.b.R");
    EXPECT_EQ(schema->fields[1].properties.at("field-id"), "7");
    EXPECT_EQ(schema->fields[1].type->children[1]->full_name(), "a.b.F");
    EXPECT_EQ(schema->fields[2].type->precision, 9);
    auto again = parse_schema(schema_json(*schema));
    EXPECT_EQ(schema_json(*again), schema_json(*schema));
}

TEST(AvroSchema, RefusesWhatIsNone) {
    for (const char* text :
        {"{", "\"nothing\"", R"({"type":"record","name":"R"})", R"({"type":"fixed","name":"F"})",
            "7", R"({"type":"record","name":"R","fields":[{"name":"r","type":["null","R"]}]})"}) {
        try {
            parse_schema(text);
            FAIL() << text;
        } catch (const Error& e) {
            EXPECT_EQ(e.condition(), "AVRO_INVALID_SCHEMA") << text;
        }
    }
}

}  // namespace
}  // namespace hanok::avro

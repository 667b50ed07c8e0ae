#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/functions/variant/variant_cast.h"
#include "engine/functions/variant/variant_json.h"
#include "engine/functions/variant/variant_path.h"
#include "engine/functions/variant/variant_schema.h"
#include "engine/io/json_cursor.h"

namespace hanok::engine {
namespace {

using types::DataType;

struct Made {
    std::string value, metadata;
    explicit Made(std::string_view json) {
        VariantBuilder built;
        read_variant_json(json, built);
        value = built.value();
        metadata = built.metadata();
    }
    VariantView view() const { return {value, metadata}; }
};

std::string round_trip(std::string_view json) {
    Made made(json);
    EXPECT_TRUE(VariantView::is_valid(made.value, made.metadata)) << json;
    std::string out;
    append_variant_json(out, made.view(), "UTC");
    return out;
}

TEST(Variant, JsonComesBackWithSortedKeysAndExactNumbers) {
    EXPECT_EQ(round_trip(R"({"b":1,"a":[true,null,"x"]})"), R"({"a":[true,null,"x"],"b":1})");
    EXPECT_EQ(round_trip("[0.10, 1.00, 12345678901234567890, 1e2]"),
        "[0.1,1,12345678901234567890,100.0]");
    EXPECT_EQ(round_trip("-129"), "-129");
    EXPECT_EQ(round_trip("\"" + std::string(70, 'k') + "\""), "\"" + std::string(70, 'k') + "\"");
    EXPECT_THROW(Made("{\"a\":1,"), JsonSyntaxError);
    EXPECT_THROW(Made("1 2"), JsonSyntaxError);
}

TEST(Variant, ManyFieldsNeedWiderOffsets) {
    std::string json = "{";
    for (int i = 0; i < 400; ++i)
        json += (i ? ",\"k" : "\"k") + std::to_string(1000 + i) + "\":\"" + std::string(100, 'v') +
                "\"";
    Made made(json + "}");
    EXPECT_TRUE(VariantView::is_valid(made.value, made.metadata));
    auto field = made.view().field("k1399");
    ASSERT_TRUE(field.has_value());
    EXPECT_EQ(field->text(), std::string(100, 'v'));
    EXPECT_FALSE(made.view().field("k1400").has_value());
    EXPECT_FALSE(VariantView::is_valid(made.value.substr(0, 900), made.metadata));
}

TEST(Variant, PathsTakeKeysAndIndexes) {
    Made made(R"({"a":{"b c":[10,{"d":20}]}})");
    auto at = [&](std::string_view path) -> std::string {
        auto steps = parse_variant_path(path);
        if (!steps) return "no path";
        auto found = variant_at(made.view(), *steps);
        if (!found) return "nothing";
        std::string out;
        append_variant_json(out, *found, "UTC");
        return out;
    };
    EXPECT_EQ(at("$.a['b c'][1].d"), "20");
    EXPECT_EQ(at("$.a[\"b c\"][0]"), "10");
    EXPECT_EQ(at("$.a.x"), "nothing");
    EXPECT_EQ(at("$[0]"), "nothing");
    EXPECT_EQ(at("a"), "no path");
    EXPECT_EQ(at("$.a[x]"), "no path");
}

TEST(Variant, CastsToOtherTypes) {
    auto cast = [](std::string_view json, const types::TypePtr& type) -> std::string {
        Made made(json);
        auto x = cast_variant(made.view(), *type, {});
        if (!x) return "no";
        return x->is_null() ? "NULL" : types::value_name(*x, *type);
    };
    EXPECT_EQ(cast("300", DataType::byte()), "no");
    EXPECT_EQ(cast("\"12\"", DataType::integer()), "12");
    EXPECT_EQ(cast("1.75", DataType::long_()), "1");
    EXPECT_EQ(cast("null", DataType::integer()), "NULL");
    EXPECT_EQ(cast("[1]", DataType::string()), "[1]");
    EXPECT_EQ(cast("\"2024-02-29\"", DataType::date()), "DATE '2024-02-29'");
    EXPECT_EQ(cast("{\"a\":1}", DataType::array(DataType::integer())), "no");
    EXPECT_EQ(cast("12.345", DataType::decimal(4, 1)), "12.3");
}

TEST(Variant, SchemasWiden) {
    auto schema = [](std::string_view json) {
        Made made(json);
        return variant_type_text(*variant_type(made.view()));
    };
    EXPECT_EQ(
        schema(R"([{"a":1},{"a":2.5,"b":null}])"), "ARRAY<OBJECT<a: DECIMAL(21,1), b: VOID>>");
    EXPECT_EQ(schema(R"([1,"x"])"), "ARRAY<VARIANT>");
    EXPECT_EQ(schema("[]"), "ARRAY<VOID>");
}

}  // namespace
}  // namespace hanok::engine

#include "types/geo.h"

#include <gtest/gtest.h>

namespace hanok::types {
namespace {

std::string bytes(const std::string& hex) {
    std::string out;
    for (size_t i = 0; i < hex.size(); i += 2)
        out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return out;
}

const std::string kPoint = bytes("0101000000000000000000f03f0000000000000040");
const std::string kBigPoint = bytes("00000000013ff00000000000004000000000000000");

std::string condition_of(const std::string& wkb, bool is_geography) {
    try {
        checked_wkb(wkb, is_geography);
        return "";
    } catch (const Error& e) {
        return e.condition();
    }
}

TEST(Geo, both_orders_of_bytes) {
    EXPECT_EQ(checked_wkb(kBigPoint, false), kPoint);
    EXPECT_EQ(big_endian_wkb(kPoint), kBigPoint);
    EXPECT_EQ(checked_wkb(kPoint, true), kPoint);
}

TEST(Geo, shown_as_text) {
    EXPECT_EQ(geo_text(4326, kPoint), "SRID=4326;POINT(1 2)");
    EXPECT_EQ(
        geo_text(0, bytes("0101000000000000000000f87f000000000000f87f")), "SRID=0;POINT EMPTY");
    auto line = bytes("010200000002000000") + kPoint.substr(5) + kPoint.substr(5);
    EXPECT_EQ(geo_text(0, line), "SRID=0;LINESTRING(1 2, 1 2)");
    auto many = bytes("010400000002000000") + kPoint + kBigPoint;
    EXPECT_EQ(geo_text(0, checked_wkb(many, false)), "SRID=0;MULTIPOINT((1 2), (1 2))");
    EXPECT_EQ(
        geo_text(0, bytes("010700000001000000") + kPoint), "SRID=0;GEOMETRYCOLLECTION(POINT(1 2))");
}

TEST(Geo, refuses_what_is_no_geometry) {
    for (const char* hex : {"6f", "", "0101000000", "0109000000",
             "02"
             "01000000",
             "0102000000ffffffff", "010200000001000000000000000000f03f0000000000000040"})
        EXPECT_EQ(condition_of(bytes(hex), false), "WKB_PARSE_ERROR") << hex;
    EXPECT_EQ(condition_of(kPoint + "x", false), "WKB_PARSE_ERROR");
    // A multipoint of a line.
    EXPECT_EQ(
        condition_of(bytes("010400000001000000010200000000000000"), false), "WKB_PARSE_ERROR");
}

TEST(Geo, refuses_rings_that_are_open) {
    std::string ring = bytes("010300000001000000") + bytes("04000000");
    for (double x : {0.0, 0.0, 1.0, 0.0, 1.0, 1.0}) ring.append(reinterpret_cast<char*>(&x), 8);
    double closed[] = {0, 0}, open[] = {5, 5};
    EXPECT_EQ(condition_of(ring + std::string(reinterpret_cast<char*>(closed), 16), false), "");
    EXPECT_EQ(condition_of(ring + std::string(reinterpret_cast<char*>(open), 16), false),
        "WKB_PARSE_ERROR");
}

TEST(Geo, geographies_stay_on_earth) {
    auto far = bytes("010100000000000000000069400000000000005940");  // 200, 100
    EXPECT_EQ(condition_of(far, false), "");
    EXPECT_EQ(condition_of(far, true), "WKB_PARSE_ERROR");
}

TEST(Geo, types_have_names_and_json) {
    EXPECT_EQ(geometry_type(3857)->sql(), "GEOMETRY(3857)");
    EXPECT_EQ(geography_type(kAnySrid)->simple_string(), "geography(any)");
    auto type = DataType::struct_(
        {{"g", geometry_type(0), true, ""}, {"e", geography_type(4326), true, ""},
            {"a", DataType::array(geometry_type(kAnySrid)), true, ""}});
    EXPECT_NE(type->json().find("geography(OGC:CRS84, SPHERICAL)"), std::string::npos);
    EXPECT_TRUE(type_from_json(type->json())->equals(*type));
    EXPECT_THROW(geography_type(3857), Error);
    EXPECT_THROW(geometry_type(1), Error);
    EXPECT_THROW(type_from_json("\"geometry(EPSG:1)\""), Error);
}

}  // namespace
}  // namespace hanok::types

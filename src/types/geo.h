#pragma once
// Reference systems of GEOMETRY and GEOGRAPHY, and their values: well-known binary (WKB).

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "types/data_type.h"

namespace hanok::types {

// Kinds of types that only few places know: everywhere else they are types that are not supported.
inline constexpr TypeId kGeometry{64};   // in a plane
inline constexpr TypeId kGeography{65};  // on the ellipsoid

inline constexpr int kAnySrid = -1;  // each value has its own
// Throw ST_INVALID_SRID_VALUE for an SRID that is not known (crs_of_srid).
TypePtr geometry_type(int srid);
TypePtr geography_type(int srid);
inline bool is_geo(const DataType& type) { return type.is(kGeometry) || type.is(kGeography); }
inline bool is_geography(const DataType& type) { return type.is(kGeography); }
inline int srid_of(const DataType& type) { return type.length(); }

inline constexpr int kDefaultSrid = 4326;
inline constexpr const char* kGeographyAlgorithm = "SPHERICAL";
inline const std::string kAnyCrs = "SRID:ANY";

// "EPSG:3857" for 3857; "" for a system that is unknown or (of geographies) not geographic.
std::string crs_of_srid(int srid, bool is_geographic);
std::optional<int> srid_of_crs(const std::string& crs, bool is_geographic);
Error invalid_srid(int64_t srid);

// The same geometry in little-endian WKB. Throws WKB_PARSE_ERROR for bytes that are none and, of
// geographies, for a longitude or latitude out of range.
std::string checked_wkb(std::string_view wkb, bool is_geography);
// `wkb`, which was checked, in the other order of bytes.
std::string big_endian_wkb(std::string_view wkb);
// "SRID=4326;POINT(1 2)": what a checked value looks like when shown.
std::string geo_text(int srid, std::string_view wkb);

}  // namespace hanok::types

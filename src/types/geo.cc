#include "types/geo.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "types/value.h"

namespace hanok::types {

namespace {

struct ReferenceSystem {
    int srid;
    const char* crs;
    bool is_geographic;
};
constexpr std::array<ReferenceSystem, 3> kSystems{{
    {0, "SRID:0", false},
    {3857, "EPSG:3857", false},
    {4326, "OGC:CRS84", true},
}};

enum Shape : uint32_t {
    kPoint = 1,
    kLineString = 2,
    kPolygon = 3,
    kMultiPoint = 4,
    kMultiLineString = 5,
    kMultiPolygon = 6,
    kCollection = 7,
};
constexpr const char* kShapeNames[] = {"", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT",
    "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"};
constexpr int kMaxDepth = 64;
constexpr size_t kMinRing = 4;

// Points, lines and rings hold coordinates; polygons hold rings; the others geometries.
struct Geometry {
    uint32_t shape = 0;       // 0 for a ring
    uint32_t dimensions = 0;  // as in WKB: 0 XY, 1 XYZ, 2 XYM, 3 XYZM
    std::vector<double> coordinates;
    std::vector<Geometry> parts;
    size_t width() const { return dimensions == 0 ? 2 : dimensions == 3 ? 4 : 3; }
};

class WkbReader {
public:
    WkbReader(std::string_view bytes, bool is_geography)
        : bytes_(bytes), is_geography_(is_geography) {}

    Geometry read() {
        auto out = geometry(0);
        if (at_ != bytes_.size()) fail("Unexpected bytes after the geometry", at_);
        return out;
    }

private:
    [[noreturn]] static void fail(const std::string& why, size_t at) {
        throw Error(ErrorKind::kRuntime, "WKB_PARSE_ERROR",
            {{"parseError", why}, {"pos", std::to_string(at)}});
    }

    template <class T>
    T number() {
        if (bytes_.size() - at_ < sizeof(T)) fail("Unexpected end of WKB buffer", at_);
        std::array<char, sizeof(T)> raw;
        std::memcpy(raw.data(), bytes_.data() + at_, sizeof(T));
        if (is_big_) std::reverse(raw.begin(), raw.end());
        at_ += sizeof(T);
        return std::bit_cast<T>(raw);
    }

    // The number of what follows, each of at least `size` bytes.
    size_t count(size_t size) {
        size_t place = at_;
        size_t n = number<uint32_t>();
        if (n > (bytes_.size() - at_) / size) fail("Unexpected end of WKB buffer", place);
        return n;
    }

    Geometry geometry(int depth) {
        if (depth > kMaxDepth) fail("Geometries are nested too deeply", at_);
        size_t start = at_;
        if (bytes_.size() - at_ < 5) fail("Unexpected end of WKB buffer", start);
        auto order = static_cast<unsigned char>(bytes_[at_++]);
        if (order > 1) fail("Invalid byte order " + std::to_string(order), start);
        is_big_ = order == 0;
        auto code = number<uint32_t>();
        Geometry out;
        out.shape = code % 1000;
        out.dimensions = code / 1000;
        if (out.shape < kPoint || out.shape > kCollection || out.dimensions > 3)
            fail("Invalid or unsupported type " + std::to_string(code), start + 1);
        read_body(&out, depth);
        return out;
    }

    void read_body(Geometry* out, int depth) {
        if (out->shape == kPoint) {
            coordinates(out, 1);
        } else if (out->shape == kLineString) {
            size_t start = at_;
            size_t n = count(8 * out->width());
            if (n == 1) fail("Too few points in linestring", start);
            coordinates(out, n);
        } else if (out->shape == kPolygon) {
            for (size_t n = count(4); n > 0; --n) out->parts.push_back(ring(*out));
        } else {
            for (size_t n = count(5); n > 0; --n) out->parts.push_back(part(*out, depth));
        }
    }

    Geometry ring(const Geometry& polygon) {
        Geometry out;
        out.dimensions = polygon.dimensions;
        size_t start = at_;
        size_t n = count(8 * out.width());
        if (n < kMinRing) fail("Too few points in ring", start);
        coordinates(&out, n);
        size_t last = (n - 1) * out.width();
        bool is_closed = out.coordinates[0] == out.coordinates[last] &&
                         out.coordinates[1] == out.coordinates[last + 1];
        if (!is_closed) fail("Found non-closed ring", start);
        return out;
    }

    Geometry part(const Geometry& whole, int depth) {
        size_t start = at_;
        bool is_big = is_big_;
        auto out = geometry(depth + 1);
        is_big_ = is_big;
        bool fits = whole.shape == kCollection || out.shape + 3 == whole.shape;
        if (!fits || out.dimensions != whole.dimensions)
            fail("Unexpected geometry inside another", start);
        return out;
    }

    void coordinates(Geometry* out, size_t points) {
        size_t width = out->width();
        for (size_t i = 0; i < points * width; ++i) {
            size_t place = at_;
            auto x = number<double>();
            out->coordinates.push_back(x);
            // A point of NaN is the empty point.
            bool is_valid = std::isfinite(x) || (out->shape == kPoint && std::isnan(x));
            double limit = i % width == 0 ? 180 : 90;
            if (is_geography_ && i % width < 2 && std::abs(x) > limit) is_valid = false;
            if (!is_valid) fail("Invalid coordinate value found", place);
        }
    }

    std::string_view bytes_;
    bool is_geography_;
    bool is_big_ = false;
    size_t at_ = 0;
};

class WkbWriter {
public:
    explicit WkbWriter(bool is_big) : is_big_(is_big) {}

    std::string write(const Geometry& g) {
        append(g);
        return std::move(out_);
    }

private:
    template <class T>
    void number(T x) {
        auto raw = std::bit_cast<std::array<char, sizeof(T)>>(x);
        if (is_big_) std::reverse(raw.begin(), raw.end());
        out_.append(raw.data(), raw.size());
    }
    void append(const Geometry& g) {
        if (g.shape != 0) {
            out_ += is_big_ ? '\0' : '\1';
            number(g.dimensions * 1000 + g.shape);
        }
        if (g.shape == 0 || g.shape == kLineString)
            number(static_cast<uint32_t>(g.coordinates.size() / g.width()));
        if (g.shape >= kPolygon) number(static_cast<uint32_t>(g.parts.size()));
        for (double x : g.coordinates) number(x);
        for (const auto& part : g.parts) append(part);
    }

    bool is_big_;
    std::string out_;
};

// Without the ".0" that doubles end with elsewhere.
std::string coordinate_text(double x) {
    auto text = double_to_string(x);
    return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

std::string wkt(const Geometry& g, bool is_named);

std::string wkt_body(const Geometry& g) {
    std::string out;
    for (size_t i = 0; i < g.coordinates.size(); ++i) {
        if (i > 0) out += i % g.width() == 0 ? ", " : " ";
        out += coordinate_text(g.coordinates[i]);
    }
    for (const auto& part : g.parts)
        out += (out.empty() ? "" : ", ") + wkt(part, g.shape == kCollection);
    return "(" + out + ")";
}

std::string wkt(const Geometry& g, bool is_named) {
    static constexpr const char* kDimensions[] = {"", " Z ", " M ", " ZM "};
    bool is_empty = g.shape == kPoint ? std::isnan(g.coordinates[0])
                                      : g.coordinates.empty() && g.parts.empty();
    std::string name = is_named ? std::string(kShapeNames[g.shape]) + kDimensions[g.dimensions]
                                : "";
    if (!is_empty) return name + wkt_body(g);
    return (name.empty() || name.ends_with(' ') ? name : name + " ") + "EMPTY";
}

}  // namespace

std::string crs_of_srid(int srid, bool is_geographic) {
    for (const auto& system : kSystems) {
        if (system.srid == srid && (system.is_geographic || !is_geographic)) return system.crs;
    }
    return "";
}

std::optional<int> srid_of_crs(const std::string& crs, bool is_geographic) {
    for (const auto& system : kSystems) {
        if (system.crs == crs && (system.is_geographic || !is_geographic)) return system.srid;
    }
    return std::nullopt;
}

Error invalid_srid(int64_t srid) {
    return Error(
        ErrorKind::kIllegalArgument, "ST_INVALID_SRID_VALUE", {{"srid", std::to_string(srid)}});
}

std::string checked_wkb(std::string_view wkb, bool is_geography) {
    return WkbWriter(false).write(WkbReader(wkb, is_geography).read());
}

std::string big_endian_wkb(std::string_view wkb) {
    return WkbWriter(true).write(WkbReader(wkb, false).read());
}

std::string geo_text(int srid, std::string_view wkb) {
    return "SRID=" + std::to_string(srid) + ";" + wkt(WkbReader(wkb, false).read(), true);
}

}  // namespace hanok::types

#pragma once
// A value of an Avro schema as a tree, for data that is small: manifests, defaults, tests.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "avro/binary.h"
#include "avro/schema.h"

namespace hanok::avro {

/// null: monostate; boolean; int, long, enum (the symbol's number): int64_t; float, double: double;
/// bytes, string, fixed: std::string; record: one item a field; array: its items; map: keys and
/// values in turn. A union has no level of its own: the value is that of its branch.
struct Datum {
    using List = std::vector<Datum>;
    std::variant<std::monostate, bool, int64_t, double, std::string, List> v;

    Datum() = default;
    template <class T>
    explicit Datum(T x) : v(std::move(x)) {}

    bool is_null() const { return v.index() == 0; }
    // Each throws Error AVRO_MALFORMED_DATA when it holds something else.
    bool as_bool() const;
    int64_t as_int() const;
    double as_double() const;
    const std::string& as_string() const;
    const List& as_list() const;
    bool operator==(const Datum&) const = default;
};

inline Datum datum(bool x) { return Datum(x); }
inline Datum datum(int64_t x) { return Datum(x); }
inline Datum datum(double x) { return Datum(x); }
inline Datum datum(std::string x) { return Datum(std::move(x)); }
inline Datum datum(Datum::List x) { return Datum(std::move(x)); }

/// Throws Error AVRO_MALFORMED_DATA when the datum does not fit the schema.
void encode(const Schema& schema, const Datum& value, Encoder* out);
Datum decode(const Schema& schema, Decoder* in);
/// Passes over a value.
void skip(const Schema& schema, Decoder* in);

}  // namespace hanok::avro

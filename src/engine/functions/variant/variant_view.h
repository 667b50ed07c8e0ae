#pragma once
// A VARIANT read where it lies. Raises MALFORMED_VARIANT for bytes that are none.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/functions/decimal_math.h"

namespace hanok::engine {

enum class VariantKind : uint8_t {
    kNull,
    kBoolean,
    kLong,  // every integral width
    kFloat,
    kDouble,
    kDecimal,
    kDate,
    kTimestamp,
    kTimestampNtz,
    kString,
    kBinary,
    kUuid,
    kArray,
    kObject,
};

struct VariantDecimal {
    Int128 unscaled = 0;
    int scale = 0;
};

// Valid as long as the bytes it was made of.
class VariantView {
public:
    VariantView(std::string_view value, std::string_view metadata)
        : value_(value), metadata_(metadata) {}

    VariantKind kind() const;
    bool boolean() const;
    // Of kLong, kDate (days), kTimestamp and kTimestampNtz (microseconds).
    int64_t integer() const;
    double real() const;  // of kFloat and kDouble
    // Without zeros at the end of its fraction.
    VariantDecimal decimal() const;
    std::string_view text() const;  // of kString and kBinary
    std::string uuid() const;

    size_t size() const;  // elements of an array, fields of an object
    VariantView element(size_t i) const;
    std::string_view key(size_t i) const;  // in the order of the keys
    std::optional<VariantView> field(std::string_view name) const;

    std::string_view bytes() const { return value_; }
    std::string_view metadata() const { return metadata_; }

    // Does every part of the value read without a fault?
    static bool is_valid(std::string_view value, std::string_view metadata);

private:
    struct Layout {
        size_t count, id_size, offset_size, ids, offsets, data;
    };
    uint8_t byte(size_t i) const;
    uint64_t unsigned_at(size_t at, size_t bytes) const;
    int64_t signed_at(size_t at, size_t bytes) const;
    Layout layout() const;
    VariantView part(const Layout& layout, size_t i) const;
    std::string_view dictionary_key(size_t id) const;
    void check(int depth) const;
    size_t length() const;

    std::string_view value_;
    std::string_view metadata_;
};

}  // namespace hanok::engine

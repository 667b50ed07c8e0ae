#pragma once
// Writes a VARIANT: values one after the other, arrays and objects around them.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/functions/variant/variant_view.h"

namespace hanok::engine {

class VariantBuilder {
public:
    void null();
    void boolean(bool x);
    void integer(int64_t x);  // as narrow as it goes
    void real(double x);
    void single(float x);
    void decimal(VariantDecimal x);
    void date(int32_t days);
    void timestamp(int64_t micros);
    void timestamp_ntz(int64_t micros);
    void text(std::string_view x);
    void binary(std::string_view x);
    // A value of another variant, under this one's dictionary.
    void copy(const VariantView& x);

    // The parts of an array or object are written between begin() and end_…().
    struct Field {
        std::string_view key;  // kept by the builder
        uint32_t id;
        size_t offset;  // of its value behind begin()
    };
    size_t begin() const { return value_.size(); }
    // Where the next element starts, relative to begin.
    size_t offset(size_t begin) const { return value_.size() - begin; }
    void end_array(size_t begin, const std::vector<size_t>& offsets);
    // Call field() before writing the field's value.
    Field field(std::string_view key, size_t begin);
    // Raises VARIANT_DUPLICATE_KEY.
    void end_object(size_t begin, std::vector<Field>& fields);

    const std::string& value() const { return value_; }
    std::string metadata() const;

private:
    void head(uint8_t type) { value_ += static_cast<char>(type << 2); }
    void number(uint64_t x, size_t bytes);
    void check_size() const;

    std::string value_;
    std::unordered_map<std::string, uint32_t> ids_;
    std::vector<const std::string*> keys_;  // of ids_, by id
    size_t key_bytes_ = 0;
};

}  // namespace hanok::engine

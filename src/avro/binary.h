#pragma once
// Avro's binary encoding of primitive values.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace hanok::avro {

/// Appends values to a buffer of the caller.
class Encoder {
public:
    explicit Encoder(std::string* out) : out_(*out) {}

    void put_boolean(bool value) { out_ += value ? '\1' : '\0'; }
    void put_long(int64_t value);  // int and long, counts, union branches, enum symbols
    void put_float(float value) { put_raw(&value, sizeof value); }
    void put_double(double value) { put_raw(&value, sizeof value); }
    void put_bytes(std::string_view bytes) {
        put_long(static_cast<int64_t>(bytes.size()));
        out_ += bytes;
    }
    void put_fixed(std::string_view bytes) { out_ += bytes; }

private:
    void put_raw(const void* bytes, size_t size) {
        out_.append(static_cast<const char*>(bytes), size);
    }
    std::string& out_;
};

/// Takes values off the front. Throws Error AVRO_MALFORMED_DATA at the end of the data, and for
/// lengths that cannot be.
class Decoder {
public:
    explicit Decoder(std::string_view data) : data_(data) {}

    bool take_boolean() { return take_fixed(1)[0] != '\0'; }
    int64_t take_long();
    float take_float() { return take_raw<float>(); }
    double take_double() { return take_raw<double>(); }
    /// A view into the data.
    std::string_view take_bytes() { return take_fixed(take_long()); }
    std::string_view take_fixed(int64_t size);
    /// The number of items of the next block of an array or map, 0 after the last.
    int64_t take_block();

    bool at_end() const { return at_ == data_.size(); }
    size_t position() const { return at_; }

private:
    template <class T>
    T take_raw() {
        T value;
        std::memcpy(&value, take_fixed(sizeof value).data(), sizeof value);
        return value;
    }
    std::string_view data_;
    size_t at_ = 0;
};

[[noreturn]] void throw_malformed(const std::string& reason);

}  // namespace hanok::avro

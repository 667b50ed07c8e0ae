#include "engine/functions/variant/variant_builder.h"

#include <algorithm>
#include <cstring>

#include "engine/functions/kernel.h"
#include "engine/functions/variant/variant_format.h"

namespace hanok::engine {

namespace {

size_t bytes_for(size_t x) {
    if (x <= 0xFF) return 1;
    if (x <= 0xFFFF) return 2;
    return x <= 0xFFFFFF ? 3 : 4;
}

void append(std::string& out, uint64_t x, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(x >> (8 * i) & 0xFF);
}

}  // namespace

void VariantBuilder::number(uint64_t x, size_t bytes) { append(value_, x, bytes); }

void VariantBuilder::null() { head(kVariantNull); }
void VariantBuilder::boolean(bool x) { head(x ? kVariantTrue : kVariantFalse); }

void VariantBuilder::integer(int64_t x) {
    auto bits = static_cast<uint64_t>(x);
    if (x == static_cast<int8_t>(x)) {
        head(kVariantInt8);
        number(bits, 1);
    } else if (x == static_cast<int16_t>(x)) {
        head(kVariantInt16);
        number(bits, 2);
    } else if (x == static_cast<int32_t>(x)) {
        head(kVariantInt32);
        number(bits, 4);
    } else {
        head(kVariantInt64);
        number(bits, 8);
    }
}

void VariantBuilder::real(double x) {
    uint64_t bits = 0;
    std::memcpy(&bits, &x, sizeof(x));
    head(kVariantDouble);
    number(bits, 8);
}

void VariantBuilder::single(float x) {
    uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof(x));
    head(kVariantFloat);
    number(bits, 4);
}

void VariantBuilder::decimal(VariantDecimal x) {
    auto size = x.unscaled < 0 ? -x.unscaled : x.unscaled;
    bool small = size < power_of_ten(9) && x.scale <= 9;
    bool medium = size < power_of_ten(18) && x.scale <= 18;
    head(small ? kVariantDecimal4 : medium ? kVariantDecimal8 : kVariantDecimal16);
    value_ += static_cast<char>(x.scale);
    number(static_cast<uint64_t>(x.unscaled), small ? 4 : 8);
    if (!small && !medium) number(static_cast<uint64_t>(x.unscaled >> 64), 8);
}

void VariantBuilder::date(int32_t days) {
    head(kVariantDate);
    number(static_cast<uint32_t>(days), 4);
}
void VariantBuilder::timestamp(int64_t micros) {
    head(kVariantTimestamp);
    number(static_cast<uint64_t>(micros), 8);
}
void VariantBuilder::timestamp_ntz(int64_t micros) {
    head(kVariantTimestampNtz);
    number(static_cast<uint64_t>(micros), 8);
}

void VariantBuilder::text(std::string_view x) {
    if (x.size() < 64) {
        value_ += static_cast<char>(x.size() << 2 | kVariantShortString);
    } else {
        head(kVariantLongString);
        number(x.size(), 4);
    }
    value_ += x;
    check_size();
}

void VariantBuilder::binary(std::string_view x) {
    head(kVariantBinary);
    number(x.size(), 4);
    value_ += x;
    check_size();
}

void VariantBuilder::copy(const VariantView& x) {
    auto kind = x.kind();
    auto start = begin();
    if (kind == VariantKind::kArray) {
        std::vector<size_t> offsets;
        for (size_t i = 0; i < x.size(); ++i) {
            offsets.push_back(offset(start));
            copy(x.element(i));
        }
        end_array(start, offsets);
    } else if (kind == VariantKind::kObject) {
        std::vector<Field> fields;
        for (size_t i = 0; i < x.size(); ++i) {
            fields.push_back(field(x.key(i), start));
            copy(x.element(i));
        }
        end_object(start, fields);
    } else {
        value_ += x.bytes();
    }
    check_size();
}

void VariantBuilder::end_array(size_t begin, const std::vector<size_t>& offsets) {
    auto data = offset(begin);
    bool is_large = offsets.size() > 0xFF;
    auto offset_size = bytes_for(data);
    std::string front(
        1, static_cast<char>((is_large ? 1 : 0) << 4 | (offset_size - 1) << 2 | kVariantArray));
    append(front, offsets.size(), is_large ? 4 : 1);
    for (auto at : offsets) append(front, at, offset_size);
    append(front, data, offset_size);
    value_.insert(begin, front);
    check_size();
}

VariantBuilder::Field VariantBuilder::field(std::string_view key, size_t begin) {
    auto [it, is_new] = ids_.emplace(std::string(key), static_cast<uint32_t>(keys_.size()));
    if (is_new) {
        keys_.push_back(&it->first);
        key_bytes_ += key.size();
    }
    return {it->first, it->second, offset(begin)};
}

void VariantBuilder::end_object(size_t begin, std::vector<Field>& fields) {
    std::sort(
        fields.begin(), fields.end(), [](const Field& a, const Field& b) { return a.key < b.key; });
    uint32_t largest = 0;
    for (size_t i = 0; i < fields.size(); ++i) {
        if (i > 0 && fields[i].id == fields[i - 1].id) {
            raise(runtime_error("VARIANT_DUPLICATE_KEY", {{"key", std::string(fields[i].key)}}));
        }
        largest = std::max(largest, fields[i].id);
    }
    auto data = offset(begin);
    bool is_large = fields.size() > 0xFF;
    auto id_size = bytes_for(largest);
    auto offset_size = bytes_for(data);
    std::string front(1, static_cast<char>((is_large ? 1 : 0) << 6 | (id_size - 1) << 4 |
                                           (offset_size - 1) << 2 | kVariantObject));
    append(front, fields.size(), is_large ? 4 : 1);
    for (const auto& f : fields) append(front, f.id, id_size);
    for (const auto& f : fields) append(front, f.offset, offset_size);
    append(front, data, offset_size);
    value_.insert(begin, front);
    check_size();
}

std::string VariantBuilder::metadata() const {
    auto size = bytes_for(std::max(key_bytes_, keys_.size()));
    std::string out(1, static_cast<char>(kVariantVersion | (size - 1) << 6));
    append(out, keys_.size(), size);
    size_t at = 0;
    for (const auto* key : keys_) {
        append(out, at, size);
        at += key->size();
    }
    append(out, at, size);
    for (const auto* key : keys_) out += *key;
    return out;
}

void VariantBuilder::check_size() const {
    if (value_.size() <= kVariantSizeLimit) return;
    raise(runtime_error("VARIANT_SIZE_LIMIT",
        {{"sizeLimit", std::to_string(kVariantSizeLimit)}, {"functionName", "`parse_json`"}}));
}

}  // namespace hanok::engine

#pragma once
// The codes of the variant encoding: the low two bits of a value's first byte, and the type of a
// primitive in its upper six.

#include <cstdint>

namespace hanok::engine {

constexpr uint8_t kVariantVersion = 1;

constexpr uint8_t kVariantPrimitive = 0, kVariantShortString = 1, kVariantObject = 2,
                  kVariantArray = 3;

constexpr uint8_t kVariantNull = 0, kVariantTrue = 1, kVariantFalse = 2, kVariantInt8 = 3,
                  kVariantInt16 = 4, kVariantInt32 = 5, kVariantInt64 = 6, kVariantDouble = 7,
                  kVariantDecimal4 = 8, kVariantDecimal8 = 9, kVariantDecimal16 = 10,
                  kVariantDate = 11, kVariantTimestamp = 12, kVariantTimestampNtz = 13,
                  kVariantFloat = 14, kVariantBinary = 15, kVariantLongString = 16,
                  kVariantUuid = 20;

constexpr size_t kVariantSizeLimit = size_t{128} << 20;

}  // namespace hanok::engine

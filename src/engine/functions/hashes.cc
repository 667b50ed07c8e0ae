// hash (Murmur3), xxhash64, checksums and digests.

#include <openssl/evp.h>

#include <array>
#include <cstring>

#include "base/hex.h"
#include "engine/functions/groups.h"
#include "engine/functions/spark_hash.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"

namespace hanok::engine {

namespace {

std::string digest(std::string_view data, const EVP_MD* algorithm) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(data.data(), data.size(), out, &size, algorithm, nullptr);
    return base::hex({reinterpret_cast<const char*>(out), size});
}

std::optional<std::string> sha2(std::string_view data, int32_t bits) {
    switch (bits) {
        case 224: return digest(data, EVP_sha224());
        case 0:
        case 256: return digest(data, EVP_sha256());
        case 384: return digest(data, EVP_sha384());
        case 512: return digest(data, EVP_sha512());
        default: return std::nullopt;
    }
}

int64_t crc32(std::string_view data) {
    static const auto table = [] {
        std::array<uint32_t, 256> t{};
        for (uint32_t i = 0; i < 256; ++i) {
            uint32_t c = i;
            for (int k = 0; k < 8; ++k) c = c & 1 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
            t[i] = c;
        }
        return t;
    }();
    uint32_t crc = 0xFFFFFFFFU;
    for (unsigned char byte : data) crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8);
    return crc ^ 0xFFFFFFFFU;
}

template <class T, class Hash>
void add_hash(KernelSet& kernels, const std::string& name, duckdb::LogicalType result_type, T seed,
    Hash hash) {
    TypedOptions options;
    options.result = std::move(result_type);
    options.keeps_nulls = true;
    add_typed_kernel(kernels, name, options,
        [seed, hash](const TypedCall&, std::vector<NestedColumn>& columns, duckdb::idx_t count,
            duckdb::Vector& result) {
            auto* out = duckdb::FlatVector::GetData<T>(result);
            for (duckdb::idx_t row = 0; row < count; ++row) {
                T value = seed;
                for (const auto& column : columns) value = hash(column, row, value);
                out[row] = value;
            }
        });
}

LowerFunction typed(const std::string& kernel) {
    return [kernel](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        std::vector<types::TypePtr> argument_types;
        for (const auto& a : call.args) argument_types.push_back(a->type);
        return typed_call(kernel, argument_types, nullptr, {}, std::move(args));
    };
}

}  // namespace

void lower_hashes(FunctionLowerings& l) {
    l.scalar("hash", typed("spark_hash"));
    l.scalar("xxhash64", typed("spark_xxhash64"));
}

void add_hashes(KernelSet& kernels) {
    add_hash<int32_t>(kernels, "spark_hash", duckdb::LogicalType::INTEGER, 42,
        [](const NestedColumn& c, duckdb::idx_t row, int32_t seed) {
            return murmur3_value(c, row, seed);
        });
    add_hash<int64_t>(kernels, "spark_xxhash64", duckdb::LogicalType::BIGINT, 42,
        [](const NestedColumn& c, duckdb::idx_t row, int64_t seed) {
            return xxhash64_value(c, row, seed);
        });
    kernels.add("spark_md5", [](Bytes b) { return digest(b.data, EVP_md5()); });
    kernels.add("spark_sha1", [](Bytes b) { return digest(b.data, EVP_sha1()); });
    kernels.add("spark_sha2", [](Bytes b, int32_t bits) { return sha2(b.data, bits); });
    kernels.add("spark_crc32", [](Bytes b) { return crc32(b.data); });
}

}  // namespace hanok::engine

#pragma once
// Decimals in DuckDB vectors as plain integers.

#include <duckdb.hpp>
#include <duckdb/common/vector_operations/binary_executor.hpp>
#include <optional>

#include "engine/functions/decimal_math.h"

namespace hanok::engine {

inline Int128 raw(duckdb::hugeint_t x) {
    return static_cast<Int128>(
        (static_cast<unsigned __int128>(static_cast<uint64_t>(x.upper)) << 64) | x.lower);
}
inline int64_t raw(int64_t x) { return x; }
inline int64_t raw(int32_t x) { return x; }
inline int64_t raw(int16_t x) { return x; }

// The integer type in which values of a storage type are computed.
template <class R>
using Wider = std::conditional_t<std::is_same_v<R, duckdb::hugeint_t>, Int128, int64_t>;

template <class R>
R stored(Int128 x) {
    if constexpr (std::is_same_v<R, duckdb::hugeint_t>) {
        duckdb::hugeint_t out;
        out.lower = static_cast<uint64_t>(x);
        out.upper = static_cast<int64_t>(x >> 64);
        return out;
    } else {
        return static_cast<R>(x);
    }
}

// Runs f(a, b) -> optional<Int128> over two decimal columns.
template <class A, class B, class R, class F>
void run_decimal(duckdb::DataChunk& args, duckdb::Vector& result, F f) {
    duckdb::BinaryExecutor::ExecuteWithNulls<A, B, R>(args.data[0], args.data[1], result,
        args.size(), [&f](A a, B b, duckdb::ValidityMask& validity, duckdb::idx_t row) {
            std::optional<Int128> value = f(Int128(raw(a)), Int128(raw(b)));
            if (!value) {
                validity.SetInvalid(row);
                return R();
            }
            return stored<R>(*value);
        });
}

}  // namespace hanok::engine

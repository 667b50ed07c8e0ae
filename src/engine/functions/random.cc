#include "engine/functions/random.h"

#include <duckdb/planner/expression/bound_function_expression.hpp>

#include <atomic>
#include <cmath>
#include <random>

#include "base/ids.h"
#include "engine/functions/groups.h"
#include "engine/functions/mersenne_twister.h"
#include "engine/functions/row_places.h"

namespace hanok::engine {

uint32_t murmur3_bytes(std::string_view bytes, uint32_t seed) {
    auto rotate = [](uint32_t x, int r) { return (x << r) | (x >> (32 - r)); };
    auto mix = [&](uint32_t k) { return rotate(k * 0xcc9e2d51U, 15) * 0x1b873593U; };
    uint32_t h = seed;
    size_t i = 0;
    auto byte = [&](size_t at) {
        return static_cast<uint32_t>(static_cast<unsigned char>(bytes[at]));
    };
    for (; i + 4 <= bytes.size(); i += 4) {
        h ^= mix(byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24);
        h = rotate(h, 13) * 5 + 0xe6546b64U;
    }
    uint32_t tail = 0;
    for (size_t j = bytes.size(); j > i; --j) tail = tail << 8 | byte(j - 1);
    if (i < bytes.size()) h ^= mix(tail);
    h ^= static_cast<uint32_t>(bytes.size());
    h ^= h >> 16;
    h *= 0x85ebca6bU;
    h ^= h >> 13;
    h *= 0xc2b2ae35U;
    return h ^ (h >> 16);
}

namespace {

constexpr uint32_t kArraySeed = 0x3c074a61;

int64_t hashed_seed(int64_t seed) {
    char bytes[8];
    for (int i = 0; i < 8; ++i)
        bytes[i] = static_cast<char>(static_cast<uint64_t>(seed) >> (56 - 8 * i));
    std::string_view view(bytes, 8);
    auto low = murmur3_bytes(view, kArraySeed);
    auto high = murmur3_bytes(view, low);
    return static_cast<int64_t>(static_cast<uint64_t>(high) << 32 | low);
}

}  // namespace

XorShift::XorShift(int64_t seed) : state_(hashed_seed(seed)) {}

int32_t XorShift::next(int bits) {
    auto x = static_cast<uint64_t>(state_);
    x ^= x << 21;
    x ^= x >> 35;
    x ^= x << 4;
    state_ = static_cast<int64_t>(x);
    return static_cast<int32_t>(x & ((uint64_t(1) << bits) - 1));
}

int32_t XorShift::next_int(int32_t bound) {
    int32_t r = next(31);
    int32_t m = bound - 1;
    if ((bound & m) == 0) return static_cast<int32_t>((static_cast<int64_t>(bound) * r) >> 31);
    for (int32_t u = r;
         static_cast<int32_t>(static_cast<uint32_t>(u) - static_cast<uint32_t>(r = u % bound) +
                              static_cast<uint32_t>(m)) < 0;)
        u = next(31);
    return r;
}

int64_t XorShift::next_long() {
    auto high = static_cast<uint64_t>(static_cast<int64_t>(next(32)));
    auto low = static_cast<uint64_t>(static_cast<int64_t>(next(32)));
    return static_cast<int64_t>((high << 32) + low);
}

double XorShift::next_double() {
    auto high = static_cast<uint64_t>(static_cast<uint32_t>(next(26)));
    auto low = static_cast<uint64_t>(static_cast<uint32_t>(next(27)));
    return static_cast<double>((high << 27) + low) * 0x1.0p-53;
}

double XorShift::next_gaussian() {
    if (has_gaussian_) {
        has_gaussian_ = false;
        return gaussian_;
    }
    double v1 = 0, v2 = 0, s = 0;
    do {
        v1 = 2 * next_double() - 1;
        v2 = 2 * next_double() - 1;
        s = v1 * v1 + v2 * v2;
    } while (s >= 1 || s == 0);
    double multiplier = std::sqrt(-2 * std::log(s) / s);
    gaussian_ = v2 * multiplier;
    has_gaussian_ = true;
    return v1 * multiplier;
}

namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::Vector;

// Each thread is a partition of its own; its number is added to the seed.
struct SeedData : duckdb::FunctionData {
    int64_t seed = 0;
    std::shared_ptr<std::atomic<int64_t>> partitions = std::make_shared<std::atomic<int64_t>>(0);
    duckdb::unique_ptr<FunctionData> Copy() const override {
        auto copy = duckdb::make_uniq<SeedData>();
        copy->seed = seed;
        copy->partitions = partitions;
        return copy;
    }
    bool Equals(const FunctionData& other) const override {
        return partitions == other.Cast<SeedData>().partitions;
    }
};

struct GeneratorState : duckdb::FunctionLocalState {
    XorShift random;
    MersenneTwister ids;
    explicit GeneratorState(int64_t seed) : random(seed), ids(seed) {}
};

duckdb::unique_ptr<duckdb::FunctionLocalState> start(
    ExpressionState&, const duckdb::BoundFunctionExpression&, duckdb::FunctionData* data) {
    auto& seed = data->Cast<SeedData>();
    return duckdb::make_uniq<GeneratorState>(seed.seed + (*seed.partitions)++);
}

GeneratorState& state_of(ExpressionState& state) {
    return duckdb::ExecuteFunctionState::GetFunctionState(state)->Cast<GeneratorState>();
}

duckdb::unique_ptr<duckdb::FunctionData> bind_seed(duckdb::ClientContext& context, ScalarFunction&,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& args) {
    auto data = duckdb::make_uniq<SeedData>();
    auto value = bound_constant(context, *args.back());
    data->seed = value.IsNull() ? 0 : value.GetValue<int64_t>();
    return data;
}

template <double (XorShift::*Draw)()>
void draw(DataChunk& args, ExpressionState& state, Vector& result) {
    auto& random = state_of(state).random;
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* out = duckdb::FlatVector::GetData<double>(result);
    for (duckdb::idx_t i = 0; i < args.size(); ++i) out[i] = (random.*Draw)();
}

void uniform(DataChunk& args, ExpressionState& state, Vector& result) {
    auto& random = state_of(state).random;
    args.Flatten();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* out = duckdb::FlatVector::GetData<double>(result);
    auto* low = duckdb::FlatVector::GetData<double>(args.data[0]);
    auto* high = duckdb::FlatVector::GetData<double>(args.data[1]);
    for (duckdb::idx_t i = 0; i < args.size(); ++i)
        out[i] = low[i] + random.next_double() * (high[i] - low[i]);
}

// Letters and digits, each drawn from 62.
void random_string(DataChunk& args, ExpressionState& state, Vector& result) {
    auto& random = state_of(state).random;
    args.Flatten();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
    auto* length = duckdb::FlatVector::GetData<int32_t>(args.data[0]);
    for (duckdb::idx_t row = 0; row < args.size(); ++row) {
        std::string text;
        for (int32_t i = 0; i < length[row]; ++i) {
            int v = std::abs(random.next(32) % 62);
            text += static_cast<char>(v < 10 ? '0' + v : v < 36 ? 'a' + v - 10 : 'A' + v - 36);
        }
        out[row] = duckdb::StringVector::AddString(result, text);
    }
}

void random_uuid(DataChunk& args, ExpressionState& state, Vector& result) {
    auto& random = state_of(state).ids;
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
    for (duckdb::idx_t row = 0; row < args.size(); ++row) {
        auto high = (random.next_long() & 0xFFFFFFFFFFFF0FFFULL) | 0x4000ULL;
        auto low = (random.next_long() | 0x8000000000000000ULL) & 0xBFFFFFFFFFFFFFFFULL;
        char text[40];
        std::snprintf(text, sizeof(text), "%08x-%04x-%04x-%04x-%012llx",
            static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xFFFF),
            static_cast<unsigned>(high & 0xFFFF), static_cast<unsigned>(low >> 48),
            static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFULL));
        out[row] = duckdb::StringVector::AddString(result, text, 36);
    }
}

void add_volatile(KernelSet& kernels, const std::string& name, duckdb::vector<LogicalType> types,
    LogicalType result, duckdb::scalar_function_t run) {
    types.push_back(LogicalType::BIGINT);
    ScalarFunction f(name, types, result, run, bind_seed);
    f.SetVolatile();
    f.init_local_state = start;
    kernels.add(std::move(f));
}

// Seeds that no one gave are drawn when the query is lowered.
LowerFunction with_seed(const std::string& kernel, size_t arguments) {
    return [kernel, arguments](const LowerContext&, const resolved::Call&, DuckExprs args) {
        if (args.size() == arguments) {
            std::random_device device;
            auto seed = static_cast<int64_t>(static_cast<uint64_t>(device()) << 32 | device());
            args.push_back(duck_constant(duckdb::Value::BIGINT(seed)));
        } else {
            args[arguments] = duck_cast(std::move(args[arguments]), LogicalType::BIGINT);
        }
        return duck_call(kernel, std::move(args));
    };
}

}  // namespace

void lower_random(FunctionLowerings& l) {
    l.scalar("rand", with_seed("spark_rand", 0));
    l.scalar("randn", with_seed("spark_randn", 0));
    l.scalar("uniform", with_seed("spark_uniform", 2));
    l.scalar("randstr", with_seed("spark_randstr", 1));
    l.scalar("uuid", with_seed("spark_uuid", 0));
    l.scalar("distributed_sequence_id",
        [](const LowerContext&, const resolved::Call&, DuckExprs) -> DuckExpr {
            auto number = duckdb::make_uniq<duckdb::WindowExpression>(
                duckdb::ExpressionType::WINDOW_ROW_NUMBER, "", "", "row_number");
            number->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
            number->end = duckdb::WindowBoundary::CURRENT_ROW_ROWS;
            return duck_call("-",
                duck_list(DuckExpr(std::move(number)), duck_constant(duckdb::Value::BIGINT(1))));
        });
}

void add_random(KernelSet& kernels) {
    add_volatile(kernels, "spark_rand", {}, LogicalType::DOUBLE, draw<&XorShift::next_double>);
    add_volatile(kernels, "spark_randn", {}, LogicalType::DOUBLE, draw<&XorShift::next_gaussian>);
    add_volatile(kernels, "spark_uniform", {LogicalType::DOUBLE, LogicalType::DOUBLE},
        LogicalType::DOUBLE, uniform);
    add_volatile(
        kernels, "spark_randstr", {LogicalType::INTEGER}, LogicalType::VARCHAR, random_string);
    add_volatile(kernels, "spark_uuid", {}, LogicalType::VARCHAR, random_uuid);
    add_row_places(kernels);
}

}  // namespace hanok::engine

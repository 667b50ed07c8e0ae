#include "engine/functions/row_places.h"

#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <unordered_map>

#include "engine/functions/random.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::LogicalType;
using duckdb::Vector;

struct SeedOfCall : duckdb::FunctionData {
    int64_t seed = 0;
    duckdb::unique_ptr<FunctionData> Copy() const override {
        return duckdb::make_uniq<SeedOfCall>(*this);
    }
    // Every call draws on its own.
    bool Equals(const FunctionData& other) const override { return this == &other; }
};

duckdb::unique_ptr<duckdb::FunctionData> bind_seed(duckdb::ClientContext& context,
    duckdb::ScalarFunction&, duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& args) {
    auto data = duckdb::make_uniq<SeedOfCall>();
    auto value = bound_constant(context, *args.back());
    data->seed = value.IsNull() ? 0 : value.GetValue<int64_t>();
    return data;
}

// What has been counted and drawn in each partition. One thread sees all rows: the number of the
// row, which is counted in order, is an argument.
struct Places : duckdb::FunctionLocalState {
    explicit Places(int64_t s) : seed(s) {}
    int64_t seed;
    std::unordered_map<int32_t, int64_t> rows;
    std::unordered_map<int32_t, XorShift> generators;

    XorShift& random(int32_t partition) {
        auto found = generators.find(partition);
        if (found == generators.end())
            found = generators.emplace(partition, XorShift(seed + partition)).first;
        return found->second;
    }
};

duckdb::unique_ptr<duckdb::FunctionLocalState> start(
    ExpressionState&, const duckdb::BoundFunctionExpression&, duckdb::FunctionData* data) {
    return duckdb::make_uniq<Places>(data ? data->Cast<SeedOfCall>().seed : 0);
}

Places& places_of(ExpressionState& state) {
    return duckdb::ExecuteFunctionState::GetFunctionState(state)->Cast<Places>();
}

void row_id(DataChunk& args, ExpressionState& state, Vector& result) {
    auto& rows = places_of(state).rows;
    args.Flatten();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* partitions = FlatVector::GetData<int32_t>(args.data[0]);
    auto* out = FlatVector::GetData<int64_t>(result);
    int64_t* counted = nullptr;
    for (duckdb::idx_t i = 0; i < args.size(); ++i) {
        if (i == 0 || partitions[i] != partitions[i - 1]) counted = &rows[partitions[i]];
        out[i] = (static_cast<int64_t>(partitions[i]) << 33) + (*counted)++;
    }
}

template <double (XorShift::*Draw)()>
void draw(DataChunk& args, ExpressionState& state, Vector& result) {
    auto& places = places_of(state);
    args.Flatten();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* partitions = FlatVector::GetData<int32_t>(args.data[0]);
    auto* out = FlatVector::GetData<double>(result);
    XorShift* random = nullptr;
    for (duckdb::idx_t i = 0; i < args.size(); ++i) {
        if (i == 0 || partitions[i] != partitions[i - 1]) random = &places.random(partitions[i]);
        out[i] = (random->*Draw)();
    }
}

void draw_between(DataChunk& args, ExpressionState& state, Vector& result) {
    auto& places = places_of(state);
    args.Flatten();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* partitions = FlatVector::GetData<int32_t>(args.data[0]);
    auto* low = FlatVector::GetData<double>(args.data[2]);
    auto* high = FlatVector::GetData<double>(args.data[3]);
    auto* out = FlatVector::GetData<double>(result);
    for (duckdb::idx_t i = 0; i < args.size(); ++i)
        out[i] = low[i] + places.random(partitions[i]).next_double() * (high[i] - low[i]);
}

// Each partition deals its rows out in turn, from a place of its own.
void deal(DataChunk& args, ExpressionState& state, Vector& result) {
    auto& turns = places_of(state).rows;
    args.Flatten();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* from = FlatVector::GetData<int32_t>(args.data[0]);
    auto* partitions = FlatVector::GetData<int32_t>(args.data[2]);
    auto* out = FlatVector::GetData<int32_t>(result);
    for (duckdb::idx_t i = 0; i < args.size(); ++i) {
        auto found = turns.find(from[i]);
        if (found == turns.end())
            found = turns.emplace(from[i], XorShift(from[i]).next_int(partitions[i])).first;
        out[i] = static_cast<int32_t>(++found->second % partitions[i]);
    }
}

// Rows come in the order of their keys, which are numbered. A bound stands behind the first key
// that fills a share of the rows; a key that fills several shares leaves them to those after it.
struct Bounds : duckdb::FunctionLocalState {
    int64_t rows = 0;
    int32_t bounds = 0;
    int32_t key = 0;
    int32_t before = 0;  // bounds before this key
};

duckdb::unique_ptr<duckdb::FunctionLocalState> start_bounds(
    ExpressionState&, const duckdb::BoundFunctionExpression&, duckdb::FunctionData*) {
    return duckdb::make_uniq<Bounds>();
}

void bound(DataChunk& args, ExpressionState& state, Vector& result) {
    auto& at = duckdb::ExecuteFunctionState::GetFunctionState(state)->Cast<Bounds>();
    args.Flatten();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* keys = FlatVector::GetData<int32_t>(args.data[0]);
    auto* totals = FlatVector::GetData<int64_t>(args.data[2]);
    auto* partitions = FlatVector::GetData<int32_t>(args.data[3]);
    auto* out = FlatVector::GetData<int32_t>(result);
    for (duckdb::idx_t i = 0; i < args.size(); ++i) {
        if (keys[i] != at.key) at.before = at.bounds;
        at.key = keys[i];
        out[i] = at.before;
        bool is_full = static_cast<types::Int128>(++at.rows) * partitions[i] >=
                       static_cast<types::Int128>(at.bounds + 1) * totals[i];
        if (is_full && at.bounds == at.before && at.bounds + 1 < partitions[i]) ++at.bounds;
    }
}

// (partition, row number, arguments…, seed)
void add_placed(KernelSet& kernels, const std::string& name, duckdb::vector<LogicalType> more,
    LogicalType result, duckdb::scalar_function_t run, bool seeded) {
    duckdb::vector<LogicalType> types{LogicalType::INTEGER, LogicalType::BIGINT};
    for (auto& type : more) types.push_back(type);
    if (seeded) types.push_back(LogicalType::BIGINT);
    duckdb::ScalarFunction f(name, types, result, run, seeded ? bind_seed : nullptr);
    f.SetVolatile();
    f.init_local_state = start;
    kernels.add(std::move(f));
}

}  // namespace

void add_row_places(KernelSet& kernels) {
    using Key = std::optional<int64_t>;
    // Which of `slices` equal parts of `total` rows a row is in; parts have a row at least.
    kernels.add("spark_slice_of", [](int64_t position, int64_t total, int32_t slices) -> int32_t {
        auto count = std::min<int64_t>(slices, total);
        auto end = (static_cast<types::Int128>(position) + 1) * count;
        return static_cast<int32_t>((end - 1) / total);
    });
    kernels.add("spark_range_position", [](int64_t id, int64_t start, int64_t step) -> int64_t {
        return static_cast<int64_t>((static_cast<types::Int128>(id) - start) / step);
    });
    kernels.add("spark_partition_of_key", [](Key key, int32_t partitions) -> int32_t {
        auto rest = key ? *key % partitions : 0;
        return static_cast<int32_t>(rest < 0 ? rest + partitions : rest);
    });
    add_placed(kernels, "spark_placed_round_robin", {LogicalType::INTEGER}, LogicalType::INTEGER,
        deal, false);
    duckdb::ScalarFunction range("spark_placed_range",
        {LogicalType::INTEGER, LogicalType::BIGINT, LogicalType::BIGINT, LogicalType::INTEGER},
        LogicalType::INTEGER, bound);
    range.SetVolatile();
    range.init_local_state = start_bounds;
    kernels.add(std::move(range));
    add_placed(kernels, "spark_placed_row_id", {}, LogicalType::BIGINT, row_id, false);
    add_placed(
        kernels, "spark_placed_rand", {}, LogicalType::DOUBLE, draw<&XorShift::next_double>, true);
    add_placed(kernels, "spark_placed_randn", {}, LogicalType::DOUBLE,
        draw<&XorShift::next_gaussian>, true);
    add_placed(kernels, "spark_placed_uniform", {LogicalType::DOUBLE, LogicalType::DOUBLE},
        LogicalType::DOUBLE, draw_between, true);
}

}  // namespace hanok::engine

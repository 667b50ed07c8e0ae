#include "engine/functions/sketches/distinct_count.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "engine/functions/sketches/sketch_aggregate.h"

namespace hanok::engine {

namespace {

// Up to there linear counting is the better estimate, by precision from 4 on.
constexpr double kThresholds[] = {
    10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11500, 20000, 50000, 120000, 350000};
constexpr int kLeastPrecision = 4;
constexpr int kMostPrecision = 24;

class Registers {
public:
    void add(const SketchRow& row) {
        if (registers_.empty()) start(row.real(1));
        auto hash = static_cast<uint64_t>(row.integer(0));
        auto index = hash >> (64 - precision_);
        auto rest = hash << precision_ | uint64_t{1} << (precision_ - 1);
        auto zeros = static_cast<uint8_t>(std::countl_zero(rest) + 1);
        registers_[index] = std::max(registers_[index], zeros);
    }

    void merge(const Registers& other) {
        for (size_t i = 0; i < registers_.size(); ++i)
            registers_[i] = std::max(registers_[i], other.registers_[i]);
    }

    int64_t count() const {
        auto m = static_cast<double>(registers_.size());
        double inverse = 0;
        double empty = 0;
        for (auto r : registers_) {
            inverse += 1.0 / static_cast<double>(uint64_t{1} << r);
            if (r == 0) ++empty;
        }
        double estimate = alpha() * m * m / inverse;
        if (empty > 0) {
            double linear = m * std::log(m / empty);
            auto at = static_cast<size_t>(precision_ - kLeastPrecision);
            bool is_small = at < std::size(kThresholds) && linear <= kThresholds[at];
            if (is_small || estimate <= 2.5 * m) return std::llround(linear);
        }
        return std::llround(estimate);
    }

private:
    void start(double deviation) {
        auto bits = std::ceil(2 * std::log(1.106 / deviation) / std::log(2.0));
        precision_ = std::clamp(static_cast<int>(bits), kLeastPrecision, kMostPrecision);
        registers_.assign(size_t{1} << precision_, 0);
    }

    double alpha() const {
        switch (precision_) {
            case 4: return 0.673;
            case 5: return 0.697;
            case 6: return 0.709;
            default: return 0.7213 / (1.0 + 1.079 / static_cast<double>(registers_.size()));
        }
    }

    int precision_ = 0;
    std::vector<uint8_t> registers_;
};

using Aggregate = SketchAggregate<Registers, 2>;

void finalize(duckdb::Vector& states, duckdb::AggregateInputData&, duckdb::Vector& result,
    duckdb::idx_t count, duckdb::idx_t offset) {
    duckdb::UnifiedVectorFormat sources;
    states.ToUnifiedFormat(count, sources);
    auto** data = reinterpret_cast<Aggregate::State**>(sources.data);
    bool constant = states.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
    auto* out = duckdb::FlatVector::GetData<int64_t>(result);
    for (duckdb::idx_t i = 0; i < (constant ? 1 : count); ++i) {
        const auto* sketch = data[sources.sel->get_index(i)]->sketch;
        out[i + (constant ? 0 : offset)] = sketch ? sketch->count() : 0;
    }
}

}  // namespace

void add_distinct_count(KernelSet& kernels) {
    using duckdb::LogicalType;
    duckdb::AggregateFunction function("spark_distinct_count",
        {LogicalType::BIGINT, LogicalType::DOUBLE}, LogicalType::BIGINT, Aggregate::size,
        Aggregate::initialize, Aggregate::update, Aggregate::combine, finalize, nullptr, nullptr,
        Aggregate::destroy);
    function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
    kernels.loader().RegisterFunction(std::move(function));
}

}  // namespace hanok::engine

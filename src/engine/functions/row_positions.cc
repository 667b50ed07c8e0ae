#include "engine/functions/row_positions.h"

#include "delta/deletion_vector.h"
#include "engine/functions/aggregates.h"
#include "engine/functions/sketches/sketch_aggregate.h"

namespace hanok::engine {

namespace {

constexpr const char* kKernel = "hanok_row_positions";
constexpr size_t kMostPending = 4096;

class RowPositions {
public:
    void add(const SketchRow& row) {
        pending_.push_back(static_cast<uint64_t>(row.integer(0)));
        if (pending_.size() == kMostPending) settle();
    }
    void merge(const RowPositions& other) {
        vector_.merge(other.vector_);
        vector_.add_many(other.pending_);
    }
    std::string bytes() const {
        auto all = vector_;
        all.add_many(pending_);
        return all.encode();
    }

private:
    void settle() {
        vector_.add_many(pending_);
        pending_.clear();
    }

    delta::DeletionVector vector_;
    std::vector<uint64_t> pending_;  // many at a time go in faster
};

}  // namespace

void lower_row_positions(FunctionLowerings& lowerings) {
    lowerings.aggregate("internal_row_positions",
        [](const LowerContext&, const AggregateCall&, DuckExprs args, DuckExprs) {
            return LoweredAggregate{duck_function(kKernel, std::move(args)), nullptr};
        });
}

void add_row_positions(KernelSet& kernels) {
    add_sketch_aggregate<RowPositions>(kernels, kKernel, {duckdb::LogicalType::BIGINT});
}

}  // namespace hanok::engine

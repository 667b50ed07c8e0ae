#pragma once
// A sketch class as a DuckDB aggregate. The class has add(const SketchRow&), merge(const S&) and
// bytes(); a row with a NULL among its first `required` arguments is left out.

#include <memory>
#include <string>

#include "engine/functions/kernel.h"

namespace hanok::engine {

// The arguments of one row.
class SketchRow {
public:
    SketchRow(const duckdb::UnifiedVectorFormat* formats, duckdb::idx_t row)
        : formats_(formats), row_(row) {}
    int64_t integer(size_t i) const { return at<int64_t>(i); }
    double real(size_t i) const { return at<double>(i); }
    std::string_view bytes(size_t i) const {
        const auto& s = at<duckdb::string_t>(i);
        return {s.GetData(), s.GetSize()};
    }
    bool is_null(size_t i) const {
        return !formats_[i].validity.RowIsValid(formats_[i].sel->get_index(row_));
    }

private:
    template <class T>
    const T& at(size_t i) const {
        return duckdb::UnifiedVectorFormat::GetData<T>(
            formats_[i])[formats_[i].sel->get_index(row_)];
    }
    const duckdb::UnifiedVectorFormat* formats_;
    duckdb::idx_t row_;
};

constexpr size_t kMaxSketchArguments = 4;

template <class S, size_t Required>
struct SketchAggregate {
    struct State {
        S* sketch;
    };

    static duckdb::idx_t size(const duckdb::AggregateFunction&) { return sizeof(State); }
    static void initialize(const duckdb::AggregateFunction&, duckdb::data_ptr_t state) {
        reinterpret_cast<State*>(state)->sketch = nullptr;
    }

    static void add(State& state, const duckdb::UnifiedVectorFormat* formats, duckdb::idx_t row) {
        SketchRow values(formats, row);
        for (size_t i = 0; i < Required; ++i) {
            if (values.is_null(i)) return;
        }
        if (!state.sketch) state.sketch = std::make_unique<S>().release();
        state.sketch->add(values);
    }

    static void update(duckdb::Vector inputs[], duckdb::AggregateInputData&, duckdb::idx_t count,
        duckdb::Vector& states, duckdb::idx_t rows) {
        duckdb::UnifiedVectorFormat formats[kMaxSketchArguments];
        for (duckdb::idx_t i = 0; i < count; ++i) inputs[i].ToUnifiedFormat(rows, formats[i]);
        duckdb::UnifiedVectorFormat targets;
        states.ToUnifiedFormat(rows, targets);
        auto** data = reinterpret_cast<State**>(targets.data);
        for (duckdb::idx_t row = 0; row < rows; ++row)
            add(*data[targets.sel->get_index(row)], formats, row);
    }

    static void combine(duckdb::Vector& source, duckdb::Vector& target, duckdb::AggregateInputData&,
        duckdb::idx_t count) {
        auto** from = duckdb::FlatVector::GetData<State*>(source);
        auto** to = duckdb::FlatVector::GetData<State*>(target);
        for (duckdb::idx_t i = 0; i < count; ++i) {
            if (!from[i]->sketch) continue;
            if (!to[i]->sketch) {
                to[i]->sketch = std::make_unique<S>(*from[i]->sketch).release();
            } else {
                to[i]->sketch->merge(*from[i]->sketch);
            }
        }
    }

    static void finalize(duckdb::Vector& states, duckdb::AggregateInputData&,
        duckdb::Vector& result, duckdb::idx_t count, duckdb::idx_t offset) {
        duckdb::UnifiedVectorFormat sources;
        states.ToUnifiedFormat(count, sources);
        auto** data = reinterpret_cast<State**>(sources.data);
        bool constant = states.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
        if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
        auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
        for (duckdb::idx_t i = 0; i < (constant ? 1 : count); ++i) {
            const auto* sketch = data[sources.sel->get_index(i)]->sketch;
            auto bytes = sketch ? sketch->bytes() : S().bytes();
            out[i + (constant ? 0 : offset)] = duckdb::StringVector::AddStringOrBlob(
                result, bytes.data(), bytes.size());
        }
    }

    static void destroy(duckdb::Vector& states, duckdb::AggregateInputData&, duckdb::idx_t count) {
        auto** data = duckdb::FlatVector::GetData<State*>(states);
        for (duckdb::idx_t i = 0; i < count; ++i) {
            std::unique_ptr<S> owned(data[i]->sketch);
            data[i]->sketch = nullptr;
        }
    }
};

// Arguments are BIGINT, DOUBLE or BLOB; the result is a BLOB.
template <class S, size_t Required = 1>
void add_sketch_aggregate(
    KernelSet& kernels, const std::string& name, duckdb::vector<duckdb::LogicalType> arguments) {
    using A = SketchAggregate<S, Required>;
    duckdb::AggregateFunction function(name, std::move(arguments), duckdb::LogicalType::BLOB,
        A::size, A::initialize, A::update, A::combine, A::finalize, nullptr, nullptr, A::destroy);
    function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
    kernels.loader().RegisterFunction(std::move(function));
}

}  // namespace hanok::engine

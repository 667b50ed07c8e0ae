// vector_sum, vector_avg: vectors travel through the aggregate as bytes.

#include <cstring>

#include "engine/functions/sketches/sketch_aggregate.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"
#include "engine/functions/vectors.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::LogicalType;

namespace {

// Sums of vectors of one length, and how many there were.
class VectorSum {
public:
    void add(const SketchRow& row) {
        auto bytes = row.bytes(0);
        std::vector<float> vector(bytes.size() / sizeof(float));
        if (!vector.empty()) std::memcpy(vector.data(), bytes.data(), bytes.size());
        if (count_ == 0) sums_.assign(vector.size(), 0);
        check(vector.size());
        for (size_t i = 0; i < vector.size(); ++i) sums_[i] += static_cast<double>(vector[i]);
        ++count_;
    }

    void merge(const VectorSum& other) {
        if (other.count_ == 0) return;
        if (count_ == 0) sums_.assign(other.sums_.size(), 0);
        check(other.sums_.size());
        for (size_t i = 0; i < sums_.size(); ++i) sums_[i] += other.sums_[i];
        count_ += other.count_;
    }

    // The count, then the sums.
    std::string bytes() const {
        std::string out(sizeof(count_) + sums_.size() * sizeof(double), '\0');
        std::memcpy(out.data(), &count_, sizeof(count_));
        if (!sums_.empty())
            std::memcpy(out.data() + sizeof(count_), sums_.data(), sums_.size() * sizeof(double));
        return out;
    }

private:
    void check(size_t size) const {
        if (size == sums_.size()) return;
        raise(runtime_error("VECTOR_DIMENSION_MISMATCH",
            {{"functionName", "`vector_sum`"}, {"expectedDim", std::to_string(sums_.size())},
                {"actualDim", std::to_string(size)}}));
    }

    int64_t count_ = 0;
    std::vector<double> sums_;
};

// A vector's bytes; NULL for one that holds a NULL.
void add_vector_bytes(KernelSet& kernels) {
    TypedOptions options;
    options.result = LogicalType::BLOB;
    add_typed_kernel(kernels, "spark_vector_bytes", options,
        [](const TypedCall&, std::vector<NestedColumn>& columns, idx_t count,
            duckdb::Vector& result) {
            auto* out = FlatVector::GetData<duckdb::string_t>(result);
            const auto& items = columns[0].child(0);
            for (idx_t row = 0; row < count; ++row) {
                bool holds_null = columns[0].is_null(row);
                std::string bytes;
                auto list = holds_null ? duckdb::list_entry_t{} : columns[0].entries(row);
                for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
                    holds_null = holds_null || items.is_null(i);
                    float x = items.single(i);
                    bytes.append(reinterpret_cast<const char*>(&x), sizeof(x));
                }
                if (holds_null) {
                    FlatVector::SetNull(result, row, true);
                } else {
                    out[row] = duckdb::StringVector::AddStringOrBlob(
                        result, bytes.data(), bytes.size());
                }
            }
        });
}

// The sums, or means, of a VectorSum's bytes; NULL when there were no vectors.
void run_finish(duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    args.Flatten();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* texts = FlatVector::GetData<duckdb::string_t>(args.data[0]);
    auto* averages = FlatVector::GetData<bool>(args.data[1]);
    auto* lists = FlatVector::GetData<duckdb::list_entry_t>(result);
    for (idx_t row = 0; row < args.size(); ++row) {
        int64_t count = 0;
        if (!FlatVector::IsNull(args.data[0], row))
            std::memcpy(&count, texts[row].GetData(), sizeof(count));
        if (count == 0) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        auto size = (texts[row].GetSize() - sizeof(count)) / sizeof(double);
        auto offset = duckdb::ListVector::GetListSize(result);
        duckdb::ListVector::Reserve(result, offset + size);
        auto* items = FlatVector::GetData<float>(duckdb::ListVector::GetEntry(result));
        for (size_t i = 0; i < size; ++i) {
            double sum = 0;
            std::memcpy(&sum, texts[row].GetData() + sizeof(count) + i * sizeof(sum), sizeof(sum));
            if (averages[row]) sum /= static_cast<double>(count);
            items[offset + i] = static_cast<float>(sum);
        }
        duckdb::ListVector::SetListSize(result, offset + size);
        lists[row] = {offset, size};
    }
}

LowerAggregate lower_sum(bool average) {
    return [average](const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
        auto bytes = typed_call(
            "spark_vector_bytes", {call.args[0]->type}, nullptr, {}, std::move(args));
        LoweredAggregate out;
        out.function = duckdb::make_uniq<duckdb::FunctionExpression>(
            "spark_vector_sum", duck_list(std::move(bytes)));
        out.finish = [average](DuckExpr sums) {
            return duck_call("spark_vector_finish",
                duck_list(std::move(sums), duck_constant(duckdb::Value::BOOLEAN(average))));
        };
        return out;
    };
}

}  // namespace

void lower_vector_aggregates(FunctionLowerings& l) {
    l.aggregate("vector_sum", lower_sum(false));
    l.aggregate("vector_avg", lower_sum(true));
}

void add_vector_aggregates(KernelSet& kernels) {
    add_sketch_aggregate<VectorSum>(kernels, "spark_vector_sum", {LogicalType::BLOB});
    add_vector_bytes(kernels);
    kernels.add(
        duckdb::ScalarFunction("spark_vector_finish", {LogicalType::BLOB, LogicalType::BOOLEAN},
            LogicalType::LIST(LogicalType::FLOAT), run_finish));
}

}  // namespace hanok::engine

#include "engine/functions/vectors.h"

#include <cmath>
#include <optional>

#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;

namespace {

struct Floats {
    const NestedColumn& items;
    duckdb::list_entry_t list;

    double operator[](size_t i) const { return static_cast<double>(items.single(list.offset + i)); }
    size_t size() const { return list.length; }
    bool has_null() const {
        for (size_t i = 0; i < size(); ++i) {
            if (items.is_null(list.offset + i)) return true;
        }
        return false;
    }
};

double inner_product(const Floats& a, const Floats& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

// NULL for a vector of length 0.
std::optional<double> cosine(const Floats& a, const Floats& b) {
    auto lengths = std::sqrt(inner_product(a, a)) * std::sqrt(inner_product(b, b));
    if (lengths == 0) return std::nullopt;
    return inner_product(a, b) / lengths;
}

double distance(const Floats& a, const Floats& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum);
}

double norm(const Floats& a, double degree, const std::string& function) {
    double out = 0;
    bool greatest = std::isinf(degree) && degree > 0;
    if (!greatest && degree != 1 && degree != 2) {
        raise(runtime_error("INVALID_VECTOR_NORM_DEGREE",
            {{"functionName", "`" + function + "`"}, {"degree", std::to_string(degree)}}));
    }
    for (size_t i = 0; i < a.size(); ++i) {
        auto x = std::abs(a[i]);
        out = greatest ? std::max(out, x) : out + (degree == 1 ? x : x * x);
    }
    return degree == 2 ? std::sqrt(out) : out;
}

using OfTwo = std::function<std::optional<double>(const Floats&, const Floats&)>;

void add_of_two(KernelSet& kernels, const std::string& name, const OfTwo& f) {
    TypedOptions options;
    options.result = duckdb::LogicalType::FLOAT;
    options.keeps_nulls = true;
    options.is_fallible = true;
    add_typed_kernel(kernels, "spark_" + name, options,
        [name, f](
            const TypedCall&, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
            auto* out = FlatVector::GetData<float>(result);
            for (idx_t row = 0; row < count; ++row) {
                std::optional<double> x;
                if (!columns[0].is_null(row) && !columns[1].is_null(row)) {
                    Floats a{columns[0].child(0), columns[0].entries(row)};
                    Floats b{columns[1].child(0), columns[1].entries(row)};
                    if (a.size() != b.size()) {
                        raise(runtime_error("VECTOR_DIMENSION_MISMATCH",
                            {{"functionName", "`" + name + "`"},
                                {"leftDim", std::to_string(a.size())},
                                {"rightDim", std::to_string(b.size())}}));
                    }
                    if (!a.has_null() && !b.has_null()) x = f(a, b);
                }
                FlatVector::SetNull(result, row, !x);
                if (x) out[row] = static_cast<float>(*x);
            }
        });
}

// nullopt where the vector or the degree is NULL.
std::optional<double> norm_of_row(
    std::vector<NestedColumn>& columns, idx_t row, const std::string& function) {
    if (columns[0].is_null(row) || columns[1].is_null(row)) return std::nullopt;
    Floats a{columns[0].child(0), columns[0].entries(row)};
    if (a.has_null()) return std::nullopt;
    return norm(a, static_cast<double>(columns[1].single(row)), function);
}

void run_norm(const TypedCall&, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
    auto* out = FlatVector::GetData<float>(result);
    for (idx_t row = 0; row < count; ++row) {
        auto x = norm_of_row(columns, row, "vector_norm");
        FlatVector::SetNull(result, row, !x);
        if (x) out[row] = static_cast<float>(*x);
    }
}

void run_normalize(
    const TypedCall&, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
    auto* lists = FlatVector::GetData<duckdb::list_entry_t>(result);
    for (idx_t row = 0; row < count; ++row) {
        auto length = norm_of_row(columns, row, "vector_normalize");
        auto offset = duckdb::ListVector::GetListSize(result);
        lists[row] = {offset, 0};
        Floats a{columns[0].child(0), columns[0].entries(row)};
        if (!length || (*length == 0 && a.size() > 0)) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        duckdb::ListVector::Reserve(result, offset + a.size());
        auto* items = FlatVector::GetData<float>(duckdb::ListVector::GetEntry(result));
        for (size_t i = 0; i < a.size(); ++i)
            items[offset + i] = static_cast<float>(a[i]) / static_cast<float>(*length);
        duckdb::ListVector::SetListSize(result, offset + a.size());
        lists[row].length = a.size();
    }
}

}  // namespace

void lower_vectors(FunctionLowerings& l) {
    for (const char* name : {"vector_inner_product", "vector_cosine_similarity",
             "vector_l2_distance", "vector_norm", "vector_normalize"}) {
        l.scalar(name, [](const LowerContext&, const resolved::Call& call, DuckExprs args) {
            return typed_call("spark_" + call.function, {call.args[0]->type, call.args[1]->type},
                call.type, {}, std::move(args));
        });
    }
}

void add_vectors(KernelSet& k) {
    add_of_two(k, "vector_inner_product", inner_product);
    add_of_two(k, "vector_cosine_similarity", cosine);
    add_of_two(k, "vector_l2_distance", distance);
    TypedOptions options;
    options.result = duckdb::LogicalType::FLOAT;
    options.keeps_nulls = true;
    options.is_fallible = true;
    add_typed_kernel(k, "spark_vector_norm", options, run_norm);
    add_typed_kernel(k, "spark_vector_normalize", options, run_normalize);
}

}  // namespace hanok::engine

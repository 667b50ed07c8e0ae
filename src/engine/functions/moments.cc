#include "engine/functions/moments.h"

#include <cmath>
#include <set>

namespace hanok::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;

// Central moments of the values so far; `merge` follows `this`.
struct Moments {
    double n = 0;
    double mean = 0;
    double m2 = 0;
    double m3 = 0;
    double m4 = 0;

    void add(double x) {
        n += 1;
        double delta = x - mean;
        double step = delta / n;
        mean += step;
        m2 += delta * (delta - step);
        double delta2 = delta * delta;
        double step2 = step * step;
        m3 = m3 - 3 * step * m2 + delta * (delta2 - step2);
        m4 = m4 - 4 * step * m3 - 6 * step2 * m2 + delta * (delta * delta2 - step * step2);
    }

    void merge(const Moments& o) {
        double all = n + o.n;
        double delta = o.mean - mean;
        double step = all == 0 ? 0 : delta / all;
        double step2 = step * step;
        double new_m4 = m4 + o.m4 + step2 * step * delta * n * o.n * (n * n - n * o.n + o.n * o.n) +
                        6 * step2 * (n * n * o.m2 + o.n * o.n * m2) +
                        4 * step * (n * o.m3 - o.n * m3);
        m3 = m3 + o.m3 + step2 * delta * n * o.n * (n - o.n) + 3 * step * (n * o.m2 - o.n * m2);
        m2 = m2 + o.m2 + delta * step * n * o.n;
        m4 = new_m4;
        mean += step * o.n;
        n = all;
    }

    std::optional<double> value(int8_t what) const {
        if (n == 0) return std::nullopt;
        switch (static_cast<Moment>(what)) {
            case Moment::kVarPop: return m2 / n;
            case Moment::kStddevPop: return std::sqrt(m2 / n);
            case Moment::kVarSamp:
                if (n == 1) return std::nullopt;
                return m2 / (n - 1);
            case Moment::kStddevSamp:
                if (n == 1) return std::nullopt;
                return std::sqrt(m2 / (n - 1));
            case Moment::kSkewness:
                if (m2 == 0) return std::nullopt;
                return std::sqrt(n) * m3 / std::sqrt(m2 * m2 * m2);
            case Moment::kKurtosis:
                if (m2 == 0) return std::nullopt;
                return n * m4 / (m2 * m2) - 3.0;
        }
        return std::nullopt;
    }

    static constexpr size_t kValues = 1;
    void add_row(const double* values) { add(values[0]); }
};

struct Pairs {
    double n = 0;
    double mean_x = 0;
    double mean_y = 0;
    double together = 0;
    double square_x = 0;
    double square_y = 0;

    static constexpr size_t kValues = 2;
    void add_row(const double* values) {
        n += 1;
        double dx = values[0] - mean_x;
        double dy = values[1] - mean_y;
        mean_x += dx / n;
        mean_y += dy / n;
        together += dx * (values[1] - mean_y);
        square_x += dx * (values[0] - mean_x);
        square_y += dy * (values[1] - mean_y);
    }

    void merge(const Pairs& o) {
        double all = n + o.n;
        double dx = o.mean_x - mean_x;
        double dy = o.mean_y - mean_y;
        double step_x = all == 0 ? 0 : dx / all;
        double step_y = all == 0 ? 0 : dy / all;
        together = together + o.together + dx * step_y * n * o.n;
        square_x = square_x + o.square_x + dx * step_x * n * o.n;
        square_y = square_y + o.square_y + dy * step_y * n * o.n;
        mean_x += step_x * o.n;
        mean_y += step_y * o.n;
        n = all;
    }

    // Of r2, y is the independent variable.
    std::optional<double> value(int8_t what) const {
        if (n == 0) return std::nullopt;
        if (static_cast<Correlation>(what) == Correlation::kR2) {
            if (square_y == 0) return std::nullopt;
            if (square_x == 0) return 1.0;
            double r = together / std::sqrt(square_x * square_y);
            return r * r;
        }
        if (n == 1) return std::nullopt;
        return together / std::sqrt(square_x * square_y);
    }
};

// Rows of one partition after the other; a partition is merged when the next begins.
template <class S>
struct Parted {
    S merged;
    S current;
    int32_t partition;
    int8_t what;

    void close() {
        if (current.n == 0) return;
        merged.merge(current);
        current = S();
    }
};

template <class S>
struct PartedAggregate {
    using State = Parted<S>;

    static idx_t size(const duckdb::AggregateFunction&) { return sizeof(State); }
    static void initialize(const duckdb::AggregateFunction&, duckdb::data_ptr_t state) {
        new (state) State();
    }

    static void update(duckdb::Vector inputs[], duckdb::AggregateInputData&, idx_t count,
        duckdb::Vector& states, idx_t rows) {
        duckdb::UnifiedVectorFormat formats[S::kValues + 2];
        for (idx_t i = 0; i < count; ++i) inputs[i].ToUnifiedFormat(rows, formats[i]);
        duckdb::UnifiedVectorFormat targets;
        states.ToUnifiedFormat(rows, targets);
        auto** data = reinterpret_cast<State**>(targets.data);
        for (idx_t row = 0; row < rows; ++row) {
            double values[S::kValues];
            bool has_null = false;
            for (size_t i = 0; i < S::kValues; ++i) {
                auto at = formats[i].sel->get_index(row);
                has_null = has_null || !formats[i].validity.RowIsValid(at);
                values[i] = duckdb::UnifiedVectorFormat::GetData<double>(formats[i])[at];
            }
            auto& state = *data[targets.sel->get_index(row)];
            state.what = at<int8_t>(formats[S::kValues + 1], row);
            if (has_null) continue;
            auto partition = at<int32_t>(formats[S::kValues], row);
            if (partition != state.partition) state.close();
            state.partition = partition;
            state.current.add_row(values);
        }
    }

    static void combine(
        duckdb::Vector& source, duckdb::Vector& target, duckdb::AggregateInputData&, idx_t count) {
        auto** from = duckdb::FlatVector::GetData<State*>(source);
        auto** to = duckdb::FlatVector::GetData<State*>(target);
        for (idx_t i = 0; i < count; ++i) {
            auto other = *from[i];
            other.close();
            to[i]->close();
            if (other.merged.n == 0) continue;
            to[i]->what = other.what;
            if (to[i]->merged.n == 0) {
                to[i]->merged = other.merged;
            } else {
                to[i]->merged.merge(other.merged);
            }
        }
    }

    static void finalize(duckdb::Vector& states, duckdb::AggregateInputData&,
        duckdb::Vector& result, idx_t count, idx_t offset) {
        duckdb::UnifiedVectorFormat sources;
        states.ToUnifiedFormat(count, sources);
        auto** data = reinterpret_cast<State**>(sources.data);
        bool constant = states.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
        if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
        auto* out = duckdb::FlatVector::GetData<double>(result);
        for (idx_t i = 0; i < (constant ? 1 : count); ++i) {
            auto state = *data[sources.sel->get_index(i)];
            state.close();
            auto place = i + (constant ? 0 : offset);
            auto value = state.merged.value(state.what);
            if (value) {
                out[place] = *value;
            } else if (constant) {
                duckdb::ConstantVector::SetNull(result, true);
            } else {
                duckdb::FlatVector::SetNull(result, place, true);
            }
        }
    }

private:
    template <class T>
    static T at(const duckdb::UnifiedVectorFormat& format, idx_t row) {
        return duckdb::UnifiedVectorFormat::GetData<T>(format)[format.sel->get_index(row)];
    }
};

template <class S>
void add(KernelSet& kernels, const std::string& name) {
    using A = PartedAggregate<S>;
    duckdb::vector<LogicalType> arguments(S::kValues, LogicalType::DOUBLE);
    arguments.push_back(LogicalType::INTEGER);
    arguments.push_back(LogicalType::TINYINT);
    duckdb::AggregateFunction function(name, std::move(arguments), LogicalType::DOUBLE, A::size,
        A::initialize, A::update, A::combine, A::finalize, nullptr, nullptr, nullptr);
    function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
    kernels.loader().RegisterFunction(std::move(function));
}

}  // namespace

bool is_moment(const std::string& function) {
    static const std::set<std::string> all{"var_pop", "var_samp", "stddev_pop", "stddev_samp",
        "skewness", "kurtosis", "corr", "regr_r2"};
    return all.contains(function);
}

void add_moments(KernelSet& kernels) {
    add<Moments>(kernels, "spark_moment");
    add<Pairs>(kernels, "spark_correlation");
}

}  // namespace hanok::engine

#pragma once
// KLL: quantiles and ranks over levels of items, each item of level h standing for 2^h values.

#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

enum class KllKind : uint8_t { kBigint, kFloat, kDouble };

// Items are DOUBLEs, or BIGINTs in their exact form.
template <class T>
class KllSketch {
public:
    explicit KllSketch(int k = 200) : k_(k) {}

    void insert(T item);
    void merge(const KllSketch& other);
    int64_t count() const { return count_; }
    // The least item whose share of values reaches `rank` (0 … 1).
    T quantile(double rank) const;
    // Share of values that are not greater.
    double rank(T item) const;
    std::string text() const;

    std::string bytes() const;
    // Raises KLL_INVALID_INPUT_SKETCH_BUFFER in the name of `function`.
    static KllSketch parse(std::string_view bytes, const std::string& function);

private:
    size_t capacity(size_t level) const;
    void compress();
    std::vector<std::pair<T, int64_t>> weighted() const;

    int k_;
    int64_t count_ = 0;
    T least_{}, greatest_{};
    bool is_odd_ = false;  // which half of a level the next compaction keeps
    std::vector<std::vector<T>> levels_{1};
};

void lower_kll_sketches(FunctionLowerings& lowerings);
void add_kll_sketches(KernelSet& kernels);

}  // namespace hanok::engine

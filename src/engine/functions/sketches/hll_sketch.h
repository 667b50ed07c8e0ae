#pragma once
// HyperLogLog: the number of distinct values in 2^lg registers; exact while there are few.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

class HllSketch {
public:
    explicit HllSketch(int lg = 12) : lg_(lg) {}

    void insert(uint64_t hash);
    // Of two sizes the smaller one stays.
    void merge(const HllSketch& other);
    int64_t estimate() const;
    int lg() const { return lg_; }

    std::string bytes() const;
    // Raises HLL_INVALID_INPUT_SKETCH_BUFFER in the name of `function`.
    static HllSketch parse(std::string_view bytes, const std::string& function);
    // Raises HLL_INVALID_LG_K unless 4 … 21.
    static int checked_lg(int64_t lg, const std::string& function);

private:
    void to_registers();
    void set(uint64_t hash);

    int lg_;
    std::set<uint64_t> few_;          // hashes, until there are registers
    std::vector<uint8_t> registers_;  // 2^lg_, or none
};

void lower_hll_sketches(FunctionLowerings& lowerings);
void add_hll_sketches(KernelSet& kernels);

}  // namespace hanok::engine

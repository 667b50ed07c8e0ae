#pragma once
// Theta sketches: the least hashes of a set. Tuple sketches keep a number beside each.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/functions/function_lowering.h"
#include "engine/functions/sketches/sketch_aggregate.h"

namespace hanok::engine {

enum class SummaryMode : uint8_t { kSum, kMin, kMax, kAlwaysOne };
// Raises TUPLE_INVALID_SKETCH_MODE.
SummaryMode summary_mode(std::string_view name, const std::string& function);

constexpr int kDefaultLgEntries = 12;
// Raises SKETCH_INVALID_LG_NOM_ENTRIES unless 4 … 26.
int checked_lg_entries(int64_t lg, const std::string& function);

class ThetaSketch {
public:
    explicit ThetaSketch(bool has_summaries = false) : has_summaries_(has_summaries) {}

    void configure(int lg_entries, SummaryMode mode) {
        lg_ = lg_entries;
        mode_ = mode;
    }
    void insert(uint64_t hash, double summary);
    void unite(const ThetaSketch& other);
    void intersect(const ThetaSketch& other);
    void subtract(const ThetaSketch& other);

    double theta() const;
    double estimate() const;
    double summary(SummaryMode mode) const;
    // What a key without a summary counts as.
    static double neutral(SummaryMode mode);

    std::string bytes() const;
    // Raises THETA_… or TUPLE_INVALID_INPUT_SKETCH_BUFFER in the name of `function`.
    static ThetaSketch parse(
        std::string_view bytes, bool has_summaries, const std::string& function);

    SummaryMode mode() const { return mode_; }
    const std::map<uint64_t, double>& entries() const { return entries_; }

private:
    void trim();

    bool has_summaries_;
    int lg_ = kDefaultLgEntries;
    SummaryMode mode_ = SummaryMode::kSum;
    uint64_t limit_ = INT64_MAX;  // hashes below it are kept
    std::map<uint64_t, double> entries_;
};

void lower_theta_sketches(FunctionLowerings& lowerings);
void add_theta_sketches(KernelSet& kernels);

}  // namespace hanok::engine

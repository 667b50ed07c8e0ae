#include "engine/functions/sketches/theta_sketch.h"

#include <algorithm>
#include <limits>

#include "engine/functions/sketches/sketch_bytes.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

constexpr uint8_t kSerialVersion = 3, kCompactFamily = 3, kTupleFamily = 9;
constexpr uint8_t kReadOnly = 2, kEmpty = 4, kCompact = 8, kOrdered = 16;
constexpr int kMinLgEntries = 4, kMaxLgEntries = 26;

uint16_t seed_hash() {
    uint64_t seed = 9001;
    std::string_view bytes(reinterpret_cast<const char*>(&seed), sizeof(seed));
    return static_cast<uint16_t>(sketch_hash(bytes, 0).low);
}

double merged(SummaryMode mode, double a, double b) {
    switch (mode) {
        case SummaryMode::kSum: return a + b;
        case SummaryMode::kMin: return std::min(a, b);
        case SummaryMode::kMax: return std::max(a, b);
        case SummaryMode::kAlwaysOne: break;
    }
    return 1;
}

}  // namespace

SummaryMode summary_mode(std::string_view name, const std::string& function) {
    auto mode = types::to_lower(std::string(name));
    if (mode == "sum") return SummaryMode::kSum;
    if (mode == "min") return SummaryMode::kMin;
    if (mode == "max") return SummaryMode::kMax;
    if (mode == "alwaysone") return SummaryMode::kAlwaysOne;
    raise(runtime_error("TUPLE_INVALID_SKETCH_MODE",
        {{"function", "`" + function + "`"}, {"mode", std::string(name)},
            {"validModes", "sum, min, max, alwaysone"}}));
}

int checked_lg_entries(int64_t lg, const std::string& function) {
    if (lg >= kMinLgEntries && lg <= kMaxLgEntries) return static_cast<int>(lg);
    raise(runtime_error("SKETCH_INVALID_LG_NOM_ENTRIES",
        {{"function", "`" + function + "`"}, {"min", std::to_string(kMinLgEntries)},
            {"max", std::to_string(kMaxLgEntries)}, {"value", std::to_string(lg)}}));
}

double ThetaSketch::neutral(SummaryMode mode) {
    constexpr auto kInfinity = std::numeric_limits<double>::infinity();
    switch (mode) {
        case SummaryMode::kSum: return 0;
        case SummaryMode::kMin: return kInfinity;
        case SummaryMode::kMax: return -kInfinity;
        case SummaryMode::kAlwaysOne: break;
    }
    return 1;
}

void ThetaSketch::insert(uint64_t hash, double summary) {
    if (hash == 0 || hash >= limit_) return;
    auto [it, is_new] = entries_.emplace(hash, merged(mode_, neutral(mode_), summary));
    if (!is_new) it->second = merged(mode_, it->second, summary);
    trim();
}

void ThetaSketch::trim() {
    auto nominal = size_t{1} << lg_;
    while (entries_.size() > nominal) {
        auto last = std::prev(entries_.end());
        limit_ = last->first;
        entries_.erase(last);
    }
    while (!entries_.empty() && std::prev(entries_.end())->first >= limit_)
        entries_.erase(std::prev(entries_.end()));
}

void ThetaSketch::unite(const ThetaSketch& other) {
    limit_ = std::min(limit_, other.limit_);
    for (const auto& [hash, summary] : other.entries_) {
        if (hash >= limit_) break;
        auto [it, is_new] = entries_.emplace(hash, summary);
        if (!is_new) it->second = merged(mode_, it->second, summary);
    }
    trim();
}

void ThetaSketch::intersect(const ThetaSketch& other) {
    limit_ = std::min(limit_, other.limit_);
    for (auto it = entries_.begin(); it != entries_.end();) {
        auto found = other.entries_.find(it->first);
        if (found == other.entries_.end()) {
            it = entries_.erase(it);
        } else {
            it->second = merged(mode_, it->second, found->second);
            ++it;
        }
    }
    trim();
}

void ThetaSketch::subtract(const ThetaSketch& other) {
    limit_ = std::min(limit_, other.limit_);
    for (const auto& entry : other.entries_) entries_.erase(entry.first);
    trim();
}

double ThetaSketch::theta() const {
    return static_cast<double>(limit_) / static_cast<double>(INT64_MAX);
}
double ThetaSketch::estimate() const { return static_cast<double>(entries_.size()) / theta(); }

double ThetaSketch::summary(SummaryMode mode) const {
    auto out = neutral(mode);
    if (mode == SummaryMode::kAlwaysOne) return entries_.empty() ? 0 : 1;
    for (const auto& entry : entries_) out = merged(mode, out, entry.second);
    return mode == SummaryMode::kSum ? out / theta() : out;
}

std::string ThetaSketch::bytes() const {
    bool is_exact = limit_ == INT64_MAX;
    bool is_empty = is_exact && entries_.empty();
    std::string out;
    uint8_t longs = is_empty ? 1 : is_exact ? 2 : 3;
    put<uint8_t>(out, longs);
    put<uint8_t>(out, kSerialVersion);
    put<uint8_t>(out, has_summaries_ ? kTupleFamily : kCompactFamily);
    put<uint8_t>(out, has_summaries_ ? static_cast<uint8_t>(lg_) : 0);
    put<uint8_t>(out, has_summaries_ ? static_cast<uint8_t>(mode_) : 0);
    put<uint8_t>(out, kReadOnly | kCompact | kOrdered | (is_empty ? kEmpty : 0));
    put<uint16_t>(out, seed_hash());
    if (is_empty) return out;
    put<uint32_t>(out, static_cast<uint32_t>(entries_.size()));
    put<float>(out, 1.0F);
    if (!is_exact) put<uint64_t>(out, limit_);
    for (const auto& [hash, summary] : entries_) {
        put<uint64_t>(out, hash);
        if (has_summaries_) put<double>(out, summary);
    }
    return out;
}

ThetaSketch ThetaSketch::parse(
    std::string_view bytes, bool has_summaries, const std::string& function) {
    auto fail = [&](bool ok) {
        if (ok) return;
        raise(runtime_error(has_summaries ? "TUPLE_INVALID_INPUT_SKETCH_BUFFER"
                                          : "THETA_INVALID_INPUT_SKETCH_BUFFER",
            {{"function", "`" + function + "`"}}));
    };
    ThetaSketch out(has_summaries);
    ByteReader in{bytes};
    auto longs = in.take<uint8_t>() & 0x3F;
    auto version = in.take<uint8_t>();
    auto family = in.take<uint8_t>();
    auto lg = in.take<uint8_t>();
    auto mode = in.take<uint8_t>();
    auto flags = in.take<uint8_t>();
    if (in.ok && has_summaries && version == kSerialVersion && family == kCompactFamily) {
        raise(runtime_error("TUPLE_INVALID_INPUT_SKETCH_BUFFER_FAMILY",
            {{"function", "`" + function + "`"}, {"expectedFamily", "TUPLE"},
                {"actualFamily", "COMPACT"}}));
    }
    fail(in.ok && version == kSerialVersion &&
         family == (has_summaries ? kTupleFamily : kCompactFamily) && longs >= 1 && longs <= 3);
    fail(in.take<uint16_t>() == seed_hash());
    fail(!has_summaries || (lg >= kMinLgEntries && lg <= kMaxLgEntries && mode <= 3));
    out.configure(has_summaries ? lg : kMaxLgEntries, static_cast<SummaryMode>(mode));
    if ((flags & kEmpty) != 0) return out;
    // A sketch of one hash has no count.
    uint32_t count = 1;
    if (longs > 1) {
        count = in.take<uint32_t>();
        in.take<float>();
    }
    if (longs > 2) out.limit_ = in.take<uint64_t>();
    for (uint32_t i = 0; i < count && in.ok; ++i) {
        auto hash = in.take<uint64_t>();
        out.entries_[hash] = has_summaries ? in.take<double>() : 0;
    }
    fail(in.ok && out.limit_ <= INT64_MAX && out.limit_ > 0);
    return out;
}

}  // namespace hanok::engine

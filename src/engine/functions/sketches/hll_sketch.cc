#include "engine/functions/sketches/hll_sketch.h"

#include <bit>
#include <cmath>

#include "engine/functions/sketches/sketch_aggregate.h"
#include "engine/functions/sketches/sketch_bytes.h"
#include "engine/functions/sketches/sketched_text.h"

namespace hanok::engine {

using duckdb::LogicalType;

namespace {

constexpr uint32_t kMagic = 0x314C4C48;  // "HLL1"
constexpr int kMinLg = 4, kMaxLg = 21;

// Ertl's estimator: right for few and for many without tables of corrections.
double sigma(double x) {
    if (x == 1) return INFINITY;
    double y = 1, z = x, before = -1;
    while (z != before) {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    }
    return z;
}

double tau(double x) {
    if (x == 0 || x == 1) return 0;
    double y = 1, z = 1 - x, before = -1;
    while (z != before) {
        x = std::sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    }
    return z / 3;
}

[[noreturn]] void raise_buffer(const std::string& function) {
    raise(runtime_error("HLL_INVALID_INPUT_SKETCH_BUFFER", {{"function", "`" + function + "`"}}));
}

}  // namespace

int HllSketch::checked_lg(int64_t lg, const std::string& function) {
    if (lg >= kMinLg && lg <= kMaxLg) return static_cast<int>(lg);
    raise(runtime_error(
        "HLL_INVALID_LG_K", {{"function", "`" + function + "`"}, {"min", std::to_string(kMinLg)},
                                {"max", std::to_string(kMaxLg)}, {"value", std::to_string(lg)}}));
}

void HllSketch::set(uint64_t hash) {
    auto index = hash >> (64 - lg_);
    auto rest = hash << lg_ | uint64_t{1} << (lg_ - 1);
    auto rank = static_cast<uint8_t>(std::countl_zero(rest) + 1);
    registers_[index] = std::max(registers_[index], rank);
}

void HllSketch::to_registers() {
    registers_.assign(size_t{1} << lg_, 0);
    for (auto hash : few_) set(hash);
    few_.clear();
}

void HllSketch::insert(uint64_t hash) {
    if (!registers_.empty()) return set(hash);
    few_.insert(hash);
    if (few_.size() * sizeof(uint64_t) > size_t{1} << lg_) to_registers();
}

void HllSketch::merge(const HllSketch& other) {
    if (other.registers_.empty()) {
        if (other.lg_ < lg_) {
            HllSketch small(other.lg_);
            small.merge(*this);
            *this = small;
        }
        for (auto hash : other.few_) insert(hash);
        return;
    }
    if (registers_.empty()) {
        auto few = few_;
        auto lg = std::min(lg_, other.lg_);
        HllSketch out(lg);
        out.registers_.assign(size_t{1} << lg, 0);
        out.merge(other);
        for (auto hash : few) out.insert(hash);
        *this = out;
        return;
    }
    auto lg = std::min(lg_, other.lg_);
    std::vector<uint8_t> merged(size_t{1} << lg, 0);
    // A register of a larger sketch is one of a smaller one, its own place being part of the rank.
    auto fold = [&](const HllSketch& s) {
        auto shift = s.lg_ - lg;
        for (size_t i = 0; i < s.registers_.size(); ++i) {
            if (s.registers_[i] == 0) continue;
            auto low = i & ((size_t{1} << shift) - 1);
            auto rank = low == 0 ? s.registers_[i] + shift
                                 : shift - static_cast<int>(std::bit_width(low)) + 1;
            auto& target = merged[i >> shift];
            target = std::max(target, static_cast<uint8_t>(rank));
        }
    };
    fold(*this);
    fold(other);
    lg_ = lg;
    registers_ = std::move(merged);
}

int64_t HllSketch::estimate() const {
    if (registers_.empty()) return static_cast<int64_t>(few_.size());
    int q = 64 - lg_;
    std::vector<double> counts(static_cast<size_t>(q) + 2, 0);
    for (auto r : registers_) counts[std::min<size_t>(r, counts.size() - 1)] += 1;
    auto m = static_cast<double>(registers_.size());
    double z = m * tau(1 - counts[static_cast<size_t>(q) + 1] / m);
    for (int k = q; k >= 1; --k) z = 0.5 * (z + counts[static_cast<size_t>(k)]);
    z += m * sigma(counts[0] / m);
    return std::llround(m / (2 * std::log(2.0)) * m / z);
}

std::string HllSketch::bytes() const {
    std::string out;
    put(out, kMagic);
    put(out, static_cast<uint8_t>(lg_));
    put(out, static_cast<uint8_t>(registers_.empty() ? 0 : 1));
    if (!registers_.empty()) return out.append(registers_.begin(), registers_.end());
    for (auto hash : few_) put(out, hash);
    return out;
}

HllSketch HllSketch::parse(std::string_view bytes, const std::string& function) {
    ByteReader in{bytes};
    auto magic = in.take<uint32_t>();
    auto lg = in.take<uint8_t>();
    bool is_dense = in.take<uint8_t>() == 1;
    if (!in.ok || magic != kMagic || lg < kMinLg || lg > kMaxLg) raise_buffer(function);
    HllSketch out(lg);
    if (is_dense) {
        if (in.rest.size() != size_t{1} << lg) raise_buffer(function);
        out.registers_.assign(in.rest.begin(), in.rest.end());
        return out;
    }
    while (!in.rest.empty() && in.ok) out.insert(in.take<uint64_t>());
    if (!in.ok) raise_buffer(function);
    return out;
}

namespace {

// (hash BIGINT, lg BIGINT)
struct HllAgg {
    HllSketch sketch;
    bool is_new = true;
    void add(const SketchRow& row) {
        if (is_new) sketch = HllSketch(HllSketch::checked_lg(row.integer(1), "hll_sketch_agg"));
        is_new = false;
        sketch.insert(static_cast<uint64_t>(row.integer(0)));
    }
    void merge(const HllAgg& other) { sketch.merge(other.sketch); }
    std::string bytes() const { return sketch.bytes(); }
};

void check_sizes(const HllSketch& a, const HllSketch& b, bool may_differ, const char* function) {
    if (may_differ || a.lg() == b.lg()) return;
    raise(runtime_error("HLL_UNION_DIFFERENT_LG_K",
        {{"left", std::to_string(a.lg())}, {"right", std::to_string(b.lg())},
            {"function", "`" + std::string(function) + "`"}}));
}

// (sketch BLOB, allow different sizes BIGINT)
struct HllUnionAgg {
    HllSketch sketch{kMaxLg};
    bool is_new = true;
    bool may_differ = false;
    void add(const SketchRow& row) {
        may_differ = row.integer(1) != 0;
        take(HllSketch::parse(row.bytes(0), "hll_union_agg"));
    }
    void take(const HllSketch& other) {
        if (is_new) {
            sketch = other;
        } else {
            check_sizes(sketch, other, may_differ, "hll_union_agg");
            sketch.merge(other);
        }
        is_new = false;
    }
    void merge(const HllUnionAgg& other) { take(other.sketch); }
    std::string bytes() const { return is_new ? HllSketch().bytes() : sketch.bytes(); }
};

LoweredAggregate aggregate(const std::string& name, DuckExprs args) {
    LoweredAggregate out;
    out.function = duckdb::make_uniq<duckdb::FunctionExpression>(name, std::move(args));
    return out;
}

}  // namespace

void lower_hll_sketches(FunctionLowerings& l) {
    l.aggregate("hll_sketch_agg",
        [](const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
            const auto& type = *call.args[0]->type;
            if (type.is_string()) args[0] = sketched_text(std::move(args[0]), type);
            args[0] = duck_call("spark_hll_hash", duck_list(std::move(args[0])));
            return aggregate("spark_hll_agg", std::move(args));
        });
    l.aggregate(
        "hll_union_agg", [](const LowerContext&, const AggregateCall&, DuckExprs args, DuckExprs) {
            args[1] = duck_cast(std::move(args[1]), LogicalType::BIGINT);
            return aggregate("spark_hll_union_agg", std::move(args));
        });
}

void add_hll_sketches(KernelSet& k) {
    add_sketch_aggregate<HllAgg>(k, "spark_hll_agg", {LogicalType::BIGINT, LogicalType::BIGINT});
    add_sketch_aggregate<HllUnionAgg>(
        k, "spark_hll_union_agg", {LogicalType::BLOB, LogicalType::BIGINT});
    auto hash = [](std::string_view bytes) { return static_cast<int64_t>(sketch_hash(bytes).low); };
    k.add("spark_hll_hash", [hash](int64_t x) {
        return hash({reinterpret_cast<const char*>(&x), sizeof(x)});
    });
    // An empty text or no bytes count for nothing.
    auto text_hash = [hash](std::string_view x) -> std::optional<int64_t> {
        if (x.empty()) return std::nullopt;
        return hash(x);
    };
    k.add("spark_hll_hash", text_hash);
    k.add("spark_hll_hash", [text_hash](Bytes x) { return text_hash(x.data); });
    k.add(
        "spark_hll_sketch_estimate",
        [](Bytes b) { return HllSketch::parse(b.data, "hll_sketch_estimate").estimate(); },
        Fallible::kYes);
    k.add(
        "spark_hll_union",
        [](Bytes a, Bytes b, bool may_differ) {
            auto left = HllSketch::parse(a.data, "hll_union");
            auto right = HllSketch::parse(b.data, "hll_union");
            check_sizes(left, right, may_differ, "hll_union");
            left.merge(right);
            return Blob{left.bytes()};
        },
        Fallible::kYes);
}

}  // namespace hanok::engine

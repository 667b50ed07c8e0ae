// The last step of aggregates that run over the list of their values: bitmaps and histograms.

#include <algorithm>
#include <cmath>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/collections.h"
#include "engine/functions/moments.h"
#include "engine/functions/sketches/distinct_count.h"
#include "engine/functions/value_kernel.h"

namespace hanok::engine {

using duckdb::ListValue;
using duckdb::LogicalType;
using duckdb::Value;

namespace {

constexpr size_t kBitmapBytes = 4096;

const Values& items(const Value& list) {
    static const Values none;
    return list.IsNull() ? none : ListValue::GetChildren(list);
}

Value bitmap_of_positions(const Values& args, const LogicalType&) {
    std::string bits(kBitmapBytes, '\0');
    for (const auto& x : items(args[0])) {
        if (x.IsNull()) continue;
        auto at = x.GetValue<int64_t>();
        if (at < 0 || at >= static_cast<int64_t>(kBitmapBytes * 8)) {
            raise(runtime_error("INVALID_BITMAP_POSITION",
                {{"bitPosition", std::to_string(at)},
                    {"bitmapNumBytes", std::to_string(kBitmapBytes)},
                    {"bitmapNumBits", std::to_string(kBitmapBytes * 8)}}));
        }
        auto& byte = bits[static_cast<size_t>(at / 8)];
        byte = static_cast<char>(byte | (1 << (at % 8)));
    }
    return Value::BLOB_RAW(bits);
}

// Shorter bitmaps count as filled up with zeros.
ValueRun merged_bitmaps(bool is_union) {
    return [is_union](const Values& args, const LogicalType&) {
        std::string bits(kBitmapBytes, is_union ? '\0' : '\xff');
        for (const auto& x : items(args[0])) {
            if (x.IsNull()) continue;
            const auto& other = duckdb::StringValue::Get(x);
            for (size_t i = 0; i < kBitmapBytes; ++i) {
                int b = i < other.size() ? other[i] : 0;
                bits[i] = static_cast<char>(is_union ? bits[i] | b : bits[i] & b);
            }
        }
        return Value::BLOB_RAW(bits);
    };
}

struct Bin {
    double x = 0;
    double count = 0;
};

// The random numbers of Java, which Spark breaks ties with.
class JavaRandom {
public:
    explicit JavaRandom(uint64_t seed) : state_((seed ^ kMultiplier) & kMask) {}
    double next() {
        auto high = static_cast<double>(bits(26)) * 134217728.0;
        return (high + static_cast<double>(bits(27))) / 9007199254740992.0;
    }

private:
    static constexpr uint64_t kMultiplier = 0x5DEECE66D;
    static constexpr uint64_t kMask = (uint64_t{1} << 48) - 1;
    uint64_t bits(int count) {
        state_ = (state_ * kMultiplier + 0xB) & kMask;
        return state_ >> (48 - count);
    }
    uint64_t state_;
};

// Joins the two nearest bins; of equally near ones any pair may be taken.
void join_nearest(std::vector<Bin>& bins, JavaRandom& random) {
    size_t best = 0;
    double equals = 1;
    for (size_t i = 1; i + 1 < bins.size(); ++i) {
        auto gap = bins[i + 1].x - bins[i].x;
        auto least = bins[best + 1].x - bins[best].x;
        if (gap < least) {
            best = i;
            equals = 1;
        } else if (gap == least && random.next() <= 1.0 / ++equals) {
            best = i;
        }
    }
    auto& left = bins[best];
    const auto& right = bins[best + 1];
    auto count = left.count + right.count;
    left.x *= left.count / count;
    left.x += right.x / count * right.count;
    left.count = count;
    bins.erase(bins.begin() + static_cast<std::ptrdiff_t>(best) + 1);
}

// histogram(list of DOUBLE, bins, whether its points are cut to whole numbers)
Value histogram(const Values& args, const LogicalType& type) {
    if (args[0].IsNull() || args[1].IsNull()) return Value(type);
    auto limit = static_cast<size_t>(std::max(2, args[1].GetValue<int32_t>()));
    constexpr uint64_t kSeed = 31183;
    JavaRandom random(kSeed);
    std::vector<Bin> bins;
    for (const auto& value : items(args[0])) {
        if (value.IsNull()) continue;
        auto x = value.GetValue<double>();
        auto it = std::lower_bound(
            bins.begin(), bins.end(), x, [](const Bin& b, double v) { return b.x < v; });
        if (it != bins.end() && it->x == x) {
            it->count += 1;
            continue;
        }
        bins.insert(it, {x, 1});
        if (bins.size() > limit) join_nearest(bins, random);
    }
    if (bins.empty()) return Value(type);
    const auto& row = duckdb::ListType::GetChildType(type);
    Values out;
    bool whole = args[2].GetValue<bool>();
    for (const auto& b : bins) {
        auto x = whole ? std::trunc(b.x) : b.x;
        out.push_back(Value::STRUCT(row, {Value::DOUBLE(x), Value::DOUBLE(b.count)}));
    }
    return Value::LIST(row, std::move(out));
}

}  // namespace

void add_aggregate_finish(KernelSet& k) {
    add_moments(k);
    add_distinct_count(k);
    add_value_kernel(k, "spark_bitmap_of_positions", bitmap_of_positions,
        {.keeps_nulls = true, .is_fallible = true});
    add_value_kernel(k, "spark_bitmap_union", merged_bitmaps(true), {.keeps_nulls = true});
    add_value_kernel(k, "spark_bitmap_intersection", merged_bitmaps(false), {.keeps_nulls = true});
    add_value_kernel(k, "spark_histogram", histogram, {.keeps_nulls = true});
    k.add("spark_wide_sum", [](__int128 upper, __int128 lower) -> std::optional<__int128> {
        constexpr __int128 kHalf = 10'000'000'000'000'000'000ULL;
        upper += lower / kHalf;
        if (upper > kHalf || upper < -kHalf) return std::nullopt;
        auto sum = upper * kHalf + lower % kHalf;
        if (sum >= kHalf * kHalf || sum <= -kHalf * kHalf) return std::nullopt;
        return sum;
    });
    k.add(
        "spark_interval_sum",
        [](__int128 sum, bool is_months, bool is_try) -> std::optional<__int128> {
            bool fits = is_months ? sum == static_cast<int32_t>(sum)
                                  : sum == static_cast<int64_t>(sum);
            if (fits) return sum;
            if (is_try) return std::nullopt;
            raise(arithmetic_error("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION",
                {{"functionName", "`try_add`"}, {"message", "Interval value overflows"}}));
        },
        Fallible::kYes);
    k.add(
        "spark_checked_sum",
        [](__int128 sum, bool is_try) -> std::optional<__int128> {
            constexpr __int128 kLimit = static_cast<__int128>(10'000'000'000'000'000'000ULL) *
                                        10'000'000'000'000'000'000ULL;
            if (sum < kLimit && sum > -kLimit) return sum;
            if (is_try) return std::nullopt;
            raise_overflow("Overflow in sum of decimals", "try_sum");
        },
        Fallible::kYes);
}

}  // namespace hanok::engine

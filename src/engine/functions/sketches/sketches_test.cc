#include "engine/functions/kernel_test_support.h"
#include "engine/functions/sketches/hll_sketch.h"
#include "engine/functions/sketches/kll_sketch.h"
#include "engine/functions/sketches/sketch_bytes.h"
#include "engine/functions/sketches/theta_sketch.h"

namespace hanok::engine {
namespace {

uint64_t hash_of(int64_t x) {
    return sketch_hash({reinterpret_cast<const char*>(&x), sizeof(x)}).low;
}

ThetaSketch theta_of(int64_t from, int64_t to, int lg = 12) {
    ThetaSketch out;
    out.configure(lg, SummaryMode::kSum);
    for (auto i = from; i < to; ++i) out.insert(hash_of(i) >> 1, 0);
    return out;
}

TEST(ThetaSketches, SetOperationsAreExactWhileSmall) {
    auto a = theta_of(0, 1000), b = theta_of(500, 1200);
    auto both = a;
    both.unite(b);
    EXPECT_EQ(both.estimate(), 1200);
    auto common = a;
    common.intersect(b);
    EXPECT_EQ(common.estimate(), 500);
    a.subtract(b);
    EXPECT_EQ(a.estimate(), 500);
    EXPECT_EQ(ThetaSketch::parse(a.bytes(), false, "f").estimate(), 500);
}

TEST(ThetaSketches, EstimateWithinAFewPercentBeyond) {
    auto many = theta_of(0, 100000);
    EXPECT_NEAR(many.estimate(), 100000, 5000);
    auto read = ThetaSketch::parse(many.bytes(), false, "f");
    EXPECT_EQ(read.estimate(), many.estimate());
    EXPECT_THROW(ThetaSketch::parse("nothing", false, "f"), duckdb::Exception);
    EXPECT_THROW(ThetaSketch::parse(many.bytes(), true, "f"), duckdb::Exception);
}

TEST(HllSketches, CountAndMergeSizes) {
    HllSketch few, small(8), large(12), all(8);
    for (int64_t i = 0; i < 100; ++i) few.insert(hash_of(i));
    EXPECT_EQ(few.estimate(), 100);
    for (int64_t i = 0; i < 50000; ++i) {
        (i % 2 ? small : large).insert(hash_of(i));
        all.insert(hash_of(i));
    }
    large.merge(small);
    EXPECT_EQ(large.lg(), 8);
    EXPECT_EQ(large.bytes(), all.bytes());
    EXPECT_NEAR(static_cast<double>(large.estimate()), 50000, 10000);
    EXPECT_EQ(HllSketch::parse(large.bytes(), "f").estimate(), large.estimate());
    EXPECT_THROW(HllSketch::parse("HLL?", "f"), duckdb::Exception);
}

TEST(KllSketches, QuantilesStayNear) {
    KllSketch<int64_t> left, right;
    for (int64_t i = 0; i < 100000; ++i) (i % 2 ? left : right).insert(i * 7919 % 100000);
    left.merge(right);
    EXPECT_EQ(left.count(), 100000);
    EXPECT_NEAR(static_cast<double>(left.quantile(0.5)), 50000, 3000);
    EXPECT_NEAR(left.rank(25000), 0.25, 0.03);
    EXPECT_EQ(left.quantile(0), 0);
    EXPECT_EQ(left.quantile(1), 99999);
    EXPECT_LT(left.bytes().size(), 20000u);
    EXPECT_EQ(KllSketch<int64_t>::parse(left.bytes(), "f").quantile(0.9), left.quantile(0.9));
    EXPECT_THROW(KllSketch<double>::parse(left.bytes(), "f"), duckdb::Exception);
}

TEST(CountMinSketches, HaveSparksBytes) {
    EXPECT_EQ(evaluated("hex(spark_count_min(x::BIGINT, 0.5::DOUBLE, 0.5::DOUBLE, 1::BIGINT)) "
                        "FROM (VALUES (1), (2), (1)) t(x)"),
        "0000000100000000000000030000000100000004000000005D8D6AB9"
        "0000000000000000000000000000000200000000000000010000000000000000");
}

}  // namespace
}  // namespace hanok::engine

#include "base/ids.h"

#include <set>

#include <gtest/gtest.h>

namespace hanok::base {
namespace {

/// Answers the same bits every time.
class ConstantRandom final : public RandomSource {
public:
    explicit ConstantRandom(uint64_t value) : value_(value) {}
    uint64_t next_u64() override { return value_; }

private:
    uint64_t value_;
};

TEST(NewUuid, sets_version_and_variant_whatever_the_bits) {
    ConstantRandom zeros(0);
    ConstantRandom ones(~uint64_t{0});
    EXPECT_EQ(new_uuid(zeros), "00000000-0000-4000-8000-000000000000");
    EXPECT_EQ(new_uuid(ones), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

TEST(NewUuid, same_seed_same_ids) {
    SeededRandom first(42);
    SeededRandom second(42);
    EXPECT_EQ(new_uuid(first), new_uuid(second));
}

TEST(NewUuid, system_ids_differ_and_are_uuids) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        std::string id = new_uuid(SystemRandom::instance());
        EXPECT_TRUE(is_uuid(id)) << id;
        seen.insert(id);
    }
    EXPECT_EQ(seen.size(), 1000u);
}

TEST(IsUuid, refuses_other_text) {
    EXPECT_TRUE(is_uuid("3F2B8E0A-91c4-1d57-8a6e-0b1c2d3e4f50"));
    EXPECT_FALSE(is_uuid(""));
    EXPECT_FALSE(is_uuid("3f2b8e0a91c41d578a6e0b1c2d3e4f50"));
    EXPECT_FALSE(is_uuid("3f2b8e0a-91c4-1d57-8a6e-0b1c2d3e4f5g"));
    EXPECT_FALSE(is_uuid("3f2b8e0a-91c4-1d57-8a6e-0b1c2d3e4f501"));
}

}  // namespace
}  // namespace hanok::base

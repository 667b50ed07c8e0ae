#include "delta/exact_statistics.h"

#include <gtest/gtest.h>

#include "types/datetime_text.h"

namespace hanok::delta {
namespace {

using types::DataType;

AddFile file_with(std::string stats) {
    AddFile file;
    file.stats = std::move(stats);
    return file;
}

const std::vector<ExactColumn> kColumns = {{"i", DataType::integer()}, {"d", DataType::date()},
    {"m", DataType::decimal(10, 2)}, {"s", DataType::string()}};

const char* const kStats =
    R"({"numRecords":5,"minValues":{"i":-3,"d":"2024-01-02","m":1.5,"s":"a"},)"
    R"("maxValues":{"i":7,"d":"2024-02-29","m":2,"s":"z"},)"
    R"("nullCount":{"i":0,"d":1,"m":5,"s":2}})";

TEST(ExactStatisticsTest, tells_counts_and_bounds_of_exact_types) {
    auto facts = exact_facts(file_with(kStats), kColumns);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->rows, 5);
    EXPECT_EQ(facts->not_null[0], 5);
    EXPECT_EQ(facts->not_null[1], 4);
    EXPECT_EQ(facts->not_null[3], 3);
    EXPECT_EQ(facts->bounds[0].min.as_int(), -3);
    EXPECT_EQ(facts->bounds[0].max.as_int(), 7);
    EXPECT_EQ(types::date_to_string(facts->bounds[1].max.as_int()), "2024-02-29");
    // Nothing but NULLs has no bounds, and that is known.
    EXPECT_TRUE(facts->bounds[2].known);
    EXPECT_TRUE(facts->bounds[2].min.is_null());
    // Strings may have been cut.
    EXPECT_FALSE(facts->bounds[3].known);
}

TEST(ExactStatisticsTest, a_deletion_vector_leaves_counts_only) {
    AddFile file = file_with(kStats);
    file.deletion_vector = DeletionVectorDescriptor{"i", "x", std::nullopt, 1, 2};
    auto facts = exact_facts(file, kColumns);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->rows, 3);
    EXPECT_EQ(facts->not_null[0], 3);  // no NULL before, none after
    EXPECT_EQ(facts->not_null[1], std::nullopt);
    EXPECT_EQ(facts->not_null[2], 0);
    EXPECT_FALSE(facts->bounds[0].known);
    EXPECT_TRUE(facts->bounds[2].known);
}

TEST(ExactStatisticsTest, what_is_missing_or_loose_is_not_known) {
    EXPECT_FALSE(exact_facts(file_with(""), kColumns));
    EXPECT_FALSE(exact_facts(file_with("{\"numRecords\""), kColumns));
    auto bare = exact_facts(file_with(R"({"numRecords":5})"), kColumns);
    ASSERT_TRUE(bare);
    EXPECT_EQ(bare->not_null[0], std::nullopt);
    EXPECT_FALSE(bare->bounds[0].known);
    auto loose = exact_facts(
        file_with(R"({"numRecords":5,"tightBounds":false,"minValues":{"i":1},"maxValues":{"i":2},)"
                  R"("nullCount":{"i":1}})"),
        kColumns);
    EXPECT_FALSE(loose->bounds[0].known);
    auto rounded = exact_facts(
        file_with(R"({"numRecords":5,"minValues":{"m":1.234},"maxValues":{"m":2.0},)"
                  R"("nullCount":{"m":1}})"),
        kColumns);
    EXPECT_FALSE(rounded->bounds[2].known);
}

TEST(ExactStatisticsTest, long_decimals_and_floats_have_no_exact_bounds) {
    EXPECT_TRUE(has_exact_bounds(*DataType::decimal(15, 0)));
    EXPECT_FALSE(has_exact_bounds(*DataType::decimal(16, 0)));
    EXPECT_FALSE(has_exact_bounds(*DataType::double_()));
    EXPECT_FALSE(has_exact_bounds(*DataType::timestamp()));
}

}  // namespace
}  // namespace hanok::delta

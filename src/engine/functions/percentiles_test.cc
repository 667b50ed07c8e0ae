#include "engine/functions/kernel_test_support.h"

namespace hanok::engine {
namespace {

std::string rows(const std::string& values) {
    return "[{'x': 10.0, 'n': 1}, {'x': 0.0, 'n': " + values + "}, {'x': NULL, 'n': 1}]";
}

TEST(Percentiles, CountFrequencies) {
    check({
        {"spark_percentile([{'x': 10.0, 'n': 1}, {'x': 0.0, 'n': 1}], 0.3, false, false, "
         "NULL::DOUBLE)",
            "3.0"},
        {"spark_percentile([{'x': 10.0, 'n': 1}, {'x': 0.0, 'n': 1}], 0.25, false, true, "
         "NULL::INTEGER)",
            "7"},
        {"spark_percentile([{'x': 10.0, 'n': 1}, {'x': 0.0, 'n': 1}], 0.25, true, true, "
         "NULL::DOUBLE)",
            "10.0"},
        {"spark_percentile([]::STRUCT(x DOUBLE, n BIGINT)[], 0.5, false, false, NULL::DOUBLE)",
            "NULL"},
    });
    EXPECT_EQ(
        evaluated("spark_percentile(" + rows("3") + ", [0.0, 0.5], false, false, NULL::DOUBLE[])"),
        "[0.0, 0.0]");
    EXPECT_EQ(evaluated("spark_percentile(" + rows("-1") + ", 0.5, false, false, NULL::DOUBLE)"),
        "error NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION");
}

TEST(TimeBuckets, StartAtTheOrigin) {
    check({
        {"spark_time_bucket(900000000::BIGINT, TIMESTAMP '2024-01-01 11:27:00', "
         "TIMESTAMP '1970-01-01 00:00:00', 'UTC')",
            "2024-01-01 11:15:00"},
        {"spark_time_bucket(3600000000::BIGINT, TIMESTAMP '1969-12-31 23:30:00', "
         "TIMESTAMP '1970-01-01 00:00:00', 'UTC')",
            "1969-12-31 23:00:00"},
        {"spark_time_bucket_months(1::INTEGER, TIMESTAMP '2024-07-20 14:30:00', "
         "TIMESTAMP '2024-06-15 09:00:00', 'UTC')",
            "2024-07-15 09:00:00"},
        {"spark_time_bucket_months(1::INTEGER, TIMESTAMP '2024-03-30 00:00:00', "
         "TIMESTAMP '2024-01-31 00:00:00', 'UTC')",
            "2024-02-29 00:00:00"},
    });
}

}  // namespace
}  // namespace hanok::engine

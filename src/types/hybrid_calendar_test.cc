#include "types/hybrid_calendar.h"

#include <gtest/gtest.h>

#include "types/datetime_text.h"

namespace hanok::types {

namespace {

TEST(HybridCalendarTest, dates_keep_year_month_and_day) {
    EXPECT_EQ(days_to_hybrid(days_from_civil(1582, 10, 15)), days_from_civil(1582, 10, 15));
    EXPECT_EQ(days_to_hybrid(days_from_civil(1582, 10, 4)), days_from_civil(1582, 10, 14));
    EXPECT_EQ(days_to_hybrid(days_from_civil(1, 1, 1)), days_from_civil(1, 1, 1) - 2);
    for (int64_t year : {-4, -1, 0, 1, 4, 100, 1000, 1581}) {
        for (unsigned month : {1U, 2U, 3U, 12U}) {
            auto days = days_from_civil(year, month, 28);
            EXPECT_EQ(days_from_hybrid(days_to_hybrid(days)), days) << year << "-" << month;
        }
    }
}

TEST(HybridCalendarTest, days_of_one_calendar_alone_move_forward) {
    // 1582-10-05 to -14 are not in the hybrid calendar, 1000-02-29 is in no other.
    EXPECT_EQ(days_to_hybrid(days_from_civil(1582, 10, 8)), kFirstGregorianDay);
    auto leap_day = days_to_hybrid(days_from_civil(1000, 2, 28)) + 1;
    EXPECT_EQ(days_from_hybrid(leap_day), days_from_civil(1000, 3, 1));
    EXPECT_EQ(days_from_hybrid(leap_day + 1), days_from_civil(1000, 3, 1));
}

// Recorded from Spark: what it writes with datetimeRebaseModeInWrite = LEGACY.
TEST(HybridCalendarTest, timestamps_keep_their_wall_clock) {
    struct Pair {
        int64_t proleptic, hybrid;
    };
    constexpr Pair kLosAngeles[] = {{-62135568422000000, -62135740800000000},
        {-30605139125876544, -30604706703876544}, {-14826560822000000, -14825696400000000},
        {-12220128422000001, -12219264000000001}, {-8520307622000000, -8520307200000000},
        {-2718374822000000, -2718374400000000}, {-2208960000000000, -2208960000000000}};
    for (const auto& pair : kLosAngeles) {
        EXPECT_EQ(micros_to_hybrid(pair.proleptic, "America/Los_Angeles"), pair.hybrid);
        EXPECT_EQ(micros_from_hybrid(pair.hybrid, "America/Los_Angeles"), pair.proleptic);
    }
    EXPECT_EQ(micros_from_hybrid(-62135740800000000, "UTC"), -62135568000000000);
}

}  // namespace

}  // namespace hanok::types

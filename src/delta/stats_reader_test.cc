#include "delta/stats_reader.h"

#include <gtest/gtest.h>

namespace hanok::delta {
namespace {

class StatsReaderTest : public testing::Test {
protected:
    StatsReaderTest() {
        EXPECT_EQ(reader_.want({"a"}, 0), 0);
        EXPECT_EQ(reader_.want({"s", "x"}, 1), 1);
        EXPECT_EQ(reader_.want({"a"}, 2), 0);
    }
    // "a's min|a's max|a's nulls|x's min|x's max|x's nulls|records", or "damaged".
    std::string read(const std::string& stats) {
        std::vector<RawFacts> facts;
        std::optional<int64_t> records;
        if (!reader_.read(stats, 2, &facts, &records)) return "damaged";
        std::string out;
        for (const RawFacts& one : facts) {
            out += std::string(one.min.value_or("-")) + "|" + std::string(one.max.value_or("-"));
            out += "|" + (one.null_count ? std::to_string(*one.null_count) : "-") + "|";
        }
        return out + (records ? std::to_string(*records) : "-");
    }
    // A text is read another way when it is long.
    std::string both_ways(const std::string& stats) {
        std::string filler(600, ' ');
        std::string read_short = read(stats), read_long = read(filler + stats);
        EXPECT_EQ(read_short, read_long) << stats;
        return read_short;
    }

    StatsReader reader_;
};

TEST_F(StatsReaderTest, finds_wanted_columns_among_others) {
    EXPECT_EQ(both_ways(R"({"numRecords":10,"minValues":{"b":[1,{"a":3}],"a":-5,"s":{"y":"}","x":)"
                        R"("k z"}},"maxValues":{"a":9,"s":{"x":true}},"nullCount":)"
                        R"({"a":0,"s":{"x":3,"y":0}},"tightBounds":true})"),
        "-5|9|0|k z|true|3|10");
    EXPECT_EQ(both_ways("{ \"numRecords\" : 1 , \"minValues\" : { \"a\" : 1.5e3 } }\n"),
        "1.5e3|-|-|-|-|-|1");
}

TEST_F(StatsReaderTest, what_is_absent_or_null_says_nothing) {
    EXPECT_EQ(both_ways("{}"), "-|-|-|-|-|-|-");
    EXPECT_EQ(
        both_ways(R"({"numRecords":null,"minValues":{"a":null},"maxValues":{}})"), "-|-|-|-|-|-|-");
    EXPECT_EQ(
        both_ways(R"({"minValues":{"s":3,"a":{"x":1}},"nullCount":{"a":"2"}})"), "-|-|2|-|-|-|-");
    EXPECT_EQ(both_ways(R"({"nullCount":{"a":-1,"s":{"x":1.5}}})"), "-|-|-|-|-|-|-");
}

TEST_F(StatsReaderTest, escapes_are_undone) {
    EXPECT_EQ(both_ways(R"({"minValues":{"a":"x\"y\u00e9"},"numRecords":2})"),
        "x\"y\xC3\xA9|-|-|-|-|-|2");
    EXPECT_EQ(both_ways(R"({"m\"":1,"minValues":{"\u0061":"b","z":"\"}"}})"), "b|-|-|-|-|-|-");
}

TEST_F(StatsReaderTest, texts_of_any_length_end_where_they_end) {
    for (size_t length = 0; length < 40; length++) {
        std::string other(length, 'k'), value(length, '!');  // '!' comes right before '"'
        std::string rest = R"(,"numRecords":3})";
        EXPECT_EQ(both_ways(R"({"minValues":{")" + other + R"(":1,"a":")" + value + "\"}" + rest),
            value + "|-|-|-|-|-|3");
        for (size_t at = 0; at < length; at++) {
            std::string escaped = value.substr(0, at) + "\\\"" + value.substr(at);
            std::string meant = value.substr(0, at) + "\"" + value.substr(at);
            EXPECT_EQ(both_ways(R"({"minValues":{"a":")" + escaped + "\"}" + rest),
                meant + "|-|-|-|-|-|3");
        }
    }
}

TEST_F(StatsReaderTest, damaged_texts_say_nothing) {
    for (const char* text :
        {"{", "[]", "{\"numRecords\":}", "{\"numRecords\":1.5}", "garbage",
            "{\"minValues\":{\"a\":1}", "{\"minValues\":{\"a\":\"x}}", "{\"minValues\":{\"a\" 1}}"})
        EXPECT_EQ(both_ways(text), "damaged") << text;
    EXPECT_EQ(both_ways("{\"numRecords\":1}"), "-|-|-|-|-|-|1");
}

TEST_F(StatsReaderTest, every_cut_of_a_text_is_safe) {
    std::string whole = R"({"numRecords":10,"minValues":{"a":"x\\y","s":{"x":2}}})";
    for (size_t length = 0; length < whole.size(); length++)
        EXPECT_EQ(both_ways(whole.substr(0, length)), "damaged") << whole.substr(0, length);
}

}  // namespace
}  // namespace hanok::delta

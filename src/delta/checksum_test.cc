#include "delta/checksum.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "delta/json_checksum.h"

namespace hanok::delta {
namespace {

TEST(JsonChecksumTest, the_example_of_the_protocol) {
    auto json = nlohmann::ordered_json::parse(
        R"({"k0":"'v 0'","checksum":"anything","k1":{"k2":2,"k3":["v3",[1,2],)"
        R"({"k4":"v4","k5":["v5","v6","v7"]}]}})");
    EXPECT_EQ(canonical_json(json),
        R"("k0"="%27v%200%27","k1"+"k2"=2,"k1"+"k3"+0="v3","k1"+"k3"+1+0=1,"k1"+"k3"+1+1=2,)"
        R"("k1"+"k3"+2+"k4"="v4","k1"+"k3"+2+"k5"+0="v5","k1"+"k3"+2+"k5"+1="v6",)"
        R"("k1"+"k3"+2+"k5"+2="v7")");
    EXPECT_EQ(json_checksum(json), "6a92d155a59bf2eecbd4b4ec7fd1f875");
}

TEST(VersionChecksumTest, reads_what_it_writes) {
    VersionChecksum sum;
    sum.txn_id = "t";
    sum.table_size_bytes = 7;
    sum.num_files = 2;
    sum.num_deleted_records = 3;
    sum.transactions.push_back({"app", 4, 5});
    sum.domains.push_back({"d", "{}", false});
    sum.metadata.id = "m";
    sum.metadata.schema_string = R"({"type":"struct","fields":[]})";
    sum.metadata.configuration["k"] = "v";
    sum.protocol.min_writer_version = 7;
    sum.protocol.writer_features = {"appendOnly"};
    auto back = parse_checksum(to_json(sum));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->txn_id, "t");
    EXPECT_EQ(back->table_size_bytes, 7);
    EXPECT_EQ(back->num_files, 2);
    EXPECT_EQ(back->num_deleted_records, 3);
    EXPECT_EQ(back->num_deletion_vectors, std::nullopt);
    EXPECT_EQ(back->transactions.at(0).app_id, "app");
    EXPECT_EQ(back->domains.at(0).domain, "d");
    EXPECT_EQ(back->metadata, sum.metadata);
    EXPECT_EQ(back->protocol, sum.protocol);
}

TEST(VersionChecksumTest, nothing_comes_of_a_broken_one) {
    EXPECT_FALSE(parse_checksum(""));
    EXPECT_FALSE(parse_checksum("{\"numFiles\":1}"));
    EXPECT_FALSE(parse_checksum("[]"));
}

}  // namespace
}  // namespace hanok::delta

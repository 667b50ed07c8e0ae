#include "delta/deletion_vector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/ids.h"
#include "storage/memory_store.h"

namespace hanok::delta {
namespace {

constexpr const char* kRoot = "memory://deletion-vector-test/t";

DeletionVector vector_of(const std::vector<uint64_t>& rows) {
    DeletionVector vector;
    vector.add_many(rows);
    return vector;
}

TEST(DeletionVectorTest, bytes_go_both_ways) {
    std::vector<uint64_t> rows = {0, 1, 7, 70000, (uint64_t{1} << 32) + 5, (uint64_t{3} << 32)};
    EXPECT_EQ(DeletionVector::decode(vector_of(rows).encode()).to_rows(), rows);
    EXPECT_TRUE(DeletionVector::decode(DeletionVector().encode()).to_rows().empty());
}

TEST(DeletionVectorTest, rows_of_a_range) {
    DeletionVector vector = vector_of({3, 10, 11, 2047, 2048, (uint64_t{1} << 32) + 1});
    EXPECT_THAT(vector.rows_in(0, 11), testing::ElementsAre(3, 10));
    EXPECT_THAT(vector.rows_in(11, 2037), testing::ElementsAre(11, 2047));
    EXPECT_THAT(
        vector.rows_in((uint64_t{1} << 32) - 1, 3), testing::ElementsAre((uint64_t{1} << 32) + 1));
    bool keep[4];
    EXPECT_EQ(vector.keep_mask(9, 4, keep), 2u);
    EXPECT_THAT(keep, testing::ElementsAre(true, false, false, true));
    EXPECT_TRUE(vector.contains(2048));
    EXPECT_FALSE(vector.contains(2049));
    vector.merge(vector_of({1}));
    EXPECT_EQ(vector.cardinality(), 7u);
}

TEST(DeletionVectorTest, several_in_one_file) {
    storage::MemoryStore store;
    base::SeededRandom random(1);
    auto descriptors = write_deletion_vectors(
        store, kRoot, {vector_of({1, 2}), vector_of({5000000})}, random);
    ASSERT_EQ(descriptors.size(), 2u);
    EXPECT_EQ(descriptors[0].path_or_inline_dv, descriptors[1].path_or_inline_dv);
    EXPECT_EQ(descriptors[0].offset, 1);
    EXPECT_EQ(store.list(kRoot).size(), 1u);
    EXPECT_EQ(store.list(kRoot)[0].path, deletion_vector_path(kRoot, descriptors[0]));
    EXPECT_THAT(
        load_deletion_vector(store, kRoot, descriptors[0]).to_rows(), testing::ElementsAre(1, 2));
    EXPECT_THAT(load_deletion_vector(store, kRoot, descriptors[1]).to_rows(),
        testing::ElementsAre(5000000));
}

TEST(DeletionVectorTest, damage_is_found) {
    storage::MemoryStore store;
    base::SeededRandom random(1);
    auto descriptor = write_deletion_vectors(store, kRoot, {vector_of({1, 2})}, random)[0];
    std::string path = deletion_vector_path(kRoot, descriptor);
    std::string good = *store.get(path);
    auto condition = [&](const DeletionVectorDescriptor& asked) {
        try {
            load_deletion_vector(store, kRoot, asked);
        } catch (const Error& e) {
            return e.condition();
        }
        return std::string();
    };
    std::string bad = good;
    bad[bad.size() - 6] = static_cast<char>(bad[bad.size() - 6] ^ 1);
    store.put(path, bad);
    EXPECT_EQ(condition(descriptor), "DELTA_DELETION_VECTOR_CHECKSUM_MISMATCH");
    store.put(path, good.substr(0, good.size() - 3));
    EXPECT_EQ(condition(descriptor), "DELTA_DELETION_VECTOR_SIZE_MISMATCH");
    store.put(path, good);
    EXPECT_EQ(condition(descriptor), "");
    DeletionVectorDescriptor wrong = descriptor;
    wrong.cardinality = 3;
    EXPECT_EQ(condition(wrong), "DELTA_DELETION_VECTOR_CARDINALITY_MISMATCH");
    store.remove(path);
    EXPECT_EQ(condition(descriptor), "DELTA_FILE_NOT_FOUND");
}

TEST(DeletionVectorTest, paths) {
    DeletionVectorDescriptor descriptor{"u", "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 6};
    EXPECT_EQ(deletion_vector_path("/t", descriptor),
        "/t/ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin");
    descriptor = {"p", "file:///a%20b/x.bin", 4, 40, 6};
    EXPECT_EQ(deletion_vector_path("/t", descriptor), "/a b/x.bin");
}

TEST(DeletionVectorTest, z85) {
    EXPECT_EQ(z85_decode("HelloWorld", 8), "\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B");
    EXPECT_EQ(z85_encode("\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B"), "HelloWorld");
}

TEST(DeletionVectorTest, inline_vectors_need_no_file) {
    std::string bytes = vector_of({3, 4, 29}).encode();
    DeletionVectorDescriptor inlined{
        "i", z85_encode(bytes), {}, static_cast<int32_t>(bytes.size()), 3};
    storage::MemoryStore store;
    EXPECT_THAT(
        load_deletion_vector(store, "/t", inlined).to_rows(), testing::ElementsAre(3, 4, 29));
    EXPECT_EQ(deletion_vector_path("/t", inlined), "");
}

}  // namespace
}  // namespace hanok::delta

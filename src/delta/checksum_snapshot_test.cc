// Tables that are opened by the checksum of their newest version.

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "delta/checksum.h"
#include "delta/handlers.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"
#include "storage/faulty_store.h"
#include "storage/memory_store.h"

namespace hanok::delta {
namespace {

const char* const kRoot = "memory://checksum-snapshot-test/t";
constexpr int kCommits = 60;

class ChecksumSnapshotTest : public testing::Test {
protected:
    ChecksumSnapshotTest()
        : store_(std::make_shared<storage::FaultyStore>(
              std::make_shared<storage::MemoryStore>(&clock_))) {
        auto table = open();
        auto create = Transaction::start(table, nullptr);
        Metadata metadata;
        metadata.schema_string =
            types::DataType::struct_({{"a", types::DataType::long_(), true, ""}})->json();
        create->update_metadata(metadata);
        create->commit_or_throw();
        for (int i = 1; i <= kCommits; i++) append(table, i);
    }
    std::shared_ptr<Table> open() {
        Handlers handlers;
        handlers.clock = &clock_;
        handlers.threads = 1;
        handlers.store_for = [this](const std::string&) { return store_; };
        return Table::at(kRoot, handlers);
    }
    static AddFile file(int number) {
        AddFile add;
        add.path = "f" + std::to_string(number);
        add.size_bytes = 100;
        // Long enough for the log to be worth a checksum.
        add.tags["filler"] = std::string(8192, 'x');
        add.stats = R"({"numRecords":1})";
        return add;
    }
    static int64_t append(const std::shared_ptr<Table>& table, int number) {
        auto transaction = Transaction::start(table, table->snapshot());
        transaction->set_transaction({"app", number, std::nullopt});
        transaction->add_file(file(number));
        return transaction->commit_or_throw().version;
    }
    std::string crc_path(int64_t version = kCommits) const {
        return std::string(kRoot) + "/_delta_log/" + checksum_file_name(version);
    }
    void change_crc(const std::function<void(nlohmann::ordered_json&)>& change) {
        auto json = nlohmann::ordered_json::parse(*store_->get(crc_path()));
        change(json);
        store_->put(crc_path(), json.dump());
    }
    int64_t calls_of(const std::function<void()>& run) {
        int64_t before = store_->calls();
        run();
        return store_->calls() - before;
    }

    base::ManualClock clock_{1'700'000'000'000'000};
    std::shared_ptr<storage::FaultyStore> store_;
};

TEST_F(ChecksumSnapshotTest, a_table_opens_without_its_log) {
    SnapshotPtr snapshot;
    EXPECT_LT(calls_of([&] { snapshot = open()->snapshot(); }), 10);
    EXPECT_FALSE(snapshot->has_files());
    EXPECT_EQ(snapshot->version(), kCommits);
    EXPECT_EQ(snapshot->schema()->simple_string(), "struct<a:bigint>");
    EXPECT_EQ(snapshot->counts().files, kCommits);
    EXPECT_EQ(snapshot->size_bytes(), kCommits * 100);
    EXPECT_EQ(snapshot->transactions().at("app").version, kCommits);
    EXPECT_GT(calls_of([&] { EXPECT_EQ(snapshot->files().size(), size_t(kCommits)); }), kCommits);
    EXPECT_EQ(calls_of([&] { EXPECT_EQ(snapshot->files().size(), size_t(kCommits)); }), 0);
}

TEST_F(ChecksumSnapshotTest, appends_do_not_read_the_log_either) {
    auto table = open();
    EXPECT_LT(calls_of([&] { EXPECT_EQ(append(table, 1000), kCommits + 1); }), 30);
    auto snapshot = table->snapshot();
    EXPECT_FALSE(snapshot->has_files());
    EXPECT_EQ(snapshot->counts().files, kCommits + 1);
    auto checksum = read_checksum(*store_, std::string(kRoot) + "/_delta_log", kCommits + 1);
    ASSERT_TRUE(checksum);
    EXPECT_EQ(checksum->num_files, kCommits + 1);
    EXPECT_EQ(checksum->table_size_bytes, (kCommits + 1) * 100);
    EXPECT_EQ(snapshot->files().size(), size_t(kCommits + 1));
    EXPECT_EQ(open()->snapshot()->files().size(), size_t(kCommits + 1));
}

TEST_F(ChecksumSnapshotTest, removes_are_counted_from_the_log) {
    auto table = open();
    auto snapshot = table->snapshot();
    auto transaction = Transaction::start(table, snapshot);
    transaction->remove_file(*snapshot->files().front());
    transaction->commit_or_throw();
    EXPECT_EQ(open()->snapshot()->counts().files, kCommits - 1);
    EXPECT_EQ(open()->snapshot()->files().size(), size_t(kCommits - 1));
}

TEST_F(ChecksumSnapshotTest, a_refresh_takes_what_others_did) {
    auto reader = open();
    EXPECT_FALSE(reader->snapshot()->has_files());
    auto writer = open();
    auto snapshot = writer->snapshot();
    auto transaction = Transaction::start(writer, snapshot);
    transaction->remove_file(*snapshot->files().front());
    transaction->add_file(file(2000));
    transaction->commit_or_throw();
    append(writer, 3000);
    EXPECT_EQ(reader->snapshot()->files().size(), size_t(kCommits + 1));
    EXPECT_EQ(reader->snapshot()->counts().files, kCommits + 1);
}

TEST_F(ChecksumSnapshotTest, broken_and_foreign_checksums_are_left_alone) {
    store_->put(crc_path(), "{\"numFiles\":");
    EXPECT_TRUE(open()->snapshot()->has_files());
    store_->put(crc_path(), "");
    EXPECT_TRUE(open()->snapshot()->has_files());
    store_->remove(crc_path());
    EXPECT_TRUE(open()->snapshot()->has_files());
    store_->put(crc_path(), *store_->get(crc_path(kCommits - 1)));  // of another commit
    auto snapshot = open()->snapshot();
    EXPECT_TRUE(snapshot->has_files());
    EXPECT_EQ(snapshot->transactions().at("app").version, kCommits);
}

TEST_F(ChecksumSnapshotTest, one_that_does_not_tell_everything_is_not_enough) {
    change_crc([](auto& json) { json.erase("setTransactions"); });
    EXPECT_TRUE(open()->snapshot()->has_files());
}

TEST_F(ChecksumSnapshotTest, the_log_is_believed_over_wrong_counts) {
    change_crc([](auto& json) { json["numFiles"] = 7; });
    auto table = open();
    auto snapshot = table->snapshot();
    EXPECT_EQ(snapshot->counts().files, 7);
    EXPECT_EQ(snapshot->files().size(), size_t(kCommits));
    EXPECT_EQ(snapshot->counts().files, kCommits);
    EXPECT_FALSE(table->trusted_checksums()->load());
}

TEST_F(ChecksumSnapshotTest, a_wrong_schema_is_an_error_once) {
    change_crc(
        [](auto& json) { json["metadata"]["schemaString"] = R"({"type":"struct","fields":[]})"; });
    auto table = open();
    auto snapshot = table->snapshot();
    try {
        snapshot->files();
        FAIL() << "a wrong schema was believed";
    } catch (const Error& error) {
        EXPECT_EQ(error.condition(), "DELTA_CHECKSUM_MISMATCH");
    }
    EXPECT_EQ(table->snapshot()->schema()->simple_string(), "struct<a:bigint>");
    EXPECT_EQ(table->snapshot()->files().size(), size_t(kCommits));
}

}  // namespace
}  // namespace hanok::delta

#include "delta/committer.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/error.h"
#include "delta/checkpoint.h"
#include "delta/handlers.h"
#include "delta/history.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"
#include "storage/faulty_store.h"
#include "storage/memory_store.h"

namespace hanok::delta {
namespace {

using storage::FaultKind;
using storage::StoreCall;

const char* const kRoot = "memory://committer-test/t";
const std::string kLog = std::string(kRoot) + "/_delta_log";

// A catalogue that remembers what it ratified.
class MemoryCatalog final : public CommitCatalog {
public:
    void adopt(const std::string& root) {
        std::lock_guard lock(mutex_);
        tables_[root].latest_version = 0;
    }
    bool manages(const std::string& root) override {
        std::lock_guard lock(mutex_);
        return tables_.contains(root);
    }
    std::optional<RatifiedCommits> commits(const std::string& root, int64_t after) override {
        std::lock_guard lock(mutex_);
        if (fails_to_list_) throw runtime_error("STORAGE_ERROR", {});
        auto it = tables_.find(root);
        if (it == tables_.end()) return std::nullopt;
        RatifiedCommits out;
        out.latest_version = it->second.latest_version;
        for (const StagedCommit& commit : it->second.unpublished) {
            if (commit.version > after) out.unpublished.push_back(commit);
        }
        return out;
    }
    Ratification ratify(const std::string& root, const StagedCommit& commit) override {
        std::lock_guard lock(mutex_);
        RatifiedCommits& table = tables_.at(root);
        if (refuses_) throw runtime_error("STORAGE_ERROR", {});
        if (commit.version != table.latest_version + 1) return Ratification::kTaken;
        table.latest_version = commit.version;
        table.unpublished.push_back(commit);
        if (loses_answers_) throw runtime_error("STORAGE_ERROR", {});
        return Ratification::kRatified;
    }
    void note_published(const std::string& root, int64_t version) override {
        std::lock_guard lock(mutex_);
        std::erase_if(tables_.at(root).unpublished,
            [&](const StagedCommit& commit) { return commit.version <= version; });
    }
    int64_t latest(const std::string& root) {
        std::lock_guard lock(mutex_);
        return tables_.at(root).latest_version;
    }

    bool refuses_ = false;
    bool loses_answers_ = false;
    bool fails_to_list_ = false;

private:
    std::mutex mutex_;  // guards tables_
    std::map<std::string, RatifiedCommits> tables_;
};

class CommitterTest : public testing::Test {
protected:
    CommitterTest()
        : catalog_(std::make_shared<MemoryCatalog>()),
          store_(std::make_shared<storage::FaultyStore>(
              std::make_shared<storage::MemoryStore>(&clock_))) {}

    std::shared_ptr<Table> open(bool by_path = false) {
        Handlers handlers;
        handlers.clock = &clock_;
        handlers.store_for = [this](const std::string&) { return store_; };
        if (!by_path) handlers.commit_catalog = catalog_;
        return Table::at(kRoot, handlers);
    }
    static void create_by(const std::shared_ptr<Table>& table, StringMap configuration) {
        auto transaction = Transaction::start(table, nullptr);
        Metadata metadata;
        metadata.schema_string =
            types::DataType::struct_({{"a", types::DataType::long_(), true, ""}})->json();
        metadata.configuration = std::move(configuration);
        transaction->update_metadata(metadata);
        transaction->commit_or_throw();
    }
    void create() {
        create_by(open(), {{"delta.feature.catalogManaged", "supported"}});
        catalog_->adopt(kRoot);
    }
    static auto adding(const std::shared_ptr<Table>& table, const std::string& path) {
        auto transaction = Transaction::start(table, table->snapshot());
        AddFile file;
        file.path = path;
        file.stats = R"({"numRecords":1})";
        transaction->add_file(file);
        transaction->set_operation("WRITE");
        return transaction;
    }
    static Committed append(const std::shared_ptr<Table>& table, const std::string& path) {
        return adding(table, path)->commit_or_throw();
    }
    static std::string error_of(const std::function<void()>& run) {
        try {
            run();
        } catch (const Error& error) {
            return error.condition();
        }
        return "";
    }
    bool is_published(int64_t version) {
        return store_->head(storage::join_path(kLog, commit_file_name(version))).has_value();
    }
    size_t staged() { return store_->list(kLog + "/_staged_commits").size(); }
    // Nothing gets into the log folder itself.
    void stop_publishing() {
        storage::Fault fault;
        fault.call = StoreCall::kPutIfAbsent;
        fault.path_part = "_delta_log/0";
        fault.times = -1;
        store_->add_fault(fault);
    }

    base::ManualClock clock_{1'700'000'000'000'000};
    std::shared_ptr<MemoryCatalog> catalog_;
    std::shared_ptr<storage::FaultyStore> store_;
};

TEST_F(CommitterTest, a_managed_table_has_in_commit_timestamps) {
    create();
    auto snapshot = open()->snapshot();
    EXPECT_TRUE(snapshot->protocol().has_reader_feature(kCatalogManaged));
    EXPECT_TRUE(snapshot->protocol().has_feature("inCommitTimestamp"));
    EXPECT_EQ(snapshot->property("delta.enableInCommitTimestamps"), "true");
    EXPECT_EQ(error_of([&] {
        auto transaction = Transaction::start(open(), snapshot);
        auto metadata = snapshot->metadata();
        metadata.configuration["delta.enableInCommitTimestamps"] = "false";
        transaction->update_metadata(metadata);
    }),
        "DELTA_CANNOT_MODIFY_CATALOG_MANAGED_DEPENDENCIES");
}

TEST_F(CommitterTest, by_path_a_managed_table_is_refused) {
    create();
    EXPECT_EQ(error_of([&] { open(true)->snapshot(); }),
        "DELTA_PATH_BASED_ACCESS_TO_CATALOG_MANAGED_TABLE_BLOCKED");
    // Nor is one made that nobody could open.
    store_->remove_recursive(kRoot);
    EXPECT_EQ(error_of([&] {
        create_by(open(true), {{"delta.feature.catalogManaged", "supported"}});
    }),
        "DELTA_PATH_BASED_ACCESS_TO_CATALOG_MANAGED_TABLE_BLOCKED");
}

TEST_F(CommitterTest, an_unmanaged_table_cannot_become_managed) {
    create_by(open(), {});
    auto snapshot = open()->snapshot();
    auto transaction = Transaction::start(open(), snapshot);
    auto metadata = snapshot->metadata();
    metadata.configuration["delta.feature.catalogManaged"] = "supported";
    EXPECT_NE(error_of([&] { transaction->update_metadata(metadata); }), "");
}

TEST_F(CommitterTest, commits_are_staged_ratified_and_published) {
    create();
    auto table = open();
    EXPECT_EQ(append(table, "f1").version, 1);
    EXPECT_EQ(append(table, "f2").version, 2);
    EXPECT_TRUE(is_published(1));
    EXPECT_TRUE(is_published(2));
    EXPECT_EQ(staged(), 2u);
    EXPECT_EQ(open()->snapshot()->files().size(), 2u);
}

TEST_F(CommitterTest, ratified_commits_count_before_they_are_published) {
    create();
    auto reader = open();
    EXPECT_EQ(reader->snapshot()->version(), 0);
    stop_publishing();
    auto table = open();
    append(table, "f1");
    append(table, "f2");
    EXPECT_FALSE(is_published(1));
    EXPECT_EQ(reader->snapshot()->files().size(), 2u);  // refreshed
    EXPECT_EQ(open()->snapshot()->files().size(), 2u);  // read anew
    EXPECT_EQ(open()->snapshot_at_version(1)->files().size(), 1u);
    EXPECT_EQ(read_history(*open(), std::nullopt).size(), 3u);
    // The next writer publishes what is left, in order.
    store_->clear_faults();
    append(reader, "f3");
    EXPECT_TRUE(is_published(1));
    EXPECT_TRUE(is_published(2));
    EXPECT_TRUE(is_published(3));
    EXPECT_EQ(open()->snapshot()->files().size(), 3u);
}

TEST_F(CommitterTest, what_nobody_ratified_is_no_commit) {
    create();
    append(open(), "f1");
    store_->put(kLog + "/_staged_commits/00000000000000000002.x.json", "{\"add\":{}}\n");
    store_->put(storage::join_path(kLog, commit_file_name(2)), "{\"add\":{\"path\":\"x\"}}\n");
    EXPECT_EQ(open()->snapshot()->version(), 1);
}

TEST_F(CommitterTest, a_lost_race_is_checked_and_tried_again) {
    create();
    auto slow = open();
    auto transaction = Transaction::start(slow, slow->snapshot());
    stop_publishing();
    append(open(), "f1");
    AddFile file;
    file.path = "f2";
    transaction->add_file(file);
    Committed committed = transaction->commit_or_throw();
    EXPECT_EQ(committed.version, 2);
    EXPECT_EQ(committed.attempts, 2);
    EXPECT_EQ(open()->snapshot()->files().size(), 2u);
}

TEST_F(CommitterTest, a_lost_answer_is_looked_up) {
    create();
    catalog_->loses_answers_ = true;
    stop_publishing();
    EXPECT_EQ(append(open(), "f1").version, 1);
    store_->clear_faults();
    catalog_->loses_answers_ = false;
    EXPECT_EQ(append(open(), "f2").version, 2);
    EXPECT_EQ(open()->snapshot()->files().size(), 2u);
}

TEST_F(CommitterTest, an_unknown_outcome_says_so) {
    create();
    auto transaction = adding(open(), "f1");
    catalog_->loses_answers_ = true;
    catalog_->fails_to_list_ = true;
    EXPECT_EQ(error_of([&] { transaction->commit_or_throw(); }), "DELTA_COMMIT_OUTCOME_UNKNOWN");
    EXPECT_TRUE(transaction->may_have_committed());
}

TEST_F(CommitterTest, a_catalog_that_refuses_leaves_the_table_alone) {
    create();
    auto transaction = adding(open(), "f1");
    catalog_->refuses_ = true;
    EXPECT_EQ(error_of([&] { transaction->commit_or_throw(); }), "STORAGE_ERROR");
    EXPECT_FALSE(transaction->may_have_committed());
    EXPECT_EQ(open()->snapshot()->version(), 0);
}

TEST_F(CommitterTest, writers_share_the_versions) {
    create();
    constexpr int kWriters = 4;
    constexpr int kCommits = 10;
    std::vector<std::thread> threads;
    for (int t = 0; t < kWriters; t++) {
        threads.emplace_back([&, t] {
            auto table = open();
            for (int i = 0; i < kCommits; i++)
                append(table, "f" + std::to_string(t) + "-" + std::to_string(i));
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(catalog_->latest(kRoot), kWriters * kCommits);
    auto snapshot = open()->snapshot();
    EXPECT_EQ(snapshot->version(), kWriters * kCommits);
    EXPECT_EQ(snapshot->files().size(), static_cast<size_t>(kWriters * kCommits));
}

TEST_F(CommitterTest, maintenance_needs_the_catalogs_leave) {
    create();
    auto table = open();
    auto snapshot = table->snapshot();
    EXPECT_EQ(error_of([&] { check_allows_maintenance(*table, snapshot->protocol(), "VACUUM"); }),
        "DELTA_UNSUPPORTED_CATALOG_MANAGED_TABLE_OPERATION");
}

}  // namespace
}  // namespace hanok::delta

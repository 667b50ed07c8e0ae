#include "delta/vacuum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "delta/checkpoint.h"
#include "delta/deletion_vector.h"
#include "delta/handlers.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"
#include "storage/memory_store.h"
#include "storage/object_store.h"

namespace hanok::delta {
namespace {

constexpr const char* kRoot = "memory://vacuum-test/t";
constexpr int64_t kHourMs = 3600 * 1000;

class NoParquet final : public CheckpointWriter {
public:
    int64_t write(
        storage::ObjectStore& store, const std::string& path, const CommitActions&) override {
        store.put(path, "parquet");
        return 7;
    }
};

class VacuumTest : public testing::Test {
protected:
    VacuumTest() {
        store_ = std::make_shared<storage::MemoryStore>(&clock_);
        Handlers handlers;
        handlers.clock = &clock_;
        handlers.store_for = [this](const std::string&) { return store_; };
        handlers.checkpoint_writer = std::make_shared<NoParquet>();
        table_ = Table::at(kRoot, handlers);
        auto transaction = Transaction::start(table_, nullptr);
        Metadata metadata;
        metadata.schema_string =
            types::DataType::struct_({{"a", types::DataType::long_(), true, ""}})->json();
        transaction->update_metadata(metadata);
        transaction->commit_or_throw();
    }
    void put(const std::string& name) { store_->put(storage::join_path(kRoot, name), "data"); }
    void add(const std::string& name, std::optional<DeletionVectorDescriptor> dv = {}) {
        put(storage::uri_decode(name));
        auto transaction = Transaction::start(table_, table_->snapshot());
        AddFile file;
        file.path = name;
        file.deletion_vector = std::move(dv);
        transaction->add_file(file);
        transaction->commit_or_throw();
    }
    void remove(const std::string& name) {
        auto snapshot = table_->snapshot();
        auto transaction = Transaction::start(table_, snapshot);
        for (const AddFile* file : snapshot->files()) {
            if (file->path == name) transaction->remove_file(*file);
        }
        transaction->commit_or_throw();
    }
    std::vector<std::string> plan(VacuumRequest request = {}) {
        VacuumPlan made = plan_vacuum(*table_->snapshot(), request, clock_.now_ms());
        std::vector<std::string> names;
        for (const std::string& path : made.files)
            names.push_back(path.substr(std::string(kRoot).size() + 1));
        return names;
    }

    base::ManualClock clock_{1700000000000000};
    std::shared_ptr<storage::MemoryStore> store_;
    std::shared_ptr<Table> table_;
};

TEST_F(VacuumTest, only_old_files_that_no_kept_version_needs) {
    base::SeededRandom random(7);
    DeletionVector rows;
    rows.add(1);
    auto dv = write_deletion_vectors(*store_, kRoot, {rows}, random)[0];
    add("live.parquet", dv);
    add("p=a%20b/live%25.parquet");
    add("gone.parquet");
    remove("gone.parquet");
    put("orphan.parquet");
    put("p=x/orphan.parquet");
    put("_hidden/x");
    put(".hidden");
    put("_p=1/orphan");
    put("_change_data/old.parquet");
    put("nested/_delta_log/00000000000000000000.json");
    put("nested/data.parquet");
    clock_.advance(std::chrono::hours(8 * 24));
    put("young.parquet");
    EXPECT_THAT(plan(), testing::UnorderedElementsAre("gone.parquet", "orphan.parquet",
                            "p=x/orphan.parquet", "_p=1/orphan", "_change_data/old.parquet"));
    VacuumPlan made = plan_vacuum(*table_->snapshot(), {}, clock_.now_ms());
    EXPECT_EQ(run_vacuum(*store_, made), 5);
    EXPECT_TRUE(plan().empty());
    EXPECT_TRUE(store_->get(std::string(kRoot) + "/nested/data.parquet"));
    EXPECT_TRUE(store_->get(deletion_vector_path(kRoot, dv)));
}

TEST_F(VacuumTest, tombstones_keep_their_files_until_the_retention_is_over) {
    add("a.parquet");
    clock_.advance(std::chrono::hours(30 * 24));
    remove("a.parquet");
    clock_.advance(std::chrono::hours(1));
    EXPECT_TRUE(plan().empty());
    EXPECT_THAT(
        plan({.retention_ms = 0, .check_retention = false}), testing::ElementsAre("a.parquet"));
}

TEST_F(VacuumTest, a_short_retention_is_refused) {
    try {
        plan({.retention_ms = kHourMs});
        FAIL() << "no error";
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT");
        EXPECT_EQ(e.parameters().at("configuredRetentionHours"), "168");
    }
}

TEST_F(VacuumTest, log_clean_up_never_strands_a_version) {
    for (int i = 0; i < 25; i++) {
        add("f" + std::to_string(i));
        clock_.advance(std::chrono::hours(48));
    }
    // A checkpoint every tenth commit, one commit every second day: after 50 days, what is older
    // than 30 days and stands behind the checkpoint of version 10 may go.
    std::vector<std::string> left;
    for (const auto& info : store_->list(std::string(kRoot) + "/_delta_log"))
        left.push_back(info.path.substr(info.path.rfind('/') + 1));
    EXPECT_THAT(left, testing::Contains(commit_file_name(0)));
    EXPECT_EQ(clean_up_expired_logs(*table_->snapshot(), table_->handlers(), clock_.now_ms()), 20);
    EXPECT_FALSE(store_->get(std::string(kRoot) + "/_delta_log/" + commit_file_name(9)));
    EXPECT_TRUE(store_->get(std::string(kRoot) + "/_delta_log/" + commit_file_name(10)));
    EXPECT_TRUE(store_->get(std::string(kRoot) + "/_delta_log/" + checkpoint_file_name(10)));
    EXPECT_EQ(clean_up_expired_logs(*table_->snapshot(), table_->handlers(), clock_.now_ms()), 0);
}

}  // namespace
}  // namespace hanok::delta

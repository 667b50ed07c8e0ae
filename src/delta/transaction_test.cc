#include "delta/transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "base/clock.h"
#include "base/error.h"
#include "delta/checkpoint.h"
#include "delta/handlers.h"
#include "delta/history.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "storage/faulty_store.h"
#include "storage/memory_store.h"

namespace hanok::delta {
namespace {

using storage::FaultKind;
using storage::StoreCall;

types::TypePtr schema() {
    return types::DataType::struct_(
        {{"id", types::DataType::long_(), true, ""}, {"p", types::DataType::string(), true, ""}});
}

AddFile file(const std::string& path, const std::string& p = "a") {
    AddFile add;
    add.path = path;
    add.partition_values = {{"p", p}};
    add.size_bytes = 100;
    add.stats = R"({"numRecords":5})";
    return add;
}

PredicatePtr in_partition(const std::string& p) {
    return Predicate::compare(PredicateOp::kEq, {"p"}, types::string_value(p));
}

class TransactionTest : public testing::Test {
protected:
    TransactionTest() {
        store_ = std::make_shared<storage::FaultyStore>(
            std::make_shared<storage::MemoryStore>(&clock_));
        table_ = open();
    }
    std::shared_ptr<Table> open() {
        Handlers handlers;
        handlers.clock = &clock_;
        handlers.store_for = [this](const std::string&) { return store_; };
        return Table::at("memory://transaction-test/t", handlers);
    }
    void create(StringMap configuration = {}) {
        auto transaction = Transaction::start(table_, nullptr);
        Metadata metadata;
        metadata.schema_string = schema()->json();
        metadata.partition_columns = {"p"};
        metadata.configuration = std::move(configuration);
        transaction->update_metadata(metadata);
        transaction->set_operation("CREATE TABLE");
        transaction->commit_or_throw();
    }
    std::unique_ptr<Transaction> start() { return Transaction::start(table_, table_->snapshot()); }
    void append(const std::string& path, const std::string& p = "a") {
        auto transaction = start();
        transaction->add_file(file(path, p));
        transaction->set_operation("WRITE", {{"mode", "Append"}});
        transaction->commit_or_throw();
    }
    static std::string conflict_of(Transaction& transaction) {
        CommitResult result = transaction.commit();
        auto* conflict = std::get_if<Conflict>(&result);
        return conflict != nullptr ? conflict->condition : "";
    }
    static std::string condition_of(const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& e) {
            return e.condition();
        }
        return "";
    }
    std::vector<std::string> paths() {
        std::vector<std::string> out;
        SnapshotPtr snapshot = open()->snapshot();
        for (const AddFile* add : snapshot->files()) out.push_back(add->path);
        return out;
    }

    base::ManualClock clock_{1700000000000000};
    std::shared_ptr<storage::FaultyStore> store_;
    std::shared_ptr<Table> table_;
};

TEST_F(TransactionTest, a_table_is_created_once) {
    auto late = Transaction::start(table_, nullptr);
    Metadata metadata;
    metadata.schema_string = schema()->json();
    late->update_metadata(metadata);
    create();
    EXPECT_EQ(conflict_of(*late), "DELTA_LOG_ALREADY_EXISTS");
    auto snapshot = open()->snapshot();
    EXPECT_EQ(snapshot->version(), 0);
    EXPECT_EQ(snapshot->protocol(), (Protocol{1, 2, {}, {}}));
    EXPECT_EQ(snapshot->commit_info()->operation, "CREATE TABLE");
    EXPECT_FALSE(snapshot->metadata().id.empty());
}

TEST_F(TransactionTest, the_committed_snapshot_equals_the_one_read_back) {
    create();
    auto transaction = start();
    transaction->add_file(file("x%20y"));
    transaction->set_transaction({"app", 3, 7});
    transaction->set_operation("WRITE");
    transaction->set_metric("numFiles", 1);
    Committed committed = transaction->commit_or_throw();
    auto read = open()->snapshot();
    EXPECT_EQ(committed.version, 1);
    ASSERT_EQ(read->files().size(), 1u);
    ASSERT_EQ(committed.snapshot->files().size(), 1u);
    EXPECT_EQ(committed.snapshot->files()[0]->path, read->files()[0]->path);
    EXPECT_EQ(committed.snapshot->timestamp_ms(), read->timestamp_ms());
    EXPECT_EQ(read->transactions().at("app").version, 3);
    EXPECT_EQ(read->commit_info()->read_version, 0);
    EXPECT_EQ(read->commit_info()->is_blind_append, true);
    EXPECT_EQ(read->commit_info()->operation_metrics.at("numFiles"), "1");
}

TEST_F(TransactionTest, appends_never_conflict) {
    create();
    auto slow = start();
    slow->add_file(file("slow"));
    append("fast");
    CommitResult result = slow->commit();
    ASSERT_TRUE(std::holds_alternative<Committed>(result));
    EXPECT_EQ(std::get<Committed>(result).version, 2);
    EXPECT_EQ(std::get<Committed>(result).attempts, 2);
    EXPECT_EQ(std::get<Committed>(result).snapshot->files().size(), 2u);
    EXPECT_THAT(paths(), testing::ElementsAre("fast", "slow"));
}

using Act = std::function<void(Transaction&)>;

AddFile known_file(const Transaction& t, const std::string& path) {
    for (const AddFile* add : t.read_snapshot()->files()) {
        if (add->path == path) return *add;
    }
    throw internal_error("no file " + path);
}

Act append_to(const std::string& p) {
    return [p](Transaction& t) { t.add_file(file("more-" + p, p)); };
}
Act delete_file(const std::string& path) {
    return [path](Transaction& t) { t.remove_file(known_file(t, path)); };
}
void update_a(Transaction& t) {
    t.read_files(in_partition("a"));
    t.remove_file(known_file(t, "a1"));
    t.add_file(file("a2", "a"));
}
void read_all(Transaction& t) {
    t.read_whole_table();
    t.add_file(file("all"));
}
void compact_a(Transaction& t) {
    t.read_files(in_partition("a"));
    t.remove_file(known_file(t, "a1"), false);
    AddFile add = file("compacted", "a");
    add.data_change = false;
    t.add_file(add);
}
void describe(Transaction& t) {
    Metadata metadata = t.metadata();
    metadata.description = "new";
    t.update_metadata(metadata);
}
void run_app(Transaction& t) {
    t.set_transaction({"app", 1, {}});
    t.add_file(file("app"));
}
void set_domain(Transaction& t) { t.set_domain({"d", "{}", false}); }

TEST_F(TransactionTest, conflict_rules) {
    constexpr auto kStrict = IsolationLevel::kSerializable;
    constexpr auto kRelaxed = IsolationLevel::kWriteSerializable;
    struct Case {
        const char* name;
        Act mine, winner;
        IsolationLevel level;
        const char* condition;
    };
    const Case cases[] = {
        {"two appends", append_to("a"), append_to("a"), kStrict, ""},
        {"update, append to it", update_a, append_to("a"), kStrict, "DELTA_CONCURRENT_APPEND"},
        {"the same, write serializable", update_a, append_to("a"), kRelaxed, ""},
        {"update, append elsewhere", update_a, append_to("b"), kStrict, ""},
        {"update, delete", update_a, delete_file("a1"), kStrict, "DELTA_CONCURRENT_DELETE_READ"},
        {"update, delete elsewhere", update_a, delete_file("b1"), kStrict, ""},
        {"two updates", update_a, update_a, kRelaxed, "DELTA_CONCURRENT_APPEND"},
        {"two deletes of a file", delete_file("a1"), delete_file("a1"), kStrict,
            "DELTA_CONCURRENT_DELETE_DELETE"},
        {"two deletes", delete_file("a1"), delete_file("b1"), kStrict, ""},
        {"read all, append", read_all, append_to("b"), kStrict, "DELTA_CONCURRENT_APPEND"},
        {"read all, delete", read_all, delete_file("b1"), kStrict, "DELTA_CONCURRENT_DELETE_READ"},
        {"compaction, append", compact_a, append_to("a"), kStrict, ""},
        {"compaction, delete", compact_a, delete_file("a1"), kStrict,
            "DELTA_CONCURRENT_DELETE_READ"},
        {"append, metadata", append_to("a"), describe, kStrict, "DELTA_METADATA_CHANGED"},
        {"metadata, append", describe, append_to("a"), kStrict, ""},
        {"metadata twice", describe, describe, kStrict, "DELTA_METADATA_CHANGED"},
        {"one application twice", run_app, run_app, kStrict, "DELTA_CONCURRENT_TRANSACTION"},
        {"protocol twice", set_domain, set_domain, kStrict, "DELTA_PROTOCOL_CHANGED"},
    };
    for (const Case& c : cases) {
        store_->remove_recursive("memory://transaction-test/t");
        table_ = open();
        create();
        append("a1", "a");
        append("b1", "b");
        auto mine = start();
        mine->set_isolation(c.level);
        c.mine(*mine);
        auto winner = start();
        c.winner(*winner);
        winner->commit_or_throw();
        EXPECT_EQ(conflict_of(*mine), c.condition) << c.name;
    }
}

TEST_F(TransactionTest, one_domain_has_one_writer) {
    create({{"delta.feature.domainMetadata", "supported"}});
    auto mine = start();
    mine->set_domain({"d", "1", false});
    auto winner = start();
    winner->set_domain({"d", "2", false});
    winner->commit_or_throw();
    EXPECT_EQ(conflict_of(*mine), "DELTA_CONCURRENT_TRANSACTION");
    EXPECT_EQ(open()->snapshot()->domains().at("d").configuration, "2");
    EXPECT_EQ(table_->snapshot()->property("delta.feature.domainMetadata"), "");
}

TEST_F(TransactionTest, a_lost_answer_is_resolved_by_reading_back) {
    create();
    store_->add_fault({StoreCall::kPutIfAbsent, FaultKind::kLoseAnswer, "01.json", 1, 1, 0});
    append("x");
    EXPECT_EQ(open()->snapshot()->version(), 1);
    EXPECT_THAT(paths(), testing::ElementsAre("x"));
}

TEST_F(TransactionTest, a_lost_answer_of_someone_elses_version_is_a_conflict_to_check) {
    create();
    auto mine = start();
    mine->add_file(file("mine"));
    append("theirs");
    store_->add_fault({StoreCall::kPutIfAbsent, FaultKind::kFail, "01.json", 1, 1, 0});
    EXPECT_EQ(mine->commit_or_throw().version, 2);
    EXPECT_THAT(paths(), testing::ElementsAre("theirs", "mine"));
}

TEST_F(TransactionTest, an_outcome_that_nobody_can_tell_is_named_so) {
    create();
    auto transaction = start();
    transaction->add_file(file("x"));
    store_->add_fault({StoreCall::kPutIfAbsent, FaultKind::kLoseAnswer, "01.json", 1, 1, 0});
    store_->add_fault({StoreCall::kGet, FaultKind::kFail, "01.json", 1, 1, 0});
    EXPECT_EQ(condition_of([&] { transaction->commit(); }), "DELTA_COMMIT_OUTCOME_UNKNOWN");
    EXPECT_TRUE(transaction->may_have_committed());
    EXPECT_THAT(paths(), testing::ElementsAre("x"));
    auto failed = start();
    failed->add_file(file("y"));
    store_->add_fault({StoreCall::kPutIfAbsent, FaultKind::kFail, "02.json", 1, 1, 0});
    EXPECT_EQ(condition_of([&] { failed->commit(); }), "STORAGE_ERROR");
    EXPECT_FALSE(failed->may_have_committed());
}

TEST_F(TransactionTest, a_full_disk_leaves_the_table_at_its_version) {
    create();
    append("x");
    store_->add_fault({StoreCall::kPutIfAbsent, FaultKind::kDiskFull, "_delta_log", 1, 1, 0});
    EXPECT_EQ(condition_of([&] { append("y"); }), "STORAGE_FULL");
    EXPECT_THAT(paths(), testing::ElementsAre("x"));
    append("z");
    EXPECT_THAT(paths(), testing::ElementsAre("x", "z"));
}

TEST_F(TransactionTest, a_torn_entry_is_reported_and_not_taken_for_a_commit) {
    create();
    store_->add_fault({StoreCall::kPutIfAbsent, FaultKind::kTear, "01.json", 1, 1, 0});
    EXPECT_EQ(condition_of([&] { append("x"); }), "DELTA_MALFORMED_LOG_FILE");
    EXPECT_EQ(condition_of([&] { open()->snapshot(); }), "DELTA_MALFORMED_LOG_FILE");
    EXPECT_EQ(open()->snapshot_at_version(0)->version(), 0);
}

TEST_F(TransactionTest, eight_writers_lose_nothing) {
    create({{"delta.checkpointInterval", "1000000"}});
    constexpr int kThreads = 8, kCommits = 25;
    std::vector<std::thread> threads;
    std::vector<std::vector<int64_t>> versions(kThreads);
    for (int t = 0; t < kThreads; t++) {
        threads.emplace_back([&, t] {
            auto table = t % 2 == 0 ? table_ : open();
            for (int i = 0; i < kCommits; i++) {
                auto transaction = Transaction::start(table, table->snapshot());
                transaction->add_file(file(std::to_string(t) + "-" + std::to_string(i)));
                versions[static_cast<size_t>(t)].push_back(transaction->commit_or_throw().version);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    std::set<int64_t> all;
    for (const auto& list : versions) all.insert(list.begin(), list.end());
    EXPECT_EQ(all.size(), size_t{kThreads * kCommits});
    EXPECT_EQ(*all.begin(), 1);
    EXPECT_EQ(*all.rbegin(), kThreads * kCommits);
    std::vector<std::string> files = paths();
    EXPECT_EQ(
        std::set<std::string>(files.begin(), files.end()).size(), size_t{kThreads * kCommits});
    EXPECT_EQ(table_->snapshot()->files().size(), size_t{kThreads * kCommits});
}

TEST_F(TransactionTest, nothing_to_commit_is_no_version) {
    create();
    Committed committed = start()->commit_or_throw();
    EXPECT_TRUE(committed.empty);
    EXPECT_EQ(committed.version, 0);
    EXPECT_EQ(open()->snapshot()->version(), 0);
}

TEST_F(TransactionTest, append_only_tables_keep_their_rows) {
    create({{"delta.appendOnly", "true"}});
    append("x");
    auto transaction = start();
    transaction->remove_file(*transaction->read_snapshot()->files()[0]);
    EXPECT_EQ(condition_of([&] { transaction->commit(); }), "DELTA_CANNOT_MODIFY_APPEND_ONLY");
    auto compaction = start();
    compaction->remove_file(*compaction->read_snapshot()->files()[0], false);
    EXPECT_EQ(compaction->commit_or_throw().version, 2);
}

TEST_F(TransactionTest, rows_need_a_writer_that_honours_the_features) {
    create({{"delta.constraints.positive", "id > 0"}});
    EXPECT_EQ(condition_of([&] { append("x"); }), "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE");
    auto transaction = start();
    transaction->add_file(file("x"));
    transaction->enforces("checkConstraints");
    EXPECT_EQ(transaction->commit_or_throw().version, 1);
    EXPECT_EQ(table_->snapshot()->protocol().min_writer_version, 3);
}

TEST_F(TransactionTest, in_commit_timestamps_increase_when_the_clock_goes_back) {
    create({{"delta.enableInCommitTimestamps", "true"}});
    int64_t created_ms = table_->snapshot()->timestamp_ms();
    clock_.set_now_us(clock_.now_us() - 60000000);
    append("x");
    EXPECT_EQ(open()->snapshot()->timestamp_ms(), created_ms + 1);
    EXPECT_EQ(read_history(*table_)[0].timestamp_ms, created_ms + 1);
    EXPECT_EQ(open()->snapshot_at_timestamp(created_ms)->version(), 0);
}

TEST_F(TransactionTest, row_ids_are_given_out_anew_after_a_lost_race) {
    create({{"delta.enableRowTracking", "true"}});
    auto slow = start();
    slow->add_file(file("slow"));
    append("fast");
    slow->commit_or_throw();
    auto snapshot = open()->snapshot();
    EXPECT_EQ(snapshot->files()[0]->base_row_id, 0);
    EXPECT_EQ(snapshot->files()[1]->base_row_id, 5);
    EXPECT_EQ(snapshot->files()[1]->default_row_commit_version, 2);
    EXPECT_EQ(
        snapshot->domains().at("delta.rowTracking").configuration, R"({"rowIdHighWaterMark":9})");
}

TEST_F(TransactionTest, protocol_follows_schema_and_properties) {
    create();
    auto transaction = start();
    Metadata metadata = transaction->metadata();
    types::Fields fields = schema()->fields();
    fields.push_back({"t", types::DataType::timestamp_ntz(), true, ""});
    metadata.schema_string = types::DataType::struct_(fields)->json();
    transaction->update_metadata(metadata);
    transaction->commit_or_throw();
    Protocol protocol = open()->snapshot()->protocol();
    EXPECT_EQ(protocol.min_reader_version, 3);
    EXPECT_THAT(*protocol.reader_features, testing::ElementsAre("timestampNtz"));
    EXPECT_THAT(*protocol.writer_features,
        testing::ElementsAre("appendOnly", "invariants", "timestampNtz"));
}

TEST_F(TransactionTest, column_mapping_gives_ids_and_names) {
    create({{"delta.columnMapping.mode", "name"}});
    auto snapshot = open()->snapshot();
    EXPECT_EQ(snapshot->column_mapping_mode(), ColumnMappingMode::kName);
    EXPECT_EQ(snapshot->property("delta.columnMapping.maxColumnId"), "2");
    EXPECT_EQ(snapshot->protocol().min_reader_version, 2);
    EXPECT_EQ(snapshot->partition_columns()[0].physical_name.substr(0, 4), "col-");
    EXPECT_NE(snapshot->physical_data_schema()->fields()[0].name, "id");
}

}  // namespace
}  // namespace hanok::delta

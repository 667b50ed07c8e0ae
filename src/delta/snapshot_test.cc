#include "delta/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/error.h"
#include "delta/deletion_vector.h"
#include "delta/handlers.h"
#include "delta/history.h"
#include "delta/log_segment.h"
#include "delta/table.h"
#include "storage/faulty_store.h"
#include "storage/memory_store.h"

namespace hanok::delta {
namespace {

constexpr const char* kRoot = "memory://snapshot-test/t";
constexpr const char* kProtocol = R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})";
constexpr const char* kMetadata =
    R"({"metaData":{"id":"1","format":{"provider":"parquet","options":{}},"schemaString":)"
    R"("{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,)"
    R"(\"metadata\":{}},{\"name\":\"p\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}",)"
    R"("partitionColumns":["p"],"configuration":{"delta.appendOnly":"false"},"createdTime":1}})";

std::string add(const std::string& path, const std::string& p = "a") {
    return R"({"add":{"path":")" + path + R"(","partitionValues":{"p":")" + p +
           R"("},"size":10,"modificationTime":1,"dataChange":true,"stats":"{\"numRecords\":3}"}})";
}
std::string remove(const std::string& path) {
    return R"({"remove":{"path":")" + path + R"(","deletionTimestamp":5,"dataChange":true}})";
}
std::string lines(const std::vector<std::string>& all) {
    std::string out;
    for (const auto& line : all) out += line + "\n";
    return out;
}

class SnapshotTest : public testing::Test {
protected:
    SnapshotTest() {
        store_ = std::make_shared<storage::MemoryStore>(&clock_);
        Handlers handlers;
        handlers.clock = &clock_;
        handlers.store_for = [this](const std::string&) { return store_; };
        table_ = Table::at(kRoot, handlers);
    }
    void commit(int64_t version, const std::vector<std::string>& actions) {
        clock_.advance(std::chrono::seconds(1));
        store_->put(
            storage::join_path(table_->log_path(), commit_file_name(version)), lines(actions));
    }
    static std::vector<std::string> paths(const Snapshot& snapshot) {
        std::vector<std::string> out;
        for (const AddFile* file : snapshot.files()) out.push_back(file->path);
        return out;
    }
    std::string condition_of(const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& e) {
            return e.condition();
        }
        return "";
    }

    base::ManualClock clock_{1700000000000000};
    std::shared_ptr<storage::ObjectStore> store_;
    std::shared_ptr<Table> table_;
};

TEST_F(SnapshotTest, newest_word_about_a_file_wins) {
    commit(0, {kProtocol, kMetadata, add("a"), add("b")});
    commit(1, {remove("a"), add("c")});
    commit(2, {add("a"), remove("b")});
    auto snapshot = table_->snapshot();
    EXPECT_EQ(snapshot->version(), 2);
    EXPECT_THAT(paths(*snapshot), testing::ElementsAre("c", "a"));
    ASSERT_EQ(snapshot->tombstones().size(), 1u);
    EXPECT_EQ(snapshot->tombstones()[0]->path, "b");
    EXPECT_EQ(snapshot->size_bytes(), 20);
    EXPECT_EQ(snapshot->num_records(), 6);
    EXPECT_EQ(snapshot->partition_columns()[0].name, "p");
    EXPECT_EQ(snapshot->physical_data_schema()->fields().size(), 1u);
    EXPECT_EQ(snapshot->partition_value(*snapshot->files()[0], 0).as_string(), "a");
    EXPECT_EQ(snapshot->property("delta.appendOnly"), "false");
}

TEST_F(SnapshotTest, refresh_reads_only_what_is_new) {
    commit(0, {kProtocol, kMetadata, add("a")});
    auto first = table_->snapshot();
    commit(1, {remove("a"), add("b")});
    auto second = table_->snapshot();
    EXPECT_THAT(paths(*first), testing::ElementsAre("a"));
    EXPECT_THAT(paths(*second), testing::ElementsAre("b"));
    EXPECT_EQ(table_->snapshot(), second);
    EXPECT_EQ(second->tombstones().size(), 1u);
}

TEST_F(SnapshotTest, a_table_made_anew_is_not_mixed_with_the_old_one) {
    commit(0, {kProtocol, kMetadata, add("a")});
    table_->snapshot();
    store_->remove_recursive(kRoot);
    EXPECT_EQ(condition_of([&] { table_->snapshot(); }), "DELTA_PATH_DOES_NOT_EXIST");
    commit(0, {kProtocol, kMetadata, add("z")});
    EXPECT_THAT(paths(*table_->snapshot()), testing::ElementsAre("z"));
}

TEST_F(SnapshotTest, paths_are_decoded_and_canonical) {
    commit(0, {kProtocol, kMetadata, add("p=a%20b/x%2520y"), add("file:///abs/f"), add("/abs/g")});
    commit(1, {remove("/abs/f"), remove("file:/abs/g")});
    auto snapshot = table_->snapshot();
    ASSERT_EQ(snapshot->files().size(), 1u);
    EXPECT_EQ(snapshot->absolute_path(*snapshot->files()[0]), std::string(kRoot) + "/p=a b/x%20y");
}

TEST_F(SnapshotTest, time_travel) {
    commit(0, {kProtocol, kMetadata, add("a")});
    int64_t first_ms = clock_.now_ms();
    commit(1, {add("b")});
    commit(2, {add("c")});
    EXPECT_THAT(paths(*table_->snapshot_at_version(1)), testing::ElementsAre("a", "b"));
    EXPECT_EQ(table_->snapshot_at_timestamp(first_ms)->version(), 0);
    EXPECT_EQ(table_->snapshot_at_timestamp(first_ms + 1500)->version(), 1);
    EXPECT_EQ(condition_of([&] { table_->snapshot_at_version(3); }), "DELTA_VERSION_NOT_FOUND");
    EXPECT_EQ(condition_of([&] { table_->snapshot_at_timestamp(first_ms - 1); }),
        "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION");
    EXPECT_EQ(condition_of([&] { table_->snapshot_at_timestamp(first_ms + 99999); }),
        "DELTA_TIMESTAMP_GREATER_THAN_COMMIT");
}

TEST_F(SnapshotTest, broken_logs_are_named) {
    EXPECT_EQ(condition_of([&] { table_->snapshot(); }), "DELTA_PATH_DOES_NOT_EXIST");
    commit(0, {kProtocol, add("a")});
    EXPECT_EQ(condition_of([&] { table_->snapshot(); }), "DELTA_STATE_RECOVER_ERROR");
    commit(0, {kMetadata, add("a")});
    EXPECT_EQ(condition_of([&] { table_->snapshot(); }), "DELTA_STATE_RECOVER_ERROR");
    commit(0, {kProtocol, kMetadata, add("a")});
    commit(2, {add("b")});
    EXPECT_EQ(condition_of([&] { table_->snapshot(); }), "DELTA_VERSIONS_NOT_CONTIGUOUS");
    store_->remove(storage::join_path(table_->log_path(), commit_file_name(0)));
    EXPECT_EQ(condition_of([&] { table_->snapshot(); }), "DELTA_TRUNCATED_TRANSACTION_LOG");
}

// Lists a folder as a busy file system may: a commit is missing though a newer one is there.
class ForgetfulStore final : public storage::ObjectStore {
public:
    ForgetfulStore(std::shared_ptr<storage::ObjectStore> inner, std::string forgotten)
        : inner_(std::move(inner)), forgotten_(std::move(forgotten)) {}
    std::optional<std::string> get(const std::string& p) override { return inner_->get(p); }
    std::optional<std::string> get_range(const std::string& p, int64_t o, int64_t l) override {
        return inner_->get_range(p, o, l);
    }
    std::optional<storage::ObjectInfo> head(const std::string& p) override {
        return inner_->head(p);
    }
    storage::PutResult put_if_absent(const std::string& p, const std::string& d) override {
        return inner_->put_if_absent(p, d);
    }
    void put(const std::string& p, const std::string& d) override { inner_->put(p, d); }
    void remove(const std::string& p) override { inner_->remove(p); }
    std::vector<storage::ObjectInfo> list(const std::string& f, const std::string& s) override {
        auto all = inner_->list(f, s);
        std::erase_if(all, [&](const auto& info) { return info.path.ends_with(forgotten_); });
        return all;
    }
    std::vector<storage::ObjectInfo> list_recursive(const std::string& f) override {
        return inner_->list_recursive(f);
    }
    void make_directory(const std::string& f) override { inner_->make_directory(f); }
    void remove_recursive(const std::string& f) override { inner_->remove_recursive(f); }
    std::optional<std::string> local_path(const std::string&) const override { return {}; }

private:
    std::shared_ptr<storage::ObjectStore> inner_;
    std::string forgotten_;
};

TEST_F(SnapshotTest, a_commit_that_a_listing_missed_is_asked_for) {
    commit(0, {kProtocol, kMetadata, add("a")});
    auto known = table_->snapshot();
    commit(1, {add("b")});
    commit(2, {add("c")});
    store_ = std::make_shared<ForgetfulStore>(store_, commit_file_name(1));
    EXPECT_EQ(table_->snapshot()->version(), 2);
    EXPECT_EQ(Table::at(kRoot, table_->handlers())->snapshot()->files().size(), 3u);
}

TEST_F(SnapshotTest, unknown_features_are_refused_by_name) {
    commit(
        0, {kMetadata, R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,)"
                       R"("readerFeatures":["timeMachine"],"writerFeatures":["timeMachine"]}})"});
    try {
        table_->snapshot();
        FAIL() << "read a table with an unknown feature";
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "DELTA_UNSUPPORTED_FEATURES_FOR_READ");
        EXPECT_EQ(e.parameters().at("unsupported"), "timeMachine");
    }
    commit(0, {kMetadata, R"({"protocol":{"minReaderVersion":9,"minWriterVersion":9}})"});
    EXPECT_EQ(condition_of([&] { table_->snapshot(); }), "DELTA_INVALID_PROTOCOL_VERSION");
}

TEST_F(SnapshotTest, every_torn_commit_is_an_error) {
    std::string whole = lines({kProtocol, kMetadata, add("a")});
    std::string path = storage::join_path(table_->log_path(), commit_file_name(1));
    commit(0, {kProtocol, kMetadata, add("a")});
    std::string next = add("b");
    for (size_t length = 1; length < next.size(); length++) {
        store_->put(path, next.substr(0, length));
        EXPECT_EQ(condition_of([&] { table_->snapshot(); }), "DELTA_MALFORMED_LOG_FILE")
            << next.substr(0, length);
    }
    store_->put(path, next);
    EXPECT_EQ(table_->snapshot()->version(), 1);
}

TEST_F(SnapshotTest, compacted_logs_stand_for_their_commits) {
    commit(0, {kProtocol, kMetadata, add("a")});
    commit(1, {add("b")});
    commit(2, {remove("a")});
    commit(3, {add("d")});
    std::string compacted = "00000000000000000001.00000000000000000002.compacted.json";
    store_->put(storage::join_path(table_->log_path(), compacted), lines({add("b2"), remove("a")}));
    EXPECT_THAT(paths(*table_->snapshot()), testing::ElementsAre("b2", "d"));
}

TEST_F(SnapshotTest, a_wrong_hint_is_ignored) {
    commit(0, {kProtocol, kMetadata, add("a")});
    for (const char* hint : {"{\"version\":7}", "{", "", "[]", "{\"version\":\"x\"}"}) {
        store_->put(storage::join_path(table_->log_path(), "_last_checkpoint"), hint);
        EXPECT_EQ(table_->snapshot_at_version(0)->version(), 0) << hint;
        auto fresh = Table::at(kRoot, table_->handlers());
        EXPECT_EQ(fresh->snapshot()->version(), 0) << hint;
    }
}

TEST_F(SnapshotTest, json_checkpoints) {
    commit(0, {kProtocol, kMetadata, add("a")});
    commit(1, {add("b")});
    commit(2, {add("c")});
    std::string name = "00000000000000000001.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json";
    store_->put(storage::join_path(table_->log_path(), name),
        lines({R"({"checkpointMetadata":{"version":1}})", kProtocol, kMetadata, add("a"), add("b"),
            R"({"txn":{"appId":"app","version":4}})"}));
    store_->remove(storage::join_path(table_->log_path(), commit_file_name(0)));
    auto snapshot = table_->snapshot();
    EXPECT_EQ(snapshot->checkpoint_version(), 1);
    EXPECT_THAT(paths(*snapshot), testing::ElementsAre("a", "b", "c"));
    EXPECT_EQ(snapshot->transactions().at("app").version, 4);
}

TEST_F(SnapshotTest, a_version_whose_commit_is_gone_is_not_read_again) {
    commit(0, {kProtocol, kMetadata, add("a")});
    commit(1, {add("b")});
    std::string name = "00000000000000000001.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json";
    std::string checkpoint = storage::join_path(table_->log_path(), name);
    auto write_checkpoint = [&](const std::string& file) {
        clock_.advance(std::chrono::seconds(1));
        store_->put(checkpoint, lines({kProtocol, kMetadata, add(file)}));
    };
    write_checkpoint("c");
    for (int64_t version : {0, 1})
        store_->remove(storage::join_path(table_->log_path(), commit_file_name(version)));
    auto first = table_->snapshot();
    EXPECT_EQ(first->log_file(), checkpoint);
    EXPECT_EQ(table_->snapshot(), first);
    EXPECT_EQ(table_->snapshot_at_version(1), first);
    write_checkpoint("d");
    EXPECT_THAT(paths(*table_->snapshot()), testing::ElementsAre("d"));
    commit(2, {add("e")});
    EXPECT_THAT(paths(*table_->snapshot()), testing::ElementsAre("d", "e"));
}

TEST_F(SnapshotTest, history_is_newest_first_and_times_increase) {
    commit(0, {R"({"commitInfo":{"timestamp":1,"operation":"CREATE TABLE",)"
               R"("operationParameters":{"a":"b","n":[1]}}})",
                  kProtocol, kMetadata});
    clock_.set_now_us(clock_.now_us() - 5000000);
    commit(1,
        {R"({"commitInfo":{"operation":"WRITE","operationMetrics":{"numFiles":"1"}}})", add("a")});
    auto history = read_history(*table_);
    ASSERT_EQ(history.size(), 2u);
    EXPECT_EQ(history[0].info.operation, "WRITE");
    EXPECT_EQ(history[0].info.operation_metrics.at("numFiles"), "1");
    EXPECT_EQ(history[1].info.operation_parameters.at("n"), "[1]");
    EXPECT_EQ(history[0].timestamp_ms, history[1].timestamp_ms + 1);
    EXPECT_EQ(read_history(*table_, 1).size(), 1u);
}

TEST_F(SnapshotTest, property_values) {
    std::string metadata = kMetadata;
    std::string from = R"("delta.appendOnly":"false")";
    metadata.replace(metadata.find(from), from.size(),
        R"("a":"interval 2 weeks 1 hour","b":"true","c":"12","d":"soon")");
    commit(0, {kProtocol, metadata});
    auto snapshot = table_->snapshot();
    EXPECT_EQ(snapshot->interval_property_ms("a", 0), (14 * 24 + 1) * 3600000LL);
    EXPECT_TRUE(snapshot->bool_property("b", false));
    EXPECT_EQ(snapshot->int_property("c", 0), 12);
    EXPECT_EQ(snapshot->int_property("none", 5), 5);
    EXPECT_EQ(
        condition_of([&] { snapshot->interval_property_ms("d", 0); }), "DELTA_INVALID_PROPERTY");
}

TEST(LogFileNameTest, kinds) {
    EXPECT_EQ(parse_log_file_name("00000000000000000007.json").kind, LogFileKind::kCommit);
    EXPECT_EQ(parse_log_file_name("00000000000000000007.json").version, 7);
    EXPECT_EQ(parse_log_file_name("00000000000000000007.checkpoint.parquet").kind,
        LogFileKind::kCheckpoint);
    auto part = parse_log_file_name(
        "00000000000000000007.checkpoint.0000000002.0000000003.parquet");
    EXPECT_EQ(part.kind, LogFileKind::kCheckpointPart);
    EXPECT_EQ(part.part, 2);
    EXPECT_EQ(part.parts, 3);
    for (const char* other : {"7.json", "_last_checkpoint", ".00000000000000000007.json.crc",
             "00000000000000000007.json.tmp", "0000000000000000000x.json"})
        EXPECT_EQ(parse_log_file_name(other).kind, LogFileKind::kOther) << other;
}

}  // namespace
}  // namespace hanok::delta

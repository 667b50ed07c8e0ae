// Big commits and checkpoints, whose files are packed, against a model of the table.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "base/clock.h"
#include "base/error.h"
#include "delta/action_json.h"
#include "delta/file_skipping.h"
#include "delta/handlers.h"
#include "delta/log_segment.h"
#include "delta/packed_files.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "storage/memory_store.h"

namespace hanok::delta {
namespace {

const char* const kRoot = "memory://large-log-test/t";
constexpr int kBigCommit = 6000;  // files; over a megabyte

class LargeLogTest : public testing::Test {
protected:
    LargeLogTest() {
        store_ = std::make_shared<storage::MemoryStore>(&clock_);
        Metadata metadata;
        metadata.schema_string = types::DataType::struct_(
            {{"a", types::DataType::long_(), true, ""},
                {"p", types::DataType::string(), true,
                    ""}})->json();
        metadata.partition_columns = {"p"};
        commit(to_json(Protocol{}) + "\n" + to_json(metadata) + "\n");
        table_ = open();
    }
    std::shared_ptr<Table> open() const {
        Handlers handlers;
        handlers.store_for = [store = store_](const std::string&) { return store; };
        handlers.threads = 2;
        return Table::at(kRoot, handlers);
    }
    void commit(const std::string& text) {
        clock_.advance(std::chrono::seconds(1));
        store_->put(std::string(kRoot) + "/_delta_log/" + commit_file_name(++version_), text);
    }

    // Any file, with everything a file may have now and then.
    AddFile any_file() {
        AddFile add;
        int number = next_++;
        add.path = (number % 7 == 0 ? "file:/x/" : "") + std::string("part-") +
                   std::to_string(number) + (number % 5 == 0 ? "%20\"\\u00e9" : "") + ".parquet";
        if (number % 11 != 0) add.partition_values = {{"p", std::to_string(number % 3)}};
        if (number % 13 == 0) add.partition_values = {{"p", std::nullopt}};
        add.size_bytes = 100 + number;
        add.modification_time_ms = number;
        add.data_change = number % 17 != 0;
        if (number % 19 != 0) {
            std::string least = std::to_string(10 * number), most = std::to_string(10 * number + 9);
            add.stats = R"({"numRecords":10,"minValues":{"a":)" + least + R"(},"maxValues":{"a":)" +
                        most + R"(},"nullCount":{"a":0}})";
        }
        if (number % 23 == 0) add.tags = {{"t", std::to_string(number)}};
        if (number % 29 == 0) add.deletion_vector = vector(number);
        if (number % 31 == 0) add.base_row_id = 10 * number;
        if (number % 31 == 0) add.default_row_commit_version = version_ + 1;
        if (number % 37 == 0) add.clustering_provider = "liquid";
        return add;
    }
    static DeletionVectorDescriptor vector(int number) {
        return {"u", "dv" + std::to_string(number), 1, 34, number % 9 + 1};
    }
    // As the model holds them: by path and deletion vector.
    static std::string key(const AddFile& file) {
        std::string path = file.path.starts_with("file:") ? file.path.substr(5) : file.path;
        return path + "\n" + (file.deletion_vector ? file.deletion_vector->unique_id() : "");
    }

    // Removes about every tenth file, gives some a deletion vector, adds `files` new ones.
    void random_commit(int files) {
        std::string text;
        std::vector<AddFile> added, removed;
        for (const auto& [number, file] : model_) {
            if (random_() % 10 != 0) continue;
            removed.push_back(file);
            if (random_() % 2 != 0) continue;
            added.push_back(file);
            added.back().deletion_vector = vector(next_++);
        }
        for (int i = 0; i < files; i++) added.push_back(any_file());
        for (const AddFile& file : added) text += to_json(file) + "\n";
        for (const AddFile& file : removed) text += to_json(remove_of(file, 1)) + "\n";
        std::set<std::string> gone;
        for (const AddFile& file : removed) gone.insert(key(file));
        std::erase_if(model_, [&](const auto& entry) { return gone.contains(key(entry.second)); });
        for (const AddFile& file : added) model_.emplace(order_++, file);
        commit(text);
    }
    void expect_model(const Snapshot& snapshot) const {
        ASSERT_EQ(snapshot.num_files(), model_.size());
        FileCounts counts;
        size_t i = 0;
        for (const auto& [number, file] : model_) {
            ASSERT_EQ(to_json(snapshot.file(i)), to_json(file)) << i;
            counts.add(file);
            i++;
        }
        EXPECT_EQ(snapshot.counts(), counts);
        ASSERT_EQ(snapshot.files().size(), model_.size());
        for (i = 0; i < model_.size(); i++) ASSERT_EQ(snapshot.files()[i], &snapshot.file(i));
        expect_skipping(snapshot);
    }
    void expect_skipping(const Snapshot& snapshot) const {
        auto id = types::int_value(10 * (next_ / 2) + 5);
        for (const PredicatePtr& predicate : {Predicate::compare(PredicateOp::kLt, {"a"}, id),
                 Predicate::compare(PredicateOp::kEq, {"p"}, types::string_value("2"))}) {
            std::vector<const AddFile*> expected;
            FileSkipper skipper(snapshot, predicate);
            for (const AddFile* file : snapshot.files()) {
                if (skipper.evaluate(*file).can_be_true) expected.push_back(file);
            }
            EXPECT_EQ(snapshot.files_matching(predicate), expected);
            EXPECT_LT(expected.size(), model_.size());
            std::vector<size_t> some;
            for (size_t i = 0; i < snapshot.num_files(); i += 3) some.push_back(i);
            for (size_t index : snapshot.matching(some, predicate)) {
                EXPECT_EQ(index % 3, 0u);
                EXPECT_TRUE(skipper.evaluate(snapshot.file(index)).can_be_true);
            }
        }
    }

    base::ManualClock clock_{1'700'000'000'000'000};
    std::shared_ptr<storage::MemoryStore> store_;
    std::shared_ptr<Table> table_;
    int64_t version_ = -1;
    int next_ = 1;
    int order_ = 0;
    std::map<int, AddFile> model_;  // in the order they were added
    std::mt19937 random_{7};
};

TEST_F(LargeLogTest, packed_and_plain_files_are_one_table) {
    for (int files : {3, kBigCommit, 10, 0, kBigCommit, 1, 25}) {
        random_commit(files);
        expect_model(*table_->snapshot());  // grown from the one before
        expect_model(*open()->snapshot());  // read anew
    }
}

TEST_F(LargeLogTest, snapshots_that_share_packed_files_stay_as_they_were) {
    random_commit(kBigCommit);
    auto before = table_->snapshot();
    const AddFile* first = &before->file(0);
    auto model = model_;
    random_commit(5);
    auto after = table_->snapshot();
    expect_model(*after);
    model_ = model;
    expect_model(*before);
    EXPECT_EQ(&before->file(0), first);
}

TEST_F(LargeLogTest, a_json_checkpoint_of_many_files) {
    random_commit(kBigCommit);
    random_commit(100);
    std::string name = commit_file_name(version_);
    name.replace(name.find("json"), 4, "checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json");
    std::string text = to_json(table_->snapshot()->protocol()) + "\n" +
                       to_json(table_->snapshot()->metadata()) + "\n";
    for (const auto& [number, file] : model_) text += to_json(file) + "\n";
    store_->put(std::string(kRoot) + "/_delta_log/" + name, text);
    EXPECT_EQ(open()->snapshot()->checkpoint_version(), version_);
    expect_model(*open()->snapshot());
    random_commit(10);
    expect_model(*open()->snapshot());
}

TEST_F(LargeLogTest, a_broken_line_of_a_big_commit_is_named) {
    std::string text;
    for (int i = 0; i < kBigCommit; i++) text += to_json(any_file()) + "\n";
    for (size_t line : {size_t(1), size_t(kBigCommit / 2), size_t(kBigCommit)}) {
        size_t at = 0;
        for (size_t i = 1; i < line; i++) at = text.find('\n', at) + 1;
        std::string broken = text;
        broken[at + 1] = '}';
        commit(broken);
        try {
            open()->snapshot();
            FAIL() << "read a broken line";
        } catch (const Error& e) {
            EXPECT_EQ(e.condition(), "DELTA_MALFORMED_LOG_FILE");
            EXPECT_EQ(e.parameters().at("line"), std::to_string(line));
        }
        version_--;
    }
}

}  // namespace
}  // namespace hanok::delta

#include "engine/delta_parquet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "delta/action_json.h"
#include "delta/checkpoint.h"
#include "delta/log_segment.h"
#include "delta/packed_files.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"
#include "storage/memory_store.h"

namespace hanok::engine {
namespace {

InstancePtr shared_instance() {
    static InstancePtr instance = [] {
        EngineOptions options;
        options.threads = 2;
        options.memory_limit_bytes = 512 << 20;
        return Instance::open(options);
    }();
    return instance;
}

delta::Handlers handlers() {
    delta::Handlers out;
    out.checkpoint_reader = make_checkpoint_reader(shared_instance);
    out.checkpoint_writer = make_checkpoint_writer(shared_instance);
    return out;
}

delta::CommitActions everything() {
    delta::CommitActions actions;
    actions.protocol = delta::Protocol{3, 7, std::vector<std::string>{"deletionVectors"},
        std::vector<std::string>{"deletionVectors", "domainMetadata"}};
    delta::Metadata metadata;
    metadata.id = "id";
    metadata.name = "name";
    metadata.schema_string = R"({"type":"struct","fields":[]})";
    metadata.partition_columns = {"p", "q"};
    metadata.configuration = {{"delta.checkpointInterval", "3"}, {"x", "ü'\""}};
    metadata.created_time_ms = 5;
    actions.metadata = metadata;
    delta::AddFile plain;
    plain.path = "p=a%20b/x.parquet";
    plain.partition_values = {{"p", "a b"}, {"q", std::nullopt}};
    plain.size_bytes = 1;
    plain.modification_time_ms = 2;
    plain.data_change = false;
    plain.stats = R"({"numRecords":1,"maxValues":{"s":"\"quoted\""}})";
    delta::AddFile full = plain;
    full.path = "y.parquet";
    full.tags = {{"k", "v"}};
    full.deletion_vector = delta::DeletionVectorDescriptor{"u", "ab^-aqEH.-t@S}K{vb[*k^", 1, 36, 2};
    full.base_row_id = 7;
    full.default_row_commit_version = 8;
    full.clustering_provider = "liquid";
    actions.adds = {plain, full};
    delta::RemoveFile remove = delta::remove_of(full, 99, false);
    remove.stats.clear();
    remove.tags.clear();
    actions.removes = {remove};
    actions.transactions = {{"app", 4, 6}, {"other", 1, std::nullopt}};
    actions.domains = {{"d", "{\"a\":1}", false}};
    return actions;
}

TEST(DeltaParquetTest, a_checkpoint_reads_back_as_written) {
    storage::MemoryStore store;
    delta::CommitActions written = everything();
    std::string path = "memory://delta-parquet-test/checkpoint.parquet";
    int64_t size_bytes = handlers().checkpoint_writer->write(store, path, written);
    EXPECT_EQ(store.head(path)->size_bytes, size_bytes);
    delta::CommitActions read = handlers().checkpoint_reader->read(store, path);
    EXPECT_EQ(read.protocol, written.protocol);
    EXPECT_EQ(read.metadata, written.metadata);
    ASSERT_EQ(read.packed_adds.size(), 1u);
    const delta::PackedFiles& packed = *read.packed_adds[0];
    ASSERT_EQ(packed.size(), 2u);
    EXPECT_EQ(delta::to_json(packed.file(0)), delta::to_json(written.adds[0]));
    EXPECT_EQ(delta::to_json(packed.file(1)), delta::to_json(written.adds[1]));
    EXPECT_EQ(packed.file(1).base_row_id, 7);
    EXPECT_EQ(packed.file(1).clustering_provider, "liquid");
    EXPECT_EQ(packed.file(1).deletion_vector, written.adds[1].deletion_vector);
    ASSERT_EQ(read.removes.size(), 1u);
    EXPECT_EQ(read.removes[0].deletion_timestamp_ms, 99);
    EXPECT_EQ(read.removes[0].deletion_vector, written.removes[0].deletion_vector);
    EXPECT_EQ(read.removes[0].size_bytes, 1);
    ASSERT_EQ(read.transactions.size(), 2u);
    EXPECT_EQ(read.transactions[0].last_updated_ms, 6);
    EXPECT_FALSE(read.transactions[1].last_updated_ms);
    EXPECT_EQ(read.domains[0].configuration, "{\"a\":1}");
}

TEST(DeltaParquetTest, a_checkpoint_of_several_row_groups_keeps_its_order) {
    storage::MemoryStore store;
    delta::CommitActions written = everything();
    delta::AddFile some = written.adds[0];
    constexpr int kFiles = 130'000;  // a row group has fewer
    for (int i = 0; i < kFiles; i++) {
        some.path = "f" + std::to_string(i);
        some.stats = i % 4 == 0 ? "" : R"({"numRecords":)" + std::to_string(i) + "}";
        some.size_bytes = i;
        written.adds.push_back(some);
    }
    written.adds.push_back(everything().adds[1]);  // what few have, in the last group
    std::string path = "memory://delta-parquet-test/many.parquet";
    handlers().checkpoint_writer->write(store, path, written);
    delta::CommitActions read = handlers().checkpoint_reader->read(store, path);
    EXPECT_EQ(read.metadata, written.metadata);
    EXPECT_EQ(read.removes.size(), 1u);
    EXPECT_EQ(read.transactions.size(), 2u);
    size_t at = 0;
    for (const auto& packed : read.packed_adds) {
        for (size_t i = 0; i < packed->size(); i++, at++) {
            ASSERT_EQ(packed->path(i), written.adds[at].path);
            ASSERT_EQ(packed->stats(i), written.adds[at].stats);
            ASSERT_EQ(packed->size_bytes(i), written.adds[at].size_bytes);
            ASSERT_EQ(packed->partition_values(i), written.adds[at].partition_values);
        }
    }
    ASSERT_EQ(at, written.adds.size());
    const delta::PackedFiles& last = *read.packed_adds.back();
    EXPECT_EQ(delta::to_json(last.file(last.size() - 1)), delta::to_json(written.adds.back()));
}

class CheckpointedTableTest : public testing::Test {
protected:
    CheckpointedTableTest() {
        static int counter = 0;
        // A folder whose name would be a pattern to DuckDB.
        root_ = (std::filesystem::temp_directory_path() /
                 ("hanok_[ckpt]*'_" + std::to_string(::getpid()) + "_" + std::to_string(counter++)))
                    .string();
        table_ = delta::Table::at(root_, handlers());
        auto transaction = delta::Transaction::start(table_, nullptr);
        delta::Metadata metadata;
        metadata.schema_string =
            types::DataType::struct_({{"a", types::DataType::long_(), true, ""}})->json();
        metadata.configuration = {{"delta.checkpointInterval", "5"}};
        transaction->update_metadata(metadata);
        transaction->commit_or_throw();
    }
    ~CheckpointedTableTest() override { std::filesystem::remove_all(root_); }

    void append(int count) {
        for (int i = 0; i < count; i++) {
            auto transaction = delta::Transaction::start(table_, table_->snapshot());
            delta::AddFile file;
            file.path = "f" + std::to_string(next_++);
            transaction->add_file(file);
            transaction->commit_or_throw();
        }
    }

    std::string root_;
    std::shared_ptr<delta::Table> table_;
    int next_ = 0;
};

TEST_F(CheckpointedTableTest, checkpoints_are_written_every_interval_and_read_again) {
    append(12);
    auto fresh = delta::Table::at(root_, handlers())->snapshot();
    EXPECT_EQ(fresh->version(), 12);
    EXPECT_EQ(fresh->checkpoint_version(), 10);
    ASSERT_EQ(fresh->files().size(), 12u);
    EXPECT_EQ(fresh->files()[0]->path, "f0");
    EXPECT_EQ(fresh->files()[11]->path, "f11");
    EXPECT_EQ(delta::Table::at(root_, handlers())->snapshot_at_version(7)->files().size(), 7u);
}

TEST_F(CheckpointedTableTest, a_checkpoint_alone_is_enough) {
    append(5);
    for (int64_t v = 0; v <= 5; v++)
        table_->store().remove(table_->log_path() + "/" + delta::commit_file_name(v));
    auto fresh = delta::Table::at(root_, handlers())->snapshot();
    EXPECT_EQ(fresh->version(), 5);
    EXPECT_EQ(fresh->files().size(), 5u);
}

// The kernels' tables, where they lie beside the checkout: every folder with a log opens, or is
// refused by name.
TEST(DeltaTablesTest, tables_of_other_writers_open) {
    const char* folder = std::getenv("HANOK_DELTA_TABLES");
    if (folder == nullptr) GTEST_SKIP() << "HANOK_DELTA_TABLES is not set";
    int opened = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_directory() || entry.path().filename() != "_delta_log") continue;
        std::string root = entry.path().parent_path().string();
        try {
            delta::Table::at(root, handlers())->snapshot();
            opened++;
        } catch (const Error& e) {
            EXPECT_EQ(e.condition().rfind("DELTA_", 0), 0u) << root << ": " << e.what();
            std::fprintf(stderr, "%s: %s\n", root.c_str(), e.what());
        }
    }
    EXPECT_GT(opened, 0);
}

}  // namespace
}  // namespace hanok::engine

#include "storage/object_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "storage/faulty_store.h"
#include "storage/local_store.h"
#include "storage/memory_store.h"
#include "storage/path.h"
#include "storage/s3/fake_s3_server.h"
#include "storage/s3/s3_store.h"

namespace hanok::storage {
namespace {

namespace fs = std::filesystem;

// Every case runs on every store.
class ObjectStoreTest : public testing::TestWithParam<std::string> {
public:
    static std::string server_endpoint() {
        const char* endpoint = std::getenv("HANOK_TEST_S3_ENDPOINT");
        return endpoint ? endpoint : "";
    }
    // tests/s3 runs the cases on a real server too, with keys from AWS's variables.
    static std::vector<std::string> kinds() {
        std::vector<std::string> out = {"local", "uri", "memory", "s3"};
        if (!server_endpoint().empty()) out.emplace_back("server");
        return out;
    }

protected:
    void SetUp() override {
        static int counter = 0;
        std::string name = "hanok-store-" + std::to_string(::getpid()) + "-" +
                           std::to_string(counter++);
        if (GetParam() == "memory") {
            store_ = std::make_shared<MemoryStore>();
            root_ = "memory://" + name;
        } else if (GetParam() == "server") {
            store_ = std::make_shared<S3Store>(std::make_shared<StoreSettings>(
                std::map<std::string, std::string>{{"fs.s3a.endpoint", server_endpoint()}}));
            root_ = "s3://lake/" + name;
        } else if (GetParam() == "s3") {
            server_ = std::make_unique<FakeS3Server>();
            store_ = std::make_shared<S3Store>(std::make_shared<StoreSettings>(
                std::map<std::string, std::string>{{"fs.s3a.endpoint", server_->endpoint()},
                    {"fs.s3a.access.key", "test-key"}, {"fs.s3a.secret.key", "test-secret"}}));
            root_ = "s3a://bucket/" + name;
        } else {
            store_ = std::make_shared<LocalStore>();
            local_ = (fs::temp_directory_path() / name).string();
            root_ = GetParam() == "uri" ? "file://" + local_ : local_;
        }
    }
    void TearDown() override {
        if (!local_.empty()) fs::remove_all(local_);
    }
    std::string at(const std::string& name) const { return join_path(root_, name); }

    std::unique_ptr<FakeS3Server> server_;
    std::shared_ptr<ObjectStore> store_;
    std::string root_;
    std::string local_;
};

std::vector<std::string> names(const std::vector<ObjectInfo>& infos) {
    std::vector<std::string> out;
    for (const ObjectInfo& info : infos) out.push_back(base_name(info.path));
    return out;
}

TEST_P(ObjectStoreTest, put_if_absent_never_replaces) {
    EXPECT_EQ(store_->put_if_absent(at("log/0.json"), "first"), PutResult::kCreated);
    EXPECT_EQ(store_->put_if_absent(at("log/0.json"), "second"), PutResult::kAlreadyExists);
    EXPECT_EQ(store_->get(at("log/0.json")), "first");
}

TEST_P(ObjectStoreTest, put_replaces) {
    store_->put(at("x"), "first");
    store_->put(at("x"), "2");
    EXPECT_EQ(store_->get(at("x")), "2");
    EXPECT_EQ(store_->head(at("x"))->size_bytes, 1);
    EXPECT_EQ(store_->start_head(at("x")).get()->size_bytes, 1);
}

TEST_P(ObjectStoreTest, absent_objects) {
    EXPECT_EQ(store_->get(at("nothing/here")), std::nullopt);
    EXPECT_EQ(store_->get_range(at("nothing"), 0, 4), std::nullopt);
    EXPECT_FALSE(store_->head(at("nothing")));
    EXPECT_FALSE(store_->start_head(at("nothing")).get());
    EXPECT_TRUE(store_->list(at("nothing")).empty());
    EXPECT_TRUE(store_->list_recursive(at("nothing")).empty());
    store_->remove(at("nothing"));
    store_->remove_recursive(at("nothing"));
}

TEST_P(ObjectStoreTest, ranges_stop_at_the_end) {
    store_->put(at("x"), "0123456789");
    EXPECT_EQ(store_->get_range(at("x"), 2, 3), "234");
    EXPECT_EQ(store_->get_range(at("x"), 8, 30), "89");
    EXPECT_EQ(store_->get_range(at("x"), 30, 1), "");
}

TEST_P(ObjectStoreTest, list_is_sorted_shallow_and_starts_after) {
    for (const char* name : {"t/b", "t/a", "t/d/e", "t/d/f", "t/c", "t/a b%20=ü"})
        store_->put(at(name), "x");
    auto all = names(store_->list(at("t")));
    EXPECT_THAT(all, testing::ElementsAre("a", "a b%20=ü", "b", "c", "d"));
    EXPECT_THAT(names(store_->list(at("t"), "b")), testing::ElementsAre("c", "d"));
    EXPECT_TRUE(store_->list(at("t"), "c")[0].is_directory);
    EXPECT_EQ(store_->list(at("t"))[0].path, at("t/a"));
    EXPECT_THAT(names(store_->list_recursive(at("t"))),
        testing::ElementsAre("a", "a b%20=ü", "b", "c", "e", "f"));
    EXPECT_EQ(store_->get(at("t/a b%20=ü")), "x");
}

TEST_P(ObjectStoreTest, written_piece_by_piece) {
    store_->open_writer(at("given/up"))->append("x");
    EXPECT_FALSE(store_->head(at("given/up")));
    auto writer = store_->open_writer(at("w"));
    writer->append("12");
    writer->append("34");
    writer->finish();
    EXPECT_EQ(store_->get(at("w")), "1234");
    auto second = store_->open_writer(at("w"));
    second->append("5");
    EXPECT_EQ(second->finish_if_absent(), PutResult::kAlreadyExists);
    EXPECT_EQ(store_->get(at("w")), "1234");
}

TEST_P(ObjectStoreTest, large_objects_keep_the_condition) {
    std::string data;
    for (int i = 0; data.size() < (17u << 20); i++) data += std::to_string(i) + "\n";
    EXPECT_EQ(store_->put_if_absent(at("large"), data), PutResult::kCreated);
    EXPECT_EQ(store_->put_if_absent(at("large"), data + "x"), PutResult::kAlreadyExists);
    EXPECT_TRUE(store_->get(at("large")) == data);
    EXPECT_THAT(names(store_->list_recursive(root_)), testing::ElementsAre("large"));
}

TEST_P(ObjectStoreTest, folders_are_seen) {
    store_->put(at("t/d/e"), "x");
    EXPECT_TRUE(store_->head(at("t/d"))->is_directory);
    EXPECT_FALSE(store_->start_head(at("t/d")).get());
    EXPECT_FALSE(store_->head(at("t/d/e"))->is_directory);
    store_->move(at("t/d/e"), at("t/f"));
    EXPECT_EQ(store_->get(at("t/f")), "x");
    EXPECT_FALSE(store_->get(at("t/d/e")));
}

TEST_P(ObjectStoreTest, removal) {
    store_->put(at("t/a"), "x");
    store_->put(at("t/d/e"), "x");
    store_->remove(at("t/a"));
    EXPECT_FALSE(store_->get(at("t/a")));
    store_->remove_recursive(at("t"));
    EXPECT_FALSE(store_->get(at("t/d/e")));
    EXPECT_TRUE(store_->list_recursive(root_).empty());
}

TEST_P(ObjectStoreTest, one_of_many_racers_wins) {
    std::atomic<int> winners{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; t++) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 20; i++) {
                auto result = store_->put_if_absent(
                    at("race/" + std::to_string(i)), std::to_string(t));
                if (result == PutResult::kCreated) winners++;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 20);
    EXPECT_EQ(store_->list(at("race")).size(), 20u);
}

INSTANTIATE_TEST_SUITE_P(Stores, ObjectStoreTest, testing::ValuesIn(ObjectStoreTest::kinds()));

TEST(LocalStoreTest, a_folder_that_cannot_be_made_is_an_error) {
    LocalStore store;
    try {
        store.put_if_absent("/proc/hanok/0.json", "x");
        FAIL() << "created a file in /proc";
    } catch (const Error& e) {
        EXPECT_EQ(e.condition().rfind("STORAGE_", 0), 0u) << e.condition();
    }
}

TEST(LocalStoreTest, unfinished_files_are_hidden) {
    std::string root = (fs::temp_directory_path() / "hanok-store-unfinished").string();
    fs::create_directories(root);
    std::ofstream(root + "/.0.json.1.2.hanok-unfinished") << "half";
    EXPECT_TRUE(LocalStore().list(root).empty());
    fs::remove_all(root);
}

TEST(FaultyStoreTest, strikes_the_chosen_call) {
    auto memory = std::make_shared<MemoryStore>();
    FaultyStore store(memory);
    store.add_fault({StoreCall::kPut, FaultKind::kFail, "b", 2, 1, 0});
    store.put("memory://t/b", "1");
    store.put("memory://t/a", "1");
    EXPECT_THROW(store.put("memory://t/b", "2"), Error);
    EXPECT_EQ(store.get("memory://t/b"), "1");
    store.put("memory://t/b", "3");
    EXPECT_EQ(store.get("memory://t/b"), "3");
}

TEST(FaultyStoreTest, tears_and_loses_answers) {
    FaultyStore store(std::make_shared<MemoryStore>());
    store.add_fault({StoreCall::kPutIfAbsent, FaultKind::kTear, "a", 1, 1, 0});
    store.add_fault({StoreCall::kPutIfAbsent, FaultKind::kLoseAnswer, "b", 1, 1, 0});
    store.add_fault({StoreCall::kPutIfAbsent, FaultKind::kDiskFull, "c", 1, 1, 0});
    EXPECT_THROW(store.put_if_absent("memory://t/a", "1234"), Error);
    EXPECT_EQ(store.get("memory://t/a"), "12");
    EXPECT_THROW(store.put_if_absent("memory://t/b", "1234"), Error);
    EXPECT_EQ(store.get("memory://t/b"), "1234");
    try {
        store.put_if_absent("memory://t/c", "1234");
        FAIL() << "no error";
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "STORAGE_FULL");
    }
}

TEST(PathTest, schemes) {
    EXPECT_EQ(scheme_of("s3://b/k"), "s3");
    EXPECT_EQ(scheme_of("FILE:/x"), "file");
    EXPECT_EQ(scheme_of("a:b"), "");
    EXPECT_EQ(scheme_of("/a:/b"), "");
    for (const char* path :
        {"/d/t", "file:/d/t", "file:///d/t", "file://localhost/d/t", "file:////d/t"})
        EXPECT_EQ(strip_file_scheme(path), "/d/t") << path;
    EXPECT_THROW(store_for("gs://bucket/key"), Error);
    EXPECT_EQ(store_for("s3://bucket/key"), store_for("s3a://other/key"));
    EXPECT_EQ(store_for("/x"), store_for("file:/x"));
}

TEST(PathTest, names) {
    EXPECT_EQ(join_path("/a/", "b"), "/a/b");
    EXPECT_EQ(join_path("memory://a", "b"), "memory://a/b");
    EXPECT_EQ(base_name("/a/b/"), "b");
    EXPECT_EQ(parent_path("/a/b/"), "/a");
    EXPECT_EQ(parent_path("/a"), "/");
}

TEST(PathTest, uri_encoding_goes_both_ways) {
    std::string path = "p=a b/%41#?[x]{y}\"'ü&+$,;:@";
    EXPECT_EQ(uri_encode_path("p=a b/%41#"), "p=a%20b/%2541%23");
    EXPECT_EQ(uri_decode(uri_encode_path(path)), path);
    EXPECT_EQ(uri_decode("100%"), "100%");
    EXPECT_EQ(uri_decode("a%2"), "a%2");
    EXPECT_EQ(uri_decode("a%41"), "aA");
}

}  // namespace
}  // namespace hanok::storage

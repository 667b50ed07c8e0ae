#include "storage/s3/s3_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "storage/s3/fake_s3_server.h"

namespace hanok::storage {
namespace {

using Keys = std::map<std::string, std::string>;
using testing::HasSubstr;

class S3StoreTest : public testing::Test {
protected:
    std::shared_ptr<S3Store> store(const Keys& more = {}) {
        Keys keys = {{"fs.s3a.endpoint", server_.endpoint()}, {"fs.s3a.access.key", "test-key"},
            {"fs.s3a.secret.key", "test-secret"}, {"fs.s3a.retry.interval", "1ms"},
            {"fs.s3a.multipart.size", "5M"}};
        for (const auto& [key, value] : more) keys[key] = value;
        return std::make_shared<S3Store>(std::make_shared<StoreSettings>(keys));
    }
    // The error that `f` throws.
    template <class F>
    static std::unique_ptr<Error> error_of(F f) {
        try {
            f();
        } catch (const Error& e) {
            return std::make_unique<Error>(e);
        }
        ADD_FAILURE() << "no error";
        return std::make_unique<Error>(internal_error("none"));
    }
    FakeS3Server server_;
};

TEST_F(S3StoreTest, locations) {
    EXPECT_EQ(s3_location("s3a://b//x/y/").key, "x/y");
    EXPECT_EQ(s3_location("s3://b").key, "");
    EXPECT_THROW(s3_location("s3://"), Error);
}

TEST_F(S3StoreTest, transient_answers_are_tried_again) {
    auto s3 = store();
    s3->put("s3://bucket/x", "1234567890");
    for (auto kind : {FakeFault::kStatus, FakeFault::kReset, FakeFault::kHalfBody}) {
        server_.add_fault({kind, "GET", "/x", 503, 2, 0});
        EXPECT_EQ(s3->get("s3://bucket/x"), "1234567890") << kind;
    }
}

TEST_F(S3StoreTest, what_stays_away_is_unavailable) {
    auto s3 = store({{"fs.s3a.attempts.maximum", "3"}});
    server_.add_fault({FakeFault::kStatus, "", "", 503, 100, 0});
    auto error = error_of([&] { s3->get("s3://bucket/x"); });
    EXPECT_EQ(error->condition(), "STORAGE_UNAVAILABLE");
    EXPECT_EQ(error->parameters().at("attempts"), "3");
    EXPECT_THAT(error->parameters().at("reason"), HasSubstr("503 SlowDown"));
    EXPECT_EQ(server_.requests().size(), 3u);
    auto nobody = store({{"fs.s3a.endpoint", "http://127.0.0.1:1"}});
    EXPECT_EQ(error_of([&] { nobody->get("s3://bucket/x"); })->condition(), "STORAGE_UNAVAILABLE");
}

TEST_F(S3StoreTest, a_stalled_answer_is_given_up_and_asked_again) {
    auto s3 = store({{"fs.s3a.connection.timeout", "1s"}});
    s3->put("s3://bucket/x", "1");
    server_.add_fault({FakeFault::kDelay, "GET", "/x", 0, 1, 3000});
    auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(s3->get("s3://bucket/x"), "1");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(2900));
}

TEST_F(S3StoreTest, a_head_that_was_started_is_one_request) {
    auto s3 = store();
    s3->put("s3://bucket/t/1", "a");
    size_t before = server_.requests().size();
    auto one = s3->start_head("s3://bucket/t/1"), two = s3->start_head("s3://bucket/t/2");
    EXPECT_FALSE(two.get());
    EXPECT_EQ(one.get()->size_bytes, 1);
    EXPECT_EQ(server_.requests().size() - before, 2u);
}

TEST_F(S3StoreTest, wrong_keys_are_told_as_such) {
    auto s3 = store({{"fs.s3a.secret.key", "wrong"}});
    auto error = error_of([&] { s3->get("s3://bucket/x"); });
    EXPECT_EQ(error->condition(), "STORAGE_ACCESS_DENIED");
    EXPECT_EQ(error->sqlstate(), "42501");
    EXPECT_THAT(error->message(), HasSubstr("SignatureDoesNotMatch"));
    EXPECT_EQ(server_.requests().size(), 1u);  // trying again would not help
    EXPECT_THAT(error_of([&] { s3->head("s3://bucket/x"); })->message(),
        HasSubstr("SignatureDoesNotMatch"));
    auto head = s3->start_head("s3://bucket/x");
    EXPECT_EQ(error_of([&] { head.get(); })->condition(), "STORAGE_ACCESS_DENIED");
    EXPECT_EQ(error_of([&] { s3->list("s3://bucket/x"); })->condition(), "STORAGE_ACCESS_DENIED");
    EXPECT_EQ(
        error_of([&] { s3->put("s3://bucket/x", ""); })->condition(), "STORAGE_ACCESS_DENIED");
}

TEST_F(S3StoreTest, no_keys_never_means_an_unsigned_request) {
    auto s3 = std::make_shared<S3Store>(
        std::make_shared<StoreSettings>(Keys{{"fs.s3a.endpoint", server_.endpoint()}}));
    auto error = error_of([&] { s3->get("s3://bucket/x"); });
    EXPECT_EQ(error->condition(), "STORAGE_ACCESS_DENIED");
    EXPECT_TRUE(server_.requests().empty());
}

TEST_F(S3StoreTest, absent_buckets_are_named) {
    auto error = error_of([&] { store()->get("s3://elsewhere/x"); });
    EXPECT_EQ(error->condition(), "STORAGE_BUCKET_NOT_FOUND");
    EXPECT_EQ(error->parameters().at("bucket"), "elsewhere");
}

TEST_F(S3StoreTest, the_region_is_learnt) {
    server_.region = "ap-northeast-2";
    auto s3 = store();
    s3->put("s3://bucket/x", "1");
    EXPECT_EQ(s3->get("s3://bucket/x"), "1");
    EXPECT_EQ(server_.requests().size(), 3u);  // only the first one was asked twice
}

TEST_F(S3StoreTest, a_lost_answer_of_a_conditional_put_is_resolved_by_reading_back) {
    auto s3 = store();
    for (auto kind : {FakeFault::kDoAndReset, FakeFault::kDoAndStatus}) {
        std::string path = "s3://bucket/log/" + std::to_string(kind);
        server_.add_fault({kind, "PUT", "/log/", 500, 1, 0});
        EXPECT_EQ(s3->put_if_absent(path, "ours"), PutResult::kCreated);
        server_.add_fault({kind, "PUT", "/log/", 500, 1, 0});
        // The same bytes by another writer are another commit.
        EXPECT_EQ(s3->put_if_absent(path, "ours"), PutResult::kAlreadyExists);
        EXPECT_EQ(s3->get(path), "ours");
    }
}

TEST_F(S3StoreTest, eight_writers_one_winner) {
    auto s3 = store();
    for (int round = 0; round < 10; round++) {
        std::string path = "s3://bucket/race/" + std::to_string(round);
        std::atomic<int> winners{0};
        std::string winner;
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; i++) {
            threads.emplace_back([&, i] {
                if (s3->put_if_absent(path, std::to_string(i)) == PutResult::kCreated) {
                    winners++;
                    winner = std::to_string(i);
                }
            });
        }
        for (auto& thread : threads) thread.join();
        EXPECT_EQ(winners, 1);
        EXPECT_EQ(s3->get(path), winner);
    }
}

TEST_F(S3StoreTest, connections_are_kept) {
    auto s3 = store();
    for (int i = 0; i < 50; i++) s3->put("s3://bucket/x", "1");
    EXPECT_LE(server_.connections(), 2);
}

std::string large_data() {
    std::string data;
    for (int i = 0; data.size() < (17 << 20); i++) data += std::to_string(i) + "\n";
    return data;
}

TEST_F(S3StoreTest, large_objects_go_up_in_parts) {
    auto s3 = store();
    std::string data = large_data();
    auto writer = s3->open_writer("s3://bucket/large");
    for (size_t at = 0; at < data.size(); at += 100000) {
        writer->append(std::string_view(data).substr(at, 100000));
        EXPECT_FALSE(s3->head("s3://bucket/large"));
        if (at > (8 << 20)) break;
    }
    EXPECT_EQ(server_.num_uploads(), 1u);
    writer.reset();  // given up
    EXPECT_EQ(server_.num_uploads(), 0u);
    EXPECT_FALSE(s3->head("s3://bucket/large"));

    s3->put("s3://bucket/large", data);
    EXPECT_EQ(s3->get("s3://bucket/large"), data);
    EXPECT_EQ(s3->get_range("s3://bucket/large", 6 << 20, 100), data.substr(6 << 20, 100));
}

TEST_F(S3StoreTest, parts_with_a_condition) {
    auto s3 = store();
    std::string data = large_data();
    server_.add_fault({FakeFault::kDoAndReset, "POST", "uploadId", 0, 1, 0});
    EXPECT_EQ(s3->put_if_absent("s3://bucket/large", data), PutResult::kCreated);
    EXPECT_EQ(s3->put_if_absent("s3://bucket/large", data), PutResult::kAlreadyExists);
    EXPECT_EQ(server_.num_uploads(), 0u);
    server_.add_fault({FakeFault::kStatus, "PUT", "partNumber", 503, 2, 0});
    EXPECT_EQ(s3->put_if_absent("s3://bucket/large2", data), PutResult::kCreated);
    EXPECT_EQ(s3->get("s3://bucket/large2"), data);
}

TEST_F(S3StoreTest, a_part_that_fails_leaves_nothing) {
    auto s3 = store({{"fs.s3a.attempts.maximum", "2"}});
    server_.add_fault({FakeFault::kStatus, "PUT", "partNumber=2", 500, 100, 0});
    EXPECT_THROW(s3->put("s3://bucket/large", large_data()), Error);
    EXPECT_FALSE(s3->head("s3://bucket/large"));
    EXPECT_EQ(server_.num_uploads(), 0u);
}

TEST_F(S3StoreTest, moves_copy_inside_the_server) {
    auto s3 = store();
    s3->put("s3://bucket/a b", "1");
    s3->move("s3://bucket/a b", "s3a://bucket/p=x/ü");
    EXPECT_FALSE(s3->head("s3://bucket/a b"));
    EXPECT_EQ(s3->get("s3://bucket/p=x/ü"), "1");
    EXPECT_THROW(s3->move("s3://bucket/nothing", "s3://bucket/y"), Error);
}

}  // namespace
}  // namespace hanok::storage

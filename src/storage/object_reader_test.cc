#include "storage/object_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "storage/memory_store.h"
#include "storage/s3/fake_s3_server.h"
#include "storage/s3/s3_store.h"

namespace hanok::storage {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kMiB = 1 << 20;

std::string numbers(size_t size) {
    std::string data;
    for (int i = 0; data.size() < size; i++) data += std::to_string(i) + ",";
    data.resize(size);
    return data;
}

class ObjectReaderTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ =
            (fs::temp_directory_path() / ("hanok-cache-" + std::to_string(::getpid()))).string();
        fs::remove_all(folder_);
        cache_ = BlockCache::open(folder_, 64 * kMiB);
        store_ = std::make_shared<S3Store>(std::make_shared<StoreSettings>(
            std::map<std::string, std::string>{{"fs.s3a.endpoint", server_.endpoint()},
                {"fs.s3a.access.key", "test-key"}, {"fs.s3a.secret.key", "test-secret"}}));
        store_->put(path_, data_);
        info_ = *store_->head(path_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::unique_ptr<ObjectReader> reader() {
        return std::make_unique<ObjectReader>(store_, info_, cache_);
    }
    static std::string read(ObjectReader& from, int64_t offset, int64_t length) {
        std::string out(static_cast<size_t>(length), '\0');
        from.read(offset, length, out.data());
        return out;
    }
    std::string expected(int64_t offset, int64_t length) const {
        return data_.substr(static_cast<size_t>(offset), static_cast<size_t>(length));
    }
    int64_t gets() const {
        auto all = server_.requests();
        return std::count_if(
            all.begin(), all.end(), [](const std::string& r) { return r.starts_with("GET"); });
    }

    FakeS3Server server_;
    std::string folder_;
    std::string path_ = "s3://bucket/data";
    std::string data_ = numbers(12 * kMiB + 12345);
    std::shared_ptr<BlockCache> cache_;
    std::shared_ptr<S3Store> store_;
    ObjectInfo info_;
};

TEST_F(ObjectReaderTest, neighbouring_blocks_are_one_request_and_then_none) {
    auto one = reader();
    EXPECT_EQ(read(*one, 100, 4 * kMiB), expected(100, 4 * kMiB));
    EXPECT_EQ(gets(), 1);
    EXPECT_EQ(read(*one, 2 * kMiB + 7, 10), expected(2 * kMiB + 7, 10));
    EXPECT_EQ(read(*reader(), 0, 5 * kMiB), expected(0, 5 * kMiB));
    EXPECT_EQ(gets(), 1);
    int64_t size = info_.size_bytes;
    EXPECT_EQ(read(*one, size - 10, 10), expected(size - 10, 10));
    EXPECT_EQ(gets(), 2);
}

TEST_F(ObjectReaderTest, a_sequential_reader_finds_the_next_blocks_there) {
    auto one = reader();
    for (int64_t offset = 0; offset < info_.size_bytes; offset += 100000) {
        int64_t length = std::min<int64_t>(100000, info_.size_bytes - offset);
        ASSERT_EQ(read(*one, offset, length), expected(offset, length));
    }
    EXPECT_LE(gets(), 6);  // of 13 blocks
}

TEST_F(ObjectReaderTest, what_is_kept_survives_a_restart_and_torn_blocks_are_found) {
    read(*reader(), 0, 3 * kMiB);
    auto size = cache_->size_bytes();
    cache_ = BlockCache::open(folder_, 64 * kMiB);
    EXPECT_EQ(cache_->size_bytes(), size);
    for (const auto& file : fs::directory_iterator(folder_)) fs::resize_file(file.path(), 1000);
    EXPECT_EQ(read(*reader(), 0, 3 * kMiB), expected(0, 3 * kMiB));
}

TEST_F(ObjectReaderTest, another_version_and_another_reader_get_nothing_of_it) {
    read(*reader(), 0, kMiB);
    store_->put(path_, std::string(data_.size(), 'x'));
    info_ = *store_->head(path_);
    EXPECT_EQ(read(*reader(), 0, 4), "xxxx");
    auto other = std::make_shared<S3Store>(std::make_shared<StoreSettings>(
        std::map<std::string, std::string>{{"fs.s3a.endpoint", server_.endpoint()},
            {"fs.s3a.access.key", "test-key"}, {"fs.s3a.secret.key", "wrong"}}));
    ObjectReader refused(other, info_, cache_);
    EXPECT_THROW(read(refused, 0, 4), Error);
}

TEST_F(ObjectReaderTest, the_oldest_blocks_make_room) {
    cache_ = BlockCache::open(folder_, 3 * kMiB + 100);
    EXPECT_EQ(read(*reader(), 0, 6 * kMiB), expected(0, 6 * kMiB));
    EXPECT_LE(cache_->size_bytes(), 3 * kMiB + 100);
    EXPECT_FALSE(cache_->has(store_->version_key(info_), 0));
    EXPECT_TRUE(cache_->has(store_->version_key(info_), 5));
}

TEST_F(ObjectReaderTest, without_a_cache_ranges_are_exact) {
    ObjectReader one(store_, info_, nullptr);
    EXPECT_EQ(read(one, 5, 10), expected(5, 10));
    EXPECT_EQ(read(one, 0, info_.size_bytes), data_);
    EXPECT_THROW(read(one, info_.size_bytes - 1, 2), Error);
    auto memory = std::make_shared<MemoryStore>();
    memory->put("memory://t/x", "0123456789");
    ObjectReader two(memory, *memory->head("memory://t/x"), cache_);
    EXPECT_EQ(read(two, 3, 4), "3456");
    EXPECT_EQ(cache_->size_bytes(), 0);
}

TEST_F(ObjectReaderTest, many_threads_read_one_object) {
    auto one = reader();
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 8; t++) {
        threads.emplace_back([&, t] {
            for (int64_t i = 0; i < 40; i++) {
                int64_t offset = (t * 7919 + i * 104729 * 3) % (info_.size_bytes - 70000);
                if (read(*one, offset, 70000) != expected(offset, 70000)) wrong++;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_LE(gets(), 13);
}

TEST_F(ObjectReaderTest, an_object_that_is_gone_is_an_error) {
    auto one = reader();
    store_->remove(path_);
    EXPECT_THROW(read(*one, 0, 10), Error);
}

}  // namespace
}  // namespace hanok::storage

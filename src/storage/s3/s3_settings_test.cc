#include "storage/s3/s3_settings.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"

namespace hanok::storage {
namespace {

using Keys = std::map<std::string, std::string>;

S3Settings settings(const Keys& keys, const std::string& bucket = "data") {
    return s3_settings(StoreSettings(keys), bucket);
}

class S3SettingsTest : public testing::Test {
protected:
    void SetUp() override { clear(); }
    void TearDown() override { clear(); }
    static void clear() {
        for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
                 "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"})
            ::unsetenv(name);
    }
};

TEST_F(S3SettingsTest, defaults_are_those_of_aws) {
    auto s = settings({});
    EXPECT_EQ(s.endpoint, "https://s3.us-east-1.amazonaws.com");
    EXPECT_FALSE(s.path_style);
    EXPECT_TRUE(settings({}, "with.dots").path_style);
    EXPECT_EQ(settings({{"fs.s3a.endpoint.region", "eu-west-1"}}).endpoint,
        "https://s3.eu-west-1.amazonaws.com");
    EXPECT_EQ(settings({{"fs.s3a.endpoint", "s3.ap-northeast-2.amazonaws.com"}}).region,
        "ap-northeast-2");
}

TEST_F(S3SettingsTest, keys_with_and_without_spark_hadoop) {
    auto s = settings({{"spark.hadoop.fs.s3a.endpoint", "http://minio.local:9000/"},
        {"spark.hadoop.fs.s3a.access.key", "a"}, {"spark.hadoop.fs.s3a.secret.key", "b"},
        {"fs.s3a.session.token", "c"}, {"fs.s3a.path.style.access", "TRUE"},
        {"fs.s3a.connection.timeout", "5s"}, {"fs.s3a.multipart.size", "8M"}});
    EXPECT_EQ(s.endpoint, "http://minio.local:9000");
    EXPECT_TRUE(s.path_style);
    EXPECT_EQ(
        s.credentials.access_key + s.credentials.secret_key + s.credentials.session_token, "abc");
    EXPECT_EQ(s.stall_timeout_ms, 5000);
    EXPECT_EQ(s.part_bytes, 8 << 20);
}

TEST_F(S3SettingsTest, tls_switch_and_addresses) {
    Keys keys = {{"fs.s3a.endpoint", "127.0.0.1:7070"}, {"fs.s3a.connection.ssl.enabled", "false"}};
    EXPECT_EQ(settings(keys).endpoint, "http://127.0.0.1:7070");
    EXPECT_TRUE(settings(keys).path_style);  // no bucket can stand before an address
}

TEST_F(S3SettingsTest, a_bucket_has_its_own_keys) {
    Keys keys = {{"fs.s3a.access.key", "all"}, {"fs.s3a.secret.key", "x"},
        {"fs.s3a.bucket.data.access.key", "own"}};
    EXPECT_EQ(settings(keys).credentials.access_key, "own");
    EXPECT_EQ(settings(keys, "other").credentials.access_key, "all");
}

TEST_F(S3SettingsTest, the_environment_comes_last) {
    ::setenv("AWS_ACCESS_KEY_ID", "env", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
    ::setenv("AWS_SESSION_TOKEN", "t", 1);
    ::setenv("AWS_ENDPOINT_URL", "http://env:1", 1);
    ::setenv("AWS_REGION", "eu-north-1", 1);
    EXPECT_EQ(settings({}).credentials.access_key, "env");
    EXPECT_EQ(settings({}).endpoint, "http://env:1");
    EXPECT_EQ(settings({}).region, "eu-north-1");
    // A token of the environment never goes with keys from elsewhere.
    auto mixed = settings({{"fs.s3a.access.key", "a"}, {"fs.s3a.secret.key", "b"}});
    EXPECT_EQ(mixed.credentials.session_token, "");
}

TEST_F(S3SettingsTest, what_makes_no_sense_is_refused) {
    for (const Keys& keys :
        {Keys{{"fs.s3a.path.style.access", "maybe"}}, Keys{{"fs.s3a.connection.timeout", "soon"}},
            Keys{{"fs.s3a.endpoint", "ftp://x"}}, Keys{{"fs.s3a.access.key", "without a secret"}},
            Keys{{"fs.s3a.aws.credentials.provider", "com.example.Vault"}},
            Keys{{"fs.s3a.encryption.algorithm", "SSE-C"}}})
        EXPECT_THROW(settings(keys), Error) << keys.begin()->first;
}

TEST_F(S3SettingsTest, scopes_nest_on_a_thread) {
    auto outer = std::make_shared<StoreSettings>(Keys{{"fs.s3a.access.key", "outer"}});
    auto before = StoreScope::current();
    {
        StoreScope one(outer);
        EXPECT_EQ(StoreScope::current(), outer);
        {
            StoreScope two(outer->with({{"spark.hadoop.fs.s3a.access.key", "inner"}}));
            EXPECT_EQ(StoreScope::current()->find("fs.s3a.access.key"), "inner");
        }
        EXPECT_EQ(StoreScope::current(), outer);
    }
    EXPECT_EQ(StoreScope::current(), before);
}

}  // namespace
}  // namespace hanok::storage

#include "server/options.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "session/session_defaults.h"
#include "storage/store_settings.h"

namespace hanok::server {
namespace {

ServerOptions read(const std::string& text) {
    std::string file = ::testing::TempDir() + "hanok_options_test.yaml";
    std::ofstream(file) << text;
    ServerOptions options;
    read_config_file(file, &options);
    return options;
}

TEST(Options, AFileSetsWhatItNames) {
    auto options = read("host: 0.0.0.0\nconnect-port: 5\nmemory-limit: 2GB\n");
    EXPECT_EQ(options.host, "0.0.0.0");
    EXPECT_EQ(options.connect_port, 5);
    EXPECT_EQ(options.memory_limit, "2GB");
    EXPECT_EQ(options.http_port, 8080);
}

TEST(Options, SparksKeysComeFromTheFileAndTheCommandLine) {
    auto options = read(
        "conf:\n  spark.sql.ansi.enabled: false\n  spark.hadoop.fs.s3a.region: a\n");
    EXPECT_EQ(options.conf.at("spark.sql.ansi.enabled"), "false");
    add_conf("spark.hadoop.fs.s3a.access.key=a=b", &options);
    EXPECT_THROW(add_conf("no value", &options), Error);
    apply_conf(options);
    auto sessions = session::session_defaults();
    EXPECT_EQ(sessions.size(), 1u);  // secrets of stores are nothing for sessions
    EXPECT_EQ(storage::default_store_settings()->find("fs.s3a.access.key"), "a=b");
    options.conf["spark.sql.ansi.enabled"] = "perhaps";
    EXPECT_THROW(apply_conf(options), Error);
    apply_conf({});
    EXPECT_TRUE(session::session_defaults().empty());
}

TEST(Options, MistakesAreNamed) {
    for (const char* text : {"prot: 5\n", "connect-port: five\n", "connect-port: [1\n"}) {
        try {
            read(text);
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.condition(), "INVALID_SERVER_CONFIG") << text;
        }
    }
    ServerOptions options;
    EXPECT_THROW(read_config_file("/nowhere/hanok.yaml", &options), Error);
}

TEST(Options, Bytes) {
    EXPECT_EQ(parse_bytes("1000000"), 1'000'000);
    EXPECT_EQ(parse_bytes("8GiB"), int64_t{8} << 30);
    EXPECT_THROW(parse_bytes("many"), Error);
    EXPECT_THROW(parse_bytes("-1GB"), Error);
}

}  // namespace
}  // namespace hanok::server

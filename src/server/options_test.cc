#include "server/options.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"

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

#pragma once
// What the command line and the configuration file say.

#include <map>
#include <string>
#include <vector>

#include "session/platform.h"

namespace hanok::server {

struct ServerOptions {
    std::string data_dir = "hanok-data";
    std::string host = "127.0.0.1";
    int connect_port = 15002;
    int http_port = 8080;
    int threads = 0;                        // 0: every core
    std::string memory_limit;               // "8GB"; "" for 70 % of the machine
    std::string cache_size = "10GB";        // disk for blocks of remote objects; "0" for none
    bool python_sandbox = true;             // user code reads the interpreter's files alone
    std::vector<std::string> python_paths;  // and these
    int shutdown_grace_ms = 10000;
    std::string log_level = "info";
    // Spark's keys: what sessions begin with (spark.sql.…), and how object stores are reached
    // (spark.hadoop.fs.s3a.…).
    std::map<std::string, std::string> conf;
};

// Reads a YAML file of the options' names (data-dir, host, connect-port, http-port, threads,
// memory-limit, cache-size, python-sandbox, python-paths, shutdown-grace-ms, log-level, and conf: a
// map of Spark's keys) over `options`. Throws Error INVALID_SERVER_CONFIG for unknown keys and bad
// values.
void read_config_file(const std::string& file, ServerOptions* options);

// "KEY=VALUE" of the command line into options->conf. Throws Error INVALID_SERVER_CONFIG.
void add_conf(const std::string& text, ServerOptions* options);

// Makes `conf` what sessions and object stores go by. Throws Error for values that make no sense.
void apply_conf(const ServerOptions& options);

// apply_conf, then the platform, with a cache of remote objects in its data folder.
std::unique_ptr<session::Platform> open_platform(const ServerOptions& options);

// "512MB", "8GiB", "1000000" -> bytes. Throws Error INVALID_SERVER_CONFIG.
int64_t parse_bytes(const std::string& text);

}  // namespace hanok::server

#pragma once
// What the command line and the configuration file say.

#include <map>
#include <string>

namespace hanok::server {

struct ServerOptions {
    std::string data_dir = "hanok-data";
    std::string host = "127.0.0.1";
    int connect_port = 15002;
    int http_port = 8080;
    int threads = 0;           // 0: every core
    std::string memory_limit;  // "8GB"; "" for 70 % of the machine
    int shutdown_grace_ms = 10000;
    std::string log_level = "info";
};

// Reads a YAML file of the options' names (data-dir, host, connect-port, http-port, threads,
// memory-limit, shutdown-grace-ms, log-level) over `options`. Throws Error INVALID_SERVER_CONFIG
// for unknown keys and bad values.
void read_config_file(const std::string& file, ServerOptions* options);

// "512MB", "8GiB", "1000000" -> bytes. Throws Error INVALID_SERVER_CONFIG.
int64_t parse_bytes(const std::string& text);

}  // namespace hanok::server

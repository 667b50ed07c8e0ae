#pragma once
#include <optional>
#include <string>

#include "server/options.h"

namespace hanok::server {

struct SqlOptions {
    ServerOptions server;                   // data folder, threads, memory
    std::optional<std::string> statements;  // -e
    std::string file;                       // -f
    std::string format = "table";
};

// The in-process SQL shell. Exit codes: 0 all statements ran, 1 a statement failed, 2 wrong use.
int run_sql(const SqlOptions& options);

}  // namespace hanok::server

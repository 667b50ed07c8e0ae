#pragma once
#include "server/options.h"

namespace hanok::server {

// Runs until SIGTERM or SIGINT; returns the process's exit code.
int run_server(const ServerOptions& options);

}  // namespace hanok::server

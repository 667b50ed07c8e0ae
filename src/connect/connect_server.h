#pragma once
// The Spark Connect server.

#include <chrono>
#include <memory>
#include <string>

#include "connect/backend.h"
#include "connect/connect_options.h"

namespace hanok::connect {

class QueryLog;

class ConnectServer {
public:
    // Listens at once. Port 0 takes a free one. Throws Error when the port is in use. `backend`
    // must outlive it.
    static std::unique_ptr<ConnectServer> start(
        const std::string& host, int port, Backend& backend, const ConnectOptions& options = {});
    // shutdown() without grace.
    ~ConnectServer();

    int port() const;
    // What ran lately.
    const QueryLog& queries() const;
    // Refuses new calls, lets running ones end for up to `grace`, then cancels operations and ends
    // sessions. Returns when no thread of the server is left. Idempotent.
    void shutdown(std::chrono::milliseconds grace);

private:
    struct Impl;
    explicit ConnectServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace hanok::connect

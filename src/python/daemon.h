#pragma once
// The process from which the workers of one kind are forked.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "python/confinement.h"

namespace hanok::python {

class Daemon {
public:
    // Starts `interpreter -m pyspark.daemon module` and waits until it listens. With `allowed` it
    // is confined to the interpreter's own files and these, where the kernel can (see
    // confinement.h). Its workers stand in `folder` when that is not empty, so that they open files
    // there by name. Throws Error HANOK_PYTHON_UNAVAILABLE.
    static std::shared_ptr<Daemon> start(const std::string& interpreter,
        const std::optional<AllowedPaths>& allowed, const std::string& module,
        const std::string& folder = "");
    // Runs `interpreter args…` to its end, confined alike; its exit status.
    static int run(const std::string& interpreter, const std::optional<AllowedPaths>& allowed,
        const std::vector<std::string>& args);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // A socket to a freshly forked worker, and its process id. Throws when the daemon is gone.
    int connect_worker(int* pid);
    // Kills a worker of this daemon.
    void kill_worker(int pid);
    bool is_alive() const;

private:
    Daemon() = default;
    void read_address();

    int pid_ = -1;
    int input_ = -1;   // its stdin: process ids to kill; closing it ends the daemon
    int output_ = -1;  // its stdout: the address, then what user code prints
    std::unique_ptr<PrivateFolder> folder_;
    std::string address_;
    std::mutex mutex_;  // guards writes to input_
    std::thread drain_;
};

}  // namespace hanok::python

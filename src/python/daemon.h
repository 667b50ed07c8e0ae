#pragma once
// The process from which the workers of one kind are forked.

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hanok::python {

class Daemon {
public:
    // Starts `interpreter -m pyspark.daemon module` (behind `sandbox`) and waits until it listens.
    // Throws Error HANOK_PYTHON_UNAVAILABLE.
    static std::shared_ptr<Daemon> start(const std::string& interpreter,
        const std::vector<std::string>& sandbox, const std::string& module);
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
    std::string folder_;
    std::string address_;
    std::mutex mutex_;  // guards writes to input_
    std::thread drain_;
};

}  // namespace hanok::python

#pragma once
// Python worker processes, forked on demand by the stock pyspark.daemon and used again and again.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "python/confinement.h"

namespace hanok::python {

struct PoolOptions {
    // The interpreter, with PySpark installed; "" for PYSPARK_PYTHON, then HANOK_PYTHON, then the
    // one of the build, then python3.
    std::string interpreter;
    // Confined (confinement.h) to the interpreter's files and these; nullopt: not confined.
    std::optional<AllowedPaths> allowed = AllowedPaths{};
    int max_workers = 0;             // busy at once beyond one a caller; 0: number of processors
    int max_idle = 8;                // kept for later
    int64_t memory_limit_bytes = 0;  // of each worker's data; 0: half of the machine's memory
};

// A worker that waits for a task, connected by a socket. Killed when it is destroyed.
class Worker {
public:
    Worker(int socket, int pid, std::shared_ptr<class Daemon> daemon, std::string folder);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    int socket() const { return socket_; }
    int pid() const { return pid_; }
    // True while nothing but its own death can have happened to it.
    bool is_alive() const;

private:
    friend class WorkerPool;
    int socket_;
    int pid_;
    std::shared_ptr<class Daemon> daemon_;
    const std::string folder_;  // see WorkerPool::acquire
    bool kept_ = false;         // its process outlives this object
};

// Thread-safe. Starts nothing before the first worker is wanted.
class WorkerPool {
public:
    // A busy worker. Goes back to the pool if finished(), is killed otherwise.
    class Lease {
    public:
        Lease(WorkerPool* pool, std::unique_ptr<Worker> worker);
        ~Lease();
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        Worker& operator*() const { return *worker_; }
        Worker* operator->() const { return worker_.get(); }
        // The worker has said that it is ready for another task.
        void finished() { reusable_ = true; }

    private:
        WorkerPool* pool_;
        std::unique_ptr<Worker> worker_;
        bool reusable_ = false;
    };

    explicit WorkerPool(PoolOptions options);
    ~WorkerPool();

    // Never waits for another task's end. `module` is what the worker runs: "pyspark.worker", or
    // one of pyspark.sql.worker.*. Workers that may read a session's `folder` ("" for none) are
    // that session's alone. Throws Error HANOK_PYTHON_UNAVAILABLE.
    std::unique_ptr<Lease> acquire(
        const std::string& module = "pyspark.worker", const std::string& folder = "");
    // A further one for a task that could use several; null when enough are busy.
    std::unique_ptr<Lease> try_acquire(const std::string& folder = "");
    // The folder is about to go: ends its idle workers and daemons; busy ones end with their task.
    void forget(const std::string& folder);
    // Unpacks an archive of the kind that `name` ends with (.zip, .jar, .tar, .tar.gz, .tgz) into a
    // new folder. Throws Error HANOK_PYTHON_ARCHIVE.
    void unpack(const std::string& file, const std::string& name, const std::string& folder) const;
    int busy() const { return busy_; }
    const std::string& interpreter() const { return options_.interpreter; }
    const PoolOptions& options() const { return options_; }

private:
    // What workers are forked from: one for each module and folder.
    struct Source {
        std::string module;
        std::string folder;
        std::shared_ptr<class Daemon> daemon;
    };
    std::unique_ptr<Worker> take_idle(const std::string& folder);
    std::shared_ptr<class Daemon> daemon(const std::string& module, const std::string& folder);
    std::shared_ptr<class Daemon> start(const std::string& module, const std::string& folder) const;
    void give_back(std::unique_ptr<Worker> worker, bool reusable);

    PoolOptions options_;
    std::atomic<int> busy_ = 0;
    std::mutex mutex_;  // guards what follows
    std::vector<Source> sources_;
    std::vector<std::unique_ptr<Worker>> idle_;  // of pyspark.worker
};

}  // namespace hanok::python

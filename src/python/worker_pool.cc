#include "python/worker_pool.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "base/error.h"
#include "python/daemon.h"

namespace hanok::python {

namespace {

constexpr const char* kWorkerModule = "pyspark.worker";

std::string default_interpreter() {
    for (const char* name : {"PYSPARK_PYTHON", "HANOK_PYTHON"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return value;
    }
    if (::access(HANOK_BUILD_PYTHON, X_OK) == 0) return HANOK_BUILD_PYTHON;
    return "python3";
}

int64_t half_of_memory() {
    return static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE) / 2;
}

}  // namespace

Worker::Worker(int socket, int pid, std::shared_ptr<Daemon> daemon)
    : socket_(socket), pid_(pid), daemon_(std::move(daemon)) {}

Worker::~Worker() {
    // Idle ones end by themselves when their socket closes; a busy one may never look.
    if (!kept_) daemon_->kill_worker(pid_);
    ::close(socket_);
}

bool Worker::is_alive() const {
    char byte;
    auto n = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

WorkerPool::Lease::Lease(WorkerPool* pool, std::unique_ptr<Worker> worker)
    : pool_(pool), worker_(std::move(worker)) {}

WorkerPool::Lease::~Lease() { pool_->give_back(std::move(worker_), reusable_); }

WorkerPool::WorkerPool(PoolOptions options) : options_(std::move(options)) {
    if (options_.interpreter.empty()) options_.interpreter = default_interpreter();
    if (options_.max_workers <= 0)
        options_.max_workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    if (options_.memory_limit_bytes <= 0) options_.memory_limit_bytes = half_of_memory();
}

WorkerPool::~WorkerPool() = default;

std::shared_ptr<Daemon> WorkerPool::daemon(const std::string& module) {
    std::lock_guard lock(mutex_);
    for (auto& [name, daemon] : daemons_) {
        if (name != module) continue;
        if (!daemon->is_alive())
            daemon = Daemon::start(options_.interpreter, options_.allowed, module);
        return daemon;
    }
    daemons_.emplace_back(module, Daemon::start(options_.interpreter, options_.allowed, module));
    return daemons_.back().second;
}

std::unique_ptr<Worker> WorkerPool::take_idle() {
    std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
        auto worker = std::move(idle_.back());
        idle_.pop_back();
        worker->kept_ = false;
        if (worker->is_alive()) return worker;
    }
    return nullptr;
}

std::unique_ptr<WorkerPool::Lease> WorkerPool::acquire(const std::string& module) {
    auto worker = module == kWorkerModule ? take_idle() : nullptr;
    if (!worker) {
        auto source = daemon(module);
        int pid = -1;
        int socket = source->connect_worker(&pid);
        worker = std::make_unique<Worker>(socket, pid, source);
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = static_cast<rlim_t>(options_.memory_limit_bytes);
        ::prlimit(pid, RLIMIT_DATA, &limit, nullptr);
    }
    ++busy_;
    return std::make_unique<Lease>(this, std::move(worker));
}

std::unique_ptr<WorkerPool::Lease> WorkerPool::try_acquire() {
    if (busy_ >= options_.max_workers) return nullptr;
    return acquire();
}

void WorkerPool::give_back(std::unique_ptr<Worker> worker, bool reusable) {
    --busy_;
    if (!reusable) return;
    std::lock_guard lock(mutex_);
    worker->kept_ = true;
    if (idle_.size() < static_cast<size_t>(options_.max_idle)) idle_.push_back(std::move(worker));
}

}  // namespace hanok::python

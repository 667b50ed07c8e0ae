#include "python/worker_pool.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
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

Worker::Worker(int socket, int pid, std::shared_ptr<Daemon> daemon, std::string folder)
    : socket_(socket), pid_(pid), daemon_(std::move(daemon)), folder_(std::move(folder)) {}

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

std::shared_ptr<Daemon> WorkerPool::start(
    const std::string& module, const std::string& folder) const {
    auto allowed = options_.allowed;
    if (allowed && !folder.empty()) allowed->readable.push_back(folder);
    return Daemon::start(options_.interpreter, allowed, module, folder);
}

std::shared_ptr<Daemon> WorkerPool::daemon(const std::string& module, const std::string& folder) {
    std::lock_guard lock(mutex_);
    for (auto& source : sources_) {
        if (source.module != module || source.folder != folder) continue;
        if (!source.daemon->is_alive()) source.daemon = start(module, folder);
        return source.daemon;
    }
    sources_.push_back({module, folder, start(module, folder)});
    return sources_.back().daemon;
}

std::unique_ptr<Worker> WorkerPool::take_idle(const std::string& folder) {
    std::lock_guard lock(mutex_);
    for (size_t i = idle_.size(); i-- > 0;) {
        if (idle_[i]->folder_ != folder) continue;
        auto worker = std::move(idle_[i]);
        idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
        worker->kept_ = false;
        if (worker->is_alive()) return worker;
    }
    return nullptr;
}

std::unique_ptr<WorkerPool::Lease> WorkerPool::acquire(
    const std::string& module, const std::string& folder) {
    auto worker = module == kWorkerModule ? take_idle(folder) : nullptr;
    if (!worker) {
        auto source = daemon(module, folder);
        int pid = -1;
        int socket = source->connect_worker(&pid);
        worker = std::make_unique<Worker>(socket, pid, source, folder);
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = static_cast<rlim_t>(options_.memory_limit_bytes);
        ::prlimit(pid, RLIMIT_DATA, &limit, nullptr);
    }
    ++busy_;
    return std::make_unique<Lease>(this, std::move(worker));
}

std::unique_ptr<WorkerPool::Lease> WorkerPool::try_acquire(const std::string& folder) {
    if (busy_ >= options_.max_workers) return nullptr;
    return acquire(kWorkerModule, folder);
}

void WorkerPool::forget(const std::string& folder) {
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<Source> sources;  // end when the lock is free again
    std::lock_guard lock(mutex_);
    auto move_out = [&](auto* from, auto* to, const auto& folder_of) {
        auto gone = std::stable_partition(
            from->begin(), from->end(), [&](const auto& x) { return folder_of(x) != folder; });
        std::move(gone, from->end(), std::back_inserter(*to));
        from->erase(gone, from->end());
    };
    move_out(&idle_, &workers, [](const auto& worker) { return worker->folder_; });
    move_out(&sources_, &sources, [](const auto& source) { return source.folder; });
}

void WorkerPool::unpack(
    const std::string& file, const std::string& name, const std::string& folder) const {
    static constexpr std::pair<const char*, const char*> kFormats[] = {{".zip", "zip"},
        {".jar", "zip"}, {".egg", "zip"}, {".tar", "tar"}, {".tar.gz", "gztar"}, {".tgz", "gztar"}};
    const auto* format = std::find_if(std::begin(kFormats), std::end(kFormats),
        [&](const auto& known) { return name.ends_with(known.first); });
    if (format == std::end(kFormats))
        throw runtime_error("HANOK_PYTHON_ARCHIVE", {{"name", name}, {"reason", "is none"}});
    std::filesystem::create_directories(folder);
    auto allowed = options_.allowed;
    if (allowed) {
        allowed->readable.push_back(file);
        allowed->writable.push_back(folder);
    }
    int status = Daemon::run(options_.interpreter, allowed,
        {"-c", "import shutil, sys; shutil.unpack_archive(*sys.argv[1:])", file, folder,
            format->second});
    if (status != 0)
        throw runtime_error(
            "HANOK_PYTHON_ARCHIVE", {{"name", name}, {"reason", "cannot be unpacked"}});
}

void WorkerPool::give_back(std::unique_ptr<Worker> worker, bool reusable) {
    --busy_;
    if (!reusable) return;
    std::lock_guard lock(mutex_);
    bool is_known = std::any_of(sources_.begin(), sources_.end(),
        [&](const Source& source) { return source.folder == worker->folder_; });
    if (!is_known) return;  // forgotten meanwhile
    worker->kept_ = true;
    if (idle_.size() < static_cast<size_t>(options_.max_idle)) idle_.push_back(std::move(worker));
}

}  // namespace hanok::python

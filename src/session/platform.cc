#include "session/platform.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "delta/table.h"
#include "iceberg/publish.h"
#include "storage/store_settings.h"

namespace hanok::session {

namespace fs = std::filesystem;

namespace {

// Between a table's root and the identity of the settings it was reached by: who reads with other
// keys reads the log anew.
constexpr char kKeyMark = '\n';

std::string table_key(const std::string& root) {
    bool is_local = root.starts_with('/');
    return root + kKeyMark + (is_local ? "" : storage::StoreScope::current()->identity());
}

// An exclusive lock on <data_dir>/lock that the kernel drops when the process ends, however it
// ends.
int lock_folder(const std::string& data_dir) {
    std::string file = data_dir + "/lock";
    int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        throw runtime_error(
            "DATA_FOLDER_NOT_WRITABLE", {{"folder", data_dir}, {"reason", std::strerror(errno)}});
    }
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        throw runtime_error("DATA_FOLDER_IN_USE", {{"folder", data_dir}});
    }
    std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd, 0) != 0 || ::write(fd, pid.data(), pid.size()) < 0) {
        ::close(fd);
        throw runtime_error(
            "DATA_FOLDER_NOT_WRITABLE", {{"folder", data_dir}, {"reason", std::strerror(errno)}});
    }
    return fd;
}

constexpr size_t kMaxOpenTables = 1000;

}  // namespace

std::unique_ptr<Platform> Platform::open(const PlatformOptions& options) {
    std::error_code error;
    std::string data_dir = fs::absolute(options.data_dir).lexically_normal().string();
    while (data_dir.size() > 1 && data_dir.back() == '/') data_dir.pop_back();
    for (const char* folder : {"", "/warehouse", "/artifacts", "/logs", "/tmp"}) {
        fs::create_directories(data_dir + folder, error);
        if (error)
            throw runtime_error(
                "DATA_FOLDER_NOT_WRITABLE", {{"folder", data_dir}, {"reason", error.message()}});
    }
    auto platform = std::unique_ptr<Platform>(new Platform(data_dir, lock_folder(data_dir)));
    platform->catalog_ = catalog::Catalog::open(
        data_dir + "/catalog.db", platform->warehouse_, platform->clock_);
    engine::EngineOptions engine_options = options.engine;
    if (engine_options.spill_directory.empty()) engine_options.spill_directory = data_dir + "/tmp";
    platform->engine_ = engine::Engine::open(engine_options);
    platform->handlers_.checkpoint_reader = platform->engine_->checkpoint_reader();
    platform->handlers_.checkpoint_writer = platform->engine_->checkpoint_writer();
    platform->handlers_.commit_listener = std::make_shared<iceberg::UniformPublisher>();
    return platform;
}

Platform::Platform(std::string data_dir, int lock_fd)
    : clock_(base::SystemClock::instance()),
      data_dir_(std::move(data_dir)),
      warehouse_(data_dir_ + "/warehouse"),
      lock_fd_(lock_fd) {}

Platform::~Platform() {
    engine_.reset();
    catalog_.reset();
    if (lock_fd_ >= 0) ::close(lock_fd_);
}

std::shared_ptr<delta::Table> Platform::delta_table(const std::string& path) {
    auto table = delta::Table::at(path, handlers_);
    std::string key = table_key(table->root());
    std::lock_guard lock(mutex_);
    auto it = tables_.find(key);
    if (it != tables_.end()) return it->second;
    if (tables_.size() >= kMaxOpenTables) {
        std::erase_if(tables_, [](const auto& entry) { return entry.second.use_count() == 1; });
    }
    tables_[key] = table;
    return table;
}

void Platform::forget_table(const std::string& path) {
    std::string root = delta::Table::at(path, handlers_)->root();
    std::lock_guard lock(mutex_);
    std::erase_if(
        tables_, [&](const auto& entry) { return entry.first.starts_with(root + kKeyMark); });
}

std::map<std::string, analyzer::ResolvedView> Platform::global_views() const {
    std::lock_guard lock(mutex_);
    return global_views_;
}

void Platform::put_global_view(const std::string& name, analyzer::ResolvedView view) {
    std::lock_guard lock(mutex_);
    global_views_[name] = std::move(view);
}

bool Platform::drop_global_view(const std::string& name) {
    std::lock_guard lock(mutex_);
    return global_views_.erase(name) > 0;
}

}  // namespace hanok::session

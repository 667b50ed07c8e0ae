#include "python/daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "base/error.h"
#include "python/framing.h"
#include "python/process.h"

namespace hanok::python {

namespace {

constexpr size_t kMaxAddressBytes = 4096;

std::vector<std::string> environment(const std::string& folder) {
    auto out = inherited_environment();
    out.push_back("PYTHON_UNIX_DOMAIN_ENABLED=true");
    out.push_back("PYTHON_WORKER_FACTORY_SOCK_DIR=" + folder);
    out.push_back("TMPDIR=" + folder);
    out.push_back("SPARK_REUSE_WORKER=1");
    // Results that a worker still holds back keep their input rows in memory: a small buffer.
    out.push_back("SPARK_BUFFER_SIZE=16384");
    out.push_back("SPARK_SIMPLIFIED_TRACEBACK=1");
    out.push_back("PYTHONHASHSEED=0");
    // Several workers share the processors.
    for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"})
        out.push_back(std::string(name) + "=1");
    return out;
}

// Passes what user code prints on to the log.
void drain(int fd) {
    std::string line;
    char buffer[4096];
    for (;;) {
        auto n = ::read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        for (ssize_t i = 0; i < n; ++i) {
            if (buffer[i] != '\n') {
                line += buffer[i];
                if (line.size() < kMaxAddressBytes) continue;
            }
            spdlog::info("python: {}", line);
            line.clear();
        }
    }
    ::close(fd);
}

// What Python itself looks for modules in, and where it is installed.
std::vector<std::string> interpreter_paths(const std::string& interpreter) {
    constexpr const char* kTell =
        "import sys; print('\\n'.join({sys.prefix, sys.base_prefix, sys.exec_prefix, "
        "sys.executable, *filter(None, sys.path)}))";
    Pipe in;
    Pipe out;
    int pid = spawn({{interpreter, "-c", kTell}, environment(""), in.read, out.write}, nullptr);
    ::close(out.take(&Pipe::write));
    std::vector<std::string> paths{""};
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(out.read, buffer, sizeof buffer)) != 0;) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) break;
        for (ssize_t i = 0; i < n; ++i) {
            if (buffer[i] == '\n') {
                paths.emplace_back();
            } else {
                paths.back() += buffer[i];
            }
        }
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (status != 0) throw unavailable(interpreter + " does not run");
    return paths;
}

// `allowed`, and the interpreter's own files. Null: everything.
std::unique_ptr<Confinement> confine(
    const std::string& interpreter, std::optional<AllowedPaths> allowed, const PrivateFolder& own) {
    if (!allowed) return nullptr;
    auto needed = interpreter_paths(interpreter);
    allowed->readable.insert(allowed->readable.end(), needed.begin(), needed.end());
    return Confinement::of_user_code(std::move(*allowed), own);
}

}  // namespace

std::shared_ptr<Daemon> Daemon::start(const std::string& interpreter,
    const std::optional<AllowedPaths>& allowed, const std::string& module,
    const std::string& working_folder) {
    std::shared_ptr<Daemon> daemon(new Daemon());
    daemon->folder_ = std::make_unique<PrivateFolder>("python");
    auto confinement = confine(interpreter, allowed, *daemon->folder_);
    Pipe in;
    Pipe out;
    ProcessSpec spec{
        {interpreter, "-m", "pyspark.daemon", module}, environment(daemon->folder_->path())};
    spec.input = in.read;
    spec.output = out.write;
    spec.folder = working_folder;
    // What users add stands behind Python's own modules.
    if (!working_folder.empty()) spec.environment.push_back("PYTHONSAFEPATH=1");
    daemon->pid_ = spawn(spec, confinement.get());
    daemon->input_ = in.take(&Pipe::write);
    daemon->output_ = out.take(&Pipe::read);
    ::close(out.take(&Pipe::write));
    daemon->read_address();
    daemon->drain_ = std::thread(drain, daemon->output_);
    return daemon;
}

int Daemon::run(const std::string& interpreter, const std::optional<AllowedPaths>& allowed,
    const std::vector<std::string>& args) {
    PrivateFolder folder("python");
    auto confinement = confine(interpreter, allowed, folder);
    std::vector<std::string> command{interpreter};
    command.insert(command.end(), args.begin(), args.end());
    Pipe in;
    Pipe out;
    int pid = spawn({command, environment(folder.path()), in.read, out.write}, confinement.get());
    ::close(out.take(&Pipe::write));
    drain(out.take(&Pipe::read));
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
}

void Daemon::read_address() {
    char head[4];
    bool good = read_fully(output_, head, sizeof head);
    auto length = good ? static_cast<size_t>(decode_int(head)) : 0;
    if (good && length > 0 && length <= kMaxAddressBytes) {
        address_.resize(length);
        good = read_fully(output_, address_.data(), length);
    } else {
        good = false;
    }
    if (good && address_.size() < sizeof(sockaddr_un{}.sun_path)) return;
    int status = 0;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    ::close(output_);
    throw unavailable("pyspark.daemon did not start; the server's error output says why");
}

Daemon::~Daemon() {
    if (input_ >= 0) ::close(input_);
    if (pid_ > 0) {
        // Its workers end with it.
        int status = 0;
        if (is_alive()) {
            ::kill(pid_, SIGTERM);
            ::waitpid(pid_, &status, 0);
        }
    }
    // A worker that ignores the end holds the other end of the pipe: nobody waits for that.
    if (drain_.joinable()) drain_.detach();
}

bool Daemon::is_alive() const { return pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0; }

int Daemon::connect_worker(int* pid) {
    int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) throw unavailable(std::strerror(errno));
    int size = 1 << 20;
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, address_.c_str(), address_.size() + 1);
    char head[4];
    bool good = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                read_fully(fd, head, sizeof head);
    if (good) *pid = decode_int(head);
    if (!good || *pid <= 0) {
        ::close(fd);
        throw unavailable("pyspark.daemon does not fork workers");
    }
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    return fd;
}

void Daemon::kill_worker(int pid) {
    std::string message;
    put_int(&message, pid);
    std::lock_guard lock(mutex_);
    if (::write(input_, message.data(), message.size()) < 0)
        spdlog::warn("python: worker {} was not killed: {}", pid, std::strerror(errno));
}

}  // namespace hanok::python

#include "python/script.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "python/process.h"

namespace hanok::python {

namespace {

constexpr size_t kMaxWaiting = 1 << 20;  // bytes of input, and of output, that nobody took yet
constexpr size_t kMaxErrorText = 4096;
constexpr int kPollMs = 50;

// A script that ends before its input does is no reason to end with it.
class WithoutSigpipe {
public:
    WithoutSigpipe() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~WithoutSigpipe() {
        int error = errno;
        timespec now{};
        while (::sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) continue;
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        errno = error;
    }
    WithoutSigpipe(const WithoutSigpipe&) = delete;
    WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

private:
    sigset_t pipe_{};
    sigset_t before_{};
};

void never_block(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

bool must_wait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

// Reads once; 0 at the end, -1 when nothing is there now.
ssize_t read_some(int fd, std::string* out) {
    std::array<char, 65536> buffer;
    auto n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0) return must_wait() ? -1 : 0;
    out->append(buffer.data(), static_cast<size_t>(n));
    return n;
}

}  // namespace

std::unique_ptr<Script> Script::start(const std::string& command, const PoolOptions& options) {
    std::unique_ptr<Script> script(new Script());
    script->folder_ = std::make_unique<PrivateFolder>("script");
    if (options.allowed)
        script->confinement_ = Confinement::of_user_code(*options.allowed, *script->folder_);
    Pipe in;
    Pipe out;
    Pipe errors;
    ProcessSpec spec{{"/bin/bash", "-c", command}, inherited_environment(), in.read, out.write,
        errors.write, true};
    spec.environment.push_back("TMPDIR=" + script->folder_->path());
    script->pid_ = spawn(spec, script->confinement_.get());
    rlimit limit{};
    limit.rlim_cur = limit.rlim_max = static_cast<rlim_t>(options.memory_limit_bytes);
    ::prlimit(script->pid_, RLIMIT_DATA, &limit, nullptr);
    script->input_ = in.take(&Pipe::write);
    script->output_ = out.take(&Pipe::read);
    script->errors_ = errors.take(&Pipe::read);
    for (int fd : {script->input_, script->output_, script->errors_}) never_block(fd);
    return script;
}

Script::~Script() {
    if (pid_ > 0) {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    for (int fd : {input_, output_, errors_}) {
        if (fd >= 0) ::close(fd);
    }
}

void Script::add(std::string_view bytes) {
    if (input_ >= 0) to_write_ += bytes;
}

bool Script::is_full() const {
    return to_write_.size() - written_ > kMaxWaiting || read_.size() - taken_ > kMaxWaiting;
}

void Script::finish() { is_last_ = true; }

void Script::close_input() {
    if (input_ >= 0) ::close(input_);
    input_ = -1;
    to_write_.clear();
    written_ = 0;
}

void Script::write_input() {
    WithoutSigpipe guard;
    while (input_ >= 0 && written_ < to_write_.size()) {
        auto n = ::write(input_, to_write_.data() + written_, to_write_.size() - written_);
        if (n < 0 && must_wait()) return;
        if (n < 0) return close_input();
        written_ += static_cast<size_t>(n);
    }
    to_write_.clear();
    written_ = 0;
    if (is_last_) close_input();
}

void Script::read_output() {
    read_.erase(0, taken_);
    taken_ = 0;
    while (output_ >= 0 && read_.size() < kMaxWaiting) {
        auto n = read_some(output_, &read_);
        if (n < 0) return;
        if (n > 0) continue;
        ::close(output_);
        output_ = -1;
    }
}

void Script::read_errors() {
    while (errors_ >= 0) {
        auto n = read_some(errors_, &error_text_);
        if (error_text_.size() > kMaxErrorText)
            error_text_.erase(0, error_text_.size() - kMaxErrorText);
        if (n < 0) return;
        if (n > 0) continue;
        ::close(errors_);
        errors_ = -1;
    }
}

void Script::pump() {
    write_input();
    read_output();
    read_errors();
}

void Script::wait() const {
    std::array<pollfd, 3> files{};
    nfds_t count = 0;
    if (input_ >= 0 && written_ < to_write_.size()) files[count++] = {input_, POLLOUT, 0};
    if (output_ >= 0 && read_.size() - taken_ < kMaxWaiting) files[count++] = {output_, POLLIN, 0};
    if (errors_ >= 0) files[count++] = {errors_, POLLIN, 0};
    ::poll(files.data(), count, kPollMs);
}

bool Script::next_line(std::string_view* line) {
    if (taken_ >= read_.size()) return false;
    auto end = read_.find('\n', taken_);
    // The last line may have no end.
    if (end == std::string::npos && output_ >= 0) return false;
    auto stop = std::min(end, read_.size());
    *line = std::string_view(read_).substr(taken_, stop - taken_);
    taken_ = std::min(stop + 1, read_.size());
    return true;
}

bool Script::is_done() {
    if (output_ >= 0 || taken_ < read_.size()) return false;
    if (pid_ < 0) return true;
    int status = 0;
    auto ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == 0) return false;
    read_errors();
    pid_ = -1;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code == 0) return true;
    throw Error(ErrorKind::kSpark, "_LEGACY_ERROR_TEMP_2264",
        {{"exitCode", std::to_string(code)}, {"stderrBuffer", error_text_}});
}

}  // namespace hanok::python

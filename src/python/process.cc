#include "python/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <thread>

namespace hanok::python {

namespace {

// User code gets these of the server's environment and no other: the rest may hold credentials.
constexpr const char* kInherited[] = {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ",
    "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"};

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (auto& s : strings) out.push_back(s.data());
    out.push_back(nullptr);
    return out;
}

int spawn_here(const ProcessSpec& spec) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (!spec.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, spec.folder.c_str());
    posix_spawn_file_actions_adddup2(&actions, spec.input, 0);
    posix_spawn_file_actions_adddup2(&actions, spec.output, 1);
    posix_spawn_file_actions_adddup2(&actions, spec.errors, 2);
    // User code gets none of the server's sockets and files.
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (spec.leads_group) flags |= POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
    auto command = spec.command;
    auto environment = spec.environment;
    auto argv = pointers(command);
    auto envp = pointers(environment);
    pid_t pid = -1;
    int error = posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) throw unavailable(command[0] + ": " + std::strerror(error));
    return pid;
}

}  // namespace

Error unavailable(const std::string& reason) {
    return runtime_error("HANOK_PYTHON_UNAVAILABLE", {{"reason", reason}});
}

std::vector<std::string> inherited_environment() {
    std::vector<std::string> out;
    for (const char* name : kInherited) {
        if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
    }
    return out;
}

Pipe::Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw unavailable(std::strerror(errno));
    read = ends[0];
    write = ends[1];
}

Pipe::~Pipe() {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
}

int Pipe::take(int Pipe::*end) {
    int fd = this->*end;
    this->*end = -1;
    return fd;
}

// A process inherits the confinement of the thread that starts it: a thread that does only this.
int spawn(const ProcessSpec& spec, const Confinement* confinement) {
    if (confinement == nullptr) return spawn_here(spec);
    int pid = -1;
    std::exception_ptr failure;
    std::thread starter([&] {
        try {
            confinement->enter();
            pid = spawn_here(spec);
        } catch (...) {
            failure = std::current_exception();
        }
    });
    starter.join();
    if (failure) std::rethrow_exception(failure);
    return pid;
}

}  // namespace hanok::python

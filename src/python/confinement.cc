#include "python/confinement.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/securebits.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "python/process.h"

namespace hanok::python {

namespace {

// linux/landlock.h; spelled out because older headers lack the newer ones.
constexpr uint64_t kExecute = 1ULL << 0;
constexpr uint64_t kWriteFile = 1ULL << 1;
constexpr uint64_t kReadFile = 1ULL << 2;
constexpr uint64_t kReadDir = 1ULL << 3;
constexpr uint64_t kTruncate = 1ULL << 14;
constexpr uint64_t kScopes = 3;  // abstract Unix sockets, signals
constexpr uint64_t kRead = kExecute | kReadFile | kReadDir;
constexpr uint64_t kOfFiles = kExecute | kWriteFile | kReadFile | kTruncate;

struct RulesetAttributes {
    uint64_t handled_files = 0;
    uint64_t handled_network = 0;
    uint64_t scoped = 0;
};

long landlock_version() {
    return ::syscall(
        SYS_landlock_create_ruleset, nullptr, 0, uint32_t{LANDLOCK_CREATE_RULESET_VERSION});
}

// Every way to use files that this version knows.
uint64_t file_rights(long version) {
    int count = version >= 3 ? 15 : version == 2 ? 14 : 13;
    return (1ULL << count) - 1;
}

size_t attributes_size(long version) {
    if (version >= 6) return sizeof(RulesetAttributes);
    return version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

void allow(int ruleset, const std::string& path, uint64_t rights) {
    int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (fd < 0) return;
    struct stat about {};
    if (::fstat(fd, &about) == 0 && !S_ISDIR(about.st_mode)) rights &= kOfFiles;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = rights;
    rule.parent_fd = fd;
    ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    ::close(fd);
}

Error cannot_confine() {
    return runtime_error("HANOK_PYTHON_UNAVAILABLE",
        {{"reason", std::string("the sandbox cannot be entered: ") + std::strerror(errno)}});
}

// Root's privileges, which would look into other processes, are given up for good.
void drop_capabilities() {
    ::prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0, 0, 0);
    for (int capability = 0; ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0;) ++capability;
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    if (::syscall(SYS_capset, &header, none) != 0) throw cannot_confine();
}

}  // namespace

AllowedPaths system_paths() {
    AllowedPaths out;
    out.readable = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix", "/proc",
        "/sys", "/dev/random", "/dev/urandom"};
    // The rest of /etc may hold what is nobody else's.
    for (const char* name : {"alternatives", "ca-certificates", "crypto-policies", "fonts", "group",
             "host.conf", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
             "mime.types", "nsswitch.conf", "passwd", "pki", "protocols", "resolv.conf", "services",
             "ssl", "timezone"})
        out.readable.push_back(std::string("/etc/") + name);
    out.writable = {"/dev/null", "/dev/zero", "/dev/full", "/dev/shm"};
    // A link out of /etc on many machines.
    std::error_code ignored;
    auto resolver = std::filesystem::canonical("/etc/resolv.conf", ignored);
    if (!ignored) out.readable.push_back(resolver.string());
    return out;
}

PrivateFolder::PrivateFolder(const std::string& kind) {
    path_ = std::filesystem::temp_directory_path().string() + "/hanok-" + kind + "-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) throw unavailable(std::strerror(errno));
}

PrivateFolder::~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<Confinement> Confinement::of_user_code(
    AllowedPaths allowed, const PrivateFolder& own) {
    auto paths = system_paths();
    auto add = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    add(paths.readable, allowed.readable);
    add(paths.writable, allowed.writable);
    paths.writable.push_back(own.path());
    auto made = make(paths);
    if (!made) spdlog::warn("this kernel has no Landlock; user code is not confined");
    return made;
}

std::unique_ptr<Confinement> Confinement::make(const AllowedPaths& paths) {
    long version = landlock_version();
    if (version < 1) return nullptr;
    uint64_t all = file_rights(version);
    RulesetAttributes attributes;
    attributes.handled_files = all;
    attributes.scoped = kScopes;
    auto ruleset = static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &attributes, attributes_size(version), uint32_t{0}));
    if (ruleset < 0) return nullptr;
    for (const auto& path : paths.readable) allow(ruleset, path, kRead);
    for (const auto& path : paths.writable) allow(ruleset, path, all);
    return std::unique_ptr<Confinement>(new Confinement(ruleset));
}

Confinement::~Confinement() { ::close(ruleset_); }

void Confinement::enter() const {
    drop_capabilities();
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw cannot_confine();
    if (::syscall(SYS_landlock_restrict_self, ruleset_, uint32_t{0}) != 0) throw cannot_confine();
}

}  // namespace hanok::python

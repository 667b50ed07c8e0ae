#include "storage/local_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "storage/path.h"
#include "storage/store_error.h"

namespace hanok::storage {

namespace {

constexpr std::string_view kUnfinished = ".hanok-unfinished";
// Room behind the text, so that a JSON parser may read past its end without a copy.
constexpr size_t kSpareBytes = 64;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    /// Closes and says whether that worked: a late write error may show only here.
    bool close() {
        int fd = fd_;
        fd_ = -1;
        return ::close(fd) == 0;
    }

private:
    int fd_;
};

bool is_absent(int error_number) { return error_number == ENOENT || error_number == ENOTDIR; }

int64_t modified_ms(const struct stat& st) {
    return int64_t{st.st_mtim.tv_sec} * 1000 + st.st_mtim.tv_nsec / 1000000;
}

ObjectInfo info_of(std::string path, const struct stat& st) {
    bool directory = S_ISDIR(st.st_mode);
    return {std::move(path), directory ? 0 : int64_t{st.st_size}, modified_ms(st), directory};
}

void read_fully(int fd, const std::string& path, int64_t offset, std::string* out) {
    size_t done = 0;
    while (done < out->size()) {
        ssize_t n = ::pread(fd, out->data() + done, out->size() - done,
            static_cast<off_t>(offset + static_cast<int64_t>(done)));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw store_error("read", path, errno);
        if (n == 0) break;
        done += static_cast<size_t>(n);
    }
    out->resize(done);
}

void write_fully(int fd, const std::string& path, const std::string& data) {
    size_t done = 0;
    while (done < data.size()) {
        ssize_t n = ::write(fd, data.data() + done, data.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw store_error("write", path, errno);
        done += static_cast<size_t>(n);
    }
    if (::fsync(fd) != 0) throw store_error("write", path, errno);
}

void sync_directory(const std::string& folder) {
    Descriptor dir(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!dir.is_open() || (::fsync(dir.get()) != 0 && errno != EINVAL))
        throw store_error("sync", folder, errno);
}

void make_directories(const std::string& folder) {
    if (folder.empty() || ::mkdir(folder.c_str(), 0777) == 0) {
        if (!folder.empty()) sync_directory(parent_path(folder));
        return;
    }
    if (errno == EEXIST) {
        struct stat st {};
        if (::stat(folder.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) return;
        throw store_error("create folder", folder, ENOTDIR);
    }
    if (errno != ENOENT) throw store_error("create folder", folder, errno);
    make_directories(parent_path(folder));
    if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
        throw store_error("create folder", folder, errno);
    sync_directory(parent_path(folder));
}

std::string unfinished_name(const std::string& path) {
    static std::atomic<uint64_t> counter{0};
    return join_path(parent_path(path), "." + base_name(path) + "." + std::to_string(::getpid()) +
                                            "." + std::to_string(counter++) +
                                            std::string(kUnfinished));
}

bool is_unfinished(std::string_view name) {
    return name.size() > kUnfinished.size() && name[0] == '.' &&
           name.substr(name.size() - kUnfinished.size()) == kUnfinished;
}

// A file under a hidden name, written and synced; removed unless kept.
class UnfinishedFile {
public:
    UnfinishedFile(const std::string& path, const std::string& data)
        : name_(unfinished_name(path)) {
        Descriptor file(open_for_write(path));
        write_fully(file.get(), path, data);
        if (!file.close()) throw store_error("write", path, errno);
    }
    ~UnfinishedFile() {
        if (!name_.empty()) ::unlink(name_.c_str());
    }
    UnfinishedFile(const UnfinishedFile&) = delete;
    UnfinishedFile& operator=(const UnfinishedFile&) = delete;
    const std::string& name() const { return name_; }
    void keep() { name_.clear(); }

private:
    int open_for_write(const std::string& path) {
        int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
        int fd = ::open(name_.c_str(), flags, 0666);
        if (fd < 0 && errno == ENOENT) {
            make_directories(parent_path(path));
            fd = ::open(name_.c_str(), flags, 0666);
        }
        if (fd < 0) throw store_error("create", path, errno);
        return fd;
    }

    std::string name_;
};

// All entries of a folder with their stat; nothing if the folder is absent.
template <class Visit>
void visit_folder(const std::string& folder, const std::string& start_after, Visit visit) {
    DIR* dir = ::opendir(folder.c_str());
    if (dir == nullptr) {
        if (is_absent(errno)) return;
        throw store_error("list", folder, errno);
    }
    std::unique_ptr<DIR, int (*)(DIR*)> closer(dir, ::closedir);
    while (true) {
        errno = 0;
        dirent* entry = ::readdir(dir);
        if (entry == nullptr) {
            if (errno != 0) throw store_error("list", folder, errno);
            return;
        }
        std::string_view name = entry->d_name;
        if (name == "." || name == ".." || name <= start_after || is_unfinished(name)) continue;
        struct stat st {};
        if (::fstatat(::dirfd(dir), entry->d_name, &st, 0) != 0) {
            if (is_absent(errno)) continue;  // removed meanwhile
            throw store_error("list", join_path(folder, entry->d_name), errno);
        }
        visit(name, st);
    }
}

void list_below(const std::string& local, const std::string& shown, std::vector<ObjectInfo>* out) {
    visit_folder(local, "", [&](std::string_view name, const struct stat& st) {
        std::string below = join_path(shown, std::string(name));
        if (S_ISDIR(st.st_mode)) {
            list_below(join_path(local, std::string(name)), below, out);
        } else {
            out->push_back(info_of(std::move(below), st));
        }
    });
}

void remove_below(const std::string& local) {
    DIR* dir = ::opendir(local.c_str());
    if (dir == nullptr) {
        if (is_absent(errno)) return;
        throw store_error("remove", local, errno);
    }
    std::unique_ptr<DIR, int (*)(DIR*)> closer(dir, ::closedir);
    while (dirent* entry = ::readdir(dir)) {
        std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        std::string path = join_path(local, name);
        struct stat st {};
        if (::lstat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) {
            remove_below(path);
        } else if (::unlink(path.c_str()) != 0 && !is_absent(errno)) {
            throw store_error("remove", path, errno);
        }
    }
    if (::rmdir(local.c_str()) != 0 && !is_absent(errno)) throw store_error("remove", local, errno);
}

bool by_path(const ObjectInfo& a, const ObjectInfo& b) { return a.path < b.path; }

}  // namespace

std::optional<std::string> LocalStore::get(const std::string& path) {
    std::string local = strip_file_scheme(path);
    Descriptor file(::open(local.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        if (is_absent(errno)) return std::nullopt;
        throw store_error("read", path, errno);
    }
    struct stat st {};
    if (::fstat(file.get(), &st) != 0) throw store_error("read", path, errno);
    if (S_ISDIR(st.st_mode)) throw store_error("read", path, EISDIR);
    std::string data;
    data.reserve(static_cast<size_t>(st.st_size) + kSpareBytes);
    data.resize(static_cast<size_t>(st.st_size));
    read_fully(file.get(), path, 0, &data);
    return data;
}

std::optional<std::string> LocalStore::get_range(
    const std::string& path, int64_t offset, int64_t length) {
    std::string local = strip_file_scheme(path);
    Descriptor file(::open(local.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        if (is_absent(errno)) return std::nullopt;
        throw store_error("read", path, errno);
    }
    struct stat st {};
    if (::fstat(file.get(), &st) != 0) throw store_error("read", path, errno);
    int64_t available = std::max<int64_t>(0, int64_t{st.st_size} - offset);
    std::string data(static_cast<size_t>(std::min(length, available)), '\0');
    read_fully(file.get(), path, offset, &data);
    return data;
}

std::optional<ObjectInfo> LocalStore::head(const std::string& path) {
    struct stat st {};
    if (::stat(strip_file_scheme(path).c_str(), &st) != 0) {
        if (is_absent(errno)) return std::nullopt;
        throw store_error("read", path, errno);
    }
    return info_of(path, st);
}

PutResult LocalStore::put_if_absent(const std::string& path, const std::string& data) {
    std::string local = strip_file_scheme(path);
    struct stat st {};
    if (::lstat(local.c_str(), &st) == 0) return PutResult::kAlreadyExists;
    UnfinishedFile file(local, data);
    // A hard link never replaces; the hidden name goes away with `file`.
    if (::link(file.name().c_str(), local.c_str()) != 0) {
        int error_number = errno;
        if (error_number == EEXIST) return PutResult::kAlreadyExists;
        if (error_number != EPERM && error_number != EOPNOTSUPP && error_number != EMLINK)
            throw store_error("create", path, error_number);
        if (::renameat2(AT_FDCWD, file.name().c_str(), AT_FDCWD, local.c_str(), RENAME_NOREPLACE) !=
            0) {
            if (errno == EEXIST) return PutResult::kAlreadyExists;
            throw store_error("create", path, errno);
        }
        file.keep();
    }
    sync_directory(parent_path(local));
    return PutResult::kCreated;
}

void LocalStore::put(const std::string& path, const std::string& data) {
    std::string local = strip_file_scheme(path);
    UnfinishedFile file(local, data);
    if (::rename(file.name().c_str(), local.c_str()) != 0) throw store_error("write", path, errno);
    file.keep();
    sync_directory(parent_path(local));
}

void LocalStore::remove(const std::string& path) {
    if (::unlink(strip_file_scheme(path).c_str()) == 0 || is_absent(errno)) return;
    if (errno == EISDIR || errno == EPERM) {
        if (::rmdir(strip_file_scheme(path).c_str()) == 0 || is_absent(errno)) return;
    }
    throw store_error("remove", path, errno);
}

std::vector<ObjectInfo> LocalStore::list(
    const std::string& folder, const std::string& start_after) {
    std::vector<ObjectInfo> out;
    visit_folder(
        strip_file_scheme(folder), start_after, [&](std::string_view name, const struct stat& st) {
            out.push_back(info_of(join_path(folder, std::string(name)), st));
        });
    std::sort(out.begin(), out.end(), by_path);
    return out;
}

std::vector<ObjectInfo> LocalStore::list_recursive(const std::string& folder) {
    std::vector<ObjectInfo> out;
    list_below(strip_file_scheme(folder), folder, &out);
    std::sort(out.begin(), out.end(), by_path);
    return out;
}

void LocalStore::make_directory(const std::string& folder) {
    std::string local = strip_file_scheme(folder);
    while (local.size() > 1 && local.back() == '/') local.pop_back();
    make_directories(local);
}

void LocalStore::remove_recursive(const std::string& folder) {
    remove_below(strip_file_scheme(folder));
}

std::optional<std::string> LocalStore::local_path(const std::string& path) const {
    return strip_file_scheme(path);
}

}  // namespace hanok::storage

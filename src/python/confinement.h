#pragma once
// User code shut off from the server's files: Linux's Landlock (kernel 5.13 and newer), which needs
// no privileges. The network is not confined.

#include <memory>
#include <string>
#include <vector>

namespace hanok::python {

/// What a confined process may open. Folders stand for all below them; what does not exist is left
/// out.
struct AllowedPaths {
    std::vector<std::string> readable;  // and executable
    std::vector<std::string> writable;  // and readable
};

/// The folders of the system that any program needs: libraries, devices, time zones, certificates.
AllowedPaths system_paths();

/// A folder for the temporary files of one process; it goes with the object.
class PrivateFolder {
public:
    /// `kind` is part of its name. Throws Error HANOK_PYTHON_UNAVAILABLE.
    explicit PrivateFolder(const std::string& kind);
    ~PrivateFolder();
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

class Confinement {
public:
    /// nullptr where the kernel has no Landlock.
    static std::unique_ptr<Confinement> make(const AllowedPaths& paths);
    /// To what the system needs, to `allowed`, and to the process's own folder.
    static std::unique_ptr<Confinement> of_user_code(
        AllowedPaths allowed, const PrivateFolder& own);
    ~Confinement();
    Confinement(const Confinement&) = delete;
    Confinement& operator=(const Confinement&) = delete;

    /// Confines the calling thread, and the processes that it starts, for good: to the files above,
    /// to no capability of root's, and (kernel 6.12) to signals among themselves. Throws
    /// Error HANOK_PYTHON_UNAVAILABLE.
    void enter() const;

private:
    explicit Confinement(int ruleset) : ruleset_(ruleset) {}
    int ruleset_;
};

}  // namespace hanok::python

#pragma once
// Files that a client gave to its session's Python code (addArtifacts). Workers of this session,
// and of no other, may read them.

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace hanok::session {

class Platform;

// Thread-safe. Makes its folder with the first file and removes it in the end.
class SessionFiles {
public:
    explicit SessionFiles(Platform& platform);
    ~SessionFiles();
    SessionFiles(const SessionFiles&) = delete;
    SessionFiles& operator=(const SessionFiles&) = delete;

    // An artifact: "pyfiles/NAME" (modules: .py, .zip, .egg), "files/NAME", or
    // "archives/NAME#FOLDER", which is unpacked. Others are ignored.
    void add(const std::string& artifact, const std::string& bytes);
    // Puts what the engine wants to know into QueryContext::conf.
    void tell(std::map<std::string, std::string>* conf) const;
    void copy_to(SessionFiles* other) const;

private:
    std::string made_folder();

    Platform& platform_;
    const std::string path_;
    mutable std::mutex mutex_;  // guards what follows
    bool is_made_ = false;
    std::vector<std::string> includes_;
};

}  // namespace hanok::session

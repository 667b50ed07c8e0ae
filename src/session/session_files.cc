#include "session/session_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/ids.h"
#include "engine/python_sources.h"
#include "session/platform.h"

namespace hanok::session {

namespace fs = std::filesystem;

namespace {

bool ends_with_any(const std::string& name, std::initializer_list<const char*> endings) {
    return std::any_of(
        endings.begin(), endings.end(), [&](const char* ending) { return name.ends_with(ending); });
}

void write_file(const fs::path& path, const std::string& bytes) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out)
        throw runtime_error("HANOK_PYTHON_ARCHIVE",
            {{"name", path.filename().string()}, {"reason", "cannot be stored"}});
}

}  // namespace

SessionFiles::SessionFiles(Platform& platform)
    : platform_(platform),
      path_(platform.data_dir() + "/artifacts/" + base::new_uuid(base::SystemRandom::instance())) {}

SessionFiles::~SessionFiles() {
    if (!is_made_) return;
    engine::python_engine(platform_.engine()).forget_folder(path_);
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string SessionFiles::made_folder() {
    fs::create_directories(path_);
    is_made_ = true;
    return path_;
}

void SessionFiles::add(const std::string& artifact, const std::string& bytes) {
    auto slash = artifact.find('/');
    auto kind = artifact.substr(0, slash);
    auto name = artifact.substr(artifact.rfind('/') + 1);
    if (slash == std::string::npos || name.empty()) return;
    std::lock_guard lock(mutex_);
    if (kind == "pyfiles" || kind == "files") {
        write_file(fs::path(made_folder()) / name, bytes);
        bool is_archive = ends_with_any(name, {".zip", ".egg", ".jar"});
        if (kind == "pyfiles" && is_archive) includes_.push_back(name);
    } else if (kind == "archives") {
        auto hash = name.find('#');
        auto file = name.substr(0, hash);
        auto target = hash == std::string::npos ? file : name.substr(hash + 1);
        auto packed = fs::path(made_folder()) / (file + ".packed");
        write_file(packed, bytes);
        engine::python_engine(platform_.engine())
            .unpack_archive(packed.string(), file, made_folder() + "/" + target);
        fs::remove(packed);
    }
}

void SessionFiles::tell(std::map<std::string, std::string>* conf) const {
    // Whatever a user has set there would open other folders to the workers.
    conf->erase(engine::kPythonFolder);
    conf->erase(engine::kPythonIncludes);
    std::lock_guard lock(mutex_);
    if (!is_made_) return;
    (*conf)[engine::kPythonFolder] = path_;
    std::string names;
    for (const auto& name : includes_) names += name + "/";
    (*conf)[engine::kPythonIncludes] = names;
}

void SessionFiles::copy_to(SessionFiles* other) const {
    std::scoped_lock lock(mutex_, other->mutex_);
    if (!is_made_) return;
    fs::copy(path_, other->made_folder(), fs::copy_options::recursive);
    other->includes_ = includes_;
}

}  // namespace hanok::session

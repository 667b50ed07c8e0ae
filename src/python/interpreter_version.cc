#include "python/interpreter_version.h"

#include <cstdio>
#include <map>
#include <mutex>

#include "base/error.h"

namespace hanok::python {

namespace {

std::string shell_quoted(const std::string& text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string asked(const std::string& interpreter) {
    auto command = shell_quoted(interpreter) +
                   " -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])' 2>/dev/null";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    char line[32] = {};
    bool answered = pipe != nullptr && std::fgets(line, sizeof(line), pipe) != nullptr;
    if (pipe != nullptr) ::pclose(pipe);
    std::string out(line);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    if (!answered || out.empty())
        throw runtime_error(
            "HANOK_PYTHON_UNAVAILABLE", {{"reason", interpreter + " does not run"}});
    return out;
}

}  // namespace

std::string interpreter_version(const std::string& interpreter) {
    static std::mutex mutex;
    static std::map<std::string, std::string> known;
    std::lock_guard lock(mutex);
    auto found = known.find(interpreter);
    if (found == known.end()) found = known.emplace(interpreter, asked(interpreter)).first;
    return found->second;
}

}  // namespace hanok::python

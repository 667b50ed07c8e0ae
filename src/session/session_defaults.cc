#include "session/session_defaults.h"

#include <mutex>

namespace hanok::session {

namespace {

struct Slot {
    std::mutex mutex;
    std::map<std::string, std::string> conf;  // guarded by mutex
};

Slot& slot() {
    static Slot instance;
    return instance;
}

}  // namespace

void set_session_defaults(std::map<std::string, std::string> conf) {
    std::lock_guard lock(slot().mutex);
    slot().conf = std::move(conf);
}

std::map<std::string, std::string> session_defaults() {
    std::lock_guard lock(slot().mutex);
    return slot().conf;
}

}  // namespace hanok::session

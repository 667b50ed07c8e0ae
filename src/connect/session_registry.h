#pragma once
// All sessions of the server, by principal and session id.

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "connect/connect_session.h"

namespace hanok::connect {

// Thread-safe. Methods that open or end sessions run backend code: call them on worker threads.
class SessionRegistry {
public:
    using SessionPtr = std::shared_ptr<ConnectSession>;

    SessionRegistry(Backend& backend, const ConnectOptions& options)
        : backend_(backend), options_(options) {}

    // `observed`: the server-side id the client saw last, "" none. Throws INVALID_HANDLE.FORMAT,
    // SESSION_CLOSED, SESSION_CHANGED; find() also SESSION_NOT_FOUND.
    SessionPtr get_or_create(
        const std::string& user, const std::string& id, const std::string& observed);
    SessionPtr find(const std::string& user, const std::string& id, const std::string& observed);
    // Null when there is none; closes it otherwise. Without `allow_reconnect` the id can never be
    // used again.
    SessionPtr release(const std::string& user, const std::string& id, bool allow_reconnect);
    // A copy of `source` under a new id.
    SessionPtr clone(const SessionPtr& source, const std::string& new_id);

    // Closes the sessions that nobody used for the idle time-out, and removes operations nobody
    // reads.
    void expire();
    void close_all();
    bool any_running();
    size_t size();
    std::vector<SessionPtr> all();

private:
    using Key = std::pair<std::string, std::string>;
    SessionPtr lookup(const Key& key, const std::string& observed);
    SessionPtr insert(const Key& key, SessionPtr session);
    void check_room();

    Backend& backend_;
    const ConnectOptions& options_;
    std::mutex mutex_;  // guards everything below
    std::map<Key, SessionPtr> sessions_;
    std::set<Key> tombstones_;
    std::deque<Key> tombstone_order_;
};

}  // namespace hanok::connect

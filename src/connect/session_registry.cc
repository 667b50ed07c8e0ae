#include "connect/session_registry.h"

#include "base/ids.h"

namespace hanok::connect {

using SessionPtr = SessionRegistry::SessionPtr;

// Called with the lock held.
SessionPtr SessionRegistry::lookup(const Key& key, const std::string& observed) {
    if (!base::is_uuid(key.second)) throw invalid_handle("FORMAT", key.second);
    if (tombstones_.count(key) > 0) throw invalid_handle("SESSION_CLOSED", key.second);
    auto it = sessions_.find(key);
    // A client that saw another incarnation must not go on as if its views and configuration were
    // still there.
    bool is_other = it == sessions_.end() || it->second->server_side_id() != observed;
    if (!observed.empty() && is_other) throw invalid_handle("SESSION_CHANGED", key.second);
    if (it == sessions_.end()) return nullptr;
    it->second->touch();
    return it->second;
}

// Called with the lock held.
void SessionRegistry::check_room() {
    if (sessions_.size() < options_.max_sessions) return;
    throw Error(ErrorKind::kSpark, "HANOK_LIMIT_EXCEEDED.SESSIONS",
        {{"limit", std::to_string(options_.max_sessions)}});
}

SessionPtr SessionRegistry::insert(const Key& key, SessionPtr session) {
    std::lock_guard lock(mutex_);
    check_room();
    return sessions_.emplace(key, std::move(session)).first->second;
}

SessionPtr SessionRegistry::get_or_create(
    const std::string& user, const std::string& id, const std::string& observed) {
    Key key(user, id);
    {
        std::lock_guard lock(mutex_);
        if (auto session = lookup(key, observed)) return session;
        check_room();
    }
    auto session = std::make_shared<ConnectSession>(
        user, id, backend_.open_session(user, id), options_);
    return insert(key, std::move(session));
}

SessionPtr SessionRegistry::find(
    const std::string& user, const std::string& id, const std::string& observed) {
    std::lock_guard lock(mutex_);
    Key key(user, id);
    if (!base::is_uuid(id)) throw invalid_handle("FORMAT", id);
    bool exists = sessions_.count(key) > 0 || tombstones_.count(key) > 0;
    auto session = exists ? lookup(key, observed) : nullptr;
    if (!session) throw invalid_handle("SESSION_NOT_FOUND", id);
    return session;
}

SessionPtr SessionRegistry::release(
    const std::string& user, const std::string& id, bool allow_reconnect) {
    if (!base::is_uuid(id)) throw invalid_handle("FORMAT", id);
    SessionPtr session;
    {
        std::lock_guard lock(mutex_);
        Key key(user, id);
        auto it = sessions_.find(key);
        if (it == sessions_.end()) return nullptr;
        session = std::move(it->second);
        sessions_.erase(it);
        if (!allow_reconnect && tombstones_.insert(key).second) {
            tombstone_order_.push_back(key);
            if (tombstone_order_.size() > options_.closed_session_tombstones) {
                tombstones_.erase(tombstone_order_.front());
                tombstone_order_.pop_front();
            }
        }
    }
    session->close();
    return session;
}

SessionPtr SessionRegistry::clone(const SessionPtr& source, const std::string& new_id) {
    auto refuse = [&](const std::string& subclass) {
        return Error(ErrorKind::kSpark, "INVALID_CLONE_SESSION_REQUEST." + subclass,
            {{"targetSessionId", new_id}});
    };
    if (!base::is_uuid(new_id)) throw refuse("TARGET_SESSION_ID_FORMAT");
    Key key(source->user(), new_id);
    {
        std::lock_guard lock(mutex_);
        if (tombstones_.count(key) > 0) throw refuse("TARGET_SESSION_ID_ALREADY_CLOSED");
        if (sessions_.count(key) > 0) throw refuse("TARGET_SESSION_ID_ALREADY_EXISTS");
    }
    auto session = std::make_shared<ConnectSession>(
        source->user(), new_id, source->backend().clone(new_id), options_);
    source->artifacts().copy_to(&session->artifacts());
    SessionPtr kept = insert(key, session);
    if (kept != session) throw refuse("TARGET_SESSION_ID_ALREADY_EXISTS");
    return session;
}

void SessionRegistry::expire() {
    std::vector<SessionPtr> idle;
    std::vector<SessionPtr> live;
    {
        std::lock_guard lock(mutex_);
        auto deadline = ConnectSession::Clock::now() - options_.session_idle_timeout;
        for (auto it = sessions_.begin(); it != sessions_.end();) {
            if (!it->second->is_idle_since(deadline)) {
                live.push_back(it->second);
                ++it;
                continue;
            }
            idle.push_back(std::move(it->second));
            it = sessions_.erase(it);
        }
    }
    for (const auto& session : idle) session->close();
    for (const auto& session : live) {
        session->expire_operations(ConnectSession::Clock::now() - options_.detached_timeout);
    }
}

void SessionRegistry::close_all() {
    std::map<Key, SessionPtr> sessions;
    {
        std::lock_guard lock(mutex_);
        sessions.swap(sessions_);
    }
    for (const auto& [key, session] : sessions) session->close();
}

std::vector<SessionPtr> SessionRegistry::all() {
    std::lock_guard lock(mutex_);
    std::vector<SessionPtr> out;
    for (const auto& [key, session] : sessions_) out.push_back(session);
    return out;
}

bool SessionRegistry::any_running() {
    for (const auto& session : all()) {
        for (const auto& operation : session->operations()) {
            if (operation->is_running()) return true;
        }
    }
    return false;
}

size_t SessionRegistry::size() {
    std::lock_guard lock(mutex_);
    return sessions_.size();
}

}  // namespace hanok::connect

#include "session/cached_plans.h"

#include "base/ids.h"

namespace hanok::session {

namespace {

std::string new_key() { return "cache-" + base::new_uuid(base::SystemRandom::instance()); }

}  // namespace

void CachedPlans::add(const resolved::Plan& plan, const StorageLevel& level) {
    auto identity = resolved::cache_identity(plan);
    auto now = changes_.now();
    auto state = resolved::data_state(plan);
    std::lock_guard lock(mutex_);
    plans_.try_emplace(identity, CachedPlan{level, new_key(), std::move(state), now});
}

std::optional<CachedPlan> CachedPlans::find(const resolved::Plan& plan) const {
    auto identity = resolved::cache_identity(plan);
    std::lock_guard lock(mutex_);
    auto it = plans_.find(identity);
    if (it == plans_.end()) return std::nullopt;
    return it->second;
}

std::optional<CachedPlan> CachedPlans::use(const resolved::Plan& plan, std::string* outdated) {
    auto identity = resolved::cache_identity(plan);
    {
        std::lock_guard lock(mutex_);
        if (!plans_.contains(identity)) return std::nullopt;
    }
    auto now = changes_.now();
    auto state = resolved::data_state(plan);
    std::lock_guard lock(mutex_);
    auto it = plans_.find(identity);
    if (it == plans_.end()) return std::nullopt;
    auto& cached = it->second;
    bool changed = cached.state.versions != state.versions ||
                   changes_.since(cached.taken_at, cached.state.files) ||
                   changes_.since(cached.taken_at, state.files);
    if (changed) {
        *outdated = cached.cache_key;
        cached.cache_key = new_key();
        cached.state = std::move(state);
        cached.taken_at = now;
    }
    return cached;
}

std::optional<std::string> CachedPlans::remove(const resolved::Plan& plan) {
    auto identity = resolved::cache_identity(plan);
    std::lock_guard lock(mutex_);
    auto it = plans_.find(identity);
    if (it == plans_.end()) return std::nullopt;
    auto key = it->second.cache_key;
    plans_.erase(it);
    return key;
}

std::vector<std::string> CachedPlans::clear() {
    std::lock_guard lock(mutex_);
    std::vector<std::string> keys;
    for (const auto& [identity, plan] : plans_) keys.push_back(plan.cache_key);
    plans_.clear();
    return keys;
}

bool CachedPlans::empty() const {
    std::lock_guard lock(mutex_);
    return plans_.empty();
}

}  // namespace hanok::session

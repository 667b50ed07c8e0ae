#include "session/store_access.h"

namespace hanok::session {

storage::StoreSettingsPtr store_settings(Session& session) {
    std::map<std::string, std::string> own;
    const auto set = session.config().all_set();
    for (const auto& [key, value] : set) {
        if (storage::StoreSettings::is_store_key(key)) own[key] = value;
    }
    auto server = storage::default_store_settings();
    return own.empty() ? server : server->with(own);
}

}  // namespace hanok::session

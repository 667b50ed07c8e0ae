#pragma once
// The Connect service's backend over sessions and commands.

#include "connect/backend.h"
#include "session/platform.h"

namespace hanok::server {

class PlatformBackend final : public connect::Backend {
public:
    // `platform` must outlive it.
    explicit PlatformBackend(session::Platform& platform) : platform_(platform) {}

    std::shared_ptr<connect::SessionBackend> open_session(
        const std::string& user, const std::string& session_id) override;

private:
    session::Platform& platform_;
};

}  // namespace hanok::server

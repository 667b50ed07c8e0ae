#include "connect/connect_server.h"

#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "base/clock.h"
#include "connect/service.h"
#include "connect/service_state.h"

namespace hanok::connect {

struct ConnectServer::Impl {
    Impl(Backend& backend, const ConnectOptions& options)
        : state(backend, options), service(make_service(state)) {}

    ServiceState state;
    std::unique_ptr<grpc::Service> service;
    std::unique_ptr<grpc::Server> server;
    int port = 0;
    bool is_down = false;
};

ConnectServer::ConnectServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ConnectServer::~ConnectServer() { shutdown(std::chrono::milliseconds(0)); }

std::unique_ptr<ConnectServer> ConnectServer::start(
    const std::string& host, int port, Backend& backend, const ConnectOptions& options) {
    auto impl = std::make_unique<Impl>(backend, options);
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_inbound_bytes));
    builder.SetMaxSendMessageSize(-1);
    // Two servers on one port would share its clients at random.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    bool is_ipv6 = host.find(':') != std::string::npos;
    std::string address = (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &impl->port);
    builder.RegisterService(impl->service.get());
    impl->server = builder.BuildAndStart();
    if (!impl->server || impl->port == 0) {
        throw Error(ErrorKind::kSpark, "HANOK_PORT_IN_USE", {{"address", address}});
    }
    return std::unique_ptr<ConnectServer>(new ConnectServer(std::move(impl)));
}

int ConnectServer::port() const { return impl_->port; }

const QueryLog& ConnectServer::queries() const { return impl_->state.queries; }

void ConnectServer::shutdown(std::chrono::milliseconds grace) {
    if (impl_->is_down) return;
    impl_->is_down = true;
    std::chrono::microseconds now(base::SystemClock::instance().now_us());
    impl_->server->Shutdown(std::chrono::system_clock::time_point(now) + grace);
    impl_->state.stop();
    impl_->server->Wait();
}

}  // namespace hanok::connect

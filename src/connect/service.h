#pragma once
// The gRPC service: hands calls to worker threads (the cheapest run where they arrive). Requests
// and responses stay bytes here.

#include <memory>

namespace grpc {
class Service;
}

namespace hanok::connect {

struct ServiceState;

// `state` must outlive it.
std::unique_ptr<grpc::Service> make_service(ServiceState& state);

}  // namespace hanok::connect

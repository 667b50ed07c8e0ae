#pragma once
// The gRPC service: hands every call to a worker thread. Requests and responses stay bytes here.

#include <memory>

namespace grpc {
class Service;
}

namespace hanok::connect {

struct ServiceState;

// `state` must outlive it.
std::unique_ptr<grpc::Service> make_service(ServiceState& state);

}  // namespace hanok::connect

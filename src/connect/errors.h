#pragma once
// hanok::Error as Spark Connect clients expect errors: a gRPC status with details, and the full
// error on demand.

#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <grpcpp/support/status.h>

#include "base/error.h"

namespace spark::connect {
class FetchErrorDetailsResponse;
}

namespace hanok::connect {

// Errors that clients may ask for once by their id. Thread-safe.
class ErrorStore {
public:
    explicit ErrorStore(size_t capacity) : capacity_(capacity) {}
    // Keeps the error, forgetting the oldest beyond the capacity; returns its id.
    std::string put(const Error& error);
    // Takes the error out.
    std::optional<Error> take(const std::string& id);

private:
    const size_t capacity_;
    std::mutex mutex_;  // guards errors_
    std::deque<std::pair<std::string, Error>> errors_;
};

// The exception in flight as an Error: ours as it is, others as INTERNAL_ERROR.
Error to_error(const std::exception_ptr& exception);
// gRPC status INTERNAL with ErrorInfo; fits into gRPC's limit for metadata. `store` may be null:
// then the client gets no id to fetch the whole error by.
grpc::Status to_status(const Error& error, ErrorStore* store);
// Fills root_error_idx and errors.
void fill_details(const Error& error, spark::connect::FetchErrorDetailsResponse* response);

// INVALID_HANDLE.<subclass> with the handle.
Error invalid_handle(const std::string& subclass, const std::string& handle);
Error operation_canceled();

}  // namespace hanok::connect

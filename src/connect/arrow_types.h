#pragma once
// Spark types of Arrow data that a client sends without a Spark schema.

#include <string>

#include "types/data_type.h"

namespace hanok::connect {

// Schema of an IPC stream as a struct. Throws UNSUPPORTED_ARROWTYPE, and
// CONNECT_INVALID_PLAN.CANNOT_PARSE for bytes that are no stream.
types::TypePtr schema_of_stream(const std::string& ipc_stream);

}  // namespace hanok::connect

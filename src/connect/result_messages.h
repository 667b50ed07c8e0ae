#pragma once
// Parts of ExecutePlanResponse.

#include <cstdint>

#include <grpcpp/support/byte_buffer.h>

#include "connect/connect_session.h"
#include "connect/operation.h"
#include "engine/engine.h"

namespace spark::connect {
class ExecutePlanResponse;
class ExecutePlanResponse_Metrics_MetricObject;
class ExecutePlanResponse_ObservedMetrics;
class SQL;
class SqlCommand;
}  // namespace spark::connect

namespace hanok::connect {

// Session, operation and response ids.
void sign(const ConnectSession& session, const Operation& operation, int64_t index,
    spark::connect::ExecutePlanResponse* response);
// sign(), then serialized.
grpc::ByteBuffer to_bytes(const ConnectSession& session, const Operation& operation, int64_t index,
    spark::connect::ExecutePlanResponse* response);
// Adds an ExecutionProgress if a stream waits for something to send.
void report_progress(const ConnectSession& session, Operation& operation);
void metrics_to_proto(const engine::OperatorMetrics& metrics,
    spark::connect::ExecutePlanResponse_Metrics_MetricObject* message);
void observed_to_proto(const engine::ObservedMetrics& observed,
    spark::connect::ExecutePlanResponse_ObservedMetrics* message);
// Clients before 4.0 sent text and arguments in the command itself.
void sql_of_old_client(const spark::connect::SqlCommand& command, spark::connect::SQL* sql);
// Where the session's errors are kept; null when it switched that off.
ErrorStore* error_store(ConnectSession& session);

}  // namespace hanok::connect

#pragma once
// Runs one operation on a worker thread: translates its plan, executes it and fills its response
// buffer.

#include <google/protobuf/arena.h>

#include <memory>
#include <string>
#include <vector>

#include "connect/arrow_encoding.h"
#include "connect/connect_session.h"
#include "connect/operation.h"
#include "connect/query_log.h"

namespace spark::connect {
class CheckpointCommand;
class Command;
class ExecutePlanRequest;
class ExecutePlanResponse;
class SqlCommand;
}  // namespace spark::connect

namespace hanok::connect {

// A request on an arena of its own, so that a deep message is freed without recursion.
struct ExecuteRequest {
    google::protobuf::Arena arena;
    spark::connect::ExecutePlanRequest* message = nullptr;
};

class Execution {
public:
    Execution(std::shared_ptr<ConnectSession> session, std::shared_ptr<Operation> operation,
        std::unique_ptr<ExecuteRequest> request, const ConnectOptions& options, QueryLog& log);
    ~Execution();

    // Ends the operation in every case; does not throw.
    void run() noexcept;

private:
    using Response = spark::connect::ExecutePlanResponse;
    using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

    void execute();
    void execute_command(const spark::connect::Command& command);
    void execute_sql(const spark::connect::SqlCommand& command);
    void execute_checkpoint(const spark::connect::CheckpointCommand& command);
    // True when the command needs no session at all and was answered.
    bool answer_trivially(const spark::connect::Command& command);

    void send_rows(RunResult result);
    void send_batch(
        const std::shared_ptr<arrow::RecordBatch>& batch, int64_t start_offset, Response* first);
    // They go out with the end.
    void keep_statistics(const std::vector<engine::OperatorMetrics>& metrics,
        const std::vector<engine::ObservedMetrics>& observed);
    // Reads everything; for commands, whose rows go out as a local relation.
    Batches drain(RunResult& result);
    // Fills in the ids. Throws OPERATION_CANCELED when the operation ended meanwhile.
    void send(Response response);
    void complete();
    void check_cancelled() const;
    // `error`: null when it succeeded.
    void keep_record(const Error* error, bool is_cancelled);

    const std::shared_ptr<ConnectSession> session_;
    const std::shared_ptr<Operation> operation_;
    std::unique_ptr<ExecuteRequest> request_;
    std::unique_ptr<Response> end_;  // the operation's last response
    const ConnectOptions& options_;
    QueryLog& log_;
    QueryRecord record_;
    int64_t started_ticks_us_ = 0;
    int64_t chunk_bytes_ = 0;
    bool is_chunking_allowed_ = false;
};

}  // namespace hanok::connect

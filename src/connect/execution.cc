#include "connect/execution.h"

#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <spark/connect/base.pb.h>

#include <algorithm>

#include "base/clock.h"
#include "connect/data_type_codec.h"
#include "connect/request_plan.h"
#include "connect/result_messages.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

namespace sc = spark::connect;

namespace {

constexpr int64_t kMinChunkBytes = 1024;

const base::Clock& clock() { return base::SystemClock::instance(); }

// Connects a running stream to the operation's cancellation for as long as it lives.
class CancelStream {
public:
    CancelStream(Cancellation& cancellation, engine::ResultStream* stream)
        : cancellation_(cancellation) {
        if (stream) cancellation_.on_cancel([stream] { stream->cancel(); });
    }
    ~CancelStream() { cancellation_.on_cancel(nullptr); }
    CancelStream(const CancelStream&) = delete;
    CancelStream& operator=(const CancelStream&) = delete;

private:
    Cancellation& cancellation_;
};

}  // namespace

Execution::Execution(std::shared_ptr<ConnectSession> session, std::shared_ptr<Operation> operation,
    std::unique_ptr<ExecuteRequest> request, const ConnectOptions& options, QueryLog& log)
    : session_(std::move(session)),
      operation_(std::move(operation)),
      request_(std::move(request)),
      end_(std::make_unique<Response>()),
      options_(options),
      log_(log),
      chunk_bytes_(options.max_chunk_bytes) {
    for (const auto& option : request_->message->request_options()) {
        if (!option.has_result_chunking_options()) continue;
        const auto& chunking = option.result_chunking_options();
        is_chunking_allowed_ = chunking.allow_arrow_batch_chunking();
        if (chunking.has_preferred_arrow_chunk_size()) {
            chunk_bytes_ = std::clamp(
                chunking.preferred_arrow_chunk_size(), kMinChunkBytes, options.max_chunk_bytes);
        }
    }
}

Execution::~Execution() = default;

void Execution::keep_record(const Error* error, bool is_cancelled) {
    const auto& context = operation_->context();
    record_.operation_id = context.operation_id;
    record_.session_id = context.session_id;
    record_.user = context.user;
    record_.tags = context.tags;
    record_.statement = context.statement;
    record_.state = is_cancelled ? "CANCELED" : error ? "FAILED" : "FINISHED";
    if (error) record_.error = error->condition();
    record_.duration_us = clock().ticks_us() - started_ticks_us_;
    log_.add(std::move(record_));
}

void Execution::run() noexcept {
    record_.started_us = clock().now_us();
    started_ticks_us_ = clock().ticks_us();
    try {
        check_cancelled();
        execute();
        keep_record(nullptr, false);
        operation_->set_final_state(OperationState::kSucceeded);
        operation_->buffer().finish(grpc::Status::OK);
    } catch (...) {
        bool is_cancelled = operation_->context().cancellation->is_cancelled();
        Error error = is_cancelled ? operation_canceled() : to_error(std::current_exception());
        keep_record(&error, is_cancelled);
        operation_->set_final_state(
            is_cancelled ? OperationState::kCancelled : OperationState::kFailed);
        operation_->buffer().finish(to_status(error, error_store(*session_)));
    }
    session_->touch();
}

void Execution::check_cancelled() const {
    if (operation_->context().cancellation->is_cancelled()) throw operation_canceled();
}

void Execution::execute() {
    PlanRoot root = plan_root(request_->message->plan(), options_.max_plan_bytes, &request_->arena);
    if (root.command) {
        execute_command(*root.command);
        complete();
        return;
    }
    plan::RelationPtr relation = translator_for(*session_).relation(*root.relation);
    request_.reset();
    auto result = session_->backend().execute(relation, operation_->context());
    record_.planning_us = clock().ticks_us() - started_ticks_us_;
    send_rows(std::move(result));
    complete();
}

void Execution::execute_command(const sc::Command& command) {
    if (answer_trivially(command)) return;
    if (command.has_sql_command()) return execute_sql(command.sql_command());
    if (command.has_checkpoint_command()) return execute_checkpoint(command.checkpoint_command());
    if (command.has_remove_cached_remote_relation_command()) {
        session_->backend().drop_cached(
            command.remove_cached_remote_relation_command().relation().relation_id());
        return;
    }
    plan::CommandPtr translated = translator_for(*session_).command(command);
    RunResult result = session_->backend().run(translated, operation_->context());
    drain(result);
}

bool Execution::answer_trivially(const sc::Command& command) {
    Response response;
    if (command.has_get_resources_command()) {
        response.mutable_get_resources_command_result();  // there are no GPUs or the like to list
    } else if (command.has_ml_command() && command.ml_command().has_clean_cache()) {
        // Clients clean the ML cache when they exit. Nothing is ever in it: 0 models were dropped.
        response.mutable_ml_command_result()->mutable_param()->set_integer(0);
    } else {
        return false;
    }
    send(std::move(response));
    return true;
}

void Execution::execute_sql(const sc::SqlCommand& command) {
    sc::Relation input;
    if (command.has_input()) {
        input = command.input();
    } else {
        sql_of_old_client(command, input.mutable_sql());
    }
    Translator translator = translator_for(*session_);
    plan::Statement statement = translator.sql_statement(input);
    Response response;
    auto* relation = response.mutable_sql_command_result()->mutable_relation();
    if (statement.query) {
        // Errors of analysis belong to spark.sql(…); the rows are fetched by a later request.
        session_->backend().schema(statement.query);
        *relation = std::move(input);
        send(std::move(response));
        return;
    }
    RunResult result = session_->backend().run(statement.command, operation_->context());
    auto* local = relation->mutable_local_relation();
    local->set_schema(result.schema ? result.schema->json() : types::DataType::struct_({})->json());
    if (result.stream) {
        auto schema = result.stream->schema();
        local->set_data(joined(to_ipc_stream(schema, drain(result))));
    } else {
        drain(result);
    }
    send(std::move(response));
}

void Execution::execute_checkpoint(const sc::CheckpointCommand& command) {
    plan::RelationPtr relation = translator_for(*session_).relation(command.relation());
    Response response;
    response.mutable_checkpoint_command_result()->mutable_relation()->set_relation_id(
        session_->backend().checkpoint(relation, command.eager(), operation_->context()));
    send(std::move(response));
}

Execution::Batches Execution::drain(RunResult& result) {
    Batches batches;
    if (!result.stream) {
        keep_statistics({}, result.observed);
        return batches;
    }
    CancelStream guard(*operation_->context().cancellation, result.stream.get());
    while (auto batch = result.stream->next()) {
        check_cancelled();
        batches.push_back(std::move(batch));
    }
    keep_statistics(result.stream->metrics(), result.stream->observed());
    return batches;
}

void Execution::send_rows(RunResult result) {
    if (!result.stream) throw internal_error("a query gave no result");
    CancelStream guard(*operation_->context().cancellation, result.stream.get());
    Response first;
    if (result.schema) type_to_proto(*result.schema, first.mutable_schema());
    int64_t rows = 0;
    bool is_first = true;
    while (auto batch = result.stream->next()) {
        check_cancelled();
        if (batch->num_rows() == 0) continue;
        send_batch(batch, rows, is_first ? &first : nullptr);
        rows += batch->num_rows();
        is_first = false;
    }
    if (is_first) send_batch(empty_batch(result.stream->schema()), 0, &first);
    keep_statistics(result.stream->metrics(), result.stream->observed());
}

void Execution::send_batch(
    const std::shared_ptr<arrow::RecordBatch>& batch, int64_t start_offset, Response* first) {
    auto data = to_ipc_stream(batch->schema(), {batch});
    Response header;
    for (const BatchChunk& chunk :
        split_batch(data, batch->num_rows(), start_offset, chunk_bytes_, is_chunking_allowed_)) {
        bool added = operation_->buffer().push(chunk.data.size, [&](int64_t index) {
            Response* response = first && chunk.index == 0 ? first : &header;
            sign(*session_, *operation_, index, response);
            return batch_response(response->SerializeAsString(), chunk);
        });
        if (!added) throw operation_canceled();
    }
}

void Execution::keep_statistics(const std::vector<engine::OperatorMetrics>& metrics,
    const std::vector<engine::ObservedMetrics>& observed) {
    record_.operators = metrics;
    for (const auto& m : metrics) metrics_to_proto(m, end_->mutable_metrics()->add_metrics());
    for (const auto& o : observed) observed_to_proto(o, end_->add_observed_metrics());
}

// Another response or the end follows soon, and goes out with this one.
void Execution::send(Response response) {
    bool added = operation_->buffer().push(
        static_cast<int64_t>(response.ByteSizeLong()),
        [&](int64_t index) { return to_bytes(*session_, *operation_, index, &response); },
        ResponseBuffer::Wake::kSoon);
    if (!added) throw operation_canceled();
}

void Execution::complete() {
    end_->mutable_result_complete();
    send(std::move(*end_));
}

}  // namespace hanok::connect

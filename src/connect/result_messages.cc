#include "connect/result_messages.h"

#include <spark/connect/base.pb.h>

#include "connect/translator/translator.h"

// Older clients fill the fields that 4.x deprecates.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace hanok::connect {

namespace sc = spark::connect;

void sign(const ConnectSession& session, const Operation& operation, int64_t index,
    sc::ExecutePlanResponse* response) {
    response->set_session_id(session.id());
    response->set_server_side_session_id(session.server_side_id());
    response->set_operation_id(operation.id());
    response->set_response_id(operation.response_id(index));
}

grpc::ByteBuffer to_bytes(const ConnectSession& session, const Operation& operation, int64_t index,
    sc::ExecutePlanResponse* response) {
    sign(session, operation, index, response);
    grpc::Slice slice(response->SerializeAsString());
    return grpc::ByteBuffer(&slice, 1);
}

void report_progress(const ConnectSession& session, Operation& operation) {
    operation.buffer().push_if_idle([&](int64_t index) {
        sc::ExecutePlanResponse response;
        response.mutable_execution_progress()->add_stages()->set_num_tasks(1);
        response.mutable_execution_progress()->set_num_inflight_tasks(1);
        return to_bytes(session, operation, index, &response);
    });
}

namespace {

const char* type_of_metric(const std::string& name) {
    if (name.ends_with("Time")) return "nsTiming";
    bool is_size = name == "peakMemory" || name.ends_with("Size");
    return is_size ? "size" : "sum";
}

}  // namespace

void metrics_to_proto(
    const engine::OperatorMetrics& metrics, sc::ExecutePlanResponse_Metrics_MetricObject* message) {
    message->set_name(metrics.name);
    message->set_plan_id(metrics.plan_id);
    message->set_parent(metrics.parent);
    for (const auto& [name, value] : metrics.values) {
        auto& metric = (*message->mutable_execution_metrics())[name];
        metric.set_name(name);
        metric.set_value(value);
        metric.set_metric_type(type_of_metric(name));
    }
}

void observed_to_proto(
    const engine::ObservedMetrics& observed, sc::ExecutePlanResponse_ObservedMetrics* message) {
    message->set_name(observed.name);
    for (size_t i = 0; i < observed.keys.size(); ++i) {
        message->add_keys(observed.keys[i]);
        literal_to_proto(observed.values[i], *observed.types[i], message->add_values());
    }
}

void sql_of_old_client(const sc::SqlCommand& command, sc::SQL* sql) {
    sql->set_query(command.sql());
    *sql->mutable_args() = command.args();
    *sql->mutable_pos_args() = command.pos_args();
    *sql->mutable_named_arguments() = command.named_arguments();
    *sql->mutable_pos_arguments() = command.pos_arguments();
}

ErrorStore* error_store(ConnectSession& session) {
    try {
        if (session.backend().config_get("spark.sql.connect.enrichError.enabled") == "false")
            return nullptr;
    } catch (const std::exception&) {
        return nullptr;  // the error at hand is the one to report
    }
    return &session.errors();
}

}  // namespace hanok::connect

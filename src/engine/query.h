#pragma once
// A running query: the lowered plan, its connection and its result.

#include <atomic>
#include <duckdb.hpp>
#include <memory>

#include "engine/arrow_result/batch_builder.h"
#include "engine/engine.h"
#include "engine/instance/instance.h"
#include "engine/lowering/lowering.h"
#include "engine/operator_metrics.h"

namespace hanok::engine {

class Query {
public:
    // Lowers, binds and plans; nothing runs yet.
    Query(InstancePtr instance, const resolved::PlanPtr& plan, const QueryContext& context);
    ~Query();

    const resolved::Attributes& columns() const { return lowered_.columns; }
    const duckdb::vector<duckdb::LogicalType>& types() const { return types_; }
    duckdb::ClientContext& client() { return *lease_->context; }
    // Next chunk, null at the end. The first call starts the query.
    duckdb::unique_ptr<duckdb::DataChunk> fetch();
    void cancel();
    bool is_cancelled() const { return cancelled_; }
    // After the end: what the operators did.
    const std::vector<OperatorMetrics>& metrics() const { return metrics_; }
    // After the end: the metrics of df.observe.
    std::vector<ObservedMetrics> observe();

private:
    void run_to_first_rows();
    [[noreturn]] void fail(const duckdb::ErrorData& error);

    InstancePtr instance_;
    QueryContext context_;
    LoweredQuery lowered_;
    Instance::Lease lease_;  // outlives the results
    OperatorCounts counts_;
    int64_t plan_id_;
    std::vector<OperatorMetrics> metrics_;
    duckdb::vector<duckdb::LogicalType> types_;
    duckdb::unique_ptr<duckdb::PendingQueryResult> pending_;
    duckdb::unique_ptr<duckdb::QueryResult> result_;
    std::atomic<bool> cancelled_ = false;
    bool started_ = false;
    bool finished_ = false;
    int64_t rows_ = 0;
};

// Lowers and calls `use` with the query, on a large stack when the plan is deep.
void with_lowered(const resolved::PlanPtr& plan, const QueryContext& context,
    const Instance& instance, const std::function<void(LoweredQuery&)>& use);

// A statement that selects the node's columns.
duckdb::unique_ptr<duckdb::SelectStatement> select_statement(DuckNode node);

// The metrics of rows that a query, which has ended, set aside.
std::vector<ObservedMetrics> observed_metrics(const std::vector<Observation>& observations,
    const InstancePtr& instance, const QueryContext& context);

}  // namespace hanok::engine

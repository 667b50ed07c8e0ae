#include "engine/query.h"

#include <duckdb/main/pending_query_result.hpp>

#include "base/error.h"
#include "base/ids.h"
#include "base/large_stack.h"
#include "engine/errors/duckdb_error.h"
#include "engine/idle_pause.h"
#include "engine/lowering/observe.h"
#include "engine/lowering/plan_shape.h"
#include "engine/types/logical_types.h"
#include "storage/store_settings.h"

namespace hanok::engine {

namespace {

constexpr int kMaxPlanDepth = 10'000;
constexpr size_t kLargeStack = size_t{1} << 30;

void check_types(const LoweredQuery& lowered, const duckdb::vector<duckdb::LogicalType>& bound) {
    for (size_t i = 0; i < lowered.columns.size(); ++i) {
        const auto& column = lowered.columns[i];
        auto promised = to_logical_type(*column.type);
        if (bound[i] != promised) {
            throw internal_error("column " + column.name + " is " + bound[i].ToString() +
                                 " in the engine, not " + promised.ToString() + " (" +
                                 column.type->simple_string() + ")");
        }
    }
}

}  // namespace

duckdb::unique_ptr<duckdb::SelectStatement> select_statement(DuckNode node) {
    auto statement = duckdb::make_uniq<duckdb::SelectStatement>();
    statement->node = std::move(node);
    return statement;
}

void with_lowered(const resolved::PlanPtr& plan, const QueryContext& context,
    const Instance& instance, const std::function<void(LoweredQuery&)>& use) {
    int depth = plan_depth(*plan);
    if (depth > kMaxPlanDepth) {
        throw Error(ErrorKind::kInvalidPlanInput, "HANOK_LIMIT_EXCEEDED.PLAN_DEPTH",
            {{"depth", std::to_string(depth)}, {"limit", std::to_string(kMaxPlanDepth)}});
    }
    auto run = [&, settings = storage::StoreScope::current()] {
        storage::StoreScope scope(settings);  // the thread may be a new one
        auto lowered = with_translated_errors([&] { return lower_query(plan, context, instance); });
        use(lowered);
    };
    if (depth <= kInlineDepth) return run();
    base::with_stack(kLargeStack, run);
}

Query::Query(InstancePtr instance, const resolved::PlanPtr& plan, const QueryContext& context)
    : instance_(std::move(instance)),
      context_(context),
      lease_(instance_->acquire()),
      counts_(*lease_->context),
      plan_id_(plan->plan_id.value_or(0)) {
    with_lowered(plan, context_, *instance_, [&](LoweredQuery& lowered) {
        lowered_ = std::move(lowered);
        try {
            pending_ = lease_->PendingQuery(select_statement(std::move(lowered_.node)),
                duckdb::QueryParameters(duckdb::QueryResultOutputType::ALLOW_STREAMING));
        } catch (const std::exception& e) {
            fail(duckdb::ErrorData(e));
        }
    });
    if (pending_->HasError()) fail(pending_->GetErrorObject());
    counts_.planned();
    types_ = pending_->types;
    check_types(lowered_, types_);
    if (lowered_.columns.empty()) types_.clear();
}

Query::~Query() {
    result_.reset();
    pending_.reset();
}

void Query::fail(const duckdb::ErrorData& error) {
    if (is_fatal(error)) instance_->mark_broken();
    if (cancelled_)
        throw runtime_error("OPERATION_CANCELED", {{"operationId", context_.operation_id}});
    throw translate_error(error);
}

// Execute() alone would spin while other threads work.
void Query::run_to_first_rows() {
    IdlePause pause;
    while (true) {
        auto state = pending_->ExecuteTask();
        if (duckdb::PendingQueryResult::IsResultReady(state)) return;
        pause.after(state, *pending_);
    }
}

duckdb::unique_ptr<duckdb::DataChunk> Query::fetch() {
    if (finished_) return nullptr;
    if (cancelled_) fail(duckdb::ErrorData(duckdb::ExceptionType::INTERRUPT, "cancelled"));
    try {
        if (!started_) {
            started_ = true;
            run_to_first_rows();
            // A failed task's own error; Execute() would only say that the query is closed.
            if (pending_->HasError()) fail(pending_->GetErrorObject());
            result_ = pending_->Execute();
            pending_.reset();
        }
        if (result_->HasError()) fail(result_->GetErrorObject());
        auto chunk = result_->Fetch();
        if (result_->HasError()) fail(result_->GetErrorObject());
        if (chunk && chunk->size() > 0) {
            rows_ += static_cast<int64_t>(chunk->size());
            return chunk;
        }
    } catch (const Error&) {
        finished_ = true;
        throw;
    } catch (const std::exception& e) {
        finished_ = true;
        fail(duckdb::ErrorData(e));
    }
    finished_ = true;
    result_.reset();
    metrics_ = counts_.read(plan_id_, rows_);
    return nullptr;
}

void Query::cancel() {
    cancelled_ = true;
    lease_->Interrupt();
}

std::vector<ObservedMetrics> Query::observe() {
    return observed_metrics(lowered_.observations, instance_, context_);
}

std::vector<ObservedMetrics> observed_metrics(const std::vector<Observation>& observations,
    const InstancePtr& instance, const QueryContext& context) {
    std::vector<ObservedMetrics> all;
    for (const auto& observation : observations) {
        resolved::PlanPtr child;
        // Kept under a key of its own while the metrics are computed.
        auto key = "observe:" + context.operation_id + ":" + observation.name + ":" +
                   std::to_string(reinterpret_cast<uintptr_t>(observation.rows.get()));
        if (auto rows = observation.rows->take()) {
            auto kept = std::make_shared<MaterializedRows>();
            kept->rows = std::move(rows);
            instance->keep_materialized(key, kept);
            auto cached = std::make_shared<resolved::Cached>();
            cached->cache_key = key;
            cached->output = observation.columns;
            child = cached;
        } else {
            auto none = std::make_shared<resolved::Values>();
            none->output = observation.columns;
            child = none;
        }
        auto aggregate = std::make_shared<resolved::AggregatePlan>();
        aggregate->child = child;
        aggregate->columns = observation.metrics;
        ObservedMetrics metrics;
        metrics.name = observation.name;
        for (const auto& metric : observation.metrics) {
            aggregate->output.push_back(metric.attribute);
            metrics.keys.push_back(metric.attribute.name);
            metrics.types.push_back(metric.attribute.type);
        }
        try {
            Query query(instance, aggregate, context);
            auto chunk = query.fetch();
            for (size_t i = 0; chunk && i < metrics.types.size(); ++i)
                metrics.values.push_back(
                    from_duckdb_value(chunk->GetValue(i, 0), *metrics.types[i]));
        } catch (...) {
            instance->drop_materialized(key);
            throw;
        }
        instance->drop_materialized(key);
        all.push_back(std::move(metrics));
    }
    return all;
}

}  // namespace hanok::engine

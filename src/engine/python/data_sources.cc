#include "engine/python/data_sources.h"

#include <mutex>
#include <optional>

#include "base/error.h"
#include "engine/observed_scope.h"
#include "engine/python/data_source_calls.h"
#include "engine/query.h"
#include "engine/types/logical_types.h"
#include "resolved/python_eval_type.h"

namespace hanok::engine {

namespace {

types::TypePtr schema_of(const resolved::Plan& rows) {
    return types::DataType::replace_char_varchar(resolved::output_schema(rows));
}

// The rows through the writer's function: one task, which gives its pickled message.
resolved::PlanPtr write_stage(
    const resolved::PlanPtr& rows, const PythonSourceCall& call, const PythonWritePlan& plan) {
    auto stage = std::make_shared<resolved::PythonStage>();
    stage->shape = resolved::PythonShape::kMap;
    stage->child = rows;
    stage->arguments = rows->output;
    auto udf = std::make_shared<resolved::PythonUdf>(python_message_schema());
    udf->name = "write";
    udf->eval_type = resolved::eval_type::kMapArrowIter;
    udf->command = plan.function;
    udf->python_version = call.source->python_version;
    udf->deterministic = false;
    stage->functions = {std::move(udf)};
    resolved::Attribute message;
    message.id = resolved::AttributeId{-1'000'000'007};
    message.name = "message";
    message.type = types::DataType::binary();
    stage->results = {message};
    stage->output = stage->results;
    return stage;
}

class WorkerPythonSources final : public PythonSources {
public:
    explicit WorkerPythonSources(std::function<InstancePtr()> instance)
        : instance_(std::move(instance)) {}

    PythonSourceInstance create(const PythonSourceCall& call, const types::TypePtr& schema,
        const QueryContext& query) override {
        return create_python_source(*instance_()->workers(), call, schema, query);
    }

    void write(const PythonSourceCall& call, const resolved::PlanPtr& rows, bool overwrite,
        const QueryContext& query) override {
        auto instance = instance_();
        auto& pool = *instance->workers();
        auto plan = plan_python_write(pool, call, *schema_of(*rows), overwrite, query);
        std::vector<std::optional<std::string>> messages;
        try {
            Query running(instance, write_stage(rows, call, plan), query);
            while (auto chunk = running.fetch()) {
                for (duckdb::idx_t row = 0; row < chunk->size(); ++row)
                    messages.emplace_back(duckdb::StringValue::Get(chunk->GetValue(0, row)));
            }
            ObservedScope::note(running.observe());
        } catch (...) {
            if (messages.empty()) messages.emplace_back();
            end_python_write(pool, call, plan.writer, messages, true, query);
            throw;
        }
        end_python_write(pool, call, plan.writer, messages, false, query);
    }

    const std::vector<PythonSourceClassPtr>& installed() override {
        std::lock_guard lock(mutex_);
        if (!installed_) installed_ = installed_python_sources(*instance_()->workers());
        return *installed_;
    }

private:
    std::function<InstancePtr()> instance_;
    std::mutex mutex_;  // guards what follows
    std::optional<std::vector<PythonSourceClassPtr>> installed_;
};

}  // namespace

std::unique_ptr<PythonSources> make_python_sources(std::function<InstancePtr()> instance) {
    return std::make_unique<WorkerPythonSources>(std::move(instance));
}

}  // namespace hanok::engine

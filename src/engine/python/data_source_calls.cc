#include "engine/python/data_source_calls.h"

#include "base/error.h"
#include "engine/python/worker_settings.h"
#include "python/framing.h"
#include "python/planner_call.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

using python::PlannerCall;

constexpr const char* kPushdown = "spark.sql.python.filterPushdown.enabled";

// What `part` reads of an answer; an exception of the worker says what could not be done.
template <class F>
auto told(const char* action, const char* type, F&& part) {
    try {
        return part();
    } catch (const python::PlannerError& error) {
        throw analysis_error("PYTHON_DATA_SOURCE_ERROR",
            {{"action", action}, {"type", type}, {"msg", error.traceback}});
    }
}

bool is_on(const QueryContext& query, const char* key, bool other) {
    auto it = query.conf.find(key);
    return it == query.conf.end() ? other : it->second == "true";
}

// binaryAsBytes: how workers see BINARY.
bool gives_bytes(const QueryContext& query) {
    return is_on(query, "spark.sql.execution.pyspark.binaryAsBytes", true);
}

int32_t batch_rows(const QueryContext& query) {
    auto rows = worker_setting(query, "spark.sql.execution.arrow.maxRecordsPerBatch", 10000);
    return rows <= 0 ? INT32_MAX : static_cast<int32_t>(std::min<int64_t>(rows, INT32_MAX));
}

void put_options(std::string* out, const std::map<std::string, std::string>& options) {
    python::put_int(out, static_cast<int32_t>(options.size()));
    for (const auto& [key, value] : options) {
        python::put_text(out, key);
        python::put_text(out, value);
    }
}

types::TypePtr one_binary(const char* name) {
    return types::DataType::struct_({{name, types::DataType::binary(), true, ""}});
}

PythonReadPlan read_plan_of(PlannerCall& call) {
    PythonReadPlan out;
    out.function = told("initialize", "reader", [&] { return call.read_bytes(); });
    told("generate", "read partitions", [&] {
        for (auto left = call.read_int(); left > 0; --left)
            out.partitions.push_back(call.read_bytes());
    });
    return out;
}

}  // namespace

types::TypePtr python_partition_schema() { return one_binary("partition"); }
types::TypePtr python_message_schema() { return one_binary("message"); }

PythonSourceInstance create_python_source(python::WorkerPool& pool, const PythonSourceCall& call,
    const types::TypePtr& schema, const QueryContext& query) {
    std::string body;
    python::put_text(&body, call.source->command);
    python::put_text(&body, call.provider);
    python::put_bool(&body, schema != nullptr);
    if (schema) python::put_text(&body, schema->json());
    put_options(&body, call.options);
    return told("create", "instance", [&] {
        PlannerCall worker(pool, "pyspark.sql.worker.create_data_source",
            worker_version(pool, call.source->python_version), added_files(query), body);
        PythonSourceInstance out;
        out.pickled = worker.read_bytes();
        out.is_ddl = worker.read_int() == 1;
        out.schema = worker.read_bytes();
        return out;
    });
}

PythonReadPlan plan_python_read(python::WorkerPool& pool, const PythonScanSource& source,
    const std::optional<std::string>& filters, const QueryContext& query) {
    std::string body;
    python::put_text(&body, source.instance);
    if (!filters) python::put_text(&body, python_partition_schema()->json());
    python::put_text(&body, source.schema->json());
    if (filters) python::put_text(&body, *filters);
    python::put_int(&body, batch_rows(query));
    if (!filters) {
        python::put_bool(&body, is_on(query, kPushdown, false));
        python::put_bool(&body, false);  // streaming
    }
    python::put_bool(&body, gives_bytes(query));
    PlannerCall worker(pool,
        filters ? "pyspark.sql.worker.data_source_pushdown_filters"
                : "pyspark.sql.worker.plan_data_source_read",
        worker_version(pool, source.python_version), added_files(query), body);
    auto out = read_plan_of(worker);
    if (!filters) return out;
    told("initialize", "reader", [&] {
        for (auto left = worker.read_int(); left > 0; --left)
            out.pushed.push_back(static_cast<size_t>(worker.read_int()));
    });
    return out;
}

PythonWritePlan plan_python_write(python::WorkerPool& pool, const PythonSourceCall& call,
    const types::DataType& schema, bool overwrite, const QueryContext& query) {
    std::string body;
    python::put_text(&body, call.source->command);
    python::put_text(&body, call.provider);
    python::put_text(&body, schema.json());
    python::put_text(&body, python_message_schema()->json());
    put_options(&body, call.options);
    python::put_bool(&body, overwrite);
    python::put_bool(&body, false);  // streaming
    python::put_bool(&body, gives_bytes(query));
    return told("initialize", "writer", [&] {
        PlannerCall worker(pool, "pyspark.sql.worker.write_into_data_source",
            worker_version(pool, call.source->python_version), added_files(query), body);
        PythonWritePlan out;
        out.function = worker.read_bytes();
        out.writer = worker.read_bytes();
        return out;
    });
}

void end_python_write(python::WorkerPool& pool, const PythonSourceCall& call,
    const std::string& writer, const std::vector<std::optional<std::string>>& messages,
    bool is_abort, const QueryContext& query) {
    std::string body;
    python::put_text(&body, writer);
    python::put_int(&body, static_cast<int32_t>(messages.size()));
    for (const auto& message : messages) {
        if (message) {
            python::put_text(&body, *message);
        } else {
            python::put_int(&body, static_cast<int32_t>(python::Mark::kNull));
        }
    }
    python::put_bool(&body, is_abort);
    told("commit or abort", "write", [&] {
        PlannerCall worker(pool, "pyspark.sql.worker.commit_data_source_write",
            worker_version(pool, call.source->python_version), added_files(query), body);
        if (worker.read_int() != 0) throw internal_error("a Python writer did not end well");
    });
}

std::vector<PythonSourceClassPtr> installed_python_sources(python::WorkerPool& pool) {
    return told("lookup", "instance", [&] {
        PlannerCall worker(
            pool, "pyspark.sql.worker.lookup_data_sources", worker_version(pool, ""), {}, "");
        std::vector<PythonSourceClassPtr> out;
        for (auto left = worker.read_int(); left > 0; --left) {
            auto source = std::make_shared<PythonSourceClass>();
            source->name = worker.read_bytes();
            source->command = worker.read_bytes();
            out.push_back(std::move(source));
        }
        return out;
    });
}

}  // namespace hanok::engine

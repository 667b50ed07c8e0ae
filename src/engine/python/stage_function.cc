#include "engine/python/stage_function.h"

#include <duckdb/main/extension/extension_loader.hpp>

#include "base/error.h"
#include "engine/functions/kernel.h"
#include "engine/python/stage_runner.h"

namespace hanok::engine {

namespace {

struct PythonBind final : duckdb::TableFunctionData {
    const PythonStageSpec* spec = nullptr;
};

struct PythonLocal final : duckdb::LocalTableFunctionState {
    PythonLocal(duckdb::ClientContext& context, const PythonStageSpec& spec)
        : runner(context, spec) {}
    StageRunner runner;
    bool is_added = false;  // the current chunk of input
};

duckdb::unique_ptr<duckdb::FunctionData> bind_python(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    auto data = duckdb::make_uniq<PythonBind>();
    data->spec = reinterpret_cast<const PythonStageSpec*>(
        input.named_parameters.at("spec").GetPointer());
    types = data->spec->passed_types;
    types.insert(types.end(), data->spec->result_types.begin(), data->spec->result_types.end());
    if (data->spec->partition) types.push_back(duckdb::LogicalType::INTEGER);
    names = data->spec->names;
    if (types.empty()) {
        // DuckDB has no table without columns; the rows still count.
        types.push_back(duckdb::LogicalType::BOOLEAN);
        names.push_back("c");
    }
    return data;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(duckdb::ExecutionContext& context,
    duckdb::TableFunctionInitInput& input, duckdb::GlobalTableFunctionState*) {
    return duckdb::make_uniq<PythonLocal>(
        context.client, *input.bind_data->Cast<PythonBind>().spec);
}

template <class F>
auto with_encoded_errors(F&& f) {
    try {
        return f();
    } catch (const Error& e) {
        raise(e);
    }
}

// The thread waits while every worker is busy: DuckDB lets only sources and sinks give it up.
duckdb::OperatorResultType run_python(duckdb::ExecutionContext&, duckdb::TableFunctionInput& data,
    duckdb::DataChunk& input, duckdb::DataChunk& output) {
    return with_encoded_errors([&] {
        auto& local = data.local_state->Cast<PythonLocal>();
        for (;;) {
            if (!local.is_added) local.is_added = local.runner.add(input);
            if (local.runner.fetch(output)) return duckdb::OperatorResultType::HAVE_MORE_OUTPUT;
            if (local.is_added && !local.runner.is_full()) break;
            local.runner.wait();
        }
        local.is_added = false;
        output.SetCardinality(0);
        return duckdb::OperatorResultType::NEED_MORE_INPUT;
    });
}

duckdb::OperatorFinalizeResultType finish_python(duckdb::ExecutionContext& context,
    duckdb::TableFunctionInput& data, duckdb::DataChunk& output) {
    return with_encoded_errors([&] {
        if (context.client.IsInterrupted()) throw duckdb::InterruptException();
        auto& runner = data.local_state->Cast<PythonLocal>().runner;
        for (;;) {
            if (!runner.is_finished()) runner.finish();
            if (runner.fetch(output)) return duckdb::OperatorFinalizeResultType::HAVE_MORE_OUTPUT;
            if (runner.is_done()) break;
            runner.wait();
        }
        output.SetCardinality(0);
        return duckdb::OperatorFinalizeResultType::FINISHED;
    });
}

}  // namespace

void register_python(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_python");
    duckdb::TableFunction function(
        kPythonFunction, {duckdb::LogicalType::TABLE}, nullptr, bind_python, nullptr, init_local);
    function.in_out_function = run_python;
    function.in_out_function_final = finish_python;
    function.named_parameters["spec"] = duckdb::LogicalType::POINTER;
    loader.RegisterFunction(function);
}

}  // namespace hanok::engine

#include "engine/python/script_function.h"

#include <duckdb/main/extension/extension_loader.hpp>

#include "base/error.h"
#include "engine/functions/kernel.h"
#include "python/script.h"

namespace hanok::engine {

namespace {

struct ScriptBind final : duckdb::TableFunctionData {
    const ScriptSpec* spec = nullptr;
};

struct ScriptLocal final : duckdb::LocalTableFunctionState {
    std::unique_ptr<python::Script> script;
    bool is_added = false;  // the current chunk of input
};

duckdb::unique_ptr<duckdb::FunctionData> bind_script(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    auto data = duckdb::make_uniq<ScriptBind>();
    data->spec = reinterpret_cast<const ScriptSpec*>(
        input.named_parameters.at("spec").GetPointer());
    types = {duckdb::LogicalType::VARCHAR};
    names = {data->spec->column};
    return data;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_script(
    duckdb::ExecutionContext&, duckdb::TableFunctionInitInput&, duckdb::GlobalTableFunctionState*) {
    return duckdb::make_uniq<ScriptLocal>();
}

ScriptLocal& started(duckdb::TableFunctionInput& data) {
    auto& local = data.local_state->Cast<ScriptLocal>();
    if (!local.script) {
        const auto& spec = *data.bind_data->Cast<ScriptBind>().spec;
        try {
            local.script = python::Script::start(spec.command, spec.pool->options());
        } catch (const Error& e) {
            raise(e);
        }
    }
    return local;
}

void add_rows(python::Script& script, duckdb::DataChunk& input) {
    duckdb::UnifiedVectorFormat format;
    input.data[0].ToUnifiedFormat(input.size(), format);
    const auto* rows = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(format);
    for (duckdb::idx_t i = 0; i < input.size(); ++i) {
        const auto& row = rows[format.sel->get_index(i)];
        script.add({row.GetData(), row.GetSize()});
    }
}

// Lines that are there now; false if none is.
bool fetch(python::Script& script, duckdb::DataChunk& output) {
    auto* rows = duckdb::FlatVector::GetData<duckdb::string_t>(output.data[0]);
    duckdb::idx_t count = 0;
    std::string_view line;
    while (count < STANDARD_VECTOR_SIZE && script.next_line(&line)) {
        if (!duckdb::Value::StringIsValid(line.data(), line.size()))
            raise(runtime_error(
                "MALFORMED_CHARACTER_CODING", {{"function", "`TRANSFORM`"}, {"charset", "UTF-8"}}));
        rows[count++] = duckdb::StringVector::AddString(output.data[0], line.data(), line.size());
    }
    output.SetCardinality(count);
    return count > 0;
}

void pump(duckdb::ExecutionContext& context, python::Script& script) {
    if (context.client.IsInterrupted()) throw duckdb::InterruptException();
    script.pump();
}

// The thread waits for the script: DuckDB lets only sources and sinks give it up.
duckdb::OperatorResultType run_script(duckdb::ExecutionContext& context,
    duckdb::TableFunctionInput& data, duckdb::DataChunk& input, duckdb::DataChunk& output) {
    auto& local = started(data);
    if (!local.is_added) add_rows(*local.script, input);
    local.is_added = true;
    for (;;) {
        pump(context, *local.script);
        if (fetch(*local.script, output)) return duckdb::OperatorResultType::HAVE_MORE_OUTPUT;
        if (!local.script->is_full()) break;
        local.script->wait();
    }
    local.is_added = false;
    output.SetCardinality(0);
    return duckdb::OperatorResultType::NEED_MORE_INPUT;
}

duckdb::OperatorFinalizeResultType finish_script(duckdb::ExecutionContext& context,
    duckdb::TableFunctionInput& data, duckdb::DataChunk& output) {
    auto& local = started(data);
    local.script->finish();
    for (;;) {
        pump(context, *local.script);
        if (fetch(*local.script, output))
            return duckdb::OperatorFinalizeResultType::HAVE_MORE_OUTPUT;
        try {
            if (local.script->is_done()) break;
        } catch (const Error& e) {
            raise(e);
        }
        local.script->wait();
    }
    output.SetCardinality(0);
    return duckdb::OperatorFinalizeResultType::FINISHED;
}

}  // namespace

void register_script(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_script");
    duckdb::TableFunction function(
        kScriptFunction, {duckdb::LogicalType::TABLE}, nullptr, bind_script, nullptr, init_script);
    function.in_out_function = run_script;
    function.in_out_function_final = finish_script;
    function.named_parameters["spec"] = duckdb::LogicalType::POINTER;
    loader.RegisterFunction(function);
}

}  // namespace hanok::engine

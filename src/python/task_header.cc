#include <nlohmann/json.hpp>

#include "python/task.h"

namespace hanok::python {

namespace {

void put_settings(std::string* out, const Settings& settings) {
    put_int(out, static_cast<int32_t>(settings.size()));
    for (const auto& [key, value] : settings) {
        put_text(out, key);
        put_text(out, value);
    }
}

std::string task_context(int partition) {
    nlohmann::json context = {{"isBarrier", false}, {"stageId", 0}, {"partitionId", partition},
        {"attemptNumber", 0}, {"taskAttemptId", partition}, {"cpus", 1},
        {"resources", nlohmann::json::object()}, {"localProperties", nlohmann::json::object()}};
    return context.dump();
}

}  // namespace

std::string task_header(const TaskSpec& spec, int partition) {
    std::string out;
    put_int(&out, partition);
    put_text(&out, spec.python_version);
    put_text(&out, task_context(partition));
    put_added_files(&out, spec.files);
    put_int(&out, spec.eval_type);
    put_settings(&out, spec.runner_conf);
    put_settings(&out, spec.eval_conf);
    if (!spec.raw_commands.empty()) return out + spec.raw_commands;
    put_int(&out, static_cast<int32_t>(spec.commands.size()));
    for (const auto& command : spec.commands) {
        put_int(&out, static_cast<int32_t>(command.args.size()));
        for (const auto& arg : command.args) {
            put_int(&out, arg.offset);
            put_bool(&out, !arg.name.empty());
            if (!arg.name.empty()) put_text(&out, arg.name);
        }
        put_int(&out, static_cast<int32_t>(command.functions.size()));
        for (const auto& function : command.functions) put_text(&out, function);
        put_long(&out, 0);  // of the profiler
    }
    return out;
}

}  // namespace hanok::python

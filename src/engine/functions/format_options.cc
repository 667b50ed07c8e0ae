#include "engine/functions/format_options.h"

#include <nlohmann/json.hpp>

namespace hanok::engine {

std::string pack_options(const SourceOptions& options, const QueryContext& context) {
    nlohmann::json j;
    j["options"] = options;
    j["zone"] = context.time_zone;
    j["now"] = context.now_micros;
    j["ansi"] = context.ansi;
    auto corrupt = context.conf.find("spark.sql.columnNameOfCorruptRecord");
    if (corrupt != context.conf.end()) j["corrupt"] = corrupt->second;
    return j.dump();
}

SourceOptions unpack_options(const std::string& text, QueryContext* context) {
    auto j = nlohmann::json::parse(text);
    context->time_zone = j["zone"].get<std::string>();
    context->now_micros = j["now"].get<int64_t>();
    context->ansi = j["ansi"].get<bool>();
    if (j.contains("corrupt"))
        context->conf["spark.sql.columnNameOfCorruptRecord"] = j["corrupt"].get<std::string>();
    return j["options"].get<SourceOptions>();
}

}  // namespace hanok::engine

#include "connect/query_log.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hanok::connect {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kKept = 200;
constexpr size_t kMaxStatement = 16 << 10;

Json to_json(const QueryRecord& record) {
    Json out{{"operation_id", record.operation_id}, {"session_id", record.session_id},
        {"user", record.user}, {"tags", record.tags}, {"statement", record.statement},
        {"state", record.state}};
    if (!record.error.empty()) out["error"] = record.error;
    out["started_ms"] = record.started_us / 1000;
    out["planning_us"] = record.planning_us;
    out["duration_us"] = record.duration_us;
    return out;
}

Json to_json(const engine::OperatorMetrics& op) {
    Json metrics = Json::object();
    for (const auto& [name, value] : op.values) metrics[name] = value;
    return {{"id", op.plan_id}, {"parent", op.parent}, {"name", op.name}, {"metrics", metrics}};
}

// Statements are cut and may be cut within a character.
std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void QueryLog::add(QueryRecord record) {
    if (record.statement.size() > kMaxStatement) record.statement.resize(kMaxStatement);
    std::lock_guard lock(mutex_);
    records_.push_front(std::move(record));
    if (records_.size() > kKept) records_.pop_back();
}

std::string QueryLog::list() const {
    Json all = Json::array();
    std::lock_guard lock(mutex_);
    for (const auto& record : records_) all.push_back(to_json(record));
    return text_of({{"queries", all}});
}

std::optional<std::string> QueryLog::find(const std::string& operation_id) const {
    std::lock_guard lock(mutex_);
    auto found = std::find_if(records_.begin(), records_.end(),
        [&](const QueryRecord& record) { return record.operation_id == operation_id; });
    if (found == records_.end()) return std::nullopt;
    Json out = to_json(*found);
    out["operators"] = Json::array();
    for (const auto& op : found->operators) out["operators"].push_back(to_json(op));
    return text_of(out);
}

}  // namespace hanok::connect

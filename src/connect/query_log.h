#pragma once
// The last operations and what they did, for people who ask why a query is slow.

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace hanok::connect {

// One operation that ended.
struct QueryRecord {
    std::string operation_id;
    std::string session_id;
    std::string user;
    std::vector<std::string> tags;
    std::string statement;    // SQL text; "" for a plan of DataFrame calls
    std::string state;        // FINISHED, FAILED, CANCELED
    std::string error;        // the condition of a failed one
    int64_t started_us = 0;   // since 1970
    int64_t planning_us = 0;  // until rows could come: translation, analysis, optimising
    int64_t duration_us = 0;
    std::vector<engine::OperatorMetrics> operators;  // top first; empty for commands
};

// Safe for use by several threads.
class QueryLog {
public:
    void add(QueryRecord record);
    // As JSON: all, newest first and without their operators.
    std::string list() const;
    // As JSON, whole; nullopt when it is not kept any more.
    std::optional<std::string> find(const std::string& operation_id) const;

private:
    mutable std::mutex mutex_;
    std::deque<QueryRecord> records_;  // newest first
};

}  // namespace hanok::connect

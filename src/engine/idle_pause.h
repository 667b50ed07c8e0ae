#pragma once
// What a thread does that drives a query while other threads have its last tasks: DuckDB would
// spin.

#include <algorithm>
#include <chrono>
#include <thread>

#include <duckdb/main/pending_query_result.hpp>

namespace hanok::engine {

// Call with every state that ExecuteTask() gave. Yields at first, then sleeps longer and longer.
class IdlePause {
public:
    void after(duckdb::PendingExecutionResult state, duckdb::PendingQueryResult& pending) {
        if (state == duckdb::PendingExecutionResult::BLOCKED) pending.WaitForTask();
        if (state != duckdb::PendingExecutionResult::NO_TASKS_AVAILABLE) {
            turns_ = 0;
        } else if (++turns_ <= kYields) {
            std::this_thread::yield();
        } else {
            std::this_thread::sleep_for(std::min(kShortest * (turns_ - kYields), kLongest));
        }
    }

private:
    static constexpr int kYields = 16;
    static constexpr auto kShortest = std::chrono::microseconds(20);
    static constexpr std::chrono::microseconds kLongest{500};
    int turns_ = 0;
};

}  // namespace hanok::engine

#pragma once
// window, session_window and window_time. Calls of the first two are no functions the engine runs:
// Impl::open_time_windows replaces them by columns.

#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

void register_time_windows(FunctionRegistry& registry);

// The parts of a bound window(…) call; times in microseconds.
struct SlidingWindow {
    resolved::ExprPtr time;
    int64_t duration = 0;
    int64_t slide = 0;
    int64_t start = 0;
};

bool is_window_call(const resolved::Expression& e);
bool is_session_window_call(const resolved::Expression& e);
SlidingWindow sliding_window(const resolved::Call& call);

}  // namespace hanok::analyzer

#pragma once
// Where metrics of df.observe go when no stream of results can report them: those of writes.

#include <vector>

#include "engine/engine.h"

namespace hanok::engine {

// Gathers what queries of this thread report while it lives.
class ObservedScope {
public:
    ObservedScope();
    ~ObservedScope();
    ObservedScope(const ObservedScope&) = delete;
    ObservedScope& operator=(const ObservedScope&) = delete;
    std::vector<ObservedMetrics> take();
    // Adds to the innermost scope of this thread; without one they are dropped.
    static void note(std::vector<ObservedMetrics> metrics);

private:
    ObservedScope* before_;
    std::vector<ObservedMetrics> metrics_;
};

}  // namespace hanok::engine

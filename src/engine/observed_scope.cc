#include "engine/observed_scope.h"

#include <iterator>
#include <utility>

namespace hanok::engine {

namespace {

thread_local ObservedScope* innermost = nullptr;

}  // namespace

ObservedScope::ObservedScope() : before_(std::exchange(innermost, this)) {}

ObservedScope::~ObservedScope() { innermost = before_; }

std::vector<ObservedMetrics> ObservedScope::take() { return std::exchange(metrics_, {}); }

void ObservedScope::note(std::vector<ObservedMetrics> metrics) {
    if (!innermost) return;
    auto& all = innermost->metrics_;
    all.insert(all.end(), std::make_move_iterator(metrics.begin()),
        std::make_move_iterator(metrics.end()));
}

}  // namespace hanok::engine

#include "base/clock.h"

namespace hanok::base {

namespace {

template <typename ClockType>
int64_t us_since_epoch() {
    auto elapsed = ClockType::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
}

}  // namespace

int64_t Clock::now_ms() const {
    int64_t us = now_us();
    return us / 1000 - (us % 1000 < 0 ? 1 : 0);
}

int64_t SystemClock::now_us() const { return us_since_epoch<std::chrono::system_clock>(); }

int64_t SystemClock::ticks_us() const { return us_since_epoch<std::chrono::steady_clock>(); }

SystemClock& SystemClock::instance() {
    static SystemClock clock;
    return clock;
}

int64_t ManualClock::now_us() const { return now_us_.load(); }

int64_t ManualClock::ticks_us() const { return ticks_us_.load(); }

void ManualClock::advance(std::chrono::microseconds by) {
    now_us_ += by.count();
    ticks_us_ += by.count();
}

void ManualClock::set_now_us(int64_t now_us) { now_us_ = now_us; }

}  // namespace hanok::base

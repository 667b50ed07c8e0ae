#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace hanok::base {

/// Where the time of day and the passing of time come from. One instance is handed to everything
/// that needs it, so that tests decide. Implementations may be called from several threads.
class Clock {
public:
    virtual ~Clock() = default;

    /// Microseconds since 1970-01-01T00:00:00Z.
    virtual int64_t now_us() const = 0;

    /// Monotonic microseconds from an arbitrary start, for measuring durations and time-outs.
    virtual int64_t ticks_us() const = 0;

    /// Milliseconds since 1970-01-01T00:00:00Z, rounded down.
    int64_t now_ms() const;
};

/// The clock of the operating system.
class SystemClock final : public Clock {
public:
    int64_t now_us() const override;
    int64_t ticks_us() const override;

    /// The one for code at the edge of the process; it lives forever.
    static SystemClock& instance();
};

/// A clock that stands still until it is moved.
class ManualClock final : public Clock {
public:
    explicit ManualClock(int64_t now_us = 0) : now_us_(now_us) {}

    int64_t now_us() const override;
    int64_t ticks_us() const override;

    /// Moves both the time of day and the monotonic time; `by` may not be negative.
    void advance(std::chrono::microseconds by);

    /// Sets the time of day, forwards or backwards; the monotonic time stays.
    void set_now_us(int64_t now_us);

private:
    std::atomic<int64_t> now_us_;
    std::atomic<int64_t> ticks_us_{0};
};

}  // namespace hanok::base

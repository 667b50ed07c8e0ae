#pragma once
// Time zones as Spark names them: region ids, short ids, offsets such as "+09:00", "UTC", "GMT-3".

#include <cstdint>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace hanok::engine {

constexpr int64_t kMicrosPerSecond = 1000000;
constexpr int64_t kMicrosPerDay = 86400 * kMicrosPerSecond;

// Microseconds since 1970; raises ARITHMETIC_OVERFLOW for days further away than 294,000 years.
int64_t day_start(int64_t days);

inline int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
}
inline int64_t floor_modulo(int64_t a, int64_t b) { return a - floor_divide(a, b) * b; }

// One thread at a time: it remembers the last period of equal offset.
class TimeZone {
public:
    // The zone of this name, kept by the calling thread; nullptr when there is none.
    static const TimeZone* find(std::string_view name);
    // As find(); raises INVALID_TIMEZONE.
    static const TimeZone& get(std::string_view name);

    int64_t offset_micros(int64_t utc_micros) const;
    int64_t to_local(int64_t utc_micros) const { return utc_micros + offset_micros(utc_micros); }
    // In a gap the time moves forward by its length; of two possible instants the earlier one is
    // taken.
    int64_t to_utc(int64_t local_micros) const;

private:
    const date::time_zone* region_ = nullptr;  // null: fixed offset
    int64_t fixed_micros_ = 0;
    mutable int64_t begin_ = 0, end_ = 0, offset_ = 0;  // last period, in UTC micros
    mutable int64_t local_begin_ = 0, local_end_ = 0,
                    local_offset_ = 0;  // last unambiguous period, local
};

}  // namespace hanok::engine

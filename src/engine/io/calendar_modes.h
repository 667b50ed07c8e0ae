#pragma once
// How dates and timestamps of files are read when the files do not say which calendar they follow.

#include <cstdint>
#include <string>

namespace hanok::engine {

enum class RebaseMode : uint8_t { kCorrected, kLegacy, kException };

struct CalendarModes {
    RebaseMode dates = RebaseMode::kCorrected;  // and timestamps of 64 bits
    RebaseMode int96 = RebaseMode::kCorrected;
    std::string time_zone = "UTC";

    bool change_nothing() const {
        return dates == RebaseMode::kCorrected && int96 == RebaseMode::kCorrected;
    }
};

}  // namespace hanok::engine

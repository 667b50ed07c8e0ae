#pragma once
// Repeated and map fields of messages as plan containers.

#include <google/protobuf/map.h>
#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <string>
#include <vector>

#include "plan/relation.h"

namespace hanok::connect {

inline std::vector<std::string> strings(
    const google::protobuf::RepeatedPtrField<std::string>& messages) {
    return {messages.begin(), messages.end()};
}

// In order of the keys, so that equal messages give equal plans.
inline plan::Options options(const google::protobuf::Map<std::string, std::string>& messages) {
    plan::Options out(messages.begin(), messages.end());
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace hanok::connect

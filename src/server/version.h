#pragma once

namespace hanok::server {

inline constexpr const char* kVersion = "0.1.0";
inline constexpr const char* kSparkVersion = "4.2.0";

}  // namespace hanok::server

#pragma once
// What a time zone is called in text.

#include <cstdint>
#include <string>
#include <string_view>

namespace hanok::engine {

// "CET" and "CEST", as the zone calls itself at that time; the id where it has no letters of its
// own. Before zones were standardised: the name of the standard time.
std::string short_zone_name(std::string_view zone, int64_t local_micros, int64_t offset_micros);
// "Central European Summer Time"; the id of a fixed offset.
std::string long_zone_name(std::string_view zone, int64_t local_micros, int64_t offset_micros);
// The offset of the standard time in force now, for times before zones were standardised; else
// `offset_micros` itself.
int64_t standardised_offset(std::string_view zone, int64_t local_micros, int64_t offset_micros);

}  // namespace hanok::engine

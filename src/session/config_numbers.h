#pragma once
// Configuration keys that take numbers, sizes and times.

#include <string>

namespace hanok::session {

// Throws INVALID_CONF_VALUE.TYPE_MISMATCH for a value that is no number of the key's type (sizes
// and times take units: 10mb, 5min), REQUIREMENT for one that is too small. Other keys pass.
void check_config_number(const std::string& key, const std::string& value);

}  // namespace hanok::session

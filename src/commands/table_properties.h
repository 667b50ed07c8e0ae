#pragma once
// Properties of Delta tables: which there are, and what they may hold.

#include <map>
#include <string>

#include "commands/command.h"

namespace hanok::commands {

// The properties with the names of Delta's own in Delta's spelling. Throws
// DELTA_UNKNOWN_CONFIGURATION for others that start with "delta." (unless
// spark.databricks.delta.allowArbitraryProperties.enabled), UNSUPPORTED_TABLE_CHANGE for values
// that a property does not take.
std::map<std::string, std::string> checked_properties(
    Session& session, const std::map<std::string, std::string>& properties);

}  // namespace hanok::commands

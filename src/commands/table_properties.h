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

// Is it one of Delta's, a table feature's or a constraint's?
bool is_known_property(const std::string& key);

// Throws UNSUPPORTED_TABLE_CHANGE where the log of the table would be kept for a shorter time than
// files that it removed, if `given` sets one of the two.
void check_retention(const std::map<std::string, std::string>& configuration,
    const std::map<std::string, std::string>& given);

}  // namespace hanok::commands

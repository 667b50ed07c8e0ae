#pragma once
// Reading the change data feed: table_changes(…) and the option readChangeFeed.

#include <string>

#include "plan/relation.h"
#include "resolved/scan_source.h"

namespace hanok::session {

class Session;

// Do the options of a reader ask for changes (readChangeFeed, readChangeData)?
bool asks_for_changes(const plan::Options& options);

// The changes that startingVersion/startingTimestamp and endingVersion/endingTimestamp speak of.
// Throws DELTA_NO_START_FOR_CDC_READ, DELTA_MULTIPLE_CDC_BOUNDARY and what delta::read_changes
// does.
resolved::ScanSourcePtr scan_of_changes(Session& session, const std::string& location,
    const std::string& shown_name, const plan::Options& options);

}  // namespace hanok::session

#pragma once
// Protocol versions and table features: what we support, and what a table needs.

#include <set>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "types/data_type.h"

namespace hanok::delta {

std::vector<std::string> unsupported_reader_features(const Protocol& protocol);
std::vector<std::string> unsupported_writer_features(const Protocol& protocol);
/// Throws DELTA_INVALID_PROTOCOL_VERSION, DELTA_UNSUPPORTED_FEATURES_FOR_READ.
void check_can_read(const Protocol& protocol, const std::string& table);
/// Throws DELTA_INVALID_PROTOCOL_VERSION, DELTA_UNSUPPORTED_FEATURES_FOR_WRITE.
void check_can_write(const Protocol& protocol, const std::string& table);
/// Features that a table uses and that whoever writes rows has to honour: "invariants",
/// "checkConstraints", "generatedColumns", "identityColumns", "changeDataFeed".
std::vector<std::string> row_features_in_use(
    const Metadata& metadata, const types::TypePtr& schema);

/// The smallest protocol that has everything of `current` and what schema and properties ask for.
/// Properties delta.feature.<name> = supported, delta.minReaderVersion and delta.minWriterVersion
/// count, too. New tables start from Protocol{1, 2}.
Protocol protocol_for(
    const Metadata& metadata, const types::TypePtr& schema, const Protocol& current);
/// Every feature the protocol has, those of legacy versions included.
std::set<std::string> protocol_features(const Protocol& protocol);
/// Is it one of the features this server knows?
bool is_known_feature(const std::string& name);
/// Must readers know it, too?
bool is_reader_feature(const std::string& name);
/// Features of the protocol that need this one.
std::vector<std::string> dependents_of(const Protocol& protocol, const std::string& feature);
/// The lowest protocol with the same features but this one.
Protocol without_feature(const Protocol& protocol, const std::string& feature);
/// `protocol` with a feature (and those it needs) added.
Protocol with_feature(const Protocol& protocol, const std::string& feature);
/// Drops the properties that only speak to protocol_for.
void remove_protocol_properties(StringMap* configuration);

}  // namespace hanok::delta

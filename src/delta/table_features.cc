#include "delta/table_features.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/error.h"
#include "delta/column_mapping.h"
#include "types/type_parts.h"

namespace hanok::delta {

namespace {

constexpr int kMaxReaderVersion = 3;
constexpr int kMaxWriterVersion = 7;

struct Feature {
    std::string_view name;
    bool is_reader_feature;
    int legacy_reader_version;  // 0: only as a named feature
    int legacy_writer_version;
    bool is_writable;
    std::string_view needs;  // another feature, or ""
};

constexpr Feature kFeatures[] = {
    {"appendOnly", false, 1, 2, true, ""},
    {"invariants", false, 1, 2, true, ""},
    {"checkConstraints", false, 1, 3, true, ""},
    {"changeDataFeed", false, 1, 4, true, ""},
    {"generatedColumns", false, 1, 4, true, ""},
    {"columnMapping", true, 2, 5, true, ""},
    {"identityColumns", false, 1, 6, true, ""},
    {"allowColumnDefaults", false, 0, 0, true, ""},
    {"deletionVectors", true, 0, 0, true, ""},
    {"timestampNtz", true, 0, 0, true, ""},
    {"timestampWithoutTimezone", true, 0, 0, true, ""},  // an early name of timestampNtz
    {"domainMetadata", false, 0, 0, true, ""},
    {"v2Checkpoint", true, 0, 0, true, ""},
    {"vacuumProtocolCheck", true, 0, 0, true, ""},
    {"inCommitTimestamp", false, 0, 0, true, ""},
    {"inCommitTimestamp-preview", false, 0, 0, true, ""},
    {"typeWidening", true, 0, 0, true, ""},
    {"typeWidening-preview", true, 0, 0, true, ""},
    {"variantType", true, 0, 0, true, ""},
    {"variantType-preview", true, 0, 0, true, ""},
    {"variantShredding", true, 0, 0, true, ""},
    {"variantShredding-preview", true, 0, 0, true, ""},
    {"rowTracking", false, 0, 0, true, "domainMetadata"},
    {"clustering", false, 0, 0, true, "domainMetadata"},
    {"catalogManaged", true, 0, 0, true, "inCommitTimestamp"},
    {"catalogOwned-preview", true, 0, 0, true, "inCommitTimestamp"},  // its early name
    {"checkpointProtection", false, 0, 0, true, ""},
    {"icebergCompatV1", false, 0, 0, true, "columnMapping"},
    {"icebergCompatV2", false, 0, 0, true, "columnMapping"},
    {"materializePartitionColumns", false, 0, 0, false, ""},
    {"collations", false, 0, 0, false, "domainMetadata"},
};

const Feature* find_feature(std::string_view name) {
    for (const Feature& feature : kFeatures) {
        if (feature.name == name) return &feature;
    }
    return nullptr;
}

bool is_true(const Metadata& metadata, const char* key) {
    auto it = metadata.configuration.find(key);
    return it != metadata.configuration.end() && types::names_equal(it->second, "true");
}

// Visits every struct field at any depth.
template <class Visit>
void for_each_field(const types::TypePtr& type, Visit& visit) {
    switch (type->id()) {
        case types::TypeId::kStruct:
            for (const types::StructField& field : type->fields()) {
                visit(field);
                for_each_field(field.type, visit);
            }
            break;
        case types::TypeId::kArray: for_each_field(type->element(), visit); break;
        case types::TypeId::kMap:
            for_each_field(type->key(), visit);
            for_each_field(type->value(), visit);
            break;
        default: break;
    }
}

bool contains_type(const types::TypePtr& type, types::TypeId id) {
    return types::any_part(*type, [id](const types::DataType& part) { return part.is(id); });
}

void add_schema_features(const types::TypePtr& schema, std::set<std::string>* needed) {
    if (contains_type(schema, types::TypeId::kTimestampNtz)) needed->insert("timestampNtz");
    if (contains_type(schema, types::TypeId::kVariant)) needed->insert("variantType");
    auto visit = [&](const types::StructField& field) {
        if (field_metadata(field, "delta.generationExpression")) needed->insert("generatedColumns");
        if (field_metadata(field, "delta.identity.start")) needed->insert("identityColumns");
        if (field_metadata(field, "delta.invariants")) needed->insert("invariants");
        if (field_metadata(field, "CURRENT_DEFAULT")) needed->insert("allowColumnDefaults");
    };
    for_each_field(schema, visit);
}

void add_property_features(const Metadata& metadata, std::set<std::string>* needed) {
    static constexpr std::pair<const char*, const char*> kSwitches[] = {
        {"delta.appendOnly", "appendOnly"},
        {"delta.enableChangeDataFeed", "changeDataFeed"},
        {"delta.enableDeletionVectors", "deletionVectors"},
        {"delta.enableInCommitTimestamps", "inCommitTimestamp"},
        {"delta.enableRowTracking", "rowTracking"},
        {"delta.enableTypeWidening", "typeWidening"},
        {"delta.enableVariantShredding", "variantShredding"},
        {"delta.enableIcebergCompatV1", "icebergCompatV1"},
        {"delta.enableIcebergCompatV2", "icebergCompatV2"},
    };
    for (const auto& [property, feature] : kSwitches) {
        if (is_true(metadata, property)) needed->insert(feature);
    }
    if (column_mapping_mode(metadata) != ColumnMappingMode::kNone) needed->insert("columnMapping");
    for (const auto& [key, value] : metadata.configuration) {
        if (key.rfind("delta.constraints.", 0) == 0) needed->insert("checkConstraints");
        if (key == "delta.checkpointPolicy" && value == "v2") needed->insert("v2Checkpoint");
        if (key.rfind("delta.feature.", 0) == 0 && (value == "supported" || value == "enabled")) {
            std::string name = key.substr(14);
            if (find_feature(name) == nullptr) {
                throw analysis_error("DELTA_UNSUPPORTED_FEATURES_IN_CONFIG", {{"configs", key}});
            }
            needed->insert(name);
        }
    }
}

// Every feature the protocol has, spelled out.
std::set<std::string> features_of(const Protocol& protocol) {
    std::set<std::string> out;
    for (const auto* list : {&protocol.reader_features, &protocol.writer_features}) {
        if (*list) out.insert((*list)->begin(), (*list)->end());
    }
    for (const Feature& feature : kFeatures) {
        if (feature.legacy_writer_version > 0 && protocol.has_feature(std::string(feature.name)))
            out.insert(std::string(feature.name));
    }
    return out;
}

Protocol named_protocol(const std::set<std::string>& features, int reader_version) {
    Protocol out;
    out.min_writer_version = kMaxWriterVersion;
    out.min_reader_version = reader_version;
    out.writer_features = std::vector<std::string>(features.begin(), features.end());
    bool needs_named_reader = reader_version >= kMaxReaderVersion;
    for (const std::string& name : features) {
        const Feature* feature = find_feature(name);
        if (feature == nullptr || !feature->is_reader_feature) continue;
        if (feature->legacy_reader_version > 0) {
            out.min_reader_version = std::max(
                out.min_reader_version, feature->legacy_reader_version);
        } else {
            needs_named_reader = true;
        }
    }
    if (!needs_named_reader) return out;
    out.min_reader_version = kMaxReaderVersion;
    out.reader_features.emplace();
    for (const std::string& name : features) {
        const Feature* feature = find_feature(name);
        if (feature != nullptr && feature->is_reader_feature) out.reader_features->push_back(name);
    }
    return out;
}

Protocol with_features(const Protocol& current, const std::set<std::string>& asked) {
    std::set<std::string> needed;
    for (const std::string& name : asked) {
        if (current.has_feature(name)) continue;
        needed.insert(name);
        const Feature* feature = find_feature(name);
        if (feature != nullptr && !feature->needs.empty() &&
            !current.has_feature(std::string(feature->needs)))
            needed.insert(std::string(feature->needs));
    }
    if (needed.empty()) return current;
    bool all_legacy = current.min_writer_version < kMaxWriterVersion;
    Protocol raised = current;
    for (const std::string& name : needed) {
        const Feature* feature = find_feature(name);
        if (feature == nullptr || feature->legacy_writer_version == 0) {
            all_legacy = false;
            break;
        }
        raised.min_reader_version = std::max(
            raised.min_reader_version, feature->legacy_reader_version);
        raised.min_writer_version = std::max(
            raised.min_writer_version, feature->legacy_writer_version);
    }
    std::set<std::string> all = features_of(current);
    all.insert(needed.begin(), needed.end());
    // A version that stands for more than the table needs would bind other writers for nothing.
    if (all_legacy && features_of(raised) == all) return raised;
    return named_protocol(all, current.min_reader_version);
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

void check_versions(const Protocol& protocol, const std::string& table, bool for_write) {
    bool bad = protocol.min_reader_version < 1 || protocol.min_writer_version < 1 ||
               protocol.min_reader_version > kMaxReaderVersion ||
               (for_write && protocol.min_writer_version > kMaxWriterVersion);
    bad = bad || (protocol.min_reader_version == 3 &&
                     (!protocol.reader_features || protocol.min_writer_version != 7));
    bad = bad || (protocol.min_writer_version == 7 && !protocol.writer_features);
    if (!bad) return;
    throw analysis_error("DELTA_INVALID_PROTOCOL_VERSION",
        {{"tableNameOrPath", table},
            {"readerRequired", std::to_string(protocol.min_reader_version)},
            {"writerRequired", std::to_string(protocol.min_writer_version)},
            {"supportedReaders", "[1, 2, 3]"}, {"supportedWriters", "[1, 2, 3, 4, 5, 6, 7]"}});
}

}  // namespace

std::vector<std::string> unsupported_reader_features(const Protocol& protocol) {
    std::vector<std::string> out;
    if (protocol.min_reader_version < 3 || !protocol.reader_features) return out;
    for (const std::string& name : *protocol.reader_features) {
        if (find_feature(name) == nullptr) out.push_back(name);
    }
    return out;
}

std::vector<std::string> unsupported_writer_features(const Protocol& protocol) {
    std::vector<std::string> out;
    if (!protocol.writer_features) return out;
    for (const std::string& name : *protocol.writer_features) {
        const Feature* feature = find_feature(name);
        if (feature == nullptr || !feature->is_writable) out.push_back(name);
    }
    return out;
}

void check_can_read(const Protocol& protocol, const std::string& table) {
    check_versions(protocol, table, false);
    std::vector<std::string> unknown = unsupported_reader_features(protocol);
    if (unknown.empty()) return;
    throw analysis_error("DELTA_UNSUPPORTED_FEATURES_FOR_READ",
        {{"tableNameOrPath", table}, {"unsupported", joined(unknown)}});
}

void check_can_write(const Protocol& protocol, const std::string& table) {
    check_can_read(protocol, table);
    check_versions(protocol, table, true);
    std::vector<std::string> unknown = unsupported_writer_features(protocol);
    if (unknown.empty()) return;
    throw analysis_error("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE",
        {{"tableNameOrPath", table}, {"unsupported", joined(unknown)}});
}

std::vector<std::string> row_features_in_use(
    const Metadata& metadata, const types::TypePtr& schema) {
    std::set<std::string> used;
    add_schema_features(schema, &used);
    for (const char* other : {"timestampNtz", "variantType", "allowColumnDefaults"})
        used.erase(other);
    if (is_true(metadata, "delta.enableChangeDataFeed")) used.insert("changeDataFeed");
    for (const auto& [key, value] : metadata.configuration) {
        if (key.rfind("delta.constraints.", 0) == 0) used.insert("checkConstraints");
    }
    return {used.begin(), used.end()};
}

std::set<std::string> protocol_features(const Protocol& protocol) { return features_of(protocol); }

bool is_known_feature(const std::string& name) { return find_feature(name) != nullptr; }

bool is_reader_feature(const std::string& name) {
    const Feature* feature = find_feature(name);
    return feature != nullptr && feature->is_reader_feature;
}

std::vector<std::string> dependents_of(const Protocol& protocol, const std::string& feature) {
    std::vector<std::string> out;
    for (const std::string& name : features_of(protocol)) {
        const Feature* other = find_feature(name);
        if (other != nullptr && other->needs == feature) out.push_back(name);
    }
    return out;
}

Protocol without_feature(const Protocol& protocol, const std::string& feature) {
    std::set<std::string> features = features_of(protocol);
    features.erase(feature);
    for (int writer = 2; writer < kMaxWriterVersion; writer++) {
        Protocol legacy;
        legacy.min_reader_version = writer >= 5 ? 2 : 1;
        legacy.min_writer_version = writer;
        if (features_of(legacy) == features) return legacy;
    }
    return named_protocol(features, 1);
}

Protocol with_feature(const Protocol& protocol, const std::string& feature) {
    return with_features(protocol, {feature});
}

Protocol protocol_for(
    const Metadata& metadata, const types::TypePtr& schema, const Protocol& current) {
    std::set<std::string> needed;
    add_schema_features(schema, &needed);
    add_property_features(metadata, &needed);
    Protocol start = current;
    auto version_of = [&](const char* key, int limit) {
        auto it = metadata.configuration.find(key);
        if (it == metadata.configuration.end()) return 0;
        bool is_number = it->second.size() == 1 && it->second[0] >= '1' && it->second[0] <= '9';
        if (!is_number || it->second[0] - '0' > limit) {
            throw analysis_error("DELTA_INVALID_PROPERTY",
                {{"property", key}, {"value", it->second}, {"reason", "no protocol version"}});
        }
        return it->second[0] - '0';
    };
    int reader = version_of("delta.minReaderVersion", kMaxReaderVersion);
    int writer = version_of("delta.minWriterVersion", kMaxWriterVersion);
    if ((reader == 3 || writer == 7) && start.min_writer_version < 7) {
        start = named_protocol(features_of(start), reader);
    }
    if (start.min_writer_version < 7) {
        start.min_reader_version = std::max(start.min_reader_version, reader);
        start.min_writer_version = std::max(start.min_writer_version, writer);
    }
    return with_features(start, needed);
}

void remove_protocol_properties(StringMap* configuration) {
    std::erase_if(*configuration, [](const auto& entry) {
        return entry.first.rfind("delta.feature.", 0) == 0 ||
               entry.first == "delta.minReaderVersion" || entry.first == "delta.minWriterVersion";
    });
}

}  // namespace hanok::delta

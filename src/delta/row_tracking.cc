#include "delta/row_tracking.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "delta/transaction.h"

namespace hanok::delta {

namespace {

constexpr const char* kEnabled = "delta.enableRowTracking";
constexpr const char* kSuspended = "delta.rowTrackingSuspended";

bool is_true(const Metadata& metadata, const char* key) {
    auto it = metadata.configuration.find(key);
    return it != metadata.configuration.end() && types::to_lower(it->second) == "true";
}

}  // namespace

bool keeps_row_ids(const Metadata& metadata, const Protocol& protocol) {
    return protocol.has_feature("rowTracking") && is_true(metadata, kEnabled);
}

bool keeps_row_ids(const Snapshot& snapshot) {
    return keeps_row_ids(snapshot.metadata(), snapshot.protocol());
}

bool assigns_row_ids(const Metadata& metadata, const Protocol& protocol) {
    return protocol.has_feature("rowTracking") && !is_true(metadata, kSuspended);
}

void check_row_tracking_properties(const Metadata& metadata) {
    if (!is_true(metadata, kEnabled) || !is_true(metadata, kSuspended)) return;
    throw runtime_error("DELTA_ROW_TRACKING_ILLEGAL_PROPERTY_COMBINATION",
        {{"property1", kEnabled}, {"property2", kSuspended}});
}

int64_t row_id_high_water_mark(const DomainMetadata& domain) {
    auto json = nlohmann::json::parse(domain.configuration, nullptr, false);
    return json.is_object() ? json.value("rowIdHighWaterMark", int64_t{-1}) : -1;
}

void Transaction::assign_row_ids(int64_t version, CommitActions* actions) const {
    if (!assigns_row_ids(metadata(), protocol())) return;
    int64_t mark = row_id_high_water_mark_;
    for (const AddFile& add : actions->adds) {  // files of a clone bring their ids
        if (add.base_row_id)
            mark = std::max(mark, *add.base_row_id + stats_num_records(add.stats).value_or(1) - 1);
    }
    for (AddFile& add : actions->adds) {
        if (!add.default_row_commit_version) add.default_row_commit_version = version;
        if (add.base_row_id) continue;
        auto records = stats_num_records(add.stats);
        if (!records) throw runtime_error("DELTA_ROW_ID_ASSIGNMENT_WITHOUT_STATS", {});
        add.base_row_id = mark + 1;
        mark += *records;
    }
    if (mark == row_id_high_water_mark_) return;
    nlohmann::ordered_json json;
    json["rowIdHighWaterMark"] = mark;
    actions->domains.push_back({kRowTrackingDomain, json.dump(), false});
}

}  // namespace hanok::delta

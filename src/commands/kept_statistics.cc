#include "commands/kept_statistics.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "delta/snapshot.h"
#include "delta/table.h"
#include "session/data_files.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::commands {

namespace {

using nlohmann::json;

constexpr const char* kProperty = "hanok.statistics";

template <class T>
void put(json& out, const char* key, const std::optional<T>& value) {
    if (value) out[key] = *value;
}

template <class T>
std::optional<T> get(const json& in, const char* key) {
    return in.contains(key) ? std::optional<T>(in.at(key).get<T>()) : std::nullopt;
}

json to_json(const SizeStatistics& size) {
    json out = {{"bytes", size.bytes}};
    put(out, "rows", size.rows);
    return out;
}

SizeStatistics size_from(const json& in) {
    return {in.at("bytes").get<int64_t>(), get<int64_t>(in, "rows")};
}

json to_json(const ColumnStatistics& column) {
    json out = {{"distinct", column.distinct}, {"nulls", column.nulls}};
    put(out, "min", column.min);
    put(out, "max", column.max);
    put(out, "average", column.average_length);
    put(out, "longest", column.longest);
    return out;
}

ColumnStatistics column_from(const json& in) {
    return {in.at("distinct").get<int64_t>(), in.at("nulls").get<int64_t>(),
        get<std::string>(in, "min"), get<std::string>(in, "max"), get<int64_t>(in, "average"),
        get<int64_t>(in, "longest")};
}

// Is a part of the path below the table hidden?
bool is_hidden_path(const std::string& relative) {
    for (size_t begin = 0; begin <= relative.size();) {
        auto end = std::min(relative.find('/', begin), relative.size());
        if (session::is_hidden(relative.substr(begin, end - begin))) return true;
        begin = end + 1;
    }
    return false;
}

TableState files_state(const std::string& location) {
    TableState state;
    int64_t newest = 0;
    int64_t count = 0;
    for (const auto& object : storage::store_for(location)->list_recursive(location)) {
        auto relative = object.path.substr(std::min(object.path.size(), location.size() + 1));
        if (object.is_directory || is_hidden_path(relative)) continue;
        state.bytes += object.size_bytes;
        newest = std::max(newest, object.modified_ms);
        ++count;
    }
    state.text = std::to_string(count) + " files of " + std::to_string(state.bytes) +
                 " bytes until " + std::to_string(newest);
    return state;
}

}  // namespace

std::string SizeStatistics::text() const {
    auto out = std::to_string(bytes) + " bytes";
    return rows ? out + ", " + std::to_string(*rows) + " rows" : out;
}

TableState table_state(Session& session, const catalog::TableInfo& info) {
    if (info.provider != "delta") return files_state(info.location);
    auto snapshot = session.platform().delta_table(info.location)->snapshot();
    TableState state;
    for (const auto* file : snapshot->files()) state.bytes += file->size_bytes;
    state.text = snapshot->metadata().id + " at " + std::to_string(snapshot->version());
    return state;
}

KeptStatistics kept_statistics(Session& session, const catalog::TableInfo& info) {
    KeptStatistics out;
    auto kept = info.properties.find(kProperty);
    if (kept == info.properties.end()) return out;
    auto in = json::parse(kept->second);
    if (in.at("of") != table_state(session, info).text) return out;
    if (in.contains("table")) out.table = size_from(in.at("table"));
    for (const auto& [folder, size] : in.at("partitions").items())
        out.partitions[folder] = size_from(size);
    for (const auto& [name, column] : in.at("columns").items())
        out.columns[name] = column_from(column);
    return out;
}

void keep_statistics(Session& session, catalog::TableInfo info, const TableState& state,
    const KeptStatistics& found) {
    auto all = kept_statistics(session, info);
    if (found.table) {
        // Without a scan the rows that were counted before still hold.
        auto rows = found.table->rows || !all.table ? found.table->rows : all.table->rows;
        all.table = SizeStatistics{found.table->bytes, rows};
    }
    for (const auto& [folder, size] : found.partitions) all.partitions[folder] = size;
    for (const auto& [name, column] : found.columns) all.columns[name] = column;
    json out = {{"of", state.text}, {"partitions", json::object()}, {"columns", json::object()}};
    if (all.table) out["table"] = to_json(*all.table);
    for (const auto& [folder, size] : all.partitions) out["partitions"][folder] = to_json(size);
    for (const auto& [name, column] : all.columns) out["columns"][name] = to_json(column);
    info.properties[kProperty] = out.dump();
    session.platform().catalog().update_table(info);
}

void hide_kept_statistics(catalog::Properties* properties) { properties->erase(kProperty); }

}  // namespace hanok::commands

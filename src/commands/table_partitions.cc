#include "commands/table_partitions.h"

#include <algorithm>

#include "base/error.h"
#include "delta/partition_value.h"
#include "storage/object_store.h"

namespace hanok::commands {

namespace {

std::string shown_names(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& n : names) out += (out.empty() ? "" : ", ") + n;
    return out;
}

void check_partitioned(
    const catalog::TableInfo& table, const char* condition, const std::string& action) {
    if (!table.partition_columns.empty()) return;
    auto name = quote_identifier(table.full_name());
    throw analysis_error(condition, {{"operation", action}, {"tableIdentWithDB", name},
                                        {"action", action}, {"tableName", name}});
}

// "PARTITION (`a` = 1, `b` = x)"
std::string shown(const catalog::TableInfo& table, const PartitionValues& values) {
    std::string out;
    for (size_t i = 0; i < values.size(); ++i) {
        out += (i ? ", " : "") + quote_identifier(table.partition_columns[i]) + " = " +
               values[i].value_or("null");
    }
    return "PARTITION (" + out + ")";
}

Error partitions_error(
    const std::string& condition, const catalog::TableInfo& table, const std::string& list) {
    return analysis_error(condition,
        {{"partitionList", list},
            {"tableName", quote_identifier(std::vector<std::string>{table.schema, table.name})}});
}

// A constant as the text of a value of the column's type.
std::optional<std::string> value_text(
    Session& session, const types::TypePtr& type, const plan::ExprPtr& value) {
    auto typed = std::make_shared<plan::Cast>(value, type);
    auto [text, as] = session.analyzer()->fold(
        std::make_shared<plan::Cast>(typed, types::DataType::string()));
    if (text.is_null()) return std::nullopt;
    return text.as_string();
}

std::string folder_path(const catalog::TableInfo& table, const PartitionValues& values) {
    return storage::join_path(table.location, partition_folder(table, values));
}

bool exists(const catalog::TableInfo& table, const PartitionValues& values) {
    auto found = storage::store_for(table.location)->head(folder_path(table, values));
    return found && found->is_directory;
}

void list_level(const catalog::TableInfo& table, const std::string& folder, PartitionValues& values,
    std::vector<PartitionValues>& out) {
    if (values.size() == table.partition_columns.size()) {
        out.push_back(values);
        return;
    }
    for (const auto& entry : storage::store_for(folder)->list(folder)) {
        if (!entry.is_directory) continue;
        auto name = entry.path;
        while (name.ends_with('/')) name.pop_back();
        auto part = delta::parse_partition_folder(name.substr(name.rfind('/') + 1));
        if (!part || !types::names_equal(part->first, table.partition_columns[values.size()]))
            continue;
        values.push_back(part->second);
        list_level(table, entry.path, values, out);
        values.pop_back();
    }
}

void add_partitions(
    Session& session, const catalog::TableInfo& table, const plan::AlterAction& action) {
    bool elsewhere = std::any_of(action.keys.begin(), action.keys.end(),
        [](const std::string& location) { return !location.empty(); });
    if (elsewhere) throw unsupported_feature("partitions outside of their table's location");
    std::vector<PartitionValues> added;
    for (const auto& spec : action.partitions) {
        added.push_back(partition_values(session, table, spec));
        if (exists(table, added.back()) && !action.if_exists)
            throw partitions_error("PARTITIONS_ALREADY_EXIST", table, shown(table, added.back()));
    }
    auto store = storage::store_for(table.location);
    for (const auto& values : added) {
        auto folder = folder_path(table, values);
        store->make_directory(folder);
        // Stores without folders keep one by an object in it, which readers pass over.
        if (!exists(table, values)) store->put(storage::join_path(folder, "_partition"), "");
    }
}

void drop_partitions(
    Session& session, const catalog::TableInfo& table, const plan::AlterAction& action) {
    // Files stay when a partition of an external table goes, and would be its partition again.
    if (table.kind != catalog::TableKind::kManaged)
        throw unsupported_feature("DROP PARTITION of external tables");
    std::vector<PartitionValues> dropped;
    for (const auto& spec : action.partitions) {
        auto values = partition_values(session, table, spec);
        if (exists(table, values)) {
            dropped.push_back(std::move(values));
        } else if (!action.if_exists) {
            throw partitions_error("PARTITIONS_NOT_FOUND", table, shown(table, values));
        }
    }
    for (const auto& values : dropped)
        storage::store_for(table.location)->remove_recursive(folder_path(table, values));
}

}  // namespace

PartitionNames partition_names(const std::vector<plan::PartitionSpecItem>& items) {
    PartitionNames names;
    for (const auto& item : items) names.emplace_back(item.column, item.value);
    return names;
}

std::vector<std::optional<std::optional<std::string>>> wanted_partition_values(
    Session& session, const catalog::TableInfo& table, const PartitionNames& given) {
    const auto& columns = table.partition_columns;
    for (const auto& item : given) {
        bool known = std::any_of(columns.begin(), columns.end(),
            [&](const std::string& c) { return types::names_equal(c, item.first); });
        if (!known)
            throw partitions_error("PARTITIONS_NOT_FOUND", table, quote_identifier(item.first));
    }
    std::vector<std::optional<std::optional<std::string>>> values;
    for (const auto& column : columns) {
        auto it = std::find_if(given.begin(), given.end(),
            [&](const auto& item) { return types::names_equal(item.first, column); });
        values.emplace_back();
        if (it == given.end() || !it->second) continue;
        int at = table.columns->field_index(column);
        auto type = at < 0 ? types::DataType::string()
                           : table.columns->fields()[static_cast<size_t>(at)].type;
        values.back() = value_text(session, type, it->second);
    }
    return values;
}

PartitionValues partition_values(
    Session& session, const catalog::TableInfo& table, const PartitionNames& given) {
    check_partitioned(table, "_LEGACY_ERROR_TEMP_1251", "PARTITION");
    std::vector<std::string> names;
    for (const auto& item : given) names.push_back(item.first);
    PartitionValues values;
    for (const auto& value : wanted_partition_values(session, table, given)) {
        if (!value) {
            throw analysis_error("_LEGACY_ERROR_TEMP_1232",
                {{"specKeys", shown_names(names)},
                    {"partitionColumnNames", shown_names(table.partition_columns)},
                    {"tableName", quote_identifier(table.full_name())}});
        }
        values.push_back(*value);
    }
    return values;
}

std::string shown_partition(const catalog::TableInfo& table, const PartitionValues& values) {
    std::string out;
    for (size_t i = 0; i < values.size(); ++i)
        out += (i ? ", " : "") + table.partition_columns[i] + "=" + values[i].value_or("null");
    return "[" + out + "]";
}

std::string partition_folder(const catalog::TableInfo& table, const PartitionValues& values) {
    std::string out;
    for (size_t i = 0; i < values.size(); ++i)
        out += (i ? "/" : "") + delta::partition_folder(table.partition_columns[i], values[i]);
    return out;
}

std::string require_partition(const catalog::TableInfo& table, const PartitionValues& values) {
    if (!exists(table, values))
        throw partitions_error("PARTITIONS_NOT_FOUND", table, shown(table, values));
    return folder_path(table, values);
}

std::vector<PartitionValues> partitions_of(const catalog::TableInfo& table) {
    std::vector<PartitionValues> out;
    PartitionValues values;
    list_level(table, table.location, values, out);
    return out;
}

void alter_partitions(
    Session& session, const catalog::TableInfo& table, const plan::AlterAction& action) {
    using Kind = plan::AlterAction::Kind;
    session.platform().data_changes().note(table.location);
    switch (action.kind) {
        case Kind::kAddPartition: return add_partitions(session, table, action);
        case Kind::kDropPartition: return drop_partitions(session, table, action);
        // Folders that came since are seen as they are.
        default: return check_partitioned(table, "NOT_A_PARTITIONED_TABLE", "MSCK REPAIR TABLE");
    }
}

void rename_partition(Session& session, const catalog::TableInfo& table, const PartitionNames& from,
    const PartitionNames& to) {
    auto old_values = partition_values(session, table, from);
    auto new_values = partition_values(session, table, to);
    auto source = require_partition(table, old_values);
    if (exists(table, new_values))
        throw partitions_error("PARTITIONS_ALREADY_EXIST", table, shown(table, new_values));
    auto target = folder_path(table, new_values);
    auto store = storage::store_for(table.location);
    store->make_directory(target);
    for (const auto& file : store->list_recursive(source)) {
        if (!file.is_directory) store->move(file.path, target + file.path.substr(source.size()));
    }
    store->remove_recursive(source);
    session.platform().data_changes().note(table.location);
}

}  // namespace hanok::commands

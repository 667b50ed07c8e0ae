#include "commands/change_feed.h"

#include "delta/table.h"
#include "storage/object_store.h"

namespace hanok::commands {

namespace {

using types::DataType;

constexpr const char* kFolder = "_change_data";

}  // namespace

bool writes_change_feed(const delta::Snapshot& snapshot) {
    return snapshot.bool_property("delta.enableChangeDataFeed", false);
}

resolved::PlanPtr as_changes(
    const resolved::PlanPtr& rows, const DataType& schema, const resolved::ExprPtr& change_type) {
    auto values = refs(rows->output, schema.fields().size());
    std::vector<std::string> names;
    for (const auto& field : schema.fields()) names.push_back(field.name);
    names.push_back(kChangeType);
    values.push_back(change_type);
    return project(rows, names, values);
}

resolved::PlanPtr as_changes(
    const resolved::PlanPtr& rows, const DataType& schema, const std::string& change_type) {
    return as_changes(rows, schema,
        std::make_shared<resolved::Literal>(DataType::string(), types::string_value(change_type)));
}

std::vector<delta::CdcFile> write_changes(
    Session& session, const RowLevelTarget& target, const std::vector<resolved::PlanPtr>& changes) {
    auto fields = target.schema()->fields();
    for (auto& field : fields) field.nullable = true;
    fields.push_back({kChangeType, DataType::string(), true, ""});
    auto folder = storage::join_path(target.delta.table->root(), kFolder);
    storage::store_for(folder)->make_directory(folder);
    auto written = write_data_files(session, union_all(changes), folder,
        target.snapshot->metadata(), DataType::struct_(std::move(fields)), {});
    std::vector<delta::CdcFile> out;
    for (auto& file : written) {
        delta::CdcFile cdc;
        cdc.path = std::string(kFolder) + "/" + file.path;
        cdc.partition_values = std::move(file.partition_values);
        cdc.size_bytes = file.size_bytes;
        out.push_back(std::move(cdc));
    }
    return out;
}

void remove_changes(const std::string& root, const std::vector<delta::CdcFile>& files) {
    auto store = storage::store_for(root);
    for (const auto& file : files)
        store->remove(storage::join_path(root, storage::uri_decode(file.path)));
}

}  // namespace hanok::commands

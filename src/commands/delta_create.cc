// New Delta tables, empty or with the rows of a query.

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/column_values.h"
#include "commands/delta_predicate.h"
#include "commands/delta_write.h"
#include "commands/row_checks.h"
#include "commands/row_order.h"
#include "commands/table_properties.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "storage/object_store.h"

namespace hanok::commands {

namespace {

// A constraint that names no column of the table fails now and not at the first write.
void check_constraints_resolve(
    Session& session, const delta::Metadata& metadata, const types::DataType& schema) {
    auto columns = table_attributes(schema, {});
    for (const auto& [name, sql] : check_constraints(metadata))
        constraint_condition(session, name, sql, columns);
}

}  // namespace

int64_t create_delta_table(Session& session, const DeltaCreate& create) {
    auto table = session.platform().delta_table(create.location);
    delta::SnapshotPtr before = create.replace && table->exists() ? table->snapshot() : nullptr;
    auto transaction = delta::Transaction::start(table, before);
    if (is_applied(session, *transaction, create.options) && before) return before->version();
    auto metadata = new_metadata(session, create.schema, create.partition_by,
        checked_properties(session, create.properties), create.comment);
    check_retention(metadata.configuration, create.properties);
    if (before) {
        metadata.id = before->metadata().id;
        metadata.created_time_ms = before->metadata().created_time_ms;
        transaction->forget_column_mapping();
    }
    check_column_rules(session, *create.schema, create.partition_by);
    if (!create.cluster_by.empty())
        metadata.configuration["delta.feature.clustering"] = "supported";
    transaction->update_metadata(metadata);
    if (!create.cluster_by.empty() || (before && is_clustered(*before))) {
        auto schema = types::type_from_json(transaction->metadata().schema_string);
        transaction->set_domain(clustering_domain(*schema, create.partition_by, create.cluster_by));
    }
    check_constraints_resolve(session, transaction->metadata(), *create.schema);
    std::vector<delta::AddFile> files;
    if (create.query) {
        auto schema = types::type_from_json(transaction->metadata().schema_string);
        auto query = session.analyzer()->coerce_for_insert(
            create.query, schema, false, create.shown_name);
        query = check_rows(session, query, *schema, transaction->metadata());
        note_checked(*transaction);
        storage::store_for(table->root())->make_directory(table->root());
        files = write_data_files(
            session, query, table->root(), transaction->metadata(), schema, create.options);
    }
    try {
        if (before) {
            transaction->read_whole_table();
            for (const auto* file : before->files()) transaction->remove_file(*file);
        }
        for (const auto& file : files) transaction->add_file(file);
        nlohmann::json properties(create.properties);
        std::vector<std::string> clustering;
        for (const auto& column : create.cluster_by) clustering.push_back(quote_if_needed(column));
        if (before && create.query) {
            transaction->set_metric(
                "numRemovedFiles", static_cast<int64_t>(before->files().size()));
            transaction->set_metric("numRemovedBytes", before->size_bytes());
        }
        transaction->set_operation(create.operation,
            {{"isManaged", create.is_managed ? "true" : "false"},
                {"description", create.comment.value_or("")},
                {"partitionBy", json_list(create.partition_by)},
                {"clusterBy", json_list(clustering)}, {"properties", properties.dump()}});
        if (create.query) add_write_metrics(*transaction, files, "numOutputRows");
        sign(session, *transaction, create.options);
        transaction->set_commit_when_empty();
        return transaction->commit_or_throw().version;
    } catch (...) {
        if (!transaction->may_have_committed()) remove_data_files(session, table->root(), files);
        throw;
    }
}

}  // namespace hanok::commands

#pragma once
// From a statement's table name to what it stands for.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/securables.h"
#include "delta/fwd.h"
#include "plan/command.h"
#include "session/session.h"

namespace hanok::commands {

using session::Session;

// The relation that a name stands for.
plan::RelationPtr named_table(const plan::Name& name);

// The parts of a name, IDENTIFIER(expr) evaluated.
std::vector<std::string> name_parts(Session& session, const plan::TableName& name);

// The catalog's entry; throws TABLE_OR_VIEW_NOT_FOUND.
catalog::TableInfo find_table(Session& session, const std::vector<std::string>& name);
std::optional<catalog::TableInfo> try_find_table(
    Session& session, const std::vector<std::string>& name);
Error table_not_found(Session& session, const std::vector<std::string>& name);

// A Delta table named by catalog name, delta.`/path` or a path.
struct DeltaTarget {
    std::shared_ptr<delta::Table> table;
    std::optional<catalog::TableInfo> info;  // none for paths
    std::string shown_name;                  // spark_catalog.default.t or delta.`/p`
    std::vector<std::string> qualifier;      // for column names: {catalog, schema, table} or {}
};
// Throws TABLE_OR_VIEW_NOT_FOUND, DELTA_TABLE_NOT_FOUND, DELTA_TABLE_ONLY_OPERATION (`operation` is
// the verb), EXPECT_TABLE_NOT_VIEW.
DeltaTarget delta_target(Session& session, const std::vector<std::string>& name,
    const std::string& path, const std::string& operation);

// The version that VERSION or TIMESTAMP AS OF speaks of.
delta::SnapshotPtr snapshot_at(
    Session& session, const DeltaTarget& target, const plan::TimeTravel& when);

// Where a new managed table of this name goes.
std::string managed_location(Session& session, const session::TableKey& key);
// Throws SCHEMA_NOT_FOUND / CATALOG_NOT_FOUND.
catalog::SchemaInfo find_schema(Session& session, const session::Namespace& name);
// A user's path as an absolute one, without trailing slash and "file:".
std::string normal_path(const std::string& path);

}  // namespace hanok::commands

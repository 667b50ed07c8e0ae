#pragma once
// Partitions of a table of data files: the folders "a=1/b=x" below its location. What is there is
// what the table has; nothing else keeps a list of them.

#include "commands/names.h"
#include "plan/command.h"

namespace hanok::commands {

// A value for each partition column, in their order; NULL as nullopt.
using PartitionValues = std::vector<std::optional<std::string>>;
// What stands behind PARTITION: names and constants.
using PartitionNames = std::vector<std::pair<std::string, plan::ExprPtr>>;

// The partition that PARTITION (…) names. Throws _LEGACY_ERROR_TEMP_1232 unless every partition
// column is given, PARTITIONS_NOT_FOUND for other columns, NOT_A_PARTITIONED_TABLE.
PartitionValues partition_values(
    Session& session, const catalog::TableInfo& table, const PartitionNames& given);
// The same of some of the columns; nullopt for the others.
std::vector<std::optional<std::optional<std::string>>> wanted_partition_values(
    Session& session, const catalog::TableInfo& table, const PartitionNames& given);
PartitionNames partition_names(const std::vector<plan::PartitionSpecItem>& items);

// "a=1/b=x", as its folder is called.
std::string partition_folder(const catalog::TableInfo& table, const PartitionValues& values);
// "[a=1, b=x]"
std::string shown_partition(const catalog::TableInfo& table, const PartitionValues& values);
// Its folder's path. Throws PARTITIONS_NOT_FOUND where there is none.
std::string require_partition(const catalog::TableInfo& table, const PartitionValues& values);
// Every partition, also those without files.
std::vector<PartitionValues> partitions_of(const catalog::TableInfo& table);

// ALTER TABLE … ADD, DROP and RECOVER PARTITION(S).
void alter_partitions(
    Session& session, const catalog::TableInfo& table, const plan::AlterAction& action);

// ALTER TABLE … PARTITION (from) RENAME TO PARTITION (to): moves the folder's files.
void rename_partition(Session& session, const catalog::TableInfo& table, const PartitionNames& from,
    const PartitionNames& to);

}  // namespace hanok::commands

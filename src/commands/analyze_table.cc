// ANALYZE TABLE: what a table holds, kept in the catalog (kept_statistics.h); with DELTA, the
// statistics of its files in the log anew.

#include <cmath>

#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/file_statistics.h"
#include "commands/grouped_aggregates.h"
#include "commands/kept_statistics.h"
#include "commands/row_level.h"
#include "commands/table_partitions.h"
#include "delta/partition_value.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

using types::DataType;
using types::TypeId;

resolved::PlanPtr rows_of(Session& session, const catalog::TableInfo& info) {
    return session.analyze(named_table(info.full_name()));
}

bool has_length(const DataType& type) { return type.is_string() || type.is(TypeId::kBinary); }

bool is_analyzable(const DataType& type) {
    return type.is_numeric() || type.is(TypeId::kBoolean) || type.is_datetime() || has_length(type);
}

// Bytes of a value of a fixed type, as Spark counts them.
int64_t default_size(const DataType& type) {
    switch (type.id()) {
        case TypeId::kBoolean:
        case TypeId::kByte: return 1;
        case TypeId::kShort: return 2;
        case TypeId::kInteger:
        case TypeId::kFloat:
        case TypeId::kDate: return 4;
        case TypeId::kDecimal: return type.precision() <= 18 ? 8 : 16;
        default: return 8;
    }
}

// The aggregates over one column, and what they say.
class ColumnFacts {
public:
    ColumnFacts(GroupedAggregates& aggregates, const resolved::Attribute& column)
        : type_(column.type) {
        auto long_type = DataType::long_();
        count_ = aggregates.call("count", ref(column), long_type);
        distinct_ = aggregates.call("count", ref(column), long_type, true);
        if (has_length(*type_)) {
            auto length = make_call("length", {ref(column)}, DataType::integer(), true);
            average_ = aggregates.call("avg", length, DataType::double_());
            max_ = aggregates.call("max", length, DataType::integer());
        } else {
            min_ = aggregates.call("min", ref(column), type_);
            max_ = aggregates.call("max", ref(column), type_);
        }
    }

    ColumnStatistics of(const std::vector<types::Value>& row, int64_t rows) const {
        ColumnStatistics out;
        out.nulls = rows - row[count_].as_int();
        out.distinct = row[distinct_].as_int();
        if (!has_length(*type_)) {
            out.min = text_of_value(row[min_]);
            out.max = text_of_value(row[max_]);
            out.average_length = out.longest = default_size(*type_);
        } else if (!row[max_].is_null()) {
            out.average_length = static_cast<int64_t>(std::ceil(row[average_].as_double()));
            out.longest = row[max_].as_int();
        }
        return out;
    }

private:
    std::optional<std::string> text_of_value(const types::Value& value) const {
        if (value.is_null()) return std::nullopt;
        return delta::format_partition_value(value, *type_);
    }

    types::TypePtr type_;
    size_t count_ = 0, distinct_ = 0, min_ = 0, max_ = 0, average_ = 0;
};

// The columns that FOR COLUMNS names, or all that can be counted.
resolved::Attributes wanted_columns(const plan::AnalyzeTable& command,
    const catalog::TableInfo& info, const resolved::Attributes& all) {
    resolved::Attributes out;
    for (const auto& column : all) {
        if (command.all_columns && is_analyzable(*column.type)) out.push_back(column);
    }
    for (const auto& name : command.columns) {
        auto it = std::find_if(all.begin(), all.end(),
            [&](const auto& column) { return types::names_equal(column.name, name); });
        if (it == all.end()) {
            throw analysis_error(
                "COLUMN_NOT_FOUND", {{"colName", quote_identifier(name)},
                                        {"caseSensitiveConfig", "\"spark.sql.caseSensitive\""}});
        }
        if (!is_analyzable(*it->type)) {
            throw analysis_error("UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE",
                {{"columnType", "\"" + types::to_upper(it->type->simple_string()) + "\""},
                    {"columnName", quote_identifier(name)},
                    {"tableName", quote_identifier(info.full_name())}});
        }
        out.push_back(*it);
    }
    return out;
}

KeptStatistics table_statistics(Session& session, const plan::AnalyzeTable& command,
    const catalog::TableInfo& info, const TableState& state) {
    KeptStatistics found;
    found.table = SizeStatistics{state.bytes, std::nullopt};
    if (command.no_scan) return found;
    auto rows = rows_of(session, info);
    GroupedAggregates aggregates(rows, {});
    auto count_at = aggregates.call("count", integer(1), DataType::long_());
    std::vector<std::pair<std::string, ColumnFacts>> columns;
    for (const auto& column : wanted_columns(command, info, rows->output))
        columns.emplace_back(column.name, ColumnFacts(aggregates, column));
    auto row = aggregates.run(session).at(0);
    found.table->rows = row[count_at].as_int();
    for (const auto& [name, facts] : columns)
        found.columns[name] = facts.of(row, *found.table->rows);
    return found;
}

// Rows of each partition, by its folder.
std::map<std::string, int64_t> rows_by_partition(Session& session, const catalog::TableInfo& info) {
    auto rows = rows_of(session, info);
    resolved::Attributes grouping;
    for (const auto& name : info.partition_columns) {
        for (const auto& column : rows->output) {
            if (types::names_equal(column.name, name)) grouping.push_back(column);
        }
    }
    GroupedAggregates aggregates(rows, grouping);
    auto count_at = aggregates.call("count", integer(1), DataType::long_());
    std::map<std::string, int64_t> out;
    for (const auto& row : aggregates.run(session)) {
        PartitionValues values;
        for (size_t i = 0; i < grouping.size(); ++i) {
            values.push_back(row[i].is_null() ? std::nullopt
                                              : std::optional(delta::format_partition_value(
                                                    row[i], *grouping[i].type)));
        }
        out[partition_folder(info, values)] = row[count_at].as_int();
    }
    return out;
}

// Only those of PARTITION (…): names without a value stand for all.
KeptStatistics partition_statistics(
    Session& session, const plan::AnalyzeTable& command, const catalog::TableInfo& info) {
    if (info.provider == "delta")
        throw unsupported_feature("ANALYZE TABLE … PARTITION of Delta tables");
    plan::AnalyzeTable valued = command;
    std::erase_if(valued.partition, [](const auto& item) { return !item.value; });
    auto wanted = wanted_partition_values(session, info, partition_names(valued.partition));
    KeptStatistics found;
    std::map<std::string, int64_t> rows;
    if (!command.no_scan) rows = rows_by_partition(session, info);
    for (const auto& values : partitions_of(info)) {
        bool is_wanted = true;
        for (size_t i = 0; i < values.size(); ++i)
            is_wanted = is_wanted && (!wanted[i] || *wanted[i] == values[i]);
        if (!is_wanted) continue;
        auto folder = partition_folder(info, values);
        catalog::TableInfo part = info;
        part.location = require_partition(info, values);
        SizeStatistics size{table_state(session, part).bytes, std::nullopt};
        if (!command.no_scan) size.rows = rows[folder];
        found.partitions[folder] = size;
    }
    return found;
}

void analyze(Session& session, const plan::AnalyzeTable& command, const catalog::TableInfo& info) {
    if (info.location.empty())
        throw unsupported_feature("ANALYZE TABLE of tables without data files");
    auto state = table_state(session, info);
    keep_statistics(session, info, state,
        command.partition.empty() ? table_statistics(session, command, info, state)
                                  : partition_statistics(session, command, info));
}

// The files' statistics are read again, all rows of a file with those that a vector deletes: their
// bounds are wide then.
void analyze_delta_files(Session& session, const plan::AnalyzeTable& command) {
    auto name = name_parts(session, command.name);
    auto delta = delta_target(session, name, "", "ANALYZE TABLE");
    auto snapshot = delta.table->snapshot();
    RowLevelTarget target{delta, snapshot, delta.qualifier};
    auto transaction = delta::Transaction::start(delta.table, snapshot);
    std::vector<delta::AddFile> files;
    for (const auto* file : snapshot->files()) {
        transaction->read_file(*file);
        files.push_back(*file);
        files.back().deletion_vector.reset();
    }
    std::vector<const delta::AddFile*> whole;
    for (const auto& file : files) whole.push_back(&file);
    auto stats = statistics_by_file(session, scan_target(target, false, whole),
        delta::stats_columns(snapshot->metadata(), snapshot->schema()));
    int64_t changed = 0;
    for (const auto* file : snapshot->files()) {
        auto found = stats.find(snapshot->absolute_path(*file));
        if (found == stats.end()) continue;
        auto counted = *file;
        counted.stats = file->deletion_vector ? delta::with_tight_bounds(found->second, false)
                                              : found->second;
        if (counted.stats == file->stats) continue;
        counted.data_change = false;
        transaction->add_file(std::move(counted));
        ++changed;
    }
    transaction->set_operation("COMPUTE STATS", {{"predicate", "[]"}});
    transaction->set_metric("numFiles", changed);
    sign(session, *transaction);
    if (changed > 0) transaction->commit_or_throw();
}

}  // namespace

Output analyze_table(Session& session, const plan::AnalyzeTable& command) {
    if (command.is_all_tables) {
        auto schema = find_schema(session, session.namespace_key(command.all_in_namespace));
        auto& catalog = session.platform().catalog();
        for (const auto& info : catalog.tables(schema.catalog, schema.name)) {
            if (info.kind != catalog::TableKind::kView && !info.location.empty())
                analyze(session, command, info);
        }
        return nullptr;
    }
    if (command.of_delta_files) {
        analyze_delta_files(session, command);
        return nullptr;
    }
    auto info = find_table(session, name_parts(session, command.name));
    if (info.kind == catalog::TableKind::kView) {
        throw analysis_error("UNSUPPORTED_FEATURE.ANALYZE_VIEW",
            {{"tableIdentifier", quote_identifier(info.full_name())}});
    }
    analyze(session, command, info);
    return nullptr;
}

}  // namespace hanok::commands

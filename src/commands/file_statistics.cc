#include "commands/file_statistics.h"

#include "commands/grouped_aggregates.h"
#include "commands/row_level.h"
#include "delta/partition_value.h"

namespace hanok::commands {

namespace {

using types::DataType;

std::optional<std::string> bound_text(const types::Value& value, const DataType& type) {
    if (value.is_null()) return std::nullopt;
    if (type.is_string()) return value.as_string();
    return delta::format_partition_value(value, type);
}

struct LeafPlaces {
    size_t count = 0;
    size_t min = 0;
    size_t max = 0;
};

}  // namespace

std::map<std::string, std::string> statistics_by_file(Session& session,
    const std::shared_ptr<const resolved::Scan>& scan,
    const std::vector<delta::StatsColumn>& columns) {
    auto with_path = std::make_shared<resolved::Scan>(*scan);
    with_path->columns.push_back(kFilePath);
    with_path->output.push_back(
        {analyzer::Analyzer::next_id(), kFilePath, DataType::string(), false, {}, ""});
    GroupedAggregates aggregates(with_path, {with_path->output.back()});
    size_t rows_at = aggregates.call("count", integer(1), DataType::long_());
    std::vector<LeafPlaces> places;
    for (const auto& column : columns) {
        auto value = session.analyzer()->analyze_expression(
            plan::attribute(column.logical_path), scan->output);
        LeafPlaces place;
        place.count = aggregates.call("count", value, DataType::long_());
        if (column.has_min_max) {
            place.min = aggregates.call("min", value, value->type);
            place.max = aggregates.call("max", value, value->type);
        }
        places.push_back(place);
    }
    std::map<std::string, std::string> out;
    for (const auto& row : aggregates.run(session)) {
        int64_t rows = row[rows_at].as_int();
        std::vector<delta::LeafStatistics> leaves;
        for (size_t i = 0; i < columns.size(); ++i) {
            delta::LeafStatistics leaf;
            leaf.physical_path = columns[i].physical_path;
            leaf.null_count = rows - row[places[i].count].as_int();
            if (columns[i].has_min_max) {
                leaf.min = bound_text(row[places[i].min], *columns[i].type);
                leaf.max = bound_text(row[places[i].max], *columns[i].type);
            }
            leaves.push_back(std::move(leaf));
        }
        out[row[0].as_string()] = delta::stats_json(rows, columns, leaves);
    }
    return out;
}

}  // namespace hanok::commands

#include "commands/row_order.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "delta/column_mapping.h"

namespace hanok::commands {

namespace {

using resolved::ExprPtr;
using types::DataType;

constexpr const char* kDomain = "delta.clustering";
constexpr size_t kMaxClusteringColumns = 4;
constexpr int kMostBits = 10;     // a column: 1,024 ranges of equal size
constexpr int kBitsOfValue = 60;  // all columns together

ExprPtr long_literal(int64_t value) {
    return std::make_shared<resolved::Literal>(DataType::long_(), types::int_value(value));
}

ExprPtr bits(const char* function, ExprPtr a, ExprPtr b) {
    return make_call(function, {std::move(a), std::move(b)}, DataType::long_(), false);
}

// The sum of terms, as a balanced tree.
ExprPtr sum(const std::vector<ExprPtr>& terms, size_t begin, size_t end) {
    if (end - begin == 1) return terms[begin];
    size_t middle = begin + (end - begin) / 2;
    return bits("|", sum(terms, begin, middle), sum(terms, middle, end));
}

// The bits of all ranks in turn, highest first.
ExprPtr interleaved(const resolved::Attributes& ranks, int bits_each) {
    std::vector<ExprPtr> terms;
    int place = bits_each * static_cast<int>(ranks.size());
    for (int bit = bits_each - 1; bit >= 0; --bit) {
        for (const auto& rank : ranks) {
            --place;
            auto one = bits("&", ref(rank), long_literal(int64_t{1} << bit));
            int64_t factor = int64_t{1} << (place - bit);
            terms.push_back(bits("*", one, long_literal(factor)));
        }
    }
    return sum(terms, 0, terms.size());
}

resolved::PlanPtr sorted(const resolved::PlanPtr& plan, const ExprPtr& key) {
    auto sort = std::make_shared<resolved::Sort>();
    sort->child = plan;
    sort->output = plan->output;
    sort->order = {{key, true, true}};
    return sort;
}

}  // namespace

resolved::PlanPtr z_ordered(const resolved::PlanPtr& plan, const resolved::Attributes& columns) {
    if (columns.size() == 1) return sorted(plan, ref(columns[0]));
    int bits_each = std::min(kMostBits, kBitsOfValue / static_cast<int>(columns.size()));
    auto window = std::make_shared<resolved::WindowPlan>();
    window->child = plan;
    window->output = plan->output;
    for (const auto& column : columns) {
        ExprPtr ranges = integer(int64_t{1} << bits_each);
        auto tile = std::make_shared<resolved::Window>(
            "ntile", resolved::Exprs{ranges}, DataType::integer(), false);
        tile->order_by = {{ref(column), true, true}};
        tile->rows_frame = true;
        tile->upper.kind = resolved::FrameBound::Kind::kCurrentRow;
        resolved::Attribute rank{
            analyzer::Analyzer::next_id(), "__rank", DataType::integer(), false, {}, ""};
        window->columns.push_back({rank, tile});
        window->output.push_back(rank);
    }
    std::vector<std::string> names;
    auto values = refs(plan->output, plan->output.size());
    for (const auto& a : plan->output) names.push_back(a.name);
    for (size_t i = 0; i < columns.size(); ++i) {
        auto rank = std::make_shared<resolved::Cast>(
            ref(window->columns[i].attribute), DataType::long_(), resolved::CastMode::kAnsi, false);
        names.push_back("__rank");
        values.push_back(make_call("-", {rank, long_literal(1)}, DataType::long_(), false));
    }
    auto ranked = project(window, names, values);
    resolved::Attributes ranks(
        ranked->output.begin() + static_cast<long>(plan->output.size()), ranked->output.end());
    auto ordered = sorted(ranked, interleaved(ranks, bits_each));
    names.resize(plan->output.size());
    return project(ordered, names, refs(ordered->output, names.size()));
}

bool is_clustered(const delta::Snapshot& snapshot) { return !clustering_columns(snapshot).empty(); }

std::vector<std::vector<std::string>> clustering_columns(const delta::Snapshot& snapshot) {
    std::vector<std::vector<std::string>> out;
    auto domain = snapshot.domains().find(kDomain);
    if (domain == snapshot.domains().end()) return out;
    auto json = nlohmann::json::parse(domain->second.configuration, nullptr, false);
    if (!json.is_object() || !json.contains("clusteringColumns")) return out;
    for (const auto& path : json["clusteringColumns"]) out.push_back(path);
    return out;
}

std::vector<std::string> clustering_names(const delta::Snapshot& snapshot) {
    std::vector<std::string> out;
    for (const auto& path : clustering_columns(snapshot)) {
        types::TypePtr type = snapshot.schema();
        std::string name;
        for (const auto& part : path) {
            for (const auto& field : type->fields()) {
                if (delta::physical_name(field) != part) continue;
                name += (name.empty() ? "" : ".") + field.name;
                type = field.type;
                break;
            }
        }
        out.push_back(name);
    }
    return out;
}

delta::DomainMetadata clustering_domain(const DataType& schema,
    const std::vector<std::string>& partition_columns, const std::vector<plan::Name>& columns) {
    if (columns.size() > kMaxClusteringColumns) {
        throw analysis_error("DELTA_CLUSTER_BY_INVALID_NUM_COLUMNS",
            {{"numColumnsLimit", std::to_string(kMaxClusteringColumns)},
                {"actualNumColumns", std::to_string(columns.size())}});
    }
    if (!columns.empty() && !partition_columns.empty())
        throw analysis_error("DELTA_ALTER_TABLE_CLUSTER_BY_ON_PARTITIONED_TABLE_NOT_ALLOWED", {});
    auto paths = nlohmann::json::array();
    for (const auto& column : columns) {
        const DataType* type = &schema;
        auto path = nlohmann::json::array();
        for (const auto& part : column) {
            int i = type->is(types::TypeId::kStruct) ? type->field_index(part) : -1;
            if (i < 0) {
                throw analysis_error("DELTA_COLUMN_NOT_FOUND_IN_SCHEMA",
                    {{"columnName", quote_identifier(column)}, {"tableSchema", schema.ddl()}});
            }
            const auto& field = type->fields()[static_cast<size_t>(i)];
            path.push_back(delta::physical_name(field));
            type = field.type.get();
        }
        bool orders = !type->is_nested() && !type->is(types::TypeId::kVariant);
        if (!orders) {
            throw analysis_error("DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED",
                {{"columnsWithDataTypes", quote_identifier(column) + " : " + type->sql()}});
        }
        paths.push_back(path);
    }
    nlohmann::ordered_json json;
    json["clusteringColumns"] = paths;
    json["domainName"] = kDomain;
    return {kDomain, json.dump(), false};
}

}  // namespace hanok::commands

#include "engine/explain_text.h"

#include <map>
#include <nlohmann/json.hpp>

#include "resolved/fingerprint.h"

namespace hanok::engine {

namespace {

using Json = nlohmann::ordered_json;

const std::map<std::string, std::string>& spark_names() {
    static const std::map<std::string, std::string> names{{"PROJECTION", "Project"},
        {"FILTER", "Filter"}, {"HASH_GROUP_BY", "HashAggregate"},
        {"PERFECT_HASH_GROUP_BY", "HashAggregate"}, {"PARTITIONED_AGGREGATE", "HashAggregate"},
        {"UNGROUPED_AGGREGATE", "HashAggregate"}, {"SIMPLE_AGGREGATE", "HashAggregate"},
        {"HASH_JOIN", "BroadcastHashJoin"}, {"NESTED_LOOP_JOIN", "BroadcastNestedLoopJoin"},
        {"BLOCKWISE_NL_JOIN", "BroadcastNestedLoopJoin"}, {"CROSS_PRODUCT", "CartesianProduct"},
        {"PIECEWISE_MERGE_JOIN", "SortMergeJoin"}, {"IE_JOIN", "SortMergeJoin"},
        {"ASOF_JOIN", "SortMergeJoin"}, {"POSITIONAL_JOIN", "PositionalJoin"}, {"ORDER_BY", "Sort"},
        {"TOP_N", "TakeOrderedAndProject"}, {"LIMIT", "GlobalLimit"},
        {"STREAMING_LIMIT", "GlobalLimit"}, {"LIMIT_PERCENT", "GlobalLimit"}, {"WINDOW", "Window"},
        {"STREAMING_WINDOW", "Window"}, {"UNION", "Union"}, {"UNNEST", "Generate"},
        {"COLUMN_DATA_SCAN", "InMemoryTableScan"}, {"DUMMY_SCAN", "Scan OneRowRelation"},
        {"EMPTY_RESULT", "LocalTableScan <empty>"}, {"ARROW_SCAN_DUMB", "LocalTableScan"},
        {"ARROW_SCAN", "LocalTableScan"}, {"EXPRESSION_SCAN", "LocalTableScan"},
        {"HANOK_RANGE", "Range"}, {"HANOK_PARQUET_SCAN", "Scan parquet"},
        {"HANOK_TEXT_SCAN", "Scan text"}, {"HANOK_OBSERVE", "CollectMetrics"}, {"CTE", "WithCTE"},
        {"CTE_SCAN", "CTERelationRef"}, {"RECURSIVE_CTE", "UnionLoop"},
        {"DELIM_SCAN", "ReusedExchange"}, {"LEFT_DELIM_JOIN", "BroadcastHashJoin"},
        {"RIGHT_DELIM_JOIN", "BroadcastHashJoin"}, {"STREAMING_SAMPLE", "Sample"}};
    return names;
}

// "c12" to "name#12", for all columns of the plan and the plans below.
void collect_names(const resolved::Plan& plan, std::map<std::string, std::string>* out) {
    for (const auto& a : plan.output) {
        auto id = std::to_string(static_cast<int64_t>(a.id));
        out->emplace("c" + id, a.name + "#" + id);
    }
    for (const auto& child : resolved::children(plan)) collect_names(*child, out);
}

// The columns of cached relations, in the order of the tree.
void collect_cached(const resolved::Plan& plan, std::vector<std::string>* out) {
    if (plan.kind == resolved::PlanKind::kCached) {
        std::string columns;
        for (const auto& a : plan.output)
            columns += (columns.empty() ? "" : ", ") + a.name + "#" +
                       std::to_string(static_cast<int64_t>(a.id));
        out->push_back("[" + columns + "]");
    }
    for (const auto& child : resolved::children(plan)) collect_cached(*child, out);
}

class Renderer {
public:
    explicit Renderer(const resolved::Plan& plan) {
        collect_names(plan, &names_);
        collect_cached(plan, &cached_);
    }

    std::string out;

    void node(const Json& op, const std::string& first, const std::string& rest) {
        if (is_packing(op)) return node(op.at("children")[0], first, rest);
        out += first + line(op) + "\n";
        const auto& below = op.at("children");
        for (size_t i = 0; i < below.size(); ++i) {
            bool last = i + 1 == below.size();
            node(below[i], rest + (last ? "+- " : ":- "), rest + (last ? "   " : ":  "));
        }
    }

private:
    // Columns made narrow for a sort or a hash table, and wide again.
    static bool is_packing(const Json& op) {
        auto info = op.find("extra_info");
        if (info == op.end() || op.at("children").size() != 1) return false;
        auto columns = info->find("Projections");
        return columns != info->end() && columns->dump().find("__internal_") != std::string::npos;
    }

    std::string line(const Json& op) {
        auto text = spark_operator_name(op.at("name").get<std::string>());
        if (text == "InMemoryTableScan" && next_cached_ < cached_.size())
            text += " " + cached_[next_cached_++];
        auto info = op.find("extra_info");
        if (info == op.end() || !info->is_object()) return text;
        std::string parts;
        for (const auto& [key, value] : info->items()) {
            if (key == "Estimated Cardinality" || key == "Function" || key == "Type") continue;
            auto shown = item(key, value);
            if (!shown.empty()) parts += (parts.empty() ? " " : ", ") + shown;
        }
        return text + parts;
    }

    std::string item(const std::string& key, const Json& value) const {
        std::string list;
        if (value.is_array()) {
            for (const auto& v : value) list += (list.empty() ? "" : ", ") + plain(v);
        } else {
            list = plain(value);
        }
        if (list.empty()) return "";
        if (key == "Join Type") return join_type(list);
        bool bare = key == "Projections" || key == "Groups" || key == "Order By" ||
                    key == "Conditions" || key == "Expression";
        return bare ? "[" + list + "]" : key + ": [" + list + "]";
    }

    static std::string join_type(const std::string& type) {
        static const std::map<std::string, std::string> names{{"INNER", "Inner"},
            {"LEFT", "LeftOuter"}, {"RIGHT", "RightOuter"}, {"FULL", "FullOuter"},
            {"SEMI", "LeftSemi"}, {"ANTI", "LeftAnti"}, {"MARK", "ExistenceJoin"},
            {"SINGLE", "LeftSingle"}, {"RIGHT_SEMI", "RightSemi"}, {"RIGHT_ANTI", "RightAnti"}};
        auto found = names.find(type);
        return found == names.end() ? type : found->second;
    }

    // The text with the plan's names for generated ones.
    std::string plain(const Json& value) const {
        auto text = value.is_string() ? value.get<std::string>() : value.dump();
        std::string done;
        auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
        for (size_t i = 0; i < text.size();) {
            size_t end = i;
            while (end < text.size() && word(text[end])) ++end;
            if (end == i) {
                done += text[i] == '\n' ? ' ' : text[i];
                ++i;
                continue;
            }
            auto token = text.substr(i, end - i);
            auto found = names_.find(token);
            done += found == names_.end() ? token : found->second;
            i = end;
        }
        return done;
    }

    std::map<std::string, std::string> names_;
    std::vector<std::string> cached_;
    size_t next_cached_ = 0;
};

}  // namespace

std::string spark_operator_name(std::string duckdb_name) {
    while (!duckdb_name.empty() && duckdb_name.back() == ' ') duckdb_name.pop_back();
    auto known = spark_names().find(duckdb_name);
    return known == spark_names().end() ? duckdb_name : known->second;
}

std::string physical_plan_text(const std::string& json, const resolved::Plan& plan) {
    auto root = Json::parse(json);
    Renderer renderer(plan);
    for (const auto& op : root.is_array() ? root : Json::array({root})) renderer.node(op, "", "");
    return renderer.out;
}

}  // namespace hanok::engine

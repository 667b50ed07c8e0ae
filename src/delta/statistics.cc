#include "delta/statistics.h"

#include <cmath>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "delta/column_mapping.h"
#include "delta/partition_value.h"
#include "types/datetime_text.h"

namespace hanok::delta {

namespace {

using types::TypeId;

constexpr size_t kMaxStringLength = 32;
constexpr int64_t kDefaultIndexedColumns = 32;
constexpr const char* kLastCodePoint = "\xF4\x8F\xBF\xBF";  // U+10FFFF

bool has_min_max(const types::DataType& type) {
    return type.is_numeric() || type.is_string() || type.is_datetime();
}

void collect_leaves(const types::Fields& fields, bool is_mapped, const StatsColumn& parent,
    std::vector<StatsColumn>* out) {
    for (const types::StructField& field : fields) {
        StatsColumn leaf = parent;
        leaf.logical_path.push_back(field.name);
        leaf.physical_path.push_back(is_mapped ? physical_name(field) : field.name);
        if (field.type->is(TypeId::kStruct)) {
            collect_leaves(field.type->fields(), is_mapped, leaf, out);
            continue;
        }
        leaf.type = field.type;
        leaf.has_min_max = has_min_max(*field.type);
        out->push_back(std::move(leaf));
    }
}

// "a, b.c, `d.e`" as paths.
std::vector<std::vector<std::string>> parse_column_list(const std::string& text) {
    std::vector<std::vector<std::string>> out;
    std::vector<std::string> path;
    std::string part;
    bool quoted = false;
    auto end_part = [&] {
        size_t first = part.find_first_not_of(' '), last = part.find_last_not_of(' ');
        if (first != std::string::npos) path.push_back(part.substr(first, last - first + 1));
        part.clear();
    };
    for (char c : text) {
        if (c == '`') {
            quoted = !quoted;
        } else if (c == '.' && !quoted) {
            end_part();
        } else if (c == ',' && !quoted) {
            end_part();
            if (!path.empty()) out.push_back(std::move(path));
            path.clear();
        } else {
            part += c;
        }
    }
    end_part();
    if (!path.empty()) out.push_back(std::move(path));
    return out;
}

bool is_prefix(const std::vector<std::string>& prefix, const std::vector<std::string>& path) {
    if (prefix.size() > path.size()) return false;
    for (size_t i = 0; i < prefix.size(); i++) {
        if (!types::names_equal(prefix[i], path[i])) return false;
    }
    return true;
}

// Objects nested by path, in order; leaves hold JSON text.
class JsonTree {
public:
    void set(const std::vector<std::string>& path, std::string json) {
        JsonTree* at = this;
        for (const std::string& name : path) at = &at->child(name);
        at->json_ = std::move(json);
    }
    std::string text() const {
        if (children_.empty() && !json_.empty()) return json_;
        std::string out = "{";
        for (const auto& [name, child] : children_) {
            if (out.size() > 1) out += ',';
            out += nlohmann::json(name).dump() + ":" + child->text();
        }
        return out + "}";
    }

private:
    JsonTree& child(const std::string& name) {
        for (auto& [known, child] : children_) {
            if (known == name) return *child;
        }
        children_.emplace_back(name, std::make_unique<JsonTree>());
        return *children_.back().second;
    }

    std::string json_;
    std::vector<std::pair<std::string, std::unique_ptr<JsonTree>>> children_;
};

std::optional<std::string> quoted_string(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    try {
        return nlohmann::json(*text).dump();
    } catch (const nlohmann::json::exception&) {  // no UTF-8: no bound
        return std::nullopt;
    }
}

std::optional<std::string> timestamp_json(const std::string& text, const types::DataType& type) {
    types::Value value = parse_partition_value(text, type);
    if (value.is_null()) return std::nullopt;
    int64_t micros = value.as_int();
    int64_t millis = micros / 1000 - (micros % 1000 < 0 ? 1 : 0);
    int64_t seconds = millis / 1000 - (millis % 1000 < 0 ? 1 : 0);
    std::string out = types::timestamp_ntz_to_string(seconds * 1000000);
    if (out.size() != 19) return std::nullopt;  // readers disagree about years beyond 9999
    out[10] = 'T';
    std::string fraction = std::to_string(1000 + (millis - seconds * 1000)).substr(1);
    return "\"" + out + "." + fraction + (type.is(TypeId::kTimestamp) ? "Z\"" : "\"");
}

std::optional<std::string> double_json(
    const std::string& text, const types::DataType& type, bool is_max) {
    types::Value value = parse_partition_value(text, type);
    if (value.is_null() || !std::isfinite(value.as_double())) return std::nullopt;
    double number = value.as_double();
    if (number == 0) return is_max ? "0.0" : "-0.0";  // 0.0 and -0.0 are one value
    return type.is(TypeId::kFloat) ? types::float_to_string(static_cast<float>(number))
                                   : types::double_to_string(number);
}

// A bound as JSON text; nullopt when the text gives none.
std::optional<std::string> bound_json(
    const std::string& text, const types::DataType& type, bool is_max) {
    switch (type.id()) {
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong: {
            types::Value value = parse_partition_value(text, type);
            return value.is_null() ? std::nullopt
                                   : std::optional<std::string>(std::to_string(value.as_int()));
        }
        case TypeId::kDecimal: {
            types::Value value = parse_partition_value(text, type);
            if (value.is_null()) return std::nullopt;
            return types::decimal_to_string(value.as_decimal(), type.scale());
        }
        case TypeId::kFloat:
        case TypeId::kDouble: return double_json(text, type, is_max);
        case TypeId::kDate: {
            types::Value value = parse_partition_value(text, type);
            if (value.is_null()) return std::nullopt;
            std::string date = types::date_to_string(value.as_int());
            return date.size() == 10 ? quoted_string(date) : std::nullopt;
        }
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz: return timestamp_json(text, type);
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar:
            return quoted_string(is_max ? truncate_max_string(text)
                                        : std::optional<std::string>(truncate_min_string(text)));
        default: return std::nullopt;
    }
}

// Byte offset of the code point with this number, or the length.
size_t offset_of(const std::string& text, size_t code_points, size_t from = 0) {
    size_t at = from;
    while (at < text.size() && code_points > 0) {
        at++;
        while (at < text.size() && (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80) at++;
        code_points--;
    }
    return at;
}

}  // namespace

std::vector<StatsColumn> stats_columns(const Metadata& metadata, const types::TypePtr& schema) {
    types::Fields data_fields;
    for (const types::StructField& field : schema->fields()) {
        bool is_partition = false;
        for (const std::string& name : metadata.partition_columns)
            is_partition = is_partition || types::names_equal(name, field.name);
        if (!is_partition) data_fields.push_back(field);
    }
    std::vector<StatsColumn> leaves;
    collect_leaves(
        data_fields, column_mapping_mode(metadata) != ColumnMappingMode::kNone, {}, &leaves);
    auto named = metadata.configuration.find("delta.dataSkippingStatsColumns");
    if (named != metadata.configuration.end()) {
        auto wanted = parse_column_list(named->second);
        std::erase_if(leaves, [&](const StatsColumn& leaf) {
            for (const auto& path : wanted) {
                if (is_prefix(path, leaf.logical_path)) return false;
            }
            return true;
        });
        return leaves;
    }
    int64_t limit = kDefaultIndexedColumns;
    auto counted = metadata.configuration.find("delta.dataSkippingNumIndexedCols");
    if (counted != metadata.configuration.end()) {
        types::Value value = parse_partition_value(counted->second, *types::DataType::long_());
        if (!value.is_null()) limit = value.as_int();
    }
    if (limit >= 0 && leaves.size() > static_cast<size_t>(limit))
        leaves.resize(static_cast<size_t>(limit));
    return leaves;
}

std::string stats_json(int64_t num_records, const std::vector<StatsColumn>& columns,
    const std::vector<LeafStatistics>& leaves) {
    std::map<std::vector<std::string>, const LeafStatistics*> by_path;
    for (const LeafStatistics& leaf : leaves) by_path[leaf.physical_path] = &leaf;
    JsonTree min_values, max_values, null_counts;
    for (const StatsColumn& column : columns) {
        auto it = by_path.find(column.physical_path);
        if (it == by_path.end()) continue;
        const LeafStatistics& leaf = *it->second;
        if (leaf.null_count)
            null_counts.set(column.physical_path, std::to_string(*leaf.null_count));
        if (!column.has_min_max || leaf.has_nan || num_records == 0) continue;
        if (leaf.min) {
            if (auto json = bound_json(*leaf.min, *column.type, false))
                min_values.set(column.physical_path, *json);
        }
        if (leaf.max) {
            if (auto json = bound_json(*leaf.max, *column.type, true))
                max_values.set(column.physical_path, *json);
        }
    }
    return "{\"numRecords\":" + std::to_string(num_records) +
           ",\"minValues\":" + min_values.text() + ",\"maxValues\":" + max_values.text() +
           ",\"nullCount\":" + null_counts.text() + "}";
}

std::string truncate_min_string(const std::string& text) {
    return text.substr(0, offset_of(text, kMaxStringLength));
}

std::optional<std::string> truncate_max_string(const std::string& text) {
    size_t end = offset_of(text, kMaxStringLength);
    if (end >= text.size()) return text;
    for (size_t extra = 0; extra < kMaxStringLength; extra++) {
        size_t next = offset_of(text, 1, end);
        std::string point = text.substr(end, next - end);
        if (point < "\x7F") return text.substr(0, end) + "\x7F";
        if (point < kLastCodePoint) return text.substr(0, end) + kLastCodePoint;
        end = next;
        if (end >= text.size()) return text;
    }
    return std::nullopt;
}

std::optional<int64_t> stats_num_records(std::string_view stats) {
    static constexpr std::string_view kStart = "{\"numRecords\":";
    if (stats.compare(0, kStart.size(), kStart) == 0) {
        size_t end = stats.find_first_not_of("0123456789", kStart.size());
        if (end != std::string::npos && end > kStart.size() && end - kStart.size() < 19 &&
            (stats[end] == ',' || stats[end] == '}'))
            return std::stoll(std::string(stats.substr(kStart.size(), end - kStart.size())));
    }
    if (stats.empty()) return std::nullopt;
    auto json = nlohmann::json::parse(stats, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    auto it = json.find("numRecords");
    if (it == json.end() || !it->is_number_integer()) return std::nullopt;
    return it->get<int64_t>();
}

std::string with_tight_bounds(const std::string& stats, bool tight) {
    // Text, not a parsed tree: numbers keep every digit.
    std::string value = tight ? "true" : "false";
    size_t key = stats.find("\"tightBounds\":");
    if (key != std::string::npos) {
        size_t start = key + 14;
        size_t end = stats.find_first_of(",}", start);
        return stats.substr(0, start) + value + stats.substr(end);
    }
    size_t close = stats.rfind('}');
    if (close == std::string::npos) return stats;
    return stats.substr(0, close) + ",\"tightBounds\":" + value + "}";
}

}  // namespace hanok::delta

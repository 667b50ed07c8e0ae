#include "engine/io/file_statistics.h"

#include "base/error.h"
#include "delta/column_mapping.h"

namespace hanok::engine {

namespace {

types::TypePtr with_physical_names(
    const types::TypePtr& type, const std::string& path, const WriteSpec& spec);

types::StructField with_physical_name(
    types::StructField field, const std::string& path, const WriteSpec& spec) {
    field.type = with_physical_names(field.type, path, spec);
    auto found = spec.physical_names.find(path);
    if (found != spec.physical_names.end()) {
        field.metadata = delta::with_field_metadata(
            field, "delta.columnMapping.physicalName", "\"" + found->second.first + "\"");
    }
    return field;
}

types::TypePtr with_physical_names(
    const types::TypePtr& type, const std::string& path, const WriteSpec& spec) {
    if (!type->is(types::TypeId::kStruct)) return type;
    types::Fields fields;
    for (const auto& field : type->fields())
        fields.push_back(with_physical_name(field, path + "." + field.name, spec));
    return types::DataType::struct_(std::move(fields));
}

delta::Metadata metadata_of(const WriteSpec& spec) {
    delta::Metadata metadata;
    metadata.partition_columns = spec.partition_columns;
    metadata.configuration["delta.dataSkippingNumIndexedCols"] = std::to_string(spec.stats_count);
    if (!spec.stats_columns.empty()) {
        std::string list;
        for (const auto& name : spec.stats_columns) list += (list.empty() ? "" : ",") + name;
        metadata.configuration["delta.dataSkippingStatsColumns"] = list;
    }
    if (!spec.physical_names.empty()) metadata.configuration["delta.columnMapping.mode"] = "name";
    return metadata;
}

// Splits "\"a\".\"b.c\"" into a and b.c.
std::vector<std::string> split_quoted(const std::string& text) {
    std::vector<std::string> parts;
    size_t i = 0;
    while (i < text.size()) {
        if (text[i] != '"') {
            i++;
            continue;
        }
        std::string part;
        for (i++; i < text.size(); i++) {
            if (text[i] == '"') {
                if (i + 1 >= text.size() || text[i + 1] != '"') break;
                i++;
            }
            part += text[i];
        }
        i++;
        parts.push_back(std::move(part));
    }
    return parts;
}

delta::LeafStatistics leaf_of(const std::string& path, const duckdb::Value& values) {
    delta::LeafStatistics leaf;
    leaf.physical_path = split_quoted(path);
    for (const auto& entry : duckdb::MapValue::GetChildren(values)) {
        const auto& pair = duckdb::StructValue::GetChildren(entry);
        if (pair[1].IsNull()) continue;
        const auto& kind = duckdb::StringValue::Get(pair[0]);
        const auto& text = duckdb::StringValue::Get(pair[1]);
        if (kind == "min") leaf.min = text;
        if (kind == "max") leaf.max = text;
        if (kind == "null_count") leaf.null_count = std::stoll(text);
        if (kind == "has_nan") leaf.has_nan = text == "true";
    }
    return leaf;
}

}  // namespace

FileStatistics::FileStatistics(const resolved::Attributes& attributes, const WriteSpec& spec) {
    types::Fields fields;
    for (const auto& attribute : attributes) {
        types::StructField field{attribute.name, attribute.type, attribute.nullable, ""};
        fields.push_back(with_physical_name(std::move(field), attribute.name, spec));
    }
    columns_ = delta::stats_columns(metadata_of(spec), types::DataType::struct_(std::move(fields)));
}

std::string FileStatistics::json(int64_t num_rows, const duckdb::Value& column_statistics) const {
    std::vector<delta::LeafStatistics> leaves;
    if (!column_statistics.IsNull()) {
        for (const auto& entry : duckdb::MapValue::GetChildren(column_statistics)) {
            const auto& pair = duckdb::StructValue::GetChildren(entry);
            leaves.push_back(leaf_of(duckdb::StringValue::Get(pair[0]), pair[1]));
        }
    }
    return delta::stats_json(num_rows, columns_, leaves);
}

}  // namespace hanok::engine

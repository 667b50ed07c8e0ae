#include "delta/schema_evolution.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "types/geo.h"
#include "types/type_parts.h"

namespace hanok::delta {

namespace {

using types::TypeId;
using types::TypePtr;

constexpr std::string_view kForbiddenInNames = " ,;{}()\n\t=";

Error incompatible(const types::DataType& current, const types::DataType& update) {
    return analysis_error("DELTA_MERGE_INCOMPATIBLE_DATATYPE",
        {{"currentDataType", current.sql()}, {"updateDataType", update.sql()}});
}

// The wider of two types that Delta widens between; null when there is none.
TypePtr wider(const TypePtr& table, const TypePtr& data) {
    auto rank = [](TypeId id) { return static_cast<int>(id); };
    if (table->is_integral() && data->is_integral())
        return rank(data->id()) > rank(table->id()) ? data : table;
    if (table->is(TypeId::kFloat) && data->is(TypeId::kDouble)) return data;
    if (table->is(TypeId::kDouble) && data->is(TypeId::kFloat)) return table;
    if (table->is(TypeId::kDecimal) && data->is(TypeId::kDecimal)) {
        int scale = std::max(table->scale(), data->scale());
        int whole = std::max(
            table->precision() - table->scale(), data->precision() - data->scale());
        return whole + scale <= 38 ? types::DataType::decimal(whole + scale, scale) : nullptr;
    }
    if (table->is(TypeId::kDate) && data->is(TypeId::kTimestampNtz)) return data;
    return nullptr;
}

TypePtr merge_types(const TypePtr& table, const TypePtr& data, bool allow_widening);

types::Fields merge_fields(
    const types::Fields& table, const types::Fields& data, bool allow_widening) {
    types::Fields out = table;
    std::vector<bool> seen(data.size());
    for (types::StructField& field : out) {
        for (size_t i = 0; i < data.size(); i++) {
            if (!types::names_equal(field.name, data[i].name)) continue;
            seen[i] = true;
            try {
                field.type = merge_types(field.type, data[i].type, allow_widening);
            } catch (const Error& e) {
                if (e.condition() == "DELTA_FAILED_TO_MERGE_FIELDS") throw;
                throw analysis_error("DELTA_FAILED_TO_MERGE_FIELDS",
                    {{"currentField", field.name}, {"updateField", data[i].name}});
            }
            break;
        }
    }
    for (size_t i = 0; i < data.size(); i++) {
        if (seen[i]) continue;
        out.push_back(data[i]);
        out.back().nullable = true;  // files that are there already have no value for it
    }
    return out;
}

TypePtr merge_types(const TypePtr& table, const TypePtr& data, bool allow_widening) {
    if (data->is(TypeId::kNull)) return table;
    if (table->is(TypeId::kNull)) return data;
    if (table->id() == data->id()) {
        switch (table->id()) {
            case TypeId::kStruct:
                return types::DataType::struct_(
                    merge_fields(table->fields(), data->fields(), allow_widening));
            case TypeId::kArray:
                return types::DataType::array(
                    merge_types(table->element(), data->element(), allow_widening),
                    table->contains_null());
            case TypeId::kMap:
                return types::DataType::map(merge_types(table->key(), data->key(), allow_widening),
                    merge_types(table->value(), data->value(), allow_widening),
                    table->value_contains_null());
            default:
                if (table->same_type(*data)) return table;
        }
    }
    if (table->is_string() && data->is_string()) return table;
    if (table->is_integral() && data->is_integral()) {
        // A narrower integer always fits; a wider one only where the table may widen.
        if (data->id() <= table->id() || allow_widening) return wider(table, data);
    }
    if (allow_widening) {
        if (TypePtr wide = wider(table, data)) return wide;
    }
    throw incompatible(*table, *data);
}

// Columns of the data that the table does not have, at any depth: "a", "s.b".
void extra_columns(const types::Fields& table, const types::Fields& data, const std::string& path,
    std::vector<std::string>* out) {
    for (const types::StructField& field : data) {
        auto it = std::find_if(table.begin(), table.end(),
            [&](const auto& known) { return types::names_equal(known.name, field.name); });
        std::string name = path.empty() ? field.name : path + "." + field.name;
        if (it == table.end()) {
            out->push_back(name);
            continue;
        }
        TypePtr have = it->type, come = field.type;
        while (have->is(TypeId::kArray) && come->is(TypeId::kArray)) {
            have = have->element();
            come = come->element();
            name += ".element";
        }
        if (have->is(TypeId::kStruct) && come->is(TypeId::kStruct))
            extra_columns(have->fields(), come->fields(), name, out);
    }
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

std::string field_lines(const TypePtr& schema) {
    std::string out;
    for (const types::StructField& field : schema->fields())
        out += "\n  " + field.name + ": " + field.type->simple_string() +
               (field.nullable ? "" : " not null");
    return out;
}

void check_partitioning(const Metadata& metadata, const std::vector<std::string>& asked) {
    bool same = asked.size() == metadata.partition_columns.size();
    for (size_t i = 0; same && i < asked.size(); i++)
        same = types::names_equal(asked[i], metadata.partition_columns[i]);
    if (asked.empty() || same) return;
    throw analysis_error("DELTA_METADATA_MISMATCH",
        {{"mismatches", "the table is partitioned by [" + joined(metadata.partition_columns) +
                            "], the write asks for [" + joined(asked) +
                            "]. To change the partitioning, overwrite with option "
                            "overwriteSchema = true."}});
}

// Without evolution nothing may be new; types that merge are cast by the write itself.
void check_fits(const TypePtr& table, const TypePtr& data) {
    std::vector<std::string> extra;
    extra_columns(table->fields(), data->fields(), "", &extra);
    if (extra.empty()) return;
    throw analysis_error("DELTA_METADATA_MISMATCH",
        {{"mismatches", "the table has no column " + joined(extra) +
                            ". To add it, write with option mergeSchema = true, or set "
                            "spark.databricks.delta.schema.autoMerge.enabled.\n\nTable schema:" +
                            field_lines(table) + "\n\nData schema:" + field_lines(data)}});
}

void find_duplicates(const types::Fields& fields, const std::string& path) {
    std::set<std::string> seen;
    for (const types::StructField& field : fields) {
        if (!seen.insert(types::to_lower(field.name)).second) {
            throw analysis_error("DELTA_DUPLICATE_COLUMNS_FOUND",
                {{"coltype", "the schema"}, {"duplicateCols", path + field.name}});
        }
        TypePtr type = field.type;
        while (type->is(TypeId::kArray)) type = type->element();
        if (type->is(TypeId::kStruct)) find_duplicates(type->fields(), path + field.name + ".");
    }
}

void find_bad_names(const types::Fields& fields, std::vector<std::string>* bad) {
    for (const types::StructField& field : fields) {
        if (field.name.find_first_of(kForbiddenInNames) != std::string::npos)
            bad->push_back(field.name);
        TypePtr type = field.type;
        while (type->is(TypeId::kArray)) type = type->element();
        if (type->is(TypeId::kStruct)) find_bad_names(type->fields(), bad);
    }
}

}  // namespace

TypePtr merge_schemas(const TypePtr& table, const TypePtr& data, bool allow_widening) {
    return merge_types(table, data, allow_widening);
}

TypePtr schema_after_write(const Metadata& metadata, const TypePtr& table, const TypePtr& data,
    const std::vector<std::string>& data_partitioning, const SchemaChangeOptions& options) {
    // A replaceWhere keeps rows, and with them the schema.
    if (options.overwrite_schema && options.is_overwrite && !options.has_replace_where) {
        if (options.is_dynamic_overwrite)
            throw analysis_error("DELTA_OVERWRITE_SCHEMA_WITH_DYNAMIC_PARTITION_OVERWRITE");
        return data;
    }
    check_partitioning(metadata, data_partitioning);
    auto widening = metadata.configuration.find("delta.enableTypeWidening");
    bool can_widen = options.merge_schema && widening != metadata.configuration.end() &&
                     widening->second == "true";
    if (!options.merge_schema) check_fits(table, data);
    TypePtr merged = merge_schemas(table, data, can_widen);
    return options.merge_schema ? merged : table;
}

bool is_widening(const types::DataType& from, const types::DataType& to) {
    auto small_integral = [](const types::DataType& t) {
        return t.is(TypeId::kByte) || t.is(TypeId::kShort) || t.is(TypeId::kInteger);
    };
    if (from.is_integral() && to.is_integral()) return to.id() > from.id();
    if (to.is(TypeId::kDouble)) return from.is(TypeId::kFloat) || small_integral(from);
    if (to.is(TypeId::kDecimal)) {
        int whole = to.precision() - to.scale();
        if (from.is(TypeId::kDecimal))
            return to.scale() >= from.scale() && whole >= from.precision() - from.scale();
        constexpr int kIntegerDigits = 10, kLongDigits = 20;
        if (small_integral(from)) return whole >= kIntegerDigits;
        return from.is(TypeId::kLong) && whole >= kLongDigits;
    }
    return from.is(TypeId::kDate) && to.is(TypeId::kTimestampNtz);
}

TypePtr without_writer_metadata(const TypePtr& schema) {
    switch (schema->id()) {
        case TypeId::kStruct: {
            types::Fields fields = schema->fields();
            for (auto& field : fields) {
                field.type = without_writer_metadata(field.type);
                if (field.metadata.empty()) continue;
                auto json = nlohmann::ordered_json::parse(field.metadata, nullptr, false);
                if (!json.is_object()) continue;
                nlohmann::ordered_json kept = nlohmann::ordered_json::object();
                for (const auto& [key, value] : json.items()) {
                    bool internal = key.starts_with("delta.") || key == "CURRENT_DEFAULT" ||
                                    key == "EXISTS_DEFAULT";
                    if (!internal) kept[key] = value;
                }
                field.metadata = kept.empty() ? "" : kept.dump();
            }
            return types::DataType::struct_(std::move(fields));
        }
        case TypeId::kArray:
            return types::DataType::array(
                without_writer_metadata(schema->element()), schema->contains_null());
        case TypeId::kMap:
            return types::DataType::map(without_writer_metadata(schema->key()),
                without_writer_metadata(schema->value()), schema->value_contains_null());
        default: return schema;
    }
}

void check_table_schema(
    const TypePtr& schema, const std::vector<std::string>& partition_columns, bool column_mapping) {
    find_duplicates(schema->fields(), "");
    if (types::any_part(*schema, types::is_geo))
        throw unsupported_feature("GEOMETRY and GEOGRAPHY in Delta tables");
    if (!column_mapping) {
        std::vector<std::string> bad;
        find_bad_names(schema->fields(), &bad);
        if (!bad.empty()) {
            throw analysis_error(
                "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES", {{"invalidColumnNames", joined(bad)}});
        }
    }
    std::set<std::string> partitions;
    for (const std::string& name : partition_columns) {
        int index = schema->field_index(name);
        if (index < 0) {
            throw analysis_error("DELTA_PARTITION_COLUMN_NOT_FOUND",
                {{"columnName", name}, {"schemaMap", schema->simple_string()}});
        }
        if (!partitions.insert(types::to_lower(name)).second) {
            throw analysis_error("DELTA_DUPLICATE_COLUMNS_FOUND",
                {{"coltype", "the partition columns"}, {"duplicateCols", name}});
        }
        const types::DataType& type = *schema->fields()[static_cast<size_t>(index)].type;
        if (!type.is_atomic() || type.is(TypeId::kVariant) || type.is_ansi_interval()) {
            throw analysis_error(
                "DELTA_INVALID_PARTITION_COLUMN_TYPE", {{"name", name}, {"dataType", type.sql()}});
        }
    }
    if (!partitions.empty() && partitions.size() == schema->fields().size())
        throw analysis_error("DELTA_CANNOT_USE_ALL_COLUMNS_FOR_PARTITION");
}

}  // namespace hanok::delta

#include "engine/io/file_schema.h"

#include <algorithm>

#include "base/error.h"
#include "engine/types/logical_types.h"
#include "types/geo.h"

namespace hanok::engine {

namespace {

const char* const kFieldIdKey = "__duckdb_field_id";

class Namer {
public:
    explicit Namer(const WriteSpec& spec) : spec_(spec) {}

    std::string name(const std::string& path, const std::string& logical) const {
        auto found = spec_.physical_names.find(path);
        return found == spec_.physical_names.end() ? logical : found->second.first;
    }

    duckdb::LogicalType type(const types::DataType& type, const std::string& path) const {
        using duckdb::LogicalType;
        switch (type.id()) {
            case types::TypeId::kStruct: {
                duckdb::child_list_t<LogicalType> children;
                for (const auto& field : type.fields()) {
                    auto child_path = path + "." + field.name;
                    children.emplace_back(
                        name(child_path, field.name), this->type(*field.type, child_path));
                }
                return LogicalType::STRUCT(std::move(children));
            }
            case types::TypeId::kArray:
                return LogicalType::LIST(this->type(*type.element(), path + ".element"));
            case types::TypeId::kMap:
                return LogicalType::MAP(this->type(*type.key(), path + ".key"),
                    this->type(*type.value(), path + ".value"));
            case types::TypeId::kVariant:
                return LogicalType::STRUCT(
                    {{"value", LogicalType::BLOB}, {"metadata", LogicalType::BLOB}});
            default: return to_logical_type(type);
        }
    }

    // The ids below and at `path`; nullopt when none of them has one.
    std::optional<duckdb::Value> ids(const types::DataType& type, const std::string& path) const {
        duckdb::child_list_t<duckdb::Value> children;
        auto add = [&](const std::string& name, const types::DataType& child,
                       const std::string& child_path) {
            if (auto value = ids(child, child_path)) children.emplace_back(name, std::move(*value));
        };
        if (type.is(types::TypeId::kStruct)) {
            for (const auto& field : type.fields()) {
                auto child_path = path + "." + field.name;
                add(name(child_path, field.name), *field.type, child_path);
            }
        } else if (type.is(types::TypeId::kArray)) {
            add("element", *type.element(), path + ".element");
        } else if (type.is(types::TypeId::kMap)) {
            add("key", *type.key(), path + ".key");
            add("value", *type.value(), path + ".value");
        }
        auto found = spec_.physical_names.find(path);
        std::optional<duckdb::Value> own;
        if (found != spec_.physical_names.end()) own = duckdb::Value::INTEGER(found->second.second);
        if (children.empty()) return own;
        if (own) children.emplace_back(kFieldIdKey, std::move(*own));
        return duckdb::Value::STRUCT(std::move(children));
    }

private:
    const WriteSpec& spec_;
};

bool is_writable(const types::DataType& type, const std::string& format) {
    if (types::is_geo(type)) return false;
    switch (type.id()) {
        case types::TypeId::kNull: return format != "parquet";
        case types::TypeId::kCalendarInterval: return false;
        case types::TypeId::kArray: return is_writable(*type.element(), format);
        case types::TypeId::kMap:
            return is_writable(*type.key(), format) && is_writable(*type.value(), format);
        case types::TypeId::kStruct:
            return !type.fields().empty() && std::all_of(type.fields().begin(), type.fields().end(),
                                                 [&](const types::StructField& field) {
                                                     return is_writable(*field.type, format);
                                                 });
        default: return true;
    }
}

}  // namespace

std::vector<FileColumn> file_columns(
    const resolved::Attributes& attributes, const WriteSpec& spec) {
    Namer namer(spec);
    std::vector<FileColumn> columns;
    for (size_t i = 0; i < attributes.size(); i++) {
        const auto& attribute = attributes[i];
        FileColumn column;
        column.input = i;
        column.is_partition = std::any_of(spec.partition_columns.begin(),
            spec.partition_columns.end(),
            [&](const std::string& p) { return types::names_equal(p, attribute.name); });
        if (!column.is_partition && !is_writable(*attribute.type, spec.format)) {
            throw analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                {{"columnName", quote_identifier(attribute.name)},
                    {"columnType", "\"" + attribute.type->sql() + "\""}, {"format", spec.format}});
        }
        column.name = namer.name(attribute.name, attribute.name);
        column.type = namer.type(*attribute.type, attribute.name);
        if (!spec.physical_names.empty())
            column.field_ids = namer.ids(*attribute.type, attribute.name);
        columns.push_back(std::move(column));
    }
    return columns;
}

}  // namespace hanok::engine

#include "engine/io/variant_groups.h"

#include <parquet_reader.hpp>

#include "base/error.h"
#include "engine/io/column_match.h"
#include "types/type_parts.h"

namespace hanok::engine {

namespace {

using Definition = duckdb::MultiFileColumnDefinition;
using Group = duckdb::ParquetColumnSchema;
using duckdb::LogicalType;
using duckdb::ParquetColumnSchemaType;
using types::TypeId;

bool has_variant(const types::DataType& type) {
    return types::any_part(
        type, [](const types::DataType& part) { return part.is(TypeId::kVariant); });
}

LogicalType struct_of(const duckdb::vector<Group>& children) {
    duckdb::child_list_t<LogicalType> fields;
    for (const auto& child : children) fields.emplace_back(child.name, child.type);
    return LogicalType::STRUCT(std::move(fields));
}

class ShreddedGroups {
public:
    ShreddedGroups(const duckdb_parquet::FileMetaData& file, bool by_field_id)
        : file_(file), by_field_id_(by_field_id) {}

    // `definition` is what the multi-file reader knows of `group`; both change alike.
    void visit(const types::DataType& type, Group& group, Definition& definition) const {
        if (!has_variant(type)) return;
        switch (type.id()) {
            case TypeId::kVariant: return visit_variant(group, definition);
            case TypeId::kStruct: return visit_struct(type, group, definition);
            case TypeId::kArray:
                if (group.type.id() != duckdb::LogicalTypeId::LIST) return;
                visit(*type.element(), group.children.at(0), definition.children.at(0));
                group.type = LogicalType::LIST(group.children[0].type);
                break;
            case TypeId::kMap: {
                if (group.type.id() != duckdb::LogicalTypeId::MAP) return;
                auto& entry = group.children.at(0);
                auto& entries = definition.children.at(0);
                visit(*type.key(), entry.children.at(0), entries.children.at(0));
                visit(*type.value(), entry.children.at(1), entries.children.at(1));
                group.type = LogicalType::MAP(entry.children[0].type, entry.children[1].type);
                entry.type = duckdb::ListType::GetChildType(group.type);
                entries.type = entry.type;
                break;
            }
            default: return;
        }
        definition.type = group.type;
    }

private:
    void visit_struct(const types::DataType& type, Group& group, Definition& definition) const {
        if (group.type.id() != duckdb::LogicalTypeId::STRUCT) return;
        for (const auto& field : type.fields()) {
            auto place = place_in_file(field, definition.children, by_field_id_);
            if (place) visit(*field.type, group.children.at(*place), definition.children[*place]);
        }
        group.type = struct_of(group.children);
        definition.type = group.type;
    }

    void visit_variant(Group& group, Definition& definition) const {
        bool is_annotated = group.schema_type == ParquetColumnSchemaType::VARIANT;
        // Two parts need no reader that puts them together.
        if (!is_annotated && group.children.size() < 3) return;
        if (is_annotated || is_shredded(group)) {
            auto& parts = group.children;
            std::stable_partition(parts.begin(), parts.end(),
                [](const Group& part) { return part.name != "typed_value"; });
            if (parts.size() > 2) restore_names(parts[2]);
            group.schema_type = ParquetColumnSchemaType::VARIANT;
            group.type = LogicalType::VARIANT();
            definition.type = group.type;
            definition.children.clear();
            return;
        }
        throw TypeMismatch{definition.name, "variant", group.type.ToString()};
    }

    static bool is_shredded(const Group& group) {
        if (group.type.id() != duckdb::LogicalTypeId::STRUCT) return false;
        int found = 0;
        for (const auto& part : group.children) {
            if (part.name == "metadata" || part.name == "value") {
                if (part.type.id() != duckdb::LogicalTypeId::BLOB) return false;
                found++;
            } else if (part.name == "typed_value") {
                found++;
            }
        }
        return found == 3 && group.children.size() == 3;
    }

    // The fields of an object are groups of the object's keys, which differ by case too.
    void restore_names(Group& typed) const {
        for (auto& child : typed.children) restore_names(child);
        if (typed.type.id() == duckdb::LogicalTypeId::LIST && typed.children.size() == 1) {
            typed.type = LogicalType::LIST(typed.children[0].type);
        } else if (typed.type.id() == duckdb::LogicalTypeId::STRUCT) {
            for (auto& child : typed.children) {
                auto place = child.parent_schema_index.IsValid() ? child.parent_schema_index
                                                                 : child.schema_index;
                if (place.IsValid()) child.name = file_.schema.at(place.GetIndex()).name;
            }
            typed.type = struct_of(typed.children);
        }
    }

    const duckdb_parquet::FileMetaData& file_;
    bool by_field_id_;
};

}  // namespace

void read_shredded_variants(
    duckdb::BaseFileReader& reader, const std::vector<ScanColumn>& columns, bool by_field_id) {
    bool any = std::any_of(columns.begin(), columns.end(), [](const ScanColumn& column) {
        return column.kind == ScanColumnKind::kData && has_variant(*column.in_file.type);
    });
    if (!any || reader.GetReaderType() != "Parquet") return;
    auto& parquet = reader.Cast<duckdb::ParquetReader>();
    ShreddedGroups groups(*parquet.metadata->metadata, by_field_id);
    for (const auto& column : columns) {
        if (column.kind != ScanColumnKind::kData) continue;
        auto place = place_in_file(column.in_file, parquet.columns, by_field_id);
        if (!place) continue;
        groups.visit(*column.in_file.type, parquet.root_schema->children.at(*place),
            parquet.columns[*place]);
    }
    parquet.root_schema->type = struct_of(parquet.root_schema->children);
}

}  // namespace hanok::engine

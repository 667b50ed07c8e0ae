#include "engine/io/column_match.h"

#include <duckdb/planner/expression/bound_cast_expression.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <duckdb/planner/expression_iterator.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "engine/types/logical_types.h"
#include "types/type_parts.h"

namespace hanok::engine {

namespace {

using Definition = duckdb::MultiFileColumnDefinition;
using Definitions = duckdb::vector<Definition>;

// No file column can have this name: Parquet writers reject control characters, and so does our
// matching.
const char* const kAbsent = "\x01 absent";

std::optional<int32_t> field_id_of(const types::StructField& field) {
    if (field.metadata.find("parquet.field.id") == std::string::npos) return std::nullopt;
    auto json = nlohmann::json::parse(field.metadata, nullptr, false);
    auto found = json.is_object() ? json.find("parquet.field.id") : json.end();
    if (!json.is_object() || found == json.end() || !found->is_number_integer())
        return std::nullopt;
    return found->get<int32_t>();
}

bool have_ids(const Definitions& columns) {
    for (const auto& column : columns) {
        if (!column.identifier.IsNull()) return true;
    }
    return false;
}

const Definition* find_local(
    const types::StructField& field, const Definitions& locals, bool by_field_id) {
    auto place = place_in_file(field, locals, by_field_id);
    return place ? &locals[*place] : nullptr;
}

bool has_struct(const types::DataType& type) {
    return types::any_part(type, [](const types::DataType& part) {
        return part.is(types::TypeId::kStruct) || part.is(types::TypeId::kVariant);
    });
}

Definition define(const std::string& name, const duckdb::LogicalType& logical,
    const types::StructField& field, const Definitions& locals, bool by_field_id);

// Variants that DuckDB puts together keep its type until the whole column is mapped.
void take_types_of_children(Definition& definition) {
    const auto& children = definition.children;
    if (children.empty()) return;
    switch (definition.type.id()) {
        case duckdb::LogicalTypeId::STRUCT: {
            duckdb::child_list_t<duckdb::LogicalType> fields;
            for (const auto& child : children) fields.emplace_back(child.name, child.type);
            definition.type = duckdb::LogicalType::STRUCT(std::move(fields));
            return;
        }
        case duckdb::LogicalTypeId::LIST:
            definition.type = duckdb::LogicalType::LIST(children[0].type);
            return;
        case duckdb::LogicalTypeId::MAP:
            definition.type = duckdb::LogicalType::MAP(children[0].type, children[1].type);
            return;
        default: return;
    }
}

void define_struct(Definition& definition, const types::Fields& fields, const Definition& local,
    bool by_field_id) {
    const auto& children = duckdb::StructType::GetChildTypes(definition.type);
    for (size_t i = 0; i < fields.size(); i++) {
        definition.children.push_back(
            define(children[i].first, children[i].second, fields[i], local.children, by_field_id));
    }
}

void define_children(
    Definition& definition, const types::DataType& type, const Definition& local, bool by_field_id);

// Elements, keys and values have no name that counts: they are what stands at their place.
Definition define_element(const char* name, const duckdb::LogicalType& logical,
    const types::DataType& type, const Definition& local, bool by_field_id) {
    Definition definition(name, logical);
    definition.identifier = duckdb::Value(local.name);
    definition.default_expression = duckdb::make_uniq<duckdb::ConstantExpression>(
        duckdb::Value(logical));
    define_children(definition, type, local, by_field_id);
    take_types_of_children(definition);
    return definition;
}

void define_children(Definition& definition, const types::DataType& type, const Definition& local,
    bool by_field_id) {
    if (!has_struct(type)) return;
    if (type.is(types::TypeId::kVariant) && local.type.id() == duckdb::LogicalTypeId::VARIANT) {
        definition.type = local.type;
        return;
    }
    if (local.type.id() != definition.type.id()) return;
    switch (type.id()) {
        case types::TypeId::kStruct:
            define_struct(definition, type.fields(), local, by_field_id);
            return;
        case types::TypeId::kVariant: {
            types::Fields parts{
                {"value", types::DataType::binary()}, {"metadata", types::DataType::binary()}};
            define_struct(definition, parts, local, false);
            return;
        }
        case types::TypeId::kArray:
            if (local.children.size() != 1) return;
            definition.children.push_back(
                define_element("element", duckdb::ListType::GetChildType(definition.type),
                    *type.element(), local.children[0], by_field_id));
            return;
        case types::TypeId::kMap: {
            if (local.children.size() != 1 || local.children[0].children.size() != 2) return;
            const auto& entry = local.children[0];
            definition.children.push_back(
                define_element("key", duckdb::MapType::KeyType(definition.type), *type.key(),
                    entry.children[0], by_field_id));
            definition.children.push_back(
                define_element("value", duckdb::MapType::ValueType(definition.type), *type.value(),
                    entry.children[1], by_field_id));
            return;
        }
        default: return;
    }
}

bool is_integer_of_32_bits(const duckdb::LogicalType& type) {
    using duckdb::LogicalTypeId;
    return type.IsIntegral() && duckdb::GetTypeIdSize(type.InternalType()) <= 4;
}

bool is_timestamp(const duckdb::LogicalType& type) {
    using duckdb::LogicalTypeId;
    return type.id() == LogicalTypeId::TIMESTAMP || type.id() == LogicalTypeId::TIMESTAMP_TZ ||
           type.id() == LogicalTypeId::TIMESTAMP_NS || type.id() == LogicalTypeId::TIMESTAMP_MS;
}

bool is_bytes(const duckdb::LogicalType& type) {
    using duckdb::LogicalTypeId;
    return type.id() == LogicalTypeId::VARCHAR || type.id() == LogicalTypeId::BLOB ||
           type.id() == LogicalTypeId::UUID;
}

// Does Spark read a file's column of type `from` as `to`? Nested types are judged by their leaves.
bool can_read_as(const duckdb::LogicalType& from, const duckdb::LogicalType& to) {
    using duckdb::LogicalTypeId;
    if (from.id() == LogicalTypeId::SQLNULL || from.id() == to.id()) return true;
    if (is_timestamp(from) && is_timestamp(to)) return true;
    if (is_bytes(from) && is_bytes(to)) return true;
    if (to.IsIntegral()) {
        if (!from.IsIntegral()) return false;
        return is_integer_of_32_bits(from) || to.InternalType() == from.InternalType();
    }
    if (to.id() == LogicalTypeId::DECIMAL) return from.IsIntegral();
    if (to.id() == LogicalTypeId::DOUBLE) {
        return from.id() == LogicalTypeId::FLOAT || is_integer_of_32_bits(from);
    }
    if (to.id() == LogicalTypeId::TIMESTAMP) return from.id() == LogicalTypeId::DATE;
    bool is_variant = from.id() == LogicalTypeId::VARIANT && to.id() == LogicalTypeId::STRUCT;
    return is_variant;
}

Definition define(const std::string& name, const duckdb::LogicalType& logical,
    const types::StructField& field, const Definitions& locals, bool by_field_id) {
    Definition definition(name, logical);
    definition.default_expression = duckdb::make_uniq<duckdb::ConstantExpression>(
        duckdb::Value(logical));
    const auto* local = find_local(field, locals, by_field_id);
    definition.identifier = duckdb::Value(local ? local->name : std::string(kAbsent));
    if (!local) return definition;
    if (!can_read_as(local->type, logical)) {
        throw TypeMismatch{field.name, field.type->simple_string(), local->type.ToString()};
    }
    define_children(definition, *field.type, *local, by_field_id);
    take_types_of_children(definition);
    return definition;
}

void reinterpret(duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    result.Reinterpret(args.data[0]);
}

bool same_bytes(const duckdb::LogicalType& from, const duckdb::LogicalType& to) {
    using duckdb::LogicalTypeId;
    auto is_timestamp = [](const duckdb::LogicalType& t) {
        return t.id() == LogicalTypeId::TIMESTAMP || t.id() == LogicalTypeId::TIMESTAMP_TZ;
    };
    auto is_bytes = [](const duckdb::LogicalType& t) {
        return t.id() == LogicalTypeId::VARCHAR || t.id() == LogicalTypeId::BLOB;
    };
    return (is_timestamp(from) && is_timestamp(to)) || (is_bytes(from) && is_bytes(to));
}

}  // namespace

std::optional<size_t> place_in_file(
    const types::StructField& field, const Definitions& locals, bool by_field_id) {
    auto first = [&](auto is_meant) -> std::optional<size_t> {
        auto found = std::find_if(locals.begin(), locals.end(), is_meant);
        if (found == locals.end()) return std::nullopt;
        return size_t(found - locals.begin());
    };
    auto id = by_field_id ? field_id_of(field) : std::nullopt;
    if (id && have_ids(locals)) {
        return first([&](const Definition& local) {
            return !local.identifier.IsNull() && local.GetIdentifierFieldId() == *id;
        });
    }
    if (auto place = first([&](const Definition& local) { return local.name == field.name; }))
        return place;
    return first([&](const Definition& local) {
        return duckdb::StringUtil::CIEquals(local.name, field.name);
    });
}

void name_nested_columns(Definitions& file_columns) {
    for (auto& column : file_columns) {
        auto& children = column.children;
        if (column.type.id() == duckdb::LogicalTypeId::LIST && children.size() == 1) {
            children[0].name = "list";
        } else if (column.type.id() == duckdb::LogicalTypeId::MAP && children.size() == 1 &&
                   children[0].children.size() == 2) {
            children[0].children[0].name = "key";
            children[0].children[1].name = "value";
        }
        name_nested_columns(children);
    }
}

duckdb::MultiFileColumnDefinition column_in_file(
    const ScanColumn& column, const Definitions& file_columns, bool by_field_id) {
    return define(column.name, column.logical_type, column.in_file, file_columns, by_field_id);
}

void take_over_unchanged(duckdb::unique_ptr<duckdb::Expression>& expression) {
    if (!expression) return;
    duckdb::ExpressionIterator::EnumerateChildren(*expression,
        [](duckdb::unique_ptr<duckdb::Expression>& child) { take_over_unchanged(child); });
    if (expression->GetExpressionClass() != duckdb::ExpressionClass::BOUND_CAST) return;
    auto& cast = expression->Cast<duckdb::BoundCastExpression>();
    if (!same_bytes(cast.child->return_type, cast.return_type)) return;
    duckdb::ScalarFunction function(
        "hanok_reinterpret", {cast.child->return_type}, cast.return_type, reinterpret);
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> children;
    children.push_back(std::move(cast.child));
    auto type = cast.return_type;
    expression = duckdb::make_uniq<duckdb::BoundFunctionExpression>(
        type, std::move(function), std::move(children), nullptr);
}

}  // namespace hanok::engine

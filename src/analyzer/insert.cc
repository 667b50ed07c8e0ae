// Columns made to fit a table: store assignment as INSERT, UPDATE and MERGE do it.

#include <algorithm>

#include "analyzer/char_columns.h"
#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using types::DataType;
using types::TypeId;
using types::TypePtr;

using Impl = Analyzer::Impl;

namespace {

std::string column_list(const types::Fields& fields) {
    std::string out;
    for (const auto& f : fields) out += (out.empty() ? "" : ", ") + quote_identifier(f.name);
    return out;
}

std::string column_list(const resolved::Attributes& columns) {
    std::string out;
    for (const auto& c : columns) out += (out.empty() ? "" : ", ") + quote_identifier(c.name);
    return out;
}

Error incompatible(const std::string& problem, const std::string& table, ErrorParameters more) {
    more["tableName"] = table;
    return analysis_error("INCOMPATIBLE_DATA_FOR_TABLE." + problem, std::move(more));
}

// The digits before and after the point that a number of the type may have; {0, 0} for others.
std::pair<int, int> digits_of(const DataType& type) {
    switch (type.id()) {
        case TypeId::kByte: return {3, 0};
        case TypeId::kShort: return {5, 0};
        case TypeId::kInteger: return {10, 0};
        case TypeId::kLong: return {20, 0};
        case TypeId::kDecimal: return {type.precision() - type.scale(), type.scale()};
        default: return {0, 0};
    }
}

// Does every value stay what it is? What the STRICT policy allows.
bool is_up_cast(const DataType& from, const DataType& to) {
    if (from.same_type(to)) return true;
    if (from.is(TypeId::kArray) && to.is(TypeId::kArray))
        return is_up_cast(*from.element(), *to.element());
    if (from.is(TypeId::kMap) && to.is(TypeId::kMap))
        return is_up_cast(*from.key(), *to.key()) && is_up_cast(*from.value(), *to.value());
    if (from.is(TypeId::kStruct) && to.is(TypeId::kStruct)) {
        bool fits = from.fields().size() == to.fields().size();
        for (size_t i = 0; fits && i < from.fields().size(); ++i)
            fits = is_up_cast(*from.fields()[i].type, *to.fields()[i].type);
        return fits;
    }
    if (to.is_string()) return from.is_atomic();
    if (to.is(TypeId::kDouble)) return from.is_integral() || from.is(TypeId::kFloat);
    if (to.is(TypeId::kFloat)) return from.is_integral();
    auto [whole, scale] = digits_of(from);
    auto [wanted_whole, wanted_scale] = digits_of(to);
    if (whole + scale > 0 && wanted_whole + wanted_scale > 0) {
        if (to.is_integral() && !from.is_integral()) return false;
        return wanted_whole >= whole && wanted_scale >= scale;
    }
    return from.is_datetime() && to.is_datetime() && !to.is(TypeId::kDate);
}

// Where a nested part cannot be stored.
void check_assignable(
    const DataType& from, const DataType& to, const std::string& column, const std::string& table) {
    auto name = quote_identifier(column);
    if (from.is(TypeId::kArray) && to.is(TypeId::kArray)) {
        check_assignable(*from.element(), *to.element(), column + ".element", table);
        if (from.contains_null() && !to.contains_null())
            throw incompatible("NULLABLE_ARRAY_ELEMENTS", table, {{"colName", name}});
        return;
    }
    if (from.is(TypeId::kMap) && to.is(TypeId::kMap)) {
        check_assignable(*from.key(), *to.key(), column + ".key", table);
        check_assignable(*from.value(), *to.value(), column + ".value", table);
        if (from.value_contains_null() && !to.value_contains_null()) {
            throw incompatible("NULLABLE_MAP_VALUES", table, {{"colName", name}});
        }
        return;
    }
    if (from.is(TypeId::kStruct) && to.is(TypeId::kStruct)) {
        const auto& source = from.fields();
        const auto& target = to.fields();
        if (source.size() > target.size()) {
            std::string extra;
            for (size_t i = target.size(); i < source.size(); ++i)
                extra += (extra.empty() ? "" : ", ") + quote_identifier(source[i].name);
            throw incompatible(
                "EXTRA_STRUCT_FIELDS", table, {{"colName", name}, {"extraFields", extra}});
        }
        if (source.size() < target.size()) {
            std::string missing;
            for (size_t i = source.size(); i < target.size(); ++i)
                missing += (missing.empty() ? "" : ", ") + quote_identifier(target[i].name);
            throw incompatible(
                "STRUCT_MISSING_FIELDS", table, {{"colName", name}, {"missingFields", missing}});
        }
        for (size_t i = 0; i < source.size(); ++i) {
            check_assignable(
                *source[i].type, *target[i].type, column + "." + target[i].name, table);
        }
        return;
    }
    if (!can_store_assign(from, to)) {
        throw incompatible("CANNOT_SAFELY_CAST", table,
            {{"colName", name}, {"srcType", quoted_type(from)}, {"targetType", quoted_type(to)}});
    }
}

}  // namespace

ExprPtr Impl::store_cast(
    const ExprPtr& e, const TypePtr& target, const std::string& column, const std::string& table) {
    auto type = DataType::replace_char_varchar(target);
    auto value = e;
    if (e->type->is(TypeId::kStruct) && type->is(TypeId::kStruct)) value = reorder_struct(e, type);
    auto policy = types::to_lower(conf("spark.sql.storeAssignmentPolicy", "ansi"));
    bool ansi_cast = policy != "legacy";
    if (policy == "strict" && !is_up_cast(*value->type, *type)) {
        throw incompatible("CANNOT_SAFELY_CAST", table,
            {{"colName", quote_identifier(column)}, {"srcType", quoted_type(*value->type)},
                {"targetType", quoted_type(*type)}});
    }
    if (!(*value->type == *type)) {
        if (ansi_cast) check_assignable(*value->type, *type, column, table);
        if (!value->type->same_structure(*type) || !value->type->is_nested()) {
            value = cast_to(value, type, ansi_cast);
        } else if (!value->type->same_type(*type)) {
            value = cast_to(value, type, ansi_cast);
        }
    }
    bool checks = conf("spark.sql.legacy.charVarcharAsString", "false") != "true";
    return checks ? stored_text(value, *target) : value;
}

// The fields of a struct in the order of the target's names, where all of them are there.
ExprPtr Impl::reorder_struct(const ExprPtr& e, const TypePtr& target) {
    const auto& from = e->type->fields();
    const auto& to = target->fields();
    if (from.size() != to.size()) return e;
    resolved::Exprs parts;
    bool moved = false;
    for (size_t i = 0; i < to.size(); ++i) {
        int at = e->type->field_index(to[i].name, options.case_sensitive);
        if (at < 0) return e;
        moved = moved || at != static_cast<int>(i);
        parts.push_back(string_literal(to[i].name));
        parts.push_back(struct_field(e, static_cast<size_t>(at)));
    }
    if (!moved) return e;
    auto made = call("named_struct", std::move(parts));
    if (!e->nullable) return made;
    return call("if", {call("isnull", {e}), null_of(made->type), made});
}

resolved::PlanPtr Impl::coerce_for_insert(
    const resolved::PlanPtr& plan, const TypePtr& target, bool by_name, const std::string& table) {
    const auto& fields = target->fields();
    const auto& columns = plan->output;
    if (!by_name && columns.size() != fields.size()) {
        throw analysis_error(columns.size() > fields.size()
                                 ? "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
                                 : "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
            {{"tableName", table}, {"tableColumns", column_list(fields)},
                {"dataColumns", column_list(columns)}});
    }
    resolved::NamedExprs out;
    std::set<resolved::AttributeId> used;
    for (size_t i = 0; i < fields.size(); ++i) {
        const resolved::Attribute* source = by_name ? nullptr : &columns[i];
        for (const auto& c : columns) {
            if (!by_name || !types::names_equal(c.name, fields[i].name, options.case_sensitive))
                continue;
            if (source)
                throw incompatible("AMBIGUOUS_COLUMN_NAME", table,
                    {{"colName", quote_identifier(fields[i].name)}});
            source = &c;
        }
        if (!source)
            throw incompatible(
                "CANNOT_FIND_DATA", table, {{"colName", quote_identifier(fields[i].name)}});
        used.insert(source->id);
        auto value = store_cast(resolved::ref(*source), fields[i].type, fields[i].name, table);
        auto column = named(fields[i].name, value);
        column.attribute.metadata = fields[i].metadata;
        out.push_back(std::move(column));
    }
    if (by_name && used.size() < columns.size()) {
        std::string extra;
        for (const auto& c : columns) {
            if (!used.count(c.id)) extra += (extra.empty() ? "" : ", ") + quote_identifier(c.name);
        }
        throw incompatible("EXTRA_COLUMNS", table, {{"extraColumns", extra}});
    }
    return project_plan(plan, std::move(out));
}

}  // namespace hanok::analyzer

// DataFrame verbs on columns: toDF, withColumns, withColumnsRenamed, drop, to(schema).

#include <algorithm>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::NamedExprs;
using types::DataType;
using types::TypeId;

using Impl = Analyzer::Impl;

Rel Impl::resolve_to_df(const plan::ToDf& to_df) {
    auto child = trim(resolve(to_df.child));
    if (to_df.names.size() != child.scope.size()) {
        throw analysis_error(
            "ASSIGNMENT_ARITY_MISMATCH", {{"numTarget", std::to_string(to_df.names.size())},
                                             {"numExpr", std::to_string(child.scope.size())}});
    }
    NamedExprs columns;
    for (size_t i = 0; i < child.scope.size(); ++i) {
        auto column = named(to_df.names[i], resolved::ref(child.plan->output[i]));
        column.attribute.metadata = child.scope[i].metadata;
        columns.push_back(std::move(column));
    }
    return make_project(child, std::move(columns));
}

Rel Impl::resolve_with_columns(const plan::WithColumns& with) {
    auto child = resolve(with.child);
    auto items = resolve_select_list(with.columns, child, "");
    for (size_t i = 0; i < items.size(); ++i) {
        for (size_t j = 0; j < i; ++j) {
            if (types::names_equal(items[i].column.attribute.name, items[j].column.attribute.name,
                    options.case_sensitive)) {
                throw analysis_error("COLUMN_ALREADY_EXISTS",
                    {{"columnName",
                        quote_identifier(types::to_lower(items[i].column.attribute.name))}});
            }
        }
    }
    for (const auto& item : items) {
        const auto& name = item.column.attribute.name;
        bool exists = std::any_of(child.scope.begin(), child.scope.end(), [&](const auto& a) {
            return types::names_equal(a.name, name, options.case_sensitive);
        });
        if (exists || !with.must_exist) continue;
        Context c;
        c.input = &child;
        WithContext current(*this, c);
        throw unresolved_column({name});
    }
    SelectItems all;
    std::vector<bool> placed(items.size(), false);
    auto name_of = [](const SelectItem& item) {
        return item.is_generator && !item.generated.empty() ? item.generated[0].name
                                                            : item.column.attribute.name;
    };
    for (const auto& a : child.scope) {
        SelectItem item;
        item.column = pass_column(a);
        for (size_t i = 0; i < items.size(); ++i) {
            if (!types::names_equal(name_of(items[i]), a.name, options.case_sensitive)) continue;
            item = items[i];
            placed[i] = true;
        }
        all.push_back(std::move(item));
    }
    for (size_t i = 0; i < items.size(); ++i) {
        if (!placed[i]) all.push_back(items[i]);
    }
    return build_select(child, std::move(all));
}

Rel Impl::resolve_renamed(const plan::WithColumnsRenamed& renamed) {
    auto child = resolve(renamed.child);
    NamedExprs columns;
    for (const auto& a : child.scope) {
        std::string name = a.name;
        for (const auto& [from, to] : renamed.renames) {
            if (types::names_equal(name, from, options.case_sensitive)) name = to;
        }
        if (name == a.name) {
            columns.push_back(pass_column(a));
            continue;
        }
        auto column = named(name, resolved::ref(a));
        column.attribute.metadata = a.metadata;
        columns.push_back(std::move(column));
    }
    return make_project(child, std::move(columns));
}

Rel Impl::resolve_drop(const plan::Drop& drop) {
    auto child = resolve(drop.child);
    std::set<resolved::AttributeId> dropped;
    Context c;
    c.input = &child;
    for (const auto& e : drop.columns) {
        try {
            auto typed = resolve_in(c, e);
            if (typed.expr->kind == resolved::ExprKind::kAttribute)
                dropped.insert(typed.expr->as<resolved::AttributeRef>().id);
        } catch (const Error& error) {
            // A column that is not there needs no dropping.
            bool absent = error.condition().rfind("UNRESOLVED_COLUMN", 0) == 0 ||
                          error.condition() == "CANNOT_RESOLVE_DATAFRAME_COLUMN";
            if (!absent) throw;
        }
    }
    NamedExprs columns;
    for (const auto& a : child.scope) {
        bool by_name = std::any_of(
            drop.column_names.begin(), drop.column_names.end(), [&](const std::string& n) {
                return types::names_equal(n, a.name, options.case_sensitive);
            });
        if (!by_name && !dropped.count(a.id)) columns.push_back(pass_column(a));
    }
    if (columns.size() == child.scope.size()) return child;
    return make_project(child, std::move(columns));
}

namespace {

Error not_nullable(const std::string& name) {
    return analysis_error("NULLABLE_COLUMN_OR_FIELD", {{"name", name}});
}

}  // namespace

// Columns by name, reordered, cast where that is safe.
Rel Impl::resolve_to_schema(const plan::ToSchema& to_schema) {
    auto child = trim(resolve(to_schema.child));
    NamedExprs columns;
    for (const auto& field : to_schema.schema->fields()) {
        const Attribute* found = nullptr;
        for (const auto& a : child.scope) {
            if (!types::names_equal(a.name, field.name, options.case_sensitive)) continue;
            if (found)
                throw analysis_error("AMBIGUOUS_COLUMN_OR_FIELD",
                    {{"name", quote_identifier(field.name)}, {"n", "2"}});
            found = &a;
        }
        if (!found) {
            if (field.nullable) {
                columns.push_back(named(field.name, null_of(field.type)));
                continue;
            }
            throw analysis_error("UNRESOLVED_COLUMN.WITH_SUGGESTION",
                {{"objectName", quote_identifier(field.name)},
                    {"proposal", suggestions({field.name}, child.scope)}});
        }
        if (found->nullable && !field.nullable) throw not_nullable(quote_identifier(field.name));
        auto type = DataType::replace_char_varchar(field.type);
        auto column = named(field.name, reconcile(resolved::ref(*found), type, field.name));
        column.attribute.metadata = field.metadata.empty() ? found->metadata : field.metadata;
        column.attribute.nullable = field.nullable;
        columns.push_back(std::move(column));
    }
    return make_project(child, std::move(columns));
}

resolved::ExprPtr Impl::reconcile(
    const resolved::ExprPtr& e, const types::TypePtr& to, const std::string& name) {
    const auto& from = e->type;
    if (*from == *to) return e;
    if (from->is(TypeId::kStruct) && to->is(TypeId::kStruct)) {
        resolved::Exprs parts;
        for (const auto& f : to->fields()) {
            int at = from->field_index(f.name, options.case_sensitive);
            parts.push_back(string_literal(f.name));
            if (at < 0) {
                if (!f.nullable)
                    throw analysis_error("UNRESOLVED_FIELD.WITHOUT_SUGGESTION",
                        {{"fieldName", quote_identifier(f.name)},
                            {"columnPath", quote_identifier(name)}});
                parts.push_back(null_of(f.type));
                continue;
            }
            auto field = struct_field(e, static_cast<size_t>(at));
            if (field->nullable && !f.nullable && !e->nullable)
                throw not_nullable(quote_identifier(std::vector<std::string>{name, f.name}));
            parts.push_back(reconcile(field, f.type, name));
        }
        auto made = call("named_struct", std::move(parts));
        if (!e->nullable) return made;
        return call("if", {call("isnull", {e}), null_of(made->type), made});
    }
    bool atomic = !from->is_nested() && !to->is_nested();
    bool allowed = atomic ? can_store_assign(*from, *to) : can_cast(*from, *to, true);
    if (!allowed) {
        throw analysis_error("INVALID_COLUMN_OR_FIELD_DATA_TYPE",
            {{"name", quote_identifier(name)}, {"type", quoted_type(*from)},
                {"expectedType", quoted_type(*to)}});
    }
    return cast_to(e, to, ansi());
}

}  // namespace hanok::analyzer

// CREATE, ALTER and DROP VIEW; temporary views too.

#include "base/error.h"
#include "commands/body_checks.h"
#include "commands/command.h"
#include "commands/names.h"
#include "plan/default_collation.h"
#include "plan/relation.h"
#include "types/char_type.h"

namespace hanok::commands {

namespace {

// The view's query with the names its column list gives.
plan::RelationPtr with_columns(const plan::CreateView& view, const plan::RelationPtr& query) {
    if (view.columns.empty()) return query;
    auto named = std::make_shared<plan::ToDf>();
    named->child = query;
    for (const auto& [name, comment] : view.columns) named->names.push_back(name);
    return named;
}

constexpr const char* kCollation = "collation";  // among the options of a view

void check_arity(
    const plan::CreateView& view, const resolved::Plan& plan, const std::string& name) {
    if (view.columns.empty() || view.columns.size() == plan.output.size()) return;
    std::string given;
    std::string data;
    for (const auto& [column, comment] : view.columns)
        given += (given.empty() ? "" : ", ") + quote_identifier(column);
    for (const auto& a : plan.output) data += (data.empty() ? "" : ", ") + quote_identifier(a.name);
    throw analysis_error(view.columns.size() > plan.output.size()
                             ? "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
                             : "CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS",
        {{"viewName", name}, {"viewColumns", given}, {"dataColumns", data}});
}

plan::RelationPtr source_view(const plan::CreateView& view) {
    auto source = std::make_shared<plan::DataSource>();
    source->format = view.provider;
    source->schema = view.schema;
    source->options = view.options;
    return source;
}

void create_temporary(Session& session, const plan::CreateView& view, const std::string& name) {
    bool exists = view.global ? session.platform().global_views().contains(types::to_lower(name))
                              : session.find_temp_view(name).has_value();
    if (exists && view.if_not_exists) return;
    if (exists && !view.or_replace) {
        throw analysis_error(
            "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", {{"relationName", quote_identifier(name)}});
    }
    auto query = view.provider.empty() ? view.query : source_view(view);
    auto analyzed = session.analyze(query);
    check_arity(view, *analyzed, quote_identifier(name));
    analyzer::ResolvedView stored;
    stored.plan = with_columns(view, query);
    auto here = session.current();
    stored.current = {here.catalog, here.schema};
    stored.qualifier = view.global ? std::vector<std::string>{"global_temp", name}
                                   : std::vector<std::string>{name};
    stored.is_temporary = true;
    if (view.global) {
        session.platform().put_global_view(types::to_lower(name), std::move(stored));
    } else {
        session.put_temp_view(name, std::move(stored));
    }
}

// What a view records of its columns.
types::TypePtr raw_schema(const resolved::Plan& plan) {
    types::Fields fields;
    for (const auto& a : plan.output)
        fields.push_back(types::with_char_type({a.name, a.type, a.nullable, a.metadata}));
    return types::DataType::struct_(std::move(fields));
}

types::TypePtr view_schema(const plan::CreateView& view, const resolved::Plan& plan) {
    auto fields = raw_schema(plan)->fields();
    for (size_t i = 0; i < view.columns.size(); ++i) fields[i].name = view.columns[i].first;
    return types::DataType::struct_(std::move(fields));
}

// The session is the one place where a temporary view can be.
void check_temporary_name(const std::vector<std::string>& name) {
    std::vector<std::string> qualifier(name.begin(), name.end() - 1);
    bool fits = qualifier.empty() || (qualifier.size() == 1 && qualifier[0] == "session") ||
                (qualifier.size() == 2 && qualifier[0] == "system" && qualifier[1] == "session");
    if (fits) return;
    throw analysis_error("INVALID_TEMP_OBJ_QUALIFIER",
        {{"objectType", "VIEW"}, {"objectName", quote_identifier(name.back())},
            {"qualifier", quote_identifier(qualifier)}});
}

}  // namespace

Output create_view(Session& session, const plan::CreateView& view) {
    auto name = name_parts(session, view.name);
    if (view.temporary && !view.global) check_temporary_name(name);
    if (view.temporary || view.global) {
        create_temporary(session, view, name.back());
        return nullptr;
    }
    auto key = session.table_key(name);
    find_schema(session, {key.catalog, key.schema});
    auto& catalog = session.platform().catalog();
    auto existing = catalog.find_table(key.catalog, key.schema, key.name);
    if (existing && view.if_not_exists) return nullptr;
    if (existing && existing->kind != catalog::TableKind::kView && view.or_replace) {
        throw analysis_error(
            "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", {{"tableName", quote_identifier(key.parts())},
                                                        {"operation", "CREATE OR REPLACE VIEW"}});
    }
    if (existing && !view.or_replace) {
        throw analysis_error(
            "TABLE_OR_VIEW_ALREADY_EXISTS", {{"relationName", quote_identifier(key.parts())}});
    }
    auto analyzer = session.analyzer();
    auto analyzed = analyzer->analyze(view.query);
    check_arity(view, *analyzed, quote_identifier(key.parts()));
    check_temporary_uses(analyzer->uses(), "VIEW", key.parts());
    auto here = session.current();
    catalog::TableInfo info;
    info.catalog = key.catalog;
    info.schema = key.schema;
    info.name = key.name;
    info.kind = catalog::TableKind::kView;
    info.view_text = view.query_sql;
    info.view_namespace = {here.catalog, here.schema};
    info.view_schema_mode = view.schema_mode.empty() ? "COMPENSATION" : view.schema_mode;
    info.columns = view_schema(view, *analyzed);
    if (!view.comment.empty()) info.comment = view.comment;
    info.properties = {view.properties.begin(), view.properties.end()};
    if (auto collation = plan::default_collation_of(*view.query); !collation.empty())
        info.options[kCollation] = collation;
    info.owner = session.user();
    if (existing) {
        info.id = existing->id;
        info.created_ms = existing->created_ms;
        catalog.update_table(info);
    } else {
        catalog.create_table(info);
    }
    return nullptr;
}

Output alter_view(Session& session, const plan::AlterView& command) {
    auto name = name_parts(session, command.name);
    if (name.size() == 1) {
        if (auto temporary = session.find_temp_view(name[0])) {
            auto query = plan::with_default_collation(
                command.query, plan::default_collation_of(*temporary->plan));
            session.analyze(query);
            temporary->plan = query;
            session.put_temp_view(name[0], *temporary);
            return nullptr;
        }
    }
    auto info = find_table(session, name);
    if (info.kind != catalog::TableKind::kView) {
        throw analysis_error("EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE",
            {{"tableName", quote_identifier(info.full_name())}, {"operation", "ALTER VIEW"}});
    }
    auto analyzer = session.analyzer();
    auto collation = info.options.find(kCollation);
    auto query = collation == info.options.end()
                     ? command.query
                     : plan::with_default_collation(command.query, collation->second);
    info.columns = raw_schema(*analyzer->analyze(query));
    check_temporary_uses(analyzer->uses(), "VIEW", {info.catalog, info.schema, info.name});
    info.view_text = command.query_sql;
    auto here = session.current();
    info.view_namespace = {here.catalog, here.schema};
    session.platform().catalog().update_table(info);
    return nullptr;
}

Output drop_view(Session& session, const plan::DropView& command) {
    auto name = name_parts(session, command.name);
    bool is_global = command.is_global_temp ||
                     (name.size() == 2 && types::names_equal(name[0], "global_temp"));
    if (is_global) {
        if (!session.platform().drop_global_view(types::to_lower(name.back())) &&
            !command.if_exists && !command.is_global_temp) {
            throw table_not_found(session, name);
        }
        return nullptr;
    }
    if (name.size() == 1 && session.drop_temp_view(name[0])) return nullptr;
    if (command.is_temp_only) return nullptr;
    auto info = try_find_table(session, name);
    if (!info) {
        if (command.if_exists) return nullptr;
        throw table_not_found(session, name);
    }
    if (info->kind != catalog::TableKind::kView) {
        throw analysis_error("WRONG_COMMAND_FOR_OBJECT_TYPE",
            {{"operation", "DROP VIEW"}, {"requiredType", "VIEW"},
                {"objectName", quote_identifier(info->full_name())},
                {"foundType", info->kind == catalog::TableKind::kManaged ? "MANAGED" : "EXTERNAL"},
                {"alternative", "DROP TABLE"}});
    }
    session.platform().catalog().drop_table(info->catalog, info->schema, info->name);
    return nullptr;
}

}  // namespace hanok::commands

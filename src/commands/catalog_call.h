#pragma once
// spark.catalog.*: Spark Connect's Catalog messages by name. Clients read the answers by column
// position.

#include <functional>
#include <map>

#include "commands/command.h"
#include "commands/names.h"
#include "commands/rows.h"

namespace hanok::commands {

// One call of spark.catalog, and its answer as rows.
class CatalogCalls {
public:
    CatalogCalls(Session& session, const plan::CatalogCall& call)
        : session_(session), call_(call) {}

    Output run();

private:
    using Calls = std::map<std::string, std::function<Output()>>;
    Calls reading_calls();
    Calls cache_calls();
    Calls changing_calls();
    Output create_database();

    bool has(const char* name) const {
        auto it = call_.args.find(name);
        return it != call_.args.end() && !it->second.empty();
    }
    std::string arg(const char* name) const {
        auto it = call_.args.find(name);
        return it == call_.args.end() ? "" : it->second;
    }
    bool bool_arg(const char* name) const { return arg(name) == "true"; }

    plan::Name name_arg(const char* name) const;
    // table_name inside db_name when that is given, or function_name.
    plan::Name table_arg(const char* name = "table_name") const;
    session::Namespace namespace_arg() const;
    // The catalog's entry; throws TABLE_OR_VIEW_NOT_FOUND with the search path.
    catalog::TableInfo table_info() const;
    // As table_info; throws EXPECT_TABLE_NOT_VIEW for views.
    catalog::TableInfo table_not_view(const std::string& operation) const;
    [[noreturn]] void refuse_missing(const plan::Name& name) const;

    Output list_tables(bool views_only);
    Output list_functions();
    Output get_function(bool only_whether);
    Output list_columns();
    Output get_table();
    Output table_exists();
    Output list_partitions();
    Output table_properties();
    Output list_databases();
    Output list_catalogs();
    Output create_table_call();
    Output set_current();
    Output get_database();
    Output database_exists();
    Output create_table_string();
    Output is_cached();
    Output drop_temp_view();
    Output truncate_table_call();
    Output analyze_table_call();
    Output recover_partitions();
    Output cache_table_call();
    plan::RelationPtr relation_arg() const;

    Session& session_;
    const plan::CatalogCall& call_;
};

}  // namespace hanok::commands

#include "session/resolver.h"

#include "base/error.h"
#include "engine/scan_sources.h"
#include "plan/default_collation.h"
#include "session/change_feed.h"
#include "session/data_files.h"
#include "session/iceberg_table.h"
#include "session/jdbc_table.h"
#include "session/python_source.h"
#include "session/script_scopes.h"
#include "session/session.h"
#include "session/store_access.h"
#include "session/stream_source.h"
#include "session/time_travel.h"
#include "sql/parser.h"

namespace hanok::session {

namespace {

using types::to_lower;

std::optional<std::string> find_option(const plan::Options& options, const std::string& key) {
    for (const auto& [name, value] : options) {
        if (types::names_equal(name, key)) return value;
    }
    return std::nullopt;
}

std::map<std::string, std::string> as_map(const plan::Options& options) {
    return {options.begin(), options.end()};
}

// versionAsOf / timestampAsOf as DataFrame options.
void read_time_travel_options(Session& session, const plan::Options& options,
    std::optional<int64_t>* version, std::optional<int64_t>* timestamp) {
    if (auto text = find_option(options, "versionAsOf")) {
        char* end = nullptr;
        *version = std::strtoll(text->c_str(), &end, 10);
        if (text->empty() || *end != '\0') {
            throw analysis_error("INVALID_TIME_TRAVEL_SPEC", {{"version", *text}});
        }
    }
    if (auto text = find_option(options, "timestampAsOf")) {
        auto cast = std::make_shared<plan::Cast>(
            plan::string_literal(*text), types::DataType::timestamp());
        auto value = session.analyzer()->fold(cast).first;
        if (value.is_null())
            throw analysis_error("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT", {{"expr", *text}});
        *timestamp = value.as_int();
    }
    if (*version && *timestamp) throw analysis_error("INVALID_TIME_TRAVEL_SPEC", {});
}

// The same options of the Delta source, which has conditions of its own for what it cannot read.
void read_delta_time_travel(Session& session, const plan::Options& options,
    std::optional<int64_t>* version, std::optional<int64_t>* timestamp) {
    auto version_text = find_option(options, "versionAsOf");
    auto timestamp_text = find_option(options, "timestampAsOf");
    if (version_text && timestamp_text) throw analysis_error("DELTA_ONEOF_IN_TIMETRAVEL", {});
    if (timestamp_text)
        *timestamp = delta_timestamp(session, plan::string_literal(*timestamp_text));
    if (!version_text) return;
    char* end = nullptr;
    *version = std::strtoll(version_text->c_str(), &end, 10);
    if (version_text->empty() || *end != '\0') {
        throw analysis_error(
            "DELTA_TIME_TRAVEL_INVALID_BEGIN_VALUE", {{"timeTravelKey", "versionAsOf"}});
    }
}

plan::RelationPtr parse_view(const catalog::TableInfo& view) {
    auto statement = sql::parse_statement(view.view_text);
    if (!statement.query) throw internal_error("the view " + view.name + " is not a query");
    auto collation = view.options.find("collation");
    if (collation == view.options.end()) return statement.query;
    return plan::with_default_collation(statement.query, collation->second);
}

int distance(const std::string& a, const std::string& b) {
    std::vector<int> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
    for (size_t i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0] = static_cast<int>(i);
        for (size_t j = 1; j <= b.size(); ++j) {
            int up = row[j];
            row[j] = std::min({up + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = up;
        }
    }
    return row[b.size()];
}

}  // namespace

analyzer::ResolvedName SessionResolver::table(const std::vector<std::string>& name,
    const plan::Options& options, std::optional<int64_t> version,
    std::optional<int64_t> timestamp) {
    storage::StoreScope scope(store_settings(session_));
    if (name.size() == 1) {
        if (auto view = session_.find_temp_view(name[0])) return *view;
    }
    if (name.size() == 2 && to_lower(name[0]) == "global_temp") {
        auto views = session_.platform().global_views();
        auto it = views.find(to_lower(name[1]));
        if (it == views.end()) return std::monostate();
        return it->second;
    }
    read_time_travel_options(session_, options, &version, &timestamp);
    if (auto path = Session::path_table(name)) {
        if (path->first == "delta" && asks_for_changes(options)) {
            return analyzer::ResolvedTable{scan_of_changes(session_, path->second,
                                               "delta." + quote_identifier(path->second), options),
                {}};
        }
        if (path->first == "delta") {
            return analyzer::ResolvedTable{
                session_.scan_of_delta(
                    path->second, "delta." + quote_identifier(path->second), version, timestamp),
                {}};
        }
        DataFilesRequest request;
        request.format = path->first;
        request.paths = {path->second};
        request.options = as_map(options);
        request.description = path->first + " " + path->second;
        return analyzer::ResolvedTable{scan_data_files(session_, request), {}};
    }
    if (name.size() > 3) return std::monostate();
    auto key = session_.table_key(name);
    auto& catalog = session_.platform().catalog();
    auto info = catalog.find_table(key.catalog, key.schema, key.name);
    if (!info && name.size() == 2 && !catalog.find_schema(key.catalog, key.schema)) {
        // catalog.table: the catalog's default schema.
        info = catalog.find_table(to_lower(name[0]), catalog::kDefaultSchema, key.name);
    }
    if (!info) return std::monostate();
    if (asks_for_changes(options)) {
        if (info->kind == catalog::TableKind::kView || info->provider != "delta") {
            throw analysis_error(
                "DELTA_TABLE_ONLY_OPERATION", {{"tableName", quote_if_needed(info->full_name())},
                                                  {"operation", "table_changes"}});
        }
        return analyzer::ResolvedTable{
            scan_of_changes(session_, info->location, quote_if_needed(info->full_name()), options),
            info->full_name()};
    }
    if (info->kind != catalog::TableKind::kView) {
        return analyzer::ResolvedTable{
            session_.scan_of(*info, version, timestamp), info->full_name()};
    }
    if (version || timestamp) {
        throw analysis_error("UNSUPPORTED_FEATURE.TIME_TRAVEL",
            {{"relationId", quote_identifier(info->full_name())}});
    }
    analyzer::ResolvedView view;
    view.plan = parse_view(*info);
    view.qualifier = info->full_name();
    view.schema = info->columns;
    view.current = info->view_namespace;
    return view;
}

resolved::ScanSourcePtr SessionResolver::data_source(const plan::DataSource& source) {
    if (auto stream = stream_source(source)) return stream;
    storage::StoreScope scope(store_settings(session_));
    std::string format = source.format;
    if (format.empty())
        format = session_.config().find("spark.sql.sources.default").value_or("parquet");
    format = to_lower(format);
    std::vector<std::string> paths = source.paths;
    if (paths.empty()) {
        if (auto path = find_option(source.options, "path")) paths = {*path};
    }
    if (format == "delta") {
        if (paths.size() != 1)
            throw analysis_error("DELTA_INVALID_PATHS", {{"count", std::to_string(paths.size())}});
        if (source.schema) throw analysis_error("DELTA_UNSUPPORTED_SCHEMA_DURING_READ", {});
        if (asks_for_changes(source.options)) {
            return scan_of_changes(
                session_, paths[0], "delta." + quote_identifier(paths[0]), source.options);
        }
        std::optional<int64_t> version;
        std::optional<int64_t> timestamp;
        read_delta_time_travel(session_, source.options, &version, &timestamp);
        return session_.scan_of_delta(
            paths[0], "delta." + quote_identifier(paths[0]), version, timestamp);
    }
    if (format == "iceberg") {
        if (paths.size() != 1) throw unsupported_feature("Iceberg tables by name");
        if (source.schema)
            throw analysis_error(
                "UNSUPPORTED_FEATURE.HANOK", {{"feature", "a schema given for an Iceberg table"}});
        return scan_of_iceberg(session_, paths[0], as_map(source.options));
    }
    if (format == "jdbc")
        return scan_of_jdbc(session_, as_map(source.options), source.predicates, source.schema);
    if (auto found = find_python_source(session_, format))
        return scan_python_source(session_,
            python_source_call(found, source.format, as_map(source.options), source.paths),
            source.schema);
    DataFilesRequest request;
    request.format = format;
    request.paths = paths;
    request.options = as_map(source.options);
    request.schema = source.schema;
    request.description = format + (paths.empty() ? "" : " " + paths[0]);
    return scan_data_files(session_, request);
}

std::vector<std::string> SessionResolver::similar_tables(const std::vector<std::string>& name) {
    std::vector<std::pair<int, std::string>> found;
    auto add = [&](const std::string& candidate) {
        int d = distance(to_lower(name.back()), candidate);
        if (d <= 3) found.emplace_back(d, candidate);
    };
    for (const auto& [view, plan] : session_.temp_views()) add(view);
    if (name.size() <= 3) {
        auto key = session_.table_key(name);
        for (const auto& table : session_.platform().catalog().tables(key.catalog, key.schema))
            add(table.name);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> out;
    for (auto& [d, candidate] : found) out.push_back(std::move(candidate));
    if (out.size() > 5) out.resize(5);
    return out;
}

std::optional<analyzer::SqlFunction> SessionResolver::sql_function(
    const std::vector<std::string>& name) {
    if (name.size() == 1) {
        if (auto f = session_.find_temp_function(name[0])) return f;
    }
    if (name.size() > 3) return std::nullopt;
    auto key = session_.table_key(name);
    auto info = session_.platform().catalog().find_function(key.catalog, key.schema, key.name);
    if (!info) return std::nullopt;
    auto statement = sql::parse_statement(info->statement);
    if (!statement.command || statement.command->kind != plan::CommandKind::kCreateFunction)
        return std::nullopt;
    const auto& create = statement.command->as<plan::CreateFunction>();
    if (!create.class_name.empty()) {
        throw analysis_error("CANNOT_LOAD_FUNCTION_CLASS",
            {{"className", create.class_name}, {"functionName", quote_identifier(key.parts())}});
    }
    return analyzer::SqlFunction{key.name, create.parameters, create.return_type, create.body,
        create.body_query, create.return_table.value_or(std::vector<plan::ColumnDef>{}),
        key.parts(), create.data_access == "READS SQL DATA"};
}

std::shared_ptr<const plan::PythonUdf> SessionResolver::python_function(const std::string& name) {
    return session_.find_python_function(name);
}

std::optional<analyzer::Variable> SessionResolver::variable(const std::vector<std::string>& name) {
    if (script_) {
        if (auto local = script_->find(name)) return local;
    }
    // v, session.v, system.session.v
    bool qualified = name.size() == 2 && types::names_equal(name[0], "session");
    qualified = qualified || (name.size() == 3 && types::names_equal(name[0], "system") &&
                                 types::names_equal(name[1], "session"));
    if (name.size() != 1 && !qualified) return std::nullopt;
    return session_.find_variable(name.back());
}

resolved::PlanPtr SessionResolver::run_command(const plan::CommandPtr& command) {
    return Session::command_runner()(session_, command);
}

resolved::PlanPtr SessionResolver::cached_relation(const std::string& relation_id) {
    return session_.find_checkpoint(relation_id);
}

// Persisted plans are put in place after analysis, by Session::use_cache.
resolved::PlanPtr SessionResolver::cached_plan(const plan::RelationPtr&) { return nullptr; }

std::vector<std::vector<types::Value>> SessionResolver::collect(
    const resolved::PlanPtr& plan, int64_t max_rows) {
    storage::StoreScope scope(store_settings(session_));
    return session_.platform().engine().collect(
        session_.use_cache(plan), session_.query_context(), max_rows);
}

}  // namespace hanok::session

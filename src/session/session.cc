#include "session/session.h"

#include "analyzer/cartesian_products.h"
#include "base/error.h"
#include "base/ids.h"
#include "delta/row_tracking.h"
#include "delta/schema_evolution.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "engine/scan_sources.h"
#include "resolved/fingerprint.h"
#include "session/config_values.h"
#include "session/data_files.h"
#include "session/jdbc_table.h"
#include "session/python_source.h"
#include "session/resolver.h"
#include "session/script_scopes.h"
#include "session/session_defaults.h"
#include "session/store_access.h"

namespace hanok::session {

namespace {

CommandRunner& runner() {
    static CommandRunner instance;
    return instance;
}

std::map<std::string, std::string> first_config(Platform& platform) {
    std::map<std::string, std::string> out = {
        {"spark.sql.session.timeZone", Config::machine_time_zone()},
        {"spark.sql.warehouse.dir", platform.warehouse()},
        {"spark.sql.catalogImplementation", "hive"}, {"spark.app.name", "Hanok"}};
    const auto server = session_defaults();
    for (const auto& [key, value] : server) out[key] = value;
    return out;
}

std::string uuid() { return base::new_uuid(base::SystemRandom::instance()); }

template <class Map>
auto find_in(const Map& map, const std::string& name) -> std::optional<typename Map::mapped_type> {
    auto it = map.find(types::to_lower(name));
    if (it == map.end()) return std::nullopt;
    return it->second;
}

}  // namespace

void Session::set_command_runner(CommandRunner value) { runner() = std::move(value); }
const CommandRunner& Session::command_runner() { return runner(); }

Session::Session(Platform& platform, std::string user, std::string id)
    : platform_(platform),
      user_(std::move(user)),
      id_(std::move(id)),
      config_(first_config(platform)),
      resolver_(std::make_unique<SessionResolver>(*this)),
      files_(std::make_unique<SessionFiles>(platform)),
      cached_(platform.data_changes()),
      current_{catalog::kDefaultCatalog, catalog::kDefaultSchema} {}

Session::~Session() {
    for (const auto& key : cached_.clear()) platform_.engine().drop_materialized(key);
    for (const auto& [id, plan] : checkpoints_) platform_.engine().drop_materialized(id);
}

std::unique_ptr<Session> Session::clone(const std::string& new_id) const {
    auto copy = std::make_unique<Session>(platform_, user_, new_id);
    for (const auto& [key, value] : config_.all_set()) copy->config_.set(key, value);
    std::lock_guard lock(mutex_);
    copy->current_ = current_;
    copy->temp_views_ = temp_views_;
    copy->temp_functions_ = temp_functions_;
    copy->python_functions_ = python_functions_;
    copy->variables_ = variables_;
    files_->copy_to(copy->files_.get());
    return copy;
}

Namespace Session::current() const {
    std::lock_guard lock(mutex_);
    return current_;
}

void Session::set_current(Namespace current) {
    std::lock_guard lock(mutex_);
    current_ = std::move(current);
}

std::unique_ptr<analyzer::Analyzer> Session::analyzer() {
    analyzer::AnalyzerOptions options;
    auto& f = options.functions;
    auto now = current();
    f.ansi = config_.get_bool("spark.sql.ansi.enabled", true);
    f.time_zone = config_.get("spark.sql.session.timeZone");
    f.now_micros = platform_.clock().now_us();
    f.user = user_;
    f.catalog = now.catalog;
    f.schema = now.schema;
    f.legacy_time_parser = config_.find("spark.sql.legacy.timeParserPolicy").value_or("") ==
                           "LEGACY";
    f.conf = [this](const std::string& key) { return plain_flag(config_.find(key).value_or("")); };
    options.case_sensitive = config_.get_bool("spark.sql.caseSensitive", false);
    auto* script = RunningScript::of(*this);
    return std::make_unique<analyzer::Analyzer>(
        script ? script->resolver() : *resolver_, std::move(options));
}

resolved::PlanPtr Session::analyze(const plan::RelationPtr& relation) {
    return analyzer()->analyze(relation);
}

sql::ParserOptions Session::parser_options() const {
    sql::ParserOptions options;
    bool ansi = config_.get_bool("spark.sql.ansi.enabled", true);
    options.enforce_reserved_keywords =
        ansi && config_.get_bool("spark.sql.ansi.enforceReservedKeywords", false);
    options.double_quoted_identifiers =
        ansi && config_.get_bool("spark.sql.ansi.doubleQuotedIdentifiers", false);
    options.escaped_string_literals = config_.get_bool(
        "spark.sql.parser.escapedStringLiterals", false);
    options.exponent_as_decimal = config_.get_bool(
        "spark.sql.legacy.exponentLiteralAsDecimal.enabled", false);
    options.legacy_setops_precedence = config_.get_bool(
        "spark.sql.legacy.setopsPrecedence.enabled", false);
    options.legacy_interval = config_.get_bool("spark.sql.legacy.interval.enabled", false);
    options.legacy_identifier_clause = config_.get_bool("spark.sql.legacy.identifierClause", false);
    options.bang_equals_not = config_.get_bool("spark.sql.legacy.bangEqualsNot", false);
    options.consecutive_string_literals = config_.get_bool(
        "spark.sql.legacy.consecutiveStringLiterals.enabled", false);
    if (config_.get_bool("spark.sql.variable.substitute", true)) {
        options.variables = [this](const std::string& key) { return config_.find(key); };
    }
    options.single_character_pipe = config_.get_bool(
        "spark.sql.parser.singleCharacterPipeOperator.enabled", true);
    options.timestamp_ntz_default = config_.find("spark.sql.timestampType").value_or("") ==
                                    "TIMESTAMP_NTZ";
    options.time_zone = config_.get("spark.sql.session.timeZone");
    return options;
}

engine::QueryContext Session::query_context(const std::string& operation_id) {
    engine::QueryContext context;
    context.time_zone = config_.get("spark.sql.session.timeZone");
    context.ansi = config_.get_bool("spark.sql.ansi.enabled", true);
    context.now_micros = platform_.clock().now_us();
    context.user = user_;
    context.operation_id = operation_id;
    context.large_var_types = config_.get_bool("spark.sql.execution.arrow.useLargeVarTypes", false);
    context.conf = config_.all_told();
    files_->tell(&context.conf);
    return context;
}

std::unique_ptr<engine::ResultStream> Session::execute(
    const resolved::PlanPtr& plan, const std::string& operation_id) {
    storage::StoreScope scope(store_settings(*this));
    return platform_.engine().execute(use_cache(plan), query_context(operation_id));
}

TableKey Session::table_key(const std::vector<std::string>& name) const {
    auto here = current();
    switch (name.size()) {
        case 1: return {here.catalog, here.schema, types::to_lower(name[0])};
        case 2: return {here.catalog, types::to_lower(name[0]), types::to_lower(name[1])};
        case 3:
            return {types::to_lower(name[0]), types::to_lower(name[1]), types::to_lower(name[2])};
        default:
            throw analysis_error("REQUIRES_SINGLE_PART_NAMESPACE",
                {{"sessionCatalog", here.catalog}, {"namespace", quote_identifier(name)}});
    }
}

Namespace Session::namespace_key(const std::vector<std::string>& name) const {
    auto here = current();
    switch (name.size()) {
        case 0: return here;
        case 1: return {here.catalog, types::to_lower(name[0])};
        case 2: return {types::to_lower(name[0]), types::to_lower(name[1])};
        default:
            throw analysis_error("REQUIRES_SINGLE_PART_NAMESPACE",
                {{"sessionCatalog", here.catalog}, {"namespace", quote_identifier(name)}});
    }
}

std::optional<std::pair<std::string, std::string>> Session::path_table(
    const std::vector<std::string>& name) {
    if (name.size() != 2) return std::nullopt;
    std::string format = types::to_lower(name[0]);
    static const char* const kFormats[] = {
        "delta", "parquet", "csv", "json", "text", "orc", "avro", "xml", "binaryfile"};
    for (const char* known : kFormats) {
        if (format != known) continue;
        if (name[1].empty())
            throw analysis_error("INVALID_EMPTY_LOCATION", {{"location", name[1]}});
        if (name[1].find('/') != std::string::npos) return {{format, name[1]}};
    }
    return std::nullopt;
}

resolved::ScanSourcePtr Session::scan_of_delta(const std::string& path,
    const std::string& shown_name, std::optional<int64_t> version,
    std::optional<int64_t> timestamp_micros) {
    auto table = platform_.delta_table(path);
    auto source = std::make_shared<engine::DeltaScanSource>();
    if (version) {
        source->snapshot = table->snapshot_at_version(*version);
    } else if (timestamp_micros) {
        source->snapshot = table->snapshot_at_timestamp(*timestamp_micros / 1000);
    } else {
        source->snapshot = table->snapshot();
    }
    source->schema = delta::without_writer_metadata(source->snapshot->schema());
    source->partition_columns = source->snapshot->metadata().partition_columns;
    source->format = "delta";
    if (delta::keeps_row_ids(*source->snapshot)) {
        for (const char* name :
            {"base_row_id", "default_row_commit_version", "row_id", "row_commit_version"})
            source->metadata_fields.push_back({name, types::DataType::long_(), true, ""});
    }
    source->description = "Delta " + shown_name + "@v" +
                          std::to_string(source->snapshot->version());
    if (!version && !timestamp_micros) source->identity = path;
    return source;
}

resolved::ScanSourcePtr Session::scan_of(const catalog::TableInfo& table,
    std::optional<int64_t> version, std::optional<int64_t> timestamp_micros) {
    std::string shown = quote_if_needed(table.full_name());
    if (table.provider == "delta")
        return scan_of_delta(table.location, shown, version, timestamp_micros);
    if (version || timestamp_micros) {
        throw analysis_error("UNSUPPORTED_FEATURE.TIME_TRAVEL",
            {{"relationId", quote_identifier(table.full_name())}});
    }
    if (table.provider == "jdbc") return scan_of_jdbc(*this, table.options, {}, nullptr);
    if (auto source = find_python_source(*this, table.provider))
        return scan_python_source(
            *this, python_source_call(source, table.provider, table.options, {}), table.columns);
    DataFilesRequest request;
    request.format = table.provider;
    request.paths = {table.location};
    request.options = table.options;
    request.schema = table.columns;
    request.partition_columns = table.partition_columns;
    request.description = table.provider + " " + shown;
    request.allow_missing = true;
    return scan_data_files(*this, request);
}

std::optional<analyzer::ResolvedView> Session::find_temp_view(const std::string& name) const {
    std::lock_guard lock(mutex_);
    return find_in(temp_views_, name);
}
void Session::put_temp_view(const std::string& name, analyzer::ResolvedView view) {
    std::lock_guard lock(mutex_);
    temp_views_[types::to_lower(name)] = std::move(view);
}
bool Session::drop_temp_view(const std::string& name) {
    std::lock_guard lock(mutex_);
    return temp_views_.erase(types::to_lower(name)) > 0;
}
std::map<std::string, analyzer::ResolvedView> Session::temp_views() const {
    std::lock_guard lock(mutex_);
    return temp_views_;
}

std::optional<analyzer::SqlFunction> Session::find_temp_function(const std::string& name) const {
    std::lock_guard lock(mutex_);
    return find_in(temp_functions_, name);
}
void Session::put_temp_function(const std::string& name, analyzer::SqlFunction function) {
    std::lock_guard lock(mutex_);
    temp_functions_[types::to_lower(name)] = std::move(function);
}
bool Session::drop_temp_function(const std::string& name) {
    std::lock_guard lock(mutex_);
    return temp_functions_.erase(types::to_lower(name)) +
               python_functions_.erase(types::to_lower(name)) >
           0;
}
std::map<std::string, analyzer::SqlFunction> Session::temp_functions() const {
    std::lock_guard lock(mutex_);
    return temp_functions_;
}
std::shared_ptr<const plan::PythonUdf> Session::find_python_function(
    const std::string& name) const {
    std::lock_guard lock(mutex_);
    return find_in(python_functions_, name).value_or(nullptr);
}
std::vector<std::string> Session::python_function_names() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, function] : python_functions_) names.push_back(name);
    return names;
}
void Session::put_python_function(
    const std::string& name, std::shared_ptr<const plan::PythonUdf> function) {
    std::lock_guard lock(mutex_);
    python_functions_[types::to_lower(name)] = std::move(function);
}

std::optional<analyzer::Variable> Session::find_variable(const std::string& name) const {
    std::lock_guard lock(mutex_);
    return find_in(variables_, name);
}
void Session::put_variable(analyzer::Variable variable) {
    std::lock_guard lock(mutex_);
    variables_[types::to_lower(variable.name.back())] = std::move(variable);
}
bool Session::drop_variable(const std::string& name) {
    std::lock_guard lock(mutex_);
    return variables_.erase(types::to_lower(name)) > 0;
}

void Session::persist(const resolved::PlanPtr& plan, const StorageLevel& level) {
    cached_.add(*plan, level);
}

bool Session::unpersist(const resolved::PlanPtr& plan) {
    auto key = cached_.remove(*plan);
    if (key) platform_.engine().drop_materialized(*key);
    return key.has_value();
}

std::optional<StorageLevel> Session::find_persisted(const resolved::PlanPtr& plan) const {
    auto cached = cached_.find(*plan);
    if (!cached) return std::nullopt;
    return cached->level;
}

void Session::clear_cache() {
    for (const auto& key : cached_.clear()) platform_.engine().drop_materialized(key);
}

resolved::PlanPtr Session::use_cache(const resolved::PlanPtr& plan) {
    if (!config_.get_bool("spark.sql.crossJoin.enabled", true))
        analyzer::check_cartesian_products(plan);
    if (cached_.empty()) return plan;
    return resolved::replace_subtrees(
        plan, [&](const resolved::PlanPtr& node) -> resolved::PlanPtr {
            std::string outdated;
            auto found = cached_.use(*node, &outdated);
            if (!found) return nullptr;
            auto& engine = platform_.engine();
            if (!outdated.empty()) engine.drop_materialized(outdated);
            if (!engine.is_materialized(found->cache_key))
                engine.materialize(found->cache_key, node, query_context());
            auto cached = std::make_shared<resolved::Cached>();
            cached->cache_key = found->cache_key;
            cached->child = node;
            cached->output = node->output;
            return cached;
        });
}

bool Session::is_first_request(const std::string& request) {
    constexpr size_t kMaxRequests = 1000;
    std::lock_guard lock(mutex_);
    if (requests_.size() >= kMaxRequests) requests_.clear();
    return requests_.insert(request).second;
}

std::string Session::checkpoint(const resolved::PlanPtr& plan, bool eager) {
    std::string id = uuid();
    resolved::PlanPtr kept = plan;
    if (eager) {
        platform_.engine().materialize(id, use_cache(plan), query_context());
        auto cached = std::make_shared<resolved::Cached>();
        cached->cache_key = id;
        cached->output = plan->output;
        kept = cached;
    }
    std::lock_guard lock(mutex_);
    checkpoints_[id] = kept;
    return id;
}

resolved::PlanPtr Session::find_checkpoint(const std::string& id) const {
    std::lock_guard lock(mutex_);
    auto it = checkpoints_.find(id);
    return it == checkpoints_.end() ? nullptr : it->second;
}

void Session::keep_script_result(const std::string& checkpoint_id) {
    std::string previous;
    {
        std::lock_guard lock(mutex_);
        previous = std::exchange(script_result_, checkpoint_id);
    }
    if (!previous.empty()) drop_checkpoint(previous);
}

void Session::drop_checkpoint(const std::string& id) {
    {
        std::lock_guard lock(mutex_);
        checkpoints_.erase(id);
    }
    platform_.engine().drop_materialized(id);
}

}  // namespace hanok::session

#pragma once
// One user's session: configuration, current namespace, temporary views, variables, cached plans;
// and the way from an unresolved plan to rows. Thread-safe: several operations of a session may run
// at once.

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "engine/engine.h"
#include "plan/command.h"
#include "session/cached_plans.h"
#include "session/config.h"
#include "session/platform.h"
#include "session/session_files.h"
#include "sql/parser.h"

namespace hanok::session {

struct Namespace {
    std::string catalog;
    std::string schema;
};

// A table name told apart: which catalog, schema and name it means.
struct TableKey {
    std::string catalog;
    std::string schema;
    std::string name;
    std::vector<std::string> parts() const { return {catalog, schema, name}; }
};

// Runs a command for SQL relations that hold one (SHOW …). Set by commands/ at start.
using CommandRunner = std::function<resolved::PlanPtr(class Session&, const plan::CommandPtr&)>;

class Session {
public:
    Session(Platform& platform, std::string user, std::string id);
    ~Session();
    // Same configuration, views, functions, variables and namespace.
    std::unique_ptr<Session> clone(const std::string& new_id) const;

    Platform& platform() { return platform_; }
    const std::string& user() const { return user_; }
    const std::string& id() const { return id_; }
    Config& config() { return config_; }

    Namespace current() const;
    void set_current(Namespace current);

    // ---- analysis and execution
    resolved::PlanPtr analyze(const plan::RelationPtr& relation);
    // A fresh analyzer over this session's names (commands analyse conditions and assignments with
    // it).
    std::unique_ptr<analyzer::Analyzer> analyzer();
    // How this session reads SQL text.
    sql::ParserOptions parser_options() const;
    engine::QueryContext query_context(const std::string& operation_id = "");
    std::unique_ptr<engine::ResultStream> execute(
        const resolved::PlanPtr& plan, const std::string& operation_id = "");

    // ---- names
    // {"t"}, {"s","t"}, {"c","s","t"}; throws for more parts. Does not check that the table is
    // there.
    TableKey table_key(const std::vector<std::string>& name) const;
    // {"s"} or {"c","s"}.
    Namespace namespace_key(const std::vector<std::string>& name) const;
    // delta.`/p`, parquet.`/p`: format and path; nullopt for other names.
    static std::optional<std::pair<std::string, std::string>> path_table(
        const std::vector<std::string>& name);
    // The scan of a catalog table. `version`/`timestamp_micros`: time travel (Delta only).
    resolved::ScanSourcePtr scan_of(const catalog::TableInfo& table, std::optional<int64_t> version,
        std::optional<int64_t> timestamp_micros);
    resolved::ScanSourcePtr scan_of_delta(const std::string& path, const std::string& shown_name,
        std::optional<int64_t> version, std::optional<int64_t> timestamp_micros);

    // ---- temporary objects
    std::optional<analyzer::ResolvedView> find_temp_view(const std::string& name) const;
    void put_temp_view(const std::string& name, analyzer::ResolvedView view);
    bool drop_temp_view(const std::string& name);
    std::map<std::string, analyzer::ResolvedView> temp_views() const;

    std::optional<analyzer::SqlFunction> find_temp_function(const std::string& name) const;
    void put_temp_function(const std::string& name, analyzer::SqlFunction function);
    bool drop_temp_function(const std::string& name);
    std::map<std::string, analyzer::SqlFunction> temp_functions() const;
    std::shared_ptr<const plan::PythonUdf> find_python_function(const std::string& name) const;
    void put_python_function(
        const std::string& name, std::shared_ptr<const plan::PythonUdf> function);

    std::vector<std::string> python_function_names() const;

    // Files that the client gave to its Python code.
    SessionFiles& files() { return *files_; }

    std::optional<analyzer::Variable> find_variable(const std::string& name) const;
    void put_variable(analyzer::Variable variable);
    bool drop_variable(const std::string& name);
    // Keeps the checkpoint with a script's rows until the next script has some.
    void keep_script_result(const std::string& checkpoint_id);

    // ---- cached plans
    void persist(const resolved::PlanPtr& plan, const StorageLevel& level);
    bool unpersist(const resolved::PlanPtr& plan);
    std::optional<StorageLevel> find_persisted(const resolved::PlanPtr& plan) const;
    void clear_cache();
    // The plan that runs: subtrees of `plan` that are persisted become Cached nodes; materialises
    // them on first use. Throws what only plans that run are refused for (cartesian products).
    resolved::PlanPtr use_cache(const resolved::PlanPtr& plan);
    // Remembers a request that creates something and whose DataFrame asks again when it is used:
    // false when it is known already.
    bool is_first_request(const std::string& request);
    // DataFrame checkpoints.
    std::string checkpoint(const resolved::PlanPtr& plan, bool eager);
    resolved::PlanPtr find_checkpoint(const std::string& id) const;
    void drop_checkpoint(const std::string& id);

    static void set_command_runner(CommandRunner runner);
    static const CommandRunner& command_runner();

private:
    Platform& platform_;
    const std::string user_;
    const std::string id_;
    Config config_;
    const std::unique_ptr<analyzer::Resolver> resolver_;
    const std::unique_ptr<SessionFiles> files_;
    CachedPlans cached_;
    mutable std::mutex mutex_;  // guards everything below
    Namespace current_;
    std::map<std::string, analyzer::ResolvedView> temp_views_;
    std::map<std::string, analyzer::SqlFunction> temp_functions_;
    std::map<std::string, std::shared_ptr<const plan::PythonUdf>> python_functions_;
    std::map<std::string, analyzer::Variable> variables_;
    std::map<std::string, resolved::PlanPtr> checkpoints_;
    std::string script_result_;
    std::set<std::string> requests_;
};

}  // namespace hanok::session

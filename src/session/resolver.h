#pragma once
// The analyzer's view of a session: tables, views, files, functions, variables.

#include <memory>

#include "analyzer/analyzer.h"

namespace hanok::session {

class ScriptScopes;
class Session;

class SessionResolver final : public analyzer::Resolver {
public:
    // `script`: variables of a running script that come before the session's; may be null.
    explicit SessionResolver(Session& session, const ScriptScopes* script = nullptr)
        : session_(session), script_(script) {}

    analyzer::ResolvedName table(const std::vector<std::string>& name, const plan::Options& options,
        std::optional<int64_t> version, std::optional<int64_t> timestamp_micros) override;
    resolved::ScanSourcePtr data_source(const plan::DataSource& source) override;
    std::vector<std::string> similar_tables(const std::vector<std::string>& name) override;
    std::optional<analyzer::SqlFunction> sql_function(
        const std::vector<std::string>& name) override;
    std::shared_ptr<const plan::PythonUdf> python_function(const std::string& name) override;
    std::optional<analyzer::Variable> variable(const std::vector<std::string>& name) override;
    resolved::PlanPtr run_command(const plan::CommandPtr& command) override;
    resolved::PlanPtr cached_relation(const std::string& relation_id) override;
    resolved::PlanPtr cached_plan(const plan::RelationPtr& plan) override;
    std::vector<std::vector<types::Value>> collect(
        const resolved::PlanPtr& plan, int64_t max_rows) override;

private:
    Session& session_;
    const ScriptScopes* script_;
};

}  // namespace hanok::session

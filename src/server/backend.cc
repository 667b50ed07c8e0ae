#include "server/backend.h"

#include <functional>
#include <map>
#include <mutex>

#include "analyzer/analyzer.h"
#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/command.h"
#include "commands/explain.h"
#include "engine/observed_scope.h"
#include "resolved/fingerprint.h"
#include "resolved/printer.h"
#include "session/script_scopes.h"
#include "session/session.h"
#include "session/store_access.h"
#include "session/stream_source.h"

namespace hanok::server {

namespace {

using connect::ExplainMode;
using connect::OperationContext;
using connect::RunResult;
using connect::StorageLevel;

// A stream that stops when its operation is cancelled.
class CancellableStream final : public engine::ResultStream {
public:
    CancellableStream(std::unique_ptr<engine::ResultStream> stream,
        std::shared_ptr<connect::Cancellation> cancellation)
        : stream_(std::move(stream)), cancellation_(std::move(cancellation)) {
        if (cancellation_) cancellation_->on_cancel([this] { stream_->cancel(); });
    }
    ~CancellableStream() override {
        if (cancellation_) cancellation_->on_cancel(nullptr);
    }
    std::shared_ptr<arrow::Schema> schema() const override { return stream_->schema(); }
    std::shared_ptr<arrow::RecordBatch> next() override { return stream_->next(); }
    void cancel() override { stream_->cancel(); }
    std::vector<engine::ObservedMetrics> observed() const override { return stream_->observed(); }
    std::vector<engine::OperatorMetrics> metrics() const override { return stream_->metrics(); }

private:
    std::unique_ptr<engine::ResultStream> stream_;
    std::shared_ptr<connect::Cancellation> cancellation_;
};

bool reads_files(const resolved::Plan& plan) {
    if (plan.kind == resolved::PlanKind::kScan) return true;
    for (const auto& child : resolved::children(plan)) {
        if (reads_files(*child)) return true;
    }
    return false;
}

void collect_files(const resolved::Plan& plan, std::vector<std::string>* out) {
    if (plan.kind == resolved::PlanKind::kScan) {
        for (auto& file : plan.as<resolved::Scan>().source->input_files())
            out->push_back(std::move(file));
    }
    for (const auto& child : resolved::children(plan)) collect_files(*child, out);
}

class Sessions final : public connect::SessionBackend {
public:
    explicit Sessions(std::unique_ptr<session::Session> session) : session_(std::move(session)) {}

    RunResult execute(
        const plan::RelationPtr& relation, const OperationContext& operation) override {
        return stream(session_->analyze(relation), operation);
    }

    RunResult run(const plan::CommandPtr& command, const OperationContext& operation) override {
        session::InterruptCheck interruptible(
            [&] { return operation.cancellation && operation.cancellation->is_cancelled(); });
        engine::ObservedScope observed;
        auto rows = commands::run(*session_, command);
        if (!rows) return {types::DataType::struct_({}), nullptr, observed.take()};
        return stream(rows, operation);
    }

    void add_file(const std::string& artifact, const std::string& bytes) override {
        session_->files().add(artifact, bytes);
    }

    types::TypePtr schema(const plan::RelationPtr& relation) override {
        return resolved::output_schema(*session_->analyze(relation));
    }

    std::string explain(const plan::RelationPtr& relation, ExplainMode mode) override {
        storage::StoreScope scope(session::store_settings(*session_));
        static const std::map<ExplainMode, std::string> names{{ExplainMode::kSimple, "SIMPLE"},
            {ExplainMode::kExtended, "EXTENDED"}, {ExplainMode::kCodegen, "CODEGEN"},
            {ExplainMode::kCost, "COST"}, {ExplainMode::kFormatted, "FORMATTED"}};
        return commands::explain_query(*session_, relation, names.at(mode));
    }

    std::string tree_string(const plan::RelationPtr& relation, std::optional<int> level) override {
        return analyzer::schema_tree(*schema(relation), level.value_or(-1));
    }
    bool is_local(const plan::RelationPtr& relation) override {
        auto plan = session_->analyze(relation);
        return plan->kind == resolved::PlanKind::kLocalData ||
               plan->kind == resolved::PlanKind::kValues;
    }
    bool is_streaming(const plan::RelationPtr& relation) override {
        return session::reads_stream(*session_->analyze(relation));
    }
    std::vector<std::string> input_files(const plan::RelationPtr& relation) override {
        std::vector<std::string> out;
        auto plan = session_->analyze(relation);
        if (reads_files(*plan)) collect_files(*plan, &out);
        return out;
    }
    bool same_semantics(const plan::RelationPtr& a, const plan::RelationPtr& b) override {
        return resolved::fingerprint(*session_->analyze(a)) ==
               resolved::fingerprint(*session_->analyze(b));
    }
    int32_t semantic_hash(const plan::RelationPtr& relation) override {
        return static_cast<int32_t>(
            std::hash<std::string>()(resolved::fingerprint(*session_->analyze(relation))));
    }

    void persist(const plan::RelationPtr& relation, const StorageLevel& level) override {
        session_->persist(
            session_->analyze(relation), {level.use_memory, level.use_disk, level.use_off_heap,
                                             level.deserialized, level.replication});
    }
    void unpersist(const plan::RelationPtr& relation, bool) override {
        session_->unpersist(session_->analyze(relation));
    }
    StorageLevel storage_level(const plan::RelationPtr& relation) override {
        auto level = session_->find_persisted(session_->analyze(relation));
        if (!level) return {};
        return {level->use_disk, level->use_memory, level->use_off_heap, level->deserialized,
            level->replication};
    }

    std::string checkpoint(
        const plan::RelationPtr& relation, bool eager, const OperationContext&) override {
        return session_->checkpoint(session_->analyze(relation), eager);
    }
    void drop_cached(const std::string& relation_id) override {
        session_->drop_checkpoint(relation_id);
    }

    std::optional<std::string> config_get(const std::string& key) override {
        auto value = session_->config().find(key);
        if (!value && session::Config::is_known(key)) return std::nullopt;
        return value;
    }
    std::string config_set(const std::string& key, const std::string& value) override {
        session_->config().set(key, value);
        return "";
    }
    void config_unset(const std::string& key) override { session_->config().unset(key); }
    bool config_is_modifiable(const std::string& key) override {
        return session_->config().is_modifiable(key);
    }
    std::map<std::string, std::string> config_all() override {
        return session_->config().all_set();
    }

    sql::ParserOptions parser_options() override { return session_->parser_options(); }

    std::shared_ptr<connect::SessionBackend> clone(const std::string& new_session_id) override {
        return std::make_shared<Sessions>(session_->clone(new_session_id));
    }

private:
    RunResult stream(const resolved::PlanPtr& plan, const OperationContext& operation) {
        auto rows = session_->execute(plan, operation.operation_id);
        return {resolved::output_schema(*plan),
            std::make_unique<CancellableStream>(std::move(rows), operation.cancellation)};
    }

    std::unique_ptr<session::Session> session_;
};

}  // namespace

std::shared_ptr<connect::SessionBackend> PlatformBackend::open_session(
    const std::string& user, const std::string& session_id) {
    return std::make_shared<Sessions>(
        std::make_unique<session::Session>(platform_, user, session_id));
}

}  // namespace hanok::server

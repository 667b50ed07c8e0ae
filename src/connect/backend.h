#pragma once
// What the Spark Connect service asks of the rest of Hanok. server/ implements it over session/;
// tests over a double. The service owns sessions' lives, operations, artifacts and the protocol; a
// backend owns meaning.
//
// Threads: every method may be called from several worker threads at once, also for one session.
// They run on threads with large stacks and may block. They throw hanok::Error.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "plan/command.h"
#include "plan/relation.h"
#include "sql/parser.h"
#include "types/data_type.h"

namespace hanok::connect {

// Carries a client's wish to stop an operation to whatever is running it.
class Cancellation {
public:
    bool is_cancelled() const { return cancelled_.load(std::memory_order_acquire); }
    // Idempotent. Calls the handler, if any, on the caller's thread.
    void cancel();
    // `handler` runs once: when cancel() is called, or at once if it already was. Null removes it;
    // after that returns the old handler does not run any more. It must not call back into this
    // object.
    void on_cancel(std::function<void()> handler);

private:
    std::atomic<bool> cancelled_{false};
    std::mutex mutex_;  // guards handler_
    std::function<void()> handler_;
};

// One ExecutePlan. Lives until the operation is released.
struct OperationContext {
    std::string operation_id;
    std::string user;
    std::string session_id;
    std::vector<std::string> tags;
    std::string statement;  // SQL text when the operation is one, for query lists; else empty
    std::shared_ptr<Cancellation> cancellation;
};

// Rows with the Spark schema that the analyzer promised. A command without output has an empty
// struct and a null stream.
struct RunResult {
    types::TypePtr schema;
    std::unique_ptr<engine::ResultStream> stream;
    std::vector<engine::ObservedMetrics>
        observed;  // of a command's query; a stream reports its own
};

struct StorageLevel {
    bool use_disk = false;
    bool use_memory = false;
    bool use_off_heap = false;
    bool deserialized = false;
    int32_t replication = 1;
};

enum class ExplainMode { kSimple, kExtended, kCodegen, kCost, kFormatted };

// One session of one user: configuration, temporary views, current namespace. Its destruction ends
// it.
class SessionBackend {
public:
    virtual ~SessionBackend() = default;

    // Analyses and starts a query. Errors of analysis and planning come from here.
    virtual RunResult execute(
        const plan::RelationPtr& relation, const OperationContext& operation) = 0;
    // Runs a command to its end.
    virtual RunResult run(const plan::CommandPtr& command, const OperationContext& operation) = 0;

    virtual types::TypePtr schema(const plan::RelationPtr& relation) = 0;
    virtual std::string explain(const plan::RelationPtr& relation, ExplainMode mode) = 0;
    virtual std::string tree_string(
        const plan::RelationPtr& relation, std::optional<int> level) = 0;
    virtual bool is_local(const plan::RelationPtr& relation) = 0;
    virtual bool is_streaming(const plan::RelationPtr& relation) = 0;
    virtual std::vector<std::string> input_files(const plan::RelationPtr& relation) = 0;
    virtual bool same_semantics(const plan::RelationPtr& a, const plan::RelationPtr& b) = 0;
    virtual int32_t semantic_hash(const plan::RelationPtr& relation) = 0;

    virtual void persist(const plan::RelationPtr& relation, const StorageLevel& level) = 0;
    virtual void unpersist(const plan::RelationPtr& relation, bool blocking) = 0;
    virtual StorageLevel storage_level(const plan::RelationPtr& relation) = 0;

    // Keeps the relation's rows (eager) or plan under a new id, for plan::CachedRelation.
    virtual std::string checkpoint(
        const plan::RelationPtr& relation, bool eager, const OperationContext& operation) = 0;
    virtual void drop_cached(const std::string& relation_id) = 0;

    // Configuration. config_get: the value, or Spark's default for a key it knows; nullopt
    // otherwise.
    virtual std::optional<std::string> config_get(const std::string& key) = 0;
    // Throws CANNOT_MODIFY_CONFIG and the like. Returns a warning for deprecated keys, "" for none.
    virtual std::string config_set(const std::string& key, const std::string& value) = 0;
    virtual void config_unset(const std::string& key) = 0;
    virtual bool config_is_modifiable(const std::string& key) = 0;
    // Explicitly set keys and values.
    virtual std::map<std::string, std::string> config_all() = 0;

    // How this session reads SQL text.
    virtual sql::ParserOptions parser_options() = 0;

    // A file that the client added: "pyfiles/NAME", "files/NAME", "archives/NAME#FOLDER"; others
    // mean nothing here.
    virtual void add_file(const std::string& artifact, const std::string& bytes) = 0;

    // A session with the same configuration, views, functions, files and current namespace.
    virtual std::shared_ptr<SessionBackend> clone(const std::string& new_session_id) = 0;
};

class Backend {
public:
    virtual ~Backend() = default;
    virtual std::shared_ptr<SessionBackend> open_session(
        const std::string& user, const std::string& session_id) = 0;
    // The principal that keys sessions. `authorization` is the header of that name, "" without one.
    // The default trusts the client's user id.
    virtual std::string authenticate(const std::string& user_id, const std::string& authorization);
};

}  // namespace hanok::connect

#include "engine/instance/instance.h"

#include <algorithm>
#include <duckdb/storage/buffer_manager.hpp>

#include "base/error.h"
#include "engine/chunk_visitor.h"
#include "engine/errors/duckdb_error.h"
#include "engine/functions/function_lowering.h"
#include "engine/instance/process_memory.h"
#include "engine/io/scan.h"
#include "engine/io/store_file_system.h"
#include "engine/lowering/fence.h"
#include "engine/lowering/observe.h"
#include "engine/lowering/range_scan.h"
#include "engine/python/script_function.h"
#include "engine/python/source_scan.h"
#include "engine/python/stage_function.h"
#include "python/worker_pool.h"

namespace hanok::engine {

namespace {

constexpr size_t kIdleConnections = 16;
constexpr const char* kVersion = "v1.5.5";

std::unique_ptr<duckdb::DuckDB> open_database(const EngineOptions& options) {
    // The library's SONAME has no version: a wrong one would corrupt memory rather than fail to
    // link.
    if (std::string(duckdb::DuckDB::LibraryVersion()) != kVersion)
        throw internal_error(std::string("DuckDB ") + duckdb::DuckDB::LibraryVersion() +
                             " found, " + kVersion + " needed");
    duckdb::DBConfig config;
    if (options.threads > 0)
        config.SetOptionByName("threads", duckdb::Value::BIGINT(options.threads));
    auto limit = options.memory_limit_bytes;
    if (limit <= 0) {
        auto file_system = duckdb::FileSystem::CreateLocal();
        limit = static_cast<int64_t>(
            duckdb::DBConfig::GetSystemAvailableMemory(*file_system) / 10 * 7);
    }
    config.SetOptionByName("memory_limit", duckdb::Value(std::to_string(limit) + "B"));
    config.SetOptionByName("temp_directory", duckdb::Value(options.spill_directory));
    config.SetOptionByName("autoinstall_known_extensions", duckdb::Value::BOOLEAN(false));
    config.SetOptionByName("autoload_known_extensions", duckdb::Value::BOOLEAN(false));
    config.SetOptionByName("preserve_insertion_order", duckdb::Value::BOOLEAN(true));
    config.SetOptionByName("max_expression_depth", duckdb::Value::UBIGINT(1'000'000));
    config.SetOptionByName("allocator_flush_threshold", duckdb::Value("32MB"));
    return std::make_unique<duckdb::DuckDB>(nullptr, &config);
}

}  // namespace

std::shared_ptr<Instance> Instance::open(const EngineOptions& options) {
    std::shared_ptr<Instance> instance(new Instance());
    instance->workers_ = options.workers
                             ? options.workers
                             : std::make_shared<python::WorkerPool>(python::PoolOptions{});
    with_translated_errors([&] {
        instance->database_ = open_database(options);
        register_kernels(*instance->database_->instance);
        register_range(*instance->database_->instance);
        register_chunk_visitor(*instance->database_->instance);
        register_observe(*instance->database_->instance);
        register_fence(*instance->database_->instance);
        register_python(*instance->database_->instance);
        register_python_source(*instance->database_->instance);
        register_script(*instance->database_->instance);
        register_io(*instance->database_->instance);
    });
    return instance;
}

Instance::Lease::Lease(
    std::shared_ptr<Instance> instance, std::unique_ptr<duckdb::Connection> connection)
    : instance_(std::move(instance)), connection_(std::move(connection)) {}

Instance::Lease::~Lease() {
    if (!connection_) return;
    // A query that did not run to its end has tasks in the scheduler. ~ClientContext would leave
    // them there when an exception is on its way.
    try {
        connection_->context->CancelTransaction();
    } catch (const std::exception&) {
        instance_->mark_broken();
    }
    instance_->give_back(std::move(connection_));
}

Instance::Lease Instance::acquire() {
    std::unique_ptr<duckdb::Connection> connection;
    {
        std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            connection = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (!connection) connection = std::make_unique<duckdb::Connection>(*database_);
    use_store_settings(*connection->context, storage::StoreScope::current());
    idle_release_.query_began();
    return {shared_from_this(), std::move(connection)};
}

void Instance::give_back(std::unique_ptr<duckdb::Connection> connection) {
    if (!broken_) {
        std::lock_guard lock(mutex_);
        if (idle_.size() < kIdleConnections) idle_.push_back(std::move(connection));
    }
    idle_release_.query_ended();
}

MaterializedRowsPtr Instance::materialized(const std::string& key) const {
    std::lock_guard lock(mutex_);
    auto found = materialized_.find(key);
    return found == materialized_.end() ? nullptr : found->second;
}

void Instance::keep_materialized(const std::string& key, MaterializedRowsPtr rows) {
    std::lock_guard lock(mutex_);
    materialized_[key] = std::move(rows);
}

void Instance::drop_materialized(const std::string& key) {
    MaterializedRowsPtr dropped;  // freed outside the lock
    std::lock_guard lock(mutex_);
    auto found = materialized_.find(key);
    if (found == materialized_.end()) return;
    dropped = std::move(found->second);
    materialized_.erase(found);
}

int64_t Instance::memory_used_bytes() const {
    return static_cast<int64_t>(database_->instance->GetBufferManager().GetUsedMemory());
}

}  // namespace hanok::engine

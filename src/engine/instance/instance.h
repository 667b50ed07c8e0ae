#pragma once
// One DuckDB instance with Hanok's kernels, scans and settings, and the connections to it.

#include <atomic>
#include <duckdb.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/instance/process_memory.h"

namespace hanok::engine {

// Rows kept under a key (cache, checkpoint). They live in the instance's buffer pool and may spill.
struct MaterializedRows {
    duckdb::unique_ptr<duckdb::ColumnDataCollection> rows;
};
using MaterializedRowsPtr = std::shared_ptr<const MaterializedRows>;

class Instance : public std::enable_shared_from_this<Instance> {
public:
    static std::shared_ptr<Instance> open(const EngineOptions& options);

    // A connection for one query; back to the pool when the lease ends. Keeps the instance alive.
    class Lease {
    public:
        Lease(std::shared_ptr<Instance> instance, std::unique_ptr<duckdb::Connection> connection);
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease();
        duckdb::Connection& operator*() const { return *connection_; }
        duckdb::Connection* operator->() const { return connection_.get(); }
        Instance& instance() const { return *instance_; }

    private:
        std::shared_ptr<Instance> instance_;
        std::unique_ptr<duckdb::Connection> connection_;
    };
    Lease acquire();

    duckdb::DuckDB& database() { return *database_; }
    // True after a fatal error: no further query runs here.
    bool is_broken() const { return broken_; }
    void mark_broken() { broken_ = true; }

    MaterializedRowsPtr materialized(const std::string& key) const;
    void keep_materialized(const std::string& key, MaterializedRowsPtr rows);
    void drop_materialized(const std::string& key);

    int64_t memory_used_bytes() const;
    const std::shared_ptr<python::WorkerPool>& workers() const { return workers_; }

private:
    Instance() = default;
    void give_back(std::unique_ptr<duckdb::Connection> connection);

    std::shared_ptr<python::WorkerPool> workers_;
    std::unique_ptr<duckdb::DuckDB> database_;
    std::atomic<bool> broken_ = false;
    IdleRelease idle_release_;
    mutable std::mutex mutex_;  // guards what follows
    std::vector<std::unique_ptr<duckdb::Connection>> idle_;
    std::map<std::string, MaterializedRowsPtr> materialized_;
};

using InstancePtr = std::shared_ptr<Instance>;

}  // namespace hanok::engine

#pragma once
// What all sessions of one server share: catalog, engine, open tables, folders.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "analyzer/analyzer.h"
#include "base/clock.h"
#include "catalog/catalog.h"
#include "delta/fwd.h"
#include "delta/handlers.h"
#include "engine/engine.h"
#include "session/data_changes.h"

namespace hanok::session {

struct PlatformOptions {
    std::string data_dir;
    engine::EngineOptions engine;
};

class Platform {
public:
    // Creates the data folder when absent and locks it. Throws Error DATA_FOLDER_IN_USE when
    // another running server owns it.
    static std::unique_ptr<Platform> open(const PlatformOptions& options);
    ~Platform();

    base::Clock& clock() { return clock_; }
    catalog::Catalog& catalog() { return *catalog_; }
    engine::Engine& engine() { return *engine_; }
    const std::string& data_dir() const { return data_dir_; }
    const std::string& warehouse() const { return warehouse_; }

    // The Delta table at a path; one object per path while it is in use, so that snapshots refresh
    // incrementally.
    std::shared_ptr<delta::Table> delta_table(const std::string& path);
    // After DROP TABLE or a path's removal.
    void forget_table(const std::string& path);

    // What sessions wrote, other than Delta tables.
    DataChanges& data_changes() { return data_changes_; }

    // global_temp views live as long as the server.
    std::map<std::string, analyzer::ResolvedView> global_views() const;
    void put_global_view(const std::string& name, analyzer::ResolvedView view);
    bool drop_global_view(const std::string& name);

private:
    Platform(std::string data_dir, int lock_fd);

    base::Clock& clock_;
    std::string data_dir_;
    std::string warehouse_;
    int lock_fd_ = -1;
    std::unique_ptr<catalog::Catalog> catalog_;
    std::unique_ptr<engine::Engine> engine_;
    delta::Handlers handlers_;
    DataChanges data_changes_;
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<delta::Table>> tables_;  // guarded by mutex_
    std::map<std::string, analyzer::ResolvedView> global_views_;   // guarded by mutex_
};

}  // namespace hanok::session

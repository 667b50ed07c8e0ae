#pragma once
// How DuckDB reaches objects: local files directly, all others through storage::ObjectStore.

#include <duckdb.hpp>
#include <string>

#include "storage/store_settings.h"

namespace hanok::engine {

// The local file behind a path, or the path itself, which the registered file system then opens.
std::string path_to_open(const std::string& path);

// Makes DuckDB read and write "memory://…", "s3://…" and the like through their stores.
void register_store_file_system(duckdb::DatabaseInstance& instance);

// The settings by which this connection's queries reach their stores, on all their threads.
void use_store_settings(duckdb::ClientContext& context, storage::StoreSettingsPtr settings);

// Says that a file is known and never changes, so that opening it asks nobody.
void describe_immutable_file(duckdb::OpenFileInfo& info, int64_t size_bytes, int64_t modified_ms);

}  // namespace hanok::engine

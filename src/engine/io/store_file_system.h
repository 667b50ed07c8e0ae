#pragma once
// How DuckDB reaches objects: local files directly, all others through storage::ObjectStore.

#include <duckdb.hpp>
#include <string>

namespace hanok::engine {

// The local file behind a path, or the path itself, which the registered file system then opens.
std::string path_to_open(const std::string& path);

// Makes DuckDB read and write "memory://…" and the other non-local schemes through their stores.
void register_store_file_system(duckdb::DatabaseInstance& instance);

}  // namespace hanok::engine

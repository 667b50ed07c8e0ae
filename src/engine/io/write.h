#pragma once
// Running a query into data files.

#include <duckdb.hpp>
#include <functional>
#include <vector>

#include "engine/engine.h"
#include "resolved/plan.h"

namespace hanok::engine {

// The lowered query. Its columns are called column_names[i], stand for attributes[i] and have that
// attribute's to_logical_type(). `connection` is free for use; the caller translates DuckDB's
// exceptions.
struct WriteInput {
    duckdb::Connection& connection;
    duckdb::unique_ptr<duckdb::QueryNode> query;
    resolved::Attributes attributes;
    std::vector<std::string> column_names;
    const WriteSpec& spec;
    const QueryContext& context;
    const std::function<bool()>& is_cancelled;  // may be empty; polled, then OPERATION_CANCELED
};

// Engine::write. Removes the files already written when it throws.
std::vector<WrittenFile> write_files(WriteInput input);

}  // namespace hanok::engine

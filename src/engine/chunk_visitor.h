#pragma once
// Queries whose rows are taken where they are made, by all threads at once.

#include <duckdb.hpp>
#include <functional>
#include <string>

namespace hanok::engine {

// Thread-safe; the chunk is valid for the call.
using ChunkVisitor = std::function<void(duckdb::DataChunk&)>;

// Calls `visit` with the chunks of a SELECT, in no particular order.
void visit_chunks(
    duckdb::Connection& connection, const std::string& select, const ChunkVisitor& visit);

// Registers the table function that does it.
void register_chunk_visitor(duckdb::DatabaseInstance& instance);

}  // namespace hanok::engine

#pragma once
// DuckDB's exceptions as Spark's error conditions.

#include <duckdb.hpp>

#include "base/error.h"

namespace hanok::engine {

// Errors that kernels carry as text come back as they were; the others are mapped by kind. An
// interrupt becomes OPERATION_CANCELED.
Error translate_error(const duckdb::ErrorData& error);

// Does the error make the DuckDB instance unusable?
bool is_fatal(const duckdb::ErrorData& error);

// Runs `f`; what it throws as DuckDB's exception leaves as Error.
template <class F>
auto with_translated_errors(F&& f) -> decltype(f()) {
    try {
        return f();
    } catch (const Error&) {
        throw;
    } catch (const std::exception& e) {
        throw translate_error(duckdb::ErrorData(e));
    }
}

}  // namespace hanok::engine

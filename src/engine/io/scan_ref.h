#pragma once
// How a table function of ours gets its scan: the argument is the scan's address, and the table
// reference keeps the scan alive until the function has been bound.

#include <duckdb.hpp>
#include <string>

#include "base/error.h"
#include "engine/io/data_scan.h"

namespace hanok::engine {

duckdb::unique_ptr<duckdb::TableRef> scan_ref(
    const std::string& function, const DataScanPtr& scan, const std::string& alias);
DataScanPtr scan_of_argument(const duckdb::Value& argument);

// A table function's work with errors as the engine carries them: as texts.
template <duckdb::table_function_t work>
void carrying_errors(
    duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
    try {
        work(context, input, output);
    } catch (const Error& e) {
        throw duckdb::InvalidInputException(e.encode());
    }
}

}  // namespace hanok::engine

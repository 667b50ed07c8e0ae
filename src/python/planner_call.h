#pragma once
// One question to a Python worker that plans: what a table function's `analyze` says, and the like.
// The worker runs a module of pyspark.sql.worker; the caller's thread waits for the answer.

#include <cstdint>
#include <string>
#include <string_view>

#include "python/added_files.h"
#include "python/worker_pool.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::python {

// A value as such a module reads it: a pickle in the form that values have inside Spark.
std::string pickled_value(const types::Value& value, const types::DataType& type);

class PlannerCall {
public:
    // Sends the request: `body` is what the module reads after the settings. Throws Error
    // HANOK_PYTHON_UNAVAILABLE.
    PlannerCall(WorkerPool& pool, const std::string& module, const std::string& python_version,
        const AddedFiles& files, std::string_view body);

    // The answer, part by part. An exception of the worker is thrown as PlannerError; its end, or
    // silence for too long, as Error HANOK_PYTHON_WORKER_CRASHED.
    int32_t read_int();
    std::string read_bytes();

private:
    void read(char* out, size_t size);

    std::unique_ptr<WorkerPool::Lease> worker_;
};

// The text of what a worker raised.
struct PlannerError {
    std::string traceback;
};

}  // namespace hanok::python

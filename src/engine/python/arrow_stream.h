#pragma once
// Arrow batches as an IPC stream to a Python worker.

#include <memory>

#include "python/task.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow
namespace arrow::ipc {
class RecordBatchWriter;
}

namespace hanok::engine {

// Schema, batches, end.
class ArrowStream {
public:
    ArrowStream(python::Task& task, const std::shared_ptr<arrow::Schema>& schema);
    ~ArrowStream();
    void write(const arrow::RecordBatch& batch);
    void close();

private:
    class Sink;
    std::shared_ptr<Sink> sink_;
    std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
};

}  // namespace hanok::engine

#pragma once
// Record batches as the bytes of ExecutePlanResponse.arrow_batch.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/support/byte_buffer.h>

namespace arrow {
class Buffer;
class RecordBatch;
class Schema;
}  // namespace arrow

namespace hanok::connect {

// Bytes in pieces, which may be shared with whoever made them.
struct Pieces {
    std::vector<std::shared_ptr<arrow::Buffer>> buffers;
    int64_t size = 0;  // bytes
};

// A complete IPC stream: schema, the batches, end of stream. The large buffers of the batches are
// shared, not copied.
Pieces to_ipc_stream(const std::shared_ptr<arrow::Schema>& schema,
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches);
std::string joined(const Pieces& pieces);
// A batch without rows.
std::shared_ptr<arrow::RecordBatch> empty_batch(const std::shared_ptr<arrow::Schema>& schema);

// Part of an encoded batch.
struct BatchChunk {
    Pieces data;
    int64_t row_count = 0;     // of the whole batch
    int64_t start_offset = 0;  // rows before it
    int64_t index = 0;
    int64_t count = 1;        // chunks of the batch
    bool is_chunked = false;  // say so to the client
};
// Pieces of at most `max_chunk_bytes`, without copying.
std::vector<BatchChunk> split_batch(const Pieces& data, int64_t row_count, int64_t start_offset,
    int64_t max_chunk_bytes, bool is_chunked);
// `header` is a serialized ExecutePlanResponse without a batch; the data is shared, not copied.
grpc::ByteBuffer batch_response(std::string header, const BatchChunk& chunk);

}  // namespace hanok::connect

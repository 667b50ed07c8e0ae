#include "connect/arrow_encoding.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "connect/wire.h"
#include "types/arrow_result.h"

namespace hanok::connect {

namespace {

// Field numbers of ExecutePlanResponse and ArrowBatch.
constexpr int kArrowBatchField = 2;
constexpr int kRowCountField = 1;
constexpr int kDataField = 2;
constexpr int kStartOffsetField = 3;
constexpr int kChunkIndexField = 4;
constexpr int kChunkCountField = 5;

void release_buffer(void* user_data) {
    delete static_cast<std::shared_ptr<arrow::Buffer>*>(user_data);
}

}  // namespace

std::shared_ptr<arrow::Buffer> to_ipc_stream(const std::shared_ptr<arrow::Schema>& schema,
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) {
    auto sink = types::must(arrow::io::BufferOutputStream::Create());
    auto options = arrow::ipc::IpcWriteOptions::Defaults();
    options.use_threads = false;
    auto writer = types::must(arrow::ipc::MakeStreamWriter(sink, schema, options));
    for (const auto& batch : batches) types::must(writer->WriteRecordBatch(*batch));
    types::must(writer->Close());
    return types::must(sink->Finish());
}

std::shared_ptr<arrow::RecordBatch> empty_batch(const std::shared_ptr<arrow::Schema>& schema) {
    return types::must(arrow::RecordBatch::MakeEmpty(schema));
}

std::vector<BatchChunk> split_batch(const std::shared_ptr<arrow::Buffer>& data, int64_t row_count,
    int64_t start_offset, int64_t max_chunk_bytes, bool is_chunked) {
    int64_t step = is_chunked ? std::max<int64_t>(1, max_chunk_bytes) : data->size();
    int64_t count = std::max<int64_t>(1, (data->size() + step - 1) / std::max<int64_t>(1, step));
    std::vector<BatchChunk> chunks;
    for (int64_t i = 0; i < count; ++i) {
        BatchChunk chunk;
        int64_t begin = i * step;
        chunk.data = count == 1
                         ? data
                         : arrow::SliceBuffer(data, begin, std::min(step, data->size() - begin));
        chunk.row_count = row_count;
        chunk.start_offset = start_offset;
        chunk.index = i;
        chunk.count = count;
        chunk.is_chunked = is_chunked;
        chunks.push_back(std::move(chunk));
    }
    return chunks;
}

grpc::ByteBuffer batch_response(std::string header, const BatchChunk& chunk) {
    std::string fields;
    wire::append_int(kRowCountField, chunk.row_count, &fields);
    wire::append_int(kStartOffsetField, chunk.start_offset, &fields);
    if (chunk.is_chunked) {
        wire::append_int(kChunkIndexField, chunk.index, &fields);
        wire::append_int(kChunkCountField, chunk.count, &fields);
    }
    auto size = static_cast<uint64_t>(chunk.data->size());
    wire::append_bytes_header(kDataField, size, &fields);
    wire::append_bytes_header(kArrowBatchField, fields.size() + size, &header);
    header += fields;
    auto* owner = new std::shared_ptr<arrow::Buffer>(chunk.data);
    grpc::Slice slices[2] = {
        grpc::Slice(header),
        grpc::Slice(
            const_cast<uint8_t*>(chunk.data->data()), chunk.data->size(), &release_buffer, owner),
    };
    return grpc::ByteBuffer(slices, 2);
}

}  // namespace hanok::connect

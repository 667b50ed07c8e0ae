#include "connect/arrow_encoding.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <string_view>

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

constexpr int64_t kSharedBytes = 4096;  // smaller buffers are copied together

void release_buffer(void* user_data) {
    delete static_cast<std::shared_ptr<arrow::Buffer>*>(user_data);
}

grpc::Slice shared_slice(const std::shared_ptr<arrow::Buffer>& buffer) {
    auto* owner = new std::shared_ptr<arrow::Buffer>(buffer);
    return grpc::Slice(const_cast<uint8_t*>(buffer->data()), static_cast<size_t>(buffer->size()),
        &release_buffer, owner);
}

// A stream that keeps the large buffers written to it.
class GatherStream final : public arrow::io::OutputStream {
public:
    arrow::Status Write(const void* data, int64_t size) override {
        small_.append(static_cast<const char*>(data), static_cast<size_t>(size));
        size_ += size;
        return arrow::Status::OK();
    }
    arrow::Status Write(const std::shared_ptr<arrow::Buffer>& buffer) override {
        if (buffer->size() < kSharedBytes) return Write(buffer->data(), buffer->size());
        flush_small();
        buffers_.push_back(buffer);
        size_ += buffer->size();
        return arrow::Status::OK();
    }
    arrow::Status Close() override {
        is_closed_ = true;
        return arrow::Status::OK();
    }
    bool closed() const override { return is_closed_; }
    arrow::Result<int64_t> Tell() const override { return size_; }

    Pieces take() {
        flush_small();
        return {std::move(buffers_), size_};
    }

private:
    void flush_small() {
        if (small_.empty()) return;
        buffers_.push_back(arrow::Buffer::FromString(std::move(small_)));
        small_.clear();
    }

    std::vector<std::shared_ptr<arrow::Buffer>> buffers_;
    std::string small_;  // follows buffers_
    int64_t size_ = 0;
    bool is_closed_ = false;
};

// The bytes [begin, begin + size).
Pieces slice_of(const Pieces& pieces, int64_t begin, int64_t size) {
    Pieces slice;
    for (const auto& buffer : pieces.buffers) {
        int64_t length = std::min(buffer->size() - begin, size - slice.size);
        if (length > 0) {
            slice.buffers.push_back(arrow::SliceBuffer(buffer, begin, length));
            slice.size += length;
        }
        begin = std::max<int64_t>(0, begin - buffer->size());
    }
    return slice;
}

}  // namespace

Pieces to_ipc_stream(const std::shared_ptr<arrow::Schema>& schema,
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) {
    GatherStream sink;
    auto options = arrow::ipc::IpcWriteOptions::Defaults();
    options.use_threads = false;
    auto writer = types::must(arrow::ipc::MakeStreamWriter(&sink, schema, options));
    for (const auto& batch : batches) types::must(writer->WriteRecordBatch(*batch));
    types::must(writer->Close());
    return sink.take();
}

std::string joined(const Pieces& pieces) {
    std::string bytes;
    bytes.reserve(static_cast<size_t>(pieces.size));
    for (const auto& buffer : pieces.buffers) bytes += std::string_view(*buffer);
    return bytes;
}

std::shared_ptr<arrow::RecordBatch> empty_batch(const std::shared_ptr<arrow::Schema>& schema) {
    return types::must(arrow::RecordBatch::MakeEmpty(schema));
}

std::vector<BatchChunk> split_batch(const Pieces& data, int64_t row_count, int64_t start_offset,
    int64_t max_chunk_bytes, bool is_chunked) {
    int64_t step = is_chunked ? std::max<int64_t>(1, max_chunk_bytes) : data.size;
    int64_t count = std::max<int64_t>(1, (data.size + step - 1) / std::max<int64_t>(1, step));
    std::vector<BatchChunk> chunks;
    for (int64_t i = 0; i < count; ++i) {
        BatchChunk chunk;
        chunk.data = count == 1 ? data : slice_of(data, i * step, step);
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
    auto size = static_cast<uint64_t>(chunk.data.size);
    wire::append_bytes_header(kDataField, size, &fields);
    wire::append_bytes_header(kArrowBatchField, fields.size() + size, &header);
    header += fields;
    std::vector<grpc::Slice> slices{grpc::Slice(header)};
    for (const auto& buffer : chunk.data.buffers) slices.push_back(shared_slice(buffer));
    return grpc::ByteBuffer(slices.data(), slices.size());
}

}  // namespace hanok::connect

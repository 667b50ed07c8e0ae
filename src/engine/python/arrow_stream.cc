#include "engine/python/arrow_stream.h"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>

#include "types/arrow_result.h"

namespace hanok::engine {

namespace {

// Small pieces are gathered; larger buffers are queued as they are.
constexpr int64_t kLargePiece = 4096;

}  // namespace

class ArrowStream::Sink final : public arrow::io::OutputStream {
public:
    explicit Sink(python::Task& task) : task_(task) {}
    arrow::Status Close() override {
        flush();
        return arrow::Status::OK();
    }
    bool closed() const override { return false; }
    arrow::Result<int64_t> Tell() const override { return position_; }
    arrow::Status Write(const void* data, int64_t size) override {
        small_.append(static_cast<const char*>(data), static_cast<size_t>(size));
        position_ += size;
        return arrow::Status::OK();
    }
    arrow::Status Write(const std::shared_ptr<arrow::Buffer>& data) override {
        if (data->size() < kLargePiece) return Write(data->data(), data->size());
        flush();
        task_.send(data);
        position_ += data->size();
        return arrow::Status::OK();
    }
    arrow::Status Flush() override { return arrow::Status::OK(); }
    void flush() {
        if (!small_.empty()) task_.send(std::move(small_));
        small_.clear();
    }

private:
    python::Task& task_;
    std::string small_;
    int64_t position_ = 0;
};

ArrowStream::ArrowStream(python::Task& task, const std::shared_ptr<arrow::Schema>& schema)
    : sink_(std::make_shared<Sink>(task)) {
    writer_ = types::must(arrow::ipc::MakeStreamWriter(sink_, schema));
}

ArrowStream::~ArrowStream() = default;

void ArrowStream::write(const arrow::RecordBatch& batch) {
    types::must(writer_->WriteRecordBatch(batch));
    sink_->flush();
}

void ArrowStream::close() {
    types::must(writer_->Close());
    sink_->flush();
}

}  // namespace hanok::engine

#include "engine/python/arrow_stream.h"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>

#include "base/error.h"

namespace hanok::engine {

namespace {

template <class T>
T must(arrow::Result<T> result) {
    if (!result.ok()) throw internal_error("Arrow: " + result.status().ToString());
    return std::move(result).ValueOrDie();
}

void must(const arrow::Status& status) {
    if (!status.ok()) throw internal_error("Arrow: " + status.ToString());
}

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
    writer_ = must(arrow::ipc::MakeStreamWriter(sink_, schema));
}

ArrowStream::~ArrowStream() = default;

void ArrowStream::write(const arrow::RecordBatch& batch) {
    must(writer_->WriteRecordBatch(batch));
    sink_->flush();
}

void ArrowStream::close() {
    must(writer_->Close());
    sink_->flush();
}

}  // namespace hanok::engine

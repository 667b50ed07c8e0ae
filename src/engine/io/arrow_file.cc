#include "engine/io/arrow_file.h"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>

namespace hanok::engine {

namespace {

class InputFile final : public arrow::io::RandomAccessFile {
public:
    explicit InputFile(duckdb::unique_ptr<duckdb::FileHandle> handle)
        : handle_(std::move(handle)), size_(int64_t(handle_->GetFileSize())) {}

    arrow::Status Close() override {
        closed_ = true;
        return arrow::Status::OK();
    }
    bool closed() const override { return closed_; }
    arrow::Result<int64_t> Tell() const override { return at_; }
    arrow::Status Seek(int64_t position) override {
        at_ = position;
        return arrow::Status::OK();
    }
    arrow::Result<int64_t> GetSize() override { return size_; }
    arrow::Result<int64_t> Read(int64_t bytes, void* out) override {
        ARROW_ASSIGN_OR_RAISE(auto read, ReadAt(at_, bytes, out));
        at_ += read;
        return read;
    }
    arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t bytes) override {
        ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(bytes));
        ARROW_ASSIGN_OR_RAISE(auto read, Read(bytes, buffer->mutable_data()));
        ARROW_RETURN_NOT_OK(buffer->Resize(read));
        return std::shared_ptr<arrow::Buffer>(std::move(buffer));
    }
    arrow::Result<int64_t> ReadAt(int64_t position, int64_t bytes, void* out) override {
        int64_t count = std::max<int64_t>(0, std::min(bytes, size_ - position));
        try {
            if (count > 0) handle_->Read(out, duckdb::idx_t(count), duckdb::idx_t(position));
        } catch (const std::exception& e) {
            return arrow::Status::IOError(e.what());
        }
        return count;
    }
    arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t bytes) override {
        ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(bytes));
        ARROW_ASSIGN_OR_RAISE(auto read, ReadAt(position, bytes, buffer->mutable_data()));
        ARROW_RETURN_NOT_OK(buffer->Resize(read));
        return std::shared_ptr<arrow::Buffer>(std::move(buffer));
    }

private:
    duckdb::unique_ptr<duckdb::FileHandle> handle_;
    int64_t size_;
    int64_t at_ = 0;
    bool closed_ = false;
};

class Output final : public arrow::io::OutputStream {
public:
    explicit Output(duckdb::FileHandle& handle) : handle_(handle) {}

    arrow::Status Close() override {
        closed_ = true;
        return arrow::Status::OK();
    }
    bool closed() const override { return closed_; }
    arrow::Result<int64_t> Tell() const override { return at_; }
    arrow::Status Write(const void* data, int64_t bytes) override {
        try {
            for (int64_t done = 0; done < bytes;) {
                auto* from = const_cast<char*>(static_cast<const char*>(data)) + done;
                done += handle_.Write(from, duckdb::idx_t(bytes - done));
            }
        } catch (const std::exception& e) {
            return arrow::Status::IOError(e.what());
        }
        at_ += bytes;
        return arrow::Status::OK();
    }

private:
    duckdb::FileHandle& handle_;
    int64_t at_ = 0;
    bool closed_ = false;
};

}  // namespace

std::shared_ptr<arrow::io::RandomAccessFile> arrow_input(
    duckdb::unique_ptr<duckdb::FileHandle> handle) {
    return std::make_shared<InputFile>(std::move(handle));
}

std::unique_ptr<arrow::io::OutputStream> arrow_output(duckdb::FileHandle& handle) {
    return std::make_unique<Output>(handle);
}

}  // namespace hanok::engine

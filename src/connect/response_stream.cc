#include "connect/response_stream.h"

#include "connect/errors.h"

namespace hanok::connect {

std::shared_ptr<ResponseStream> ResponseStream::make(const ConnectOptions& options) {
    std::shared_ptr<ResponseStream> stream(new ResponseStream(options));
    stream->self_ = stream;
    return stream;
}

void ResponseStream::start(
    std::shared_ptr<Operation> operation, int64_t next_index, OnDetached on_detached) {
    bool is_over = false;
    {
        std::lock_guard lock(mutex_);
        operation_ = operation;
        on_detached_ = std::move(on_detached);
        next_index_ = next_index;
        is_over = is_ended_;
    }
    operation->attach(shared_from_this());
    if (is_over) {
        let_go();
    } else {
        pump();
    }
}

void ResponseStream::pump() {
    using Step = ResponseBuffer::Step;
    grpc::Status status;
    Step step;
    {
        std::lock_guard lock(mutex_);
        if (is_ended_ || is_writing_ || !operation_) return;
        step = operation_->buffer().at(next_index_, &current_, &status);
        if (step == Step::kWait) return;
        if (step == Step::kGone)
            status = to_status(invalid_handle("OPERATION_ABANDONED", operation_->id()), nullptr);
        bool is_response = step != Step::kEnd && step != Step::kGone;
        is_writing_ = is_response;
        if (step == Step::kLastResponse) {
            operation_->buffer().sent(next_index_++);
            is_ended_ = true;
        }
    }
    // gRPC may call back from inside, so no lock is held.
    switch (step) {
        case Step::kResponse: return StartWrite(&current_);
        case Step::kLastResponse:
            let_go();
            return StartWriteAndFinish(&current_, grpc::WriteOptions(), grpc::Status::OK);
        default: end(status);
    }
}

void ResponseStream::OnWriteDone(bool ok) {
    bool cut_now = false;
    std::unique_ptr<grpc::Status> end_now;
    {
        std::lock_guard lock(mutex_);
        is_writing_ = false;
        if (ok) {
            operation_->buffer().sent(next_index_++);
            bytes_sent_ += static_cast<int64_t>(current_.Length());
            cut_now = operation_->is_reattachable() && bytes_sent_ >= options_.stream_max_bytes;
        }
        current_.Clear();
        end_now = std::move(end_after_write_);
        if (!ok && !end_now)
            end_now = std::make_unique<grpc::Status>(
                grpc::StatusCode::CANCELLED, "The client went away.");
    }
    if (end_now) {
        end(*end_now);
    } else if (cut_now) {
        end(grpc::Status::OK);
    } else {
        pump();
    }
}

void ResponseStream::end(const grpc::Status& status) {
    {
        std::lock_guard lock(mutex_);
        if (is_ended_) return;
        if (is_writing_) {
            if (!end_after_write_) end_after_write_ = std::make_unique<grpc::Status>(status);
            return;
        }
        is_ended_ = true;
    }
    let_go();
    Finish(status);
}

void ResponseStream::cut() { end(grpc::Status::OK); }

void ResponseStream::disconnect() {
    end(to_status(Error(ErrorKind::kSpark, "INVALID_CURSOR.DISCONNECTED"), nullptr));
}

void ResponseStream::OnCancel() {
    end(grpc::Status(grpc::StatusCode::CANCELLED, "The client went away."));
}

void ResponseStream::let_go() {
    std::shared_ptr<Operation> operation;
    OnDetached on_detached;
    {
        std::lock_guard lock(mutex_);
        operation = std::move(operation_);
        operation_ = nullptr;
        on_detached = std::move(on_detached_);
        on_detached_ = nullptr;
    }
    if (!operation) return;
    if (operation->detach(this) && on_detached) on_detached(operation);
}

void ResponseStream::OnDone() {
    let_go();
    auto self = std::move(self_);  // destroys this object at the end, if nobody else holds it
}

}  // namespace hanok::connect

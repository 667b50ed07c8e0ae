#include "connect/artifact_upload.h"

#include <spark/connect/base.pb.h>

#include "connect/message_parser.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

namespace sc = spark::connect;

namespace {

bool is_intact(const sc::AddArtifactsRequest::ArtifactChunk& chunk) {
    return static_cast<int64_t>(crc32(chunk.data())) == chunk.crc();
}

Error malformed(const std::string& reason) {
    return invalid_plan("ASSERTION_FAILURE", {{"message", reason}});
}

}  // namespace

void ArtifactUpload::OnReadDone(bool ok) {
    call_.state.control.submit([this, ok] {
        try {
            if (!ok) return finish();
            sc::AddArtifactsRequest request;
            parse_message(message_, &request);
            take(request);
        } catch (...) {
            return Finish(call_.status_of(std::current_exception()));
        }
        StartRead(&message_);
    });
}

void ArtifactUpload::take(const sc::AddArtifactsRequest& request) {
    if (!call_.session) call_.open(request);
    switch (request.payload_case()) {
        case sc::AddArtifactsRequest::kBatch:
            for (const auto& a : request.batch().artifacts())
                add(a.name(), a.data().data(), is_intact(a.data()));
            return;
        case sc::AddArtifactsRequest::kBeginChunk: return begin(request.begin_chunk());
        case sc::AddArtifactsRequest::kChunk: return append(request.chunk());
        case sc::AddArtifactsRequest::PAYLOAD_NOT_SET: break;
    }
    throw malformed("AddArtifactsRequest without a payload");
}

void ArtifactUpload::add(const std::string& name, const std::string& bytes, bool is_crc_right) {
    check_artifact_name(name);
    if (is_crc_right) keep(name, bytes);
    summaries_.emplace_back(name, is_crc_right);
}

void ArtifactUpload::keep(const std::string& name, std::string bytes) {
    auto blob = std::make_shared<const std::string>(std::move(bytes));
    if (call_.session->artifacts().put(name, blob)) call_.session->backend().add_file(name, *blob);
}

void ArtifactUpload::begin(const sc::AddArtifactsRequest::BeginChunkedArtifact& artifact) {
    if (partial_) throw malformed("A chunked artifact begins before the last one ended");
    check_artifact_name(artifact.name());
    int64_t room = call_.session->artifacts().free_bytes();
    if (artifact.total_bytes() > room) {
        throw Error(ErrorKind::kRuntime, "LOCAL_RELATION_SIZE_LIMIT_EXCEEDED",
            {{"actualSize", std::to_string(artifact.total_bytes())},
                {"sizeLimit", std::to_string(room)}});
    }
    partial_.emplace();
    partial_->name = artifact.name();
    partial_->total_bytes = artifact.total_bytes();
    partial_->chunks_left = artifact.num_chunks();
    append(artifact.initial_chunk());
}

void ArtifactUpload::append(const Chunk& chunk) {
    if (!partial_) throw malformed("A chunk without an artifact that it belongs to");
    partial_->is_crc_right &= is_intact(chunk);
    partial_->bytes += chunk.data();
    if (static_cast<int64_t>(partial_->bytes.size()) > partial_->total_bytes) {
        throw malformed("The chunks of " + partial_->name + " are larger than announced");
    }
    if (--partial_->chunks_left > 0) return;
    if (static_cast<int64_t>(partial_->bytes.size()) != partial_->total_bytes) {
        throw malformed("The chunks of " + partial_->name + " are smaller than announced");
    }
    Partial whole = std::move(*partial_);
    partial_.reset();
    if (whole.is_crc_right) keep(whole.name, std::move(whole.bytes));
    summaries_.emplace_back(std::move(whole.name), whole.is_crc_right);
}

void ArtifactUpload::finish() {
    if (partial_) throw malformed("The chunked artifact " + partial_->name + " is incomplete");
    sc::AddArtifactsResponse response;
    if (call_.session) sign(*call_.session, &response);
    for (const auto& [name, is_crc_right] : summaries_) {
        auto* summary = response.add_artifacts();
        summary->set_name(name);
        summary->set_is_crc_successful(is_crc_right);
    }
    grpc::Slice slice(response.SerializeAsString());
    *response_ = grpc::ByteBuffer(&slice, 1);
    Finish(grpc::Status::OK);
}

}  // namespace hanok::connect

#pragma once
// One AddArtifacts call: artifacts in batches, or one after the other in chunks.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "connect/service_state.h"

namespace spark::connect {
class AddArtifactsRequest_ArtifactChunk;
class AddArtifactsRequest_BeginChunkedArtifact;
}  // namespace spark::connect

namespace hanok::connect {

// Lives until gRPC is done with it. Messages are handled in turn on worker threads.
class ArtifactUpload final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
public:
    ArtifactUpload(Call call, grpc::ByteBuffer* response)
        : call_(std::move(call)), response_(response) {
        StartRead(&message_);
    }
    void OnReadDone(bool ok) override;
    void OnDone() override { delete this; }

private:
    using Chunk = spark::connect::AddArtifactsRequest_ArtifactChunk;
    void take(const spark::connect::AddArtifactsRequest& request);
    void add(const std::string& name, const std::string& bytes, bool is_crc_right);
    void keep(const std::string& name, std::string bytes);
    void begin(const spark::connect::AddArtifactsRequest_BeginChunkedArtifact& artifact);
    void append(const Chunk& chunk);
    void finish();

    struct Partial {
        std::string name;
        std::string bytes;
        int64_t total_bytes = 0;
        int64_t chunks_left = 0;
        bool is_crc_right = true;
    };
    Call call_;
    grpc::ByteBuffer* const response_;
    grpc::ByteBuffer message_;
    std::optional<Partial> partial_;
    std::vector<std::pair<std::string, bool>> summaries_;  // name, whether its checksums were right
};

}  // namespace hanok::connect

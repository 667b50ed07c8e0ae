#include "connect/request_plan.h"

#include <spark/connect/base.pb.h>
#include <zstd.h>

#include <memory>
#include <string>

#include "connect/connect_session.h"
#include "connect/message_parser.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

namespace {

namespace sc = spark::connect;

Error too_large(int64_t size, int64_t limit) {
    return invalid_plan("PLAN_SIZE_LARGER_THAN_MAX",
        {{"planSize", std::to_string(size)}, {"maxPlanSize", std::to_string(limit)}});
}

Error cannot_parse(const std::string& reason) {
    return invalid_plan("CANNOT_PARSE", {{"errorMsg", reason}});
}

// Frames need not say how large they get, so the output grows as it comes, up to the limit.
std::string decompress(const std::string& data, int64_t limit) {
    std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    std::string out;
    std::string piece(ZSTD_DStreamOutSize(), '\0');
    ZSTD_inBuffer input{data.data(), data.size(), 0};
    size_t rest = 1;
    while (input.pos < input.size) {
        ZSTD_outBuffer output{piece.data(), piece.size(), 0};
        rest = ZSTD_decompressStream(context.get(), &output, &input);
        if (ZSTD_isError(rest)) throw cannot_parse(std::string("ZSTD: ") + ZSTD_getErrorName(rest));
        out.append(piece, 0, output.pos);
        if (static_cast<int64_t>(out.size()) > limit)
            throw too_large(static_cast<int64_t>(out.size()), limit);
    }
    while (rest != 0) {
        ZSTD_outBuffer output{piece.data(), piece.size(), 0};
        rest = ZSTD_decompressStream(context.get(), &output, &input);
        if (ZSTD_isError(rest) || output.pos == 0) throw cannot_parse("ZSTD: the data ends early");
        out.append(piece, 0, output.pos);
        if (static_cast<int64_t>(out.size()) > limit)
            throw too_large(static_cast<int64_t>(out.size()), limit);
    }
    return out;
}

PlanRoot decompressed(
    const sc::Plan::CompressedOperation& m, int64_t limit, google::protobuf::Arena* arena) {
    if (m.compression_codec() != sc::COMPRESSION_CODEC_ZSTD) {
        throw cannot_parse("unknown compression codec " + std::to_string(m.compression_codec()));
    }
    std::string bytes = decompress(m.data(), limit);
    PlanRoot root;
    if (m.op_type() == sc::Plan::CompressedOperation::OP_TYPE_RELATION) {
        auto* relation = google::protobuf::Arena::CreateMessage<sc::Relation>(arena);
        parse_message(bytes, relation);
        root.relation = relation;
    } else if (m.op_type() == sc::Plan::CompressedOperation::OP_TYPE_COMMAND) {
        auto* command = google::protobuf::Arena::CreateMessage<sc::Command>(arena);
        parse_message(bytes, command);
        root.command = command;
    } else {
        throw cannot_parse("unknown type of compressed operation " + std::to_string(m.op_type()));
    }
    return root;
}

}  // namespace

PlanRoot plan_root(const sc::Plan& plan, int64_t max_plan_bytes, google::protobuf::Arena* arena) {
    PlanRoot root;
    switch (plan.op_type_case()) {
        case sc::Plan::kRoot: root.relation = &plan.root(); return root;
        case sc::Plan::kCommand: root.command = &plan.command(); return root;
        case sc::Plan::kCompressedOperation:
            return decompressed(plan.compressed_operation(), max_plan_bytes, arena);
        case sc::Plan::OP_TYPE_NOT_SET: break;
    }
    throw invalid_plan(
        "INVALID_ONE_OF_FIELD_NOT_SET", {{"fullName", "spark.connect.Plan"}, {"name", "op_type"}});
}

Translator translator_for(ConnectSession& session) {
    ArtifactStore& artifacts = session.artifacts();
    return Translator(
        [&artifacts](const std::string& hash) { return artifacts.get("cache/" + hash); },
        session.backend().parser_options());
}

}  // namespace hanok::connect

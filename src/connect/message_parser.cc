#include "connect/message_parser.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <limits>

#include "base/error.h"

namespace hanok::connect {

namespace {

void parse(google::protobuf::io::CodedInputStream* input, google::protobuf::Message* message) {
    input->SetRecursionLimit(kMaxMessageDepth);
    input->SetTotalBytesLimit(std::numeric_limits<int>::max());
    if (message->ParseFromCodedStream(input) && input->ConsumedEntireMessage()) return;
    throw Error(ErrorKind::kInvalidPlanInput, "CONNECT_INVALID_PLAN.CANNOT_PARSE",
        {{"errorMsg", "The message " + message->GetTypeName() +
                          " is malformed or nested deeper than " +
                          std::to_string(kMaxMessageDepth) + " levels."}});
}

}  // namespace

void parse_message(const std::string& bytes, google::protobuf::Message* message) {
    google::protobuf::io::CodedInputStream input(
        reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
    parse(&input, message);
}

void parse_message(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
    grpc::ByteBuffer shared = bytes;  // the reader wants a buffer it may modify; slices are shared
    grpc::ProtoBufferReader reader(&shared);
    google::protobuf::io::CodedInputStream input(&reader);
    parse(&input, message);
}

}  // namespace hanok::connect

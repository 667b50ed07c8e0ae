#pragma once
// Requests from bytes: nested deeper than protobuf allows by default, and refused cleanly beyond
// our limit.

#include <string>

namespace google::protobuf {
class Message;
}
namespace grpc {
class ByteBuffer;
}

namespace hanok::connect {

// Messages may nest this deep. A DataFrame call takes two levels, an operator in an expression
// three.
inline constexpr int kMaxMessageDepth = 10'000;

// Throw CONNECT_INVALID_PLAN.CANNOT_PARSE for malformed bytes and for deeper nesting. Recursive:
// run on a thread with a large stack. Put deep messages on an arena, whose destruction does not
// recurse.
void parse_message(const std::string& bytes, google::protobuf::Message* message);
void parse_message(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

}  // namespace hanok::connect

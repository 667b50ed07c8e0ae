#pragma once
// Message types that are known at run time: from the descriptors that `protoc` writes.

#include <memory>
#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class DynamicMessageFactory;
class Message;
}  // namespace google::protobuf

namespace hanok::protobuf {

class MessageType;
using MessageTypePtr = std::shared_ptr<const MessageType>;

// Immutable; any thread may use it.
class MessageType {
public:
    // The message of this name, full or not, among those at the top of the files in `descriptors`
    // (a serialized FileDescriptorSet). Throws CANNOT_PARSE_PROTOBUF_DESCRIPTOR,
    // PROTOBUF_DEPENDENCY_NOT_FOUND, PROTOBUF_MESSAGE_NOT_FOUND. Those used lately are kept.
    static MessageTypePtr find(const std::string& descriptors, const std::string& name);
    // Of a Java class: those of Protobuf itself are known (com.google.protobuf.Timestamp). Throws
    // CANNOT_LOAD_PROTOBUF_CLASS.
    static MessageTypePtr find_class(const std::string& name);
    ~MessageType();

    const google::protobuf::Descriptor& descriptor() const { return *descriptor_; }
    std::unique_ptr<google::protobuf::Message> new_message() const;
    // False when the bytes are none of the message.
    bool parse(std::string_view bytes, google::protobuf::Message* message) const;
    // A google.protobuf.Any as JSON; false when its type is not among the descriptors.
    bool any_as_json(const google::protobuf::Message& any, std::string* json) const;

private:
    MessageType();
    static MessageTypePtr make(const std::string& descriptors, const std::string& name);

    std::unique_ptr<google::protobuf::DescriptorPool> own_pool_;
    const google::protobuf::DescriptorPool* pool_ = nullptr;
    const google::protobuf::Descriptor* descriptor_ = nullptr;
    std::unique_ptr<google::protobuf::DynamicMessageFactory> factory_;
};

}  // namespace hanok::protobuf

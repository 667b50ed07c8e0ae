#pragma once
// Spark's types for messages, as from_protobuf and to_protobuf see them.

#include <map>
#include <string>

#include "protobuf/message_type.h"
#include "types/data_type.h"

namespace google::protobuf {
class FieldDescriptor;
}

namespace hanok::protobuf {

struct Options {
    bool is_permissive = false;  // NULL for what is no message, instead of an error
    int recursive_depth = -1;    // how often a message may stand in itself; else it may not at all
    bool any_as_json = false;
    bool emits_defaults = false;  // for fields without presence that are not there
    bool enums_as_ints = false;
    bool upcasts_unsigned = false;
    bool unwraps_known = false;  // google.protobuf.Int32Value and the like
    bool keeps_empty = false;    // messages without fields, with a field that is always NULL
};

// Of from_protobuf's options, with keys in lower case; throws for values that make no sense.
Options parse_options(const std::map<std::string, std::string>& options);

// The struct that a message is. Throws RECURSIVE_PROTOBUF_SCHEMA.
types::TypePtr spark_type_of(const MessageType& message, const Options& options);

// How a message within another is seen; those of other kinds are structs.
enum class MessageKind { kStruct, kMap, kTimestamp, kDuration, kAny, kWrapper };
MessageKind kind_of(const google::protobuf::FieldDescriptor& field);

// Can values of `type`, a struct, be written as the message? Throws
// UNABLE_TO_CONVERT_TO_PROTOBUF_MESSAGE_TYPE.
void check_writable(const types::DataType& type, const MessageType& message);

// The field of a struct's field's name; null for none. Throws PROTOBUF_FIELD_MISSING when names
// differ in case only.
const google::protobuf::FieldDescriptor* field_of(
    const google::protobuf::Descriptor& message, const std::string& name);

}  // namespace hanok::protobuf

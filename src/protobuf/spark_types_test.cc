#include "protobuf/spark_types.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace hanok::protobuf {
namespace {

constexpr const char* kFile = R"(
    file {
      name: "a.proto" package: "p" syntax: "proto3"
      message_type {
        name: "Node"
        field { name: "id" number: 1 type: TYPE_UINT32 label: LABEL_OPTIONAL }
        field { name: "big" number: 2 type: TYPE_UINT64 label: LABEL_OPTIONAL }
        field { name: "kind" number: 3 type: TYPE_ENUM type_name: ".p.Kind" label: LABEL_OPTIONAL }
        field { name: "tags" number: 4 type: TYPE_STRING label: LABEL_REPEATED }
        field {
          name: "next" number: 5 type: TYPE_MESSAGE type_name: ".p.Node" label: LABEL_OPTIONAL
        }
      }
      message_type { name: "Empty" }
      enum_type { name: "Kind" value { name: "ZERO" number: 0 } value { name: "ONE" number: 1 } }
    }
    file {
      name: "b.proto" package: "p" dependency: "a.proto"
      message_type {
        name: "Flat"
        field { name: "a" number: 1 type: TYPE_INT32 label: LABEL_OPTIONAL }
        field { name: "A" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL }
        field {
          name: "none" number: 3 type: TYPE_MESSAGE type_name: ".p.Empty" label: LABEL_OPTIONAL
        }
      }
    }
)";

std::string descriptors(const std::string& text = kFile) {
    google::protobuf::FileDescriptorSet set;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &set));
    return set.SerializeAsString();
}

std::string spark(const std::string& name, const std::map<std::string, std::string>& options = {}) {
    return spark_type_of(*MessageType::find(descriptors(), name), parse_options(options))
        ->simple_string();
}

template <class Call>
std::string condition(const Call& call) {
    try {
        call();
        return "";
    } catch (const Error& e) {
        return e.condition();
    }
}

TEST(ProtobufSparkTypes, RecursionIsLimitedByAnOption) {
    const std::string fields = "id:int,big:bigint,kind:string,tags:array<string>";
    EXPECT_EQ(condition([] { spark("Node"); }), "RECURSIVE_PROTOBUF_SCHEMA");
    EXPECT_EQ(condition([] {
        spark("Node", {{"recursive.fields.max.depth", "11"}});
    }),
        "RECURSIVE_PROTOBUF_SCHEMA");
    EXPECT_EQ(spark("Node", {{"recursive.fields.max.depth", "1"}}), "struct<" + fields + ">");
    EXPECT_EQ(spark("p.Node", {{"recursive.fields.max.depth", "2"}}),
        "struct<" + fields + ",next:struct<" + fields + ">>");
}

TEST(ProtobufSparkTypes, OptionsChangeTypes) {
    EXPECT_EQ(spark("Node", {{"recursive.fields.max.depth", "1"}, {"upcast.unsigned.ints", "true"},
                                {"enums.as.ints", "TRUE"}}),
        "struct<id:bigint,big:decimal(20,0),kind:int,tags:array<string>>");
    EXPECT_EQ(spark("Flat"), "struct<a:int,A:int>");
    EXPECT_EQ(spark("Empty", {{"retain.empty.message.types", "true"}}),
        "struct<__dummy_field_in_empty_struct:string>");
    EXPECT_EQ(condition([] {
        parse_options({{"mode", "DROPMALFORMED"}});
    }),
        "PARSE_MODE_UNSUPPORTED");
}

TEST(ProtobufSparkTypes, WhatCanBeWritten) {
    auto node = MessageType::find(descriptors(), "Node");
    auto flat = MessageType::find(descriptors(), "Flat");
    using types::DataType;
    auto of = [](const std::string& name, const types::TypePtr& type) {
        return DataType::struct_({{name, type, true, ""}});
    };
    check_writable(*of("ID", DataType::long_()), *node);
    check_writable(*of("tags", DataType::array(DataType::string())), *node);
    for (const auto& [name, type] : std::vector<std::pair<std::string, types::TypePtr>>{
             {"other", DataType::integer()}, {"id", DataType::string()},
             {"tags", DataType::string()}, {"kind", DataType::array(DataType::string())}}) {
        EXPECT_EQ(condition([&] { check_writable(*of(name, type), *node); }),
            "UNABLE_TO_CONVERT_TO_PROTOBUF_MESSAGE_TYPE")
            << name;
    }
    EXPECT_EQ(condition([&] { field_of(flat->descriptor(), "a"); }), "PROTOBUF_FIELD_MISSING");
}

TEST(ProtobufMessageType, RefusesWhatIsNoDescriptor) {
    EXPECT_EQ(condition([] { MessageType::find("no descriptor", "A"); }),
        "CANNOT_PARSE_PROTOBUF_DESCRIPTOR");
    EXPECT_EQ(
        condition([] { MessageType::find(descriptors(), "Other"); }), "PROTOBUF_MESSAGE_NOT_FOUND");
    EXPECT_EQ(condition([] {
        MessageType::find(descriptors(R"(file { name: "b" dependency: "c.proto" })"), "A");
    }),
        "PROTOBUF_DEPENDENCY_NOT_FOUND");
    EXPECT_EQ(condition([] { MessageType::find_class("com.example.Event"); }),
        "CANNOT_LOAD_PROTOBUF_CLASS");
    auto known = MessageType::find_class("com.google.protobuf.Timestamp");
    EXPECT_EQ(spark_type_of(*known, {})->simple_string(), "struct<seconds:bigint,nanos:int>");
}

TEST(ProtobufMessageType, ParsesWholeMessagesOnly) {
    auto node = MessageType::find(descriptors(), "Node");
    auto message = node->new_message();
    EXPECT_TRUE(node->parse(std::string("\x08\x05\x22\x01x", 5), message.get()));
    EXPECT_FALSE(node->parse(std::string("\x08", 1), message.get()));
    EXPECT_FALSE(node->parse("\xff\xff", message.get()));
}

}  // namespace
}  // namespace hanok::protobuf

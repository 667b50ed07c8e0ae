#include "protobuf/message_type.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>

#include "base/error.h"

namespace hanok::protobuf {

namespace pb = google::protobuf;

namespace {

constexpr const char* kTypeUrl = "type.googleapis.com";
// As deep as Java reads.
constexpr int kMaxDepth = 100;

// What is wrong with a descriptor shows in Spark as one condition.
class SilentErrors final : public pb::DescriptorPool::ErrorCollector {
public:
    void AddError(const std::string&, const std::string&, const pb::Message*, ErrorLocation,
        const std::string&) override {}
};

// Builds files behind those that they import.
class Builder {
public:
    Builder(const pb::FileDescriptorSet& set, pb::DescriptorPool* pool) : pool_(pool) {
        for (const auto& file : set.file()) files_.emplace(file.name(), &file);
    }

    const pb::FileDescriptor* build(const pb::FileDescriptorProto& file, int depth = 0) {
        if (const auto* built = pool_->FindFileByName(file.name())) return built;
        if (depth > kMaxDepth) throw analysis_error("CANNOT_PARSE_PROTOBUF_DESCRIPTOR");
        for (const auto& name : file.dependency()) {
            auto found = files_.find(name);
            if (found == files_.end())
                throw analysis_error("PROTOBUF_DEPENDENCY_NOT_FOUND", {{"dependencyName", name}});
            build(*found->second, depth + 1);
        }
        SilentErrors errors;
        const auto* built = pool_->BuildFileCollectingErrors(file, &errors);
        if (!built) throw analysis_error("CANNOT_PARSE_PROTOBUF_DESCRIPTOR");
        return built;
    }

private:
    pb::DescriptorPool* pool_;
    std::map<std::string, const pb::FileDescriptorProto*> files_;
};

const pb::Descriptor* message_of(const pb::FileDescriptor& file, const std::string& name) {
    for (int i = 0; i < file.message_type_count(); ++i) {
        const auto* message = file.message_type(i);
        if (message->name() == name || message->full_name() == name) return message;
    }
    return nullptr;
}

// Of the classes that Spark's own jar has.
const pb::Descriptor* known_class(const std::string& name) {
    static const pb::Descriptor* const kKnown[] = {pb::Any::descriptor(),
        pb::Duration::descriptor(), pb::Empty::descriptor(), pb::Struct::descriptor(),
        pb::Value::descriptor(), pb::ListValue::descriptor(), pb::Timestamp::descriptor(),
        pb::DoubleValue::descriptor(), pb::FloatValue::descriptor(), pb::Int64Value::descriptor(),
        pb::UInt64Value::descriptor(), pb::Int32Value::descriptor(), pb::UInt32Value::descriptor(),
        pb::BoolValue::descriptor(), pb::StringValue::descriptor(), pb::BytesValue::descriptor()};
    for (const char* package :
        {"com.google.protobuf.", "org.sparkproject.spark_protobuf.protobuf."}) {
        for (const auto* known : kKnown)
            if (package + known->name() == name) return known;
    }
    return nullptr;
}

// The message types used lately: a query binds and runs over many batches.
class Recent {
public:
    using Key = std::pair<std::string, std::string>;

    MessageTypePtr find(const Key& key) {
        std::lock_guard lock(mutex_);
        for (const auto& [known, type] : types_)
            if (known == key) return type;
        return nullptr;
    }
    void put(Key key, MessageTypePtr type) {
        std::lock_guard lock(mutex_);
        types_.emplace_front(std::move(key), std::move(type));
        if (types_.size() > kMost) types_.pop_back();
    }

private:
    static constexpr size_t kMost = 16;
    std::mutex mutex_;  // guards what follows
    std::deque<std::pair<Key, MessageTypePtr>> types_;
};

}  // namespace

MessageType::MessageType() = default;
MessageType::~MessageType() = default;

MessageTypePtr MessageType::find(const std::string& descriptors, const std::string& name) {
    static Recent recent;
    Recent::Key key{descriptors, name};
    if (auto known = recent.find(key)) return known;
    auto made = make(descriptors, name);
    recent.put(std::move(key), made);
    return made;
}

MessageTypePtr MessageType::make(const std::string& descriptors, const std::string& name) {
    pb::FileDescriptorSet set;
    if (!set.ParseFromString(descriptors)) throw analysis_error("CANNOT_PARSE_PROTOBUF_DESCRIPTOR");
    std::shared_ptr<MessageType> out(new MessageType);
    out->own_pool_ = std::make_unique<pb::DescriptorPool>();
    out->pool_ = out->own_pool_.get();
    Builder builder(set, out->own_pool_.get());
    for (const auto& file : set.file()) {
        const auto* built = builder.build(file);
        if (!out->descriptor_) out->descriptor_ = message_of(*built, name);
    }
    if (!out->descriptor_)
        throw analysis_error("PROTOBUF_MESSAGE_NOT_FOUND", {{"messageName", name}});
    out->factory_ = std::make_unique<pb::DynamicMessageFactory>(out->pool_);
    out->factory_->GetPrototype(out->descriptor_);
    return out;
}

MessageTypePtr MessageType::find_class(const std::string& name) {
    std::shared_ptr<MessageType> out(new MessageType);
    out->descriptor_ = known_class(name);
    if (!out->descriptor_) {
        bool has_package = name.find('.') != std::string::npos;
        throw analysis_error("CANNOT_LOAD_PROTOBUF_CLASS",
            {{"protobufClassName", name},
                {"explanation", has_package ? "Ensure the class include in the jar"
                                            : "Ensure the class name includes package prefix"}});
    }
    out->pool_ = pb::DescriptorPool::generated_pool();
    out->factory_ = std::make_unique<pb::DynamicMessageFactory>(out->pool_);
    out->factory_->GetPrototype(out->descriptor_);
    return out;
}

std::unique_ptr<pb::Message> MessageType::new_message() const {
    return std::unique_ptr<pb::Message>(factory_->GetPrototype(descriptor_)->New());
}

bool MessageType::parse(std::string_view bytes, pb::Message* message) const {
    pb::io::ArrayInputStream array(bytes.data(), static_cast<int>(bytes.size()));
    pb::io::CodedInputStream in(&array);
    in.SetRecursionLimit(kMaxDepth);
    // Required fields that are missing are an error here, and no line in the log.
    message->Clear();
    return message->MergePartialFromCodedStream(&in) && in.ConsumedEntireMessage() &&
           message->IsInitialized();
}

bool MessageType::any_as_json(const pb::Message& any, std::string* json) const {
    std::unique_ptr<pb::util::TypeResolver> resolver(
        pb::util::NewTypeResolverForDescriptorPool(kTypeUrl, pool_));
    pb::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    json->clear();
    auto url = std::string(kTypeUrl) + "/google.protobuf.Any";
    return pb::util::BinaryToJsonString(
        resolver.get(), url, any.SerializePartialAsString(), json, options)
        .ok();
}

}  // namespace hanok::protobuf

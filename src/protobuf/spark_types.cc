#include "protobuf/spark_types.h"

#include <google/protobuf/descriptor.h>

#include <charconv>
#include <optional>
#include <set>

#include "base/error.h"

namespace hanok::protobuf {

namespace pb = google::protobuf;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

constexpr const char* kDummyField = "__dummy_field_in_empty_struct";
constexpr int kMostRecursions = 10;

bool has_seconds_and_nanos(const pb::Descriptor& message) {
    return message.field_count() == 2 && message.field(0)->name() == "seconds" &&
           message.field(1)->name() == "nanos";
}

bool is_wrapper(const pb::Descriptor& message) {
    static const std::set<std::string> kNames{"google.protobuf.BoolValue",
        "google.protobuf.Int32Value", "google.protobuf.UInt32Value", "google.protobuf.Int64Value",
        "google.protobuf.UInt64Value", "google.protobuf.StringValue", "google.protobuf.BytesValue",
        "google.protobuf.FloatValue", "google.protobuf.DoubleValue"};
    return kNames.contains(message.full_name()) && message.field_count() == 1;
}

// Depths of the messages that a field stands in, by their names.
using Depths = std::map<std::string, int>;

class Converter {
public:
    explicit Converter(const Options& options) : options_(options) {}

    types::Fields fields_of(const pb::Descriptor& message, const Depths& depths) const {
        types::Fields out;
        for (int i = 0; i < message.field_count(); ++i) {
            const auto& field = *message.field(i);
            auto type = type_of(field, depths);
            if (!type) continue;
            bool is_list = field.is_repeated() && !field.is_map();
            if (is_list) type = DataType::array(type, false);
            out.push_back({field.name(), type, !field.is_required(), ""});
        }
        return out;
    }

    static types::Fields dummy() { return {{kDummyField, DataType::string(), true, ""}}; }

private:
    // Null for a field that recursion has dropped.
    TypePtr type_of(const pb::FieldDescriptor& field, const Depths& depths) const {
        bool upcasts = options_.upcasts_unsigned;
        switch (field.cpp_type()) {
            case pb::FieldDescriptor::CPPTYPE_INT32: return DataType::integer();
            case pb::FieldDescriptor::CPPTYPE_UINT32:
                return upcasts && field.type() == pb::FieldDescriptor::TYPE_UINT32
                           ? DataType::long_()
                           : DataType::integer();
            case pb::FieldDescriptor::CPPTYPE_INT64: return DataType::long_();
            case pb::FieldDescriptor::CPPTYPE_UINT64:
                return upcasts && field.type() == pb::FieldDescriptor::TYPE_UINT64
                           ? DataType::decimal(20, 0)
                           : DataType::long_();
            case pb::FieldDescriptor::CPPTYPE_FLOAT: return DataType::float_();
            case pb::FieldDescriptor::CPPTYPE_DOUBLE: return DataType::double_();
            case pb::FieldDescriptor::CPPTYPE_BOOL: return DataType::boolean();
            case pb::FieldDescriptor::CPPTYPE_STRING:
                return field.type() == pb::FieldDescriptor::TYPE_BYTES ? DataType::binary()
                                                                       : DataType::string();
            case pb::FieldDescriptor::CPPTYPE_ENUM:
                return options_.enums_as_ints ? DataType::integer() : DataType::string();
            case pb::FieldDescriptor::CPPTYPE_MESSAGE: return message_type(field, depths);
        }
        return nullptr;
    }

    TypePtr message_type(const pb::FieldDescriptor& field, const Depths& depths) const {
        const auto& message = *field.message_type();
        switch (kind_of(field)) {
            case MessageKind::kDuration: return DataType::day_time_interval(0, 3);
            case MessageKind::kTimestamp: return DataType::timestamp();
            case MessageKind::kMap: {
                auto key = type_of(*message.map_key(), depths);
                auto value = type_of(*message.map_value(), depths);
                return key && value ? DataType::map(key, value, false) : nullptr;
            }
            case MessageKind::kAny:
                if (options_.any_as_json) return DataType::string();
                break;
            case MessageKind::kWrapper:
                if (options_.unwraps_known) return type_of(*message.field(0), depths);
                break;
            case MessageKind::kStruct: break;
        }
        auto inner = depths;
        auto& depth = inner[message.full_name()];
        if (depth > 0) {
            int most = options_.recursive_depth;
            if (most <= 0 || most > kMostRecursions) {
                throw analysis_error(
                    "RECURSIVE_PROTOBUF_SCHEMA", {{"fieldDescriptor", field.full_name()}});
            }
            if (depth >= most) return nullptr;
        }
        ++depth;
        auto fields = fields_of(message, inner);
        if (fields.empty() && options_.keeps_empty) fields = dummy();
        return fields.empty() ? nullptr : DataType::struct_(std::move(fields));
    }

    const Options& options_;
};

bool flag(const std::map<std::string, std::string>& options, const std::string& key) {
    auto found = options.find(key);
    if (found == options.end()) return false;
    auto text = types::to_lower(found->second);
    if (text == "true") return true;
    if (text == "false") return false;
    throw analysis_error("INVALID_PARAMETER_VALUE.BOOLEAN",
        {{"functionName", "`from_protobuf`"}, {"parameter", "`" + key + "`"},
            {"invalidValue", found->second}});
}

std::string joined(const std::vector<std::string>& path) {
    std::string out;
    for (const auto& name : path) out += (out.empty() ? "" : ".") + name;
    return out;
}

bool is_known(const pb::Descriptor& message, const char* name) {
    return message.full_name() == std::string("google.protobuf.") + name;
}

class WriteCheck {
public:
    void check_struct(const DataType& type, const pb::Descriptor& message) {
        std::set<const pb::FieldDescriptor*> matched;
        const auto& fields = type.fields();
        for (const auto& f : fields) {
            const auto* field = field_of(message, f.name);
            if (!field) {
                throw analysis_error("NO_SQL_TYPE_IN_PROTOBUF_SCHEMA",
                    {{"catalystFieldPath", joined(path_) + (path_.empty() ? "" : ".") + f.name}});
            }
            matched.insert(field);
        }
        for (int i = 0; i < message.field_count(); ++i) {
            const auto* field = message.field(i);
            if (field->is_required() && !matched.contains(field))
                throw analysis_error(
                    "PROTOBUF_FIELD_MISSING_IN_SQL_SCHEMA", {{"field", field->name()}});
        }
        for (const auto& f : fields) {
            path_.push_back(f.name);
            check(*f.type, *field_of(message, f.name));
            path_.pop_back();
        }
    }

private:
    void check(const DataType& type, const pb::FieldDescriptor& field) {
        bool is_map = field.is_map();
        if (type.is(TypeId::kArray) && field.is_repeated() && !is_map)
            return check_one(*type.element(), field);
        if (type.is(TypeId::kMap) && is_map) {
            check_one(*type.key(), *field.message_type()->map_key());
            return check_one(*type.value(), *field.message_type()->map_value());
        }
        bool is_plural = type.is(TypeId::kArray) || type.is(TypeId::kMap);
        if (is_plural || (field.is_repeated() && !type.is(TypeId::kNull)))
            incompatible(type, field);
        check_one(type, field);
    }

    void check_one(const DataType& type, const pb::FieldDescriptor& field) {
        if (type.is(TypeId::kNull)) return;
        if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
            if (!check_message(type, field)) incompatible(type, field);
        } else if (!is_scalar(type, field)) {
            incompatible(type, field);
        }
    }

    bool check_message(const DataType& type, const pb::FieldDescriptor& field) {
        const auto& message = *field.message_type();
        if (type.is(TypeId::kStruct)) {
            check_struct(type, message);
            return true;
        }
        if (type.is(TypeId::kTimestamp)) return is_known(message, "Timestamp");
        if (type.is(TypeId::kDayTimeInterval)) return is_known(message, "Duration");
        if (kind_of(field) != MessageKind::kWrapper) return false;
        // A wrapped number that is not signed takes the signed one's bits.
        const auto& value = *message.field(0);
        bool is_upcast =
            (value.type() == pb::FieldDescriptor::TYPE_UINT32 && type.is(TypeId::kLong)) ||
            type.is(TypeId::kDecimal);
        return !is_upcast && is_scalar(type, value);
    }

    static bool is_scalar(const DataType& type, const pb::FieldDescriptor& field) {
        using F = pb::FieldDescriptor;
        switch (field.cpp_type()) {
            case F::CPPTYPE_BOOL: return type.is(TypeId::kBoolean);
            case F::CPPTYPE_INT32:
            case F::CPPTYPE_UINT32:
                return type.is(TypeId::kByte) || type.is(TypeId::kShort) ||
                       type.is(TypeId::kInteger) || type.is(TypeId::kDate) ||
                       (type.is(TypeId::kLong) && field.type() == F::TYPE_UINT32);
            case F::CPPTYPE_INT64:
            case F::CPPTYPE_UINT64:
                return type.is(TypeId::kLong) ||
                       (type.is(TypeId::kDecimal) && field.type() == F::TYPE_UINT64);
            case F::CPPTYPE_FLOAT: return type.is(TypeId::kFloat);
            case F::CPPTYPE_DOUBLE: return type.is(TypeId::kDouble);
            case F::CPPTYPE_STRING:
                return field.type() == F::TYPE_BYTES ? type.is(TypeId::kBinary) : type.is_string();
            case F::CPPTYPE_ENUM: return type.is_string() || type.is(TypeId::kInteger);
            default: return false;
        }
    }

    [[noreturn]] void incompatible(const DataType& type, const pb::FieldDescriptor& field) {
        auto path = quote_identifier(path_);
        throw analysis_error("CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE",
            {{"sqlColumn", path}, {"protobufColumn", "field '" + joined(path_) + "'"},
                {"sqlType", "\"" + type.sql() + "\""},
                {"protobufType", field.full_name() + " " + field.type_name()}});
    }

    std::vector<std::string> path_;
};

}  // namespace

MessageKind kind_of(const pb::FieldDescriptor& field) {
    const auto& message = *field.message_type();
    if (field.is_map()) return MessageKind::kMap;
    if (message.name() == "Duration" && has_seconds_and_nanos(message))
        return MessageKind::kDuration;
    if (message.name() == "Timestamp" && has_seconds_and_nanos(message))
        return MessageKind::kTimestamp;
    if (message.full_name() == "google.protobuf.Any") return MessageKind::kAny;
    return is_wrapper(message) ? MessageKind::kWrapper : MessageKind::kStruct;
}

Options parse_options(const std::map<std::string, std::string>& options) {
    Options out;
    if (auto mode = options.find("mode"); mode != options.end()) {
        auto name = types::to_lower(mode->second);
        // Names that are none of a mode stand for PERMISSIVE.
        if (name == "dropmalformed") {
            throw analysis_error("PARSE_MODE_UNSUPPORTED",
                {{"funcName", "`from_protobuf`"}, {"mode", "DROPMALFORMED"}});
        }
        out.is_permissive = name != "failfast";
    }
    if (auto depth = options.find("recursive.fields.max.depth"); depth != options.end()) {
        const auto& text = depth->second;
        auto [end, error] = std::from_chars(
            text.data(), text.data() + text.size(), out.recursive_depth);
        if (error != std::errc() || end != text.data() + text.size()) {
            throw analysis_error("INVALID_PARAMETER_VALUE.INTEGER",
                {{"functionName", "`from_protobuf`"}, {"parameter", "`" + depth->first + "`"},
                    {"invalidValue", text}});
        }
    }
    out.any_as_json = flag(options, "convert.any.fields.to.json");
    out.emits_defaults = flag(options, "emit.default.values");
    out.enums_as_ints = flag(options, "enums.as.ints");
    out.upcasts_unsigned = flag(options, "upcast.unsigned.ints");
    out.unwraps_known = flag(options, "unwrap.primitive.wrapper.types");
    out.keeps_empty = flag(options, "retain.empty.message.types");
    return out;
}

TypePtr spark_type_of(const MessageType& message, const Options& options) {
    const auto& descriptor = message.descriptor();
    auto fields = Converter(options).fields_of(descriptor, {{descriptor.full_name(), 1}});
    if (fields.empty() && options.keeps_empty) fields = Converter::dummy();
    auto type = DataType::struct_(std::move(fields));
    return options.is_permissive ? DataType::as_nullable(type) : type;
}

const pb::FieldDescriptor* field_of(const pb::Descriptor& message, const std::string& name) {
    const pb::FieldDescriptor* out = nullptr;
    std::string matches;
    int count = 0;
    for (int i = 0; i < message.field_count(); ++i) {
        const auto* field = message.field(i);
        if (!types::names_equal(field->name(), name)) continue;
        matches += (count++ == 0 ? "" : ", ") + field->name();
        out = field;
    }
    if (count < 2) return out;
    throw analysis_error("PROTOBUF_FIELD_MISSING",
        {{"field", name}, {"protobufSchema", message.full_name()},
            {"matchSize", std::to_string(count)}, {"matches", "[" + matches + "]"}});
}

void check_writable(const DataType& type, const MessageType& message) {
    const auto& descriptor = message.descriptor();
    try {
        WriteCheck().check_struct(type, descriptor);
    } catch (const Error&) {
        throw analysis_error("UNABLE_TO_CONVERT_TO_PROTOBUF_MESSAGE_TYPE",
            {{"protobufType", descriptor.name()}, {"toType", "\"" + type.sql() + "\""}});
    }
}

}  // namespace hanok::protobuf

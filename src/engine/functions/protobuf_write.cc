// Rows into messages.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "base/error.h"
#include "engine/functions/protobuf_values.h"

namespace hanok::engine {

namespace pb = google::protobuf;
using duckdb::idx_t;
using types::TypeId;

namespace {

using Path = std::vector<std::string>;

// Sets a field of the message, or adds an item to it when it is repeated.
using ItemWrite = std::function<void(const NestedColumn&, idx_t row, pb::Message*)>;

// The setter or the adder of the reflection.
template <class T>
using Setter = void (pb::Reflection::*)(pb::Message*, const pb::FieldDescriptor*, T) const;

using R = pb::Reflection;

template <class T, class Take>
ItemWrite scalar(const pb::FieldDescriptor* field, Setter<T> set, Setter<T> add, Take take) {
    auto put = field->is_repeated() ? add : set;
    return [field, put, take](const NestedColumn& column, idx_t row, pb::Message* message) {
        (message->GetReflection()->*put)(message, field, static_cast<T>(take(column, row)));
    };
}

int64_t integer(const NestedColumn& column, idx_t row) { return column.integer(row); }

pb::Message* submessage(pb::Message* message, const pb::FieldDescriptor* field) {
    const auto* reflection = message->GetReflection();
    return field->is_repeated() ? reflection->AddMessage(message, field)
                                : reflection->MutableMessage(message, field);
}

// Truncated to milliseconds, as Spark writes both Timestamp and Duration.
void set_micros(int64_t micros, pb::Message* message) {
    int64_t millis = micros / 1000 - (micros % 1000 < 0 ? 1 : 0);
    const auto* descriptor = message->GetDescriptor();
    const auto* reflection = message->GetReflection();
    reflection->SetInt64(message, descriptor->field(0), millis / 1000);
    reflection->SetInt32(
        message, descriptor->field(1), static_cast<int32_t>(millis % 1000 * 1000000));
}

[[noreturn]] void no_enum_value(
    const Path& path, const std::string& value, const pb::EnumDescriptor& type, bool by_number) {
    std::string names;
    std::string dotted;
    for (int i = 0; i < type.value_count(); ++i) {
        const auto& known = *type.value(i);
        names += (i == 0 ? "" : ", ") +
                 (by_number ? std::to_string(known.number()) : "\"" + known.name() + "\"");
    }
    for (const auto& name : path) dotted += (dotted.empty() ? "" : ".") + name;
    throw runtime_error("CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE",
        {{"sqlColumn", quote_identifier(path)}, {"protobufColumn", "field '" + dotted + "'"},
            {"data", value}, {"enumString", names}});
}

class Builder {
public:
    MessageWrite record(const types::DataType& type, const pb::Descriptor& message) {
        struct Step {
            const pb::FieldDescriptor* field;
            ItemWrite write;
        };
        std::vector<Step> steps;
        for (const auto& f : type.fields()) {
            const auto* field = protobuf::field_of(message, f.name);
            path_.push_back(f.name);
            steps.push_back({field, value(*f.type, field)});
            path_.pop_back();
        }
        return [steps](const NestedColumn& column, idx_t row, pb::Message* out) {
            for (size_t i = 0; i < steps.size(); ++i) {
                const auto& child = column.child(i);
                if (!child.is_null(row))
                    steps[i].write(child, row, out);
                else if (steps[i].field->is_required())
                    set_default(out, steps[i].field);
            }
        };
    }

private:
    // A required field that is NULL gets its default; messages have none.
    static void set_default(pb::Message* out, const pb::FieldDescriptor* field) {
        const auto* r = out->GetReflection();
        switch (field->cpp_type()) {
            case pb::FieldDescriptor::CPPTYPE_BOOL:
                return r->SetBool(out, field, field->default_value_bool());
            case pb::FieldDescriptor::CPPTYPE_INT32:
                return r->SetInt32(out, field, field->default_value_int32());
            case pb::FieldDescriptor::CPPTYPE_UINT32:
                return r->SetUInt32(out, field, field->default_value_uint32());
            case pb::FieldDescriptor::CPPTYPE_INT64:
                return r->SetInt64(out, field, field->default_value_int64());
            case pb::FieldDescriptor::CPPTYPE_UINT64:
                return r->SetUInt64(out, field, field->default_value_uint64());
            case pb::FieldDescriptor::CPPTYPE_FLOAT:
                return r->SetFloat(out, field, field->default_value_float());
            case pb::FieldDescriptor::CPPTYPE_DOUBLE:
                return r->SetDouble(out, field, field->default_value_double());
            case pb::FieldDescriptor::CPPTYPE_STRING:
                return r->SetString(out, field, field->default_value_string());
            case pb::FieldDescriptor::CPPTYPE_ENUM:
                return r->SetEnum(out, field, field->default_value_enum());
            case pb::FieldDescriptor::CPPTYPE_MESSAGE: return;
        }
    }

    ItemWrite value(const types::DataType& type, const pb::FieldDescriptor* field) {
        if (type.is(TypeId::kArray)) {
            path_.push_back("element");
            auto write = item(*type.element(), field);
            path_.pop_back();
            return [write](const NestedColumn& column, idx_t row, pb::Message* out) {
                auto entries = column.entries(row);
                const auto& child = column.child(0);
                for (idx_t i = entries.offset; i < entries.offset + entries.length; ++i) {
                    if (child.is_null(i)) throw MalformedMessage();
                    write(child, i, out);
                }
            };
        }
        return type.is(TypeId::kMap) ? map(type, field) : item(type, field);
    }

    ItemWrite map(const types::DataType& type, const pb::FieldDescriptor* field) {
        const auto* entry = field->message_type();
        path_.push_back("key");
        auto key = item(*type.key(), entry->map_key());
        path_.back() = "value";
        auto value = item(*type.value(), entry->map_value());
        path_.pop_back();
        return [=](const NestedColumn& column, idx_t row, pb::Message* out) {
            auto entries = column.entries(row);
            for (idx_t i = entries.offset; i < entries.offset + entries.length; ++i) {
                auto* pair = out->GetReflection()->AddMessage(out, field);
                key(column.child(0), i, pair);
                if (!column.child(1).is_null(i)) value(column.child(1), i, pair);
            }
        };
    }

    ItemWrite item(const types::DataType& type, const pb::FieldDescriptor* field) {
        if (type.is(TypeId::kNull)) return [](const NestedColumn&, idx_t, pb::Message*) {};
        switch (field->cpp_type()) {
            case pb::FieldDescriptor::CPPTYPE_BOOL:
                return scalar<bool>(field, &R::SetBool, &R::AddBool,
                    [](const NestedColumn& c, idx_t row) { return c.boolean(row); });
            case pb::FieldDescriptor::CPPTYPE_INT32:
                return scalar<int32_t>(field, &R::SetInt32, &R::AddInt32, integer);
            case pb::FieldDescriptor::CPPTYPE_UINT32:
                return scalar<uint32_t>(field, &R::SetUInt32, &R::AddUInt32, integer);
            case pb::FieldDescriptor::CPPTYPE_INT64:
                return scalar<int64_t>(field, &R::SetInt64, &R::AddInt64, integer);
            case pb::FieldDescriptor::CPPTYPE_UINT64:
                if (!type.is(TypeId::kDecimal))
                    return scalar<uint64_t>(field, &R::SetUInt64, &R::AddUInt64, integer);
                return scalar<uint64_t>(field, &R::SetUInt64, &R::AddUInt64,
                    [](const NestedColumn& c, idx_t row) { return c.decimal(row); });
            case pb::FieldDescriptor::CPPTYPE_FLOAT:
                return scalar<float>(field, &R::SetFloat, &R::AddFloat,
                    [](const NestedColumn& c, idx_t row) { return c.single(row); });
            case pb::FieldDescriptor::CPPTYPE_DOUBLE:
                return scalar<double>(field, &R::SetDouble, &R::AddDouble,
                    [](const NestedColumn& c, idx_t row) { return c.real(row); });
            case pb::FieldDescriptor::CPPTYPE_STRING: return text(field);
            case pb::FieldDescriptor::CPPTYPE_ENUM: return enum_item(type, field);
            case pb::FieldDescriptor::CPPTYPE_MESSAGE: return message_item(type, field);
        }
        return nullptr;
    }

    static ItemWrite text(const pb::FieldDescriptor* field) {
        return [field](const NestedColumn& column, idx_t row, pb::Message* out) {
            const auto* reflection = out->GetReflection();
            std::string text(column.text(row));
            if (field->is_repeated())
                reflection->AddString(out, field, std::move(text));
            else
                reflection->SetString(out, field, std::move(text));
        };
    }

    ItemWrite enum_item(const types::DataType& type, const pb::FieldDescriptor* field) {
        bool by_number = type.is(TypeId::kInteger);
        return [by_number, field, path = path_](
                   const NestedColumn& column, idx_t row, pb::Message* out) {
            const auto* names = field->enum_type();
            const pb::EnumValueDescriptor* known = nullptr;
            std::string shown;
            if (by_number) {
                auto number = column.integer(row);
                known = names->FindValueByNumber(static_cast<int>(number));
                if (!known) shown = std::to_string(number);
            } else {
                shown = std::string(column.text(row));
                known = names->FindValueByName(shown);
            }
            if (!known) no_enum_value(path, shown, *names, by_number);
            const auto* reflection = out->GetReflection();
            if (field->is_repeated())
                reflection->AddEnum(out, field, known);
            else
                reflection->SetEnum(out, field, known);
        };
    }

    ItemWrite message_item(const types::DataType& type, const pb::FieldDescriptor* field) {
        if (type.is(TypeId::kStruct)) {
            auto write = record(type, *field->message_type());
            return [write, field](const NestedColumn& column, idx_t row, pb::Message* out) {
                write(column, row, submessage(out, field));
            };
        }
        if (type.is(TypeId::kTimestamp) || type.is(TypeId::kDayTimeInterval)) {
            return [field](const NestedColumn& column, idx_t row, pb::Message* out) {
                set_micros(column.integer(row), submessage(out, field));
            };
        }
        // A wrapper.
        auto write = item(type, field->message_type()->field(0));
        return [write, field](const NestedColumn& column, idx_t row, pb::Message* out) {
            write(column, row, submessage(out, field));
        };
    }

    Path path_;
};

}  // namespace

MessageWrite make_message_write(const types::DataType& type, const pb::Descriptor& message) {
    return Builder().record(type, message);
}

}  // namespace hanok::engine

// Messages into vectors.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include "engine/functions/protobuf_values.h"
#include "engine/io/text_values.h"

namespace hanok::engine {

namespace pb = google::protobuf;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::ListVector;
using duckdb::Vector;
using protobuf::MessageKind;
using types::TypeId;

namespace {

// A field of a message, or item `index` of it when it is repeated.
struct Place {
    const pb::Message& message;
    const pb::Reflection& reflection;
    const pb::FieldDescriptor* field;
    int index = -1;
};

using ItemRead = std::function<void(const Place&, Vector& out, idx_t row)>;

template <class T>
void put(Vector& out, idx_t row, T value) {
    FlatVector::GetData<T>(out)[row] = value;
}

void put_text(Vector& out, idx_t row, std::string_view text) {
    put(out, row, duckdb::StringVector::AddStringOrBlob(out, text.data(), text.size()));
}

// `one` and `of_list` of the reflection, by what the place is.
template <class T>
T take(const Place& p,
    T (pb::Reflection::*one)(const pb::Message&, const pb::FieldDescriptor*) const,
    T (pb::Reflection::*of_list)(const pb::Message&, const pb::FieldDescriptor*, int) const) {
    return p.index < 0 ? (p.reflection.*one)(p.message, p.field)
                       : (p.reflection.*of_list)(p.message, p.field, p.index);
}

using R = pb::Reflection;

const pb::Message& take_message(const Place& p) {
    return p.index < 0 ? p.reflection.GetMessage(p.message, p.field)
                       : p.reflection.GetRepeatedMessage(p.message, p.field, p.index);
}

int64_t int_of(const pb::Message& message, const pb::FieldDescriptor* field) {
    const auto& reflection = *message.GetReflection();
    return field->cpp_type() == pb::FieldDescriptor::CPPTYPE_INT64
               ? reflection.GetInt64(message, field)
               : reflection.GetInt32(message, field);
}

// Of a Timestamp or Duration.
int64_t micros_of(const pb::Message& message) {
    const auto* descriptor = message.GetDescriptor();
    int64_t micros = 0;
    int64_t nanos = int_of(message, descriptor->field(1));
    if (__builtin_mul_overflow(int_of(message, descriptor->field(0)), int64_t{1000000}, &micros) ||
        __builtin_add_overflow(micros, nanos / 1000, &micros))
        throw MalformedMessage();
    return micros;
}

std::string enum_name(const pb::EnumDescriptor& type, int number) {
    if (const auto* value = type.FindValueByNumber(number)) return value->name();
    return "UNKNOWN_ENUM_VALUE_" + type.name() + "_" + std::to_string(number);
}

class Builder {
public:
    Builder(const protobuf::MessageType& message, const protobuf::Options& options)
        : message_(message), options_(options) {}

    MessageRead record(const pb::Descriptor& message, const types::DataType& type) const {
        struct Step {
            const pb::FieldDescriptor* field;  // null: always NULL
            ItemRead read;
        };
        std::vector<Step> steps;
        for (const auto& f : type.fields()) {
            const auto* field = message.FindFieldByName(f.name);
            steps.push_back({field, field ? value(*field, *f.type) : ItemRead()});
        }
        bool emits_defaults = options_.emits_defaults;
        return [steps, emits_defaults](const pb::Message& m, Vector& out, idx_t row) {
            auto& children = duckdb::StructVector::GetEntries(out);
            const auto& reflection = *m.GetReflection();
            for (size_t i = 0; i < steps.size(); ++i) {
                const auto* field = steps[i].field;
                bool is_there = field && (field->is_repeated() || reflection.HasField(m, field) ||
                                             field->has_default_value() ||
                                             (emits_defaults && !field->has_presence()));
                if (is_there)
                    steps[i].read({m, reflection, field}, *children[i], row);
                else
                    FlatVector::SetNull(*children[i], row, true);
            }
        };
    }

private:
    ItemRead value(const pb::FieldDescriptor& field, const types::DataType& type) const {
        if (type.is(TypeId::kMap)) return map(field, type);
        if (!field.is_repeated()) return item(field, type);
        auto read = item(field, *type.element());
        return [read](const Place& p, Vector& out, idx_t row) {
            idx_t start = ListVector::GetListSize(out);
            auto size = static_cast<idx_t>(p.reflection.FieldSize(p.message, p.field));
            ListVector::Reserve(out, start + size);
            for (idx_t i = 0; i < size; ++i)
                read({p.message, p.reflection, p.field, static_cast<int>(i)},
                    ListVector::GetEntry(out), start + i);
            ListVector::SetListSize(out, start + size);
            put(out, row, duckdb::list_entry_t(start, size));
        };
    }

    ItemRead map(const pb::FieldDescriptor& field, const types::DataType& type) const {
        const auto* key_field = field.message_type()->map_key();
        const auto* value_field = field.message_type()->map_value();
        auto key = item(*key_field, *type.key());
        auto value = item(*value_field, *type.value());
        return [=](const Place& p, Vector& out, idx_t row) {
            idx_t start = ListVector::GetListSize(out);
            auto size = static_cast<idx_t>(p.reflection.FieldSize(p.message, p.field));
            ListVector::Reserve(out, start + size);
            for (idx_t i = 0; i < size; ++i) {
                const auto& entry = p.reflection.GetRepeatedMessage(
                    p.message, p.field, static_cast<int>(i));
                const auto& reflection = *entry.GetReflection();
                key({entry, reflection, key_field}, duckdb::MapVector::GetKeys(out), start + i);
                value(
                    {entry, reflection, value_field}, duckdb::MapVector::GetValues(out), start + i);
            }
            ListVector::SetListSize(out, start + size);
            put(out, row, duckdb::list_entry_t(start, size));
        };
    }

    ItemRead item(const pb::FieldDescriptor& field, const types::DataType& type) const {
        switch (field.cpp_type()) {
            case pb::FieldDescriptor::CPPTYPE_BOOL:
                return [](const Place& p, Vector& out, idx_t row) {
                    put(out, row, take<bool>(p, &R::GetBool, &R::GetRepeatedBool));
                };
            case pb::FieldDescriptor::CPPTYPE_INT32:
                return [](const Place& p, Vector& out, idx_t row) {
                    put(out, row, take<int32_t>(p, &R::GetInt32, &R::GetRepeatedInt32));
                };
            case pb::FieldDescriptor::CPPTYPE_INT64:
                return [](const Place& p, Vector& out, idx_t row) {
                    put(out, row, take<int64_t>(p, &R::GetInt64, &R::GetRepeatedInt64));
                };
            case pb::FieldDescriptor::CPPTYPE_UINT32:
            case pb::FieldDescriptor::CPPTYPE_UINT64: return unsigned_item(field, type);
            case pb::FieldDescriptor::CPPTYPE_FLOAT:
                return [](const Place& p, Vector& out, idx_t row) {
                    put(out, row, take<float>(p, &R::GetFloat, &R::GetRepeatedFloat));
                };
            case pb::FieldDescriptor::CPPTYPE_DOUBLE:
                return [](const Place& p, Vector& out, idx_t row) {
                    put(out, row, take<double>(p, &R::GetDouble, &R::GetRepeatedDouble));
                };
            case pb::FieldDescriptor::CPPTYPE_STRING:
                return [](const Place& p, Vector& out, idx_t row) {
                    put_text(out, row, take<std::string>(p, &R::GetString, &R::GetRepeatedString));
                };
            case pb::FieldDescriptor::CPPTYPE_ENUM: return enum_item(field, type);
            case pb::FieldDescriptor::CPPTYPE_MESSAGE: return message_item(field, type);
        }
        return nullptr;
    }

    static ItemRead unsigned_item(const pb::FieldDescriptor& field, const types::DataType& type) {
        if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_UINT32) {
            bool is_long = type.is(TypeId::kLong);
            return [is_long](const Place& p, Vector& out, idx_t row) {
                auto number = take<uint32_t>(p, &R::GetUInt32, &R::GetRepeatedUInt32);
                if (is_long)
                    put<int64_t>(out, row, number);
                else
                    put(out, row, static_cast<int32_t>(number));
            };
        }
        auto decimal = type.is(TypeId::kDecimal) ? types::DataType::decimal(20, 0) : nullptr;
        return [decimal](const Place& p, Vector& out, idx_t row) {
            auto number = take<uint64_t>(p, &R::GetUInt64, &R::GetRepeatedUInt64);
            if (decimal)
                write_decimal_value(out, row, static_cast<__int128>(number), 0, *decimal);
            else
                put(out, row, static_cast<int64_t>(number));
        };
    }

    static ItemRead enum_item(const pb::FieldDescriptor& field, const types::DataType& type) {
        bool is_number = type.is(TypeId::kInteger);
        const auto* names = field.enum_type();
        return [is_number, names](const Place& p, Vector& out, idx_t row) {
            int number = take<int>(p, &R::GetEnumValue, &R::GetRepeatedEnumValue);
            if (is_number)
                put<int32_t>(out, row, number);
            else
                put_text(out, row, enum_name(*names, number));
        };
    }

    ItemRead message_item(const pb::FieldDescriptor& field, const types::DataType& type) const {
        const auto& message = *field.message_type();
        if (type.is(TypeId::kStruct)) {
            auto read = record(message, type);
            return
                [read](const Place& p, Vector& out, idx_t row) { read(take_message(p), out, row); };
        }
        switch (protobuf::kind_of(field)) {
            case MessageKind::kTimestamp:
            case MessageKind::kDuration:
                return [](const Place& p, Vector& out, idx_t row) {
                    put(out, row, micros_of(take_message(p)));
                };
            case MessageKind::kAny:
                return [types = &message_](const Place& p, Vector& out, idx_t row) {
                    std::string json;
                    if (!types->any_as_json(take_message(p), &json)) throw MalformedMessage();
                    put_text(out, row, json);
                };
            default: break;
        }
        // A wrapper's value.
        const auto* inner = message.field(0);
        auto read = item(*inner, type);
        return [read, inner](const Place& p, Vector& out, idx_t row) {
            const auto& wrapper = take_message(p);
            read({wrapper, *wrapper.GetReflection(), inner}, out, row);
        };
    }

    const protobuf::MessageType& message_;
    const protobuf::Options& options_;
};

}  // namespace

MessageRead make_message_read(const protobuf::MessageType& message, const types::DataType& type,
    const protobuf::Options& options) {
    auto read = Builder(message, options).record(message.descriptor(), type);
    return [read](const pb::Message& m, Vector& out, idx_t row) {
        // Fields of another type than the message's are unknown ones with known numbers.
        const auto& unknown = m.GetReflection()->GetUnknownFields(m);
        for (int i = 0; i < unknown.field_count(); ++i)
            if (m.GetDescriptor()->FindFieldByNumber(unknown.field(i).number()))
                throw MalformedMessage();
        read(m, out, row);
    };
}

}  // namespace hanok::engine

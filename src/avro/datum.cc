#include "avro/datum.h"

namespace hanok::avro {

namespace {

template <class T>
const T& get(const Datum& datum) {
    const T* value = std::get_if<T>(&datum.v);
    if (value == nullptr) throw_malformed("a value has another type than its schema");
    return *value;
}

// The branch that a datum belongs to: null or not, else by the kind of value.
size_t branch_of(const Schema& schema, const Datum& value) {
    for (size_t i = 0; i < schema.children.size(); i++) {
        if ((schema.children[i]->type == Type::kNull) == value.is_null()) return i;
    }
    throw_malformed("a union has no branch for a value");
}

void encode_items(const Schema& schema, const Datum& value, Encoder* out) {
    const Datum::List& list = get<Datum::List>(value);
    bool is_map = schema.type == Type::kMap;
    size_t count = is_map ? list.size() / 2 : list.size();
    if (count > 0) out->put_long(static_cast<int64_t>(count));
    for (size_t i = 0; i < list.size(); i++) {
        if (is_map) out->put_bytes(get<std::string>(list[i++]));
        encode(*schema.items(), list[i], out);
    }
    out->put_long(0);
}

// A block of items that take no bytes could claim any number of them.
constexpr int64_t kMaxItems = 1 << 28;

Datum decode_items(const Schema& schema, Decoder* in) {
    Datum::List list;
    while (int64_t count = in->take_block()) {
        for (int64_t i = 0; i < count; i++) {
            if (list.size() > kMaxItems) throw_malformed("a list has too many items");
            if (schema.type == Type::kMap) list.emplace_back(std::string(in->take_bytes()));
            list.push_back(decode(*schema.items(), in));
        }
    }
    return Datum(std::move(list));
}

const Schema& take_branch(const Schema& schema, Decoder* in) {
    int64_t branch = in->take_long();
    if (branch < 0 || static_cast<size_t>(branch) >= schema.children.size())
        throw_malformed("a union has no such branch");
    return *schema.children[static_cast<size_t>(branch)];
}

}  // namespace

bool Datum::as_bool() const { return get<bool>(*this); }
int64_t Datum::as_int() const { return get<int64_t>(*this); }
double Datum::as_double() const { return get<double>(*this); }
const std::string& Datum::as_string() const { return get<std::string>(*this); }
const Datum::List& Datum::as_list() const { return get<List>(*this); }

void encode(const Schema& schema, const Datum& value, Encoder* out) {
    switch (schema.type) {
        case Type::kNull: return;
        case Type::kBoolean: out->put_boolean(value.as_bool()); return;
        case Type::kInt:
        case Type::kLong:
        case Type::kEnum: out->put_long(value.as_int()); return;
        case Type::kFloat: out->put_float(static_cast<float>(value.as_double())); return;
        case Type::kDouble: out->put_double(value.as_double()); return;
        case Type::kBytes:
        case Type::kString: out->put_bytes(value.as_string()); return;
        case Type::kFixed: out->put_fixed(value.as_string()); return;
        case Type::kArray:
        case Type::kMap: encode_items(schema, value, out); return;
        case Type::kUnion: {
            size_t branch = branch_of(schema, value);
            out->put_long(static_cast<int64_t>(branch));
            encode(*schema.children[branch], value, out);
            return;
        }
        case Type::kRecord: {
            const Datum::List& list = value.as_list();
            if (list.size() != schema.fields.size())
                throw_malformed("a record has another number of fields than its schema");
            for (size_t i = 0; i < list.size(); i++) encode(*schema.fields[i].type, list[i], out);
            return;
        }
    }
}

Datum decode(const Schema& schema, Decoder* in) {
    switch (schema.type) {
        case Type::kNull: return {};
        case Type::kBoolean: return Datum(in->take_boolean());
        case Type::kInt:
        case Type::kLong:
        case Type::kEnum: return Datum(in->take_long());
        case Type::kFloat: return Datum(static_cast<double>(in->take_float()));
        case Type::kDouble: return Datum(in->take_double());
        case Type::kBytes:
        case Type::kString: return Datum(std::string(in->take_bytes()));
        case Type::kFixed: return Datum(std::string(in->take_fixed(schema.size)));
        case Type::kArray:
        case Type::kMap: return decode_items(schema, in);
        case Type::kUnion: return decode(take_branch(schema, in), in);
        case Type::kRecord: {
            Datum::List list;
            for (const Field& field : schema.fields) list.push_back(decode(*field.type, in));
            return Datum(std::move(list));
        }
    }
    return {};
}

void skip(const Schema& schema, Decoder* in) {
    switch (schema.type) {
        case Type::kNull: return;
        case Type::kBoolean: in->take_fixed(1); return;
        case Type::kInt:
        case Type::kLong:
        case Type::kEnum: in->take_long(); return;
        case Type::kFloat: in->take_fixed(4); return;
        case Type::kDouble: in->take_fixed(8); return;
        case Type::kBytes:
        case Type::kString: in->take_bytes(); return;
        case Type::kFixed: in->take_fixed(schema.size); return;
        case Type::kUnion: skip(take_branch(schema, in), in); return;
        case Type::kRecord:
            for (const Field& field : schema.fields) skip(*field.type, in);
            return;
        case Type::kArray:
        case Type::kMap:
            while (int64_t count = in->take_block()) {
                if (count > kMaxItems) throw_malformed("a list has too many items");
                for (int64_t i = 0; i < count; i++) {
                    if (schema.type == Type::kMap) in->take_bytes();
                    skip(*schema.items(), in);
                }
            }
    }
}

}  // namespace hanok::avro

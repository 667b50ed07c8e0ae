#include "engine/functions/protobuf.h"

#include <google/protobuf/message.h>

#include "base/error.h"
#include "base/hex.h"
#include "engine/functions/format_options.h"
#include "engine/functions/map_options.h"
#include "engine/functions/protobuf_values.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;

namespace {

// Constants 0 and 1: the message's name, and the descriptors or "" for a class. Constants travel as
// text, which bytes may not be.
protobuf::MessageTypePtr message_of(const TypedCall& call) {
    const auto& descriptors = call.constants[1];
    return descriptors.empty()
               ? protobuf::MessageType::find_class(call.constants[0])
               : protobuf::MessageType::find(base::unhex(descriptors), call.constants[0]);
}

void set_all_null(duckdb::Vector& result, idx_t row) {
    for (auto& child : duckdb::StructVector::GetEntries(result))
        FlatVector::SetNull(*child, row, true);
}

void from_protobuf(const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count,
    duckdb::Vector& result) {
    QueryContext context;
    auto options = protobuf::parse_options(unpack_options(call.constants[2], &context));
    auto message = message_of(call);
    auto read = make_message_read(*message, *call.result, options);
    auto value = message->new_message();
    for (idx_t row = 0; row < count; ++row) {
        if (columns[0].is_null(row)) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        try {
            if (!message->parse(columns[0].text(row), value.get())) throw MalformedMessage();
            read(*value, result, row);
        } catch (const MalformedMessage&) {
            if (!options.is_permissive)
                throw runtime_error("MALFORMED_PROTOBUF_MESSAGE", {{"failFastMode", "FAILFAST"}});
            set_all_null(result, row);
        }
    }
}

void to_protobuf(const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count,
    duckdb::Vector& result) {
    auto message = message_of(call);
    auto write = make_message_write(*call.types[0], message->descriptor());
    auto value = message->new_message();
    auto* out = FlatVector::GetData<duckdb::string_t>(result);
    std::string bytes;
    for (idx_t row = 0; row < count; ++row) {
        if (columns[0].is_null(row)) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        value->Clear();
        bool written = true;
        try {
            write(columns[0], row, value.get());
        } catch (const MalformedMessage&) {
            written = false;
        }
        // Items that are NULL, messages that are required and not there.
        if (!written || !value->IsInitialized()) {
            throw runtime_error("UNABLE_TO_CONVERT_TO_PROTOBUF_MESSAGE_TYPE",
                {{"protobufType", call.constants[0]},
                    {"toType", "\"" + call.types[0]->sql() + "\""}});
        }
        value->SerializeToString(&bytes);
        out[row] = duckdb::StringVector::AddStringOrBlob(result, bytes.data(), bytes.size());
    }
}

}  // namespace

void lower_protobuf(FunctionLowerings& l) {
    l.scalar("from_protobuf",
        [](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
            auto packed = pack_options(map_options(call.args, 3), context.query);
            return typed_call("spark_from_protobuf", {call.args[0]->type}, call.type,
                {constant_text(call.args[1]), base::hex(constant_text(call.args[2])), packed},
                duck_list(std::move(args[0])));
        });
    l.scalar("to_protobuf", [](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        return typed_call("spark_to_protobuf", {call.args[0]->type}, nullptr,
            {constant_text(call.args[1]), base::hex(constant_text(call.args[2]))},
            duck_list(std::move(args[0])));
    });
}

void add_protobuf(KernelSet& kernels) {
    add_format_kernel(
        kernels, "spark_from_protobuf", 3, duckdb::LogicalType::VARCHAR, from_protobuf);
    add_format_kernel(kernels, "spark_to_protobuf", 2, duckdb::LogicalType::BLOB, to_protobuf);
}

}  // namespace hanok::engine

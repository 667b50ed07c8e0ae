// from_protobuf, to_protobuf: their types are in the descriptors that they are given.

#include "analyzer/functions/format_groups.h"
#include "protobuf/spark_types.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using types::DataType;
using types::TypeId;

namespace {

struct Arguments {
    std::string message;
    std::string descriptors;  // "" for a class
    ExprPtr options;          // null for none
};

// A constant string or binary; nullopt for NULL. `kind` is what it must be otherwise.
std::optional<std::string> constant_bytes(
    const FunctionDef& def, CallInput& input, size_t i, const std::string& kind) {
    const ExprPtr& e = input.args[i];
    if (e->type->is(TypeId::kNull)) return std::nullopt;
    bool fits = e->type->is_string() || (i == 2 && e->type->is(TypeId::kBinary));
    if (fits && input.fold && resolved::is_foldable(*e)) {
        auto value = input.fold(e);
        if (value.is_null()) return std::nullopt;
        return value.as_string();
    }
    static const char* const kPlaces[] = {"first", "second", "third", "fourth"};
    raise_mismatch(def, input, "TYPE_CHECK_FAILURE_WITH_HINT",
        {{"msg", std::string("The ") + kPlaces[i] + " argument of the " +
                     types::to_upper(input.name) + " SQL function must be a constant " + kind},
            {"hint", ""}});
}

// (data, messageName [, descriptors] [, options])
Arguments arguments(const FunctionDef& def, CallInput& input) {
    Arguments out;
    auto name = constant_bytes(def, input, 1, "string representing the Protobuf message name");
    if (!name)
        throw analysis_error("INVALID_PARAMETER_VALUE.NULL",
            {{"functionName", "`" + input.name + "`"}, {"parameter", "`messageName`"}});
    out.message = *name;
    size_t next = 2;
    if (input.args.size() > 2 && !input.args[2]->type->is(TypeId::kMap)) {
        const auto* kind =
            "string representing the Protobuf descriptor file path or a constant binary";
        auto given = constant_bytes(def, input, 2, kind);
        // A set without files is a set.
        if (given && given->empty())
            throw analysis_error("PROTOBUF_MESSAGE_NOT_FOUND", {{"messageName", out.message}});
        if (given) out.descriptors = *given;
        ++next;
    }
    if (next >= input.args.size() || input.args[next]->type->is(TypeId::kNull)) return out;
    check_options(def, input, input.args[next]);
    out.options = input.args[next];
    return out;
}

std::map<std::string, std::string> entries_of(const ExprPtr& options) {
    std::map<std::string, std::string> out;
    if (!options) return out;
    const auto& entries = options->as<resolved::Call>().args;
    for (size_t i = 0; i + 1 < entries.size(); i += 2) {
        auto key = constant_string(entries[i]);
        auto value = constant_string(entries[i + 1]);
        if (key && value) out[types::to_lower(*key)] = *value;
    }
    return out;
}

protobuf::MessageTypePtr message_of(const Arguments& args) {
    return args.descriptors.empty() ? protobuf::MessageType::find_class(args.message)
                                    : protobuf::MessageType::find(args.descriptors, args.message);
}

resolved::Exprs call_args(const CallInput& input, const Arguments& args) {
    resolved::Exprs out{input.args[0], string_constant(args.message),
        std::make_shared<resolved::Literal>(
            DataType::binary(), types::string_value(args.descriptors))};
    if (args.options) out.push_back(args.options);
    return out;
}

ExprPtr bind_from_protobuf(const FunctionDef& def, CallInput& input) {
    if (!input.args[0]->type->is(TypeId::kBinary) && !input.args[0]->type->is(TypeId::kNull))
        raise_unexpected_type(def, input, 0, "\"BINARY\"");
    auto args = arguments(def, input);
    auto options = protobuf::parse_options(entries_of(args.options));
    auto type = protobuf::spark_type_of(*message_of(args), options);
    return make_call(input, "from_protobuf", call_args(input, args), type, true);
}

ExprPtr bind_to_protobuf(const FunctionDef& def, CallInput& input) {
    auto args = arguments(def, input);
    protobuf::parse_options(entries_of(args.options));
    auto message = message_of(args);
    const auto& type = *input.args[0]->type;
    if (!type.is(TypeId::kStruct) && !type.is(TypeId::kNull))
        raise_unexpected_type(def, input, 0, "\"STRUCT\"");
    if (type.is(TypeId::kStruct)) protobuf::check_writable(type, *message);
    args.options = nullptr;
    return make_call(input, "to_protobuf", call_args(input, args), DataType::binary(), true);
}

}  // namespace

void register_protobuf(FunctionRegistry& registry) {
    FunctionGroup group(registry, "protobuf");
    auto only_value = [](const std::string& name) {
        return [name](const std::vector<std::string>& args) { return value_only(name, args); };
    };
    group
        .custom("from_protobuf", 2, 4, bind_from_protobuf,
            "The struct that a Protobuf message is, by the descriptors of its type.")
        .column_name(only_value("from_protobuf"));
    group.custom("to_protobuf", 2, 4, bind_to_protobuf, "A struct as a Protobuf message.")
        .column_name(only_value("to_protobuf"));
}

}  // namespace hanok::analyzer

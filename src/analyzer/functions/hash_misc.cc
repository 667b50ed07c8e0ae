// Hashes, encryption, the session's own values, checks.

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

void check_hashable(const FunctionDef& def, CallInput& input) {
    if (input.args.empty()) raise_wrong_num_args(def.name, "> 0", 0);
    for (const auto& a : input.args) {
        if (a->type->is(TypeId::kMap)) {
            raise_mismatch(
                def, input, "HASH_MAP_TYPE", {{"functionName", quote_identifier(def.name)}});
        }
    }
}

void register_hashes(FunctionRegistry& registry) {
    FunctionGroup group(registry, "hash_funcs");
    for (const auto* name : {"hash", "xxhash64"}) {
        auto type = std::string(name) == "hash" ? DataType::integer() : DataType::long_();
        group.custom(
            name, 0, -1,
            [type](const FunctionDef& def, CallInput& input) {
                check_hashable(def, input);
                return make_call(input, def.name, input.args, type, false);
            },
            "Hash of all values together.");
    }
    group.scalar("md5", {"binary"}, "string", "MD5 checksum in hexadecimal digits.");
    group.scalar("sha1", {"binary"}, "string", "SHA-1 hash in hexadecimal digits.");
    group.scalar("sha", {"binary"}, "string", "SHA-1 hash in hexadecimal digits.").kernel("sha1");
    group
        .scalar("sha2", {"binary", "int"}, "string",
            "SHA-2 hash (224, 256, 384 or 512 bits) in hexadecimal digits.")
        .nulls(Nulls::kAlways);
    group.scalar("crc32", {"binary"}, "bigint", "Cyclic redundancy check value.");
}

void register_encryption(FunctionGroup& group) {
    group
        .scalar("aes_encrypt",
            {"binary", "binary", "string?=GCM", "string?=DEFAULT", "binary?=", "binary?="},
            "binary", "Encrypts with AES in a mode (GCM, CBC, ECB).")
        .nulls(Nulls::kAlways)
        .nondeterministic();
    group
        .scalar("aes_decrypt", {"binary", "binary", "string?=GCM", "string?=DEFAULT", "binary?="},
            "binary", "Decrypts what aes_encrypt made.")
        .nulls(Nulls::kAlways);
    group
        .scalar("try_aes_decrypt",
            {"binary", "binary", "string?=GCM", "string?=DEFAULT", "binary?="}, "binary",
            "As aes_decrypt, but NULL where that raises an error.")
        .nulls(Nulls::kAlways);
}

void add_session_value(FunctionGroup& group, const std::string& name,
    std::function<std::string(const FunctionContext&)> value, const std::string& usage,
    const std::string& label = "") {
    group
        .custom(
            name, 0, 0,
            [value](const FunctionDef&, CallInput& input) {
                return string_constant(value(input.context));
            },
            usage)
        .label(label.empty() ? name : label);
}

void register_session_values(FunctionGroup& group) {
    for (const auto* name : {"current_user", "session_user", "user"}) {
        add_session_value(
            group, name, [](const FunctionContext& c) { return c.user; },
            "The user of the session.");
    }
    add_session_value(
        group, "current_catalog", [](const FunctionContext& c) { return c.catalog; },
        "The current catalog.");
    add_session_value(
        group, "current_schema", [](const FunctionContext& c) { return c.schema; },
        "The current schema.");
    add_session_value(
        group, "current_database", [](const FunctionContext& c) { return c.schema; },
        "The current schema.", "current_schema");
    add_session_value(
        group, "version", [](const FunctionContext& c) { return c.version; },
        "The version of Spark spoken.");
    add_session_value(
        group, "current_path",
        [](const FunctionContext& c) {
            return "system.builtin,system.session," + c.catalog + "." + c.schema;
        },
        "The path on which function names are looked up.");
}

ExprPtr volatile_call(
    CallInput& input, const std::string& name, Exprs args, TypePtr type, bool nullable) {
    auto call = std::make_shared<resolved::Call>(name, std::move(args), std::move(type), nullable);
    call->ansi = input.context.ansi;
    call->origin = input.origin;
    call->deterministic = false;
    return call;
}

void add_row_value(FunctionGroup& group, const std::string& name, const TypePtr& type,
    const std::string& label, const std::string& usage, int max_args = 0) {
    group
        .custom(
            name, 0, max_args,
            [name, type](const FunctionDef&, CallInput& input) {
                return volatile_call(input, name, {}, type, false);
            },
            usage)
        .nondeterministic()
        .label(label);
}

void register_checks(FunctionGroup& group) {
    group
        .custom(
            "assert_true", 1, 2,
            [](const FunctionDef& def, CallInput& input) {
                if (input.args.size() == 1) {
                    input.args.push_back(
                        string_constant("'" + expression_sql(*input.args[0]) + "' is not true!"));
                }
                auto args = coerce_arguments({"boolean", "string"}, def, input);
                return volatile_call(input, "assert_true", args, DataType::null(), true);
            },
            "Raises an error unless the condition holds.")
        .column_name([](const std::vector<std::string>& args) {
            if (args.empty()) return std::string("assert_true()");
            auto message = args.size() > 1 ? args[1] : "'" + args[0] + "' is not true!";
            return "assert_true(" + args[0] + ", " + message + ")";
        });
    group
        .custom(
            "raise_error", 1, 1,
            [](const FunctionDef& def, CallInput& input) {
                auto args = coerce_arguments({"string"}, def, input);
                args.insert(args.begin(), string_constant("USER_RAISED_EXCEPTION"));
                args.push_back(
                    null_constant(DataType::map(DataType::string(), DataType::string())));
                return volatile_call(input, "raise_error", args, DataType::null(), true);
            },
            "Raises an error with a message.")
        .nondeterministic();
}

// Calls of Java methods: there is no JVM to call them in.
void register_reflection(FunctionGroup& group) {
    for (const char* name : {"reflect", "java_method", "try_reflect"}) {
        group.custom(
            name, 2, -1,
            [](const FunctionDef& def, CallInput&) -> ExprPtr {
                throw unsupported_feature("the function " + def.name + ", which calls Java");
            },
            "A Java method; refused, as there is no JVM.");
    }
}

}  // namespace

void register_hash_misc(FunctionRegistry& registry) {
    register_hashes(registry);
    FunctionGroup group(registry, "misc_funcs");
    register_encryption(group);
    register_session_values(group);
    register_checks(group);
    register_reflection(group);
    add_row_value(group, "input_file_name", DataType::string(), "input_file_name",
        "The file a row was read from.");
    add_row_value(group, "input_file_block_start", DataType::long_(), "input_file_block_start",
        "Where in its file the block of a row starts, -1 when unknown.");
    add_row_value(group, "input_file_block_length", DataType::long_(), "input_file_block_length",
        "The length of the block of a row, -1 when unknown.");
    add_row_value(group, "monotonically_increasing_id", DataType::long_(),
        "monotonically_increasing_id", "A number that is unique and grows from row to row.");
    add_row_value(group, "distributed_sequence_id", DataType::long_(), "distributed_sequence_id",
        "The position of a row, from 0.", 1);  // whether to keep the plan from being cached
    add_row_value(group, "spark_partition_id", DataType::integer(), "SPARK_PARTITION_ID",
        "The partition of a row.");
    group
        .custom(
            "uuid", 0, 1,
            [](const FunctionDef&, CallInput& input) {
                return volatile_call(input, "uuid", input.args, DataType::string(), false);
            },
            "A random UUID.")
        .nondeterministic()
        .column_name([](const std::vector<std::string>&) { return "uuid()"; });
    group.custom(
        "unwrap_udt", 1, 1, [](const FunctionDef&, CallInput& input) { return input.args[0]; },
        "The plain value behind one of a user-defined type.");
    group.custom(
        "typeof", 1, 1,
        [](const FunctionDef&, CallInput& input) {
            return string_constant(input.args[0]->type->simple_string());
        },
        "The type of a value.");
    group.scalar("bitmap_bit_position", {"bigint"}, "bigint",
        "Position of a value's bit in its bitmap bucket.");
    group.scalar(
        "bitmap_bucket_number", {"bigint"}, "bigint", "Number of the bitmap bucket of a value.");
    group.scalar("bitmap_count", {"binary"}, "bigint", "Number of bits that are set in a bitmap.");
}

}  // namespace hanok::analyzer

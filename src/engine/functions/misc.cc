// Checks, places of rows, bitmaps.

#include "engine/functions/decimal_lowering.h"
#include "engine/functions/groups.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

DuckExpr as_void(DuckExpr failure) {
    // The kernel gives an INTEGER NULL: VOID has no vector of its own.
    return failure;
}

}  // namespace

void lower_misc(FunctionLowerings& l) {
    l.scalar("assert_true", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return as_void(duck_call("spark_assert_true", std::move(args)));
    });
    l.scalar("raise_error", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        // (condition, message, parameters): a message alone, or a condition with a map of
        // parameters.
        args[1] = duck_cast(std::move(args[1]), duckdb::LogicalType::VARCHAR);
        auto map = duckdb::LogicalType::MAP(
            duckdb::LogicalType::VARCHAR, duckdb::LogicalType::VARCHAR);
        auto text = duckdb::LogicalType::LIST(duckdb::LogicalType::VARCHAR);
        auto keys = duck_cast(
            duck_call("map_keys", duck_list(duck_cast(args[2]->Copy(), map))), text);
        auto values = duck_cast(
            duck_call("map_values", duck_list(duck_cast(std::move(args[2]), map))), text);
        return as_void(duck_call("spark_raise_error",
            duck_list(std::move(args[0]), std::move(args[1]),
                duck_call("array_to_string", duck_list(std::move(keys), text_argument("\x01"))),
                duck_call(
                    "array_to_string", duck_list(std::move(values), text_argument("\x01"))))));
    });
}

namespace {

std::vector<std::string> parts(std::string_view text) {
    std::vector<std::string> out;
    while (true) {
        auto end = text.find('\x01');
        out.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

void add_misc(KernelSet& kernels) {
    using Text = std::optional<std::string_view>;
    kernels.add(
        "spark_assert_true",
        [](std::optional<bool> holds, Text message) -> std::optional<int32_t> {
            if (holds && *holds) return std::nullopt;
            raise(runtime_error("USER_RAISED_EXCEPTION",
                {{"errorMessage", message ? std::string(*message) : "null"}}));
        },
        Fallible::kYes);
    kernels.add(
        "spark_raise_error",
        [](Text condition, Text message, Text keys, Text values) -> std::optional<int32_t> {
            ErrorParameters parameters;
            if (keys) {
                auto names = parts(*keys), texts = parts(values.value_or(""));
                for (size_t i = 0; i < names.size() && i < texts.size(); ++i)
                    parameters[names[i]] = texts[i];
            } else {
                parameters["errorMessage"] = message ? std::string(*message) : "null";
            }
            raise(runtime_error(
                types::to_upper(std::string(condition.value_or("USER_RAISED_EXCEPTION"))),
                parameters));
        },
        Fallible::kYes);
    kernels.add("spark_bitmap_bit_position",
        [](int64_t x) -> int64_t { return x > 0 ? (x - 1) % 32768 : (-x) % 32768; });
    kernels.add("spark_bitmap_bucket_number",
        [](int64_t x) -> int64_t { return x > 0 ? 1 + (x - 1) / 32768 : x / 32768; });
    kernels.add("spark_bitmap_count", [](Bytes b) -> int64_t {
        int64_t n = 0;
        for (unsigned char c : b.data) n += __builtin_popcount(c);
        return n;
    });
}

}  // namespace hanok::engine

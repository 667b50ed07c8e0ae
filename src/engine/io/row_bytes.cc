#include "engine/io/row_bytes.h"

#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

using duckdb::LogicalTypeId;

// What a value takes beside the bytes it points to, and those of a nested value whose elements are
// not looked at one by one.
int64_t fixed_bytes(const duckdb::LogicalType& type) {
    constexpr int64_t kGuessedText = 16;
    switch (type.id()) {
        case LogicalTypeId::STRUCT: {
            int64_t sum = 0;
            for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type))
                sum += fixed_bytes(child);
            return sum;
        }
        case LogicalTypeId::LIST:
        case LogicalTypeId::MAP:
        case LogicalTypeId::VARCHAR:
        case LogicalTypeId::BLOB: return kGuessedText;
        default: return int64_t(duckdb::GetTypeIdSize(type.InternalType()));
    }
}

// Bytes behind a value; null: none that differ from row to row.
DuckExpr pointed_bytes(DuckExpr value, const duckdb::LogicalType& type) {
    auto times = [](DuckExpr count, int64_t bytes) {
        return duck_call(
            "*", duck_list(std::move(count), duck_constant(duckdb::Value::BIGINT(bytes))));
    };
    switch (type.id()) {
        case LogicalTypeId::VARCHAR: return duck_call("strlen", duck_list(std::move(value)));
        case LogicalTypeId::BLOB: return duck_call("octet_length", duck_list(std::move(value)));
        case LogicalTypeId::LIST:
            return times(duck_call("len", duck_list(std::move(value))),
                fixed_bytes(duckdb::ListType::GetChildType(type)));
        case LogicalTypeId::MAP:
            return times(duck_call("cardinality", duck_list(std::move(value))),
                fixed_bytes(duckdb::MapType::KeyType(type)) +
                    fixed_bytes(duckdb::MapType::ValueType(type)));
        default: return nullptr;
    }
}

}  // namespace

DuckExpr row_bytes(const WriteInput& input) {
    int64_t fixed = 0;
    DuckExpr sum;
    for (size_t i = 0; i < input.attributes.size(); ++i) {
        auto type = to_logical_type(*input.attributes[i].type);
        fixed += fixed_bytes(type);
        auto pointed = pointed_bytes(input_column(input, i), type);
        if (!pointed) continue;
        pointed = duck_call(
            "coalesce", duck_list(duck_cast(std::move(pointed), duckdb::LogicalType::BIGINT),
                            duck_constant(duckdb::Value::BIGINT(0))));
        sum = sum ? duck_call("+", duck_list(std::move(sum), std::move(pointed)))
                  : std::move(pointed);
    }
    auto constant = duck_constant(duckdb::Value::BIGINT(std::max<int64_t>(fixed, 1)));
    return sum ? duck_call("+", duck_list(std::move(sum), std::move(constant)))
               : std::move(constant);
}

}  // namespace hanok::engine

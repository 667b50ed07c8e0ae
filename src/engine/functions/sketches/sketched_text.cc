#include "engine/functions/sketches/sketched_text.h"

namespace hanok::engine {

DuckExpr sketched_text(DuckExpr text, const types::DataType& type) {
    if (type.is_default_collation()) return text;
    auto key = [&](DuckExpr of) {
        auto collation = duck_constant(duckdb::Value(type.collation()));
        return duck_call("spark_collation_key", duck_list(std::move(of), std::move(collation)));
    };
    // What is equal to an empty text counts for nothing, as that does.
    auto counted = key(std::move(text));
    auto empty = duck_compare(duckdb::ExpressionType::COMPARE_EQUAL, counted->Copy(),
        key(duck_constant(duckdb::Value(""))));
    return duck_case(std::move(empty), duck_constant(duckdb::Value()), std::move(counted));
}

}  // namespace hanok::engine

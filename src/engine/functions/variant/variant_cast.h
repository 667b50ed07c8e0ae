#pragma once
// A VARIANT as a value of another Spark type, and the other way round.

#include <optional>
#include <string>

#include "engine/functions/nested_column.h"
#include "engine/functions/variant/variant_builder.h"
#include "types/value.h"

namespace hanok::engine {

struct VariantCastContext {
    std::string time_zone = "UTC";
    int64_t now_micros = 0;
};

// The NULL of a variant is NULL in every type but VARIANT; nullopt when the value does not fit.
std::optional<types::Value> cast_variant(
    const VariantView& value, const types::DataType& type, const VariantCastContext& context);

// Structs and maps with string keys become objects.
void append_variant(VariantBuilder& out, const NestedColumn& column, duckdb::idx_t row);

}  // namespace hanok::engine

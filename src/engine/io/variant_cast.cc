#include "engine/io/variant_cast.h"

#include <duckdb.hpp>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/catalog/catalog_entry/scalar_function_catalog_entry.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/function/cast/cast_function_set.hpp>
#include <duckdb/function/function_binder.hpp>
#include <duckdb/main/config.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>

#include "engine/types/logical_types.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

// Encodes as the Parquet format says; its result has the fields metadata and value.
const char* const kEncode = "variant_to_parquet_variant";

struct Encoding final : duckdb::BoundCastData {
    explicit Encoding(duckdb::unique_ptr<duckdb::Expression> bound)
        : expression(std::move(bound)) {}
    duckdb::unique_ptr<duckdb::BoundCastData> Copy() const override {
        return duckdb::make_uniq<Encoding>(expression->Copy());
    }
    duckdb::unique_ptr<duckdb::Expression> expression;
};

struct Encoder final : duckdb::FunctionLocalState {
    Encoder(duckdb::ClientContext& context, const duckdb::Expression& expression)
        : executor(context, expression) {
        input.Initialize(context, {duckdb::LogicalType::VARIANT()});
    }
    duckdb::ExpressionExecutor executor;
    duckdb::DataChunk input;
};

duckdb::unique_ptr<duckdb::FunctionLocalState> make_encoder(
    duckdb::CastLocalStateParameters& parameters) {
    const auto& encoding = parameters.cast_data->Cast<Encoding>();
    return duckdb::make_uniq<Encoder>(*parameters.context, *encoding.expression);
}

void encode_chunk(Encoder& encoder, duckdb::Vector& source, duckdb::Vector& result,
    duckdb::idx_t from, duckdb::idx_t count) {
    encoder.input.Reset();
    encoder.input.data[0].Slice(source, from, from + count);
    encoder.input.SetCardinality(count);
    duckdb::Vector encoded(encoder.executor.expressions[0]->return_type);
    encoder.executor.ExecuteExpression(encoder.input, encoded);
    encoded.Flatten(count);
    duckdb::UnifiedVectorFormat rows;
    encoder.input.data[0].ToUnifiedFormat(count, rows);
    auto& parts = duckdb::StructVector::GetEntries(encoded);
    auto& targets = duckdb::StructVector::GetEntries(result);
    bool value_first = duckdb::StructType::GetChildName(encoded.GetType(), 0) == "value";
    for (size_t i = 0; i < 2; i++) {
        auto& part = *parts[(i == 0) == value_first ? 0 : 1];
        duckdb::VectorOperations::Copy(part, *targets[i], count, 0, from);
    }
    for (duckdb::idx_t row = 0; row < count; row++) {
        if (!rows.validity.RowIsValid(rows.sel->get_index(row)))
            duckdb::FlatVector::SetNull(result, from + row, true);
    }
}

bool encode(duckdb::Vector& source, duckdb::Vector& result, duckdb::idx_t count,
    duckdb::CastParameters& parameters) {
    auto& encoder = parameters.local_state->Cast<Encoder>();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    for (duckdb::idx_t from = 0; from < count; from += STANDARD_VECTOR_SIZE) {
        encode_chunk(encoder, source, result, from,
            std::min<duckdb::idx_t>(STANDARD_VECTOR_SIZE, count - from));
    }
    return true;
}

duckdb::BoundCastInfo bind_encoding(
    duckdb::BindCastInput& input, const duckdb::LogicalType& source, const duckdb::LogicalType&) {
    auto& context = *input.context;
    auto& entry = duckdb::Catalog::GetEntry<duckdb::ScalarFunctionCatalogEntry>(
        context, SYSTEM_CATALOG, DEFAULT_SCHEMA, kEncode);
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> arguments;
    arguments.push_back(duckdb::make_uniq<duckdb::BoundReferenceExpression>(source, 0U));
    duckdb::ErrorData error;
    auto call = duckdb::FunctionBinder(context).BindScalarFunction(
        entry, std::move(arguments), error);
    if (!call) error.Throw();
    return duckdb::BoundCastInfo(
        encode, duckdb::make_uniq<Encoding>(std::move(call)), make_encoder);
}

}  // namespace

void register_variant_cast(duckdb::DatabaseInstance& instance) {
    duckdb::DBConfig::GetConfig(instance).GetCastFunctions().RegisterCastFunction(
        duckdb::LogicalType::VARIANT(), to_logical_type(*types::DataType::variant()),
        bind_encoding);
}

}  // namespace hanok::engine

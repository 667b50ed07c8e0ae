#include "engine/functions/avro.h"

#include "engine/functions/format_options.h"
#include "engine/functions/map_options.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"
#include "engine/io/avro_format.h"
#include "engine/io/malformed_record.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;

namespace {

// FAILFAST, unless asked otherwise.
bool is_permissive(const SourceOptions& options) {
    auto mode = types::to_lower(option_text(options, "mode", "failfast"));
    if (mode == "permissive") return true;
    if (mode == "failfast") return false;
    throw analysis_error("PARSE_MODE_UNSUPPORTED", {{"funcName", "`from_avro`"}, {"mode", mode}});
}

void from_avro(const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count,
    duckdb::Vector& result) {
    QueryContext context;
    auto options = unpack_options(call.constants[1], &context);
    bool permissive = is_permissive(options);
    auto read_options = avro_read_options(options);
    if (types::to_lower(read_options.rebase_mode) == "legacy")
        throw_unsupported_option("from_avro", "datetimeRebaseMode", read_options.rebase_mode);
    auto read = make_avro_read(
        avro::parse_schema(call.constants[0]), call.result, std::move(read_options));
    for (idx_t row = 0; row < count; ++row) {
        if (columns[0].is_null(row)) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        avro::Decoder in(columns[0].text(row));
        try {
            read(in, result, row);
        } catch (const Error& e) {
            if (e.condition() != "AVRO_MALFORMED_DATA") throw;
            if (!permissive) throw_malformed_record(columns[0].text(row));
            FlatVector::SetNull(result, row, true);
        }
    }
}

void to_avro(const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count,
    duckdb::Vector& result) {
    auto write = make_avro_write(avro::parse_schema(call.constants[0]), *call.types[0]);
    auto* out = FlatVector::GetData<duckdb::string_t>(result);
    std::string bytes;
    for (idx_t row = 0; row < count; ++row) {
        if (columns[0].is_null(row)) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        bytes.clear();
        avro::Encoder encoder(&bytes);
        write(columns[0], row, encoder);
        out[row] = duckdb::StringVector::AddStringOrBlob(result, bytes.data(), bytes.size());
    }
}

}  // namespace

void lower_avro(FunctionLowerings& l) {
    l.scalar(
        "from_avro", [](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
            auto options = map_options(call.args, 2);
            auto packed = pack_options(options, context.query);
            is_permissive(options);
            return typed_call("spark_from_avro", {call.args[0]->type}, call.type,
                {constant_text(call.args[1]), packed}, duck_list(std::move(args[0])));
        });
    l.scalar("to_avro", [](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        const auto& value = *call.args[0];
        auto schema = call.args.size() == 2 ? constant_text(call.args[1])
                                            : avro::schema_json(*avro::avro_type_of_spark(
                                                  *value.type, value.nullable));
        return typed_call(
            "spark_to_avro", {value.type}, nullptr, {schema}, duck_list(std::move(args[0])));
    });
}

void add_avro(KernelSet& kernels) {
    add_format_kernel(kernels, "spark_from_avro", 2, duckdb::LogicalType::VARCHAR, from_avro);
    add_format_kernel(kernels, "spark_to_avro", 1, duckdb::LogicalType::BLOB, to_avro);
}

}  // namespace hanok::engine

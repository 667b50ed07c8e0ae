// from_xml, to_xml, schema_of_xml.

#include "engine/functions/format_options.h"
#include "engine/functions/groups.h"
#include "engine/functions/map_options.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"
#include "engine/functions/xml_document.h"
#include "engine/functions/xml_groups.h"
#include "engine/functions/xml_infer.h"
#include "engine/functions/xml_text.h"
#include "engine/functions/xml_values.h"
#include "engine/io/malformed_record.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;

namespace {

XmlOptions options_of(const std::string& packed) {
    QueryContext context;
    auto source = unpack_options(packed, &context);
    return xml_options(source, context);
}

// Reads one XML text into a struct.
class XmlReader {
public:
    XmlReader(const types::DataType& schema, const XmlOptions& options)
        : options_(options),
          corrupt_(schema.field_index(options.corrupt_column, true)),
          writer_(schema, options, "") {}

    void read(duckdb::Vector& result, idx_t row, std::string_view text) {
        auto document = parse_xml(text);
        auto* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
        bool good = root && writer_.write_struct(result, row, *root);
        if (good) return;
        if (options_.mode == ParseMode::kFailFast) throw_malformed_record(text);
        auto& fields = duckdb::StructVector::GetEntries(result);
        if (!root) {
            FlatVector::SetNull(result, row, false);
            for (auto& field : fields) FlatVector::SetNull(*field, row, true);
        }
        if (corrupt_ < 0) return;
        auto& field = *fields[static_cast<size_t>(corrupt_)];
        FlatVector::SetNull(field, row, false);
        FlatVector::GetData<duckdb::string_t>(field)[row] = duckdb::StringVector::AddStringOrBlob(
            field, text.data(), text.size());
    }

private:
    const XmlOptions& options_;
    int corrupt_;
    XmlValueWriter writer_;
};

void add_from_xml(KernelSet& kernels) {
    add_format_kernel(kernels, "spark_from_xml", 1, duckdb::LogicalType::VARCHAR,
        [](const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count,
            duckdb::Vector& result) {
            auto reader_options = options_of(call.constants[0]);
            XmlReader reader(*call.result, reader_options);
            for (idx_t row = 0; row < count; ++row) {
                if (columns[0].is_null(row)) {
                    FlatVector::SetNull(result, row, true);
                } else {
                    reader.read(result, row, columns[0].text(row));
                }
            }
        });
}

void add_to_xml(KernelSet& kernels) {
    TypedOptions options;
    options.constants = 1;
    options.result = duckdb::LogicalType::VARCHAR;
    options.is_fallible = true;
    add_typed_kernel(kernels, "spark_to_xml", options,
        [](const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count,
            duckdb::Vector& result) {
            auto writer_options = options_of(call.constants[0]);
            auto* out = FlatVector::GetData<duckdb::string_t>(result);
            for (idx_t row = 0; row < count; ++row) {
                if (columns[0].is_null(row)) {
                    FlatVector::SetNull(result, row, true);
                    continue;
                }
                std::string text;
                append_xml(text, columns[0], row, writer_options);
                out[row] = duckdb::StringVector::AddStringOrBlob(result, text.data(), text.size());
            }
        });
}

}  // namespace

void lower_xml(FunctionLowerings& l) {
    l.scalar(
        "from_xml", [](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
            auto packed = pack_options(map_options(call.args, 1), context.query);
            return typed_call("spark_from_xml", {call.args[0]->type}, call.type, {packed},
                duck_list(std::move(args[0])));
        });
    l.scalar("to_xml", [](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
        auto packed = pack_options(map_options(call.args, 1), context.query);
        return typed_call(
            "spark_to_xml", {call.args[0]->type}, nullptr, {packed}, duck_list(std::move(args[0])));
    });
    l.scalar("schema_of_xml", [](const LowerContext& context, const resolved::Call& call,
                                  DuckExprs args) {
        auto packed = duck_constant(
            duckdb::Value(pack_options(map_options(call.args, 1), context.query)));
        return duck_call("spark_schema_of_xml", duck_list(std::move(args[0]), std::move(packed)));
    });
}

void add_xml(KernelSet& kernels) {
    add_from_xml(kernels);
    add_to_xml(kernels);
    add_xpath(kernels);
    kernels.add(
        "spark_schema_of_xml",
        [](std::string_view text, std::string_view packed) {
            auto document = parse_xml(text);
            auto* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
            if (!root) raise(runtime_error("HANOK_INVALID_XML", {{"xml", std::string(text)}}));
            return infer_xml_schema(*root, options_of(std::string(packed)))->sql();
        },
        Fallible::kYes);
}

}  // namespace hanok::engine

#include <charconv>

#include "engine/functions/cast_groups.h"
#include "engine/functions/interval_text.h"
#include "engine/functions/time_zone.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"
#include "types/datetime_text.h"
#include "types/value.h"

namespace hanok::engine {

std::string constant_text(const resolved::ExprPtr& e) {
    return e->as<resolved::Literal>().value.as_string();
}

namespace {

ShortText integer_text(int64_t x) {
    ShortText text;
    auto end = std::to_chars(text.data, text.data + sizeof text.data, x).ptr;
    text.size = static_cast<uint8_t>(end - text.data);
    return text;
}

}  // namespace

DuckExpr typed_call(const std::string& name, const std::vector<types::TypePtr>& argument_types,
    const types::TypePtr& result, const std::vector<std::string>& constants, DuckExprs args) {
    types::Fields fields;
    for (const auto& type : argument_types) fields.push_back({"a", type, true, ""});
    DuckExprs all = duck_list(
        duck_constant(duckdb::Value(types::DataType::struct_(fields)->json())));
    auto result_text = result ? duckdb::Value(
                                    types::DataType::struct_({{"r", result, true, ""}})->json())
                              : duckdb::Value(duckdb::LogicalType::VARCHAR);
    all.push_back(duck_constant(result_text));
    for (const auto& constant : constants) all.push_back(duck_constant(duckdb::Value(constant)));
    for (auto& arg : args) all.push_back(std::move(arg));
    return duck_call(name, std::move(all));
}

void add_casts_to_text(KernelSet& kernels) {
    kernels.add("spark_cast_string", [](int32_t x) { return integer_text(x); });
    kernels.add("spark_cast_string", [](int64_t x) { return integer_text(x); });
    kernels.add("spark_cast_string", [](double x) { return types::double_to_string(x); });
    kernels.add("spark_cast_string", [](float x) { return types::float_to_string(x); });
    kernels.add("spark_cast_string",
        [](Int128 x, int32_t scale) { return types::decimal_to_string(x, scale); });
    kernels.add("spark_cast_string", [](Date d) { return types::date_to_string(d.days); });
    kernels.add(
        "spark_cast_string", [](LocalTime t) { return types::timestamp_ntz_to_string(t.micros); });
    kernels.add("spark_cast_string", [](Instant t, std::string_view zone) {
        return types::timestamp_ntz_to_string(TimeZone::get(zone).to_local(t.micros));
    });
    kernels.add(
        "spark_cast_string", [](TimeOfDay t) { return types::time_to_string(t.micros * 1000); });
    kernels.add("spark_cast_string",
        [](Interval i) { return calendar_interval_to_string(i.months, i.days, i.micros); });
    kernels.add("spark_cast_string", [](Bytes b) { return b.data; });
    kernels.add("spark_text_bytes", [](std::string_view s) { return Blob{std::string(s)}; });
    add_text_kernel(kernels, "spark_to_text", 1,
        [](const TypedCall& call, const NestedColumn& column, duckdb::idx_t row, std::string& out) {
            append_text(out, column, row, call.constants[0]);
            return true;
        });
}

}  // namespace hanok::engine

#include "engine/io/row_text.h"

#include <duckdb/common/types/vector.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>

#include "base/error.h"
#include "engine/functions/interval_text.h"
#include "engine/functions/java_pattern.h"
#include "engine/functions/time_zone.h"
#include "types/datetime_text.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

const char* const kName = "hanok_row_text";

struct RowTextBind final : duckdb::FunctionData {
    explicit RowTextBind(const RowText* held) : text(held) {}
    duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
        return duckdb::make_uniq<RowTextBind>(text);
    }
    bool Equals(const duckdb::FunctionData& other) const override {
        return text == other.Cast<RowTextBind>().text;
    }
    const RowText* text;
};

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext& context,
    duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
    auto address =
        duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[0]).GetValue<uint64_t>();
    function.arguments = {duckdb::LogicalType::UBIGINT};
    for (size_t i = 1; i < arguments.size(); i++)
        function.arguments.push_back(arguments[i]->return_type);
    return duckdb::make_uniq<RowTextBind>(reinterpret_cast<const RowText*>(uintptr_t(address)));
}

void execute(duckdb::DataChunk& args, duckdb::ExpressionState& state, duckdb::Vector& result) {
    const auto& text =
        *state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<RowTextBind>().text;
    std::vector<duckdb::RecursiveUnifiedVectorFormat> columns(args.ColumnCount() - 1);
    for (size_t i = 0; i < columns.size(); i++) {
        duckdb::Vector::RecursiveToUnifiedFormat(args.data[i + 1], args.size(), columns[i]);
    }
    auto out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
    std::string line;
    for (duckdb::idx_t row = 0; row < args.size(); row++) {
        line.clear();
        text.append(columns, row, line);
        out[row] = duckdb::StringVector::AddStringOrBlob(result, line);
    }
}

template <class T>
T at(const duckdb::RecursiveUnifiedVectorFormat& column, duckdb::idx_t index) {
    return duckdb::UnifiedVectorFormat::GetData<T>(column.unified)[index];
}

__int128 decimal_at(const duckdb::RecursiveUnifiedVectorFormat& column, duckdb::idx_t index) {
    switch (column.logical_type.InternalType()) {
        case duckdb::PhysicalType::INT16: return at<int16_t>(column, index);
        case duckdb::PhysicalType::INT32: return at<int32_t>(column, index);
        case duckdb::PhysicalType::INT64: return at<int64_t>(column, index);
        default: {
            auto wide = at<duckdb::hugeint_t>(column, index);
            return (__int128(wide.upper) << 64) | wide.lower;
        }
    }
}

std::string pad(int64_t value, int width) {
    auto text = std::to_string(value);
    return text.size() < size_t(width) ? std::string(size_t(width) - text.size(), '0') + text
                                       : text;
}

// 2024-01-02T03:04:05.678
std::string iso_local(int64_t micros) {
    auto days = floor_divide(micros, kMicrosPerDay);
    auto millis = floor_modulo(micros, kMicrosPerDay) / 1000;
    return types::date_to_string(days) + 'T' + pad(millis / 3600000, 2) + ':' +
           pad(millis / 60000 % 60, 2) + ':' + pad(millis / 1000 % 60, 2) + '.' +
           pad(millis % 1000, 3);
}

std::string offset_text(int64_t offset_micros) {
    auto minutes = offset_micros / (60 * kMicrosPerSecond);
    if (minutes == 0) return "Z";
    auto absolute = minutes < 0 ? -minutes : minutes;
    return (minutes < 0 ? "-" : "+") + pad(absolute / 60, 2) + ':' + pad(absolute % 60, 2);
}

}  // namespace

std::string date_text(int32_t days, const DateTimeTexts& texts) {
    if (!texts.date_format) return types::date_to_string(days);
    return JavaPattern::get(*texts.date_format).format(int64_t(days) * kMicrosPerDay, 0, "UTC");
}

std::string timestamp_text(int64_t micros, const DateTimeTexts& texts) {
    auto offset = TimeZone::get(texts.time_zone).offset_micros(micros);
    if (!texts.timestamp_format) return iso_local(micros + offset) + offset_text(offset);
    return JavaPattern::get(*texts.timestamp_format)
        .format(micros + offset, offset, texts.time_zone);
}

std::string timestamp_ntz_text(int64_t micros, const DateTimeTexts& texts) {
    if (!texts.timestamp_ntz_format) return iso_local(micros);
    return JavaPattern::get(*texts.timestamp_ntz_format).format(micros, 0, "UTC");
}

void append_scalar_text(const types::DataType& type,
    const duckdb::RecursiveUnifiedVectorFormat& column, duckdb::idx_t index,
    const DateTimeTexts& texts, std::string& out) {
    using types::TypeId;
    switch (type.id()) {
        case TypeId::kBoolean: out += at<bool>(column, index) ? "true" : "false"; return;
        case TypeId::kByte: out += std::to_string(at<int8_t>(column, index)); return;
        case TypeId::kShort: out += std::to_string(at<int16_t>(column, index)); return;
        case TypeId::kInteger: out += std::to_string(at<int32_t>(column, index)); return;
        case TypeId::kLong: out += std::to_string(at<int64_t>(column, index)); return;
        case TypeId::kFloat: out += types::float_to_string(at<float>(column, index)); return;
        case TypeId::kDouble: out += types::double_to_string(at<double>(column, index)); return;
        case TypeId::kDecimal:
            out += types::decimal_to_string(decimal_at(column, index), type.scale());
            return;
        case TypeId::kDate: out += date_text(at<int32_t>(column, index), texts); return;
        case TypeId::kTimestamp: out += timestamp_text(at<int64_t>(column, index), texts); return;
        case TypeId::kTimestampNtz:
            out += timestamp_ntz_text(at<int64_t>(column, index), texts);
            return;
        case TypeId::kTime: out += types::time_to_string(at<int64_t>(column, index) * 1000); return;
        case TypeId::kYearMonthInterval:
            out += types::interval_to_string(at<int32_t>(column, index), type);
            return;
        case TypeId::kDayTimeInterval:
            out += types::interval_to_string(at<int64_t>(column, index), type);
            return;
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar:
        case TypeId::kBinary: {
            auto text = at<duckdb::string_t>(column, index);
            out.append(text.GetData(), text.GetSize());
            return;
        }
        default: throw internal_error("no text for " + type.simple_string());
    }
}

void register_row_text(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_io");
    duckdb::ScalarFunction function(
        kName, {duckdb::LogicalType::UBIGINT}, duckdb::LogicalType::VARCHAR, execute, bind);
    function.varargs = duckdb::LogicalType::ANY;
    function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
    loader.RegisterFunction(function);
}

DuckExpr row_text_call(const RowText& text, duckdb::vector<DuckExpr> columns) {
    duckdb::vector<DuckExpr> arguments;
    arguments.push_back(duckdb::make_uniq<duckdb::ConstantExpression>(
        duckdb::Value::UBIGINT(uint64_t(reinterpret_cast<uintptr_t>(&text)))));
    for (auto& column : columns) arguments.push_back(std::move(column));
    return duckdb::make_uniq<duckdb::FunctionExpression>(kName, std::move(arguments));
}

}  // namespace hanok::engine

#include "engine/io/legacy_dates.h"

#include <duckdb/common/type_visitor.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/expression_iterator.hpp>
#include <parquet_reader.hpp>

#include "base/error.h"
#include "types/hybrid_calendar.h"

namespace hanok::engine {

namespace {

using duckdb::Expression;
using duckdb::LogicalTypeId;

struct RebaseBind final : duckdb::FunctionData {
    explicit RebaseBind(Rebasing rebasing) : what(std::move(rebasing)) {}
    duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
        return duckdb::make_uniq<RebaseBind>(what);
    }
    bool Equals(const duckdb::FunctionData& other) const override {
        const auto& theirs = other.Cast<RebaseBind>().what;
        return what.dates == theirs.dates && what.timestamps == theirs.timestamps &&
               what.time_zone == theirs.time_zone && what.setting == theirs.setting;
    }
    Rebasing what;
};

void rebase(duckdb::DataChunk& args, duckdb::ExpressionState& state, duckdb::Vector& result) {
    const auto& bind = state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info;
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    duckdb::VectorOperations::Copy(args.data[0], result, args.size(), 0, 0);
    rebase_vector(result, args.size(), bind->Cast<RebaseBind>().what);
}

duckdb::unique_ptr<duckdb::FunctionData> bind_check(duckdb::ClientContext&,
    duckdb::ScalarFunction& function, duckdb::vector<duckdb::unique_ptr<Expression>>& arguments) {
    function.arguments[0] = arguments[0]->return_type;
    function.return_type = arguments[0]->return_type;
    Rebasing check{RebaseMode::kException, RebaseMode::kException};
    check.setting = "spark.sql.parquet.datetimeRebaseModeInWrite";
    check.writes = true;
    return duckdb::make_uniq<RebaseBind>(std::move(check));
}

duckdb::unique_ptr<Expression> rebased(
    duckdb::unique_ptr<Expression> values, const Rebasing& rebasing) {
    auto type = values->return_type;
    duckdb::ScalarFunction function("hanok_rebase", {type}, type, rebase);
    function.SetErrorMode(duckdb::FunctionErrors::CAN_THROW_RUNTIME_ERROR);
    duckdb::vector<duckdb::unique_ptr<Expression>> children;
    children.push_back(std::move(values));
    return duckdb::make_uniq<duckdb::BoundFunctionExpression>(
        type, std::move(function), std::move(children), duckdb::make_uniq<RebaseBind>(rebasing));
}

[[noreturn]] void throw_ancient(const Rebasing& rebasing) {
    auto params = ErrorParameters{
        {"format", rebasing.format}, {"config", "\"" + rebasing.setting + "\""}};
    if (!rebasing.writes) params.emplace("option", "\"" + rebasing.option + "\"");
    Error error(ErrorKind::kSpark,
        rebasing.writes ? "INCONSISTENT_BEHAVIOR_CROSS_VERSION.WRITE_ANCIENT_DATETIME"
                        : "INCONSISTENT_BEHAVIOR_CROSS_VERSION.READ_ANCIENT_DATETIME",
        std::move(params));
    throw duckdb::InvalidInputException(error.encode());
}

template <class T, class Old, class New>
void rebase_values(duckdb::Vector& values, duckdb::idx_t count, const Rebasing& rebasing,
    RebaseMode mode, Old is_old, New renewed) {
    if (mode == RebaseMode::kCorrected) return;
    auto* data = duckdb::FlatVector::GetData<T>(values);
    const auto& validity = duckdb::FlatVector::Validity(values);
    for (duckdb::idx_t row = 0; row < count; row++) {
        if (!validity.RowIsValid(row) || !is_old(data[row])) continue;
        if (mode == RebaseMode::kException) throw_ancient(rebasing);
        data[row] = renewed(data[row]);
    }
}

bool has_int96(const duckdb::ParquetColumnSchema& column) {
    if (column.type_info == duckdb::ParquetExtraTypeInfo::IMPALA_TIMESTAMP) return true;
    return std::any_of(column.children.begin(), column.children.end(), has_int96);
}

// The file's column that an expression reads, by its place among those that are read.
std::optional<size_t> read_column(const Expression& expression) {
    if (expression.GetExpressionClass() == duckdb::ExpressionClass::BOUND_REF)
        return expression.Cast<duckdb::BoundReferenceExpression>().index;
    std::optional<size_t> found;
    duckdb::ExpressionIterator::EnumerateChildren(expression, [&](const Expression& child) {
        if (!found) found = read_column(child);
    });
    return found;
}

Rebasing rebasing_of(const CalendarModes& modes, const duckdb::ParquetColumnSchema& column) {
    Rebasing out{modes.dates, modes.dates, modes.time_zone};
    if (has_int96(column)) {
        out.timestamps = modes.int96;
        out.format = "Parquet INT96";
        out.setting = "spark.sql.parquet.int96RebaseModeInRead";
        out.option = "int96RebaseMode";
    }
    return out;
}

void refer_to_first(Expression& expression) {
    if (expression.GetExpressionClass() == duckdb::ExpressionClass::BOUND_REF)
        expression.Cast<duckdb::BoundReferenceExpression>().index = 0;
    duckdb::ExpressionIterator::EnumerateChildren(
        expression, [](Expression& child) { refer_to_first(child); });
}

}  // namespace

const char* const kCheckDates = "hanok_check_dates";

void register_check_dates(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_io");
    duckdb::ScalarFunction function(
        kCheckDates, {duckdb::LogicalType::ANY}, duckdb::LogicalType::ANY, rebase, bind_check);
    function.SetErrorMode(duckdb::FunctionErrors::CAN_THROW_RUNTIME_ERROR);
    loader.RegisterFunction(function);
}

Rebasing rebasing_for_write(const std::string& format, const QueryContext& context) {
    Rebasing out;
    out.setting = "spark.sql." + types::to_lower(format) + ".datetimeRebaseModeInWrite";
    auto conf = context.conf.find(out.setting);
    if (conf != context.conf.end()) out.dates = rebase_mode(out.setting, conf->second);
    out.timestamps = out.dates;
    out.time_zone = context.time_zone;
    out.format = format;
    out.writes = true;
    return out;
}

duckdb::DataChunk& rebased(
    duckdb::DataChunk& data, duckdb::DataChunk& copy, const Rebasing& rebasing) {
    auto types = data.GetTypes();
    bool changes = rebasing.dates != RebaseMode::kCorrected &&
                   std::any_of(types.begin(), types.end(), has_dates);
    if (!changes) return data;
    copy.Initialize(duckdb::Allocator::DefaultAllocator(), types);
    data.Copy(copy, 0);
    for (auto& column : copy.data) rebase_vector(column, copy.size(), rebasing);
    return copy;
}

bool has_dates(const duckdb::LogicalType& type) {
    return duckdb::TypeVisitor::Contains(type, LogicalTypeId::DATE) ||
           duckdb::TypeVisitor::Contains(type, LogicalTypeId::TIMESTAMP_TZ);
}

RebaseMode rebase_mode(const std::string& key, const std::string& text) {
    auto mode = types::to_lower(text);
    if (mode == "corrected") return RebaseMode::kCorrected;
    if (mode == "legacy") return RebaseMode::kLegacy;
    if (mode == "exception") return RebaseMode::kException;
    throw_invalid_option(key, text, "EXCEPTION, CORRECTED or LEGACY");
}

CalendarModes parquet_calendar_modes(const SourceOptions& options, const QueryContext& context) {
    auto mode = [&](const std::string& option, const std::string& setting) {
        auto found = options.find(types::to_lower(option));
        if (found != options.end()) return rebase_mode(option, found->second);
        auto conf = context.conf.find(setting);
        return conf == context.conf.end() ? RebaseMode::kCorrected
                                          : rebase_mode(setting, conf->second);
    };
    return {mode("datetimeRebaseMode", "spark.sql.parquet.datetimeRebaseModeInRead"),
        mode("int96RebaseMode", "spark.sql.parquet.int96RebaseModeInRead"), context.time_zone};
}

RebaseMode mode_of_file(
    const std::string* spark_version, const char* first, bool is_marked, RebaseMode otherwise) {
    if (!spark_version) return otherwise;
    return is_marked || *spark_version < first ? RebaseMode::kLegacy : RebaseMode::kCorrected;
}

CalendarModes calendar_of_file(
    const duckdb::BaseFileReader& reader, const CalendarModes& otherwise) {
    if (reader.GetReaderType() != "Parquet") return {};
    const auto& file = *reader.Cast<duckdb::ParquetReader>().metadata->metadata;
    const auto& entries = file.key_value_metadata;
    auto value = [&](const char* key) -> const std::string* {
        for (const auto& entry : entries) {
            if (entry.key == key) return &entry.value;
        }
        return nullptr;
    };
    const auto* version = value("org.apache.spark.version");
    CalendarModes out = otherwise;
    out.dates = mode_of_file(
        version, "3.0.0", value("org.apache.spark.legacyDateTime") != nullptr, otherwise.dates);
    out.int96 = mode_of_file(
        version, "3.1.0", value("org.apache.spark.legacyINT96") != nullptr, otherwise.int96);
    if (const auto* zone = value("org.apache.spark.timeZone")) out.time_zone = *zone;
    return out;
}

void rebase_columns(duckdb::MultiFileReaderData& data, const CalendarModes& modes,
    const std::vector<ScanColumn>& columns, const duckdb::vector<duckdb::ColumnIndex>& ids,
    duckdb::optional_ptr<duckdb::TableFilterSet> filters) {
    if (modes.change_nothing()) return;
    auto& reader = data.reader->Cast<duckdb::ParquetReader>();
    for (size_t i = 0; i < ids.size(); i++) {
        auto id = ids[i].GetPrimaryIndex();
        if (duckdb::IsVirtualColumn(id) || columns[id].kind != ScanColumnKind::kData) continue;
        auto& mapped = data.expressions[i];
        auto read = read_column(*mapped);
        if (!read) continue;
        auto in_file = reader.column_indexes[duckdb::MultiFileLocalIndex(*read)].GetPrimaryIndex();
        const auto& file_type = reader.columns[in_file].type;
        if (!has_dates(file_type) && !has_dates(columns[id].logical_type)) continue;
        if (file_type.id() == LogicalTypeId::DATE && mapped->return_type != file_type)
            throw unsupported_feature("dates of the old calendar as timestamps");
        auto rebasing = rebasing_of(modes, reader.root_schema->children[in_file]);
        auto& below = reader.expression_map;
        bool is_filtered = reader.filters && reader.filters->filters.count(*read) > 0;
        if (!is_filtered) {
            mapped = rebased(std::move(mapped), rebasing);
        } else if (below.count(in_file) > 0) {
            below[in_file] = rebased(std::move(below[in_file]), rebasing);
        } else {
            auto type = mapped->return_type;
            refer_to_first(*mapped);
            below[in_file] = rebased(std::move(mapped), rebasing);
            reader.filters->filters[*read] = filters->filters.at(i)->Copy();
            mapped = duckdb::make_uniq<duckdb::BoundReferenceExpression>(type, *read);
        }
    }
}

void rebase_vector(duckdb::Vector& values, duckdb::idx_t count, const Rebasing& rebasing) {
    switch (values.GetType().id()) {
        case LogicalTypeId::DATE:
            rebase_values<duckdb::date_t>(
                values, count, rebasing, rebasing.dates,
                [](duckdb::date_t x) { return x.days < types::kFirstGregorianDay; },
                [&](duckdb::date_t x) {
                    auto days = rebasing.writes ? types::days_to_hybrid(x.days)
                                                : types::days_from_hybrid(x.days);
                    return duckdb::date_t(int32_t(days));
                });
            return;
        case LogicalTypeId::TIMESTAMP_TZ:
            rebase_values<duckdb::timestamp_tz_t>(
                values, count, rebasing, rebasing.timestamps,
                [](duckdb::timestamp_t x) { return x.value < types::kFirstSharedMicros; },
                [&](duckdb::timestamp_t x) {
                    const auto& zone = rebasing.time_zone;
                    return duckdb::timestamp_tz_t(rebasing.writes
                                                      ? types::micros_to_hybrid(x.value, zone)
                                                      : types::micros_from_hybrid(x.value, zone));
                });
            return;
        case LogicalTypeId::LIST:
        case LogicalTypeId::MAP:
            rebase_vector(duckdb::ListVector::GetEntry(values),
                duckdb::ListVector::GetListSize(values), rebasing);
            return;
        case LogicalTypeId::STRUCT:
            for (auto& part : duckdb::StructVector::GetEntries(values))
                rebase_vector(*part, count, rebasing);
            return;
        default: return;
    }
}

}  // namespace hanok::engine

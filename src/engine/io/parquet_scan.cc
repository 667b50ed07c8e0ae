// hanok_parquet_scan: DuckDB's parquet_scan over a file list, a schema and per-file constants that
// we bring.

#include <duckdb.hpp>
#include <duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp>
#include <duckdb/common/multi_file/multi_file_function.hpp>
#include <duckdb/common/multi_file/multi_file_reader.hpp>
#include <duckdb/common/type_visitor.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/comparison_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>
#include <duckdb/planner/expression/bound_cast_expression.hpp>
#include <numeric>

#include "base/error.h"
#include "delta/deletion_vector.h"
#include "engine/io/column_match.h"
#include "engine/io/data_scan.h"
#include "engine/io/file_pruning.h"
#include "engine/io/legacy_dates.h"
#include "engine/io/scan_ref.h"
#include "engine/io/store_file_system.h"
#include "engine/io/variant_groups.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;
using duckdb::MultiFileReader;

const char* const kFileOption = "hanok_file";
const char* const kCanHaveNan = "can_have_nan";

class ScanFileList final : public duckdb::MultiFileList {
public:
    ScanFileList(DataScanPtr scan, std::vector<size_t> selected)
        : scan_(std::move(scan)), selected_(std::move(selected)) {}

    const DataScan& scan() const { return *scan_; }
    const std::vector<size_t>& selected() const { return selected_; }

    duckdb::vector<duckdb::OpenFileInfo> GetAllFiles() const override {
        duckdb::vector<duckdb::OpenFileInfo> files;
        for (idx_t i = 0; i < selected_.size(); i++) files.push_back(GetFile(i));
        return files;
    }
    // Never SINGLE_FILE: that would take thread counts from a reader made while binding, which we
    // have not.
    duckdb::FileExpandResult GetExpandResult() const override {
        return selected_.empty() ? duckdb::FileExpandResult::NO_FILES
                                 : duckdb::FileExpandResult::MULTIPLE_FILES;
    }
    idx_t GetTotalFileCount() const override { return selected_.size(); }
    duckdb::unique_ptr<duckdb::MultiFileList> Copy() const override {
        return duckdb::make_uniq<ScanFileList>(scan_, selected_);
    }
    duckdb::unique_ptr<duckdb::NodeStatistics> GetCardinality(
        duckdb::ClientContext&) const override {
        auto rows = scan_->estimate_rows(selected_);
        // Join order needs a size at least.
        return duckdb::make_uniq<duckdb::NodeStatistics>(
            idx_t(rows ? *rows : scan_->guessed_rows(selected_)));
    }
    duckdb::unique_ptr<duckdb::MultiFileList> narrowed(std::vector<size_t> kept) const {
        if (kept.size() == selected_.size()) return nullptr;
        return duckdb::make_uniq<ScanFileList>(scan_, std::move(kept));
    }

protected:
    duckdb::OpenFileInfo GetFile(idx_t i) const override {
        if (i >= selected_.size()) return {};
        const auto file = scan_->file(selected_[i]);
        duckdb::OpenFileInfo info(file.open_path);
        info.extended_info = duckdb::make_shared_ptr<duckdb::ExtendedOpenFileInfo>();
        info.extended_info->options[kFileOption] = duckdb::Value::UBIGINT(selected_[i]);
        info.extended_info->options["file_size"] = duckdb::Value::UBIGINT(file.size_bytes);
        info.extended_info->options["has_deletes"] = duckdb::Value::BOOLEAN(file.has_deletes);
        if (scan_->files_are_immutable())
            describe_immutable_file(info, file.size_bytes, file.modified_ms);
        return info;
    }

private:
    DataScanPtr scan_;
    std::vector<size_t> selected_;
};

class DeletedRows final : public duckdb::DeleteFilter {
public:
    explicit DeletedRows(std::shared_ptr<const delta::DeletionVector> deleted)
        : deleted_(std::move(deleted)) {}

    idx_t Filter(duckdb::row_t start, idx_t count, duckdb::SelectionVector& selection) override {
        bool keep[STANDARD_VECTOR_SIZE];
        selection.Initialize(STANDARD_VECTOR_SIZE);
        deleted_->keep_mask(uint64_t(start), count, keep);
        idx_t kept = 0;
        for (idx_t i = 0; i < count; i++) {
            selection.set_index(kept, i);
            kept += keep[i];
        }
        return kept;
    }

private:
    std::shared_ptr<const delta::DeletionVector> deleted_;
};

// Access denied, no answer: the store has said it better.
bool is_of_store(const duckdb::Exception& error) {
    return Error::decode(duckdb::ErrorData(error).RawMessage()) != nullptr;
}

[[noreturn]] void throw_unreadable(duckdb::ClientContext& context, const std::string& path) {
    bool exists = duckdb::FileSystem::GetFileSystem(context).FileExists(path);
    Error error(ErrorKind::kSpark,
        exists ? "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER" : "FAILED_READ_FILE.FILE_NOT_EXIST",
        {{"path", file_uri(path)}});
    throw duckdb::InvalidInputException(error.encode());
}

// Stands for a file that is left out.
class NoReader final : public duckdb::BaseFileReader {
public:
    using BaseFileReader::BaseFileReader;
    bool TryInitializeScan(duckdb::ClientContext&, duckdb::GlobalTableFunctionState&,
        duckdb::LocalTableFunctionState&) override {
        return false;
    }
    duckdb::AsyncResult Scan(duckdb::ClientContext&, duckdb::GlobalTableFunctionState&,
        duckdb::LocalTableFunctionState&, duckdb::DataChunk&) override {
        return duckdb::AsyncResult(duckdb::SourceResultType::FINISHED);
    }
    std::string GetReaderType() const override { return "none"; }
};

class ScanReader final : public MultiFileReader {
public:
    explicit ScanReader(DataScanPtr scan = nullptr) : scan_(std::move(scan)) {}

    const std::shared_ptr<ScanCounts>& counts() const { return counts_; }

    static duckdb::unique_ptr<MultiFileReader> make(const duckdb::TableFunction&) {
        return duckdb::make_uniq<ScanReader>();
    }

    duckdb::unique_ptr<MultiFileReader> Copy() const override {
        auto copy = duckdb::make_uniq<ScanReader>(scan_);
        copy->function_name = function_name;
        copy->counts_->files = counts_->files;
        copy->counts_->files_kept = counts_->files_kept.load();
        return copy;
    }

    duckdb::vector<std::string> ParsePaths(const duckdb::Value& input) override {
        scan_ = scan_of_argument(input);
        return {};
    }

    duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(duckdb::ClientContext&,
        const duckdb::vector<std::string>&, const duckdb::FileGlobInput&) override {
        std::vector<size_t> all(scan_->num_files());
        std::iota(all.begin(), all.end(), size_t(0));
        counts_->files = int64_t(all.size());
        counts_->files_kept = counts_->files;
        return duckdb::make_shared_ptr<ScanFileList>(scan_, std::move(all));
    }

    bool Bind(duckdb::MultiFileOptions&, duckdb::MultiFileList&,
        duckdb::vector<duckdb::LogicalType>& types, duckdb::vector<std::string>& names,
        duckdb::MultiFileReaderBindData& bind) override {
        for (const auto& column : scan_->columns()) {
            names.push_back(column.name);
            types.push_back(column.logical_type);
            bind.schema.emplace_back(column.name, column.logical_type);
        }
        bind.mapping = duckdb::MultiFileColumnMappingMode::BY_NAME;
        return true;
    }

    void BindOptions(duckdb::MultiFileOptions&, duckdb::MultiFileList&,
        duckdb::vector<duckdb::LogicalType>&, duckdb::vector<std::string>&,
        duckdb::MultiFileReaderBindData&) override {}

    duckdb::unique_ptr<duckdb::MultiFileList> ComplexFilterPushdown(duckdb::ClientContext& context,
        duckdb::MultiFileList& files, const duckdb::MultiFileOptions&,
        duckdb::MultiFilePushdownInfo& info,
        duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) override {
        auto& list = static_cast<ScanFileList&>(files);
        if (filters.empty() || list.selected().empty()) return nullptr;
        FilterColumns columns{info.table_index, info.column_ids};
        auto kept = prune_files(context, *scan_, list.selected(), columns, filters);
        if (!info.extra_info.total_files.IsValid())
            info.extra_info.total_files = list.selected().size();
        info.extra_info.filtered_files = kept.size();
        counts_->files_kept = int64_t(kept.size());
        return list.narrowed(std::move(kept));
    }

    duckdb::unique_ptr<duckdb::MultiFileList> DynamicFilterPushdown(duckdb::ClientContext&,
        const duckdb::MultiFileList& files, const duckdb::MultiFileOptions&,
        const duckdb::vector<std::string>&, const duckdb::vector<duckdb::LogicalType>&,
        const duckdb::vector<duckdb::column_t>& column_ids,
        duckdb::TableFilterSet& filters) override {
        auto& list = static_cast<const ScanFileList&>(files);
        auto kept = prune_files(*scan_, list.selected(), column_ids, filters);
        counts_->files_kept = int64_t(kept.size());
        return list.narrowed(std::move(kept));
    }

    duckdb::shared_ptr<duckdb::BaseFileReader> CreateReader(duckdb::ClientContext& context,
        duckdb::GlobalTableFunctionState& state, const duckdb::OpenFileInfo& file, idx_t index,
        const duckdb::MultiFileBindData& bind) override {
        auto reader = opened(context, state, file, index, bind);
        with_errors_of(file.path,
            [&] { read_shredded_variants(*reader, scan_->columns(), scan_->match_by_field_id()); });
        return reader;
    }

    duckdb::shared_ptr<duckdb::BaseFileReader> opened(duckdb::ClientContext& context,
        duckdb::GlobalTableFunctionState& state, const duckdb::OpenFileInfo& file, idx_t index,
        const duckdb::MultiFileBindData& bind) {
        try {
            return MultiFileReader::CreateReader(context, state, file, index, bind);
        } catch (const duckdb::Exception& error) {
            if (ignores(context, file.path, error)) return duckdb::make_shared_ptr<NoReader>(file);
            auto type = duckdb::ErrorData(error).Type();
            bool is_of_file = type == duckdb::ExceptionType::INVALID_INPUT ||
                              (type == duckdb::ExceptionType::IO && !is_of_store(error));
            if (!is_of_file) throw;
            throw_unreadable(context, file.path);
        }
    }

    duckdb::ReaderInitializeType InitializeReader(duckdb::MultiFileReaderData& data,
        const duckdb::MultiFileBindData& bind,
        const duckdb::vector<duckdb::MultiFileColumnDefinition>& columns,
        const duckdb::vector<duckdb::ColumnIndex>& ids,
        duckdb::optional_ptr<duckdb::TableFilterSet> filters, duckdb::ClientContext& context,
        duckdb::MultiFileGlobalState& state) override {
        constexpr auto kLeftOut = duckdb::ReaderInitializeType::SKIP_READING_FILE;
        if (dynamic_cast<const NoReader*>(data.reader.get())) return kLeftOut;
        try {
            return MultiFileReader::InitializeReader(
                data, bind, columns, ids, filters, context, state);
        } catch (const duckdb::Exception& error) {
            if (!ignores(context, data.reader->GetFileName(), error)) throw;
            return kLeftOut;
        }
    }

    bool ignores(duckdb::ClientContext& context, const std::string& path,
        const std::exception& error) const {
        return scan_->ignores(duckdb::FileSystem::GetFileSystem(context), path, error);
    }

    void FinalizeBind(duckdb::MultiFileReaderData& data, const duckdb::MultiFileOptions&,
        const duckdb::MultiFileReaderBindData&,
        const duckdb::vector<duckdb::MultiFileColumnDefinition>&,
        const duckdb::vector<duckdb::ColumnIndex>& column_ids, duckdb::ClientContext&,
        duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState>) override {
        auto file = file_index(*data.reader);
        counts_->files_read++;
        counts_->bytes_read += scan_->file(file).size_bytes;
        for (idx_t i = 0; i < column_ids.size(); i++) {
            auto id = column_ids[i].GetPrimaryIndex();
            if (duckdb::IsVirtualColumn(id)) continue;
            const auto& column = scan_->columns()[id];
            auto place = duckdb::MultiFileGlobalIndex(i);
            if (column.kind == ScanColumnKind::kPartition) {
                data.constant_map.Add(place, scan_->partition_value(file, column));
            } else if (column.kind == ScanColumnKind::kRowIndex) {
                continue;
            } else if (column.kind != ScanColumnKind::kData) {
                data.constant_map.Add(place, scan_->file_constant(file, column));
            } else if (auto value = scan_->constant(file, column)) {
                data.constant_map.Add(place, *value);
            }
        }
        if (auto deleted = deleted_rows(file)) {
            data.reader->deletion_filter = duckdb::make_uniq<DeletedRows>(std::move(deleted));
        }
    }

    // Errors go through DuckDB as it carries them.
    std::shared_ptr<const delta::DeletionVector> deleted_rows(size_t file) const {
        try {
            return scan_->deletion_vector(file);
        } catch (const Error& error) {
            throw duckdb::InvalidInputException(error.encode());
        }
    }

    duckdb::ReaderInitializeType CreateMapping(duckdb::ClientContext& context,
        duckdb::MultiFileReaderData& data, const duckdb::vector<duckdb::MultiFileColumnDefinition>&,
        const duckdb::vector<duckdb::ColumnIndex>& column_ids,
        duckdb::optional_ptr<duckdb::TableFilterSet> filters, duckdb::MultiFileList& files,
        const duckdb::MultiFileReaderBindData& bind,
        const duckdb::virtual_column_map_t& virtual_columns) override {
        name_nested_columns(data.reader->columns);
        auto definitions = definitions_for(*data.reader);
        auto ids = column_ids;
        for (auto& id : ids) {
            if (!id.IsVirtualColumn() &&
                scan_->columns()[id.GetPrimaryIndex()].kind == ScanColumnKind::kRowIndex) {
                id = duckdb::ColumnIndex(COLUMN_IDENTIFIER_FILE_ROW_NUMBER);
            }
        }
        auto known = virtual_columns;
        known.emplace(COLUMN_IDENTIFIER_FILE_ROW_NUMBER,
            duckdb::TableColumn("file_row_number", duckdb::LogicalType::BIGINT));
        auto result = MultiFileReader::CreateMapping(context, data, definitions, ids, filters,
            files, bind, known, duckdb::MultiFileColumnMappingMode::BY_NAME);
        for (size_t i = 0; i < column_ids.size(); i++) {
            auto id = column_ids[i].GetPrimaryIndex();
            if (duckdb::IsVirtualColumn(id)) continue;
            const auto& type = scan_->columns()[id].logical_type;
            if (definitions[id].type == type) continue;
            data.expressions[i] = duckdb::BoundCastExpression::AddCastToType(
                context, std::move(data.expressions[i]), type);
        }
        for (auto& expression : data.expressions) take_over_unchanged(expression);
        for (auto& entry : data.reader->expression_map) take_over_unchanged(entry.second);
        with_errors_of(data.reader->GetFileName(), [&] {
            rebase_columns(data, calendar_of_file(*data.reader, scan_->calendars()),
                scan_->columns(), column_ids, filters);
        });
        return result;
    }

private:
    // Errors of matching columns, as DuckDB carries them.
    template <typename Match>
    static void with_errors_of(const std::string& path, const Match& match) {
        try {
            match();
        } catch (const TypeMismatch& mismatch) {
            Error error(ErrorKind::kSpark, "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
                {{"path", file_uri(path)}, {"column", "[" + mismatch.column + "]"},
                    {"expectedType", mismatch.expected}, {"actualType", mismatch.actual}});
            throw duckdb::InvalidInputException(error.encode());
        } catch (const Error& error) {
            throw duckdb::InvalidInputException(error.encode());
        }
    }

    duckdb::vector<duckdb::MultiFileColumnDefinition> definitions_for(
        const duckdb::BaseFileReader& reader) const {
        duckdb::vector<duckdb::MultiFileColumnDefinition> definitions;
        for (const auto& column : scan_->columns()) {
            if (column.kind != ScanColumnKind::kData) {
                definitions.emplace_back(column.name, column.logical_type);
                continue;
            }
            with_errors_of(reader.GetFileName(), [&] {
                definitions.push_back(
                    column_in_file(column, reader.GetColumns(), scan_->match_by_field_id()));
            });
        }
        return definitions;
    }

    static size_t file_index(const duckdb::BaseFileReader& reader) {
        return reader.file.extended_info->options.at(kFileOption).GetValue<uint64_t>();
    }

    DataScanPtr scan_;
    std::shared_ptr<ScanCounts> counts_ = std::make_shared<ScanCounts>();
};

bool has_floating(const DataScan& scan) {
    for (const auto& column : scan.columns()) {
        bool found =
            duckdb::TypeVisitor::Contains(column.logical_type, duckdb::LogicalTypeId::DOUBLE) ||
            duckdb::TypeVisitor::Contains(column.logical_type, duckdb::LogicalTypeId::FLOAT);
        if (found) return true;
    }
    return false;
}

// One entry a file, so that count(*) needs no file.
duckdb::vector<duckdb::PartitionStatistics> partition_stats(
    duckdb::ClientContext&, duckdb::GetPartitionStatsInput& input) {
    duckdb::vector<duckdb::PartitionStatistics> result;
    const auto& bind = input.bind_data->Cast<duckdb::MultiFileBindData>();
    const auto& list = static_cast<const ScanFileList&>(*bind.file_list);
    idx_t start = 0;
    for (auto index : list.selected()) {
        auto rows = list.scan().num_rows(index);
        if (!rows) return {};
        duckdb::PartitionStatistics stats;
        stats.row_start = start;
        stats.count = idx_t(*rows);
        stats.count_type = duckdb::CountType::COUNT_EXACT;
        start += stats.count;
        result.push_back(std::move(stats));
    }
    return result;
}

const ScanFileList& list_of(const duckdb::MultiFileBindData& bind) {
    return static_cast<const ScanFileList&>(*bind.file_list);
}

// The footer of the first file, which stays cached for the scan; null when it cannot be read: the
// scan will say why.
duckdb::shared_ptr<duckdb::BaseFileReader> first_reader(
    duckdb::ClientContext& context, const duckdb::MultiFileBindData& bind) {
    try {
        auto options = bind.interface->InitializeOptions(context, nullptr);
        return bind.interface->CreateReader(
            context, bind.file_list->GetFirstFile(), *options, bind.file_options);
    } catch (const duckdb::InternalException&) {
        throw;
    } catch (const std::exception&) {
        return nullptr;
    }
}

// Bounds in the footer of an only file.
duckdb::unique_ptr<duckdb::BaseStatistics> footer_statistics(duckdb::ClientContext& context,
    const duckdb::MultiFileBindData& bind, const ScanColumn& column) {
    const auto& list = list_of(bind);
    bool is_usable = column.kind == ScanColumnKind::kData && !column.logical_type.IsNested() &&
                     !column.type->is_fractional() && list.selected().size() == 1 &&
                     !list.scan().has_statistics();
    auto reader = is_usable ? first_reader(context, bind) : nullptr;
    if (!reader) return nullptr;
    for (const auto& local : reader->GetColumns()) {
        if (local.name != column.in_file.name) continue;
        bool is_old = !calendar_of_file(*reader, list.scan().calendars()).change_nothing();
        if (local.type != column.logical_type || is_old) return nullptr;
        return reader->GetStatistics(context, local.name);
    }
    return nullptr;
}

duckdb::unique_ptr<duckdb::BaseStatistics> statistics(
    duckdb::ClientContext& context, const duckdb::FunctionData* data, duckdb::column_t id) {
    if (duckdb::IsVirtualColumn(id)) return nullptr;
    const auto& bind = data->Cast<duckdb::MultiFileBindData>();
    const auto& column = list_of(bind).scan().columns()[id];
    auto known = list_of(bind).scan().column_statistics(column);
    return known ? std::move(known) : footer_statistics(context, bind, column);
}

// Without counts of rows, the first file's rows per byte stand for all.
duckdb::unique_ptr<duckdb::NodeStatistics> cardinality(
    duckdb::ClientContext& context, const duckdb::FunctionData* data) {
    const auto& bind = data->Cast<duckdb::MultiFileBindData>();
    const auto& list = list_of(bind);
    if (list.selected().empty()) return duckdb::make_uniq<duckdb::NodeStatistics>(0, 0);
    if (auto known = list.GetCardinality(context)) return known;
    auto reader = first_reader(context, bind);
    if (!reader) return nullptr;
    auto rows = reader->GetUnionData(1)->TryGetCardinalityEstimate();
    if (!rows.IsValid()) return nullptr;
    double total = 0;
    for (auto index : list.selected()) total += double(list.scan().file(index).size_bytes);
    auto first = double(std::max<int64_t>(1, list.scan().file(list.selected()[0]).size_bytes));
    auto scaled = double(rows.GetIndex()) * std::max(1.0, total / first);
    return duckdb::make_uniq<duckdb::NodeStatistics>(idx_t(scaled));
}

}  // namespace

std::shared_ptr<const ScanCounts> scan_counts(const duckdb::FunctionData& bind) {
    const auto& reader = *bind.Cast<duckdb::MultiFileBindData>().multi_file_reader;
    return static_cast<const ScanReader&>(reader).counts();
}

void register_parquet_scan(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_io");
    duckdb::Connection connection(instance);
    connection.context->RunFunctionInTransaction([&] {
        auto& entry = loader.GetTableFunction("parquet_scan");
        duckdb::TableFunction function = entry.functions.functions[0];
        function.name = kParquetScanFunction;
        function.arguments = {duckdb::LogicalType::UBIGINT};
        function.named_parameters.clear();
        function.named_parameters[kCanHaveNan] = duckdb::LogicalType::BOOLEAN;
        function.get_multi_file_reader = ScanReader::make;
        function.get_partition_stats = partition_stats;
        function.statistics = statistics;
        function.cardinality = cardinality;
        function.statistics_extended = nullptr;
        function.serialize = nullptr;
        function.deserialize = nullptr;
        function.late_materialization = false;
        function.get_row_id_columns = nullptr;
        function.get_bind_info = nullptr;  // lists every file, each time somebody asks
        loader.RegisterFunction(function);
    });
}

duckdb::unique_ptr<duckdb::TableRef> parquet_scan_ref(
    const DataScanPtr& scan, const std::string& alias) {
    auto ref = scan_ref(kParquetScanFunction, scan, alias);
    // Bounds in Parquet footers leave NaN out, which is greater than all of them.
    if (has_floating(*scan)) {
        auto& call =
            ref->Cast<duckdb::TableFunctionRef>().function->Cast<duckdb::FunctionExpression>();
        call.children.push_back(
            duckdb::make_uniq<duckdb::ComparisonExpression>(duckdb::ExpressionType::COMPARE_EQUAL,
                duckdb::make_uniq<duckdb::ColumnRefExpression>(kCanHaveNan),
                duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value::BOOLEAN(true))));
    }
    return ref;
}

}  // namespace hanok::engine

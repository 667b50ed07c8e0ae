#include "engine/io/parquet_writer.h"

#include <duckdb/parser/expression/window_expression.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/statement/copy_statement.hpp>

#include "base/error.h"
#include "engine/io/file_statistics.h"
#include "engine/io/legacy_dates.h"
#include "engine/io/retype.h"
#include "engine/io/row_bytes.h"
#include "engine/io/scan_options.h"
#include "engine/io/store_file_system.h"
#include "engine/io/write_plan.h"
#include "engine/types/logical_types.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::engine {

namespace {

constexpr uint64_t kSmallestGroup = 16384;  // rows; smaller ones cost their readers more
const char* const kFileNumber = "__hanok_file";
const char* const kSchemaKey = "org.apache.spark.sql.parquet.row.metadata";

struct Codec {
    const char* option;     // in spark.write
    const char* name;       // in DuckDB
    const char* extension;  // before ".parquet"
};

constexpr Codec kCodecs[] = {
    {"none", "uncompressed", ""},
    {"uncompressed", "uncompressed", ""},
    {"snappy", "snappy", ".snappy"},
    {"gzip", "gzip", ".gz"},
    {"zstd", "zstd", ".zstd"},
    {"brotli", "brotli", ".br"},
    {"lz4_raw", "lz4_raw", ".lz4raw"},
    {"lz4raw", "lz4_raw", ".lz4raw"},
};

const Codec& codec_of(const WriteSpec& spec, const QueryContext& context) {
    auto conf = context.conf.find("spark.sql.parquet.compression.codec");
    auto name = option_text(
        spec.options, "parquet.compression", conf == context.conf.end() ? "snappy" : conf->second);
    name = option_text(spec.options, "compression", name);
    name = types::to_lower(name);
    for (const auto& codec : kCodecs) {
        if (name == codec.option) return codec;
    }
    throw Error(ErrorKind::kIllegalArgument, "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
        {{"codecName", name},
            {"availableCodecs", "brotli, gzip, lz4_raw, none, snappy, uncompressed, zstd"}});
}

class ParquetWriter {
public:
    explicit ParquetWriter(WriteInput input)
        : input_(std::move(input)),
          columns_(file_columns(input_.attributes, input_.spec)),
          partitions_(partition_columns_in_order(columns_, input_)),
          codec_(codec_of(input_.spec, input_.context)),
          max_bytes_(option_int(input_.spec.options, "maxbytesperfile", 0)),
          statistics_(input_.attributes, input_.spec),
          folder_(path_to_open(input_.spec.folder)) {}

    std::vector<WrittenFile> run() {
        check_cancelled(input_);
        file_system().CreateDirectoriesRecursive(folder_);
        try {
            auto result = run_statement(input_, copy_statement(), false);
            collect(*result);
            if (written_.empty() && partitions_.empty() && !input_.spec.delta) write_no_rows();
            return std::move(written_);
        } catch (...) {
            remove_written();
            throw;
        }
    }

private:
    // Rows that are dealt out make no file when there are none; a folder without a file would have
    // no schema.
    void write_no_rows() {
        deals_out_ = false;
        auto none = duckdb::make_uniq<duckdb::SelectNode>();
        none->from_table = duckdb::make_uniq<duckdb::EmptyTableRef>();
        for (size_t i = 0; i < input_.attributes.size(); ++i) {
            auto null = duck_cast(
                duck_constant(duckdb::Value()), to_logical_type(*input_.attributes[i].type));
            null->SetAlias(input_.column_names[i]);
            none->select_list.push_back(std::move(null));
        }
        none->where_clause = duck_constant(duckdb::Value::BOOLEAN(false));
        input_.query = std::move(none);
        collect(*run_statement(input_, copy_statement(), false));
    }

    duckdb::FileSystem& file_system() {
        return duckdb::FileSystem::GetFileSystem(*input_.connection.context);
    }

    bool has_file_numbers() const {
        return deals_out_ && (input_.spec.max_records_per_file > 0 || max_bytes_ > 0 ||
                                 input_.spec.num_files.value_or(1) > 1);
    }
    bool is_partitioned() const { return !partitions_.empty() || has_file_numbers(); }

    duckdb::vector<DuckExpr> select_list() {
        duckdb::vector<DuckExpr> list;
        for (const auto& column : columns_) {
            auto expression = input_column(input_, column.input);
            if (column.is_partition) {
                expression = partition_text(
                    std::move(expression), *input_.attributes[column.input].type, input_);
            } else {
                expression = with_file_type(checked(std::move(expression), column), column);
            }
            expression->SetAlias(column.name);
            list.push_back(std::move(expression));
        }
        if (has_file_numbers()) list.push_back(file_number());
        return list;
    }

    // Dates that old Spark would read otherwise, when the session wants none.
    DuckExpr checked(DuckExpr expression, const FileColumn& column) const {
        auto mode = rebasing_for_write("Parquet", input_.context).dates;
        if (mode == RebaseMode::kCorrected || !has_dates(column.type)) return expression;
        if (mode == RebaseMode::kLegacy)
            throw unsupported_feature("spark.sql.parquet.datetimeRebaseModeInWrite = LEGACY");
        return duck_call(kCheckDates, duck_list(std::move(expression)));
    }

    DuckExpr with_file_type(DuckExpr expression, const FileColumn& column) const {
        if (column.type == to_logical_type(*input_.attributes[column.input].type))
            return expression;
        return retype(std::move(expression), column.type);
    }

    // Rows are dealt out by their position: round robin for a number of files, in runs for a number
    // of rows or of bytes.
    DuckExpr file_number() const {
        const auto& spec = input_.spec;
        bool in_runs = spec.max_records_per_file > 0 || max_bytes_ > 0;
        bool by_bytes = spec.max_records_per_file <= 0 && in_runs;
        auto window = duckdb::make_uniq<duckdb::WindowExpression>(
            by_bytes ? duckdb::ExpressionType::WINDOW_AGGREGATE
                     : duckdb::ExpressionType::WINDOW_ROW_NUMBER,
            "", "", by_bytes ? "sum" : "row_number");
        window->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
        window->end = by_bytes ? duckdb::WindowBoundary::CURRENT_ROW_ROWS
                               : duckdb::WindowBoundary::CURRENT_ROW_RANGE;
        if (by_bytes) window->children.push_back(row_bytes(input_));
        if (in_runs) {
            for (const auto* partition : partitions_) {
                window->partitions.push_back(input_column(input_, partition->input));
            }
        }
        DuckExpr position = std::move(window);
        if (by_bytes) position = duck_cast(std::move(position), duckdb::LogicalType::BIGINT);
        auto zero_based = duck_call(
            "-", duck_list(std::move(position), duck_constant(duckdb::Value::BIGINT(1))));
        auto divisor = by_bytes  ? max_bytes_
                       : in_runs ? spec.max_records_per_file
                                 : int64_t(*spec.num_files);
        auto number = duck_call(in_runs ? "//" : "%",
            duck_list(std::move(zero_based), duck_constant(duckdb::Value::BIGINT(divisor))));
        number->SetAlias(kFileNumber);
        return number;
    }

    duckdb::unique_ptr<duckdb::SQLStatement> copy_statement() {
        auto statement = duckdb::make_uniq<duckdb::CopyStatement>();
        auto& info = *statement->info;
        info.is_from = false;
        info.format = "parquet";
        info.is_format_auto_detected = false;
        info.select_statement = select_from_input(input_, select_list());
        auto set = [&](const char* key, duckdb::Value value) {
            info.options[key] = {std::move(value)};
        };
        set("return_stats", duckdb::Value::BOOLEAN(true));
        set("compression", duckdb::Value(codec_.name));
        if (input_.spec.any_order) set("preserve_order", duckdb::Value::BOOLEAN(false));
        if (auto rows = rows_of_group()) set("row_group_size", duckdb::Value::UBIGINT(*rows));
        add_field_ids(info);
        add_schema(info);
        if (is_partitioned()) {
            info.file_path = folder_;
            set_partitioning(info);
        } else {
            info.file_path = storage::join_path(folder_, file_name(0));
            made_.push_back(info.file_path);
            set("use_tmp_file", duckdb::Value::BOOLEAN(false));
            set("write_empty_file", duckdb::Value::BOOLEAN(!input_.spec.delta));
        }
        return statement;
    }

    // Rows of a row group where so few come that one thread would encode them all: a thread encodes
    // its own as soon as it holds half a group. nullopt: as many as DuckDB likes.
    std::optional<uint64_t> rows_of_group() const {
        const auto& spec = input_.spec;
        auto threads = input_.connection.context->db->NumberOfThreads();
        if (!spec.any_order || spec.expected_rows <= 0 || threads < 2) return std::nullopt;
        uint64_t share = uint64_t(spec.expected_rows) / threads + 1;
        uint64_t chunks = (share + STANDARD_VECTOR_SIZE - 1) / STANDARD_VECTOR_SIZE;
        auto rows = std::max(chunks * STANDARD_VECTOR_SIZE, kSmallestGroup);
        return rows < DEFAULT_ROW_GROUP_SIZE ? std::optional(rows) : std::nullopt;
    }

    void set_partitioning(duckdb::CopyInfo& info) const {
        duckdb::vector<duckdb::Value> names;
        for (const auto* partition : partitions_) names.emplace_back(partition->name);
        if (has_file_numbers()) names.emplace_back(kFileNumber);
        info.options["partition_by"] = std::move(names);
        info.options["overwrite_or_ignore"] = {duckdb::Value::BOOLEAN(true)};
        info.options["filename_pattern"] = {duckdb::Value(write_id_ + "-{i}")};
        info.options["file_extension"] = {duckdb::Value("parquet")};
        // Made in the folder itself and moved afterwards: DuckDB escapes folder names in its own
        // way.
        info.options["hive_file_pattern"] = {duckdb::Value::BOOLEAN(false)};
    }

    void add_field_ids(duckdb::CopyInfo& info) const {
        duckdb::child_list_t<duckdb::Value> ids;
        for (const auto& column : columns_) {
            if (column.field_ids && !column.is_partition)
                ids.emplace_back(column.name, *column.field_ids);
        }
        if (!ids.empty()) info.options["field_ids"] = {duckdb::Value::STRUCT(std::move(ids))};
    }

    // Spark reads its own types (char, intervals, …) back from here.
    void add_schema(duckdb::CopyInfo& info) const {
        types::Fields fields;
        for (const auto& column : columns_) {
            if (column.is_partition) continue;
            const auto& attribute = input_.attributes[column.input];
            fields.push_back({column.name, attribute.type, attribute.nullable, attribute.metadata});
        }
        if (!input_.spec.physical_names.empty()) return;
        duckdb::child_list_t<duckdb::Value> entries;
        entries.emplace_back(
            kSchemaKey, duckdb::Value(types::DataType::struct_(std::move(fields))->json()));
        info.options["kv_metadata"] = {duckdb::Value::STRUCT(std::move(entries))};
    }

    void collect(duckdb::QueryResult& result) {
        while (auto chunk = result.Fetch()) {
            for (duckdb::idx_t row = 0; row < chunk->size(); row++) {
                auto path = chunk->GetValue(0, row).ToString();
                WrittenFile file;
                file.num_rows = chunk->GetValue(1, row).GetValue<int64_t>();
                file.size_bytes = chunk->GetValue(2, row).GetValue<int64_t>();
                if (input_.spec.delta)
                    file.stats_json = statistics_.json(file.num_rows, chunk->GetValue(4, row));
                file.partition_values = partition_values(chunk->GetValue(5, row));
                file.path = is_partitioned() ? settle(path, file.partition_values)
                                             : storage::base_name(path);
                written_.push_back(std::move(file));
            }
        }
    }

    std::vector<std::optional<std::string>> partition_values(const duckdb::Value& keys) const {
        std::vector<std::optional<std::string>> values(partitions_.size());
        if (partitions_.empty() || keys.IsNull()) return values;
        for (const auto& entry : duckdb::MapValue::GetChildren(keys)) {
            const auto& pair = duckdb::StructValue::GetChildren(entry);
            for (size_t i = 0; i < partitions_.size(); i++) {
                if (partitions_[i]->name == duckdb::StringValue::Get(pair[0]) &&
                    !pair[1].IsNull()) {
                    values[i] = duckdb::StringValue::Get(pair[1]);
                }
            }
        }
        return values;
    }

    std::string file_name(int64_t number) const {
        return file_stem(number, write_id_) + codec_.extension + ".parquet";
    }

    // Brings the file to where Spark would have put it; returns the path relative to the folder.
    std::string settle(
        const std::string& path, const std::vector<std::optional<std::string>>& values) {
        std::vector<std::string> names;
        for (const auto* partition : partitions_) names.push_back(partition->name);
        auto relative = partition_path(names, values);
        relative += (relative.empty() ? "" : "/") + file_name(int64_t(written_.size()));
        auto target = storage::join_path(folder_, relative);
        file_system().CreateDirectoriesRecursive(storage::parent_path(target));
        file_system().MoveFile(path, target);
        made_.push_back(target);
        return relative;
    }

    void remove_written() {
        try {
            file_system().ListFiles(folder_, [&](const std::string& name, bool is_directory) {
                if (!is_directory && name.find(write_id_) != std::string::npos) {
                    made_.push_back(storage::join_path(folder_, storage::base_name(name)));
                }
            });
            for (const auto& path : made_) file_system().TryRemoveFile(path);
        } catch (const std::exception&) {
            // The error that brought us here is the one to tell.
        }
    }

    WriteInput input_;
    std::vector<FileColumn> columns_;
    std::vector<const FileColumn*> partitions_;
    const Codec& codec_;
    int64_t max_bytes_;  // of the rows in memory, in one file; 0: any number
    FileStatistics statistics_;
    std::string folder_;
    std::string write_id_ = new_write_id();
    bool deals_out_ = true;
    std::vector<std::string> made_;
    std::vector<WrittenFile> written_;
};

}  // namespace

std::vector<WrittenFile> write_parquet(WriteInput input) {
    return ParquetWriter(std::move(input)).run();
}

}  // namespace hanok::engine

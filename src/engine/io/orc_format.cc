#include "engine/io/orc_format.h"

#include <arrow/adapters/orc/adapter.h>
#include <arrow/api.h>
#include <arrow/c/bridge.h>

#include <duckdb/common/vector_operations/vector_operations.hpp>
#include <duckdb/function/table/arrow.hpp>

#include "base/error.h"
#include "engine/io/arrow_file.h"
#include "engine/io/legacy_dates.h"
#include "engine/io/merged_schema.h"
#include "engine/io/orc_file.h"
#include "engine/types/logical_types.h"
#include "types/arrow_result.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;

// Arrow's columns as DuckDB's vectors.
class ArrowColumns {
public:
    explicit ArrowColumns(duckdb::ClientContext& context) : context_(context) {}

    void set(const arrow::RecordBatch& batch) {
        auto& root = schema_root_.arrow_schema;
        if (root.release) root.release(&root);
        types::must(
            arrow::ExportSchema(*batch.schema(), reinterpret_cast<struct ArrowSchema*>(&root)));
        table_ = duckdb::ArrowTableSchema();
        duckdb::ArrowTableFunction::PopulateArrowTableSchema(context_, table_, root);
        auto chunk = duckdb::make_uniq<duckdb::ArrowArrayWrapper>();
        types::must(arrow::ExportRecordBatch(
            batch, reinterpret_cast<struct ArrowArray*>(&chunk->arrow_array)));
        state_ = duckdb::make_uniq<duckdb::ArrowScanLocalState>(std::move(chunk), context_);
        plain_.Destroy();
        plain_.Initialize(context_, table_.GetTypes());
    }

    duckdb::DataChunk& read(idx_t offset, idx_t count) {
        plain_.Reset();
        plain_.SetCardinality(count);
        state_->chunk_offset = offset;
        duckdb::ArrowTableFunction::ArrowToDuckDB(*state_, table_.GetColumns(), plain_);
        return plain_;
    }

private:
    duckdb::ClientContext& context_;
    duckdb::ArrowSchemaWrapper schema_root_;
    duckdb::ArrowTableSchema table_;
    duckdb::unique_ptr<duckdb::ArrowScanLocalState> state_;
    duckdb::DataChunk plain_;
};

class OrcReader final : public FileReader {
public:
    OrcReader(duckdb::ClientContext& context, const ScanFile& file, const types::DataType& schema,
        const std::vector<size_t>& needed, std::string time_zone)
        : context_(context),
          path_(file.path),
          time_zone_(std::move(time_zone)),
          reader_(open_orc(duckdb::FileSystem::GetFileSystem(context), file.open_path)),
          columns_(context) {
        auto file_schema = spark_schema_of_orc(*read_or_fail(reader_->ReadSchema(), path_));
        for (auto index : needed) {
            const auto& wanted = schema.fields()[index];
            int place = find(*file_schema, wanted.name, index);
            size_t position = kMissing;
            if (place >= 0) {
                position = names_.size();
                names_.push_back(file_schema->fields()[size_t(place)].name);
                types_.push_back(file_schema->fields()[size_t(place)].type);
            }
            positions_.push_back(position);
        }
    }

    idx_t read(std::vector<duckdb::Vector*>& columns) override {
        while (offset_ >= rows_) {
            if (stripe_ >= reader_->NumberOfStripes()) return 0;
            next_stripe();
        }
        auto count = std::min<idx_t>(rows_ - offset_, STANDARD_VECTOR_SIZE);
        if (!names_.empty()) {
            auto& chunk = columns_.read(offset_, count);
            for (size_t i = 0; i < columns.size(); i++) {
                if (positions_[i] == kMissing) continue;
                convert(chunk.data[positions_[i]], *columns[i], count);
            }
        }
        for (size_t i = 0; i < columns.size(); i++) {
            if (positions_[i] != kMissing) continue;
            columns[i]->Reference(duckdb::Value(columns[i]->GetType()));
        }
        offset_ += count;
        return count;
    }

private:
    static constexpr size_t kMissing = SIZE_MAX;

    // By name; files of old Hive writers name their columns _col0, _col1, …
    static int find(const types::DataType& file, const std::string& name, size_t index) {
        const auto& fields = file.fields();
        bool by_position = !fields.empty();
        for (const auto& field : fields) by_position &= field.name.starts_with("_col");
        if (by_position) return index < fields.size() ? int(index) : -1;
        return file.field_index(name);
    }

    void next_stripe() {
        offset_ = 0;
        if (names_.empty()) {
            rows_ = idx_t(reader_->GetStripeInformation(stripe_++).num_rows);
            return;
        }
        auto batch = read_or_fail(reader_->ReadStripe(stripe_++, names_), path_);
        rows_ = idx_t(batch->num_rows());
        arrow::FieldVector fields;
        std::vector<std::shared_ptr<arrow::Array>> arrays;
        for (size_t i = 0; i < names_.size(); i++) {
            auto column = batch->GetColumnByName(names_[i]);
            if (!column) throw internal_error("an ORC stripe lacks column " + names_[i]);
            auto data = from_orc_layout(column->data(), *types_[i], time_zone_);
            fields.push_back(arrow::field("c" + std::to_string(i), data->type));
            arrays.push_back(arrow::MakeArray(data));
        }
        columns_.set(*arrow::RecordBatch::Make(
            arrow::schema(std::move(fields)), batch->num_rows(), std::move(arrays)));
    }

    void convert(duckdb::Vector& from, duckdb::Vector& to, idx_t count) {
        if (has_dates(to.GetType())) {
            // Spark's days in ORC files are those of the old calendar.
            duckdb::Vector cast(to.GetType(), count);
            duckdb::VectorOperations::Cast(context_, from, cast, count);
            to.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
            duckdb::VectorOperations::Copy(cast, to, count, 0, 0);
            rebase_vector(to, count, {RebaseMode::kLegacy});
        } else if (from.GetType() == to.GetType()) {
            to.Reference(from);
        } else {
            duckdb::VectorOperations::Cast(context_, from, to, count);
        }
    }

    duckdb::ClientContext& context_;
    std::string path_;
    std::string time_zone_;
    std::unique_ptr<arrow::adapters::orc::ORCFileReader> reader_;
    ArrowColumns columns_;
    std::vector<std::string> names_;     // of the file's columns that are read
    std::vector<types::TypePtr> types_;  // their types in the file
    std::vector<size_t> positions_;      // of the needed columns among them
    int64_t stripe_ = 0;
    idx_t rows_ = 0;
    idx_t offset_ = 0;
};

class OrcFormat final : public FileFormat {
public:
    OrcFormat(types::TypePtr schema, std::string time_zone)
        : schema_(std::move(schema)), time_zone_(std::move(time_zone)) {}

    std::unique_ptr<FileReader> open(duckdb::ClientContext& context, const ScanFile& file,
        const std::vector<size_t>& needed) const override {
        return std::make_unique<OrcReader>(context, file, *schema_, needed, time_zone_);
    }

private:
    types::TypePtr schema_;
    std::string time_zone_;
};

}  // namespace

namespace {

// Null: the file is left out.
types::TypePtr schema_unless_ignored(
    duckdb::FileSystem& system, const std::string& path, const FileFaults& faults) {
    try {
        auto reader = open_orc(system, path);
        return spark_schema_of_orc(*read_or_fail(reader->ReadSchema(), path));
    } catch (const std::exception& error) {
        if (!faults.ignore(system, path, error)) throw;
        return nullptr;
    }
}

}  // namespace

void check_orc_read_options(const SourceOptions& options) {
    option_bool(options, "mergeschema", false);
}

types::TypePtr infer_orc_schema(duckdb::FileSystem& system, const std::vector<std::string>& paths,
    const SourceOptions& options, const FileFaults& faults) {
    check_orc_read_options(options);
    bool merges = option_bool(options, "mergeschema", false);
    types::TypePtr merged;
    for (const auto& path : paths) {
        auto schema = schema_unless_ignored(system, path, faults);
        if (!schema || schema->fields().empty()) continue;
        merged = merged ? merged_schema(merged, schema) : schema;
        if (!merges) break;
    }
    if (!merged) throw analysis_error("UNABLE_TO_INFER_SCHEMA", {{"format", "ORC"}});
    return merged;
}

std::shared_ptr<const FileFormat> make_orc_format(
    const types::TypePtr& data_schema, const QueryContext& context) {
    return std::make_shared<OrcFormat>(data_schema, context.time_zone);
}

}  // namespace hanok::engine

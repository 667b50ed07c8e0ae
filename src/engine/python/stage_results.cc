#include "engine/python/stage_results.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>

#include "base/error.h"
#include "engine/lowering/arrow_source.h"
#include "engine/types/logical_types.h"
#include "types/arrow_result.h"

namespace hanok::engine {

namespace {

Error type_mismatch(const std::string& expected, const std::string& given) {
    return runtime_error("ARROW_TYPE_MISMATCH",
        {{"operation", "Python function"}, {"outputTypes", expected}, {"actualDataTypes", given}});
}

std::string names_of(const std::vector<types::TypePtr>& types) {
    std::string out;
    for (const auto& type : types) out += (out.empty() ? "" : ", ") + type->simple_string();
    return out;
}

}  // namespace

StageResults::StageResults(duckdb::ClientContext& context, const PythonStageSpec& spec)
    : context_(context), spec_(spec), types_(spec.results) {}

void StageResults::use_schema(const arrow::Schema& schema) {
    auto& root = schema_root_.arrow_schema;
    if (root.release) root.release(&root);
    types::must(arrow::ExportSchema(
        schema, reinterpret_cast<struct ArrowSchema*>(&schema_root_.arrow_schema)));
    table_ = duckdb::ArrowTableSchema();
    duckdb::ArrowTableFunction::PopulateArrowTableSchema(
        context_, table_, schema_root_.arrow_schema);
    const auto& given = table_.GetTypes();
    for (size_t i = 0; i < types_.size(); ++i) {
        auto wanted = to_logical_type(*types_[i]);
        bool nothing = given[i].id() == duckdb::LogicalTypeId::SQLNULL;
        if (given[i] != wanted && !nothing)
            throw type_mismatch(names_of(types_), schema.ToString());
    }
}

void StageResults::set(const std::shared_ptr<arrow::RecordBatch>& given) {
    auto batch = given;
    if (spec_.unwraps_results) {
        if (batch->num_columns() != 1 || batch->column(0)->type_id() != arrow::Type::STRUCT)
            throw type_mismatch(names_of(types_), batch->schema()->ToString());
        batch = types::must(arrow::RecordBatch::FromStructArray(batch->column(0)));
    }
    if (static_cast<size_t>(batch->num_columns()) != types_.size())
        throw type_mismatch(names_of(types_), batch->schema()->ToString());
    batch = normalized_batch(*batch, types_);
    if (!schema_ || !schema_->Equals(*batch->schema())) {
        schema_ = batch->schema();
        use_schema(*schema_);
        state_.reset();
    }
    auto chunk = duckdb::make_uniq<duckdb::ArrowArrayWrapper>();
    types::must(arrow::ExportRecordBatch(
        *batch, reinterpret_cast<struct ArrowArray*>(&chunk->arrow_array)));
    if (!state_) {
        state_ = duckdb::make_uniq<duckdb::ArrowScanLocalState>(std::move(chunk), context_);
    } else {
        state_->chunk = duckdb::shared_ptr<duckdb::ArrowArrayWrapper>(chunk.release());
        state_->Reset();
    }
    rows_ = static_cast<duckdb::idx_t>(batch->num_rows());
    offset_ = 0;
}

void StageResults::set(const std::string& pickle) {
    pickled_ = python::unpickle(pickle);
    const auto* list = std::get_if<python::PyObject::List>(&pickled_->v);
    if (!list) throw internal_error("a Python worker gave no list of results");
    if (spec_.rows_in_tuples) {
        auto rows = list->items.at(0);
        if (!std::holds_alternative<python::PyObject::Tuple>(rows->v))
            throw internal_error("a Python table function gave no tuple of rows");
        pickled_ = std::move(rows);
        rows_ = std::get<python::PyObject::Tuple>(pickled_->v).items.size();
    } else {
        rows_ = list->items.size();
    }
    offset_ = 0;
}

void StageResults::read(duckdb::idx_t count, duckdb::DataChunk& target) {
    target.SetCardinality(count);
    if (types_.empty()) {
        offset_ += count;
        return;
    }
    if (pickled_) {
        read_pickled(count, target);
    } else {
        read_arrow(count, target);
    }
    offset_ += count;
}

void StageResults::read_pickled(duckdb::idx_t count, duckdb::DataChunk& target) {
    const auto& rows = spec_.rows_in_tuples ? std::get<python::PyObject::Tuple>(pickled_->v).items
                                            : std::get<python::PyObject::List>(pickled_->v).items;
    for (duckdb::idx_t row = 0; row < count; ++row) {
        const auto& result = *rows[offset_ + row];
        const auto* several = std::get_if<python::PyObject::Tuple>(&result.v);
        for (size_t i = 0; i < types_.size(); ++i) {
            bool is_part = several && (types_.size() > 1 || spec_.rows_in_tuples);
            const auto& object = is_part ? *several->items.at(i) : result;
            target.data[i].SetValue(
                row, to_duckdb_value(python::value_of(object, *types_[i]), *types_[i]));
        }
    }
}

void StageResults::read_arrow(duckdb::idx_t count, duckdb::DataChunk& target) {
    state_->chunk_offset = offset_;
    const auto& columns = table_.GetColumns();
    duckdb::DataChunk plain;
    bool has_null_type = false;
    for (const auto& type : table_.GetTypes())
        has_null_type |= type.id() == duckdb::LogicalTypeId::SQLNULL;
    if (!has_null_type) {
        duckdb::ArrowTableFunction::ArrowToDuckDB(*state_, columns, target);
    } else {
        // A column without any value has no type of its own.
        plain.Initialize(context_, table_.GetTypes(), std::max<duckdb::idx_t>(count, 1));
        plain.SetCardinality(count);
        duckdb::ArrowTableFunction::ArrowToDuckDB(*state_, columns, plain);
        for (size_t i = 0; i < types_.size(); ++i) {
            if (plain.data[i].GetType() == target.data[i].GetType()) {
                target.data[i].Reference(plain.data[i]);
            } else {
                target.data[i].Reference(duckdb::Value(target.data[i].GetType()));
            }
        }
    }
}

}  // namespace hanok::engine

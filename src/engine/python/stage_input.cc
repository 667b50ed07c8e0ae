#include "engine/python/stage_input.h"

#include <arrow/api.h>

#include <algorithm>

#include "engine/arrow_result/batch_builder.h"
#include "engine/python/arrow_stream.h"
#include "engine/types/logical_types.h"
#include "python/pickle.h"

namespace hanok::engine {

namespace {

std::shared_ptr<arrow::RecordBatch> wrapped(const std::shared_ptr<arrow::RecordBatch>& batch,
    const std::shared_ptr<arrow::Schema>& schema) {
    auto rows = std::make_shared<arrow::StructArray>(
        schema->field(0)->type(), batch->num_rows(), batch->columns());
    return arrow::RecordBatch::Make(schema, batch->num_rows(), arrow::ArrayVector{rows});
}

std::shared_ptr<arrow::Schema> wrapped(const arrow::Schema& schema) {
    return arrow::schema({arrow::field("struct", arrow::struct_(schema.fields()), false)});
}

class ArrowBatches final : public RowBatches {
public:
    ArrowBatches(duckdb::ClientContext& context, const PythonStageSpec& spec)
        : RowBatches(spec.inputs[0], spec.max_records_per_batch),
          wraps_rows_(spec.wraps_rows),
          schema_(wraps_rows_ ? wrapped(*input_.schema) : input_.schema),
          builder_(input_.schema, input_.types, context) {}

    std::unique_ptr<Stream> open_stream(python::Task& task) override {
        return std::make_unique<Out>(*this, task);
    }

private:
    class Out final : public Stream {
    public:
        Out(ArrowBatches& owner, python::Task& task)
            : owner_(owner), stream_(task, owner.schema_) {}
        void send_batch() override { stream_.write(*owner_.finish()); }
        void close() override { stream_.close(); }

    private:
        ArrowBatches& owner_;
        ArrowStream stream_;
    };

    void gather(duckdb::DataChunk& part, duckdb::idx_t from, duckdb::idx_t count) override {
        builder_.append(part, from, from + count);
    }
    std::shared_ptr<arrow::RecordBatch> finish() {
        rows_ = 0;
        auto batch = builder_.finish();
        return wraps_rows_ ? wrapped(batch, schema_) : batch;
    }

    const bool wraps_rows_;
    std::shared_ptr<arrow::Schema> schema_;
    BatchBuilder builder_;
};

class PickledBatches final : public RowBatches {
public:
    explicit PickledBatches(const PythonStageSpec& spec)
        : RowBatches(spec.inputs[0], spec.max_records_per_batch),
          pickler_(spec.inputs[0].row_type) {}

    std::unique_ptr<Stream> open_stream(python::Task& task) override {
        return std::make_unique<Out>(*this, task);
    }

private:
    class Out final : public Stream {
    public:
        Out(PickledBatches& owner, python::Task& task) : owner_(owner), task_(task) {}
        void send_batch() override {
            std::string frame;
            python::put_text(&frame, owner_.pickler_.finish());
            owner_.rows_ = 0;
            task_.send(std::move(frame));
        }
        void close() override {
            std::string end;
            python::put_int(&end, static_cast<int32_t>(python::Mark::kEndOfDataSection));
            task_.send(std::move(end));
        }

    private:
        PickledBatches& owner_;
        python::Task& task_;
    };

    void gather(duckdb::DataChunk& part, duckdb::idx_t from, duckdb::idx_t count) override {
        const auto& fields = input_.row_type->fields();
        for (auto row = from; row < from + count; ++row) {
            types::Value::List values;
            for (size_t i = 0; i < fields.size(); ++i)
                values.push_back(from_duckdb_value(part.GetValue(i, row), *fields[i].type));
            pickler_.add(values);
        }
    }

    python::RowPickler pickler_;
};

}  // namespace

RowBatches::RowBatches(const PythonStageSpec::Input& input, int64_t limit)
    : input_(input), limit_(static_cast<duckdb::idx_t>(limit)) {
    part_.InitializeEmpty(input.types);
}

std::unique_ptr<RowBatches> RowBatches::make(
    duckdb::ClientContext& context, const PythonStageSpec& spec) {
    if (spec.is_pickled) return std::make_unique<PickledBatches>(spec);
    return std::make_unique<ArrowBatches>(context, spec);
}

void RowBatches::add(duckdb::DataChunk& input, duckdb::idx_t from, duckdb::idx_t count) {
    for (size_t i = 0; i < input_.positions.size(); ++i)
        part_.data[i].Reference(input.data[input_.positions[i]]);
    part_.SetCardinality(input.size());
    gather(part_, from, count);
    rows_ += count;
}

namespace {

// The groups of one side for a chunk's rows.
std::shared_ptr<arrow::ListArray> group_lists(
    duckdb::ClientContext& context, const PythonStageSpec::Input& side, duckdb::DataChunk& input) {
    BatchBuilder builder(side.schema, side.types, context);
    duckdb::DataChunk part;
    part.InitializeEmpty(side.types);
    part.data[0].Reference(input.data[side.positions[0]]);
    part.SetCardinality(input.size());
    builder.append(part);
    return std::static_pointer_cast<arrow::ListArray>(builder.finish()->column(0));
}

void send_group(const PythonStageSpec& spec, const PythonStageSpec::Input& side,
    const arrow::ListArray& lists, int64_t row, python::Task& task) {
    const auto& rows = static_cast<const arrow::StructArray&>(*lists.values());
    auto schema = spec.wraps_rows ? wrapped(*side.group_schema) : side.group_schema;
    ArrowStream stream(task, schema);
    int64_t begin = lists.IsNull(row) ? 0 : lists.value_offset(row);
    int64_t length = lists.IsNull(row) ? 0 : lists.value_length(row);
    int64_t at = 0;
    do {
        int64_t count = std::min(spec.max_records_per_batch, length - at);
        arrow::ArrayVector columns;
        for (int i = 0; i < side.group_schema->num_fields(); ++i)
            columns.push_back(rows.field(i)->Slice(begin + at, count));
        auto batch = arrow::RecordBatch::Make(side.group_schema, count, std::move(columns));
        stream.write(spec.wraps_rows ? *wrapped(batch, schema) : *batch);
        at += count;
    } while (at < length);
    stream.close();
}

}  // namespace

void send_groups(duckdb::ClientContext& context, const PythonStageSpec& spec,
    duckdb::DataChunk& input, python::Task& task) {
    std::vector<std::shared_ptr<arrow::ListArray>> lists;
    for (const auto& side : spec.inputs) lists.push_back(group_lists(context, side, input));
    for (int64_t row = 0; row < static_cast<int64_t>(input.size()); ++row) {
        std::string count;
        python::put_int(&count, static_cast<int32_t>(lists.size()));
        task.send(std::move(count));
        for (size_t i = 0; i < lists.size(); ++i)
            send_group(spec, spec.inputs[i], *lists[i], row, task);
    }
}

}  // namespace hanok::engine

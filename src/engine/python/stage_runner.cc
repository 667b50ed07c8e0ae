#include "engine/python/stage_runner.h"

#include <arrow/api.h>

#include <algorithm>

#include "base/error.h"

namespace hanok::engine {

namespace {

// Input that waits for a worker beyond what its socket holds.
constexpr size_t kFullLaneBytes = 1 << 20;

}  // namespace

struct StageRunner::Lane {
    Lane(duckdb::ClientContext& context, const PythonStageSpec& spec,
        std::unique_ptr<python::WorkerPool::Lease> worker, int number)
        : number(number), task(std::move(worker), spec.task, number), results(context, spec) {}

    const int number;
    python::Task task;
    std::unique_ptr<RowBatches::Stream> stream;  // without groups
    StageResults results;
};

StageRunner::StageRunner(duckdb::ClientContext& context, const PythonStageSpec& spec)
    : context_(context), spec_(spec) {
    if (!spec.result_types.empty()) results_.Initialize(context, spec.result_types);
    if (!spec.has_groups()) batches_ = RowBatches::make(context, spec);
}

StageRunner::~StageRunner() = default;

StageRunner::Lane& StageRunner::start_lane() {
    const auto& folder = spec_.task.files.folder;
    auto worker = lanes_.empty() ? spec_.pool->acquire("pyspark.worker", folder)
                                 : spec_.pool->try_acquire(folder);
    if (!worker) return *lanes_.front();
    lanes_.push_back(std::make_unique<Lane>(
        context_, spec_, std::move(worker), static_cast<int>(lanes_.size())));
    auto& lane = *lanes_.back();
    if (batches_) lane.stream = batches_->open_stream(lane.task);
    return lane;
}

StageRunner::Lane& StageRunner::next_lane() {
    if (lanes_.empty()) return start_lane();
    auto shortest = std::min_element(
        lanes_.begin(), lanes_.end(), [](const auto& a, const auto& b) {
            return a->task.queued_bytes() < b->task.queued_bytes();
        });
    if (!spec_.one_stream && (*shortest)->task.queued_bytes() > 0) {
        auto count = lanes_.size();
        auto& fresh = start_lane();
        if (lanes_.size() > count) return fresh;
        shortest = std::min_element(lanes_.begin(), lanes_.end(), [](const auto& a, const auto& b) {
            return a->task.queued_bytes() < b->task.queued_bytes();
        });
    }
    return **shortest;
}

bool StageRunner::add(duckdb::DataChunk& input) {
    if (input.size() == 0) return true;
    if (spec_.partition) return add_partitions(input);
    if (batches_) {
        add_rows(input);
    } else {
        auto& lane = next_lane();
        if (spec_.shape == resolved::PythonShape::kWindowAggregate) keep_group_rows(lane, input);
        if (spec_.shape == resolved::PythonShape::kGroupedAggregate)
            keep(lane, input, 0, input.size());
        send_groups(context_, spec_, input, lane.task);
    }
    pump();
    return true;
}

bool StageRunner::add_partitions(duckdb::DataChunk& input) {
    auto& column = input.data[*spec_.partition];
    column.Flatten(input.size());
    const auto* partitions = duckdb::FlatVector::GetData<int32_t>(column);
    while (taken_ < input.size()) {
        auto partition = partitions[taken_];
        if (!reach(partition)) return false;
        auto end = taken_;
        auto last = std::min(input.size(), taken_ + batches_->room());
        while (end < last && partitions[end] == partition) ++end;
        batches_->add(input, taken_, end - taken_);
        taken_ = end;
        if (batches_->room() == 0) lanes_.back()->stream->send_batch();
    }
    taken_ = 0;
    pump();
    return true;
}

// Starts the tasks up to that of `partition`, those without rows too; false when enough are busy.
bool StageRunner::reach(int32_t partition) {
    const auto& folder = spec_.task.files.folder;
    while (started_ <= partition) {
        if (is_open_) close_partition();
        auto worker = lanes_.empty() ? spec_.pool->acquire("pyspark.worker", folder)
                                     : spec_.pool->try_acquire(folder);
        if (!worker) return false;
        lanes_.push_back(std::make_unique<Lane>(context_, spec_, std::move(worker), started_++));
        lanes_.back()->stream = batches_->open_stream(lanes_.back()->task);
        is_open_ = true;
    }
    return true;
}

void StageRunner::close_partition() {
    auto& lane = *lanes_.back();
    if (!batches_->empty()) lane.stream->send_batch();
    lane.stream->close();
    lane.task.end_input();
    lane.task.pump();
    is_open_ = false;
}

void StageRunner::add_rows(duckdb::DataChunk& input) {
    for (duckdb::idx_t from = 0; from < input.size();) {
        if (!filling_) filling_ = &next_lane();
        auto count = std::min(batches_->room(), input.size() - from);
        batches_->add(input, from, count);
        if (spec_.is_aligned() || spec_.has_batch_a_row()) keep(*filling_, input, from, count);
        from += count;
        if (batches_->room() == 0) send_batch();
    }
}

void StageRunner::send_batch() {
    filling_->stream->send_batch();
    filling_ = nullptr;
}

void StageRunner::keep(
    Lane& lane, duckdb::DataChunk& input, duckdb::idx_t from, duckdb::idx_t count) {
    auto rows = std::make_unique<duckdb::DataChunk>();
    if (!spec_.passed.empty()) rows->Initialize(context_, spec_.passed_types, count);
    for (size_t i = 0; i < spec_.passed.size(); ++i)
        duckdb::VectorOperations::Copy(
            input.data[spec_.passed[i]], rows->data[i], from + count, from, 0);
    rows->SetCardinality(count);
    pending_.push_back({&lane, std::move(rows)});
}

void StageRunner::keep_group_rows(Lane& lane, duckdb::DataChunk& input) {
    auto& lists = input.data[spec_.inputs[0].positions[0]];
    lists.Flatten(input.size());
    const auto* entries = duckdb::FlatVector::GetData<duckdb::list_entry_t>(lists);
    auto& child = duckdb::ListVector::GetEntry(lists);
    child.Flatten(duckdb::ListVector::GetListSize(lists));
    auto& fields = duckdb::StructVector::GetEntries(child);
    for (duckdb::idx_t row = 0; row < input.size(); ++row) {
        for (duckdb::idx_t at = 0; at < entries[row].length;) {
            auto count = std::min<duckdb::idx_t>(STANDARD_VECTOR_SIZE, entries[row].length - at);
            auto from = entries[row].offset + at;
            auto rows = std::make_unique<duckdb::DataChunk>();
            if (!spec_.passed.empty()) rows->Initialize(context_, spec_.passed_types, count);
            for (size_t i = 0; i < spec_.passed.size(); ++i)
                duckdb::VectorOperations::Copy(
                    *fields[spec_.passed[i]], rows->data[i], from + count, from, 0);
            rows->SetCardinality(count);
            pending_.push_back({&lane, std::move(rows)});
            at += count;
        }
    }
}

void StageRunner::finish() {
    if (spec_.partition) {
        finished_ = reach(spec_.partitions - 1);
        if (finished_) close_partition();
        return;
    }
    finished_ = true;
    if (spec_.shape == resolved::PythonShape::kMap && lanes_.empty()) start_lane();
    if (batches_ && !batches_->empty()) send_batch();
    for (auto& lane : lanes_) {
        if (lane->stream) {
            lane->stream->close();
        } else {
            std::string end;
            python::put_int(&end, 0);
            lane->task.send(std::move(end));
        }
        lane->task.end_input();
    }
    pump();
}

void StageRunner::pump() {
    for (auto& lane : lanes_) lane->task.pump();
}

void StageRunner::wait() {
    if (lanes_.empty()) return;
    std::vector<python::Task*> tasks;
    for (auto& lane : lanes_) tasks.push_back(&lane->task);
    python::Task::wait(tasks, [&] { return context_.IsInterrupted(); });
    pump();
}

bool StageRunner::is_full() const {
    if (spec_.partition)
        return !lanes_.empty() && lanes_.back()->task.queued_bytes() > kFullLaneBytes;
    return std::any_of(lanes_.begin(), lanes_.end(), [](const auto& lane) {
        return lane->task.queued_bytes() > 0;
    }) && std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) {
        return lane->task.queued_bytes() > kFullLaneBytes;
    });
}

bool StageRunner::is_done() const {
    return finished_ && (pending_.empty() || spec_.has_batch_a_row()) &&
           std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) {
               return lane->task.is_done() && !lane->task.has_result() && lane->results.left() == 0;
           });
}

// The next of what the lane's worker gave, if it has come: to be kept or to be left out.
bool StageRunner::take_results(Lane& lane, const std::function<bool()>& keeps) {
    if (spec_.is_pickled) {
        auto bytes = lane.task.take_pickle();
        if (bytes && keeps()) lane.results.set(*bytes);
        return bytes.has_value();
    }
    auto batch = lane.task.take_batch();
    if (batch && keeps() && batch->num_rows() > 0) lane.results.set(batch);
    return batch != nullptr;
}

// The lane's next results; false when none have come.
bool StageRunner::load(Lane& lane) {
    while (lane.results.left() == 0)
        if (!take_results(lane, [] { return true; })) return false;
    return true;
}

bool StageRunner::fetch_aligned(duckdb::DataChunk& output) {
    while (!pending_.empty()) {
        auto& pending = pending_.front();
        auto left = pending.rows->size() - pending.offset;
        if (left == 0) {
            pending_.pop_front();
            continue;
        }
        auto& lane = *pending.lane;
        if (!load(lane)) {
            if (lane.task.is_done() && !lane.task.has_result())
                throw Error(ErrorKind::kSpark, "HANOK_PYTHON_WORKER_CRASHED",
                    {{"reason", "it gave too few results"}});
            return false;
        }
        auto count = std::min<duckdb::idx_t>(
            {left, lane.results.left(), duckdb::idx_t{STANDARD_VECTOR_SIZE}});
        results_.Reset();
        lane.results.read(count, results_);
        auto passed = spec_.passed.size();
        for (size_t i = 0; i < passed; ++i)
            output.data[i].Slice(pending.rows->data[i], pending.offset, pending.offset + count);
        for (size_t i = 0; i < spec_.results.size(); ++i)
            output.data[passed + i].Reference(results_.data[i]);
        output.SetCardinality(count);
        pending.offset += count;
        return true;
    }
    return false;
}

// The row of the next batch; what comes after the last row's (of `terminate`) stays beside it.
bool StageRunner::next_row() {
    if (pending_.empty()) return false;
    auto& first = pending_.front();
    bool is_last = first.offset + 1 >= first.rows->size();
    if (!has_row_) {
        has_row_ = true;
    } else if (!is_last) {
        ++first.offset;
    } else if (pending_.size() > 1) {
        pending_.pop_front();
    }
    return true;
}

bool StageRunner::fetch_batch_a_row(duckdb::DataChunk& output) {
    if (lanes_.empty()) return false;
    auto& lane = *lanes_.front();
    auto passed = spec_.passed.size();
    while (lane.results.left() == 0) {
        if (!take_results(lane, [&] { return next_row(); })) return false;
    }
    auto count = std::min<duckdb::idx_t>(lane.results.left(), STANDARD_VECTOR_SIZE);
    results_.Reset();
    lane.results.read(count, results_);
    auto& row = pending_.front();
    for (size_t i = 0; i < passed; ++i)
        output.data[i].Reference(row.rows->data[i].GetValue(row.offset));
    for (size_t i = 0; i < spec_.results.size(); ++i)
        output.data[passed + i].Reference(results_.data[i]);
    output.SetCardinality(count);
    return true;
}

void StageRunner::read_results(Lane& lane, duckdb::DataChunk& output) {
    auto count = std::min<duckdb::idx_t>(lane.results.left(), STANDARD_VECTOR_SIZE);
    results_.Reset();
    lane.results.read(count, results_);
    for (size_t i = 0; i < spec_.results.size(); ++i) output.data[i].Reference(results_.data[i]);
    if (spec_.partition) {
        output.data[spec_.results.size()].Reference(duckdb::Value::INTEGER(lane.number));
    } else if (spec_.results.empty()) {
        output.data[0].Reference(duckdb::Value::BOOLEAN(true));
    }
    output.SetCardinality(count);
}

// One partition's results after the other's.
bool StageRunner::fetch_partition(duckdb::DataChunk& output) {
    for (; !lanes_.empty(); lanes_.pop_front()) {
        auto& lane = *lanes_.front();
        if (load(lane)) {
            read_results(lane, output);
            return true;
        }
        bool takes_more = is_open_ && lanes_.size() == 1;
        if (takes_more || !lane.task.is_done()) return false;
    }
    return false;
}

bool StageRunner::fetch(duckdb::DataChunk& output) {
    if (spec_.is_aligned()) return fetch_aligned(output);
    if (spec_.partition) return fetch_partition(output);
    if (spec_.has_batch_a_row()) return fetch_batch_a_row(output);
    for (auto& lane : lanes_) {
        if (!load(*lane)) continue;
        read_results(*lane, output);
        return true;
    }
    return false;
}

}  // namespace hanok::engine

#include "delta/snapshot.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <sstream>

#include "base/error.h"
#include "delta/column_mapping.h"
#include "delta/deletion_vector.h"
#include "delta/file_skipping.h"
#include "delta/packed_files.h"
#include "delta/parallel.h"
#include "delta/partition_value.h"
#include "delta/statistics.h"
#include "delta/table_features.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

constexpr size_t kFilesPerBlock = 4096;

Error invalid_property(const std::string& name, const std::string& value, const char* reason) {
    return analysis_error(
        "DELTA_INVALID_PROPERTY", {{"property", name}, {"value", value}, {"reason", reason}});
}

int64_t unit_ms(std::string unit) {
    if (unit.size() > 1 && unit.back() == 's') unit.pop_back();
    if (unit == "millisecond") return 1;
    if (unit == "second") return 1000;
    if (unit == "minute") return 60 * 1000;
    if (unit == "hour") return 3600 * 1000;
    if (unit == "day") return 24LL * 3600 * 1000;
    return unit == "week" ? 7 * 24LL * 3600 * 1000 : 0;
}

}  // namespace

void Snapshot::set_schema() {
    mapping_mode_ = delta::column_mapping_mode(metadata_);
    schema_ = metadata_.schema_string.empty() ? types::DataType::struct_({})
                                              : types::type_from_json(metadata_.schema_string);
    if (!schema_->is(types::TypeId::kStruct))
        throw analysis_error("INVALID_JSON_DATA_TYPE", {{"invalidType", metadata_.schema_string}});
    partition_columns_.clear();
    for (const std::string& name : metadata_.partition_columns) {
        int index = schema_->field_index(name);
        if (index < 0) {
            throw analysis_error("DELTA_PARTITION_COLUMN_NOT_FOUND",
                {{"columnName", name}, {"schemaMap", schema_->simple_string()}});
        }
        const types::StructField& field = schema_->fields()[static_cast<size_t>(index)];
        std::string physical = mapping_mode_ == ColumnMappingMode::kNone ? field.name
                                                                         : physical_name(field);
        partition_columns_.push_back({field.name, std::move(physical), field.type});
    }
    types::TypePtr physical = physical_schema(schema_, mapping_mode_);
    types::Fields data_fields;
    for (size_t i = 0; i < schema_->fields().size(); i++) {
        bool is_partition = std::any_of(partition_columns_.begin(), partition_columns_.end(),
            [&](const auto& column) { return column.name == schema_->fields()[i].name; });
        if (!is_partition) data_fields.push_back(physical->fields()[i]);
    }
    physical_data_schema_ = types::DataType::struct_(std::move(data_fields));
}

const SnapshotFiles& Snapshot::loaded() const {
    if (const SnapshotFiles* ready = ready_.load(std::memory_order_acquire)) return *ready;
    std::lock_guard lock(load_mutex_);
    if (files_ == nullptr) set_files(load_files_());
    return *files_;
}

void Snapshot::set_files(SnapshotFilesPtr files) const {
    files_ = std::move(files);
    load_files_ = nullptr;
    ready_.store(files_.get(), std::memory_order_release);
}

const FileCounts& Snapshot::counts() const {
    const SnapshotFiles* ready = ready_.load(std::memory_order_acquire);
    return ready != nullptr ? ready->counts() : expected_;
}

namespace {

// Of candidates begin to end, sets which may match. They are few enough to be one thread's.
void skip_block(const Snapshot& snapshot, const SnapshotFiles& files, const PredicatePtr& predicate,
    const std::string& time_zone, const std::vector<size_t>& candidates, size_t begin, size_t end,
    std::vector<char>* keep) {
    FileSkipper skipper(snapshot, predicate, time_zone);
    const FileRun* run = nullptr;  // of the file before
    size_t first = 0;              // its first file
    for (size_t i = begin; i < end; i++) {
        size_t index = candidates[i];
        if (run == nullptr || index < first || index - first >= run->size()) {
            auto found = files.find(index);
            run = found.first;
            first = index - found.second;
        }
        size_t place = index - first;
        Possible possible = run->packed != nullptr ? skipper.evaluate(*run->packed, run->row(place))
                                                   : skipper.evaluate(*run->plain[place]);
        (*keep)[i] = possible.can_be_true;
    }
}

}  // namespace

std::vector<size_t> Snapshot::matching(const std::vector<size_t>& candidates,
    const PredicatePtr& predicate, const std::string& time_zone) const {
    const SnapshotFiles& files = loaded();
    std::vector<char> keep(candidates.size());
    size_t blocks = (candidates.size() + kFilesPerBlock - 1) / kFilesPerBlock;
    parallel_for(blocks, 1, 0, [&](size_t block) {
        size_t begin = block * kFilesPerBlock;
        size_t end = std::min(candidates.size(), begin + kFilesPerBlock);
        skip_block(*this, files, predicate, time_zone, candidates, begin, end, &keep);
    });
    std::vector<size_t> out;
    for (size_t i = 0; i < candidates.size(); i++) {
        if (keep[i]) out.push_back(candidates[i]);
    }
    return out;
}

std::vector<const AddFile*> Snapshot::files_matching(
    const PredicatePtr& predicate, const std::string& time_zone) const {
    if (predicate == nullptr || predicate->op == PredicateOp::kAlwaysTrue) return files();
    std::vector<size_t> all(num_files());
    std::iota(all.begin(), all.end(), size_t(0));
    std::vector<const AddFile*> out;
    for (size_t index : matching(all, predicate, time_zone)) out.push_back(&file(index));
    return out;
}

std::optional<int64_t> Snapshot::num_records() const {
    int64_t total = 0;
    for (const FileRun& run : loaded().runs()) {
        for (size_t i = 0; i < run.size(); i++) {
            bool is_packed = run.packed != nullptr;
            auto records = stats_num_records(
                is_packed ? run.packed->stats(run.row(i)) : std::string_view(run.plain[i]->stats));
            if (!records) return std::nullopt;
            total += *records;
        }
    }
    return total - loaded().counts().deleted_rows;
}

std::string Snapshot::absolute_path(const std::string& log_path) const {
    std::string path = storage::uri_decode(log_path);
    if (storage::is_absolute_path(path)) return storage::strip_file_scheme(path);
    return storage::join_path(root_, path);
}

std::string Snapshot::absolute_path(const AddFile& file) const { return absolute_path(file.path); }

types::Value Snapshot::value_of(
    const PartitionValues& values, size_t index, const std::string& time_zone) const {
    const PartitionColumn& column = partition_columns_.at(index);
    const auto* text = find_partition_value(values, column.physical_name);
    if (text == nullptr) return {};
    return parse_partition_value(*text, *column.type, time_zone);
}

types::Value Snapshot::partition_value(
    const AddFile& file, size_t index, const std::string& time_zone) const {
    return value_of(file.partition_values, index, time_zone);
}

types::Value Snapshot::partition_value(
    size_t file, size_t index, const std::string& time_zone) const {
    auto [run, place] = loaded().find(file);
    return value_of(run->partition_values(place), index, time_zone);
}

std::shared_ptr<const DeletionVector> Snapshot::deletion_vector(const AddFile& file) const {
    if (!file.deletion_vector) return nullptr;
    return std::make_shared<const DeletionVector>(
        load_deletion_vector(*store_, root_, *file.deletion_vector));
}

std::string Snapshot::property(const std::string& name, const std::string& otherwise) const {
    auto it = metadata_.configuration.find(name);
    return it == metadata_.configuration.end() ? otherwise : it->second;
}

bool Snapshot::bool_property(const std::string& name, bool otherwise) const {
    std::string text = types::to_lower(property(name));
    if (text.empty()) return otherwise;
    if (text != "true" && text != "false") throw invalid_property(name, text, "true or false");
    return text == "true";
}

int64_t Snapshot::int_property(const std::string& name, int64_t otherwise) const {
    std::string text = property(name);
    if (text.empty()) return otherwise;
    int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw invalid_property(name, text, "an integer");
    return value;
}

int64_t Snapshot::interval_property_ms(const std::string& name, int64_t otherwise_ms) const {
    std::string text = property(name);
    return text.empty() ? otherwise_ms : interval_ms(name, text);
}

int64_t interval_ms(const std::string& name, const std::string& written) {
    std::string text = types::to_lower(written);
    std::istringstream words(text);
    std::string word, unit;
    int64_t total = 0;
    bool any = false;
    while (words >> word) {
        if (word == "interval") continue;
        int64_t number = 0;
        auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        bool is_number = error == std::errc() && end == word.data() + word.size();
        if (!is_number || !(words >> unit) || unit_ms(unit) == 0)
            throw invalid_property(name, text, "an interval such as 'interval 7 days'");
        total += number * unit_ms(unit);
        any = true;
    }
    if (!any) throw invalid_property(name, text, "an interval such as 'interval 7 days'");
    return total;
}

std::vector<std::string> Snapshot::unsupported_writer_features() const {
    return delta::unsupported_writer_features(protocol_);
}

}  // namespace hanok::delta

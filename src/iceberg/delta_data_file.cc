#include "iceberg/delta_data_file.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "delta/column_mapping.h"
#include "delta/partition_value.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "iceberg/value_bytes.h"

namespace hanok::iceberg {

namespace {

using Path = std::vector<std::string>;
constexpr int64_t kMicrosPerMilli = 1000;

[[noreturn]] void violated(const std::string& violation) {
    throw unsupported_error(
        "DELTA_UNIVERSAL_FORMAT_VIOLATION", {{"format", "iceberg"}, {"violation", violation}});
}

// Collects the leaves of a JSON object as texts: numbers keep every digit.
class LeafTexts final : public nlohmann::json_sax<nlohmann::json> {
public:
    std::map<Path, std::string> leaves;

    bool null() override { return true; }
    bool boolean(bool value) override { return set(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return set(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return set(std::to_string(value)); }
    bool number_float(number_float_t, const std::string& text) override { return set(text); }
    bool string(std::string& value) override { return set(value); }
    bool binary(nlohmann::json::binary_t&) override { return true; }
    bool start_object(std::size_t) override {
        path_.emplace_back();
        return true;
    }
    bool key(std::string& name) override {
        path_.back() = name;
        return true;
    }
    bool end_object() override {
        path_.pop_back();
        return true;
    }
    bool start_array(std::size_t) override {
        arrays_++;
        return true;
    }
    bool end_array() override {
        arrays_--;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
        return false;
    }

private:
    bool set(const std::string& text) {
        if (arrays_ == 0 && !path_.empty()) leaves[path_] = text;
        return true;
    }
    Path path_;
    int arrays_ = 0;
};

// The counts and bounds of the columns at one level of structs.
class StatisticsOf {
public:
    StatisticsOf(const std::string& stats, DataFile* out) : out_(*out) {
        nlohmann::json::sax_parse(stats, &texts_);
    }

    void add(const types::TypePtr& schema, Path* path) {
        for (const types::StructField& field : schema->fields()) {
            path->push_back(delta::physical_name(field));
            if (field.type->is(types::TypeId::kStruct)) {
                add(field.type, path);
            } else if (auto id = delta::field_id(field); id && field.type->is_atomic()) {
                add_leaf(static_cast<int32_t>(*id), *field.type, *path);
            }
            path->pop_back();
        }
    }

private:
    const std::string* text(const char* what, const Path& path) const {
        Path whole = {what};
        whole.insert(whole.end(), path.begin(), path.end());
        auto it = texts_.leaves.find(whole);
        return it == texts_.leaves.end() ? nullptr : &it->second;
    }

    void add_leaf(int32_t id, const types::DataType& type, const Path& path) {
        if (const std::string* count = text("nullCount", path)) {
            types::Value value = delta::parse_partition_value(*count, *types::DataType::long_());
            if (!value.is_null()) {
                out_.value_counts[id] = out_.record_count;
                out_.null_counts[id] = value.as_int();
            }
        }
        const std::string* min = text("minValues", path);
        const std::string* max = text("maxValues", path);
        types::Value low = min != nullptr ? delta::parse_partition_value(*min, type)
                                          : types::Value();
        types::Value high = max != nullptr ? delta::parse_partition_value(*max, type)
                                           : types::Value();
        bool is_floating = type.is(types::TypeId::kFloat) || type.is(types::TypeId::kDouble);
        for (const types::Value* bound : {&low, &high}) {
            if (is_floating && !bound->is_null() && std::isnan(bound->as_double())) return;
        }
        bool is_time = type.is(types::TypeId::kTimestamp) || type.is(types::TypeId::kTimestampNtz);
        // The log's timestamps are cut to milliseconds.
        if (is_time && !high.is_null() && high.as_int() % kMicrosPerMilli == 0)
            high = types::int_value(high.as_int() + kMicrosPerMilli - 1);
        if (!low.is_null()) out_.lower_bounds[id] = value_bytes(low, type);
        if (!high.is_null()) out_.upper_bounds[id] = value_bytes(high, type);
    }

    LeafTexts texts_;
    DataFile& out_;
};

}  // namespace

DataFile data_file_of(const delta::Snapshot& snapshot, const delta::AddFile& file) {
    if (file.deletion_vector) violated("file " + file.path + " has a deletion vector");
    auto rows = delta::stats_num_records(file.stats);
    if (!rows) violated("file " + file.path + " has no row count in its statistics");
    DataFile out;
    out.path = snapshot.absolute_path(file);
    out.record_count = *rows;
    out.size_bytes = file.size_bytes;
    for (size_t i = 0; i < snapshot.partition_columns().size(); i++) {
        out.partition.push_back(partition_datum(
            snapshot.partition_value(file, i), *snapshot.partition_columns()[i].type));
    }
    Path path;
    StatisticsOf(file.stats, &out).add(snapshot.schema(), &path);
    return out;
}

}  // namespace hanok::iceberg

#include "engine/io/delta_column_statistics.h"

#include <simdjson.h>

#include <duckdb/storage/statistics/base_statistics.hpp>
#include <duckdb/storage/statistics/numeric_stats.hpp>

#include "engine/io/text_values.h"
#include "engine/types/logical_types.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

using duckdb::Value;
using simdjson::ondemand::object;

// Reading the statistics of more files than this costs more than the optimizer wins.
constexpr size_t kMostFiles = 200;

bool has_exact_bounds(const types::DataType& type) {
    return type.is_integral() || type.is(types::TypeId::kDecimal) || type.is(types::TypeId::kDate);
}

// What the optimizer may believe of one column so far.
struct Bounds {
    Value low;
    Value high;
    bool has_null = false;
    bool knows_null = true;
};

class BoundsReader {
public:
    explicit BoundsReader(const ScanColumn& column) : column_(column) {}

    bool add(const std::string& stats) {
        padded_ = simdjson::padded_string(stats);
        int64_t num_records = 0;
        std::optional<Value> low, high;
        std::optional<int64_t> null_count;
        simdjson::ondemand::document document;
        if (parser_.iterate(padded_).get(document)) return false;
        object root;
        if (document.get_object().get(root)) return false;
        for (auto field : root) {
            std::string_view key;
            if (field.unescaped_key().get(key)) return false;
            if (key == "numRecords") {
                if (field.value().get_int64().get(num_records)) return false;
            } else if (key == "minValues") {
                low = bound(field.value());
            } else if (key == "maxValues") {
                high = bound(field.value());
            } else if (key == "nullCount") {
                null_count = count(field.value());
            }
        }
        if (num_records == 0) return true;
        bounds_.knows_null &= null_count.has_value();
        bounds_.has_null |= null_count.value_or(0) > 0;
        bool is_all_null = null_count && *null_count == num_records;
        if (!low || !high) return is_all_null;
        if (bounds_.low.IsNull() || *low < bounds_.low) bounds_.low = *low;
        if (bounds_.high.IsNull() || *high > bounds_.high) bounds_.high = *high;
        return true;
    }

    duckdb::unique_ptr<duckdb::BaseStatistics> finish() const {
        if (bounds_.low.IsNull()) return nullptr;
        auto stats = duckdb::NumericStats::CreateUnknown(column_.logical_type);
        duckdb::NumericStats::SetMin(stats, bounds_.low);
        duckdb::NumericStats::SetMax(stats, bounds_.high);
        if (bounds_.knows_null && !bounds_.has_null) {
            stats.Set(duckdb::StatsInfo::CANNOT_HAVE_NULL_VALUES);
        }
        return stats.ToUnique();
    }

private:
    // The column's token in an object of columns; "" when there is none.
    std::string_view token(simdjson::simdjson_result<simdjson::ondemand::value> value) const {
        object columns;
        if (value.get_object().get(columns)) return {};
        for (auto field : columns) {
            std::string_view key;
            if (field.unescaped_key().get(key)) return {};
            if (key != column_.in_file.name) continue;
            auto text = std::string_view(field.value().raw_json_token().value());
            while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ')
                text.remove_suffix(1);
            return text;
        }
        return {};
    }

    std::optional<int64_t> count(simdjson::simdjson_result<simdjson::ondemand::value> value) const {
        return java_integer(token(value), 0, INT64_MAX);
    }

    std::optional<Value> bound(simdjson::simdjson_result<simdjson::ondemand::value> value) const {
        auto text = token(value);
        if (text.empty() || text == "null") return std::nullopt;
        if (column_.type->is(types::TypeId::kDate)) {
            if (text.size() != 12) return std::nullopt;
            auto days = iso_date(text.substr(1, 10));
            if (!days) return std::nullopt;
            return Value::DATE(duckdb::date_t(*days));
        }
        Value result;
        std::string error;
        Value given{std::string(text)};
        if (!given.DefaultTryCastAs(column_.logical_type, result, &error, true)) {
            return std::nullopt;
        }
        // A number with more digits than the type has was rounded.
        if (column_.type->is(types::TypeId::kDecimal) && !is_same_number(text, result)) {
            return std::nullopt;
        }
        return result;
    }

    bool is_same_number(std::string_view text, const Value& value) const {
        types::Int128 unscaled;
        int precision = 0, scale = 0;
        if (!types::parse_decimal(std::string(text), &unscaled, &precision, &scale)) return false;
        for (; scale < column_.type->scale(); scale++) unscaled *= 10;
        return scale == column_.type->scale() &&
               from_duckdb_value(value, *column_.type).as_decimal() == unscaled;
    }

    const ScanColumn& column_;
    simdjson::ondemand::parser parser_;
    simdjson::padded_string padded_;
    Bounds bounds_;
};

}  // namespace

duckdb::unique_ptr<duckdb::BaseStatistics> delta_column_statistics(
    const delta::Snapshot& snapshot, const ScanColumn& column) {
    bool is_usable = column.kind == ScanColumnKind::kData && has_exact_bounds(*column.type);
    if (!is_usable || snapshot.num_files() == 0 || snapshot.num_files() > kMostFiles) {
        return nullptr;
    }
    BoundsReader reader(column);
    for (const auto* file : snapshot.files()) {
        if (file->stats.empty()) return nullptr;
        try {
            if (!reader.add(file->stats)) return nullptr;
        } catch (const simdjson::simdjson_error&) {
            return nullptr;
        }
    }
    return reader.finish();
}

}  // namespace hanok::engine

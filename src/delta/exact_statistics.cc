#include "delta/exact_statistics.h"

#include <simdjson.h>

#include <charconv>
#include <map>

#include "delta/partition_value.h"
#include "delta/statistics.h"

namespace hanok::delta {

namespace {

using simdjson::ondemand::object;
using types::TypeId;

// Some writers bring decimals to the log through a double, which holds so many digits.
constexpr int kDigitsOfDouble = 15;

// A column's values as they stand in the text; "" where there is none.
struct Tokens {
    std::string min;
    std::string max;
    std::string null_count;
};

struct Parsed {
    std::optional<int64_t> rows;
    bool tight = true;
    std::vector<Tokens> columns;
};

std::string token_of(simdjson::ondemand::value value) {
    std::string_view text = value.raw_json_token();
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    if (text == "null") return "";
    if (text.size() >= 2 && text.front() == '"')
        return std::string(text.substr(1, text.size() - 2));
    return std::string(text);
}

void read_columns(object values, const std::map<std::string_view, size_t>& wanted,
    std::string Tokens::*part, std::vector<Tokens>* out) {
    for (auto field : values) {
        std::string_view name = field.unescaped_key();
        auto it = wanted.find(name);
        if (it != wanted.end()) (*out)[it->second].*part = token_of(field.value().value());
    }
}

// Throws simdjson_error for a text that is no statistics.
Parsed parse(const std::string& stats, const std::vector<ExactColumn>& columns) {
    thread_local simdjson::ondemand::parser parser;
    std::map<std::string_view, size_t> wanted;
    for (size_t i = 0; i < columns.size(); i++) wanted.emplace(columns[i].physical_name, i);
    Parsed out;
    out.columns.resize(columns.size());
    simdjson::padded_string text(stats);
    simdjson::ondemand::document document = parser.iterate(text);
    for (auto field : document.get_object()) {
        std::string_view key = field.unescaped_key();
        if (key == "numRecords") out.rows = field.value().get_int64().value();
        if (key == "tightBounds") out.tight = field.value().get_bool().value();
        std::string Tokens::*part = key == "minValues"   ? &Tokens::min
                                    : key == "maxValues" ? &Tokens::max
                                    : key == "nullCount" ? &Tokens::null_count
                                                         : nullptr;
        if (part != nullptr)
            read_columns(field.value().get_object().value(), wanted, part, &out.columns);
    }
    return out;
}

std::optional<int64_t> count_of(const std::string& text) {
    int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

// NULL where the text is not exactly a value of the type.
types::Value value_of(const std::string& text, const types::DataType& type) {
    if (text.empty()) return {};
    if (!type.is(TypeId::kDecimal)) {
        if (type.is(TypeId::kDate) && text.size() != 10) return {};
        return parse_partition_value(text, type);
    }
    types::Int128 unscaled = 0;
    int precision = 0;
    int scale = 0;
    if (!types::parse_decimal(text, &unscaled, &precision, &scale)) return {};
    for (; scale < type.scale(); scale++) unscaled *= 10;
    if (scale != type.scale()) return {};
    return types::decimal_value(unscaled);
}

ExactBounds bounds_of(const Tokens& tokens, const types::DataType& type) {
    ExactBounds out;
    if (!has_exact_bounds(type)) return out;
    out.min = value_of(tokens.min, type);
    out.max = value_of(tokens.max, type);
    out.known = !out.min.is_null() && !out.max.is_null();
    return out;
}

}  // namespace

bool has_exact_bounds(const types::DataType& type) {
    if (type.is(TypeId::kDecimal)) return type.precision() <= kDigitsOfDouble;
    return type.is_integral() || type.is(TypeId::kDate);
}

std::optional<ExactFacts> exact_facts(
    const AddFile& file, const std::vector<ExactColumn>& columns) {
    ExactFacts out;
    int64_t deleted = file.deletion_vector ? file.deletion_vector->cardinality : 0;
    if (columns.empty()) {
        auto rows = stats_num_records(file.stats);
        if (!rows) return std::nullopt;
        out.rows = *rows - deleted;
        return out;
    }
    Parsed parsed;
    try {
        parsed = parse(file.stats, columns);
    } catch (const simdjson::simdjson_error&) {
        return std::nullopt;
    }
    if (!parsed.rows || *parsed.rows < deleted) return std::nullopt;
    int64_t rows = *parsed.rows;
    out.rows = rows - deleted;
    for (size_t i = 0; i < columns.size(); i++) {
        auto nulls = count_of(parsed.columns[i].null_count);
        std::optional<int64_t> not_null;
        if (nulls && deleted == 0 && *nulls <= rows) not_null = rows - *nulls;
        if (nulls && *nulls == rows) not_null = 0;
        if (nulls && *nulls == 0) not_null = out.rows;
        ExactBounds bounds;
        if (not_null == 0) {
            bounds.known = true;  // no value at all
        } else if (deleted == 0 && parsed.tight) {
            bounds = bounds_of(parsed.columns[i], *columns[i].type);
        }
        out.not_null.push_back(not_null);
        out.bounds.push_back(std::move(bounds));
    }
    return out;
}

}  // namespace hanok::delta

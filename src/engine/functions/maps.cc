// Kernels of map functions. A map is a list of entries (key, value); keys are unique and never
// NULL.

#include <algorithm>

#include "engine/functions/collated_search.h"
#include "engine/functions/collation_key.h"
#include "engine/functions/collections.h"
#include "engine/functions/regex.h"
#include "engine/functions/value_kernel.h"

namespace hanok::engine {

using duckdb::ListValue;
using duckdb::LogicalType;
using duckdb::MapValue;
using duckdb::StructValue;
using duckdb::Value;

namespace {

class MapBuilder {
public:
    // `collation`: by which keys are equal.
    MapBuilder(const LogicalType& type, bool last_wins, std::string collation = "")
        : type_(type), last_wins_(last_wins), collation_(std::move(collation)) {}

    void add(const Value& key, const Value& value) {
        if (key.IsNull()) raise(runtime_error("NULL_MAP_KEY"));
        for (size_t i = 0; i < keys_.size(); ++i) {
            if (!are_equal(keys_[i], key)) continue;
            if (!last_wins_) {
                raise(runtime_error("DUPLICATED_MAP_KEY",
                    {{"key", key.ToString()},
                        {"mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\""}}));
            }
            values_[i] = value;
            return;
        }
        keys_.push_back(key);
        values_.push_back(value);
    }
    Value finish() {
        return Value::MAP(duckdb::MapType::KeyType(type_), duckdb::MapType::ValueType(type_),
            std::move(keys_), std::move(values_));
    }

private:
    bool are_equal(const Value& a, const Value& b) const {
        if (collation_.empty()) return Value::NotDistinctFrom(a, b);
        return collation_key(duckdb::StringValue::Get(a), collation_) ==
               collation_key(duckdb::StringValue::Get(b), collation_);
    }

    const LogicalType& type_;
    bool last_wins_;
    std::string collation_;
    Values keys_;
    Values values_;
};

// spark_map(k1, v1, k2, v2, …)
template <bool LastWins>
Value make_map(const Values& args, const LogicalType& type) {
    MapBuilder map(type, LastWins);
    for (size_t i = 0; i + 1 < args.size(); i += 2) map.add(args[i], args[i + 1]);
    return map.finish();
}

template <bool LastWins>
Value map_from_arrays(const Values& args, const LogicalType& type) {
    const auto& keys = ListValue::GetChildren(args[0]);
    const auto& values = ListValue::GetChildren(args[1]);
    if (keys.size() != values.size()) {
        raise(runtime_error("INVALID_PARAMETER_VALUE.LENGTH",
            {{"functionName", "`map_from_arrays`"}, {"parameter", "`values`"},
                {"length", std::to_string(values.size())}}));
    }
    MapBuilder map(type, LastWins);
    for (size_t i = 0; i < keys.size(); ++i) map.add(keys[i], values[i]);
    return map.finish();
}

template <bool LastWins>
Value map_from_entries(const Values& args, const LogicalType& type) {
    MapBuilder map(type, LastWins);
    for (const auto& entry : ListValue::GetChildren(args[0])) {
        if (entry.IsNull()) return Value(type);
        const auto& fields = StructValue::GetChildren(entry);
        map.add(fields[0], fields[1]);
    }
    return map.finish();
}

template <bool LastWins>
Value map_concat(const Values& args, const LogicalType& type) {
    MapBuilder map(type, LastWins);
    for (const auto& arg : args) {
        for (const auto& entry : MapValue::GetChildren(arg)) {
            const auto& fields = StructValue::GetChildren(entry);
            map.add(fields[0], fields[1]);
        }
    }
    return map.finish();
}

Value map_entries(const Values& args, const LogicalType& type) {
    const auto& row = duckdb::ListType::GetChildType(type);
    Values out;
    for (const auto& entry : MapValue::GetChildren(args[0])) {
        const auto& fields = StructValue::GetChildren(entry);
        out.push_back(Value::STRUCT(row, {fields[0], fields[1]}));
    }
    return Value::LIST(row, std::move(out));
}

Value map_lookup(const Values& args, const LogicalType& type) {
    for (const auto& entry : MapValue::GetChildren(args[0])) {
        const auto& fields = StructValue::GetChildren(entry);
        if (Value::NotDistinctFrom(fields[0], args[1])) return fields[1];
    }
    return Value(type);
}

Value map_contains_key(const Values& args, const LogicalType&) {
    for (const auto& entry : MapValue::GetChildren(args[0])) {
        if (Value::NotDistinctFrom(StructValue::GetChildren(entry)[0], args[1]))
            return Value::BOOLEAN(true);
    }
    return Value::BOOLEAN(false);
}

// The parts of a text between matches of a delimiter; `limit` parts at most, 0 for all.
std::vector<std::string_view> split(std::string_view text, const Regex& delimiter, size_t limit) {
    std::vector<std::string_view> parts;
    std::vector<Range> groups;
    size_t begin = 0;
    size_t search = 0;
    while ((limit == 0 || parts.size() + 1 < limit) && search <= text.size() &&
           delimiter.find(text, search, groups)) {
        const auto& match = groups[0];
        search = next_start(text, match);
        // An empty match at the start makes no empty first part.
        if (match.end == 0) continue;
        if (match.begin == match.end && match.begin >= text.size()) break;
        parts.push_back(text.substr(begin, match.begin - begin));
        begin = match.end;
    }
    parts.push_back(text.substr(begin));
    return parts;
}

// str_to_map('a:1,b:2', ',', ':'): both delimiters are regular expressions.
template <bool LastWins>
Value str_to_map(const Values& args, const LogicalType& type) {
    const auto& text = duckdb::StringValue::Get(args[0]);
    const auto& pairs = Regex::get(duckdb::StringValue::Get(args[1]), "str_to_map");
    MapBuilder map(type, LastWins);
    for (auto entry : split(text, pairs, 0)) {
        const auto& between = Regex::get(duckdb::StringValue::Get(args[2]), "str_to_map");
        auto sides = split(entry, between, 2);
        map.add(Value(std::string(sides[0])),
            sides.size() < 2 ? Value(LogicalType::VARCHAR) : Value(std::string(sides[1])));
    }
    return map.finish();
}

// As above under a collation, the delimiters as they stand.
template <bool LastWins>
Value collated_str_to_map(const Values& args, const LogicalType& type) {
    const auto& text = duckdb::StringValue::Get(args[0]);
    auto collation = args[3].ToString();
    CollatedPattern pairs(duckdb::StringValue::Get(args[1]), collation);
    CollatedPattern between(duckdb::StringValue::Get(args[2]), collation);
    MapBuilder map(type, LastWins, collation);
    auto add = [&](std::string_view entry) {
        auto match = between.is_empty() ? std::nullopt : between.find(entry, 0);
        if (!match) return map.add(Value(std::string(entry)), Value(LogicalType::VARCHAR));
        map.add(Value(std::string(entry.substr(0, match->begin))),
            Value(std::string(entry.substr(match->end))));
    };
    size_t from = 0;
    for (const auto& match : pairs.find_all(text)) {
        add(std::string_view(text).substr(from, match.begin - from));
        from = match.end;
    }
    add(std::string_view(text).substr(from));
    return map.finish();
}

// (key, value of the first map, value of the second) for every key of either.
Value map_zip(const Values& args, const LogicalType& type) {
    const auto& row = duckdb::ListType::GetChildType(type);
    std::vector<duckdb::vector<Value>> rows;
    for (size_t side = 0; side < 2; ++side) {
        for (const auto& entry : MapValue::GetChildren(args[side])) {
            const auto& fields = StructValue::GetChildren(entry);
            auto it = std::find_if(rows.begin(), rows.end(),
                [&](const auto& r) { return Value::NotDistinctFrom(r[0], fields[0]); });
            if (it == rows.end()) {
                rows.push_back({fields[0], Value(duckdb::StructType::GetChildType(row, 1)),
                    Value(duckdb::StructType::GetChildType(row, 2))});
                it = rows.end() - 1;
            }
            (*it)[side + 1] = fields[1];
        }
    }
    Values out;
    for (auto& r : rows) out.push_back(Value::STRUCT(row, std::move(r)));
    return Value::LIST(row, std::move(out));
}

// The value with the entries of every map in it sorted by key.
Value sorted_maps(const Value& value) {
    if (value.IsNull()) return value;
    const auto& type = value.type();
    switch (type.id()) {
        case duckdb::LogicalTypeId::STRUCT: {
            Values fields;
            for (const auto& field : StructValue::GetChildren(value))
                fields.push_back(sorted_maps(field));
            return Value::STRUCT(type, std::move(fields));
        }
        case duckdb::LogicalTypeId::LIST: {
            Values items;
            for (const auto& item : ListValue::GetChildren(value))
                items.push_back(sorted_maps(item));
            return Value::LIST(duckdb::ListType::GetChildType(type), std::move(items));
        }
        case duckdb::LogicalTypeId::MAP: break;
        default: return value;
    }
    std::vector<std::pair<Value, Value>> entries;
    for (const auto& entry : MapValue::GetChildren(value)) {
        const auto& fields = StructValue::GetChildren(entry);
        entries.emplace_back(sorted_maps(fields[0]), sorted_maps(fields[1]));
    }
    std::stable_sort(entries.begin(), entries.end(),
        [](const auto& a, const auto& b) { return a.first < b.first; });
    Values keys, values;
    for (auto& [key, item] : entries) {
        keys.push_back(std::move(key));
        values.push_back(std::move(item));
    }
    return Value::MAP(duckdb::MapType::KeyType(type), duckdb::MapType::ValueType(type),
        std::move(keys), std::move(values));
}

template <bool LastWins>
void add_map_makers(KernelSet& k, const std::string& suffix) {
    auto add = [&](const std::string& name, ValueRun run, bool keeps_nulls = false) {
        add_value_kernel(
            k, name + suffix, std::move(run), {.keeps_nulls = keeps_nulls, .is_fallible = true});
    };
    add("spark_map", make_map<LastWins>, true);
    add("spark_map_from_arrays", map_from_arrays<LastWins>);
    add("spark_map_from_entries", map_from_entries<LastWins>);
    add("spark_map_concat", map_concat<LastWins>);
    add("spark_str_to_map", str_to_map<LastWins>);
    add("spark_collated_str_to_map", collated_str_to_map<LastWins>);
}

}  // namespace

void add_maps(KernelSet& k) {
    add_map_makers<false>(k, "");
    add_map_makers<true>(k, kLastWins);
    add_value_kernel(k, "spark_map_entries", map_entries);
    add_value_kernel(k, "spark_map_lookup", map_lookup);
    add_value_kernel(k, "spark_map_contains_key", map_contains_key);
    add_value_kernel(k, "spark_map_zip", map_zip);
    add_value_kernel(k, "spark_sorted_maps",
        [](const Values& args, const LogicalType&) { return sorted_maps(args[0]); });
}

}  // namespace hanok::engine

#include "engine/functions/collations.h"

#include <algorithm>
#include <set>
#include <vector>

#include "engine/functions/collated_search.h"
#include "engine/functions/collation_key.h"
#include "engine/functions/collections.h"
#include "engine/functions/value_kernel.h"
#include "engine/types/logical_types.h"
#include "types/collation.h"

namespace hanok::engine {

using duckdb::LogicalType;
using duckdb::Value;
using types::DataType;
using types::TypeId;

namespace {

const DataType* string_in(const DataType& type) {
    if (type.is_string()) return &type;
    return type.is(TypeId::kArray) ? string_in(*type.element()) : nullptr;
}

std::string key_of(const Value& value, const std::string& collation) {
    return collation_key(duckdb::StringValue::Get(value), collation);
}

// A set of keys; NULL is one of them.
struct Keys {
    const std::string& collation;
    std::set<std::string> known;
    bool has_null = false;

    bool add(const Value& value) {
        if (!value.IsNull()) return known.insert(key_of(value, collation)).second;
        bool added = !has_null;
        has_null = true;
        return added;
    }
    bool contains(const Value& value) const {
        return value.IsNull() ? has_null : known.contains(key_of(value, collation));
    }
};

// (name of the function, collation, list, list or element): the elements that stay.
Value run_set_function(const Values& args, const LogicalType& type) {
    auto function = args[0].ToString();
    auto collation = args[1].ToString();
    Keys other{collation, {}};
    if (args.size() > 3) {
        if (function == "array_remove") {
            other.add(args[3]);
        } else {
            for (const auto& value : duckdb::ListValue::GetChildren(args[3])) other.add(value);
        }
    }
    Keys seen{collation, {}};
    Values kept;
    auto keep = [&](const Value& value) {
        if (function == "array_remove") {
            if (!other.contains(value)) kept.push_back(value);
            return;
        }
        bool wanted = function == "array_except"      ? !other.contains(value)
                      : function == "array_intersect" ? other.contains(value)
                                                      : true;
        if (wanted && seen.add(value)) kept.push_back(value);
    };
    for (const auto& value : duckdb::ListValue::GetChildren(args[2])) keep(value);
    if (function == "array_union") {
        for (const auto& value : duckdb::ListValue::GetChildren(args[3])) keep(value);
    }
    return Value::LIST(duckdb::ListType::GetChildType(type), std::move(kept));
}

// (is_greatest, collation, values…): NULLs do not count.
Value run_extreme(const Values& args, const LogicalType& type) {
    bool greatest = duckdb::BooleanValue::Get(args[0]);
    auto collation = args[1].ToString();
    Value best(type);
    std::string best_key;
    for (size_t i = 2; i < args.size(); ++i) {
        if (args[i].IsNull()) continue;
        auto key = key_of(args[i], collation);
        if (best.IsNull() || (greatest ? key > best_key : key < best_key)) {
            best = args[i];
            best_key = key;
        }
    }
    return best;
}

Value run_list_keys(const Values& args, const LogicalType&) {
    auto collation = args[1].ToString();
    Values keys;
    for (const auto& value : duckdb::ListValue::GetChildren(args[0])) {
        keys.push_back(
            value.IsNull() ? Value(LogicalType::BLOB) : Value::BLOB_RAW(key_of(value, collation)));
    }
    return Value::LIST(LogicalType::BLOB, std::move(keys));
}

size_t code_point_size(std::string_view text, size_t at) {
    size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    return end - at;
}

// Removes the characters of `what`, whatever their case.
std::string trim_ignoring_case(
    std::string_view text, std::string_view what, bool left, bool right) {
    std::set<std::string> characters;
    for (size_t i = 0; i < what.size();) {
        auto size = code_point_size(what, i);
        characters.insert(lowercase_code_points(what.substr(i, size)));
        i += size;
    }
    auto goes = [&](std::string_view c) { return characters.contains(lowercase_code_points(c)); };
    while (left && !text.empty()) {
        auto size = code_point_size(text, 0);
        if (!goes(text.substr(0, size))) break;
        text.remove_prefix(size);
    }
    while (right && !text.empty()) {
        size_t at = text.size() - 1;
        while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
        if (!goes(text.substr(at))) break;
        text.remove_suffix(text.size() - at);
    }
    return std::string(text);
}

DuckExpr text(const std::string& value) { return duck_constant(Value(value)); }

DuckExpr key_call(DuckExpr arg, const DataType& type, const std::string& collation) {
    if (type.is(TypeId::kArray)) {
        return value_call("spark_collation_keys", *DataType::array(DataType::binary()),
            duck_list(std::move(arg), text(collation)));
    }
    return duck_call("spark_collation_key", duck_list(std::move(arg), text(collation)));
}

bool compares_keys(const std::string& function) {
    static const std::set<std::string> names{"=", "<=>", "<", "<=", ">", ">=", "in",
        "array_contains", "array_position", "arrays_overlap", "!="};
    return names.contains(function);
}

bool makes_set(const std::string& function) {
    static const std::set<std::string> names{
        "array_distinct", "array_union", "array_intersect", "array_except", "array_remove"};
    return names.contains(function);
}

bool sorts(const std::string& function) {
    static const std::set<std::string> names{"array_sort", "sort_array", "array_max", "array_min"};
    return names.contains(function);
}

// (name of the function, collation, list, [ascending])
Value run_sort(const Values& args, const LogicalType& type) {
    auto function = args[0].ToString();
    auto collation = args[1].ToString();
    bool is_sort = function == "sort_array" || function == "array_sort";
    bool descends = function == "array_max" || (function == "sort_array" && args.size() > 3 &&
                                                   !duckdb::BooleanValue::Get(args[3]));
    std::vector<std::pair<std::string, Value>> keyed;
    Values nulls;
    for (const auto& value : duckdb::ListValue::GetChildren(args[2])) {
        if (value.IsNull()) {
            nulls.push_back(value);
        } else {
            keyed.emplace_back(key_of(value, collation), value);
        }
    }
    std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
        return descends ? b.first < a.first : a.first < b.first;
    });
    if (!is_sort) return keyed.empty() ? Value(type) : keyed[0].second;
    // NULLs are the least for sort_array and the last for array_sort.
    bool nulls_first = function == "sort_array" && !descends;
    Values out = nulls_first ? nulls : Values();
    for (auto& entry : keyed) out.push_back(std::move(entry.second));
    if (!nulls_first) out.insert(out.end(), nulls.begin(), nulls.end());
    return Value::LIST(duckdb::ListType::GetChildType(type), std::move(out));
}

// Searches for parts that UTF8_LCASE cannot do by lowering case either.
bool finds_parts(const std::string& function) {
    static const std::set<std::string> names{
        "replace", "split_part", "substring_index", "translate", "find_in_set"};
    return names.contains(function);
}

// And those that no other collation can.
bool finds_places(const std::string& function) {
    static const std::set<std::string> names{
        "contains", "startswith", "endswith", "instr", "locate"};
    return names.contains(function);
}

bool trims(const std::string& function) {
    return function == "trim" || function == "ltrim" || function == "rtrim";
}

// Searches that lower case on both sides makes right.
bool searches(const std::string& function) {
    static const std::set<std::string> names{
        "contains", "startswith", "endswith", "instr", "locate", "like"};
    return names.contains(function);
}

bool needs_search(const std::string& function) {
    static const std::set<std::string> names{
        "str_to_map", "array_sort", "sort_array", "array_max", "array_min"};
    return names.contains(function) || finds_parts(function) || searches(function);
}

}  // namespace

std::string comparing_collation(const resolved::Call& call) {
    const auto& f = call.function;
    bool trims_some = trims(f) && call.args.size() > 1;
    if (!compares_keys(f) && !makes_set(f) && !needs_search(f) && !trims_some && f != "least" &&
        f != "greatest") {
        return "";
    }
    for (const auto& arg : call.args) {
        const auto* type = string_in(*arg->type);
        if (type && !type->is_default_collation()) return type->collation();
    }
    return "";
}

DuckExpr lower_collated(const FunctionLowerings& lowerings, const LowerContext& context,
    const resolved::Call& call, const std::string& collation, DuckExprs args) {
    const auto& f = call.function;
    auto plain = [&](DuckExprs over) {
        const auto* lower = lowerings.find_scalar(f);
        return lower ? (*lower)(context, call, std::move(over))
                     : duck_call("spark_" + f, std::move(over));
    };
    if (compares_keys(f)) {
        for (size_t i = 0; i < args.size(); ++i)
            args[i] = key_call(std::move(args[i]), *call.args[i]->type, collation);
        return plain(std::move(args));
    }
    if (makes_set(f)) {
        args.insert(args.begin(), text(collation));
        args.insert(args.begin(), text(f));
        return value_call("spark_collated_set", *call.type, std::move(args));
    }
    if (f == "least" || f == "greatest") {
        args.insert(args.begin(), text(collation));
        args.insert(args.begin(), duck_constant(Value::BOOLEAN(f == "greatest")));
        return value_call("spark_collated_extreme", *call.type, std::move(args));
    }
    if (f == "str_to_map") {
        args.push_back(text(collation));
        return value_call(
            map_maker(context, "spark_collated_str_to_map"), *call.type, std::move(args));
    }
    if (f == "array_sort" && call.args.size() > 1) return plain(std::move(args));  // has its own
    if (sorts(f)) {
        args.insert(args.begin(), text(collation));
        args.insert(args.begin(), text(f));
        return value_call("spark_collated_sort", *call.type, std::move(args));
    }
    auto parsed = types::Collation::parse(collation);
    if (parsed && parsed->is_binary) return plain(std::move(args));
    bool is_lowercase = parsed && parsed->is_lowercase;
    if (finds_parts(f) || (finds_places(f) && !is_lowercase)) {
        args.push_back(text(collation));
        return duck_call("spark_collated_" + f, std::move(args));
    }
    if (trims(f) && !is_lowercase) {
        args.push_back(duck_constant(Value::BOOLEAN(f != "rtrim")));
        args.push_back(duck_constant(Value::BOOLEAN(f != "ltrim")));
        args.push_back(text(collation));
        return duck_call("spark_collated_trim", std::move(args));
    }
    if (!is_lowercase || (!searches(f) && !trims(f)))
        throw unsupported_feature(f + " of strings of the collation " + collation);
    if (trims(f)) {
        args.push_back(duck_constant(Value::BOOLEAN(f != "rtrim")));
        args.push_back(duck_constant(Value::BOOLEAN(f != "ltrim")));
        return duck_call("spark_trim_lowercase", std::move(args));
    }
    for (size_t i = 0; i < args.size(); ++i) {
        if (call.args[i]->type->is_string())
            args[i] = duck_call("spark_lowercase", duck_list(std::move(args[i])));
    }
    return plain(std::move(args));
}

void lower_collations(FunctionLowerings& l) {
    l.scalar("collate", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return std::move(args[0]);
    });
}

void add_collations(KernelSet& kernels) {
    kernels.add("spark_collation_key", [](std::string_view s, std::string_view collation) {
        return Blob{collation_key(s, std::string(collation))};
    });
    kernels.add("spark_lowercase", [](std::string_view s) { return lowercase_code_points(s); });
    kernels.add("spark_trim_lowercase",
        [](std::string_view s, std::string_view what, bool left, bool right) {
            return trim_ignoring_case(s, what, left, right);
        });
    add_value_kernel(kernels, "spark_collation_keys", run_list_keys);
    add_value_kernel(kernels, "spark_collated_set", run_set_function, {.keeps_nulls = false});
    add_value_kernel(kernels, "spark_collated_sort", run_sort, {.keeps_nulls = false});
    add_collated_search(kernels);
    add_value_kernel(kernels, "spark_collated_extreme", run_extreme, {.keeps_nulls = true});
}

}  // namespace hanok::engine

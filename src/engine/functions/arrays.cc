// Kernels of array functions.

#include <algorithm>

#include "engine/functions/collections.h"
#include "engine/functions/mersenne_twister.h"
#include "engine/functions/value_kernel.h"

namespace hanok::engine {

using duckdb::ListValue;
using duckdb::LogicalType;
using duckdb::Value;

namespace {

const Values& items(const Value& list) { return ListValue::GetChildren(list); }

Value make_list(const LogicalType& type, Values values) {
    return Value::LIST(duckdb::ListType::GetChildType(type), std::move(values));
}

bool same(const Value& a, const Value& b) { return Value::NotDistinctFrom(a, b); }

bool contains(const Values& list, const Value& x) {
    return std::any_of(list.begin(), list.end(), [&](const Value& y) { return same(x, y); });
}

// Spark's order: NULL first, then by value.
bool less(const Value& a, const Value& b) {
    if (a.IsNull() || b.IsNull()) return a.IsNull() && !b.IsNull();
    return a < b;
}

Value distinct(const Values& args, const LogicalType& type) {
    Values out;
    for (const auto& x : items(args[0])) {
        if (!contains(out, x)) out.push_back(x);
    }
    return make_list(type, std::move(out));
}

Value set_union(const Values& args, const LogicalType& type) {
    Values out;
    for (size_t i = 0; i < 2; ++i) {
        for (const auto& x : items(args[i])) {
            if (!contains(out, x)) out.push_back(x);
        }
    }
    return make_list(type, std::move(out));
}

ValueRun set_filter(bool keep_common) {
    return [keep_common](const Values& args, const LogicalType& type) {
        Values out;
        const auto& other = items(args[1]);
        for (const auto& x : items(args[0])) {
            if (contains(other, x) == keep_common && !contains(out, x)) out.push_back(x);
        }
        return make_list(type, std::move(out));
    };
}

// TRUE for a common element; NULL when there is none but a NULL might be one.
Value overlap(const Values& args, const LogicalType& type) {
    const auto& a = items(args[0]);
    const auto& b = items(args[1]);
    bool has_null = false;
    for (const auto& x : a) {
        if (x.IsNull())
            has_null = true;
        else if (contains(b, x))
            return Value::BOOLEAN(true);
    }
    for (const auto& y : b) has_null = has_null || y.IsNull();
    return has_null && !a.empty() && !b.empty() ? Value(type) : Value::BOOLEAN(false);
}

// TRUE when found; NULL when not found but a NULL is there.
Value array_contains(const Values& args, const LogicalType& type) {
    bool has_null = false;
    for (const auto& x : items(args[0])) {
        if (x.IsNull())
            has_null = true;
        else if (same(x, args[1]))
            return Value::BOOLEAN(true);
    }
    return has_null ? Value(type) : Value::BOOLEAN(false);
}

Value position(const Values& args, const LogicalType&) {
    const auto& list = items(args[0]);
    for (size_t i = 0; i < list.size(); ++i) {
        if (!list[i].IsNull() && same(list[i], args[1]))
            return Value::BIGINT(static_cast<int64_t>(i) + 1);
    }
    return Value::BIGINT(0);
}

Value remove(const Values& args, const LogicalType& type) {
    Values out;
    for (const auto& x : items(args[0])) {
        if (x.IsNull() || !same(x, args[1])) out.push_back(x);
    }
    return make_list(type, std::move(out));
}

Value compact(const Values& args, const LogicalType& type) {
    Values out;
    for (const auto& x : items(args[0])) {
        if (!x.IsNull()) out.push_back(x);
    }
    return make_list(type, std::move(out));
}

ValueRun extreme(bool greatest) {
    return [greatest](const Values& args, const LogicalType& type) {
        const Value* best = nullptr;
        for (const auto& x : items(args[0])) {
            if (!x.IsNull() && (!best || (greatest ? less(*best, x) : less(x, *best)))) best = &x;
        }
        return best ? *best : Value(type);
    };
}

// sort_array(a, ascending): NULLs first when ascending, last when descending.
Value sort_array(const Values& args, const LogicalType& type) {
    Values out = items(args[0]);
    bool ascending = args[1].GetValue<bool>();
    std::stable_sort(out.begin(), out.end(),
        [&](const Value& a, const Value& b) { return ascending ? less(a, b) : less(b, a); });
    return make_list(type, std::move(out));
}

// array_sort(a): NULLs last.
Value array_sort(const Values& args, const LogicalType& type) {
    Values out = items(args[0]);
    std::stable_sort(out.begin(), out.end(), [](const Value& a, const Value& b) {
        if (a.IsNull() || b.IsNull()) return !a.IsNull() && b.IsNull();
        return a < b;
    });
    return make_list(type, std::move(out));
}

// Sorts by a matrix of comparisons: matrix[i][j] compares element i with element j.
Value sort_by(const Values& args, const LogicalType& type) {
    const auto& list = items(args[0]);
    std::vector<std::vector<int32_t>> order(list.size());
    const auto& matrix = items(args[1]);
    for (size_t i = 0; i < list.size(); ++i) {
        for (const auto& x : items(matrix[i])) {
            if (x.IsNull()) {
                raise(runtime_error("COMPARATOR_RETURNS_NULL",
                    {{"firstValue", list[i].ToString()},
                        {"secondValue", list[order[i].size()].ToString()}}));
            }
            order[i].push_back(x.GetValue<int32_t>());
        }
    }
    // Binary insertion: a comparator that is no order must not break the sort.
    std::vector<size_t> sorted;
    for (size_t i = 0; i < list.size(); ++i) {
        size_t low = 0;
        size_t high = sorted.size();
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (order[sorted[middle]][i] <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        sorted.insert(sorted.begin() + static_cast<std::ptrdiff_t>(low), i);
    }
    Values out;
    for (auto i : sorted) out.push_back(list[i]);
    return make_list(type, std::move(out));
}

Value concat(const Values& args, const LogicalType& type) {
    Values out;
    for (const auto& list : args) out.insert(out.end(), items(list).begin(), items(list).end());
    return make_list(type, std::move(out));
}

// NULL when an inner array is NULL.
Value flatten(const Values& args, const LogicalType& type) {
    Values out;
    for (const auto& list : items(args[0])) {
        if (list.IsNull()) return Value(type);
        out.insert(out.end(), items(list).begin(), items(list).end());
    }
    return make_list(type, std::move(out));
}

Value reverse(const Values& args, const LogicalType& type) {
    Values out(items(args[0]).rbegin(), items(args[0]).rend());
    return make_list(type, std::move(out));
}

Value slice(const Values& args, const LogicalType& type) {
    const auto& list = items(args[0]);
    int64_t start = args[1].GetValue<int32_t>();
    int64_t length = args[2].GetValue<int32_t>();
    auto bad = [](const char* condition, const char* name, int64_t value) {
        raise(runtime_error(
            condition, {{"functionName", "`slice`"}, {"parameter", name},
                           {"start", std::to_string(value)}, {"length", std::to_string(value)}}));
    };
    if (start == 0) bad("INVALID_PARAMETER_VALUE.START", "`start`", start);
    if (length < 0) bad("INVALID_PARAMETER_VALUE.LENGTH", "`length`", length);
    auto size = static_cast<int64_t>(list.size());
    int64_t begin = start > 0 ? start - 1 : size + start;
    if (begin < 0 || begin >= size) return make_list(type, {});
    int64_t end = std::min(size, begin + length);
    return make_list(type, Values(list.begin() + begin, list.begin() + end));
}

Value repeat(const Values& args, const LogicalType& type) {
    if (args[1].IsNull()) return Value(type);
    int64_t n = std::max(0, args[1].GetValue<int32_t>());
    return make_list(type, Values(static_cast<size_t>(n), args[0]));
}

ValueRun add_item(bool front) {
    return [front](const Values& args, const LogicalType& type) {
        if (args[0].IsNull()) return Value(type);
        Values out = items(args[0]);
        out.insert(front ? out.begin() : out.end(), args[1]);
        return make_list(type, std::move(out));
    };
}

// Positions count from 1, or from -1 at the end; gaps are filled with NULL.
Value insert(const Values& args, const LogicalType& type) {
    if (args[0].IsNull() || args[1].IsNull()) return Value(type);
    Values out = items(args[0]);
    int64_t at = args[1].GetValue<int32_t>();
    auto size = static_cast<int64_t>(out.size());
    Value null(duckdb::ListType::GetChildType(type));
    if (at == 0) raise(runtime_error("INVALID_INDEX_OF_ZERO"));
    if (at > 0) {
        while (static_cast<int64_t>(out.size()) < at - 1) out.push_back(null);
        out.insert(out.begin() + (at - 1), args[2]);
    } else if (-at <= size + 1) {
        out.insert(out.end() + (at + 1), args[2]);
    } else {
        Values front = {args[2]};
        for (int64_t i = size + 1; i < -at; ++i) front.push_back(null);
        front.insert(front.end(), out.begin(), out.end());
        out = std::move(front);
    }
    return make_list(type, std::move(out));
}

// Structs of the i-th elements; short arrays give NULL.
Value zip(const Values& args, const LogicalType& type) {
    size_t longest = 0;
    for (const auto& list : args) longest = std::max(longest, items(list).size());
    const auto& row = duckdb::ListType::GetChildType(type);
    Values out;
    for (size_t i = 0; i < longest; ++i) {
        duckdb::vector<Value> fields;
        for (size_t k = 0; k < args.size(); ++k) {
            const auto& list = items(args[k]);
            fields.push_back(
                i < list.size() ? list[i] : Value(duckdb::StructType::GetChildType(row, k)));
        }
        out.push_back(Value::STRUCT(row, std::move(fields)));
    }
    return make_list(type, std::move(out));
}

Value shuffle(const Values& args, const LogicalType& type) {
    const auto& list = items(args[0]);
    MersenneTwister random(args[1].GetValue<int64_t>());
    std::vector<size_t> order(list.size());
    for (size_t i = 0; i < order.size(); ++i) {
        auto j = static_cast<size_t>(random.next_int(static_cast<int32_t>(i) + 1));
        order[i] = order[j];
        order[j] = i;
    }
    Values out;
    for (auto i : order) out.push_back(list[i]);
    return make_list(type, std::move(out));
}

// Joins texts; NULL elements are left out unless a replacement is given.
Value join(const Values& args, const LogicalType& type) {
    if (args[0].IsNull() || args[1].IsNull() || (args.size() > 2 && args[2].IsNull()))
        return Value(type);
    std::string out;
    bool first = true;
    for (const auto& x : items(args[0])) {
        if (x.IsNull() && args.size() < 3) continue;
        if (!first) out += args[1].GetValue<std::string>();
        out += x.IsNull() ? args[2].GetValue<std::string>() : x.GetValue<std::string>();
        first = false;
    }
    return Value(out);
}

// Element by a position from 1 (or -1 at the end).
ValueRun element_at(bool is_try, bool ansi) {
    return [is_try, ansi](const Values& args, const LogicalType& type) {
        const auto& list = items(args[0]);
        int64_t at = args[1].GetValue<int32_t>();
        auto size = static_cast<int64_t>(list.size());
        if (at == 0) raise(runtime_error("INVALID_INDEX_OF_ZERO"));
        int64_t index = at > 0 ? at - 1 : size + at;
        if (index >= 0 && index < size) return list[static_cast<size_t>(index)];
        if (ansi && !is_try) {
            raise(Error(ErrorKind::kArrayIndexOutOfBounds, "INVALID_ARRAY_INDEX_IN_ELEMENT_AT",
                {{"indexValue", std::to_string(at)}, {"arraySize", std::to_string(size)},
                    {"ansiConfig", "\"spark.sql.ansi.enabled\""}}));
        }
        return Value(type);
    };
}

// Element by a position from 0.
ValueRun array_item(bool ansi) {
    return [ansi](const Values& args, const LogicalType& type) {
        const auto& list = items(args[0]);
        auto at = args[1].GetValue<int64_t>();
        if (at >= 0 && at < static_cast<int64_t>(list.size())) return list[static_cast<size_t>(at)];
        if (ansi) {
            raise(Error(ErrorKind::kArrayIndexOutOfBounds, "INVALID_ARRAY_INDEX",
                {{"indexValue", std::to_string(at)}, {"arraySize", std::to_string(list.size())},
                    {"ansiConfig", "\"spark.sql.ansi.enabled\""}}));
        }
        return Value(type);
    };
}

// Three-valued OR / AND over the results of a predicate.
ValueRun quantified(bool any) {
    return [any](const Values& args, const LogicalType& type) {
        bool has_null = false;
        for (const auto& x : items(args[0])) {
            if (x.IsNull())
                has_null = true;
            else if (x.GetValue<bool>() == any)
                return Value::BOOLEAN(any);
        }
        return has_null ? Value(type) : Value::BOOLEAN(!any);
    };
}

}  // namespace

void add_arrays(KernelSet& k) {
    add_value_kernel(k, "spark_array_distinct", distinct);
    add_value_kernel(k, "spark_array_union", set_union);
    add_value_kernel(k, "spark_array_except", set_filter(false));
    add_value_kernel(k, "spark_array_intersect", set_filter(true));
    add_value_kernel(k, "spark_arrays_overlap", overlap);
    add_value_kernel(k, "spark_array_contains", array_contains);
    add_value_kernel(k, "spark_array_position", position);
    add_value_kernel(k, "spark_array_remove", remove);
    add_value_kernel(k, "spark_array_compact", compact);
    add_value_kernel(k, "spark_array_max", extreme(true));
    add_value_kernel(k, "spark_array_min", extreme(false));
    add_value_kernel(k, "spark_sort_array", sort_array);
    add_value_kernel(k, "spark_array_sort", array_sort);
    add_value_kernel(k, "spark_array_concat", concat);
    add_value_kernel(k, "spark_flatten", flatten);
    add_value_kernel(k, "spark_array_reverse", reverse);
    k.add("spark_reverse_binary",
        [](Bytes b) { return Blob{std::string(b.data.rbegin(), b.data.rend())}; });
    add_value_kernel(k, "spark_slice", slice, {.is_fallible = true});
    add_value_kernel(k, "spark_array_repeat", repeat, {.keeps_nulls = true});
    add_value_kernel(k, "spark_array_append", add_item(false), {.keeps_nulls = true});
    add_value_kernel(k, "spark_array_prepend", add_item(true), {.keeps_nulls = true});
    add_value_kernel(k, "spark_array_insert", insert, {.keeps_nulls = true, .is_fallible = true});
    add_value_kernel(k, "spark_arrays_zip", zip);
    add_value_kernel(k, "spark_array_sort_by", sort_by, {.is_fallible = true});
    add_value_kernel(k, "spark_shuffle", shuffle);
    add_value_kernel(k, "spark_array_join", join, {.keeps_nulls = true});
    add_value_kernel(k, "spark_element_at", element_at(false, true), {.is_fallible = true});
    add_value_kernel(k, "spark_element_at_or_null", element_at(true, false), {.is_fallible = true});
    add_value_kernel(k, "spark_array_item", array_item(true), {.is_fallible = true});
    add_value_kernel(k, "spark_any_true", quantified(true));
    add_value_kernel(k, "spark_all_true", quantified(false));
}

}  // namespace hanok::engine

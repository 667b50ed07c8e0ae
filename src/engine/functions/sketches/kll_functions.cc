// Functions over KLL sketches: one set for BIGINT, one for DOUBLE (and FLOAT) items.

#include "engine/functions/sketches/kll_sketch.h"
#include "engine/functions/sketches/sketch_aggregate.h"
#include "engine/functions/value_kernel.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::LogicalType;
using duckdb::Value;

namespace {

// (item, k BIGINT)
template <class T>
struct KllAgg {
    KllSketch<T> sketch;
    bool is_new = true;
    void add(const SketchRow& row) {
        if (is_new) sketch = KllSketch<T>(static_cast<int>(row.integer(1)));
        is_new = false;
        if constexpr (std::is_same_v<T, int64_t>) {
            sketch.insert(row.integer(0));
        } else {
            sketch.insert(row.real(0));
        }
    }
    void merge(const KllAgg& other) { sketch.merge(other.sketch); }
    std::string bytes() const { return sketch.bytes(); }
};

// (sketch BLOB, k BIGINT)
template <class T>
struct KllMergeAgg {
    KllSketch<T> sketch{kWidest};
    bool is_new = true;
    void add(const SketchRow& row) { take(KllSketch<T>::parse(row.bytes(0), "kll_merge_agg")); }
    void take(const KllSketch<T>& other) {
        if (is_new) {
            sketch = other;
        } else {
            sketch.merge(other);
        }
        is_new = false;
    }
    void merge(const KllMergeAgg& other) { take(other.sketch); }
    std::string bytes() const { return is_new ? KllSketch<T>().bytes() : sketch.bytes(); }

    static constexpr int kWidest = 65535;
};

template <class T>
KllSketch<T> sketch_of(const Value& v, const std::string& function) {
    return KllSketch<T>::parse(duckdb::StringValue::Get(v), function);
}

// One answer per argument: an array where an array was given.
template <class Answer>
Value for_each(const Value& given, const LogicalType& type, const Answer& answer) {
    if (type.id() != duckdb::LogicalTypeId::LIST) return answer(given).DefaultCastAs(type);
    const auto& element = duckdb::ListType::GetChildType(type);
    Values out;
    for (const auto& x : duckdb::ListValue::GetChildren(given))
        out.push_back(x.IsNull() ? Value(element) : answer(x).DefaultCastAs(element));
    return Value::LIST(element, std::move(out));
}

template <class T>
Value quantiles(const Values& args, const LogicalType& type) {
    const std::string function = "kll_sketch_get_quantile";
    auto sketch = sketch_of<T>(args[0], function);
    if (sketch.count() == 0) return Value(type);
    return for_each(args[1], type, [&](const Value& rank) {
        auto r = rank.GetValue<double>();
        if (!(r >= 0 && r <= 1)) {
            raise(runtime_error(
                "KLL_SKETCH_INVALID_QUANTILE_RANGE", {{"functionName", "`" + function + "`"}}));
        }
        return Value::CreateValue<T>(sketch.quantile(r));
    });
}

template <class T>
Value ranks(const Values& args, const LogicalType& type) {
    auto sketch = sketch_of<T>(args[0], "kll_sketch_get_rank");
    if (sketch.count() == 0) return Value(type);
    return for_each(args[1], type,
        [&](const Value& item) { return Value::DOUBLE(sketch.rank(item.GetValue<T>())); });
}

template <class T>
void add_kind(KernelSet& k, const std::string& kind, const LogicalType& item) {
    add_sketch_aggregate<KllAgg<T>>(k, "spark_kll_agg_" + kind, {item, LogicalType::BIGINT});
    add_sketch_aggregate<KllMergeAgg<T>>(
        k, "spark_kll_merge_agg_" + kind, {LogicalType::BLOB, LogicalType::BIGINT});
    k.add(
        "spark_kll_merge_" + kind,
        [](Bytes a, Bytes b) {
            auto out = KllSketch<T>::parse(a.data, "kll_sketch_merge");
            out.merge(KllSketch<T>::parse(b.data, "kll_sketch_merge"));
            return Blob{out.bytes()};
        },
        Fallible::kYes);
    k.add(
        "spark_kll_get_n_" + kind,
        [](Bytes b) { return KllSketch<T>::parse(b.data, "kll_sketch_get_n").count(); },
        Fallible::kYes);
    k.add(
        "spark_kll_to_string_" + kind,
        [](Bytes b) { return KllSketch<T>::parse(b.data, "kll_sketch_to_string").text(); },
        Fallible::kYes);
    add_value_kernel(k, "spark_kll_get_quantile_" + kind, quantiles<T>, {.is_fallible = true});
    add_value_kernel(k, "spark_kll_get_rank_" + kind, ranks<T>, {.is_fallible = true});
}

LowerAggregate aggregate(const std::string& name) {
    return [name](const LowerContext&, const AggregateCall&, DuckExprs args, DuckExprs) {
        LoweredAggregate out;
        out.function = duckdb::make_uniq<duckdb::FunctionExpression>(name, std::move(args));
        return out;
    };
}

LowerFunction kernel(const std::string& name) {
    return [name](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return duck_call(name, std::move(args));
    };
}

}  // namespace

void lower_kll_sketches(FunctionLowerings& l) {
    for (const std::string type : {"bigint", "float", "double"}) {
        std::string kind = type == "bigint" ? "bigint" : "double";
        l.aggregate("kll_sketch_agg_" + type, aggregate("spark_kll_agg_" + kind));
        l.aggregate("kll_merge_agg_" + type, aggregate("spark_kll_merge_agg_" + kind));
        l.scalar("kll_sketch_merge_" + type, kernel("spark_kll_merge_" + kind));
        l.scalar("kll_sketch_get_n_" + type, kernel("spark_kll_get_n_" + kind));
        l.scalar("kll_sketch_to_string_" + type, kernel("spark_kll_to_string_" + kind));
        for (const std::string what : {"get_quantile_", "get_rank_"})
            l.scalar("kll_sketch_" + what + type, value_lowering("spark_kll_" + what + kind));
    }
}

void add_kll_sketches(KernelSet& k) {
    add_kind<int64_t>(k, "bigint", LogicalType::BIGINT);
    add_kind<double>(k, "double", LogicalType::DOUBLE);
}

}  // namespace hanok::engine

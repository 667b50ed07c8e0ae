// Functions over theta and tuple sketches.

#include <cmath>

#include "engine/functions/sketches/sketch_bytes.h"
#include "engine/functions/sketches/sketched_text.h"
#include "engine/functions/sketches/theta_sketch.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"

namespace hanok::engine {

using duckdb::LogicalType;

namespace {

// (hash BIGINT, lg BIGINT)
struct ThetaAgg {
    ThetaSketch sketch;
    void add(const SketchRow& row) {
        sketch.configure(checked_lg_entries(row.integer(1), "theta_sketch_agg"), SummaryMode::kSum);
        sketch.insert(static_cast<uint64_t>(row.integer(0)), 0);
    }
    void merge(const ThetaAgg& other) { sketch.unite(other.sketch); }
    std::string bytes() const { return sketch.bytes(); }
};

// (hash BIGINT, summary DOUBLE, lg BIGINT, mode BLOB)
struct TupleAgg {
    ThetaSketch sketch{true};
    void add(const SketchRow& row) {
        const char* name = "tuple_sketch_agg";
        sketch.configure(
            checked_lg_entries(row.integer(2), name), summary_mode(row.bytes(3), name));
        sketch.insert(static_cast<uint64_t>(row.integer(0)), row.real(1));
    }
    void merge(const TupleAgg& other) {
        sketch.configure(kDefaultLgEntries, other.sketch.mode());
        sketch.unite(other.sketch);
    }
    std::string bytes() const { return sketch.bytes(); }
};

// (sketch BLOB, lg BIGINT, mode BLOB)
template <bool Tuple>
struct UnionAgg {
    ThetaSketch sketch{Tuple};
    void add(const SketchRow& row) {
        const char* name = Tuple ? "tuple_union_agg" : "theta_union_agg";
        sketch.configure(
            checked_lg_entries(row.integer(1), name), summary_mode(row.bytes(2), name));
        sketch.unite(ThetaSketch::parse(row.bytes(0), Tuple, name));
    }
    void merge(const UnionAgg& other) { sketch.unite(other.sketch); }
    std::string bytes() const { return sketch.bytes(); }
};

// (sketch BLOB, mode BLOB)
template <bool Tuple>
struct IntersectionAgg {
    ThetaSketch sketch{Tuple};
    bool is_first = true;
    void add(const SketchRow& row) {
        const char* name = Tuple ? "tuple_intersection_agg" : "theta_intersection_agg";
        auto other = ThetaSketch::parse(row.bytes(0), Tuple, name);
        other.configure(kMaxLg, summary_mode(row.bytes(1), name));
        take(other);
    }
    void take(const ThetaSketch& other) {
        if (is_first) {
            sketch = other;
        } else {
            sketch.intersect(other);
        }
        is_first = false;
    }
    void merge(const IntersectionAgg& other) { take(other.sketch); }
    std::string bytes() const { return sketch.bytes(); }

    static constexpr int kMaxLg = 26;
};

// ---- functions of two sketches

// The second operand of tuple_…_theta_… has no summaries: its keys count as neutral.
ThetaSketch operand(
    std::string_view bytes, bool has_summaries, SummaryMode mode, const std::string& function) {
    auto parsed = ThetaSketch::parse(bytes, has_summaries, function);
    if (has_summaries) return parsed;
    ThetaSketch out(true);
    out.configure(26, mode);
    for (const auto& entry : parsed.entries()) out.insert(entry.first, ThetaSketch::neutral(mode));
    return out;
}

struct Operands {
    std::string name;
    bool left_tuple, right_tuple;
};

void add_set_operations(KernelSet& k, const Operands& o) {
    auto left = [o](std::string_view bytes, SummaryMode mode, const std::string& f) {
        auto out = ThetaSketch::parse(bytes, o.left_tuple, f);
        out.configure(26, mode);
        return out;
    };
    auto right = [o](std::string_view bytes, SummaryMode mode, const std::string& f) {
        return o.left_tuple ? operand(bytes, o.right_tuple, mode, f)
                            : ThetaSketch::parse(bytes, false, f);
    };
    k.add(
        "spark_" + o.name + "_union",
        [=](Bytes a, Bytes b, int64_t lg, std::string_view mode_name) {
            auto f = o.name + "_union";
            auto mode = summary_mode(mode_name, f);
            auto out = left(a.data, mode, f);
            out.configure(checked_lg_entries(lg, f), mode);
            out.unite(right(b.data, mode, f));
            return Blob{out.bytes()};
        },
        Fallible::kYes);
    k.add(
        "spark_" + o.name + "_intersection",
        [=](Bytes a, Bytes b, std::string_view mode_name) {
            auto f = o.name + "_intersection";
            auto mode = summary_mode(mode_name, f);
            auto out = left(a.data, mode, f);
            out.intersect(right(b.data, mode, f));
            return Blob{out.bytes()};
        },
        Fallible::kYes);
    k.add(
        "spark_" + o.name + "_difference",
        [=](Bytes a, Bytes b) {
            auto f = o.name + "_difference";
            auto out = left(a.data, SummaryMode::kSum, f);
            out.subtract(right(b.data, SummaryMode::kSum, f));
            return Blob{out.bytes()};
        },
        Fallible::kYes);
}

// Values as sketches hash them: numbers in eight bytes, empty texts not at all.
std::optional<int64_t> positive_hash(std::string_view bytes) {
    if (bytes.empty()) return std::nullopt;
    return static_cast<int64_t>(sketch_hash(bytes).low >> 1);
}

template <class T>
std::string_view raw(const T& x) {
    return {reinterpret_cast<const char*>(&x), sizeof(x)};
}

// An array's integers one behind the other; a NULL among them counts as 0.
template <class T>
std::string array_bytes(const NestedColumn& array, duckdb::idx_t row) {
    auto list = array.entries(row);
    std::string out;
    for (duckdb::idx_t i = list.offset; i < list.offset + list.length; ++i) {
        auto x = array.child(0).is_null(i) ? T{0} : static_cast<T>(array.child(0).integer(i));
        out += raw(x);
    }
    return out;
}

void add_array_bytes(KernelSet& k) {
    TypedOptions options;
    options.result = LogicalType::BLOB;
    add_typed_kernel(k, "spark_array_bytes", options,
        [](const TypedCall& call, std::vector<NestedColumn>& columns, duckdb::idx_t count,
            duckdb::Vector& result) {
            bool is_wide = call.types[0]->element()->is(types::TypeId::kLong);
            auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
            for (duckdb::idx_t row = 0; row < count; ++row) {
                if (columns[0].is_null(row)) continue;
                auto bytes = is_wide ? array_bytes<int64_t>(columns[0], row)
                                     : array_bytes<int32_t>(columns[0], row);
                out[row] = duckdb::StringVector::AddStringOrBlob(
                    result, bytes.data(), bytes.size());
            }
        });
}

DuckExpr hash_of(DuckExpr e, const types::TypePtr& type) {
    if (type->is(types::TypeId::kArray))
        e = typed_call("spark_array_bytes", {type}, nullptr, {}, duck_list(std::move(e)));
    if (type->is_string()) e = sketched_text(std::move(e), *type);
    return duck_call("spark_theta_hash", duck_list(std::move(e)));
}

LowerAggregate plain(const std::string& kernel, bool hashes) {
    return [=](const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
        if (hashes) args[0] = hash_of(std::move(args[0]), call.args[0]->type);
        LoweredAggregate out;
        out.function = duckdb::make_uniq<duckdb::FunctionExpression>(kernel, std::move(args));
        return out;
    };
}

LowerFunction kernel(const std::string& name) {
    return [name](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return duck_call(name, std::move(args));
    };
}

}  // namespace

void lower_theta_sketches(FunctionLowerings& l) {
    l.aggregate("theta_sketch_agg", plain("spark_theta_agg", true));
    l.aggregate("tuple_sketch_agg", plain("spark_tuple_agg", true));
    l.aggregate("theta_union_agg", plain("spark_theta_union_agg", false));
    l.aggregate("tuple_union_agg", plain("spark_tuple_union_agg", false));
    l.aggregate("theta_intersection_agg", plain("spark_theta_intersection_agg", false));
    l.aggregate("tuple_intersection_agg", plain("spark_tuple_intersection_agg", false));
    for (const std::string set : {"theta", "tuple", "tuple_theta"}) {
        for (const std::string operation : {"union", "intersection", "difference"})
            l.scalar(set + "_" + operation, kernel("spark_" + set + "_" + operation));
    }
    l.scalar("tuple_sketch_summary_double", kernel("spark_tuple_sketch_summary"));
    l.scalar("tuple_sketch_summary_integer",
        [](const LowerContext&, const resolved::Call&, DuckExprs args) {
            return duck_cast(
                duck_call("spark_tuple_sketch_summary", std::move(args)), LogicalType::BIGINT);
        });
}

void add_theta_sketches(KernelSet& k) {
    add_sketch_aggregate<ThetaAgg>(
        k, "spark_theta_agg", {LogicalType::BIGINT, LogicalType::BIGINT});
    add_sketch_aggregate<TupleAgg, 2>(k, "spark_tuple_agg",
        {LogicalType::BIGINT, LogicalType::DOUBLE, LogicalType::BIGINT, LogicalType::VARCHAR});
    add_sketch_aggregate<UnionAgg<false>>(
        k, "spark_theta_union_agg", {LogicalType::BLOB, LogicalType::BIGINT, LogicalType::VARCHAR});
    add_sketch_aggregate<UnionAgg<true>>(
        k, "spark_tuple_union_agg", {LogicalType::BLOB, LogicalType::BIGINT, LogicalType::VARCHAR});
    add_sketch_aggregate<IntersectionAgg<false>>(
        k, "spark_theta_intersection_agg", {LogicalType::BLOB, LogicalType::VARCHAR});
    add_sketch_aggregate<IntersectionAgg<true>>(
        k, "spark_tuple_intersection_agg", {LogicalType::BLOB, LogicalType::VARCHAR});
    add_set_operations(k, {"theta", false, false});
    add_set_operations(k, {"tuple", true, true});
    add_set_operations(k, {"tuple_theta", true, false});
    add_array_bytes(k);
    k.add("spark_theta_hash", [](int64_t x) { return positive_hash(raw(x)); });
    k.add("spark_theta_hash", [](double x) {
        double canonical = x == 0 ? 0.0 : std::isnan(x) ? std::nan("") : x;
        return positive_hash(raw(canonical));
    });
    k.add("spark_theta_hash", [](std::string_view x) { return positive_hash(x); });
    k.add("spark_theta_hash", [](Bytes x) { return positive_hash(x.data); });
    k.add(
        "spark_theta_sketch_estimate",
        [](Bytes b) -> int64_t {
            return std::llround(
                ThetaSketch::parse(b.data, false, "theta_sketch_estimate").estimate());
        },
        Fallible::kYes);
    k.add(
        "spark_tuple_sketch_estimate",
        [](Bytes b) {
            return ThetaSketch::parse(b.data, true, "tuple_sketch_estimate").estimate();
        },
        Fallible::kYes);
    k.add(
        "spark_tuple_sketch_theta",
        [](Bytes b) { return ThetaSketch::parse(b.data, true, "tuple_sketch_theta").theta(); },
        Fallible::kYes);
    k.add(
        "spark_tuple_sketch_summary",
        [](Bytes b, std::string_view mode) {
            const char* name = "tuple_sketch_summary";
            return ThetaSketch::parse(b.data, true, name).summary(summary_mode(mode, name));
        },
        Fallible::kYes);
}

}  // namespace hanok::engine

#include "engine/functions/sketches/frequency_sketches.h"

#include <algorithm>
#include <cmath>

#include "engine/functions/sketches/sketch_aggregate.h"
#include "engine/functions/spark_hash.h"
#include "engine/functions/value_kernel.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::LogicalType;
using duckdb::Value;

namespace {

// ---- count-min

constexpr int64_t kPrime = (int64_t{1} << 31) - 1;
constexpr int64_t kShapelessBytes = 4 + 8 + 4 + 4 + 1;  // fewer: no row has told the shape
constexpr int64_t kMaxCells = int64_t{1} << 27;

// The linear congruential generator of Java's Random, whose numbers are the rows' hashes.
class JavaRandom {
public:
    explicit JavaRandom(int64_t seed) : state_((static_cast<uint64_t>(seed) ^ kFactor) & kMask) {}
    // 0 … 2^31 - 2
    int64_t next() {
        while (true) {
            state_ = (state_ * kFactor + 11) & kMask;
            auto bits = static_cast<int64_t>(state_ >> 17);
            if (bits < INT32_MAX) return bits;
        }
    }

private:
    static constexpr uint64_t kFactor = 0x5DEECE66DULL, kMask = (uint64_t{1} << 48) - 1;
    uint64_t state_;
};

void put_big(std::string& out, uint64_t x, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(x >> (8 * i) & 0xFF);
}

// (item BIGINT, eps DOUBLE, confidence DOUBLE, seed BIGINT)
struct CountMin {
    int64_t total = 0, depth = 0, width = 0;
    std::vector<int64_t> hashes, cells;

    void configure(double eps, double confidence, int64_t seed) {
        width = static_cast<int64_t>(std::ceil(2 / eps));
        depth = static_cast<int64_t>(std::ceil(-std::log1p(-confidence) / std::log(2)));
        if (!(eps > 0) || width <= 0 || depth <= 0 || width > kMaxCells / depth)
            raise(runtime_error("INVALID_PARAMETER_VALUE.LENGTH",
                {{"functionName", "`count_min_sketch`"}, {"parameter", "`eps`"},
                    {"length", std::to_string(eps)}}));
        JavaRandom random(static_cast<int32_t>(seed));
        for (int64_t i = 0; i < depth; ++i) hashes.push_back(random.next());
        cells.assign(static_cast<size_t>(depth * width), 0);
    }
    void start(const SketchRow& row) {
        if (cells.empty()) configure(row.real(1), row.real(2), row.integer(3));
        ++total;
    }
    void add(const SketchRow& row) {
        start(row);
        for (int64_t i = 0; i < depth; ++i) {
            auto h = static_cast<uint64_t>(hashes[static_cast<size_t>(i)]) *
                     static_cast<uint64_t>(row.integer(0));
            h += static_cast<uint64_t>(static_cast<int64_t>(h) >> 32);
            auto cell = static_cast<int64_t>(h & kPrime) % width;
            ++cells[static_cast<size_t>(i * width + cell)];
        }
    }
    void merge(const CountMin& other) {
        total += other.total;
        for (size_t i = 0; i < cells.size(); ++i) cells[i] += other.cells[i];
    }
    std::string bytes() const {
        std::string out;
        put_big(out, 1, 4);
        put_big(out, static_cast<uint64_t>(total), 8);
        put_big(out, static_cast<uint64_t>(depth), 4);
        put_big(out, static_cast<uint64_t>(width), 4);
        for (auto h : hashes) put_big(out, static_cast<uint64_t>(h), 8);
        for (auto c : cells) put_big(out, static_cast<uint64_t>(c), 8);
        return out;
    }
};

// (item BLOB, …): two hashes of the bytes make those of all rows.
struct CountMinBytes : CountMin {
    void add(const SketchRow& row) {
        start(row);
        auto first = static_cast<uint32_t>(murmur3_bytes(row.bytes(0), 0));
        auto second = static_cast<uint32_t>(
            murmur3_bytes(row.bytes(0), static_cast<int32_t>(first)));
        for (int64_t i = 0; i < depth; ++i) {
            auto h = static_cast<int32_t>(first + static_cast<uint32_t>(i) * second);
            ++cells[static_cast<size_t>(i * width + std::abs(h % width))];
        }
    }
};

// What the sketch of no rows is: (eps, confidence, seed).
std::string empty_count_min(double eps, double confidence, int64_t seed) {
    CountMin sketch;
    sketch.configure(eps, confidence, seed);
    return sketch.bytes();
}

// ---- the most frequent values

struct Frequent {
    Value item;
    int64_t count;
    uint64_t place;
};

uint64_t spread(uint64_t x) {
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
    x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ULL;
    return x ^ x >> 33;
}

int32_t hash_code(const Value& v) {
    if (v.type().IsIntegral()) {
        auto x = v.GetValue<int64_t>();
        return static_cast<int32_t>(
            x ^ (v.type().id() == duckdb::LogicalTypeId::BIGINT
                        ? static_cast<int64_t>(static_cast<uint64_t>(x) >> 32)
                        : 0));
    }
    uint32_t h = 0;
    for (unsigned char c : v.ToString()) h = h * 31 + c;
    return static_cast<int32_t>(h);
}

// The most frequent first; equally frequent ones by where a hash table holds them.
void put_in_order(std::vector<Frequent>& all) {
    uint64_t table = 16;
    while (static_cast<double>(all.size()) > 0.75 * static_cast<double>(table)) table *= 2;
    for (auto& f : all)
        f.place = spread(static_cast<uint64_t>(int64_t{hash_code(f.item)})) & (table - 1);
    std::stable_sort(all.begin(), all.end(), [](const Frequent& a, const Frequent& b) {
        return a.count != b.count ? a.count > b.count : a.place < b.place;
    });
}

std::vector<Frequent> of_histogram(const Value& map) {
    std::vector<Frequent> out;
    if (map.IsNull()) return out;
    for (const auto& entry : duckdb::MapValue::GetChildren(map)) {
        const auto& pair = duckdb::StructValue::GetChildren(entry);
        out.push_back({pair[0], pair[1].GetValue<int64_t>(), 0});
    }
    return out;
}

Value top(std::vector<Frequent> all, int64_t k, const LogicalType& type) {
    put_in_order(all);
    const auto& row = duckdb::ListType::GetChildType(type);
    const auto& item = duckdb::StructType::GetChildType(row, 0);
    Values out;
    for (size_t i = 0; i < all.size() && static_cast<int64_t>(i) < k; ++i) {
        out.push_back(
            Value::STRUCT(row, {all[i].item.DefaultCastAs(item), Value::BIGINT(all[i].count)}));
    }
    return Value::LIST(row, std::move(out));
}

// "count length text" for every value kept.
std::string packed(std::vector<Frequent> all, int64_t limit) {
    put_in_order(all);
    if (static_cast<int64_t>(all.size()) > limit) all.resize(static_cast<size_t>(limit));
    std::string out;
    for (const auto& f : all) {
        auto text = f.item.ToString();
        out += std::to_string(f.count) + " " + std::to_string(text.size()) + " " + text;
    }
    return out;
}

std::vector<Frequent> unpacked(const std::string& bytes, const LogicalType& item) {
    std::vector<Frequent> out;
    size_t at = 0;
    auto number = [&] {
        auto end = bytes.find(' ', at);
        if (end == std::string::npos) throw internal_error("a top-k sketch that breaks off");
        auto x = std::stoll(bytes.substr(at, end - at));
        at = end + 1;
        return x;
    };
    while (at < bytes.size()) {
        auto count = number();
        auto size = static_cast<size_t>(number());
        out.push_back({Value(bytes.substr(at, size)).DefaultCastAs(item), count, 0});
        at += size;
    }
    return out;
}

// (histogram, k)
Value approx_top_k(const Values& args, const LogicalType& type) {
    return top(of_histogram(args[0]), args[1].IsNull() ? 0 : args[1].GetValue<int64_t>(), type);
}

Value state(
    std::vector<Frequent> all, int64_t limit, const LogicalType& type, const std::string& ddl) {
    const auto& item = duckdb::StructType::GetChildType(type, 2);
    return Value::STRUCT(
        type, {Value::BLOB_RAW(packed(std::move(all), limit)),
                  Value::INTEGER(static_cast<int32_t>(limit)), Value(item), Value(ddl)});
}

// (histogram, limit, DDL of the items)
Value accumulate(const Values& args, const LogicalType& type) {
    return state(
        of_histogram(args[0]), args[1].GetValue<int64_t>(), type, args[2].GetValue<std::string>());
}

// (list of states, limit)
Value combine(const Values& args, const LogicalType& type) {
    const auto& item = duckdb::StructType::GetChildType(type, 2);
    std::map<std::string, Frequent> all;
    std::string ddl;
    if (!args[0].IsNull()) {
        for (const auto& s : duckdb::ListValue::GetChildren(args[0])) {
            if (s.IsNull()) continue;
            const auto& parts = duckdb::StructValue::GetChildren(s);
            ddl = parts[3].ToString();
            for (auto& f : unpacked(duckdb::StringValue::Get(parts[0]), item)) {
                auto [it, is_new] = all.emplace(f.item.ToString(), f);
                if (!is_new) it->second.count += f.count;
            }
        }
    }
    std::vector<Frequent> list;
    for (auto& entry : all) list.push_back(std::move(entry.second));
    return state(std::move(list), args[1].GetValue<int64_t>(), type, ddl);
}

// (state, k)
Value estimate(const Values& args, const LogicalType& type) {
    const auto& parts = duckdb::StructValue::GetChildren(args[0]);
    const auto& row = duckdb::ListType::GetChildType(type);
    auto all = unpacked(
        duckdb::StringValue::Get(parts[0]), duckdb::StructType::GetChildType(row, 0));
    return top(std::move(all), args[1].GetValue<int64_t>(), type);
}

// Over the histogram (or list) of the values, then a kernel with what else it takes.
LowerAggregate over(const std::string& collect, const std::string& kernel, size_t extra) {
    return [=](const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
        std::shared_ptr<duckdb::ParsedExpression> limit(args[extra].release());
        auto ddl = call.args[0]->type->sql();
        bool with_ddl = kernel == "spark_top_k_accumulate";
        LoweredAggregate out;
        args.resize(1);
        out.function = duckdb::make_uniq<duckdb::FunctionExpression>(collect, std::move(args));
        out.finish = [=, type = call.type](DuckExpr e) {
            auto list = duck_list(std::move(e), duck_cast(limit->Copy(), LogicalType::BIGINT));
            if (with_ddl) list.push_back(duck_constant(Value(ddl)));
            return value_call(kernel, *type, std::move(list));
        };
        return out;
    };
}

}  // namespace

void lower_frequency_sketches(FunctionLowerings& l) {
    l.aggregate("count_min_sketch",
        [](const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
            DuckExprs shape;
            for (size_t i = 1; i < args.size(); ++i) shape.push_back(args[i]->Copy());
            std::shared_ptr<duckdb::ParsedExpression> empty(
                duck_call("spark_count_min_empty", std::move(shape)).release());
            bool is_bytes = !call.args[0]->type->is_integral();
            if (call.args[0]->type->is_string())
                args[0] = duck_call("encode", duck_list(std::move(args[0])));
            LoweredAggregate out;
            out.function = duckdb::make_uniq<duckdb::FunctionExpression>(
                is_bytes ? "spark_count_min_bytes" : "spark_count_min", std::move(args));
            out.finish = [empty](DuckExpr e) {
                auto size = duck_call("octet_length", duck_list(e->Copy()));
                auto is_empty = duck_compare(duckdb::ExpressionType::COMPARE_LESSTHAN,
                    std::move(size), duck_constant(Value::BIGINT(kShapelessBytes)));
                return duck_case(std::move(is_empty), empty->Copy(), std::move(e));
            };
            return out;
        });
    l.aggregate("approx_top_k", over("histogram", "spark_top_k", 1));
    l.aggregate("approx_top_k_accumulate", over("histogram", "spark_top_k_accumulate", 1));
    l.aggregate("approx_top_k_combine", over("list", "spark_top_k_combine", 1));
    l.scalar("approx_top_k_estimate", value_lowering("spark_top_k_estimate"));
}

void add_frequency_sketches(KernelSet& k) {
    add_sketch_aggregate<CountMin>(k, "spark_count_min",
        {LogicalType::BIGINT, LogicalType::DOUBLE, LogicalType::DOUBLE, LogicalType::BIGINT});
    add_sketch_aggregate<CountMinBytes>(k, "spark_count_min_bytes",
        {LogicalType::BLOB, LogicalType::DOUBLE, LogicalType::DOUBLE, LogicalType::BIGINT});
    k.add(
        "spark_count_min_empty",
        [](double eps, double confidence, int64_t seed) {
            return Blob{empty_count_min(eps, confidence, seed)};
        },
        Fallible::kYes);
    add_value_kernel(k, "spark_top_k", approx_top_k, {.keeps_nulls = true});
    add_value_kernel(k, "spark_top_k_accumulate", accumulate, {.keeps_nulls = true});
    add_value_kernel(k, "spark_top_k_combine", combine, {.keeps_nulls = true, .is_fallible = true});
    add_value_kernel(k, "spark_top_k_estimate", estimate, {.is_fallible = true});
}

}  // namespace hanok::engine

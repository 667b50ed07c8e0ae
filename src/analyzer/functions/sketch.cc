// Sketches: approximate counts, quantiles and frequent values.

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

using Parameters = std::vector<std::string>;
using ResultType = std::function<TypePtr(const Exprs&)>;
// Last touches to the coerced arguments.
using Finish = std::function<void(const FunctionDef&, CallInput&, Exprs&)>;

constexpr int64_t kDefaultKllK = 200, kMinKllK = 8, kMaxKllK = 65535;

std::string header(
    const std::string& name, const Parameters& parameters, const std::vector<std::string>& args) {
    std::string out;
    for (size_t i = 0; i < parameters.size(); ++i) {
        auto at = parameters[i].find("?=");
        if (i >= args.size() && at == std::string::npos) break;
        out += (i ? ", " : "") + (i < args.size() ? args[i] : parameters[i].substr(at + 2));
    }
    return name + "(" + out + ")";
}

// An aggregate that runs as `kernel`.
void add_aggregate(FunctionRegistry& registry, const std::string& name,
    const Parameters& parameters, const std::string& kernel, const ResultType& type,
    const std::string& usage, const Finish& finish = nullptr) {
    FunctionDef def;
    def.name = name;
    def.group = "agg_funcs";
    def.kind = FunctionKind::kAggregate;
    def.usage = usage;
    for (const auto& p : parameters) {
        def.min_args += p.find('?') == std::string::npos ? 1 : 0;
        def.max_args += 1;
    }
    def.column_name = [=](const std::vector<std::string>& args) {
        return header(name, parameters, args);
    };
    def.bind = [=](const FunctionDef& self, CallInput& input) -> ExprPtr {
        auto args = coerce_arguments(parameters, self, input);
        if (finish) finish(self, input, args);
        auto result = type(args);
        auto out = std::make_shared<resolved::Aggregate>(kernel, std::move(args), result, false);
        out->ansi = input.context.ansi;
        out->distinct = input.distinct;
        return out;
    };
    registry.add(std::move(def));
}

TypePtr bytes_type(const Exprs&) { return DataType::binary(); }

// A constant behind the arguments that the user gave.
Finish with_text(const std::string& text) {
    return [text](const FunctionDef&, CallInput&, Exprs& args) {
        args.push_back(string_constant(text));
    };
}

Rewrite as_call(const std::string& kernel, const TypePtr& type, const std::string& text = "") {
    return [=](Exprs args, CallInput& input) {
        bool nullable = any_nullable(args);
        if (!text.empty()) args.push_back(string_constant(text));
        return make_call(input, kernel, std::move(args), type, nullable);
    };
}

constexpr const char* kKey = "bigint|double|string|binary";

void register_theta(FunctionRegistry& registry, FunctionGroup& group) {
    add_aggregate(registry, "theta_sketch_agg", {kKey, "bigint?=12"}, "theta_sketch_agg",
        bytes_type, "Theta sketch of the distinct values.");
    add_aggregate(registry, "theta_union_agg", {"binary", "bigint?=12"}, "theta_union_agg",
        bytes_type, "Union of theta sketches.", with_text("sum"));
    add_aggregate(registry, "theta_intersection_agg", {"binary"}, "theta_intersection_agg",
        bytes_type, "Intersection of theta sketches.", with_text("sum"));
    group.scalar("theta_sketch_estimate", {"binary"}, "bigint",
        "Number of distinct values of a theta sketch.");
    auto bytes = DataType::binary();
    group
        .scalar("theta_union", {"binary", "binary", "bigint?=12"}, "binary",
            "Union of two theta sketches.")
        .rewrite(as_call("theta_union", bytes, "sum"));
    group
        .scalar("theta_intersection", {"binary", "binary"}, "binary",
            "Intersection of two theta sketches.")
        .rewrite(as_call("theta_intersection", bytes, "sum"));
    group.scalar("theta_difference", {"binary", "binary"}, "binary",
        "The values of the first theta sketch that the second does not have.");
}

void register_tuple_sets(FunctionGroup& group, const std::string& suffix) {
    for (const std::string other : {"", "_theta"}) {
        auto usage = other.empty() ? " of two tuple sketches." : " of a tuple and a theta sketch.";
        auto kernel = "tuple" + other;
        group
            .scalar("tuple_union" + other + suffix,
                {"binary", "binary", "bigint?=12", "string?=sum"}, "binary",
                std::string("Union") + usage)
            .kernel(kernel + "_union");
        group
            .scalar("tuple_intersection" + other + suffix, {"binary", "binary", "string?=sum"},
                "binary", std::string("Intersection") + usage)
            .kernel(kernel + "_intersection");
        group
            .scalar("tuple_difference" + other + suffix, {"binary", "binary"}, "binary",
                std::string("Difference") + usage)
            .kernel(kernel + "_difference");
    }
}

void register_tuple(FunctionRegistry& registry, FunctionGroup& group) {
    for (const std::string suffix : {"_double", "_integer"}) {
        std::string summary = suffix == "_double" ? "double" : "bigint";
        add_aggregate(registry, "tuple_sketch_agg" + suffix,
            {kKey, summary, "bigint?=12", "string?=sum"}, "tuple_sketch_agg", bytes_type,
            "Tuple sketch: distinct keys, with a number beside each.",
            [](const FunctionDef&, CallInput& input, Exprs& args) {
                args[1] = cast_to(args[1], DataType::double_(), input.context.ansi);
            });
        add_aggregate(registry, "tuple_union_agg" + suffix, {"binary", "bigint?=12", "string?=sum"},
            "tuple_union_agg", bytes_type, "Union of tuple sketches.");
        add_aggregate(registry, "tuple_intersection_agg" + suffix, {"binary", "string?=sum"},
            "tuple_intersection_agg", bytes_type, "Intersection of tuple sketches.");
        group
            .scalar("tuple_sketch_estimate" + suffix, {"binary"}, "double",
                "Number of distinct keys of a tuple sketch.")
            .kernel("tuple_sketch_estimate");
        group
            .scalar("tuple_sketch_theta" + suffix, {"binary"}, "double",
                "Share of the keys that a tuple sketch keeps.")
            .kernel("tuple_sketch_theta");
        group.scalar("tuple_sketch_summary" + suffix, {"binary", "string?=sum"}, summary,
            "The numbers of a tuple sketch taken together.");
        register_tuple_sets(group, suffix);
    }
}

void register_hll(FunctionRegistry& registry, FunctionGroup& group) {
    add_aggregate(registry, "hll_sketch_agg", {"bigint|string|binary", "bigint?=12"},
        "hll_sketch_agg", bytes_type, "HyperLogLog sketch of the distinct values.");
    add_aggregate(registry, "hll_union_agg", {"binary", "boolean?=false"}, "hll_union_agg",
        bytes_type, "Union of HyperLogLog sketches.");
    group.scalar("hll_sketch_estimate", {"binary"}, "bigint",
        "Number of distinct values of a HyperLogLog sketch.");
    group.scalar("hll_union", {"binary", "binary", "boolean?=false"}, "binary",
        "Union of two HyperLogLog sketches.");
}

void take_kll_k(const FunctionDef& def, CallInput& input, Exprs& args) {
    if (args.size() < 2) {
        args.push_back(make_literal(DataType::long_(), types::int_value(kDefaultKllK)));
        return;
    }
    auto k = constant_int(args[1]);
    auto name = quote_identifier(def.name);
    if (!k) throw analysis_error("KLL_SKETCH_K_MUST_BE_CONSTANT", {{"functionName", name}});
    if (*k < kMinKllK || *k > kMaxKllK) {
        throw runtime_error(
            "KLL_SKETCH_K_OUT_OF_RANGE", {{"functionName", name}, {"k", std::to_string(*k)}});
    }
    args[1] = cast_to(args[1], DataType::long_(), input.context.ansi);
}

// An answer for every element where an array is given.
void add_kll_lookup(FunctionGroup& group, const std::string& name, const std::string& given,
    const std::string& answer, const std::string& usage) {
    group.scalar(name, {"binary", given + "|array<" + given + ">"}, answer, usage)
        .nulls(Nulls::kAlways)
        .result([answer](const Exprs& args, CallInput&) -> TypePtr {
            auto one = type_named(answer);
            return args[1]->type->is(TypeId::kArray) ? DataType::array(one) : one;
        });
}

void register_kll(FunctionRegistry& registry, FunctionGroup& group) {
    for (const std::string type : {"bigint", "float", "double"}) {
        std::string item = type == "bigint" ? "bigint" : "double";
        add_aggregate(registry, "kll_sketch_agg_" + type, {item, "int?"}, "kll_sketch_agg_" + type,
            bytes_type, "KLL sketch of the values, for quantiles.", take_kll_k);
        add_aggregate(registry, "kll_merge_agg_" + type, {"binary", "int?"},
            "kll_merge_agg_" + type, bytes_type, "All KLL sketches as one.", take_kll_k);
        group.scalar(
            "kll_sketch_merge_" + type, {"binary", "binary"}, "binary", "Two KLL sketches as one.");
        group.scalar(
            "kll_sketch_get_n_" + type, {"binary"}, "bigint", "Number of values in a KLL sketch.");
        group.scalar(
            "kll_sketch_to_string_" + type, {"binary"}, "string", "A KLL sketch described.");
        add_kll_lookup(group, "kll_sketch_get_quantile_" + type, "double", type,
            "The value at a rank from 0 to 1.");
        add_kll_lookup(group, "kll_sketch_get_rank_" + type, item, "double",
            "The share of values that are not greater.");
    }
}

TypePtr frequent_items(const TypePtr& item) {
    return DataType::array(
        DataType::struct_({{"item", item, true, ""}, {"count", DataType::long_(), false, ""}}),
        false);
}

TypePtr top_k_state(const TypePtr& item) {
    return DataType::struct_({{"sketch", DataType::binary(), false, ""},
        {"maxItemsTracked", DataType::integer(), false, ""}, {"itemDataType", item, true, ""},
        {"itemDataTypeDDL", DataType::string(), false, ""}});
}

bool is_state(const DataType& t) {
    return t.is(TypeId::kStruct) && t.fields().size() == 4 &&
           t.fields()[0].type->is(TypeId::kBinary) && t.fields()[2].name == "itemDataType";
}

void check_positive(const std::string& name, const ExprPtr& e) {
    auto value = constant_int(e);
    if (value && *value <= 0) {
        throw runtime_error("APPROX_TOP_K_NON_POSITIVE_ARG",
            {{"argName", "`" + name + "`"}, {"argValue", std::to_string(*value)}});
    }
}

void check_item(const FunctionDef& def, CallInput& input, Exprs& args) {
    if (!args[0]->type->is_atomic() || args[0]->type->is(TypeId::kBinary))
        raise_unexpected_type(def, input, 0, "\"ATOMIC\"");
    for (size_t i = 1; i < args.size(); ++i)
        check_positive(args.size() == 3 && i == 1 ? "k" : "maxItemsTracked", args[i]);
    if (args.size() < 3) return;
    auto k = constant_int(args[1]), limit = constant_int(args[2]);
    if (k && limit && *limit < *k) {
        throw runtime_error("APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K",
            {{"maxItemsTracked", std::to_string(*limit)}, {"k", std::to_string(*k)}});
    }
}

void register_frequencies(FunctionRegistry& registry, FunctionGroup& group) {
    add_aggregate(registry, "count_min_sketch", {"integral", "double", "double", "bigint"},
        "count_min_sketch", bytes_type, "Count-min sketch of integral values.",
        [](const FunctionDef&, CallInput& input, Exprs& args) {
            args[0] = cast_to(args[0], DataType::long_(), input.context.ansi);
        });
    add_aggregate(
        registry, "approx_top_k", {"any", "int?=5", "int?=10000"}, "approx_top_k",
        [](const Exprs& args) { return frequent_items(args[0]->type); },
        "The most frequent values and how often they occur.", check_item);
    add_aggregate(
        registry, "approx_top_k_accumulate", {"any", "int?=10000"}, "approx_top_k_accumulate",
        [](const Exprs& args) { return top_k_state(args[0]->type); },
        "What approx_top_k_estimate reads.", check_item);
    auto check_state = [](const FunctionDef& def, CallInput& input, Exprs& args) {
        if (!is_state(*args[0]->type)) raise_unexpected_type(def, input, 0, "\"STRUCT\"");
    };
    add_aggregate(
        registry, "approx_top_k_combine", {"any", "int?=10000"}, "approx_top_k_combine",
        [](const Exprs& args) { return args[0]->type; },
        "What several approx_top_k_accumulate made, as one.", check_state);
    group
        .scalar("approx_top_k_estimate", {"any", "int?=5"}, "any",
            "The most frequent values of what approx_top_k_accumulate made.")
        .rewrite([](Exprs args, CallInput& input) -> ExprPtr {
            if (!is_state(*args[0]->type)) {
                const auto* def = FunctionRegistry::builtin().find("approx_top_k_estimate");
                raise_unexpected_type(*def, input, 0, "\"STRUCT\"");
            }
            check_positive("k", args[1]);
            auto type = frequent_items(args[0]->type->fields()[2].type);
            bool nullable = any_nullable(args);
            return make_call(input, "approx_top_k_estimate", std::move(args), type, nullable);
        });
}

}  // namespace

void register_sketch(FunctionRegistry& registry) {
    FunctionGroup group(registry, "sketch_funcs");
    register_theta(registry, group);
    register_tuple(registry, group);
    register_hll(registry, group);
    register_kll(registry, group);
    register_frequencies(registry, group);
}

}  // namespace hanok::analyzer

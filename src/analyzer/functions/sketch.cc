// Sketches: approximate counts, quantiles and frequent values.

#include <algorithm>
#include <set>

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"
#include "resolved/tree.h"

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
constexpr int64_t kMinLgEntries = 4, kMaxLgEntries = 26;

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

// What stands for an argument left out between named ones: a NULL that nobody wrote.
bool is_left_out(const ExprPtr& arg) {
    const auto* literal = as_literal(arg);
    return literal && literal->value.is_null() && arg->type->is(TypeId::kNull) && !arg->origin;
}

ExprPtr default_of(const std::string& parameter) {
    auto at = parameter.find("?=");
    auto value = parameter.substr(at + 2);
    if (parameter.starts_with("bigint"))
        return make_literal(DataType::long_(), types::int_value(std::stoll(value)));
    return string_constant(value);
}

// Coerces to the parameters; one that starts with '!' takes no string for another type.
Exprs coerce_strictly(const Parameters& parameters, const FunctionDef& def, CallInput& input) {
    check_arity(def, input);
    Parameters plain;
    for (size_t i = 0; i < parameters.size(); ++i) {
        bool is_strict = parameters[i][0] == '!';
        plain.push_back(parameters[i].substr(is_strict ? 1 : 0));
        if (is_strict && i < input.args.size() && input.args[i]->type->is_string())
            raise_unexpected_type(
                def, input, i, plain[i].starts_with("binary") ? "\"BINARY\"" : "\"INT\"");
    }
    for (size_t i = 0; i < input.args.size() && i < plain.size(); ++i) {
        if (plain[i].find("?=") != std::string::npos && is_left_out(input.args[i]))
            input.args[i] = default_of(plain[i]);
    }
    return coerce_arguments(plain, def, input);
}

int required(const Parameters& parameters) {
    return static_cast<int>(std::count_if(parameters.begin(), parameters.end(),
        [](const std::string& p) { return p.find('?') == std::string::npos; }));
}

// An aggregate that runs as `kernel`.
void add_aggregate(FunctionRegistry& registry, const std::string& name,
    const Parameters& parameters, const std::string& kernel, const ResultType& type,
    const std::string& usage, const Finish& finish = nullptr, const Parameters& names = {}) {
    FunctionDef def;
    def.name = name;
    def.group = "agg_funcs";
    def.kind = FunctionKind::kAggregate;
    def.usage = usage;
    def.min_args = required(parameters);
    def.max_args = static_cast<int>(parameters.size());
    def.parameter_names = names;
    def.column_name = [=](const std::vector<std::string>& args) {
        return header(name, parameters, args);
    };
    def.bind = [=](const FunctionDef& self, CallInput& input) -> ExprPtr {
        auto args = coerce_strictly(parameters, self, input);
        if (finish) finish(self, input, args);
        auto result = type(args);
        auto out = std::make_shared<resolved::Aggregate>(kernel, std::move(args), result, false);
        out->ansi = input.context.ansi;
        out->distinct = input.distinct;
        return out;
    };
    registry.add(std::move(def));
}

// A scalar function that runs as `kernel`, with `finish` as aggregates have it.
void add_scalar(FunctionGroup& group, const std::string& name, const Parameters& parameters,
    const std::string& kernel, const std::string& usage, const Parameters& names,
    const Finish& finish = nullptr) {
    group
        .custom(
            name, required(parameters), static_cast<int>(parameters.size()),
            [=](const FunctionDef& self, CallInput& input) {
                auto args = coerce_strictly(parameters, self, input);
                bool nullable = any_nullable(args);
                if (finish) finish(self, input, args);
                return make_call(input, kernel, std::move(args), DataType::binary(), nullable);
            },
            usage)
        .parameters(names)
        .column_name(
            [=](const std::vector<std::string>& args) { return header(name, parameters, args); });
}

TypePtr bytes_type(const Exprs&) { return DataType::binary(); }

// A constant behind the arguments that the user gave.
Finish with_text(const std::string& text) {
    return [text](const FunctionDef&, CallInput&, Exprs& args) {
        args.push_back(string_constant(text));
    };
}

// The value of a constant argument; NULL where it is NULL.
types::Value constant_of(const CallInput& input, const ExprPtr& e) {
    if (auto value = constant_int(e)) return types::int_value(*value);
    if (auto text = constant_string(e)) return types::string_value(*text);
    return input.fold ? input.fold(e) : types::Value();
}

[[noreturn]] void raise_hint(const FunctionDef& def, const CallInput& input, const Error& error) {
    raise_mismatch(
        def, input, "TYPE_CHECK_FAILURE_WITH_HINT", {{"msg", error.message()}, {"hint", ""}});
}

// What tuple sketches say of a number of entries and of a mode before anything runs.
void check_tuple_argument(
    const FunctionDef& def, const CallInput& input, const ExprPtr& arg, const std::string& name) {
    bool is_mode = name == "mode";
    if (!resolved::is_foldable(*arg)) {
        raise_mismatch(def, input, "NON_FOLDABLE_INPUT",
            {{"inputName", quote_identifier(name)},
                {"inputType", is_mode ? "\"STRING\"" : "\"INT\""},
                {"inputExpr", quoted_sql(*arg)}});
    }
    auto value = constant_of(input, arg);
    if (value.is_null())
        raise_mismatch(def, input, "UNEXPECTED_NULL", {{"exprName", quote_identifier(name)}});
    ErrorParameters about{{"function", quote_identifier(def.name)}};
    if (!is_mode) {
        if (value.as_int() >= kMinLgEntries && value.as_int() <= kMaxLgEntries) return;
        about["min"] = std::to_string(kMinLgEntries);
        about["max"] = std::to_string(kMaxLgEntries);
        about["value"] = std::to_string(value.as_int());
        raise_hint(def, input, runtime_error("SKETCH_INVALID_LG_NOM_ENTRIES", about));
    }
    static const std::set<std::string> kModes{"sum", "min", "max", "alwaysone"};
    if (kModes.contains(types::to_lower(value.as_string()))) return;
    about["mode"] = value.as_string();
    about["validModes"] = "sum, min, max, alwaysone";
    raise_hint(def, input, runtime_error("TUPLE_INVALID_SKETCH_MODE", about));
}

Finish tuple_checks(const Parameters& names) {
    return [names](const FunctionDef& def, CallInput& input, Exprs& args) {
        for (size_t i = 0; i < args.size() && i < names.size(); ++i) {
            if (names[i] == "lgNomEntries" || names[i] == "mode")
                check_tuple_argument(def, input, args[i], names[i]);
        }
    };
}

// The argument at `place` must be constant, or `condition` is raised.
Finish constant_at(size_t place, const std::string& condition) {
    return [=](const FunctionDef& def, CallInput&, Exprs& args) {
        if (!resolved::is_foldable(*args[place]))
            throw analysis_error(condition, {{"function", quote_identifier(def.name)}});
    };
}

// What sketches hash: integers in eight bytes, other numbers as doubles, arrays whole.
constexpr const char* kKey =
    "array<int>|array<bigint>|int|bigint|float|double|decimal|string|binary";

void widen_key(CallInput& input, Exprs& args) {
    const auto& type = *args[0]->type;
    if (type.is(TypeId::kInteger))
        args[0] = cast_to(args[0], DataType::long_(), input.context.ansi);
    if (type.is(TypeId::kFloat) || type.is(TypeId::kDecimal))
        args[0] = cast_to(args[0], DataType::double_(), input.context.ansi);
}

void register_theta(FunctionRegistry& registry, FunctionGroup& group) {
    auto is_constant = constant_at(1, "THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT");
    add_aggregate(registry, "theta_sketch_agg", {kKey, "!bigint?=12"}, "theta_sketch_agg",
        bytes_type, "Theta sketch of the distinct values.",
        [is_constant](const FunctionDef& def, CallInput& input, Exprs& args) {
            is_constant(def, input, args);
            widen_key(input, args);
        });
    add_aggregate(registry, "theta_union_agg", {"!binary", "!bigint?=12"}, "theta_union_agg",
        bytes_type, "Union of theta sketches.",
        [is_constant](const FunctionDef& def, CallInput& input, Exprs& args) {
            is_constant(def, input, args);
            args.push_back(string_constant("sum"));
        });
    add_aggregate(registry, "theta_intersection_agg", {"!binary"}, "theta_intersection_agg",
        bytes_type, "Intersection of theta sketches.", with_text("sum"));
    group.scalar("theta_sketch_estimate", {"binary"}, "bigint",
        "Number of distinct values of a theta sketch.");
    add_scalar(group, "theta_union", {"!binary", "!binary", "!bigint?=12"}, "theta_union",
        "Union of two theta sketches.", {"first", "second", "lgNomEntries"}, with_text("sum"));
    add_scalar(group, "theta_intersection", {"!binary", "!binary"}, "theta_intersection",
        "Intersection of two theta sketches.", {"first", "second"}, with_text("sum"));
    add_scalar(group, "theta_difference", {"!binary", "!binary"}, "theta_difference",
        "The values of the first theta sketch that the second does not have.", {"first", "second"});
}

void register_tuple_sets(FunctionGroup& group, const std::string& suffix) {
    for (const std::string other : {"", "_theta"}) {
        auto usage = other.empty() ? " of two tuple sketches." : " of a tuple and a theta sketch.";
        auto kernel = "tuple" + other;
        Parameters names{"first", "second", "lgNomEntries", "mode"};
        add_scalar(group, "tuple_union" + other + suffix,
            {"!binary", "!binary", "!bigint?=12", "string?=sum"}, kernel + "_union",
            std::string("Union") + usage, names, tuple_checks(names));
        names = {"first", "second", "mode"};
        add_scalar(group, "tuple_intersection" + other + suffix,
            {"!binary", "!binary", "string?=sum"}, kernel + "_intersection",
            std::string("Intersection") + usage, names, tuple_checks(names));
        add_scalar(group, "tuple_difference" + other + suffix, {"!binary", "!binary"},
            kernel + "_difference", std::string("Difference") + usage, {"first", "second"});
    }
}

void register_tuple(FunctionRegistry& registry, FunctionGroup& group) {
    for (const std::string suffix : {"_double", "_integer"}) {
        std::string summary = suffix == "_double" ? "double" : "bigint";
        Parameters names{"key", "summary", "lgNomEntries", "mode"};
        add_aggregate(
            registry, "tuple_sketch_agg" + suffix, {kKey, summary, "bigint?=12", "string?=sum"},
            "tuple_sketch_agg", bytes_type,
            "Tuple sketch: distinct keys, with a number beside each.",
            [names](const FunctionDef& def, CallInput& input, Exprs& args) {
                tuple_checks(names)(def, input, args);
                widen_key(input, args);
                args[1] = cast_to(args[1], DataType::double_(), input.context.ansi);
            },
            names);
        names = {"child", "lgNomEntries", "mode"};
        add_aggregate(registry, "tuple_union_agg" + suffix, {"binary", "bigint?=12", "string?=sum"},
            "tuple_union_agg", bytes_type, "Union of tuple sketches.", tuple_checks(names), names);
        names = {"child", "mode"};
        add_aggregate(registry, "tuple_intersection_agg" + suffix, {"binary", "string?=sum"},
            "tuple_intersection_agg", bytes_type, "Intersection of tuple sketches.",
            tuple_checks(names), names);
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
    add_aggregate(registry, "hll_sketch_agg", {"bigint|string|binary", "!bigint?=12"},
        "hll_sketch_agg", bytes_type, "HyperLogLog sketch of the distinct values.",
        constant_at(1, "HLL_K_MUST_BE_CONSTANT"));
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
    add_aggregate(registry, "count_min_sketch",
        {"integral|string|binary", "double", "double", "bigint"}, "count_min_sketch", bytes_type,
        "Count-min sketch of integral values, strings or bytes.",
        [](const FunctionDef& def, CallInput& input, Exprs& args) {
            const auto& type = *input.args[0]->type;
            bool is_counted = type.is_integral() || type.is(TypeId::kBinary) ||
                              type.is(TypeId::kNull) ||
                              (type.is_string() && type.is_default_collation());
            if (!is_counted) {
                raise_unexpected_type(def, input, 0, "(\"INTEGRAL\" or \"STRING\" or \"BINARY\")");
            }
            if (args[0]->type->is_integral())
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

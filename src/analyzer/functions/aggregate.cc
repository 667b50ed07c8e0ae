// Aggregate functions: argument and result types.

#include <functional>

#include "analyzer/coercion.h"
#include "analyzer/functions/order_statistics.h"
#include "analyzer/functions/signature.h"
#include "types/type_parts.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

using TypeRule = std::function<TypePtr(const Exprs&)>;

constexpr int kMaxPrecision = 38;
constexpr int64_t kMaxTopRows = 100000;  // of max_by(x, y, k)

TypePtr bounded_decimal(int precision, int scale) {
    return DataType::decimal(std::min(precision, kMaxPrecision), std::min(scale, kMaxPrecision));
}

TypePtr sum_type(const Exprs& args) {
    const auto& type = *args[0]->type;
    switch (type.id()) {
        case TypeId::kDecimal: return bounded_decimal(type.precision() + 10, type.scale());
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong: return DataType::long_();
        case TypeId::kYearMonthInterval:
            return DataType::year_month_interval(type.start_field(), type.end_field());
        case TypeId::kDayTimeInterval:
            return DataType::day_time_interval(type.start_field(), type.end_field());
        default: return DataType::double_();
    }
}

TypePtr avg_type(const Exprs& args) {
    const auto& type = *args[0]->type;
    switch (type.id()) {
        case TypeId::kDecimal: return bounded_decimal(type.precision() + 4, type.scale() + 4);
        case TypeId::kYearMonthInterval: return DataType::year_month_interval();
        case TypeId::kDayTimeInterval: return DataType::day_time_interval();
        default: return DataType::double_();
    }
}

TypeRule fixed(TypePtr type) {
    return [type = std::move(type)](const Exprs&) { return type; };
}
TypePtr first_type(const Exprs& args) { return args[0]->type; }
TypePtr list_type(const Exprs& args) { return DataType::array(args[0]->type, false); }

// One value per percentage: an array where an array was asked for.
TypePtr approx_percentile_type(const Exprs& args) {
    bool many = args.size() > 1 && args[1]->type->is(TypeId::kArray);
    return many ? DataType::array(args[0]->type, false) : args[0]->type;
}

TypePtr histogram_type(const Exprs& args) {
    return DataType::array(
        DataType::struct_({{"x", args[0]->type, true, ""}, {"y", DataType::double_(), true, ""}}),
        true);
}

// Do equal values have the same bytes?
bool has_one_form(const DataType& type) {
    return !types::any_part(type, [](const DataType& part) {
        return part.is(TypeId::kMap) || (part.is_string() && !part.is_default_collation());
    });
}

void check_set_input(const FunctionDef& def, CallInput& input) {
    if (has_one_form(*input.args[0]->type)) return;
    raise_mismatch(def, input, "UNSUPPORTED_INPUT_TYPE",
        {{"functionName", quote_identifier(def.name)},
            {"dataType", "\"MAP\" or \"COLLATED STRING\""}});
}

class Aggregates {
public:
    explicit Aggregates(FunctionRegistry& registry) : registry_(registry) {}

    // `shown` is the name in column headers when it is not the function's own.
    void add(const std::string& name, std::vector<std::string> parameters, TypeRule type,
        const std::string& usage, bool nullable = true, std::string kernel = "",
        const std::string& shown = "") {
        FunctionDef def;
        def.name = name;
        if (!shown.empty()) {
            def.column_name = [shown](const std::vector<std::string>& args) {
                std::string out = shown + "(";
                for (size_t i = 0; i < args.size(); ++i) out += (i ? ", " : "") + args[i];
                return out + ")";
            };
        }
        def.group = "agg_funcs";
        def.kind = FunctionKind::kAggregate;
        def.usage = usage;
        if (kernel == "listagg") {
            def.column_name = [name](const std::vector<std::string>& args) {
                return name + "(" + args[0] + ", " + (args.size() > 1 ? args[1] : "NULL") + ")";
            };
        }
        count_parameters(parameters, &def);
        show_defaults(parameters, &def);
        if (kernel.empty()) kernel = name;
        def.bind = [parameters = std::move(parameters), type = std::move(type), nullable, kernel](
                       const FunctionDef& self, CallInput& input) -> ExprPtr {
            auto args = coerce_arguments(parameters, self, input);
            if (kernel == "collect_set") check_set_input(self, input);
            if (kernel == "percentile_approx") check_percentage(self, input, args[1]);
            auto result = type(args);
            auto out = std::make_shared<resolved::Aggregate>(
                kernel, std::move(args), std::move(result), nullable);
            out->ansi = input.context.ansi;
            out->distinct = input.distinct;
            return out;
        };
        registry_.add(std::move(def));
    }

    void add_bound(const std::string& name, int min_args, int max_args, BindFunction bind,
        const std::string& usage) {
        registry_.add(bound(name, min_args, max_args, std::move(bind), usage));
    }

    // first(x, TRUE): column headers leave the flag out.
    void add_flagged(const std::string& name, BindFunction bind, const std::string& usage) {
        auto def = bound(name, 1, 2, std::move(bind), usage);
        def.column_name = [name](const std::vector<std::string>& args) {
            return name + "(" + args[0] + ")";
        };
        registry_.add(std::move(def));
    }

private:
    static FunctionDef bound(const std::string& name, int min_args, int max_args, BindFunction bind,
        const std::string& usage) {
        FunctionDef def;
        def.name = name;
        def.group = "agg_funcs";
        def.kind = FunctionKind::kAggregate;
        def.usage = usage;
        def.min_args = min_args;
        def.max_args = max_args;
        def.bind = std::move(bind);
        return def;
    }

    // Headers show the arguments that were left out.
    static void show_defaults(const std::vector<std::string>& parameters, FunctionDef* def) {
        std::vector<std::string> defaults;
        for (const auto& p : parameters) {
            auto at = p.find("?=");
            defaults.push_back(at == std::string::npos ? "" : p.substr(at + 2));
        }
        if (def->column_name || defaults.empty() || defaults.back().empty()) return;
        def->column_name = [defaults, name = def->name](const std::vector<std::string>& args) {
            std::string out;
            for (size_t i = 0; i < defaults.size(); ++i)
                out += (i ? ", " : "") + (i < args.size() ? args[i] : defaults[i]);
            return name + "(" + out + ")";
        };
    }

    static void count_parameters(const std::vector<std::string>& parameters, FunctionDef* def) {
        for (const auto& p : parameters) {
            bool optional = p.find('?') != std::string::npos;
            def->max_args += 1;
            def->min_args += optional ? 0 : 1;
        }
    }

    FunctionRegistry& registry_;
};

// Without arguments (spark.sql.legacy.allowParameterlessCount) it counts nothing, as Spark has it.
ExprPtr bind_count(const FunctionDef&, CallInput& input) {
    auto args = input.args;
    if (args.empty()) args.push_back(null_constant(DataType::integer()));
    auto out = std::make_shared<resolved::Aggregate>("count", args, DataType::long_(), false);
    out->distinct = input.distinct;
    out->ansi = input.context.ansi;
    return out;
}

// first(x), first(x, TRUE): the flag ignores NULLs.
BindFunction bind_first_last(const std::string& kernel) {
    return [kernel](const FunctionDef& def, CallInput& input) -> ExprPtr {
        auto args = input.args;
        auto out = std::make_shared<resolved::Aggregate>(
            kernel, Exprs{args[0]}, args[0]->type, true);
        out->ignore_nulls = input.ignore_nulls;
        if (args.size() > 1) {
            const auto* flag = as_literal(args[1]);
            if (!flag || !flag->type->is(TypeId::kBoolean) || flag->value.is_null()) {
                raise_unexpected_type(def, input, 1, "\"BOOLEAN\"");
            }
            out->ignore_nulls = flag->value.as_bool();
        }
        out->ansi = input.context.ansi;
        return out;
    };
}

// max_by(x, y): the type of x.
BindFunction bind_by(const std::string& kernel) {
    return [kernel](const FunctionDef& def, CallInput& input) -> ExprPtr {
        if (!input.args[1]->type->is_orderable()) {
            raise_mismatch(def, input, "INVALID_ORDERING_TYPE",
                {{"functionName", quote_identifier(def.name)},
                    {"dataType", quoted_type(*input.args[1]->type)}});
        }
        auto type = input.args[0]->type;
        auto args = input.args;
        if (args.size() == 3) {
            args[2] = cast_to(args[2], DataType::integer(), input.context.ansi);
            auto rows = require_int(def, input, args[2], "k");
            if (rows < 1 || rows > kMaxTopRows) {
                raise_mismatch(def, input, "VALUE_OUT_OF_RANGE",
                    {{"exprName", "`k`"},
                        {"valueRange", "[1, " + std::to_string(kMaxTopRows) + "]"},
                        {"currentValue", std::to_string(rows)}});
            }
            type = DataType::array(type);
        }
        auto out = std::make_shared<resolved::Aggregate>(kernel, std::move(args), type, true);
        out->ansi = input.context.ansi;
        return out;
    };
}

// The mean of one of two arguments, of rows that have both.
BindFunction bind_regr_mean(size_t of) {
    return [of](const FunctionDef& def, CallInput& input) -> ExprPtr {
        auto args = coerce_arguments({"numeric", "numeric"}, def, input);
        auto has_other = make_call(input, "isnotnull", {args[1 - of]}, DataType::boolean(), false);
        auto value = make_call(input, "when", {has_other, args[of]}, args[of]->type, true);
        auto type = avg_type({value});
        auto out = std::make_shared<resolved::Aggregate>("avg", Exprs{value}, type, true);
        out->ansi = input.context.ansi;
        out->distinct = input.distinct;
        return out;
    };
}

BindFunction bind_extreme(const std::string& kernel) {
    return [kernel](const FunctionDef& def, CallInput& input) -> ExprPtr {
        if (!input.args[0]->type->is_orderable()) {
            raise_mismatch(def, input, "INVALID_ORDERING_TYPE",
                {{"functionName", quote_identifier(def.name)},
                    {"dataType", quoted_type(*input.args[0]->type)}});
        }
        auto out = std::make_shared<resolved::Aggregate>(
            kernel, input.args, input.args[0]->type, true);
        out->ansi = input.context.ansi;
        return out;
    };
}

// grouping() and grouping_id() are the analyzer's own: they need the grouping sets.
ExprPtr bind_grouping(const FunctionDef& def, CallInput&) {
    throw analysis_error("UNSUPPORTED_GROUPING_EXPRESSION", {{"functionName", def.name}});
}

void register_sums(Aggregates& a) {
    a.add_bound(
        "count", 0, -1, bind_count, "Number of rows, or of rows in which no argument is NULL.");
    a.add("sum", {"numeric|ansi_interval"}, sum_type, "Sum of the values.");
    a.add("try_sum", {"numeric|ansi_interval"}, sum_type,
        "Sum of the values; NULL when it overflows.");
    for (const char* name : {"avg", "mean"})
        a.add(name, {"numeric|ansi_interval"}, avg_type, "Mean of the values.", true, "avg");
    a.add("try_avg", {"numeric|ansi_interval"}, avg_type,
        "Mean of the values; NULL when it overflows.");
    a.add_bound("min", 1, 1, bind_extreme("min"), "Least value.");
    a.add_bound("max", 1, 1, bind_extreme("max"), "Greatest value.");
    a.add("count_if", {"boolean"}, fixed(DataType::long_()),
        "Number of rows for which the condition holds.", false);
    for (const char* name : {"approx_count_distinct"}) {
        a.add(name, {"any", "double?"}, fixed(DataType::long_()),
            "About the number of distinct values.", false);
    }
}

void register_statistics(Aggregates& a) {
    auto number = fixed(DataType::double_());
    for (const char* name : {"stddev", "std", "stddev_samp"})
        a.add(name, {"double"}, number, "Sample standard deviation.", true, "stddev_samp");
    a.add("stddev_pop", {"double"}, number, "Population standard deviation.");
    for (const char* name : {"variance", "var_samp"})
        a.add(name, {"double"}, number, "Sample variance.", true, "var_samp");
    a.add("var_pop", {"double"}, number, "Population variance.");
    a.add("skewness", {"double"}, number, "Skewness of the values.");
    a.add("kurtosis", {"double"}, number, "Excess kurtosis of the values.");
    // SQL has no such function; DataFrames call it "product".
    a.add("internal_product", {"double"}, number, "Product of the values.", true, "", "product");
    a.add("corr", {"double", "double"}, number, "Pearson's correlation of two columns.");
    a.add("covar_pop", {"double", "double"}, number, "Population covariance.");
    a.add("covar_samp", {"double", "double"}, number, "Sample covariance.");
    a.add_bound("regr_avgy", 2, 2, bind_regr_mean(0), "Mean of y where x is there.");
    a.add_bound("regr_avgx", 2, 2, bind_regr_mean(1), "Mean of x where y is there.");
    for (const char* name :
        {"regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy"}) {
        a.add(name, {"double", "double"}, number,
            "Least-squares regression of the first argument on the second.");
    }
    a.add(
        "regr_count", {"double", "double"}, fixed(DataType::long_()), "Pairs without NULL.", false);
    for (auto& f : order_statistics())
        a.add_bound(f.name, f.min_args, f.max_args, std::move(f.bind), f.usage);
    for (const char* name : {"percentile_approx", "approx_percentile"}) {
        a.add(name,
            {"numeric|date|timestamp|timestamp_ntz|ansi_interval", "double|array<double>",
                "int?=10000"},
            approx_percentile_type, "Percentile as one of the values.", true, "percentile_approx");
    }
    a.add("histogram_numeric", {"numeric|date|timestamp|timestamp_ntz|ansi_interval", "int"},
        histogram_type, "Histogram of n bins.");
}

void register_collections(Aggregates& a) {
    for (const char* name : {"collect_list", "array_agg"})
        a.add(name, {"any"}, list_type, "List of the values that are not NULL.", false,
            "collect_list", "collect_list");
    a.add("collect_set", {"any"}, list_type, "Distinct values that are not NULL.", false);
    for (const char* name : {"string_agg", "listagg"}) {
        a.add(name, {"string|binary", "string|binary?="}, first_type, "The values in one string.",
            true, "listagg");
    }
    for (const char* name : {"first", "first_value"})
        a.add_flagged(name, bind_first_last("first"), "First value.");
    for (const char* name : {"last", "last_value"})
        a.add_flagged(name, bind_first_last("last"), "Last value.");
    a.add_flagged("any_value", bind_first_last("first"), "Some value.");
    a.add("schema_of_variant_agg", {"variant"}, fixed(DataType::string()),
        "The schema that holds every VARIANT of the group.", false);
    a.add_bound("max_by", 2, 3, bind_by("max_by"),
        "Value of the first argument where the second is greatest.");
    a.add_bound("min_by", 2, 3, bind_by("min_by"),
        "Value of the first argument where the second is least.");
}

void register_bits(Aggregates& a) {
    auto boolean = fixed(DataType::boolean());
    for (const char* name : {"bool_and", "every"})
        a.add(name, {"boolean"}, boolean, "TRUE if every value is.", true, "bool_and");
    for (const char* name : {"bool_or", "some", "any"})
        a.add(name, {"boolean"}, boolean, "TRUE if some value is.", true, "bool_or");
    for (const char* name : {"bit_and", "bit_or", "bit_xor"})
        a.add(name, {"integral"}, first_type, "Bitwise over the values.");
    auto binary = fixed(DataType::binary());
    a.add(
        "bitmap_construct_agg", {"bigint"}, binary, "Bitmap with a bit for every position.", false);
    a.add("bitmap_or_agg", {"binary"}, binary, "Union of bitmaps.", false);
    a.add("bitmap_and_agg", {"binary"}, binary, "Intersection of bitmaps.", false);
    a.add_bound(
        "grouping", 1, 1, bind_grouping, "1 where the column is not part of the grouping set.");
    a.add_bound("grouping_id", 0, -1, bind_grouping, "Bits of grouping() over the columns.");
}

}  // namespace

void register_aggregate(FunctionRegistry& registry) {
    Aggregates aggregates(registry);
    register_sums(aggregates);
    register_statistics(aggregates);
    register_collections(aggregates);
    register_bits(aggregates);
}

}  // namespace hanok::analyzer

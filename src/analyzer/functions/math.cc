#include <algorithm>

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

constexpr int kMaxPrecision = 38;

// Type of round(decimal, scale): one more integral digit may be needed.
TypePtr rounded_decimal(const DataType& t, int64_t scale) {
    int least = t.precision() - t.scale() + 1;
    if (scale < 0) {
        auto digits = std::max<int64_t>(least, std::min<int64_t>(-scale, kMaxPrecision) + 1);
        return DataType::decimal(static_cast<int>(std::min<int64_t>(digits, kMaxPrecision)), 0);
    }
    int kept = static_cast<int>(std::min<int64_t>(t.scale(), scale));
    return DataType::decimal(std::min(least + kept, kMaxPrecision), kept);
}

int64_t rounding_scale(const FunctionDef& def, CallInput& input) {
    if (input.args.size() < 2) return 0;
    if (input.args[1]->type->is(TypeId::kNull)) return 0;
    if (!input.args[1]->type->is_integral()) {
        auto type = input.args[1]->type;
        if (!can_implicitly_cast(*type, *DataType::integer(), input.context.ansi)) {
            raise_unexpected_type(def, input, 1, "\"INT\"");
        }
    }
    return require_int(def, input, input.args[1], "scale");
}

ExprPtr bind_round(const FunctionDef& def, CallInput& input) {
    auto scale = rounding_scale(def, input);
    auto x = input.args[0];
    if (x->type->is_string() || x->type->is(TypeId::kNull))
        x = cast_to(x, DataType::double_(), input.context.ansi);
    if (!x->type->is_numeric()) raise_unexpected_type(def, input, 0, "\"NUMERIC\"");
    bool is_null = input.args.size() > 1 && input.args[1]->type->is(TypeId::kNull);
    auto type = x->type->is(TypeId::kDecimal) ? rounded_decimal(*x->type, scale) : x->type;
    if (is_null) return null_constant(type);
    return make_call(input, def.name, {x, int_constant(scale)}, type, true);
}

// ceil and floor: BIGINT or a decimal without digits behind the point; with a scale, always
// decimal.
ExprPtr bind_ceil_floor(const std::string& name, const FunctionDef& def, CallInput& input) {
    auto x = input.args[0];
    bool ansi = input.context.ansi;
    if (x->type->is_string() || x->type->is(TypeId::kNull))
        x = cast_to(x, DataType::double_(), ansi);
    if (!x->type->is_numeric()) {
        raise_unexpected_type(def, input, 0, "(\"DECIMAL\" or \"DOUBLE\" or \"BIGINT\")");
    }
    if (input.args.size() == 2) {
        if (!input.args[1]->type->is_integral() || !resolved::is_foldable(*input.args[1])) {
            throw analysis_error(
                "NON_FOLDABLE_ARGUMENT", {{"funcName", quote_identifier(input.name)},
                                             {"paramName", "`scale`"}, {"paramType", "\"INT\""}});
        }
        auto scale = rounding_scale(def, input);
        if (!x->type->is(TypeId::kDecimal)) {
            auto as_decimal = x->type->is_integral() ? DataType::decimal_for(*x->type)
                                                     : DataType::decimal(30, 15);
            if (x->type->is(TypeId::kFloat)) as_decimal = DataType::decimal(14, 7);
            x = cast_to(x, as_decimal, ansi);
        }
        return make_call(input, "round_" + name, {x, int_constant(scale)},
            rounded_decimal(*x->type, scale), true);
    }
    if (x->type->is(TypeId::kDecimal)) {
        int precision = std::min(x->type->precision() - x->type->scale() + 1, kMaxPrecision);
        return make_call(input, name, {x}, DataType::decimal(precision, 0), true);
    }
    if (x->type->is_integral()) x = cast_to(x, DataType::long_(), ansi);
    if (x->type->is(TypeId::kFloat)) x = cast_to(x, DataType::double_(), ansi);
    return make_call(input, name, {x}, DataType::long_(), true);
}

void add_ceil_floor(FunctionGroup& group, const std::string& name, const std::string& canonical,
    const std::string& usage) {
    std::string upper = types::to_upper(name);
    bool is_alias = name == "ceiling";
    group
        .custom(
            name, 1, 2,
            [canonical](const FunctionDef& def, CallInput& input) {
                return bind_ceil_floor(canonical, def, input);
            },
            usage)
        .column_name([name, upper, is_alias](const std::vector<std::string>& args) {
            if (args.size() == 2) return name + "(" + args[0] + ", " + args[1] + ")";
            return (is_alias ? name : upper) + "(" + (args.empty() ? "" : args[0]) + ")";
        });
}

void add_unary_double(FunctionGroup& group, const std::string& name, const std::string& label,
    const std::string& usage) {
    group.scalar(name, {"double"}, "double", usage).nulls(Nulls::kAlways).label(label);
}

void register_real_functions(FunctionGroup& group) {
    for (const auto* name : {"acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh",
             "cot", "csc", "sec", "sin", "sinh", "tan", "tanh"}) {
        add_unary_double(group, name, types::to_upper(name),
            std::string("The function ") + name + " of an angle or ratio.");
    }
    add_unary_double(group, "degrees", "DEGREES", "Radians as degrees.");
    add_unary_double(group, "radians", "RADIANS", "Degrees as radians.");
    add_unary_double(group, "cbrt", "CBRT", "Cube root.");
    add_unary_double(group, "exp", "EXP", "e raised to a power.");
    add_unary_double(group, "expm1", "EXPM1", "e raised to a power, minus 1.");
    add_unary_double(group, "ln", "ln", "Natural logarithm; NULL when there is none.");
    add_unary_double(group, "log10", "LOG10", "Logarithm to base 10; NULL when there is none.");
    add_unary_double(group, "log2", "LOG2", "Logarithm to base 2; NULL when there is none.");
    add_unary_double(
        group, "log1p", "LOG1P", "Natural logarithm of 1 + x; NULL when there is none.");
    add_unary_double(
        group, "rint", "rint", "The nearest integer as a double; ties go to the even one.");
    add_unary_double(group, "sqrt", "SQRT", "Square root; NaN of a negative number.");
    for (const auto& [name, label] : {std::pair{"signum", "SIGNUM"}, std::pair{"sign", "sign"}}) {
        group
            .scalar(name, {"double|ansi_interval"}, "double",
                "-1.0, 0.0 or 1.0 as the value is negative, zero or positive.")
            .rewrite([](Exprs args, CallInput& input) {
                return make_call(input, "signum", {args[0]}, DataType::double_(), true);
            })
            .label(label);
    }
    group
        .scalar("log", {"double", "double?"}, "double",
            "Logarithm of the second value to the base of the first.")
        .rewrite([](Exprs args, CallInput& input) {
            std::string kernel = args.size() == 1 ? "ln" : "log";
            return make_call(input, kernel, std::move(args), DataType::double_(), true);
        })
        .column_name([](const std::vector<std::string>& args) {
            if (args.size() < 2) return "ln(" + (args.empty() ? "" : args[0]) + ")";
            return "LOG(" + args[0] + ", " + args[1] + ")";
        });
    group.scalar("pow", {"double", "double"}, "double", "The first value raised to the second.");
    group.scalar("power", {"double", "double"}, "double", "The first value raised to the second.")
        .kernel("pow")
        .label("POWER");
    group.scalar("atan2", {"double", "double"}, "double", "Angle of the point (second, first).")
        .label("ATAN2");
    group.scalar("hypot", {"double", "double"}, "double", "Length of the hypotenuse.")
        .label("HYPOT");
    group.scalar("e", {}, "double", "Euler's number.").label("E");
    group.scalar("pi", {}, "double", "Pi.").label("PI");
}

ExprPtr bind_abs(const FunctionDef& def, CallInput& input) {
    auto x = input.args[0];
    if (x->type->is_string() || x->type->is(TypeId::kNull))
        x = cast_to(x, DataType::double_(), input.context.ansi);
    if (!x->type->is_numeric() && !x->type->is_ansi_interval()) {
        raise_unexpected_type(def, input, 0,
            "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")");
    }
    return make_call(input, "abs", {x}, x->type, x->nullable);
}

ExprPtr random_seed(const ExprPtr& e, CallInput& input) {
    if (e->type->is(TypeId::kNull)) return make_literal(DataType::long_(), types::int_value(0));
    return cast_to(e, DataType::long_(), input.context.ansi);
}

ExprPtr random_call(CallInput& input, const std::string& name, Exprs args, TypePtr type) {
    auto call = std::make_shared<resolved::Call>(name, std::move(args), std::move(type), false);
    call->ansi = input.context.ansi;
    call->origin = input.origin;
    call->deterministic = false;
    return call;
}

void add_random(FunctionGroup& group, const std::string& name, const std::string& kernel,
    const std::string& usage) {
    group
        .custom(
            name, 0, 1,
            [kernel](const FunctionDef& def, CallInput& input) {
                Exprs args;
                if (input.args.size() == 1) {
                    if (!input.args[0]->type->is(TypeId::kNull))
                        require_int(def, input, input.args[0], "seed");
                    args.push_back(random_seed(input.args[0], input));
                }
                return random_call(input, kernel, std::move(args), DataType::double_());
            },
            usage)
        .nondeterministic()
        .label(kernel);
}

TypePtr uniform_type(const FunctionDef& def, CallInput& input) {
    for (size_t i = 0; i < 2; ++i) {
        if (!input.args[i]->type->is_numeric() && !input.args[i]->type->is(TypeId::kNull)) {
            raise_unexpected_type(def, input, i, "integer or floating-point");
        }
    }
    return common_type(def, input, {input.args[0], input.args[1]});
}

ExprPtr bind_uniform(const FunctionDef& def, CallInput& input) {
    auto type = uniform_type(def, input);
    Exprs args = {cast_to(input.args[0], DataType::double_(), input.context.ansi),
        cast_to(input.args[1], DataType::double_(), input.context.ansi)};
    if (input.args.size() == 3) args.push_back(random_seed(input.args[2], input));
    auto drawn = random_call(input, "uniform", std::move(args), DataType::double_());
    if (type->is(TypeId::kDouble)) return drawn;
    return std::make_shared<resolved::Cast>(
        drawn, type, resolved::CastMode::kLegacy, any_nullable(input.args));
}

void register_integer_functions(FunctionGroup& group) {
    group.scalar("bin", {"bigint"}, "string", "A BIGINT in binary digits.");
    group.scalar("hex", {"bigint|binary|string"}, "string",
        "A number or the bytes of a value in hexadecimal digits.");
    group.scalar("unhex", {"string"}, "binary", "The bytes that hexadecimal digits stand for.")
        .nulls(Nulls::kAlways);
    group
        .scalar("conv", {"string", "int", "int"}, "string",
            "A number text converted from one base to another.")
        .nulls(Nulls::kAlways);
    group.scalar("factorial", {"int"}, "bigint", "Factorial; NULL outside 0 to 20.")
        .nulls(Nulls::kAlways);
    group
        .scalar("width_bucket",
            {"double|ansi_interval", "double|ansi_interval", "double|ansi_interval", "bigint"},
            "bigint", "Number of the bucket into which a value falls.")
        .nulls(Nulls::kAlways);
}

}  // namespace

void register_math(FunctionRegistry& registry) {
    FunctionGroup group(registry, "math_funcs");
    register_real_functions(group);
    register_integer_functions(group);
    group.custom("abs", 1, 1, bind_abs, "Absolute value.");
    for (const auto* name : {"round", "bround"}) {
        std::string text = name;
        group
            .custom(name, 1, 2, bind_round,
                text == "round" ? "Rounds to a number of digits, half away from zero."
                                : "Rounds to a number of digits, half to the even digit.")
            .column_name([text](const std::vector<std::string>& args) {
                return text + "(" + (args.empty() ? "" : args[0]) + ", " +
                       (args.size() > 1 ? args[1] : "0") + ")";
            });
    }
    add_ceil_floor(group, "ceil", "ceil", "The least integer that is not smaller.");
    add_ceil_floor(group, "ceiling", "ceil", "The least integer that is not smaller.");
    add_ceil_floor(group, "floor", "floor", "The greatest integer that is not larger.");
    add_random(group, "rand", "rand", "A random number in [0, 1).");
    add_random(group, "random", "rand", "A random number in [0, 1).");
    add_random(group, "randn", "randn", "A random number of the standard normal distribution.");
    group.custom("uniform", 2, 3, bind_uniform, "A random number between two bounds.")
        .nondeterministic();
}

}  // namespace hanok::analyzer

#include "analyzer/functions/arithmetic.h"

#include <algorithm>

#include "analyzer/coercion.h"
#include "analyzer/functions/datetime_arithmetic.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

bool is_interval(const DataType& t) {
    return t.is_ansi_interval() || t.is(TypeId::kCalendarInterval);
}

// Dates and times are added and subtracted alone.
bool is_datetime_arithmetic(const std::string& op, const DataType& a, const DataType& b) {
    bool adds = op == "+" || op == "-";
    auto special = [adds](const DataType& t) {
        return is_interval(t) || (adds && (t.is_datetime() || t.is(TypeId::kTime)));
    };
    return special(a) || special(b);
}

int digits_of(int64_t value) {
    int digits = 1;
    for (auto v = static_cast<uint64_t>(value < 0 ? -value : value); v >= 10; v /= 10) ++digits;
    return digits;
}

}  // namespace

ExprPtr integral_to_decimal(const ExprPtr& e, bool ansi) {
    if (const auto* literal = as_literal(e); literal != nullptr && !literal->value.is_null()) {
        return cast_to(e, DataType::decimal(digits_of(literal->value.as_int()), 0), ansi);
    }
    return cast_to(e, DataType::decimal_for(*e->type), ansi);
}

namespace {

// Strings and NULLs take the number type that the other side asks for.
TypePtr numeric_partner(const DataType& string_or_null, const DataType& other, bool ansi) {
    if (string_or_null.is(TypeId::kNull))
        return other.is_numeric() ? std::make_shared<DataType>(other) : DataType::double_();
    if (!ansi) return DataType::double_();
    if (other.is_integral()) return DataType::long_();
    return DataType::double_();
}

void coerce_numeric(const FunctionDef& def, CallInput& input, const std::string& op) {
    bool ansi = input.context.ansi;
    auto& args = input.args;
    for (size_t i = 0; i < 2; ++i) {
        const auto& t = *args[i]->type;
        const auto& other = *args[1 - i]->type;
        if (t.is(TypeId::kNull) || (t.is_string() && (other.is_numeric() || !ansi))) {
            args[i] = cast_to(args[i], numeric_partner(t, other, ansi), ansi);
        }
    }
    for (size_t i = 0; i < 2; ++i) {
        if (!args[i]->type->is_numeric()) {
            // A string takes the other side's type in ANSI mode.
            bool promoted = ansi && (args[0]->type->is_string() || args[1]->type->is_string());
            if (!promoted && !args[1 - i]->type->same_type(*args[i]->type)) {
                raise_mismatch(def, input, "BINARY_OP_DIFF_TYPES",
                    {{"left", quoted_type(*args[0]->type)},
                        {"right", quoted_type(*args[1]->type)}});
            }
            raise_mismatch(def, input, "BINARY_OP_WRONG_TYPE",
                {{"inputType",
                     op == "/" ? "(\"DOUBLE\" or \"DECIMAL\")"
                     : op == "+" || op == "-"
                         ? "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO "
                           "MONTH\" or \"INTERVAL\")"
                         : "\"NUMERIC\""},
                    {"actualDataType", quoted_type(*args[i]->type)}});
        }
    }
}

ExprPtr arithmetic_call(
    const CallInput& input, const std::string& op, bool is_try, Exprs args, TypePtr type) {
    bool divides = op == "/" || op == "%" || op == "div" || op == "pmod";
    bool may_be_null = any_nullable(args) || divides || is_try ||
                       (type->is(TypeId::kDecimal) && !input.context.ansi);
    return make_call(
        input, is_try ? "try_" + op : op, std::move(args), std::move(type), may_be_null);
}

ExprPtr bind_decimal(CallInput& input, const std::string& op, bool is_try) {
    Exprs args = input.args;
    for (auto& a : args) {
        if (a->type->is_integral()) a = integral_to_decimal(a, input.context.ansi);
    }
    bool loses_precision = !input.context.conf ||
                           input.context.conf("spark.sql.decimalOperations.allowPrecisionLoss") !=
                               "false";
    auto type = op == "div" ? DataType::long_()
                            : decimal_result(op, *args[0]->type, *args[1]->type, loses_precision);
    return arithmetic_call(input, op, is_try, std::move(args), type);
}

}  // namespace

namespace {

// What does not fit into 38 digits is cut off at the left, and at the right.
TypePtr bounded(int precision, int scale) {
    constexpr int kMost = 38;
    return DataType::decimal(std::min(precision, kMost), std::min(scale, kMost));
}

TypePtr exact_quotient(const DataType& a, const DataType& b) {
    constexpr int kMost = 38;
    int integral = std::min(kMost, a.precision() - a.scale() + b.scale());
    int fraction = std::min(kMost, std::max(6, a.scale() + b.precision() + 1));
    int excess = integral + fraction - kMost;
    if (excess > 0) {
        fraction -= excess / 2 + 1;
        integral = kMost - fraction;
    }
    return bounded(integral + fraction, fraction);
}

}  // namespace

TypePtr decimal_result(
    const std::string& op, const DataType& a, const DataType& b, bool loses_precision) {
    auto made = loses_precision ? adjust_precision_scale : bounded;
    int p1 = a.precision(), s1 = a.scale(), p2 = b.precision(), s2 = b.scale();
    if (op == "+" || op == "-") {
        int scale = std::max(s1, s2);
        return made(std::max(p1 - s1, p2 - s2) + scale + 1, scale);
    }
    if (op == "*") return made(p1 + p2 + 1, s1 + s2);
    if (op == "/" && !loses_precision) return exact_quotient(a, b);
    if (op == "/") {
        int scale = std::max(6, s1 + p2 + 1);
        return made(p1 - s1 + s2 + scale, scale);
    }
    int scale = std::max(s1, s2);
    return made(std::min(p1 - s1, p2 - s2) + scale, scale);
}

ExprPtr bind_arithmetic(
    const FunctionDef& def, CallInput& input, const std::string& op, bool is_try) {
    auto& args = input.args;
    if (is_datetime_arithmetic(op, *args[0]->type, *args[1]->type)) {
        return bind_datetime_arithmetic(def, input, op, is_try);
    }
    coerce_numeric(def, input, op);
    const auto& a = *args[0]->type;
    const auto& b = *args[1]->type;
    bool ansi = input.context.ansi;
    bool floating = a.is(TypeId::kFloat) || a.is(TypeId::kDouble) || b.is(TypeId::kFloat) ||
                    b.is(TypeId::kDouble);
    bool decimal = a.is(TypeId::kDecimal) || b.is(TypeId::kDecimal);
    if (decimal && !floating) return bind_decimal(input, op, is_try);
    if (op == "/") {
        return arithmetic_call(input, op, is_try,
            {cast_to(args[0], DataType::double_(), ansi),
                cast_to(args[1], DataType::double_(), ansi)},
            DataType::double_());
    }
    if (op == "div") {
        bool one_type = a.same_type(b);
        if (floating && !one_type) {
            raise_mismatch(def, input, "BINARY_OP_DIFF_TYPES",
                {{"left", quoted_type(a)}, {"right", quoted_type(b)}});
        }
        if (floating) {
            raise_mismatch(def, input, "BINARY_OP_WRONG_TYPE",
                {{"inputType",
                     "(\"BIGINT\" or \"DECIMAL\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR "
                     "TO MONTH\")"},
                    {"actualDataType", quoted_type(a)}});
        }
        return arithmetic_call(input, op, is_try,
            {cast_to(args[0], DataType::long_(), ansi), cast_to(args[1], DataType::long_(), ansi)},
            DataType::long_());
    }
    auto type = decimal ? DataType::double_() : wider_type(args[0]->type, args[1]->type, ansi);
    return arithmetic_call(
        input, op, is_try, {cast_to(args[0], type, ansi), cast_to(args[1], type, ansi)}, type);
}

namespace {

ExprPtr bind_negative(const FunctionDef& def, CallInput& input) {
    const auto& t = *input.args[0]->type;
    if (!t.is_numeric() && !is_interval(t)) {
        if (!t.is_string() && !t.is(TypeId::kNull)) {
            raise_unexpected_type(def, input, 0,
                "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or "
                "\"INTERVAL\")");
        }
        input.args[0] = cast_to(input.args[0], DataType::double_(), input.context.ansi);
    }
    auto type = input.args[0]->type;
    bool nullable = input.args[0]->nullable;
    return make_call(input, "negative", input.args, type, nullable);
}

std::string infix(const std::string& op, const std::vector<std::string>& args) {
    if (args.size() == 1) return "(" + op + " " + args[0] + ")";
    return args.size() == 2 ? "(" + args[0] + " " + op + " " + args[1] + ")" : op;
}

void add_operator(FunctionGroup& group, const std::string& op, const std::string& usage) {
    bool has_unary = op == "+" || op == "-";
    group
        .custom(
            op, has_unary ? 1 : 2, 2,
            [op](const FunctionDef& def, CallInput& input) -> ExprPtr {
                if (input.args.size() == 2) return bind_arithmetic(def, input, op, false);
                auto negated = bind_negative(def, input);
                return op == "-" ? negated : input.args[0];
            },
            usage)
        .column_name([op](const std::vector<std::string>& args) { return infix(op, args); });
}

}  // namespace

void register_arithmetic(FunctionRegistry& registry) {
    FunctionGroup math(registry, "math_funcs");
    add_operator(math, "+", "Sum of two values; of a date or timestamp and an interval.");
    add_operator(math, "-", "Difference of two values; of dates, timestamps and intervals.");
    add_operator(math, "*", "Product of two numbers, or of an interval and a number.");
    add_operator(
        math, "/", "Quotient; never an integral type. Dividing by zero is an error in ANSI mode.");
    add_operator(math, "%", "Remainder of a division, with the sign of the dividend.");
    add_operator(math, "div", "Integral part of a quotient, as BIGINT.");
    for (const auto& [name, op] : {std::pair{"mod", "%"}, std::pair{"pmod", "pmod"}}) {
        std::string symbol = op;
        math.custom(
            name, 2, 2,
            [symbol](const FunctionDef& def, CallInput& input) {
                return bind_arithmetic(def, input, symbol, false);
            },
            symbol == "%" ? "Remainder of a division, with the sign of the dividend."
                          : "Remainder of a division, never negative for a positive divisor.");
    }
    for (const auto& [name, op] :
        {std::pair{"try_add", "+"}, std::pair{"try_subtract", "-"}, std::pair{"try_multiply", "*"},
            std::pair{"try_divide", "/"}, std::pair{"try_mod", "%"}}) {
        std::string symbol = op;
        math.custom(
            name, 2, 2,
            [symbol](const FunctionDef& def, CallInput& input) {
                return bind_arithmetic(def, input, symbol, true);
            },
            "Like " + symbol + ", but NULL where that raises an error.");
    }
    math.custom("negative", 1, 1, bind_negative, "The value with its sign turned.");
    math.custom(
            "positive", 1, 1,
            [](const FunctionDef& def, CallInput& input) {
                bind_negative(def, input);
                return input.args[0];
            },
            "The value itself.")
        .column_name([](const std::vector<std::string>& args) { return "(+ " + args[0] + ")"; });
}

}  // namespace hanok::analyzer

// Comparisons, IN, BETWEEN, LIKE, AND/OR/NOT, bit operators.

#include "analyzer/coercion.h"
#include "analyzer/functions/arithmetic.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

// Legacy mode compares a string with a number as numbers, with a date as dates.
TypePtr legacy_comparison_type(const TypePtr& a, const TypePtr& b) {
    const auto& other = a->is_string() ? b : a;
    if (!a->is_string() && !b->is_string()) return nullptr;
    if (other->is_string() || other->is_nested() || other->is(TypeId::kNull)) return nullptr;
    if (other->is(TypeId::kDecimal)) return DataType::double_();
    if (other->is(TypeId::kBinary)) return DataType::binary();
    return other;
}

TypePtr comparison_type(const ExprPtr& a, const ExprPtr& b, bool ansi) {
    if (!ansi) {
        // Which interval a string would be is not known.
        bool has_text = a->type->is_string() || b->type->is_string();
        if (has_text && (a->type->is_ansi_interval() || b->type->is_ansi_interval()))
            return nullptr;
        if (auto type = legacy_comparison_type(a->type, b->type)) return type;
    }
    return wider_type(a->type, b->type, ansi);
}

std::string infix_name(const std::string& op, const std::vector<std::string>& args) {
    return args.size() == 2 ? "(" + args[0] + " " + op + " " + args[1] + ")" : op;
}

// An integer compared with a decimal literal is compared with the next integer: a > 1.5 is a > 1.
ExprPtr next_integer(const resolved::Literal& literal, bool upwards) {
    types::Int128 unit = 1;
    for (int i = 0; i < literal.type->scale(); ++i) unit *= 10;
    auto value = literal.value.as_decimal();
    auto whole = value / unit;
    if (value % unit != 0) {
        if (upwards && value > 0) ++whole;
        if (!upwards && value < 0) --whole;
    }
    if (whole > INT64_MAX || whole < INT64_MIN) return nullptr;
    return make_literal(DataType::long_(), types::int_value(static_cast<int64_t>(whole)));
}

const resolved::Literal* decimal_literal(const ExprPtr& e) {
    if (e->kind != resolved::ExprKind::kLiteral || !e->type->is(TypeId::kDecimal)) return nullptr;
    const auto& literal = e->as<resolved::Literal>();
    return literal.value.is_null() ? nullptr : &literal;
}

void compare_as_integers(CallInput& input, const std::string& op) {
    auto& args = input.args;
    const auto* right = decimal_literal(args[1]);
    const auto* left = decimal_literal(args[0]);
    bool up_on_right = op == ">=" || op == "<";
    ExprPtr whole;
    if (right && args[0]->type->is_integral()) {
        whole = next_integer(*right, up_on_right);
        if (whole) args[1] = whole;
    } else if (left && args[1]->type->is_integral()) {
        whole = next_integer(*left, !up_on_right);
        if (whole) args[0] = whole;
    }
    if (!whole) return;
    input.shown_name = infix_name(op, {expression_name(*args[0]), expression_name(*args[1])});
}

void add_comparison(FunctionGroup& group, const std::string& op, const std::string& canonical,
    const std::string& usage) {
    bool equality = canonical == "=" || canonical == "<=>" || canonical == "!=";
    group
        .custom(
            op, 2, 2,
            [canonical, equality](const FunctionDef& def, CallInput& input) {
                if (!equality) compare_as_integers(input, canonical);
                coerce_comparison(def, input, equality);
                bool nullable = canonical != "<=>" && any_nullable(input.args);
                if (canonical != "!=")
                    return make_call(input, canonical, input.args, DataType::boolean(), nullable);
                auto equal = make_call(input, "=", input.args, DataType::boolean(), nullable);
                return make_call(input, "not", {equal}, DataType::boolean(), nullable);
            },
            usage)
        .column_name([canonical](const std::vector<std::string>& args) {
            return canonical == "!=" ? "(NOT " + infix_name("=", args) + ")"
                                     : infix_name(canonical, args);
        });
}

ExprPtr bind_in(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    TypePtr type = args[0]->type;
    std::vector<TypePtr> all;
    for (const auto& a : args) all.push_back(a->type);
    type = args.size() == 2 ? comparison_type(args[0], args[1], input.context.ansi)
                            : wider_type(all, input.context.ansi);
    if (!type) type = common_type(def, input, args);
    for (auto& a : args) a = cast_to(a, type, input.context.ansi);
    bool nullable = any_nullable(args);
    return make_call(input, "in", args, DataType::boolean(), nullable);
}

// x BETWEEN low AND high is (x >= low) AND (x <= high).
ExprPtr bind_between(const FunctionDef& def, CallInput& input) {
    Exprs both;
    for (size_t i = 1; i <= 2; ++i) {
        CallInput side = input;
        side.name = i == 1 ? ">=" : "<=";
        side.args = {input.args[0], input.args[i]};
        coerce_comparison(def, side, false);
        both.push_back(
            make_call(side, side.name, side.args, DataType::boolean(), any_nullable(side.args)));
    }
    bool nullable = any_nullable(both);
    return make_call(input, "and", both, DataType::boolean(), nullable);
}

ExprPtr bind_bitwise(const std::string& op, const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    for (auto& a : args) {
        if (a->type->is(TypeId::kNull)) a = cast_to(a, DataType::integer(), input.context.ansi);
        if (a->type->is_string()) a = cast_to(a, DataType::long_(), input.context.ansi);
    }
    for (const auto& a : args) {
        if (a->type->is_integral()) continue;
        if (args.size() == 1) raise_unexpected_type(def, input, 0, "\"INTEGRAL\"");
        if (!args[0]->type->same_type(*args[1]->type)) {
            raise_mismatch(def, input, "BINARY_OP_DIFF_TYPES",
                {{"left", quoted_type(*args[0]->type)}, {"right", quoted_type(*args[1]->type)}});
        }
        raise_mismatch(def, input, "BINARY_OP_WRONG_TYPE",
            {{"inputType", "\"INTEGRAL\""}, {"actualDataType", quoted_type(*a->type)}});
    }
    auto type = args.size() == 1 ? args[0]->type
                                 : wider_type(args[0]->type, args[1]->type, input.context.ansi);
    for (auto& a : args) a = cast_to(a, type, input.context.ansi);
    bool nullable = any_nullable(args);
    return make_call(input, op, args, type, nullable);
}

void add_bitwise(FunctionGroup& group, const std::string& op, const std::string& usage) {
    int arity = op == "~" ? 1 : 2;
    group
        .custom(
            op, arity, arity,
            [op](const FunctionDef& def, CallInput& input) { return bind_bitwise(op, def, input); },
            usage)
        .column_name([op](const std::vector<std::string>& args) {
            return args.size() == 1 ? op + args[0] : infix_name(op, args);
        });
}

void add_logic(FunctionGroup& group) {
    for (const auto* name : {"and", "or"}) {
        std::string upper = types::to_upper(name);
        group
            .scalar(name, {"boolean", "boolean"}, "boolean",
                std::string("Logical ") + upper + " with SQL's three-valued logic.")
            .column_name([upper](const std::vector<std::string>& args) {
                std::string out = args.empty() ? "" : args[0];
                for (size_t i = 1; i < args.size(); ++i)
                    out = "(" + out + " " + upper + " " + args[i] + ")";
                return out;
            });
    }
    for (const auto* name : {"not", "!"}) {
        group.scalar(name, {"boolean"}, "boolean", "Logical negation.")
            .kernel("not")
            .column_name(
                [](const std::vector<std::string>& args) { return "(NOT " + args[0] + ")"; });
    }
}

void add_null_tests(FunctionGroup& group) {
    group.scalar("isnull", {"any"}, "boolean", "True for NULL.")
        .nulls(Nulls::kNever)
        .column_name(
            [](const std::vector<std::string>& args) { return "(" + args[0] + " IS NULL)"; });
    group.scalar("isnotnull", {"any"}, "boolean", "True for anything but NULL.")
        .nulls(Nulls::kNever)
        .column_name(
            [](const std::vector<std::string>& args) { return "(" + args[0] + " IS NOT NULL)"; });
    group.scalar("isnan", {"double|float"}, "boolean", "True for NaN; false for NULL.")
        .nulls(Nulls::kNever);
    group.custom(
        "equal_null", 2, 2,
        [](const FunctionDef& def, CallInput& input) {
            coerce_comparison(def, input, true);
            return make_call(input, "<=>", input.args, DataType::boolean(), false);
        },
        "Equality that treats two NULLs as equal.");
}

void add_patterns(FunctionGroup& group) {
    group
        .scalar(
            "like", {"string", "string", "string?"}, "boolean", "SQL pattern match with % and _.")
        .column_name([](const std::vector<std::string>& args) {
            if (args.size() < 2) return std::string("like()");
            auto name = args[0] + " LIKE " + args[1];
            return args.size() > 2 ? name + " ESCAPE '" + args[2] + "'" : name;
        });
    group
        .scalar("ilike", {"string", "string", "string?"}, "boolean",
            "SQL pattern match that ignores case.")
        .column_name([](const std::vector<std::string>& args) {
            return args.size() < 2 ? std::string("ilike()")
                                   : "ilike(" + args[0] + ", " + args[1] + ")";
        });
    for (const auto* name : {"rlike", "regexp", "regexp_like"}) {
        group
            .scalar(name, {"string", "string"}, "boolean",
                "True when the regular expression is found in the string.")
            .kernel("rlike")
            .label(types::to_upper(name));
    }
}

}  // namespace

void coerce_comparison(const FunctionDef& def, CallInput& input, bool equality_only) {
    auto& args = input.args;
    // An integral constant beside a decimal takes the digits it needs.
    for (size_t i = 0; i < 2; ++i) {
        if (args[i]->kind == resolved::ExprKind::kLiteral && args[i]->type->is_integral() &&
            args[1 - i]->type->is(TypeId::kDecimal) && !args[i]->nullable)
            args[i] = integral_to_decimal(args[i], input.context.ansi);
    }
    auto type = comparison_type(args[0], args[1], input.context.ansi);
    if (!type && args[0]->type->same_structure(*args[1]->type)) type = args[0]->type;
    if (!type) {
        raise_mismatch(def, input, "BINARY_OP_DIFF_TYPES",
            {{"left", quoted_type(*args[0]->type)}, {"right", quoted_type(*args[1]->type)}});
    }
    bool ok = equality_only ? type->is_comparable_for_equality() : type->is_orderable();
    if (!ok) {
        raise_mismatch(def, input, "INVALID_ORDERING_TYPE",
            {{"functionName", quote_identifier(def.name)}, {"dataType", quoted_type(*type)}});
    }
    for (auto& a : args) a = cast_to(a, type, input.context.ansi);
}

void register_comparisons(FunctionRegistry& registry) {
    FunctionGroup predicates(registry, "predicate_funcs");
    add_comparison(predicates, "=", "=", "Equality; NULL if a side is NULL.");
    add_comparison(predicates, "==", "=", "Equality; NULL if a side is NULL.");
    add_comparison(predicates, "<=>", "<=>", "Equality that treats two NULLs as equal.");
    add_comparison(predicates, "!=", "!=", "Inequality; NULL if a side is NULL.");
    add_comparison(predicates, "<>", "!=", "Inequality; NULL if a side is NULL.");
    add_comparison(predicates, "<", "<", "Less than.");
    add_comparison(predicates, "<=", "<=", "Less than or equal.");
    add_comparison(predicates, ">", ">", "Greater than.");
    add_comparison(predicates, ">=", ">=", "Greater than or equal.");
    add_logic(predicates);
    add_null_tests(predicates);
    add_patterns(predicates);
    predicates.custom("in", 1, -1, bind_in, "True when the first value equals one of the others.")
        .column_name([](const std::vector<std::string>& args) {
            std::string out = "(" + (args.empty() ? "" : args[0]) + " IN (";
            for (size_t i = 1; i < args.size(); ++i) out += (i > 1 ? ", " : "") + args[i];
            return out + "))";
        });
    predicates.custom("between", 3, 3, bind_between,
        "True when the value lies between two bounds, both included.");

    FunctionGroup bits(registry, "bitwise_funcs");
    add_bitwise(bits, "&", "Bitwise AND.");
    add_bitwise(bits, "|", "Bitwise OR.");
    add_bitwise(bits, "^", "Bitwise exclusive OR.");
    add_bitwise(bits, "~", "Bitwise NOT.");
    for (const auto& [name, op] : {std::pair{"shiftleft", "<<"}, std::pair{"shiftright", ">>"},
             std::pair{"shiftrightunsigned", ">>>"}}) {
        std::string symbol = op;
        bits.scalar(name, {"int|bigint", "int"}, "arg0", "Shifts the bits of an integer.");
        bits.scalar(op, {"int|bigint", "int"}, "arg0", "Shifts the bits of an integer.")
            .kernel(name)
            .column_name([symbol](const std::vector<std::string>& args) {
                return infix_name(symbol, args);
            });
    }
    bits.scalar("bit_count", {"=integral|=boolean"}, "int", "Number of bits that are set.");
    bits.scalar("bit_get", {"integral", "int"}, "tinyint",
            "The bit at a position, counted from the right.")
        .aliases({"getbit"});
}

void register_operators(FunctionRegistry& registry) {
    register_arithmetic(registry);
    register_comparisons(registry);
}

}  // namespace hanok::analyzer

// Operators: DuckDB's own where they agree with Spark's, kernels elsewhere.

#include <algorithm>
#include <duckdb/parser/expression/list.hpp>

#include "engine/functions/groups.h"

namespace hanok::engine {

using duckdb::ExpressionType;
using types::TypeId;

namespace {

const types::DataType& type_of(const resolved::Call& call, size_t i) { return *call.args[i]->type; }

bool is_floating(const types::DataType& t) { return t.is(TypeId::kFloat) || t.is(TypeId::kDouble); }

// How a kernel behaves where there is no result. Passed as its last argument.
enum Mode { kRaise = 0, kNull = 1, kWrap = 2 };

Mode mode_of(const resolved::Call& call) {
    if (call.function.starts_with("try_")) return kNull;
    return call.ansi ? kRaise : kWrap;
}

// Kernels over decimals take inputs of 64 or 128 bits.
DuckExpr wide_decimal(DuckExpr e, const types::DataType& t) {
    if (t.precision() >= 10) return e;
    return duck_cast(
        std::move(e), duckdb::LogicalType::DECIMAL(18, static_cast<uint8_t>(t.scale())));
}

// Sums and products whose type was not capped at 38 digits.
bool always_fits(const std::string& op, const resolved::Call& call) {
    if (op != "add" && op != "subtract" && op != "multiply") return false;
    int s1 = type_of(call, 0).scale(), s2 = type_of(call, 1).scale();
    return call.type->precision() < 38 &&
           call.type->scale() == (op == "multiply" ? s1 + s2 : std::max(s1, s2));
}

DuckExpr lower_decimal(const std::string& op, const resolved::Call& call, DuckExprs args) {
    const auto& type = *call.type;
    int precision = type.is(TypeId::kDecimal) ? type.precision() : 38;
    int scale = type.is(TypeId::kDecimal) ? type.scale() : 0;
    bool narrow = precision < 10;
    int spec = ((narrow ? 18 : precision) * 100 + scale) * 10 +
               (mode_of(call) == kRaise ? kRaise : kNull);
    for (size_t i = 0; i < 2; ++i) args[i] = wide_decimal(std::move(args[i]), type_of(call, i));
    args.push_back(duck_constant(duckdb::Value::INTEGER(spec)));
    auto result = duck_call(
        "spark_decimal_" + op + (always_fits(op, call) ? "_exact" : ""), std::move(args));
    if (!type.is(TypeId::kDecimal)) return result;
    if (!narrow) return result;
    return duck_cast(std::move(result),
        duckdb::LogicalType::DECIMAL(static_cast<uint8_t>(precision), static_cast<uint8_t>(scale)));
}

struct Arithmetic {
    std::string symbol;
    std::string kernel;  // add, subtract, …
};

LowerFunction arithmetic(const Arithmetic& op) {
    return [op](const LowerContext&, const resolved::Call& call, DuckExprs args) -> DuckExpr {
        const auto& a = type_of(call, 0);
        if (a.is(TypeId::kDecimal)) return lower_decimal(op.kernel, call, std::move(args));
        bool native = is_floating(a) && (op.symbol == "+" || op.symbol == "-" || op.symbol == "*");
        if (native) return duck_call(op.symbol, std::move(args));
        args.push_back(duck_constant(duckdb::Value::TINYINT(static_cast<int8_t>(mode_of(call)))));
        return duck_call("spark_" + op.kernel, std::move(args));
    };
}

LowerFunction comparison(ExpressionType type) {
    return [type](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return duck_compare(type, std::move(args[0]), std::move(args[1]));
    };
}

// Chains of AND and OR become one n-ary node: DuckDB's cost grows with depth.
LowerFunction conjunction(ExpressionType type) {
    return [type](const LowerContext&, const resolved::Call&, DuckExprs args) -> DuckExpr {
        auto all = duckdb::make_uniq<duckdb::ConjunctionExpression>(type);
        for (auto& arg : args) {
            if (arg->GetExpressionType() != type) {
                all->children.push_back(std::move(arg));
                continue;
            }
            for (auto& inner : arg->Cast<duckdb::ConjunctionExpression>().children)
                all->children.push_back(std::move(inner));
        }
        return all;
    };
}

LowerFunction operation(ExpressionType type) {
    return [type](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return duck_operator(type, std::move(args));
    };
}

LowerFunction renamed(const std::string& duckdb_name) {
    return [duckdb_name](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return duck_call(duckdb_name, std::move(args));
    };
}

DuckExpr lower_when(const LowerContext&, const resolved::Call&, DuckExprs args) {
    auto expr = duckdb::make_uniq<duckdb::CaseExpression>();
    size_t i = 0;
    for (; i + 1 < args.size(); i += 2) {
        duckdb::CaseCheck check;
        check.when_expr = std::move(args[i]);
        check.then_expr = std::move(args[i + 1]);
        expr->case_checks.push_back(std::move(check));
    }
    expr->else_expr = i < args.size() ? std::move(args[i]) : duck_constant(duckdb::Value());
    return expr;
}

const std::string* literal_text(const resolved::ExprPtr& e) {
    if (e->kind != resolved::ExprKind::kLiteral) return nullptr;
    return std::get_if<std::string>(&e->as<resolved::Literal>().value.v);
}

// An escape character must stand before %, _ or itself.
void check_pattern(const std::string& pattern, char escape) {
    for (size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != escape) continue;
        if (i + 1 == pattern.size()) {
            throw analysis_error(
                "INVALID_FORMAT.ESC_AT_THE_END", {{"format", "'" + pattern + "'"}});
        }
        char next = pattern[++i];
        if (next != '%' && next != '_' && next != escape) {
            throw analysis_error("INVALID_FORMAT.ESC_IN_THE_MIDDLE",
                {{"format", "'" + pattern + "'"}, {"char", std::string("'") + next + "'"}});
        }
    }
}

// DuckDB's LIKE has no escape character unless one is given; Spark's is the backslash.
LowerFunction like(const std::string& plain, const std::string& escaped) {
    return [plain, escaped](
               const LowerContext&, const resolved::Call& call, DuckExprs args) -> DuckExpr {
        const auto* given = call.args.size() > 2 ? literal_text(call.args[2]) : nullptr;
        char escape = given && !given->empty() ? given->front() : '\\';
        const auto* pattern = literal_text(call.args[1]);
        if (pattern) check_pattern(*pattern, escape);
        if (args.size() > 2) args.pop_back();
        if (pattern && pattern->find(escape) == std::string::npos)
            return duck_call(plain, std::move(args));
        args.push_back(duck_constant(duckdb::Value(std::string(1, escape))));
        return duck_call(escaped, std::move(args));
    };
}

}  // namespace

void lower_operators(FunctionLowerings& l) {
    const Arithmetic all[] = {{"+", "add"}, {"-", "subtract"}, {"*", "multiply"}, {"/", "divide"},
        {"%", "remainder"}, {"div", "integral_divide"}, {"pmod", "pmod"}};
    for (const auto& op : all) {
        l.scalar(op.symbol, arithmetic(op));
        l.scalar("try_" + op.symbol, arithmetic(op));
    }
    l.scalar("=", comparison(ExpressionType::COMPARE_EQUAL));
    l.scalar("<=>", comparison(ExpressionType::COMPARE_NOT_DISTINCT_FROM));
    l.scalar("<", comparison(ExpressionType::COMPARE_LESSTHAN));
    l.scalar("<=", comparison(ExpressionType::COMPARE_LESSTHANOREQUALTO));
    l.scalar(">", comparison(ExpressionType::COMPARE_GREATERTHAN));
    l.scalar(">=", comparison(ExpressionType::COMPARE_GREATERTHANOREQUALTO));
    l.scalar("and", conjunction(ExpressionType::CONJUNCTION_AND));
    l.scalar("or", conjunction(ExpressionType::CONJUNCTION_OR));
    // NOT (a = b) is a <> b, which DuckDB pushes into scans.
    l.scalar("not", [](const LowerContext&, const resolved::Call&, DuckExprs args) -> DuckExpr {
        if (args[0]->GetExpressionType() == ExpressionType::COMPARE_EQUAL) {
            auto& equal = args[0]->Cast<duckdb::ComparisonExpression>();
            return duck_compare(
                ExpressionType::COMPARE_NOTEQUAL, std::move(equal.left), std::move(equal.right));
        }
        if (args[0]->GetExpressionType() == ExpressionType::COMPARE_IN) {
            auto& in = args[0]->Cast<duckdb::OperatorExpression>();
            return duck_operator(ExpressionType::COMPARE_NOT_IN, std::move(in.children));
        }
        return duck_operator(ExpressionType::OPERATOR_NOT, std::move(args));
    });
    l.scalar("isnull", operation(ExpressionType::OPERATOR_IS_NULL));
    l.scalar("isnotnull", operation(ExpressionType::OPERATOR_IS_NOT_NULL));
    l.scalar("coalesce", operation(ExpressionType::OPERATOR_COALESCE));
    l.scalar("in", [](const LowerContext&, const resolved::Call&, DuckExprs args) -> DuckExpr {
        if (args.size() == 1) return duck_constant(duckdb::Value::BOOLEAN(false));
        return duck_operator(ExpressionType::COMPARE_IN, std::move(args));
    });
    l.scalar("when", lower_when);
    l.scalar("identity", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return std::move(args[0]);
    });
    l.scalar("greatest", renamed("greatest"));
    l.scalar("least", renamed("least"));
    l.scalar("&", renamed("&"));
    l.scalar("|", renamed("|"));
    l.scalar("^", renamed("xor"));
    l.scalar("~", renamed("~"));
    l.scalar("like", like("~~", "like_escape"));
    l.scalar("ilike", like("~~*", "ilike_escape"));
    l.scalar("negative",
        [](const LowerContext&, const resolved::Call& call, DuckExprs args) -> DuckExpr {
            const auto& t = type_of(call, 0);
            if (is_floating(t) || t.is(TypeId::kDecimal)) return duck_call("-", std::move(args));
            args.push_back(
                duck_constant(duckdb::Value::TINYINT(static_cast<int8_t>(mode_of(call)))));
            return duck_call(t.is_ansi_interval() ? "spark_interval_negative" : "spark_negative",
                std::move(args));
        });
}

}  // namespace hanok::engine

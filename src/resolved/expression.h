#pragma once
// Typed expressions: what the analyzer makes and the engine lowers. Immutable, shared.
// Every expression has a Spark type and a nullability that the engine must keep.

#include <cstdint>
#include <string>
#include <vector>

#include "plan/origin.h"
#include "resolved/fwd.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::resolved {

// Identity of a column during one query. Two columns of one name have two ids.
enum class AttributeId : int64_t {};

struct Attribute {
    AttributeId id{};
    std::string name;
    types::TypePtr type;
    bool nullable = true;
    std::vector<std::string> qualifier;  // {"catalog","schema","table"} or {"alias"}
    std::string metadata;                // JSON object text of the field, "" for none
};
using Attributes = std::vector<Attribute>;

enum class ExprKind : uint8_t {
    kLiteral,
    kAttribute,
    kOuterAttribute,
    kCall,
    kCast,
    kAggregate,
    kWindow,
    kLambda,
    kSubquery,
    kPythonUdf,
};

struct Expression {
    const ExprKind kind;
    types::TypePtr type;
    bool nullable = true;
    plan::OriginPtr origin;  // for errors at run time; may be null

    virtual ~Expression() = default;
    template <class T>
    const T& as() const {
        return static_cast<const T&>(*this);
    }

protected:
    Expression(ExprKind k, types::TypePtr t, bool n) : kind(k), type(std::move(t)), nullable(n) {}
};

struct Literal final : Expression {
    types::Value value;
    std::string spelling;  // as written, where column names show that
    Literal(types::TypePtr t, types::Value v)
        : Expression(ExprKind::kLiteral, std::move(t), v.is_null()), value(std::move(v)) {}
};

// A column of the plan below, or (is_lambda) a variable of an enclosing Lambda.
struct AttributeRef final : Expression {
    AttributeId id;
    std::string name;
    std::vector<std::string> qualifier;
    std::string metadata;
    bool is_lambda = false;
    explicit AttributeRef(const Attribute& a)
        : Expression(ExprKind::kAttribute, a.type, a.nullable),
          id(a.id),
          name(a.name),
          qualifier(a.qualifier),
          metadata(a.metadata) {}
};

// Inside a subquery's plan: a column of the enclosing query.
struct OuterAttributeRef final : Expression {
    AttributeId id;
    std::string name;
    explicit OuterAttributeRef(const Attribute& a)
        : Expression(ExprKind::kOuterAttribute, a.type, a.nullable), id(a.id), name(a.name) {}
};

// A scalar function under its canonical lower-case name ("+", "upper", "when", "get_struct_field",
// "in"). Arguments already have the exact types the function's kernel takes. `ansi` as the session
// was when resolved.
struct Call final : Expression {
    std::string function;
    Exprs args;
    bool ansi = true;
    bool deterministic = true;
    std::string shown;  // the call as the user wrote it, where column names and errors must show
                        // that; else ""
    Call(std::string f, Exprs a, types::TypePtr t, bool n)
        : Expression(ExprKind::kCall, std::move(t), n),
          function(std::move(f)),
          args(std::move(a)) {}
};

enum class CastMode : uint8_t { kLegacy, kAnsi, kTry };

struct Cast final : Expression {
    ExprPtr child;
    CastMode mode;
    bool is_explicit = false;  // written by the user (shows in column names)
    Cast(ExprPtr c, types::TypePtr t, CastMode m, bool n)
        : Expression(ExprKind::kCast, std::move(t), n), child(std::move(c)), mode(m) {}
};

struct SortOrder {
    ExprPtr expr;
    bool ascending = true;
    bool nulls_first = true;
};

struct PythonUdf;

// Stands only in Aggregate::aggregates (possibly below other expressions) or in Window.
struct Aggregate final : Expression {
    std::string function;
    Exprs args;
    bool distinct = false;
    ExprPtr filter;  // null for none
    bool ignore_nulls = false;
    std::vector<SortOrder> within_group;
    bool ansi = true;
    // Of a Python aggregate function (`function` is kPythonAggregate then), without its arguments.
    std::shared_ptr<const PythonUdf> python;
    Aggregate(std::string f, Exprs a, types::TypePtr t, bool n)
        : Expression(ExprKind::kAggregate, std::move(t), n),
          function(std::move(f)),
          args(std::move(a)) {}
};

struct FrameBound {
    enum class Kind : uint8_t {
        kUnboundedPreceding,
        kPreceding,
        kCurrentRow,
        kFollowing,
        kUnboundedFollowing
    };
    Kind kind = Kind::kUnboundedPreceding;
    ExprPtr offset;  // non-negative constant for kPreceding / kFollowing
};

// Stands only in WindowPlan::columns. `function` is a window function ("rank") or an aggregate's
// name.
struct Window final : Expression {
    std::string function;
    bool is_aggregate = false;
    Exprs args;
    bool distinct = false;
    ExprPtr filter;
    bool ignore_nulls = false;
    std::vector<SortOrder> within_group;  // of the function
    std::vector<ExprPtr> partition_by;
    std::vector<SortOrder> order_by;
    bool rows_frame = false;  // else RANGE
    FrameBound lower;
    FrameBound upper;
    bool ansi = true;
    std::shared_ptr<const PythonUdf> python;  // as in Aggregate
    Window(std::string f, Exprs a, types::TypePtr t, bool n)
        : Expression(ExprKind::kWindow, std::move(t), n),
          function(std::move(f)),
          args(std::move(a)) {}
};

// Argument of a higher-order function. Its type is the body's.
struct Lambda final : Expression {
    Attributes parameters;
    ExprPtr body;
    Lambda(Attributes p, ExprPtr b)
        : Expression(ExprKind::kLambda, b->type, b->nullable),
          parameters(std::move(p)),
          body(std::move(b)) {}
};

enum class SubqueryKind : uint8_t { kScalar, kExists, kIn };

// IN: `in_values` are compared with the plan's columns, one by one; result BOOLEAN.
struct Subquery final : Expression {
    SubqueryKind subquery_kind;
    PlanPtr plan;
    Exprs in_values;
    std::vector<Attribute> outer;  // columns of the enclosing query that `plan` uses
    Subquery(SubqueryKind k, PlanPtr p, types::TypePtr t, bool n)
        : Expression(ExprKind::kSubquery, std::move(t), n), subquery_kind(k), plan(std::move(p)) {}
};

struct PythonUdf final : Expression {
    std::string name;
    int eval_type = 0;
    std::string command;
    std::string python_version;
    bool deterministic = true;
    Exprs args;
    std::vector<std::string> arg_names;  // of arguments given by name; "" for the others
    PythonUdf(types::TypePtr t) : Expression(ExprKind::kPythonUdf, std::move(t), true) {}
};

// The name under which Aggregate and Window hold a Python function.
inline constexpr const char* kPythonAggregate = "python";

// An output column: `expr` under a name and a fresh id.
struct NamedExpr {
    Attribute attribute;
    ExprPtr expr;
};
using NamedExprs = std::vector<NamedExpr>;

}  // namespace hanok::resolved

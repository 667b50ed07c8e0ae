#pragma once
// Unresolved expressions: what the SQL parser and the Connect translator both produce.
// Nodes are immutable after construction and shared. Operators are functions under their symbol
// ("+", "and", "not", "=", "<=>", "like", "in", "between", "when", "is_null" as "isnull", …).

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/fwd.h"
#include "plan/origin.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::plan {

enum class ExprKind : uint8_t {
    kLiteral,
    kAttribute,
    kStar,
    kRegexColumns,
    kFunction,
    kCast,
    kAlias,
    kSortOrder,
    kWindow,
    kLambda,
    kLambdaVariable,
    kExtractValue,
    kUpdateFields,
    kSubquery,
    kNamedArgument,
    kParameter,
    kIdentifierClause,
    kPythonUdf,
    kOuterReference,
    kTyped,  // made by the analyzer alone: typed already
};

struct Expression {
    const ExprKind kind;
    OriginPtr origin;  // may be null

    virtual ~Expression() = default;
    template <class T>
    const T& as() const {
        return static_cast<const T&>(*this);
    }

protected:
    explicit Expression(ExprKind k) : kind(k) {}
};

struct Literal final : Expression {
    types::TypePtr type;
    types::Value value;
    // How the user wrote it where that shows in column names (e.g. "1.50", "1e3"); empty: render
    // the value.
    std::string spelling;
    Literal(types::TypePtr t, types::Value v)
        : Expression(ExprKind::kLiteral), type(std::move(t)), value(std::move(v)) {}
};

// a, t.a, cat.db.t.a.field: not yet told apart. plan_id: DataFrame column bound to a plan.
struct Attribute final : Expression {
    std::vector<std::string> parts;
    std::optional<int64_t> plan_id;
    bool is_metadata_column = false;
    explicit Attribute(std::vector<std::string> p)
        : Expression(ExprKind::kAttribute), parts(std::move(p)) {}
};

// *, t.*, struct_column.*; EXCEPT (a, b.c)
struct Star final : Expression {
    std::vector<std::string> target;
    std::vector<std::vector<std::string>> except;
    std::optional<int64_t> plan_id;
    explicit Star(std::vector<std::string> t = {})
        : Expression(ExprKind::kStar), target(std::move(t)) {}
};

// df.colRegex("`a.*`")
struct RegexColumns final : Expression {
    std::string pattern;
    std::optional<int64_t> plan_id;
    explicit RegexColumns(std::string p)
        : Expression(ExprKind::kRegexColumns), pattern(std::move(p)) {}
};

// A call by name; also every operator.
struct Function final : Expression {
    std::vector<std::string> name;  // {"sum"}, {"cat","db","f"}, {"+"}
    Exprs args;
    bool distinct = false;
    bool is_internal = false;
    ExprPtr filter;                    // FILTER (WHERE …)
    std::optional<bool> ignore_nulls;  // IGNORE / RESPECT NULLS
    Exprs within_group;                // SortOrder nodes of WITHIN GROUP (ORDER BY …)
    Function(std::vector<std::string> n, Exprs a)
        : Expression(ExprKind::kFunction), name(std::move(n)), args(std::move(a)) {}
    Function(std::string n, Exprs a)
        : Expression(ExprKind::kFunction), name{std::move(n)}, args(std::move(a)) {}
};

enum class CastMode : uint8_t {
    kDefault,
    kLegacy,
    kAnsi,
    kTry
};  // kDefault: as spark.sql.ansi.enabled says

struct Cast final : Expression {
    ExprPtr child;
    types::TypePtr type;
    CastMode mode = CastMode::kDefault;
    Cast(ExprPtr c, types::TypePtr t, CastMode m = CastMode::kDefault)
        : Expression(ExprKind::kCast), child(std::move(c)), type(std::move(t)), mode(m) {}
};

// expr AS name; several names for generators.
struct Alias final : Expression {
    ExprPtr child;
    std::vector<std::string> names;
    std::string metadata;  // JSON object text
    Alias(ExprPtr c, std::vector<std::string> n, std::string m = "")
        : Expression(ExprKind::kAlias),
          child(std::move(c)),
          names(std::move(n)),
          metadata(std::move(m)) {}
};

enum class NullsOrder : uint8_t {
    kDefault,
    kFirst,
    kLast
};  // default: first when ascending, last when descending

struct SortOrder final : Expression {
    ExprPtr child;
    bool ascending = true;
    NullsOrder nulls = NullsOrder::kDefault;
    SortOrder(ExprPtr c, bool asc, NullsOrder n)
        : Expression(ExprKind::kSortOrder), child(std::move(c)), ascending(asc), nulls(n) {}
};

enum class FrameType : uint8_t { kRows, kRange };
struct FrameBound {
    enum class Kind : uint8_t { kUnbounded, kCurrentRow, kValue };
    Kind kind = Kind::kUnbounded;
    ExprPtr value;              // kValue: signed offset; "3 PRECEDING" is -(3)
    bool is_following = false;  // kUnbounded: which end
};
struct WindowFrame {
    FrameType type = FrameType::kRange;
    FrameBound lower;
    FrameBound upper;
};

struct WindowSpec {
    std::string reference;  // OVER w, or (w ORDER BY …): the named window it builds on
    Exprs partition_by;
    Exprs order_by;  // SortOrder nodes
    std::optional<WindowFrame> frame;
};

struct Window final : Expression {
    ExprPtr function;
    WindowSpec spec;
    Window(ExprPtr f, WindowSpec s)
        : Expression(ExprKind::kWindow), function(std::move(f)), spec(std::move(s)) {}
};

struct Lambda final : Expression {
    std::vector<std::string> parameters;
    ExprPtr body;
    Lambda(std::vector<std::string> p, ExprPtr b)
        : Expression(ExprKind::kLambda), parameters(std::move(p)), body(std::move(b)) {}
};

// Connect's UnresolvedNamedLambdaVariable. SQL text uses Attribute; the analyzer looks at open
// lambdas first.
struct LambdaVariable final : Expression {
    std::vector<std::string> parts;
    explicit LambdaVariable(std::vector<std::string> p)
        : Expression(ExprKind::kLambdaVariable), parts(std::move(p)) {}
};

// child[extraction] or child.field (extraction a string literal then).
struct ExtractValue final : Expression {
    ExprPtr child;
    ExprPtr extraction;
    ExtractValue(ExprPtr c, ExprPtr e)
        : Expression(ExprKind::kExtractValue), child(std::move(c)), extraction(std::move(e)) {}
};

// Column.withField / dropFields (value null).
struct UpdateFields final : Expression {
    ExprPtr child;
    std::vector<std::string> field;  // path
    ExprPtr value;
    UpdateFields(ExprPtr c, std::vector<std::string> f, ExprPtr v)
        : Expression(ExprKind::kUpdateFields),
          child(std::move(c)),
          field(std::move(f)),
          value(std::move(v)) {}
};

enum class SubqueryKind : uint8_t { kScalar, kExists, kIn, kTableArgument };

struct Subquery final : Expression {
    SubqueryKind subquery_kind;
    RelationPtr plan;  // null when plan_id names a plan of WithRelations
    std::optional<int64_t> plan_id;
    Exprs in_values;  // kIn: left-hand side, one per column
    // kTableArgument
    Exprs partition_by;
    Exprs order_by;
    bool with_single_partition = false;
    Subquery(SubqueryKind k, RelationPtr p)
        : Expression(ExprKind::kSubquery), subquery_kind(k), plan(std::move(p)) {}
};

struct NamedArgument final : Expression {
    std::string name;
    ExprPtr value;
    NamedArgument(std::string n, ExprPtr v)
        : Expression(ExprKind::kNamedArgument), name(std::move(n)), value(std::move(v)) {}
};

// :name or ? (position counts from 0).
struct Parameter final : Expression {
    std::string name;  // empty for positional
    int position = -1;
    Parameter(std::string n, int p)
        : Expression(ExprKind::kParameter), name(std::move(n)), position(p) {}
};

// IDENTIFIER(expr) in place of a column name or, with args, of a function name.
struct IdentifierClause final : Expression {
    ExprPtr name;
    std::optional<Exprs> call_args;
    IdentifierClause(ExprPtr n, std::optional<Exprs> a)
        : Expression(ExprKind::kIdentifierClause), name(std::move(n)), call_args(std::move(a)) {}
};

struct PythonUdf final : Expression {
    std::string name;
    int eval_type = 0;
    types::TypePtr output_type;
    std::string command;  // cloudpickle bytes
    std::string python_version;
    bool deterministic = true;
    Exprs args;
    PythonUdf() : Expression(ExprKind::kPythonUdf) {}
};

// Column.outer(): refers to the enclosing query.
struct OuterReference final : Expression {
    ExprPtr child;
    explicit OuterReference(ExprPtr c)
        : Expression(ExprKind::kOuterReference), child(std::move(c)) {}
};

// Builders.
ExprPtr literal(types::TypePtr type, types::Value value);
ExprPtr null_literal();
ExprPtr string_literal(std::string text);
ExprPtr int_literal(int64_t value);   // INT
ExprPtr long_literal(int64_t value);  // BIGINT
ExprPtr bool_literal(bool value);
ExprPtr attribute(std::vector<std::string> parts);
ExprPtr call(std::string name, Exprs args, OriginPtr origin = nullptr);
ExprPtr alias(ExprPtr child, std::string name);

}  // namespace hanok::plan

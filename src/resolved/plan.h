#pragma once
// Typed plans. `output` of every node lists its columns in order; ids are unique within one plan,
// except that Filter, Sort, Limit and the like pass their child's attributes through.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolved/expression.h"
#include "resolved/scan_source.h"

namespace hanok::resolved {

enum class PlanKind : uint8_t {
    kOneRow,
    kScan,
    kLocalData,
    kValues,
    kRange,
    kProject,
    kFilter,
    kAggregate,
    kWindow,
    kJoin,
    kAsOfJoin,
    kSetOperation,
    kSort,
    kLimit,
    kTail,
    kDistinct,
    kDeduplicate,
    kGenerate,
    kSample,
    kRepartition,
    kWithCte,
    kCteRef,
    kRecursiveCte,
    kObserve,
    kCached,
    kPythonStage,
};

struct Plan {
    const PlanKind kind;
    Attributes output;
    std::optional<int64_t> plan_id;  // DataFrame plan id, for metrics
    virtual ~Plan() = default;
    template <class T>
    const T& as() const {
        return static_cast<const T&>(*this);
    }

protected:
    explicit Plan(PlanKind k) : kind(k) {}
};

template <PlanKind K>
struct PlanOf : Plan {
    static constexpr PlanKind kKind = K;
    PlanOf() : Plan(K) {}
};

struct OneRow final : PlanOf<PlanKind::kOneRow> {};

// output[i] is the source's column named columns[i] (all columns of the schema, in order, unless
// pruned).
struct Scan final : PlanOf<PlanKind::kScan> {
    ScanSourcePtr source;
    std::vector<std::string> columns;
    // Metadata columns at the end of `columns`, by reserved name: "_metadata" (struct), and for
    // row-level commands of ours "__file_path" (STRING) and "__row_index" (BIGINT).
};

// Rows sent by the client: Arrow IPC streams whose columns match `output` by position (cast as
// needed).
struct LocalData final : PlanOf<PlanKind::kLocalData> {
    std::vector<std::shared_ptr<const std::string>> arrow_streams;
};

struct Values final : PlanOf<PlanKind::kValues> {
    std::vector<Exprs> rows;  // types equal those of `output`
};

struct Range final : PlanOf<PlanKind::kRange> {
    int64_t start = 0;
    int64_t end = 0;
    int64_t step = 1;
};

struct Project final : PlanOf<PlanKind::kProject> {
    PlanPtr child;
    NamedExprs columns;  // output[i] == columns[i].attribute
};

struct Filter final : PlanOf<PlanKind::kFilter> {
    PlanPtr child;
    ExprPtr condition;
};

// Output: `columns`, whose expressions are Aggregates, functions over Aggregates and grouping
// expressions (matched structurally: `grouping` first gets ids via a Project below, so grouping are
// AttributeRefs).
struct AggregatePlan final : PlanOf<PlanKind::kAggregate> {
    PlanPtr child;
    std::vector<ExprPtr> grouping;  // AttributeRefs to the child's output
    // Sets of indexes into `grouping`; empty: one set of all. With several sets, non-member
    // grouping columns are NULL in `columns` (their attribute is nullable), and Call
    // "grouping_id"(args = grouping refs) / "grouping"(ref) may stand in columns.
    std::vector<std::vector<int>> grouping_sets;
    NamedExprs
        columns;  // over grouping refs and resolved::Aggregate nodes whose args refer to the child
};

// Output: the child's columns, then `columns` (each expr is a resolved::Window).
struct WindowPlan final : PlanOf<PlanKind::kWindow> {
    PlanPtr child;
    NamedExprs columns;
};

enum class JoinType : uint8_t { kInner, kCross, kLeft, kRight, kFull, kLeftSemi, kLeftAnti };

// Output: left's columns then right's (left's only for semi and anti), with nullability by type.
struct Join final : PlanOf<PlanKind::kJoin> {
    PlanPtr left;
    PlanPtr right;
    JoinType type = JoinType::kInner;
    ExprPtr condition;     // null: none
    bool lateral = false;  // right refers to left's columns by OuterAttributeRef
};

// Nearest right row per left row. Output as Join.
struct AsOfJoin final : PlanOf<PlanKind::kAsOfJoin> {
    PlanPtr left;
    PlanPtr right;
    ExprPtr left_as_of;
    ExprPtr right_as_of;
    ExprPtr condition;                 // further condition; null for none
    JoinType type = JoinType::kInner;  // inner or left
    ExprPtr tolerance;                 // null for none
    bool allow_exact_matches = true;
    std::string direction = "backward";  // backward, forward, nearest
};

enum class SetOpType : uint8_t { kUnion, kIntersect, kExcept };

// Children have the same column types by position; output has fresh ids.
struct SetOperation final : PlanOf<PlanKind::kSetOperation> {
    std::vector<PlanPtr> children;  // two, or more for UNION ALL
    SetOpType type = SetOpType::kUnion;
    bool all = false;
};

struct Sort final : PlanOf<PlanKind::kSort> {
    PlanPtr child;
    std::vector<SortOrder> order;
    bool global = true;
};

struct Limit final : PlanOf<PlanKind::kLimit> {
    PlanPtr child;
    std::optional<int64_t> limit;
    int64_t offset = 0;
};

struct Tail final : PlanOf<PlanKind::kTail> {
    PlanPtr child;
    int64_t limit = 0;
};

struct Distinct final : PlanOf<PlanKind::kDistinct> {
    PlanPtr child;
};

// One row per combination of `keys` (AttributeRefs); other columns from any such row.
struct Deduplicate final : PlanOf<PlanKind::kDeduplicate> {
    PlanPtr child;
    std::vector<ExprPtr> keys;
};

// For every child row, the rows of the generator ("explode", "posexplode", "inline", "stack",
// "json_tuple", …). Output: the child's columns, then `generated`. outer: a NULL row when there is
// none.
struct Generate final : PlanOf<PlanKind::kGenerate> {
    PlanPtr child;
    std::string function;
    Exprs args;
    bool outer = false;
    Attributes generated;
};

struct Sample final : PlanOf<PlanKind::kSample> {
    PlanPtr child;
    double fraction = 0;  // upper - lower
    double lower = 0;
    std::optional<int64_t> rows;
    bool with_replacement = false;
    int64_t seed = 0;
};

struct Repartition final : PlanOf<PlanKind::kRepartition> {
    PlanPtr child;
    std::optional<int32_t> num_partitions;
    std::vector<ExprPtr> expressions;
};

// Definitions visible in `child` and in later definitions, referenced by CteRef::cte_id.
struct WithCte final : PlanOf<PlanKind::kWithCte> {
    struct Definition {
        int64_t id = 0;
        std::string name;
        PlanPtr plan;
    };
    PlanPtr child;
    std::vector<Definition> definitions;
};

// Columns of the definition by position under fresh ids.
struct CteRef final : PlanOf<PlanKind::kCteRef> {
    int64_t cte_id = 0;
};

// WITH RECURSIVE: anchor UNION [ALL] recursion; CteRef(cte_id) inside `recursion` is the last
// step's rows.
struct RecursiveCte final : PlanOf<PlanKind::kRecursiveCte> {
    int64_t cte_id = 0;
    std::string name;
    PlanPtr anchor;
    PlanPtr recursion;
    bool all = true;
    int64_t max_recursion = 100;
    int64_t max_rows = 1000000;
};

// df.observe: `metrics` are aggregates over the child's rows, computed once per execution on the
// side.
struct Observe final : PlanOf<PlanKind::kObserve> {
    PlanPtr child;
    std::string name;
    NamedExprs metrics;
};

// Rows kept on the server (cache, checkpoint): the engine finds them under `cache_key`; `child` is
// the plan that makes them when they are not there yet (null for checkpoints).
struct Cached final : PlanOf<PlanKind::kCached> {
    std::string cache_key;
    PlanPtr child;
};

enum class PythonShape : uint8_t {
    kScalar,            // a result for each row
    kMap,               // any number of rows for all rows
    kGroupedMap,        // any number of rows for each group
    kCogroupedMap,      // any number of rows for each pair of groups
    kGroupedAggregate,  // a result for each group
    kWindowAggregate,   // a result for each row of each group
};

// The rows of a group, gathered in a column of the child: an array of structs.
struct PythonGroup {
    AttributeId rows{};
    Attributes fields;              // of the structs
    std::vector<AttributeId> keys;  // which of them are the keys
    size_t values = 0;              // so many of the first are the rows that a group map gets
};

// Python functions run by worker processes over the child's rows. Their arguments are AttributeRefs
// to the child's columns or, with groups, to the groups' fields; or another PythonUdf, whose result
// is passed on inside the worker.
// Output: kScalar, kGroupedAggregate: columns of the child, then `results`; kWindowAggregate:
// fields of the group, then `results`; otherwise `results`: the fields of the function's struct
// type.
struct PythonStage final : PlanOf<PlanKind::kPythonStage> {
    PlanPtr child;
    PythonShape shape = PythonShape::kScalar;
    std::vector<std::shared_ptr<const PythonUdf>> functions;
    Attributes arguments;  // kScalar: columns of the child that workers see; kMap: all of them
    std::vector<PythonGroup> groups;
    Attributes results;
    // kWindowAggregate: for each function whether its frame is bounded; the first two arguments of
    // such a one are the positions of its frame's first row and of the row behind its last.
    std::vector<bool> bounded;
};

// Schema of a plan as a struct type.
types::TypePtr output_schema(const Plan& plan);

}  // namespace hanok::resolved

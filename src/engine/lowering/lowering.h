#pragma once
// resolved::Plan to DuckDB's parsed tree. Every relation becomes a subquery whose columns have
// generated, unique names; no SQL text is made. See engine/README.md.

#include <cstdint>
#include <duckdb.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/functions/function_lowering.h"
#include "engine/instance/instance.h"
#include "resolved/plan.h"

namespace hanok::engine {

using DuckNode = duckdb::unique_ptr<duckdb::QueryNode>;
using DuckTable = duckdb::unique_ptr<duckdb::TableRef>;

// Rows that a running query sets aside for df.observe; the metrics are computed from them
// afterwards.
struct Observation {
    std::string name;
    resolved::NamedExprs metrics;
    resolved::Attributes columns;  // of the rows, in order
    std::shared_ptr<class ObservedRows> rows;
};

// A query ready to run. Keep it until the result is gone: the tree refers to `keep_alive`.
struct LoweredQuery {
    DuckNode node;
    resolved::Attributes columns;
    std::vector<std::string> names;  // of the node's columns
    std::vector<std::shared_ptr<const void>> keep_alive;
    std::vector<Observation> observations;
    std::vector<std::string> notes;  // what EXPLAIN says before DuckDB's plan
};

// Lowers the whole plan. `instance` holds the materialised rows that Cached nodes name. Plans
// deeper than kInlineDepth are lowered and bound on a large stack by the caller.
LoweredQuery lower_query(
    const resolved::PlanPtr& plan, const QueryContext& context, const Instance& instance);

inline constexpr int kInlineDepth = 150;

// One lowering. Methods of one concept are in one file.
class Lowering {
public:
    Lowering(const QueryContext& context, const Instance& instance)
        : context_{context}, instance_(instance) {}

    LoweredQuery lower(const resolved::PlanPtr& plan);

private:
    // A node whose columns, in order, stand for plan.output and are called column_name(id).
    DuckNode lower_node(const resolved::Plan& plan);
    // The same as something to select from.
    DuckTable lower_table(const resolved::Plan& plan);
    DuckTable as_table(DuckNode node);

    // relations.cc
    DuckNode lower_project(const resolved::Project& project);
    DuckNode lower_filter(const resolved::Filter& filter);
    DuckNode lower_sort(const resolved::Sort& sort);
    DuckNode lower_limit(const resolved::Limit& limit);
    DuckNode lower_tail(const resolved::Tail& tail);
    DuckNode lower_distinct(const resolved::Distinct& distinct);
    DuckNode lower_deduplicate(const resolved::Deduplicate& deduplicate);
    DuckNode lower_sample(const resolved::Sample& sample);
    DuckTable lower_filtered_table(const resolved::PlanPtr& plan, DuckExpr* where);
    DuckTable lower_hoisted(DuckTable table, const resolved::Attributes& below,
        struct Hoisted& hoisted, resolved::Attributes* visible);

    // aggregates.cc, windows.cc
    DuckNode lower_aggregate(const resolved::AggregatePlan& aggregate);
    DuckExpr lower_aggregate_call(const resolved::Aggregate& aggregate);
    DuckNode lower_window(const resolved::WindowPlan& window);
    DuckExpr lower_window_call(const resolved::Window& window);
    void set_frame(const resolved::Window& window, duckdb::WindowExpression* target);

    // joins.cc, fence.cc
    DuckNode lower_join(const resolved::Join& join);
    DuckTable lower_join_ref(const resolved::Join& join);
    // One side of a join; behind a fence where one is due.
    DuckTable lower_join_side(const resolved::Plan& side);
    DuckNode lower_as_of_join(const resolved::AsOfJoin& join);
    DuckNode lower_set_operation(const resolved::SetOperation& operation);
    // INTERSECT and EXCEPT of values that may be equal and look different.
    DuckNode lower_keyed_set(const resolved::SetOperation& operation);
    // The plan's keys as columns KEY0, KEY1, …; with `values` its columns, too.
    DuckTable lower_keys(const resolved::Plan& plan, const std::string& key, bool values);
    DuckTable lower_ranked_keys(const resolved::Plan& plan, const std::string& key, bool values);
    DuckNode lower_ranked_as_of(const resolved::AsOfJoin& join, DuckTable left, DuckTable right);

    // generate.cc
    DuckNode lower_generate(const resolved::Generate& generate);

    // python_stage.cc
    DuckNode lower_python_stage(const resolved::PythonStage& stage);

    // sources.cc, ctes.cc
    DuckNode lower_scan_node(const resolved::Scan& scan);
    DuckTable lower_scan_ref(const resolved::Scan& scan);
    DuckNode lower_values(const resolved::Values& values);
    DuckNode lower_range(const resolved::Range& range);
    DuckNode lower_local_data(const resolved::LocalData& data);
    DuckNode lower_cached(const resolved::Cached& cached);
    DuckNode lower_observe(const resolved::Observe& observe);
    DuckNode lower_with_cte(const resolved::WithCte& with);
    DuckNode lower_cte_ref(const resolved::CteRef& ref);
    DuckNode lower_recursive_cte(const resolved::RecursiveCte& cte);
    DuckNode limit_recursion(
        const resolved::RecursiveCte& cte, duckdb::unique_ptr<duckdb::SelectNode> node);

    // expressions.cc
    DuckExpr lower_expression(const resolved::Expression& expr);
    DuckExprs lower_list(const resolved::Exprs& exprs);
    DuckExpr lower_call(const resolved::Call& call);
    DuckExpr lower_connective(const resolved::Call& call);
    DuckExpr lower_subquery(const resolved::Subquery& subquery);
    DuckExpr lower_outer(const resolved::OuterAttributeRef& ref);
    // Constants order nothing and are left out (DuckDB would take them for column numbers).
    duckdb::vector<duckdb::OrderByNode> lower_orders(
        const std::vector<resolved::SortOrder>& orders);
    // A key that groups, joins and sorts as Spark does (collations).
    DuckExpr lower_key(const resolved::Expression& expr);
    DuckExprs lower_arguments(const resolved::Aggregate& aggregate);

    std::string column_name(resolved::AttributeId id) const;
    DuckExpr column(resolved::AttributeId id) const;
    // Columns of `attributes` under their own names.
    void select_columns(const resolved::Attributes& attributes, duckdb::SelectNode* node) const;
    std::string next_table_name() { return "t" + std::to_string(next_table_++); }

    // Column names of a subquery are marked with its number, so that they differ from the outer
    // query's.
    struct Scope {
        int number = 0;
        std::vector<const resolved::Attributes*>
            visible;  // what expressions being lowered may refer to
    };
    // While it lives, expressions see these columns.
    class Visible;
    class EnterScope;

    struct Cte {
        std::string table;
        std::vector<std::string> columns;
    };

    LowerContext context_;
    const Instance& instance_;
    std::vector<Scope> scopes_{Scope{}};
    int next_scope_ = 1;
    int next_table_ = 0;
    int64_t next_hoisted_ = 0;
    bool join_fences_ = false;
    std::map<int64_t, Cte> ctes_;
    std::optional<int64_t> recursion_rows_;  // that the recursion right below is asked for
    // Scans so far, for others that read the same.
    std::vector<std::pair<const resolved::Scan*, duckdb::unique_ptr<duckdb::TableRef>>> scans_;
    LoweredQuery result_;
};

class Lowering::Visible {
public:
    Visible(Lowering& lowering, std::vector<const resolved::Attributes*> attributes)
        : lowering_(lowering), saved_(std::move(lowering.scopes_.back().visible)) {
        lowering_.scopes_.back().visible = std::move(attributes);
    }
    ~Visible() { lowering_.scopes_.back().visible = std::move(saved_); }
    Visible(const Visible&) = delete;

private:
    Lowering& lowering_;
    std::vector<const resolved::Attributes*> saved_;
};

class Lowering::EnterScope {
public:
    explicit EnterScope(Lowering& lowering) : lowering_(lowering) {
        lowering_.scopes_.push_back(Scope{lowering_.next_scope_++, {}});
    }
    ~EnterScope() { lowering_.scopes_.pop_back(); }
    EnterScope(const EnterScope&) = delete;

private:
    Lowering& lowering_;
};

// `expr` as the output column `name`.
DuckExpr named(DuckExpr expr, const std::string& name);

}  // namespace hanok::engine

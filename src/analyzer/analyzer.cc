#include "analyzer/analyzer.h"

#include "analyzer/impl.h"
#include "base/large_stack.h"

namespace hanok::analyzer {

namespace {

// What the deepest plan that is not refused needs. Worker threads have more.
constexpr size_t kStackBytes = size_t{384} << 20;

}  // namespace

Analyzer::Analyzer(Resolver& resolver, AnalyzerOptions options)
    : impl_(std::make_unique<Impl>(resolver, std::move(options))) {}
Analyzer::~Analyzer() = default;

void Analyzer::set_parameters(Parameters parameters) { impl_->parameters = std::move(parameters); }

resolved::PlanPtr Analyzer::analyze(const plan::RelationPtr& relation) {
    resolved::PlanPtr result;
    base::with_stack(kStackBytes, [&] { result = impl_->analyze_root(relation); });
    return result;
}

resolved::ExprPtr Analyzer::analyze_expression(
    const plan::ExprPtr& expr, const resolved::Attributes& input) {
    resolved::ExprPtr result;
    base::with_stack(kStackBytes, [&] {
        impl_->reset();
        impl_->include_metadata = true;
        Rel rel = impl_->one_row();
        rel.scope = input;
        rel.extra = {};
        Context context;
        context.input = &rel;
        result = impl_->resolve_in(context, expr).expr;
    });
    return result;
}

std::pair<types::Value, types::TypePtr> Analyzer::fold(const plan::ExprPtr& expr) {
    std::pair<types::Value, types::TypePtr> result;
    base::with_stack(kStackBytes, [&] { result = impl_->fold(expr); });
    return result;
}

BodyUses Analyzer::check_function(const SqlFunction& function) {
    base::with_stack(kStackBytes, [&] {
        impl_->reset();
        impl_->check_function(function);
    });
    return impl_->uses;
}

const BodyUses& Analyzer::uses() const { return impl_->uses; }

resolved::PlanPtr Analyzer::coerce_for_insert(const resolved::PlanPtr& plan,
    const types::TypePtr& target, bool by_name, const std::string& table_name) {
    return impl_->coerce_for_insert(plan, target, by_name, table_name);
}

resolved::ExprPtr Analyzer::store_cast(const resolved::ExprPtr& expr, const types::TypePtr& target,
    const std::string& column, const std::string& table_name) {
    return impl_->store_cast(expr, target, column, table_name);
}

void Analyzer::Impl::reset() {
    depth = 0;
    expression_depth = 0;
    function_depth = 0;
    context = nullptr;
    outers.clear();
    outer_aggregates.clear();
    ctes.clear();
    query_start = nullptr;
    cte_plans.clear();
    references.clear();
    view_path.clear();
    view_namespace.clear();
    windows = nullptr;
    observed.clear();
    uses = {};
    being_created = nullptr;
}

Rel Analyzer::Impl::resolve_root(const plan::RelationPtr& relation) {
    reset();
    try {
        return trim(resolve(relation));
    } catch (const NeedsMetadata&) {
        reset();
        include_metadata = true;
        return trim(resolve(relation));
    }
}

resolved::PlanPtr Analyzer::Impl::analyze_root(const plan::RelationPtr& relation) {
    auto rel = resolve_root(relation);
    bool renamed = false;
    resolved::NamedExprs columns;
    for (size_t i = 0; i < rel.scope.size(); ++i) {
        const auto& made = rel.plan->output[i];
        renamed = renamed || made.name != rel.scope[i].name;
        auto column = pass_column(made);
        column.attribute.name = rel.scope[i].name;
        columns.push_back(std::move(column));
    }
    resolved::PlanPtr plan = renamed ? project_plan(rel.plan, std::move(columns)) : rel.plan;
    plan = with_window_order(plan);
    if (cte_plans.empty()) return plan;
    auto with = std::make_shared<resolved::WithCte>();
    with->child = plan;
    with->output = plan->output;
    with->definitions = std::move(cte_plans);
    cte_plans.clear();
    return with;
}

std::string Analyzer::Impl::conf(const std::string& key, const std::string& fallback) const {
    if (!options.functions.conf) return fallback;
    auto value = options.functions.conf(key);
    return value.empty() ? fallback : value;
}

std::pair<types::Value, types::TypePtr> Analyzer::Impl::fold(const plan::ExprPtr& expr) {
    Context constants;
    auto typed = resolve_in(constants, expr);
    return {fold_typed(typed.expr), typed.expr->type};
}

types::Value Analyzer::Impl::fold_typed(const resolved::ExprPtr& expr) {
    if (expr->kind == resolved::ExprKind::kLiteral) return expr->as<resolved::Literal>().value;
    auto rel = one_row();
    auto rows = resolver.collect(project_plan(rel.plan, {named("value", expr)}), 1);
    if (rows.size() != 1 || rows[0].size() != 1) throw internal_error("a constant gave no value");
    return rows[0][0];
}

std::string quoted_sql(const std::string& sql) { return "\"" + sql + "\""; }

Error datatype_mismatch(
    const std::string& subclass, const std::string& sql, ErrorParameters parameters) {
    parameters["sqlExpr"] = quoted_sql(sql);
    return analysis_error("DATATYPE_MISMATCH." + subclass, std::move(parameters));
}

}  // namespace hanok::analyzer

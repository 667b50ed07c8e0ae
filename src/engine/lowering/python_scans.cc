#include "engine/lowering/python_scans.h"

#include <algorithm>

#include "base/error.h"
#include "engine/lowering/lowering.h"
#include "engine/lowering/map_expressions.h"
#include "engine/python/data_source_calls.h"
#include "engine/python/source_filters.h"
#include "engine/python/source_scan.h"
#include "engine/python/worker_settings.h"
#include "engine/query.h"
#include "engine/types/logical_types.h"
#include "resolved/fingerprint.h"
#include "resolved/python_eval_type.h"
#include "resolved/tree.h"

namespace hanok::engine {

using namespace resolved;

namespace {

// A source whose partitions are known.
struct PlannedPythonSource final : ScanSource {
    explicit PlannedPythonSource(const ScanSource& source) : ScanSource(source) {}
    std::shared_ptr<PythonSourceSpec> spec;
};

bool reads_python(const Plan& plan) {
    if (plan.kind == PlanKind::kScan)
        return dynamic_cast<const PythonScanSource*>(plan.as<Scan>().source.get()) != nullptr;
    bool found = false;
    for_each_expression(plan, [&](const ExprPtr& e) {
        walk(*e, [&](const Expression& node) {
            found = found ||
                    (node.kind == ExprKind::kSubquery && reads_python(*node.as<Subquery>().plan));
            return !found;
        });
    });
    if (found) return true;
    auto below = children(plan);
    return std::any_of(
        below.begin(), below.end(), [](const PlanPtr& child) { return reads_python(*child); });
}

void conjuncts(const ExprPtr& e, Exprs* out) {
    if (e->kind != ExprKind::kCall || e->as<Call>().function != "and") return out->push_back(e);
    for (const auto& arg : e->as<Call>().args) conjuncts(arg, out);
}

PlanPtr filtered(const PlanPtr& child, const Exprs& conditions) {
    PlanPtr out = child;
    for (const auto& condition : conditions) {
        auto filter = std::make_shared<Filter>();
        filter->child = out;
        filter->condition = condition;
        filter->output = child->output;
        out = filter;
    }
    return out;
}

class ScanPlanner {
public:
    ScanPlanner(const QueryContext& query, const Instance& instance)
        : query_(query), instance_(instance) {}

    PlanPtr visit(const PlanPtr& plan) {
        Exprs conditions;
        const PlanPtr* below = &plan;
        while ((*below)->kind == PlanKind::kFilter) {
            Exprs here;
            conjuncts((*below)->as<Filter>().condition, &here);
            conditions.insert(conditions.begin(), here.begin(), here.end());
            below = &(*below)->as<Filter>().child;
        }
        if ((*below)->kind == PlanKind::kScan) {
            const auto& scan = (*below)->as<Scan>();
            if (const auto* source = dynamic_cast<const PythonScanSource*>(scan.source.get()))
                return planned(scan, *source, conditions);
            if (conditions.empty()) return plan;
        }
        auto old = children(*plan);
        std::vector<PlanPtr> fresh;
        for (const auto& child : old) fresh.push_back(visit(child));
        auto node = fresh == old ? plan : with_children(*plan, std::move(fresh));
        return map_expressions(node, [&](const ExprPtr& e) { return in_subqueries(e); });
    }

private:
    ExprPtr in_subqueries(const ExprPtr& e) {
        return map_subqueries(e, [this](const PlanPtr& plan) { return visit(plan); });
    }

    types::Value fold(const ExprPtr& e) const {
        auto project = std::make_shared<Project>();
        auto row = std::make_shared<OneRow>();
        project->child = row;
        Attribute a;
        a.id = AttributeId{-1};
        a.name = "c";
        a.type = e->type;
        a.nullable = e->nullable;
        project->columns = {{a, e}};
        project->output = {a};
        auto instance = std::const_pointer_cast<Instance>(instance_.shared_from_this());
        Query query(instance, project, query_);
        auto chunk = query.fetch();
        return from_duckdb_value(chunk->GetValue(0, 0), *e->type);
    }

    bool offers_filters() const {
        auto it = query_.conf.find("spark.sql.python.filterPushdown.enabled");
        return it != query_.conf.end() && it->second == "true";
    }

    PlanPtr planned(const Scan& scan, const PythonScanSource& source, Exprs conditions) {
        OfferedFilters offer;
        std::optional<std::string> filters;
        if (offers_filters() && !conditions.empty()) {
            offer = offered_filters(
                conditions, scan.output, [&](const ExprPtr& e) { return fold(e); });
            if (!offer.conditions.empty()) filters = offer.json;
        }
        auto plan = plan_python_read(*instance_.workers(), source, filters, query_);
        std::vector<bool> is_done(conditions.size(), false);
        for (auto i : plan.pushed)
            if (const auto& condition = offer.conditions.at(i)) is_done[*condition] = true;
        Exprs left;
        for (size_t i = 0; i < conditions.size(); ++i)
            if (!is_done[i]) left.push_back(conditions[i]);
        auto made = std::make_shared<PlannedPythonSource>(source);
        made->spec = spec_of(source, std::move(plan));
        auto copy = std::make_shared<Scan>(scan);
        copy->source = std::move(made);
        return filtered(copy, subqueries_planned(left));
    }

    Exprs subqueries_planned(const Exprs& conditions) {
        Exprs out;
        for (const auto& e : conditions) out.push_back(in_subqueries(e));
        return out;
    }

    std::shared_ptr<PythonSourceSpec> spec_of(
        const PythonScanSource& source, PythonReadPlan plan) const {
        auto spec = std::make_shared<PythonSourceSpec>();
        auto& stage = spec->stage;
        stage.shape = PythonShape::kMap;
        stage.pool = instance_.workers();
        stage.task.eval_type = eval_type::kMapArrowIter;
        stage.task.python_version = worker_version(*stage.pool, source.python_version);
        stage.task.files = added_files(query_);
        stage.task.runner_conf = worker_settings(query_);
        stage.task.silence_limit_ms =
            1000 * worker_setting(query_, "spark.sql.execution.pyspark.udf.idleTimeoutSeconds", 0);
        stage.task.commands = {{{{0, ""}}, {plan.function}}};
        stage.unwraps_results = true;
        const auto schema = types::DataType::replace_char_varchar(source.schema);
        for (const auto& field : schema->fields()) {
            stage.results.push_back(field.type);
            stage.result_types.push_back(to_logical_type(*field.type));
            stage.names.push_back("p" + std::to_string(stage.names.size()));
        }
        spec->partitions = std::move(plan.partitions);
        return spec;
    }

    const QueryContext& query_;
    const Instance& instance_;
};

}  // namespace

PlanPtr plan_python_scans(
    const PlanPtr& plan, const QueryContext& query, const Instance& instance) {
    return reads_python(*plan) ? ScanPlanner(query, instance).visit(plan) : plan;
}

duckdb::unique_ptr<duckdb::TableRef> python_scan_ref(
    const Scan& scan, const std::string& alias, const std::vector<std::string>& column_names) {
    const auto* source = dynamic_cast<const PlannedPythonSource*>(scan.source.get());
    if (source == nullptr) return nullptr;
    const auto& fields = source->schema->fields();
    auto function = duckdb::make_uniq<duckdb::TableFunctionRef>();
    auto pointer = duck_compare(duckdb::ExpressionType::COMPARE_EQUAL,
        duckdb::make_uniq<duckdb::ColumnRefExpression>("spec"),
        duck_constant(duckdb::Value::POINTER(reinterpret_cast<uintptr_t>(source->spec.get()))));
    function->function = duck_call(kPythonSourceFunction, duck_list(std::move(pointer)));
    function->alias = alias + "p";
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = std::move(function);
    for (size_t i = 0; i < column_names.size(); ++i) {
        auto at = std::find_if(fields.begin(), fields.end(),
            [&](const types::StructField& field) { return field.name == scan.columns.at(i); });
        if (at == fields.end()) throw internal_error("a column that the Python source has not");
        auto name = source->spec->stage.names.at(static_cast<size_t>(at - fields.begin()));
        node->select_list.push_back(
            named(duckdb::make_uniq<duckdb::ColumnRefExpression>(name), column_names[i]));
    }
    if (node->select_list.empty())
        node->select_list.push_back(named(duck_constant(duckdb::Value::BOOLEAN(true)), "c"));
    return duckdb::make_uniq<duckdb::SubqueryRef>(select_statement(std::move(node)), alias);
}

}  // namespace hanok::engine

#include "plan/tree.h"

namespace hanok::plan {

namespace {

using Visit = std::function<void(const Relation&)>;

void walk_list(const Exprs& exprs, const Visit& visit) {
    for (const auto& e : exprs) walk(e, visit);
}

void walk_spec(const WindowSpec& spec, const Visit& visit) {
    walk_list(spec.partition_by, visit);
    walk_list(spec.order_by, visit);
}

void walk_inputs(const Relation& r, const Visit& visit) {
    switch (r.kind) {
        case RelationKind::kJoin: {
            const auto& j = r.as<Join>();
            walk(j.left, visit);
            walk(j.right, visit);
            walk(j.condition, visit);
            if (j.nearest) walk(j.nearest->rank, visit);
            break;
        }
        case RelationKind::kAsOfJoin:
            walk(r.as<AsOfJoin>().left, visit);
            walk(r.as<AsOfJoin>().right, visit);
            break;
        case RelationKind::kSetOperation:
            walk(r.as<SetOperation>().left, visit);
            walk(r.as<SetOperation>().right, visit);
            break;
        case RelationKind::kWith:
            for (const auto& c : r.as<With>().ctes) walk(c.plan, visit);
            walk(r.as<With>().child, visit);
            break;
        case RelationKind::kWithRelations:
            walk(r.as<WithRelations>().root, visit);
            for (const auto& reference : r.as<WithRelations>().references) walk(reference, visit);
            break;
        case RelationKind::kValues:
            for (const auto& row : r.as<Values>().rows) walk_list(row, visit);
            break;
        case RelationKind::kTableFunction: walk_list(r.as<TableFunction>().args, visit); break;
        default: break;
    }
}

template <class T>
void walk_child(const Relation& r, const Visit& visit) {
    walk(r.as<T>().child, visit);
}

void walk_select(const Relation& r, const Visit& visit) {
    switch (r.kind) {
        case RelationKind::kProject:
            walk_child<Project>(r, visit);
            walk_list(r.as<Project>().columns, visit);
            break;
        case RelationKind::kFilter:
            walk_child<Filter>(r, visit);
            walk(r.as<Filter>().condition, visit);
            break;
        case RelationKind::kAggregate:
            walk_child<Aggregate>(r, visit);
            walk_list(r.as<Aggregate>().grouping, visit);
            walk_list(r.as<Aggregate>().columns, visit);
            break;
        case RelationKind::kSort:
            walk_child<Sort>(r, visit);
            walk_list(r.as<Sort>().order, visit);
            break;
        case RelationKind::kGenerate:
            walk_child<Generate>(r, visit);
            walk(r.as<Generate>().generator, visit);
            break;
        case RelationKind::kPivot:
            walk_child<Pivot>(r, visit);
            walk_list(r.as<Pivot>().aggregates, visit);
            break;
        case RelationKind::kWithColumns:
            walk_child<WithColumns>(r, visit);
            walk_list(r.as<WithColumns>().columns, visit);
            break;
        default: walk_inputs(r, visit);
    }
}

}  // namespace

void walk(const ExprPtr& expr, const Visit& visit) {
    if (!expr) return;
    switch (expr->kind) {
        case ExprKind::kFunction: {
            const auto& f = expr->as<Function>();
            walk_list(f.args, visit);
            walk(f.filter, visit);
            walk_list(f.within_group, visit);
            break;
        }
        case ExprKind::kCast: walk(expr->as<Cast>().child, visit); break;
        case ExprKind::kAlias: walk(expr->as<Alias>().child, visit); break;
        case ExprKind::kSortOrder: walk(expr->as<SortOrder>().child, visit); break;
        case ExprKind::kWindow:
            walk(expr->as<Window>().function, visit);
            walk_spec(expr->as<Window>().spec, visit);
            break;
        case ExprKind::kLambda: walk(expr->as<Lambda>().body, visit); break;
        case ExprKind::kExtractValue:
            walk(expr->as<ExtractValue>().child, visit);
            walk(expr->as<ExtractValue>().extraction, visit);
            break;
        case ExprKind::kUpdateFields:
            walk(expr->as<UpdateFields>().child, visit);
            walk(expr->as<UpdateFields>().value, visit);
            break;
        case ExprKind::kSubquery:
            walk(expr->as<Subquery>().plan, visit);
            walk_list(expr->as<Subquery>().in_values, visit);
            break;
        case ExprKind::kNamedArgument: walk(expr->as<NamedArgument>().value, visit); break;
        case ExprKind::kPythonUdf: walk_list(expr->as<PythonUdf>().args, visit); break;
        default: break;
    }
}

void walk(const RelationPtr& relation, const Visit& visit) {
    if (!relation) return;
    const Relation& r = *relation;
    visit(r);
    switch (r.kind) {
        case RelationKind::kUnpivot: return walk_child<Unpivot>(r, visit);
        case RelationKind::kLimit: return walk_child<Limit>(r, visit);
        case RelationKind::kOffset: return walk_child<Offset>(r, visit);
        case RelationKind::kTail: return walk_child<Tail>(r, visit);
        case RelationKind::kDistinct: return walk_child<Distinct>(r, visit);
        case RelationKind::kDeduplicate: return walk_child<Deduplicate>(r, visit);
        case RelationKind::kSubqueryAlias: return walk_child<SubqueryAlias>(r, visit);
        case RelationKind::kSample: return walk_child<Sample>(r, visit);
        case RelationKind::kRepartition: return walk_child<Repartition>(r, visit);
        case RelationKind::kHint: return walk_child<Hint>(r, visit);
        case RelationKind::kToDf: return walk_child<ToDf>(r, visit);
        case RelationKind::kWithColumnsRenamed: return walk_child<WithColumnsRenamed>(r, visit);
        case RelationKind::kDrop: return walk_child<Drop>(r, visit);
        case RelationKind::kToSchema: return walk_child<ToSchema>(r, visit);
        case RelationKind::kCollectMetrics: return walk_child<CollectMetrics>(r, visit);
        case RelationKind::kShowString: return walk_child<ShowString>(r, visit);
        case RelationKind::kHtmlString: return walk_child<HtmlString>(r, visit);
        case RelationKind::kNaFill: return walk_child<NaFill>(r, visit);
        case RelationKind::kNaDrop: return walk_child<NaDrop>(r, visit);
        case RelationKind::kNaReplace: return walk_child<NaReplace>(r, visit);
        case RelationKind::kTranspose: return walk_child<Transpose>(r, visit);
        case RelationKind::kWindowDefinitions: return walk_child<WindowDefinitions>(r, visit);
        case RelationKind::kMapInPython: return walk_child<MapInPython>(r, visit);
        case RelationKind::kGroupMap: return walk_child<GroupMap>(r, visit);
        case RelationKind::kCoGroupMap:
            walk(r.as<CoGroupMap>().left, visit);
            return walk(r.as<CoGroupMap>().right, visit);
        default: walk_select(r, visit);
    }
}

}  // namespace hanok::plan

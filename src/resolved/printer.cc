#include "resolved/printer.h"

#include "resolved/fingerprint.h"

namespace hanok::resolved {

namespace {

std::string id_text(AttributeId id) { return "#" + std::to_string(static_cast<int64_t>(id)); }
std::string column(const Attribute& a) { return a.name + id_text(a.id); }

std::string columns(const Attributes& attributes) {
    std::string out;
    for (const auto& a : attributes) out += (out.empty() ? "" : ", ") + column(a);
    return "[" + out + "]";
}

const char* join_name(JoinType type) {
    switch (type) {
        case JoinType::kInner: return "Inner";
        case JoinType::kCross: return "Cross";
        case JoinType::kLeft: return "LeftOuter";
        case JoinType::kRight: return "RightOuter";
        case JoinType::kFull: return "FullOuter";
        case JoinType::kLeftSemi: return "LeftSemi";
        case JoinType::kLeftAnti: return "LeftAnti";
    }
    return "";
}

class Printer {
public:
    using Suffix = std::function<std::string(const Plan&)>;
    Printer(const ExpressionText& text, const Suffix& suffix) : text_(text), suffix_(suffix) {}

    std::string out;

    void print(const Plan& plan, const std::string& first, const std::string& rest) {
        out += first + line(plan) + (suffix_ ? suffix_(plan) : "") + "\n";
        auto below = children(plan);
        for (size_t i = 0; i < below.size(); ++i) {
            bool last = i + 1 == below.size();
            print(*below[i], rest + (last ? "+- " : ":- "), rest + (last ? "   " : ":  "));
        }
    }

private:
    std::string exprs(const Exprs& list) const {
        std::string s;
        for (const auto& e : list) s += (s.empty() ? "" : ", ") + text_(*e);
        return "[" + s + "]";
    }

    std::string named(const NamedExprs& list) const {
        std::string s;
        for (const auto& c : list) {
            bool passes = c.expr->kind == ExprKind::kAttribute &&
                          c.expr->as<AttributeRef>().id == c.attribute.id;
            s += (s.empty() ? "" : ", ") +
                 (passes ? column(c.attribute) : text_(*c.expr) + " AS " + column(c.attribute));
        }
        return "[" + s + "]";
    }

    std::string orders(const std::vector<SortOrder>& list) const {
        std::string s;
        for (const auto& o : list) {
            s += (s.empty() ? "" : ", ") + text_(*o.expr) + (o.ascending ? " ASC" : " DESC") +
                 (o.nulls_first ? " NULLS FIRST" : " NULLS LAST");
        }
        return "[" + s + "]";
    }

    std::string line(const Plan& p) const {
        switch (p.kind) {
            case PlanKind::kOneRow: return "OneRowRelation";
            case PlanKind::kScan:
                return "Relation " + p.as<Scan>().source->description + columns(p.output);
            case PlanKind::kLocalData:
            case PlanKind::kValues: return "LocalRelation " + columns(p.output);
            case PlanKind::kRange: {
                const auto& r = p.as<Range>();
                return "Range (" + std::to_string(r.start) + ", " + std::to_string(r.end) +
                       ", step=" + std::to_string(r.step) + ") " + columns(p.output);
            }
            case PlanKind::kProject: return "Project " + named(p.as<Project>().columns);
            case PlanKind::kFilter: return "Filter " + text_(*p.as<Filter>().condition);
            case PlanKind::kAggregate:
                return "Aggregate " + exprs(p.as<AggregatePlan>().grouping) + ", " +
                       named(p.as<AggregatePlan>().columns);
            case PlanKind::kWindow: return "Window " + named(p.as<WindowPlan>().columns);
            case PlanKind::kJoin: {
                const auto& j = p.as<Join>();
                return std::string(j.lateral ? "LateralJoin " : "Join ") + join_name(j.type) +
                       (j.condition ? ", " + text_(*j.condition) : "");
            }
            case PlanKind::kAsOfJoin: return "AsOfJoin " + p.as<AsOfJoin>().direction;
            default: return other_line(p);
        }
    }

    std::string other_line(const Plan& p) const {
        switch (p.kind) {
            case PlanKind::kSetOperation: {
                const auto& s = p.as<SetOperation>();
                std::string name = s.type == SetOpType::kUnion       ? "Union"
                                   : s.type == SetOpType::kIntersect ? "Intersect"
                                                                     : "Except";
                return name + (s.all ? " All" : "");
            }
            case PlanKind::kSort:
                return "Sort " + orders(p.as<Sort>().order) +
                       (p.as<Sort>().global ? ", true" : ", false");
            case PlanKind::kLimit: {
                const auto& l = p.as<Limit>();
                std::string s = l.limit ? "Limit " + std::to_string(*l.limit)
                                        : "Offset " + std::to_string(l.offset);
                return l.limit && l.offset ? s + ", offset " + std::to_string(l.offset) : s;
            }
            case PlanKind::kTail: return "Tail " + std::to_string(p.as<Tail>().limit);
            case PlanKind::kDistinct: return "Distinct";
            case PlanKind::kDeduplicate: return "Deduplicate " + exprs(p.as<Deduplicate>().keys);
            case PlanKind::kGenerate: {
                const auto& g = p.as<Generate>();
                return "Generate " + g.function + exprs(g.args) +
                       (g.outer ? ", true, " : ", false, ") + columns(g.generated);
            }
            case PlanKind::kSample: return "Sample " + std::to_string(p.as<Sample>().fraction);
            case PlanKind::kRepartition: {
                const auto& r = p.as<Repartition>();
                return "Repartition " +
                       (r.num_partitions ? std::to_string(*r.num_partitions) : "") +
                       exprs(r.expressions);
            }
            case PlanKind::kWithCte: return "WithCTE";
            case PlanKind::kCteRef:
                return "CTERelationRef " + std::to_string(p.as<CteRef>().cte_id) + ", " +
                       columns(p.output);
            case PlanKind::kRecursiveCte:
                return "UnionLoop " + std::to_string(p.as<RecursiveCte>().cte_id);
            case PlanKind::kObserve:
                return "CollectMetrics " + p.as<Observe>().name + ", " +
                       named(p.as<Observe>().metrics);
            case PlanKind::kCached: return "InMemoryRelation " + columns(p.output);
            case PlanKind::kPythonStage: return python_line(p.as<PythonStage>());
            default: return "Unknown";
        }
    }

    static std::string python_line(const PythonStage& stage) {
        std::string names;
        for (const auto& f : stage.functions) names += (names.empty() ? "" : ", ") + f->name;
        const char* kind = "PythonEval";
        if (stage.shape == PythonShape::kMap) kind = "MapInPython";
        if (stage.shape == PythonShape::kGroupedMap) kind = "FlatMapGroupsInPython";
        if (stage.shape == PythonShape::kCogroupedMap) kind = "FlatMapCoGroupsInPython";
        return std::string(kind) + " [" + names + "], " + columns(stage.output);
    }

    const ExpressionText& text_;
    const Suffix& suffix_;
};

}  // namespace

std::string plan_tree(const Plan& plan, const ExpressionText& text,
    const std::function<std::string(const Plan&)>& suffix) {
    Printer printer(text, suffix);
    printer.print(plan, "", "");
    return printer.out;
}

}  // namespace hanok::resolved

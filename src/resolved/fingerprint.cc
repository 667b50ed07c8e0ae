#include "resolved/fingerprint.h"

#include <map>

namespace hanok::resolved {

namespace {

enum class Detail : uint8_t { kFiles, kIdentity, kState };

class Printer {
public:
    explicit Printer(Detail detail = Detail::kFiles) : detail_(detail) {}

    std::string out;
    DataState state;

    void plan(const Plan& p) {
        // Children first, so that their columns are numbered before expressions refer to them.
        out += "(" + std::to_string(static_cast<int>(p.kind));
        for (const auto& child : children(p)) plan(*child);
        for (const auto& a : p.output) {
            id(a.id);
            out += a.type->simple_string();
        }
        details(p);
        out += ")";
    }

private:
    void id(AttributeId a) {
        auto [it, added] = ids_.try_emplace(static_cast<int64_t>(a), ids_.size());
        out += "#" + std::to_string(it->second);
    }
    void text(const std::string& s) { out += std::to_string(s.size()) + ":" + s; }
    void number(int64_t n) { out += std::to_string(n) + ";"; }
    void list(const Exprs& es) {
        out += "[";
        for (const auto& e : es) expr(e);
        out += "]";
    }
    void named(const NamedExprs& es) {
        for (const auto& e : es) {
            expr(e.expr);
            id(e.attribute.id);
        }
    }
    void orders(const std::vector<SortOrder>& os) {
        for (const auto& o : os) {
            expr(o.expr);
            number(o.ascending * 2 + o.nulls_first);
        }
    }
    void expr(const ExprPtr& e) {
        if (!e) {
            out += "_";
            return;
        }
        out += "{" + std::to_string(static_cast<int>(e->kind)) + e->type->simple_string();
        expr_details(*e);
        out += "}";
    }

    void expr_details(const Expression& e);
    void window(const Window& w);
    void details(const Plan& p);
    void scan(const Scan& scan);

    Detail detail_;
    std::map<int64_t, size_t> ids_;
};

void Printer::window(const Window& w) {
    text(w.function);
    list(w.args);
    list(w.partition_by);
    orders(w.order_by);
    number(w.distinct * 4 + w.ignore_nulls * 2 + w.rows_frame);
    expr(w.filter);
    for (const auto& bound : {w.lower, w.upper}) {
        number(static_cast<int>(bound.kind));
        expr(bound.offset);
    }
}

void Printer::expr_details(const Expression& e) {
    switch (e.kind) {
        case ExprKind::kLiteral: return text(types::value_sql(e.as<Literal>().value, *e.type));
        case ExprKind::kAttribute: return id(e.as<AttributeRef>().id);
        case ExprKind::kOuterAttribute: return id(e.as<OuterAttributeRef>().id);
        case ExprKind::kCall:
            text(e.as<Call>().function);
            number(e.as<Call>().ansi);
            return list(e.as<Call>().args);
        case ExprKind::kCast:
            number(static_cast<int>(e.as<Cast>().mode));
            return expr(e.as<Cast>().child);
        case ExprKind::kAggregate: {
            const auto& a = e.as<Aggregate>();
            text(a.function);
            if (a.python) text(a.python->command);
            list(a.args);
            number(a.distinct * 4 + a.ignore_nulls * 2 + a.ansi);
            expr(a.filter);
            return orders(a.within_group);
        }
        case ExprKind::kWindow: return window(e.as<Window>());
        case ExprKind::kLambda:
            for (const auto& p : e.as<Lambda>().parameters) id(p.id);
            return expr(e.as<Lambda>().body);
        case ExprKind::kSubquery:
            number(static_cast<int>(e.as<Subquery>().subquery_kind));
            list(e.as<Subquery>().in_values);
            return plan(*e.as<Subquery>().plan);
        case ExprKind::kPythonUdf:
            text(e.as<PythonUdf>().command);
            return list(e.as<PythonUdf>().args);
    }
}

void Printer::scan(const Scan& scan) {
    const ScanSource& source = *scan.source;
    bool by_identity = detail_ == Detail::kIdentity && !source.identity.empty();
    text(source.format + (by_identity ? "" : source.description) + source.identity);
    if (detail_ == Detail::kFiles || (detail_ == Detail::kIdentity && !by_identity)) {
        for (const auto& file : source.input_files()) text(file);
    } else if (detail_ == Detail::kState && source.format == "delta") {
        state.versions += source.description;
        for (const auto& file : source.input_files()) state.versions += "," + file;
    } else if (detail_ == Detail::kState) {
        for (auto& file : source.input_files()) state.files.push_back(std::move(file));
    }
    for (const auto& column : scan.columns) text(column);
}

void Printer::details(const Plan& p) {
    switch (p.kind) {
        case PlanKind::kScan: return scan(p.as<Scan>());
        case PlanKind::kLocalData:
            for (const auto& stream : p.as<LocalData>().arrow_streams) text(*stream);
            return;
        case PlanKind::kValues:
            for (const auto& row : p.as<Values>().rows) list(row);
            return;
        case PlanKind::kRange:
            number(p.as<Range>().start);
            number(p.as<Range>().end);
            return number(p.as<Range>().step);
        case PlanKind::kProject: return named(p.as<Project>().columns);
        case PlanKind::kFilter: return expr(p.as<Filter>().condition);
        case PlanKind::kAggregate:
            list(p.as<AggregatePlan>().grouping);
            for (const auto& set : p.as<AggregatePlan>().grouping_sets) {
                out += "s";
                for (int i : set) number(i);
            }
            return named(p.as<AggregatePlan>().columns);
        case PlanKind::kWindow: return named(p.as<WindowPlan>().columns);
        case PlanKind::kJoin:
            number(static_cast<int>(p.as<Join>().type) * 2 + p.as<Join>().lateral);
            return expr(p.as<Join>().condition);
        case PlanKind::kAsOfJoin: {
            const auto& j = p.as<AsOfJoin>();
            list({j.left_as_of, j.right_as_of, j.condition, j.tolerance});
            number(static_cast<int>(j.type) * 2 + j.allow_exact_matches);
            return text(j.direction);
        }
        case PlanKind::kSetOperation:
            return number(
                static_cast<int>(p.as<SetOperation>().type) * 2 + p.as<SetOperation>().all);
        case PlanKind::kSort: return orders(p.as<Sort>().order);
        case PlanKind::kLimit:
            number(p.as<Limit>().limit.value_or(-1));
            return number(p.as<Limit>().offset);
        case PlanKind::kTail: return number(p.as<Tail>().limit);
        case PlanKind::kDeduplicate: return list(p.as<Deduplicate>().keys);
        case PlanKind::kGenerate:
            text(p.as<Generate>().function);
            number(p.as<Generate>().outer);
            return list(p.as<Generate>().args);
        case PlanKind::kSample: {
            const auto& s = p.as<Sample>();
            text(std::to_string(s.fraction) + "," + std::to_string(s.lower));
            number(s.rows.value_or(-1));
            number(s.with_replacement);
            return number(s.seed);
        }
        case PlanKind::kWithCte:
            for (const auto& d : p.as<WithCte>().definitions) number(d.id);
            return;
        case PlanKind::kCteRef: return number(p.as<CteRef>().cte_id);
        case PlanKind::kRecursiveCte: return number(p.as<RecursiveCte>().cte_id);
        case PlanKind::kObserve: text(p.as<Observe>().name); return named(p.as<Observe>().metrics);
        case PlanKind::kCached: return text(p.as<Cached>().cache_key);
        case PlanKind::kPythonStage:
            number(static_cast<int>(p.as<PythonStage>().shape));
            for (const auto& f : p.as<PythonStage>().functions) expr(f);
            return;
        case PlanKind::kOneRow:
        case PlanKind::kDistinct:
        case PlanKind::kRepartition: return;
    }
}

template <class T>
std::shared_ptr<T> copy_of(const Plan& plan) {
    return std::make_shared<T>(plan.as<T>());
}

template <class T>
PlanPtr over(const Plan& plan, std::vector<PlanPtr>& children) {
    auto copy = copy_of<T>(plan);
    copy->child = children.at(0);
    return copy;
}

template <class T>
PlanPtr over_two(const Plan& plan, std::vector<PlanPtr>& children) {
    auto copy = copy_of<T>(plan);
    copy->left = children.at(0);
    copy->right = children.at(1);
    return copy;
}

}  // namespace

std::string fingerprint(const Plan& plan) {
    Printer printer;
    printer.plan(plan);
    return std::move(printer.out);
}

std::string cache_identity(const Plan& plan) {
    Printer printer(Detail::kIdentity);
    printer.plan(plan);
    return std::move(printer.out);
}

DataState data_state(const Plan& plan) {
    Printer printer(Detail::kState);
    printer.plan(plan);
    return std::move(printer.state);
}

std::vector<PlanPtr> children(const Plan& p) {
    switch (p.kind) {
        case PlanKind::kProject: return {p.as<Project>().child};
        case PlanKind::kFilter: return {p.as<Filter>().child};
        case PlanKind::kAggregate: return {p.as<AggregatePlan>().child};
        case PlanKind::kWindow: return {p.as<WindowPlan>().child};
        case PlanKind::kJoin: return {p.as<Join>().left, p.as<Join>().right};
        case PlanKind::kAsOfJoin: return {p.as<AsOfJoin>().left, p.as<AsOfJoin>().right};
        case PlanKind::kSetOperation: return p.as<SetOperation>().children;
        case PlanKind::kSort: return {p.as<Sort>().child};
        case PlanKind::kLimit: return {p.as<Limit>().child};
        case PlanKind::kTail: return {p.as<Tail>().child};
        case PlanKind::kDistinct: return {p.as<Distinct>().child};
        case PlanKind::kDeduplicate: return {p.as<Deduplicate>().child};
        case PlanKind::kGenerate: return {p.as<Generate>().child};
        case PlanKind::kSample: return {p.as<Sample>().child};
        case PlanKind::kRepartition: return {p.as<Repartition>().child};
        case PlanKind::kWithCte: {
            std::vector<PlanPtr> out;
            for (const auto& d : p.as<WithCte>().definitions) out.push_back(d.plan);
            out.push_back(p.as<WithCte>().child);
            return out;
        }
        case PlanKind::kRecursiveCte:
            return {p.as<RecursiveCte>().anchor, p.as<RecursiveCte>().recursion};
        case PlanKind::kObserve: return {p.as<Observe>().child};
        case PlanKind::kPythonStage: return {p.as<PythonStage>().child};
        default: return {};  // Cached is a leaf: its rows stand for its child
    }
}

PlanPtr with_children(const Plan& p, std::vector<PlanPtr> c) {
    switch (p.kind) {
        case PlanKind::kProject: return over<Project>(p, c);
        case PlanKind::kFilter: return over<Filter>(p, c);
        case PlanKind::kAggregate: return over<AggregatePlan>(p, c);
        case PlanKind::kWindow: return over<WindowPlan>(p, c);
        case PlanKind::kJoin: return over_two<Join>(p, c);
        case PlanKind::kAsOfJoin: return over_two<AsOfJoin>(p, c);
        case PlanKind::kSetOperation: {
            auto copy = copy_of<SetOperation>(p);
            copy->children = std::move(c);
            return copy;
        }
        case PlanKind::kSort: return over<Sort>(p, c);
        case PlanKind::kLimit: return over<Limit>(p, c);
        case PlanKind::kTail: return over<Tail>(p, c);
        case PlanKind::kDistinct: return over<Distinct>(p, c);
        case PlanKind::kDeduplicate: return over<Deduplicate>(p, c);
        case PlanKind::kGenerate: return over<Generate>(p, c);
        case PlanKind::kSample: return over<Sample>(p, c);
        case PlanKind::kRepartition: return over<Repartition>(p, c);
        case PlanKind::kWithCte: {
            auto copy = copy_of<WithCte>(p);
            for (size_t i = 0; i < copy->definitions.size(); ++i) copy->definitions[i].plan = c[i];
            copy->child = c.back();
            return copy;
        }
        case PlanKind::kRecursiveCte: {
            auto copy = copy_of<RecursiveCte>(p);
            copy->anchor = c.at(0);
            copy->recursion = c.at(1);
            return copy;
        }
        case PlanKind::kObserve: return over<Observe>(p, c);
        case PlanKind::kPythonStage: return over<PythonStage>(p, c);
        default: return nullptr;
    }
}

PlanPtr replace_subtrees(
    const PlanPtr& plan, const std::function<PlanPtr(const PlanPtr&)>& replace) {
    if (auto other = replace(plan)) return other;
    auto old = children(*plan);
    std::vector<PlanPtr> fresh;
    bool changed = false;
    for (const auto& child : old) {
        fresh.push_back(replace_subtrees(child, replace));
        changed = changed || fresh.back() != child;
    }
    return changed ? with_children(*plan, std::move(fresh)) : plan;
}

}  // namespace hanok::resolved
